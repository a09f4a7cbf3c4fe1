import { parseRfc3339 } from '../../kernel/calendar.ts';
import { JOB_BACKOFF_MS } from '../../facts/jobs.ts';
import { isActive, isPodReady, isTerminal, type StoredPod } from '../pods.ts';
import { indexOf, parseIndexes } from './indexes.ts';
import { earlierFailures, rulingFor, type StoredJob } from './policies.ts';

export const TRACKING = 'batch.kubernetes.io/job-tracking';

/**
 * What the pods of a Job amount to. A finished pod carries a finalizer until it has been counted; between the two its uid
 * stands in `status.uncountedTerminatedPods`, so that no pod counts twice and none is missed.
 */
export interface Count {
  readonly active: readonly StoredPod[];
  readonly ready: number;
  readonly terminating: number;
  /** Pods to be counted now, with their finalizer. */
  readonly finishing: readonly StoredPod[];
  readonly uncounted: { readonly succeeded: readonly string[]; readonly failed: readonly string[] };
  readonly succeeded: number;
  readonly failed: number;
  readonly completedIndexes: ReadonlySet<number>;
  readonly failedIndexes: ReadonlySet<number>;
  /** A rule that ends the Job. */
  readonly verdict: string | undefined;
}

export const isIndexed = (job: StoredJob): boolean => job.spec?.completionMode === 'Indexed';
const isTracked = (pod: StoredPod): boolean => pod.metadata.finalizers?.includes(TRACKING) ?? false;

/** Failed, or on its way out without having succeeded (unless only really failed pods are replaced). */
export function hasFailed(job: StoredJob, pod: StoredPod): boolean {
  if (pod.status?.phase === 'Failed') return true;
  return job.spec?.podReplacementPolicy !== 'Failed' && pod.metadata.deletionTimestamp !== undefined && pod.status?.phase !== 'Succeeded';
}

export function countPods(job: StoredJob, pods: readonly StoredPod[]): Count {
  const active = pods.filter(isActive);
  const known = job.status?.uncountedTerminatedPods ?? {};
  const seen = new Set([...known.succeeded ?? [], ...known.failed ?? []]);
  const finishing = pods.filter(pod => isTracked(pod) && (pod.status?.phase === 'Succeeded' || hasFailed(job, pod)));
  const fresh = finishing.filter(pod => !seen.has(pod.metadata.uid));
  const isWanted = (pod: StoredPod): boolean => !isIndexed(job) || (indexOf(pod) ?? Number.POSITIVE_INFINITY) < (job.spec?.completions ?? 0);
  const completedIndexes = parseIndexes(job.status?.completedIndexes);
  const failedIndexes = parseIndexes(job.status?.failedIndexes);
  const perIndex = job.spec?.backoffLimitPerIndex;
  const failed: string[] = [...known.failed ?? []];
  const succeeded: string[] = [...known.succeeded ?? []];
  let verdict: string | undefined;
  for (const pod of fresh) {
    const index = indexOf(pod);
    if (pod.status?.phase === 'Succeeded') {
      if (!isIndexed(job)) succeeded.push(pod.metadata.uid);
      else if (isWanted(pod)) completedIndexes.add(index!);
      continue;
    }
    if (!isWanted(pod)) continue;
    const { action, message } = rulingFor(job, pod);
    if (action === 'FailJob') verdict ??= message;
    if (action !== 'Ignore') failed.push(pod.metadata.uid);
    if (index !== undefined && perIndex !== undefined && action !== 'Ignore' && (action === 'FailIndex' || earlierFailures(pod) >= perIndex)) failedIndexes.add(index);
  }
  return {
    active, finishing, completedIndexes, failedIndexes, verdict,
    ready: active.filter(isPodReady).length,
    terminating: pods.filter(pod => pod.metadata.deletionTimestamp && !isTerminal(pod)).length,
    uncounted: { succeeded, failed },
    succeeded: isIndexed(job) ? completedIndexes.size : (job.status?.succeeded ?? 0) + succeeded.length,
    failed: (job.status?.failed ?? 0) + failed.length,
  };
}

/** Virtual ms until the next pod may be made: 10 s after a failure, doubling with each in a row. */
export function backoffLeftMs(job: StoredJob, pods: readonly StoredPod[], nowMs: number): number {
  const lastSuccessMs = Math.max(0, ...pods.filter(pod => pod.status?.phase === 'Succeeded').map(pod => finishedMs(pod, nowMs)));
  const failures = pods.filter(pod => hasFailed(job, pod) && !(pod.metadata.deletionTimestamp && !isTerminal(pod)) && rulingFor(job, pod).action !== 'Ignore')
    .map(pod => finishedMs(pod, nowMs)).filter(atMs => atMs > lastSuccessMs);
  if (failures.length === 0) return 0;
  const waitMs = Math.min(JOB_BACKOFF_MS.initial * 2 ** (failures.length - 1), JOB_BACKOFF_MS.max);
  return Math.max(0, Math.max(...failures) + waitMs - nowMs);
}

function finishedMs(pod: StoredPod, nowMs: number): number {
  const ends = (pod.status?.containerStatuses ?? []).flatMap(({ state }) => parseRfc3339(String(state?.terminated?.finishedAt ?? '')) ?? []);
  if (ends.length > 0) return Math.max(...ends);
  const ready = pod.status?.conditions?.find(condition => condition.type === 'Ready');
  return parseRfc3339(String(pod.metadata.deletionTimestamp ?? ready?.lastTransitionTime ?? '')) ?? nowMs;
}
