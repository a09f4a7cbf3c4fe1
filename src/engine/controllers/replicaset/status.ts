import type { ReplicaSet, ReplicaSetStatus } from 'kubernetes-types/apps/v1.d.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { parseRfc3339 } from '../../kernel/calendar.ts';
import { isPodAvailable, podCondition, type StoredPod } from '../pods.ts';

/**
 * The counts of a ReplicaSet, or no `status` when nothing changed. `recheckMs`: when the next ready pod becomes
 * available by `minReadySeconds`. Source: pkg/controller/replicaset/replica_set_utils.go.
 */
export function replicaSetStatus(replicaSet: ReplicaSet & KubeObject, pods: readonly StoredPod[], nowMs: number, failed: boolean):
{ status?: ReplicaSetStatus; recheckMs?: number } {
  const minReadySeconds = replicaSet.spec?.minReadySeconds ?? 0;
  const labels = Object.entries(replicaSet.spec?.template?.metadata?.labels ?? {});
  let fullyLabeledReplicas = 0;
  let readyReplicas = 0;
  let availableReplicas = 0;
  let recheckMs: number | undefined;
  for (const pod of pods) {
    if (carries(pod, labels)) fullyLabeledReplicas += 1;
    const ready = podCondition(pod, 'Ready');
    if (ready?.status !== 'True') continue;
    readyReplicas += 1;
    if (minReadySeconds === 0 || isPodAvailable(pod, minReadySeconds, nowMs)) availableReplicas += 1;
    else {
      const readyMs = parseRfc3339(String(ready.lastTransitionTime)) ?? nowMs;
      const wait = Math.max(1, readyMs + minReadySeconds * 1000 - nowMs);
      recheckMs = Math.min(recheckMs ?? wait, wait);
    }
  }
  const before = replicaSet.status;
  const terminatingReplicas = before?.['terminatingReplicas' as keyof ReplicaSetStatus];
  const conditions = failed ? before?.conditions : before?.conditions?.filter(condition => condition.type !== 'ReplicaFailure');
  const same = before !== undefined
    && (before.replicas ?? 0) === pods.length && (before.fullyLabeledReplicas ?? 0) === fullyLabeledReplicas
    && (before.readyReplicas ?? 0) === readyReplicas && (before.availableReplicas ?? 0) === availableReplicas
    && before.observedGeneration === replicaSet.metadata.generation
    && (before.conditions?.length ?? 0) === (conditions?.length ?? 0);
  if (same) return { recheckMs };
  return {
    recheckMs,
    status: {
      ...(availableReplicas > 0 && { availableReplicas }),
      ...(conditions?.length && { conditions }),
      ...(fullyLabeledReplicas > 0 && { fullyLabeledReplicas }),
      observedGeneration: replicaSet.metadata.generation,
      ...(readyReplicas > 0 && { readyReplicas }),
      replicas: pods.length,
      ...(terminatingReplicas !== undefined && { terminatingReplicas }),
    } as ReplicaSetStatus,
  };
}

function carries(pod: StoredPod, wanted: readonly (readonly [string, string])[]): boolean {
  const { labels } = pod.metadata;
  for (const [key, value] of wanted) if (labels?.[key] !== value) return false;
  return true;
}
