/** Which cells of a terminal line carry a name or a status: decorations over the text, never bytes in it. */
import type { Tone } from '../../theme/status.ts';
import { toneOfWord } from '../../theme/status.ts';
import type { Slug } from '../../snapshot.ts';

export interface Mark {
  readonly x: number;
  readonly width: number;
  readonly kind: 'name' | 'gone' | 'status' | 'header';
  readonly tone?: Tone;
  readonly slug?: Slug;
}

/** Names on screen → the object each one means; a name that no longer exists maps to `gone`. */
export type Names = ReadonlyMap<string, Slug | 'gone'>;

const HEADER = /^(NAME|NAMESPACE|LAST SEEN|CURRENT|TYPE|KIND|POD)(\s{2,}[A-Z][A-Z()% /_-]*)*\s*$/;
const WORD = /[A-Za-z0-9][A-Za-z0-9:./_,-]*/g;

export function marksOf(line: string, names: Names): Mark[] {
  const text = line.trimEnd();
  if (text === '') return [];
  if (HEADER.test(text)) return [{ x: 0, width: text.length, kind: 'header' }];
  const marks: Mark[] = [];
  const prompt = /^.*? \$ /.exec(text)?.[0].length ?? 0;
  for (const match of text.matchAll(WORD)) {
    const word = match[0].replace(/[.,:]+$/, '');
    const x = match.index;
    if (x < prompt) continue;
    const name = nameIn(word, names);
    if (name) {
      const [offset, length, slug] = name;
      marks.push(slug === 'gone' ? { x: x + offset, width: length, kind: 'gone' } : { x: x + offset, width: length, kind: 'name', slug });
      continue;
    }
    // What is typed is not coloured, only what is answered.
    const tone = prompt > 0 ? undefined : toneOfWord(word);
    if (tone) marks.push({ x, width: word.length, kind: 'status', tone });
  }
  return marks;
}

/** The word itself, or the part behind a slash: `pod/orders-…`, `deployment.apps/orders`. */
function nameIn(word: string, names: Names): [offset: number, length: number, slug: Slug | 'gone'] | undefined {
  const whole = names.get(word);
  if (whole) return [0, word.length, whole];
  const slash = word.lastIndexOf('/');
  const behind = slash > 0 ? names.get(word.slice(slash + 1)) : undefined;
  return behind ? [slash + 1, word.length - slash - 1, behind] : undefined;
}

/** Kinds whose names are long enough to be told from words; when a name is shared, the first kind here wins. */
export const NAMED_KINDS = ['Pod', 'Node', 'ReplicaSet', 'Deployment', 'StatefulSet', 'DaemonSet', 'Service', 'ConfigMap', 'Secret', 'EndpointSlice', 'PersistentVolumeClaim', 'PodDisruptionBudget', 'Job', 'CronJob', 'Ingress'] as const;

/** Short names that are everyday words (`default`, `web`) stay plain unless they carry a dash. */
export function nameTable(kinds: ReadonlyMap<string, ReadonlyMap<string, { metadata: { name: string; namespace?: string } }>>, seen: ReadonlySet<string>): Map<string, Slug | 'gone'> {
  const table = new Map<string, Slug | 'gone'>();
  for (const name of seen) table.set(name, 'gone');
  for (const kind of [...NAMED_KINDS].reverse()) {
    for (const { metadata } of kinds.get(kind)?.values() ?? []) table.set(metadata.name, `${kind}/${metadata.namespace ?? ''}/${metadata.name}`);
  }
  return table;
}
