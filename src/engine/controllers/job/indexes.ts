import { isTerminal, type StoredPod } from '../pods.ts';

export const INDEX = 'batch.kubernetes.io/job-completion-index';
export const INDEX_FAILURES = 'batch.kubernetes.io/job-index-failure-count';

/** The completion index of a pod, or `undefined` when it has none. */
export function indexOf(pod: StoredPod): number | undefined {
  const text = pod.metadata.annotations?.[INDEX];
  return text === undefined || !/^\d+$/.test(text) ? undefined : Number(text);
}

/** `1,3-5` → the numbers. */
export function parseIndexes(text: string | undefined): Set<number> {
  const indexes = new Set<number>();
  for (const part of (text ?? '').split(',').filter(Boolean)) {
    const [first, last = first] = part.split('-').map(Number);
    for (let index = first!; index <= last!; index += 1) indexes.add(index);
  }
  return indexes;
}

/** The numbers as upstream writes them: `0-2`, `1,3-5`; two neighbours are a list. */
export function indexesText(indexes: ReadonlySet<number>): string {
  const sorted = [...indexes].sort((a, b) => a - b);
  const parts: string[] = [];
  for (let from = 0; from < sorted.length;) {
    let to = from;
    while (sorted[to + 1] === sorted[to]! + 1) to += 1;
    parts.push(to === from ? `${sorted[from]}` : to === from + 1 ? `${sorted[from]},${sorted[to]}` : `${sorted[from]}-${sorted[to]}`);
    from = to + 1;
  }
  return parts.join(',');
}

/** Indexes that need a pod, lowest first. */
export function missingIndexes(completions: number, done: ReadonlySet<number>, pods: readonly StoredPod[], count: number): number[] {
  const taken = new Set(pods.filter(pod => !isTerminal(pod) && !pod.metadata.deletionTimestamp).map(indexOf));
  const missing: number[] = [];
  for (let index = 0; index < completions && missing.length < count; index += 1) {
    if (!done.has(index) && !taken.has(index)) missing.push(index);
  }
  return missing;
}
