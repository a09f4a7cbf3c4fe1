import type { Pod } from 'kubernetes-types/core/v1.d.ts';
import type { KubeObject } from '../apimachinery/object.ts';
import { parseRfc3339 } from '../kernel/calendar.ts';

/** Questions about pods that several controllers ask, answered as upstream's `podutil` does. */

export type StoredPod = Pod & KubeObject;

export function podCondition(pod: Pod, type: string) {
  const conditions = pod.status?.conditions;
  if (conditions) for (let i = 0; i < conditions.length; i += 1) if (conditions[i]!.type === type) return conditions[i];
  return undefined;
}

export function isPodReady(pod: Pod): boolean {
  return podCondition(pod, 'Ready')?.status === 'True';
}

/** Ready, and for at least `minReadySeconds`. */
export function isPodAvailable(pod: Pod, minReadySeconds: number, nowMs: number): boolean {
  const ready = podCondition(pod, 'Ready');
  if (ready?.status !== 'True') return false;
  if (minReadySeconds === 0) return true;
  const since = parseRfc3339(String(ready.lastTransitionTime));
  return since !== undefined && since + minReadySeconds * 1000 <= nowMs;
}

/** Finished for good. */
export function isTerminal(pod: Pod): boolean {
  return pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
}

/** Counts towards a controller's replicas: neither finished nor on its way out. */
export function isActive(pod: Pod): boolean {
  return !isTerminal(pod) && !pod.metadata?.deletionTimestamp;
}

export function restartCount(pod: Pod): number {
  return Math.max(0, ...(pod.status?.containerStatuses ?? []).map(status => status.restartCount));
}
