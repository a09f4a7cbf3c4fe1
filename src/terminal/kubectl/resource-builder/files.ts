/** `-f`: files, folders, standard input and addresses, as the objects they hold. */
import type { Task } from '../../../engine/kernel/task.ts';
import { CliFailure, fail } from '../client/failure.ts';
import type { Json } from '../client/api-client.ts';
import { parseYaml } from '../objects/yaml.ts';
import { buildKustomization } from './kustomize.ts';
import type { Session } from '../session.ts';

export interface ManifestObject {
  readonly object: Json;
  /** What messages call the file: its path as given, `STDIN`, or the address. */
  readonly source: string;
}

/** Text of one input before it is parsed. */
export interface ManifestText { readonly text: string; readonly source: string }

const EXTENSIONS = ['.json', '.yaml', '.yml'];

/** Every object the given files hold, lists taken apart. @throws CliFailure in kubectl's words */
export function* readManifests(session: Session, options: { filenames: readonly string[]; kustomize: string; recursive: boolean }): Task<ManifestObject[]> {
  if (options.kustomize !== '') return flatten(buildKustomization(session, session.path(options.kustomize)), options.kustomize);
  const objects: ManifestObject[] = [];
  for (const input of yield* readTexts(session, options)) objects.push(...parseManifest(input));
  return objects;
}

/** The texts behind `-f`, files of folders in order of name. @throws CliFailure */
export function* readTexts(session: Session, options: { filenames: readonly string[]; recursive: boolean }): Task<ManifestText[]> {
  const texts: ManifestText[] = [];
  let usedStdin = false;
  for (const name of options.filenames) {
    if (name === '-') {
      if (usedStdin) continue;
      usedStdin = true;
      texts.push({ text: yield* session.process.readAll(0), source: 'STDIN' });
    } else if (/^https?:\/\//.test(name)) texts.push({ text: yield* fetchText(session, name), source: name });
    else texts.push(...readPath(session, name, options.recursive));
  }
  return texts;
}

function readPath(session: Session, name: string, recursive: boolean): ManifestText[] {
  const { files } = session.process.system;
  const names = name.includes('*') ? globbed(session, name) : [name];
  const texts: ManifestText[] = [];
  for (const each of names) {
    const stat = files.stat(session.path(each));
    if (!stat) fail(`the path ${JSON.stringify(each)} does not exist`);
    if (stat.type !== 'directory') {
      texts.push({ text: files.read(session.path(each)), source: each });
      continue;
    }
    const found = folderFiles(session, each, recursive);
    if (found.length === 0) fail(`error reading [${each}]: recognized file extensions are [${EXTENSIONS.join(' ')}]`);
    for (const path of found) texts.push({ text: files.read(session.path(path)), source: path });
  }
  return texts;
}

function folderFiles(session: Session, folder: string, recursive: boolean): string[] {
  const { files } = session.process.system;
  const base = folder.endsWith('/') ? folder.slice(0, -1) : folder.replace(/^\.\//, '');
  return [...files.list(session.path(folder))].sort().flatMap(name => {
    const path = base === '.' || base === '' ? name : `${base}/${name}`;
    if (files.stat(session.path(path))?.type === 'directory') return recursive ? folderFiles(session, path, true) : [];
    return EXTENSIONS.some(extension => name.endsWith(extension)) ? [path] : [];
  });
}

function globbed(session: Session, pattern: string): string[] {
  const slash = pattern.lastIndexOf('/');
  const folder = slash < 0 ? '.' : pattern.slice(0, slash) || '/';
  const match = new RegExp(`^${pattern.slice(slash + 1).replace(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '[^/]*').replaceAll('?', '[^/]')}$`);
  const names = session.process.system.files.stat(session.path(folder))?.type === 'directory'
    ? [...session.process.system.files.list(session.path(folder))].sort().filter(name => match.test(name)) : [];
  if (names.length === 0) fail(`the path ${JSON.stringify(pattern)} does not exist`);
  return names.map(name => (slash < 0 ? name : `${pattern.slice(0, slash)}/${name}`));
}

function* fetchText(session: Session, address: string): Task<string> {
  const url = /^(https?):\/\/([^/:]+)(?::(\d+))?(\/.*)?$/.exec(address);
  if (!url) fail(`the URL passed to filename "${address}" is not valid`);
  const [, scheme, host, port, path] = url;
  const outcome = yield* session.process.system.network.exchange({
    protocol: 'http', host: host!, port: Number(port ?? (scheme === 'https' ? 443 : 80)), tls: scheme === 'https', method: 'GET', path: path ?? '/',
  });
  if (outcome.kind === 'response') {
    if (outcome.status === 200) return outcome.body;
    fail(`unable to read URL "${address}", server reported ${outcome.status}, status code=${outcome.status}`);
  }
  if (outcome.kind === 'name-error') fail(`Get "${address}": dial tcp: lookup ${host} on ${outcome.server}: no such host`);
  fail(`Get "${address}": dial tcp ${'address' in outcome ? outcome.address : host}: ${outcome.kind === 'refused' ? 'connect: connection refused' : 'i/o timeout'}`);
}

/** The objects of one text; documents that hold nothing are passed over. @throws CliFailure */
export function parseManifest({ text, source }: ManifestText): ManifestObject[] {
  const parsed = parseYaml(text);
  if (!parsed.ok) throw new CliFailure(`error parsing ${source}: error converting YAML to JSON: ${parsed.error}`);
  const objects: ManifestObject[] = [];
  for (const value of parsed.values) {
    if (value === null || value === undefined) continue;
    if (typeof value !== 'object' || Array.isArray(value)) {
      throw new CliFailure(`error parsing ${source}: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${jsonTypeName(value)} into Go value of type map[string]interface {}`);
    }
    objects.push(...flatten([value as Json], source));
  }
  return objects;
}

function jsonTypeName(value: unknown): string {
  return Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
}

function flatten(objects: readonly Json[], source: string): ManifestObject[] {
  return objects.flatMap(object => {
    if (Array.isArray(object.items) && String(object.kind ?? '').endsWith('List')) return flatten(object.items as Json[], source);
    return [{ object, source }];
  });
}
