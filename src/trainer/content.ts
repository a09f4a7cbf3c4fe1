import { parseAllDocuments, parseDocument } from 'yaml';
import { deepFreeze } from '../engine/apimachinery/json.ts';
import { assert } from '../engine/kernel/assert.ts';

/** The data of estates and scenarios, wherever it comes from (bundled text in the browser, files in Node). */
export interface Content {
  /** @returns undefined when there is no such file */
  read(path: string): string | undefined;
  /** Every path below `directory`, sorted. */
  list(directory: string): string[];
  /** The documents of a YAML file, where they were parsed beforehand. Nobody may change them. */
  documents?(path: string): readonly unknown[] | undefined;
}

/** Manifests as kubectl reads them: version 1.1 words, but dates and sexagesimals stay text, as in Go. */
export function parseYamlDocuments(text: string, name: string): unknown[] {
  return parseAllDocuments(text, {
    version: '1.1',
    customTags: tags => tags.filter(tag => typeof tag === 'string' || !(/:(timestamp|binary)$/.test(tag.tag ?? '') || ('format' in tag && tag.format === 'TIME'))),
  }).flatMap(document => {
    assert(document.errors.length === 0, `${name}: ${document.errors[0]?.message}`);
    const value: unknown = document.toJS();
    return value === null || value === undefined ? [] : [value];
  });
}

/** Files of our own are YAML 1.2 with one document; all others are manifests. */
const OWN_FILES = /\/(scenario|estate|images)\.yaml$/;

/** The documents of a YAML file, which must exist. */
export function yamlDocuments(content: Content, path: string): readonly unknown[] {
  const made = content.documents?.(path);
  if (made) return made;
  const text = content.read(path);
  assert(text !== undefined, `${path} is missing`);
  if (!OWN_FILES.test(path)) return parseYamlDocuments(text, path);
  const document = parseDocument(text);
  assert(document.errors.length === 0, `${path}: ${document.errors[0]?.message}`);
  return [document.toJS() as unknown];
}

/** The one document of a file of our own, which must exist. */
export function readYaml(content: Content, path: string): unknown {
  return yamlDocuments(content, path)[0];
}

const remembered = new WeakMap<Content, Map<string, unknown>>();

/** What `make` makes of `content`, made once: a content never changes. Nobody may change what comes back. */
export function once<T>(content: Content, what: string, make: () => T): T {
  let known = remembered.get(content);
  if (!known) remembered.set(content, known = new Map());
  if (!known.has(what)) known.set(what, make());
  return known.get(what) as T;
}

/** Manifests of a file, or of every YAML file in a folder. */
export function readManifests(content: Content, path: string): readonly KubeManifest[] {
  return once(content, `manifests ${path}`, () => deepFreeze(parseManifests(content, path)));
}

function parseManifests(content: Content, path: string): KubeManifest[] {
  const files = path.endsWith('.yaml') ? [path] : content.list(path).filter(file => file.endsWith('.yaml'));
  assert(files.length > 0, `${path} holds no manifests`);
  return files.flatMap(file => yamlDocuments(content, file) as readonly KubeManifest[]);
}

export interface KubeManifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; annotations?: Record<string, string> };
  spec?: Record<string, unknown>;
}

/** Durations as scenarios write them: `-14m41s`, `60s`, `24h`, `4d`. @returns virtual ms */
export function durationMs(text: string): number {
  const match = /^(-)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s)?$/.exec(text.trim());
  assert(match && text.trim() !== '' && text.trim() !== '-', `not a duration: ${text}`);
  const [, sign, days = 0, hours = 0, minutes = 0, seconds = 0] = match;
  const ms = (((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
  return sign ? -ms : ms;
}
