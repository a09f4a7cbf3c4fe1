import type { StatefulSetStatus } from 'kubernetes-types/apps/v1.d.ts';
import { parseRfc3339 } from '../../kernel/calendar.ts';
import type { Action } from '../framework.ts';
import { isPodAvailable, isPodReady, podCondition, type StoredPod } from '../pods.ts';
import { REVISION_LABEL } from './identity.ts';
import type { Revision, StoredStatefulSet } from './revisions.ts';

export const isRunningAndReady = (pod: StoredPod): boolean => pod.status?.phase === 'Running' && isPodReady(pod);
export const isRunningAndAvailable = (pod: StoredPod, minReadySeconds: number, nowMs: number): boolean =>
  isRunningAndReady(pod) && isPodAvailable(pod, minReadySeconds, nowMs);

/**
 * The counts of a set. A rollout whose pods are all updated and ready makes the new revision the current one.
 * Source: pkg/controller/statefulset `computeReplicaStatus`, `completeRollingUpdate`.
 */
export function statusChange(set: StoredStatefulSet, pods: readonly StoredPod[], revisions: { current: Revision; update: Revision }, nowMs: number, replacedNow: number): Action[] {
  const minReadySeconds = set.spec?.minReadySeconds ?? 0;
  const staying = pods.filter(pod => !pod.metadata.deletionTimestamp);
  const made = (revision: Revision): number => staying.filter(pod => pod.metadata.labels?.[REVISION_LABEL] === revision.name).length;
  const readyReplicas = pods.filter(isRunningAndReady).length;
  const availableReplicas = pods.filter(pod => isRunningAndAvailable(pod, minReadySeconds, nowMs)).length;
  const updatedReplicas = made(revisions.update);
  let currentReplicas = made(revisions.current) - replacedNow;
  let currentRevision = revisions.current.name;
  if (set.spec?.updateStrategy?.type === 'RollingUpdate' && updatedReplicas === pods.length && readyReplicas === pods.length) {
    currentReplicas = updatedReplicas;
    currentRevision = revisions.update.name;
  }
  const status: StatefulSetStatus = {
    observedGeneration: set.metadata.generation,
    replicas: pods.length,
    ...(readyReplicas > 0 && { readyReplicas }),
    ...(currentReplicas > 0 && { currentReplicas }),
    ...(updatedReplicas > 0 && { updatedReplicas }),
    currentRevision,
    updateRevision: revisions.update.name,
    collisionCount: set.status?.collisionCount ?? 0,
    availableReplicas,
  };
  const actions: Action[] = [];
  if (!sameStatus(set.status, status)) actions.push({ do: 'updateStatus', object: { ...set, metadata: { ...set.metadata, resourceVersion: undefined }, status } });
  if (minReadySeconds > 0 && availableReplicas < readyReplicas) actions.push({ do: 'requeue', afterMs: untilAvailableMs(pods, minReadySeconds, nowMs) });
  return actions;
}

function sameStatus(a: StatefulSetStatus | undefined, b: StatefulSetStatus): boolean {
  const counts = ['replicas', 'readyReplicas', 'currentReplicas', 'updatedReplicas', 'availableReplicas'] as const;
  return a?.observedGeneration === b.observedGeneration && a?.currentRevision === b.currentRevision && a?.updateRevision === b.updateRevision
    && counts.every(count => (a?.[count] ?? 0) === (b[count] ?? 0));
}

function untilAvailableMs(pods: readonly StoredPod[], minReadySeconds: number, nowMs: number): number {
  const waits = pods.filter(pod => isRunningAndReady(pod) && !isPodAvailable(pod, minReadySeconds, nowMs))
    .map(pod => (parseRfc3339(String(podCondition(pod, 'Ready')?.lastTransitionTime)) ?? nowMs) + minReadySeconds * 1000 - nowMs);
  return Math.max(1, Math.min(...waits));
}
