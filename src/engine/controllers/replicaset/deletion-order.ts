import { isPodReady, podCondition, restartCount, type StoredPod } from '../pods.ts';

const PHASE_RANK: Record<string, number> = { Pending: 0, Unknown: 1, Running: 2 };
const DELETION_COST = 'controller.kubernetes.io/pod-deletion-cost';

/**
 * The order in which surplus pods go: unscheduled, pending, not ready, cheap to delete, crowded nodes, ready for a
 * shorter time, restarted more often, younger. Source: pkg/controller/controller_utils.go `ActivePodsWithRanks`.
 *
 * @param related pods whose presence makes a node crowded
 */
export function leastUsefulFirst(pods: readonly StoredPod[], related: readonly StoredPod[], _nowMs: number): StoredPod[] {
  const crowd = new Map<string, number>();
  for (const pod of related) {
    const node = pod.spec?.nodeName;
    if (node && !pod.metadata.deletionTimestamp) crowd.set(node, (crowd.get(node) ?? 0) + 1);
  }
  const crowded = (pod: StoredPod): number => crowd.get(pod.spec?.nodeName ?? '') ?? 0;
  const readySince = (pod: StoredPod): string => String(podCondition(pod, 'Ready')?.lastTransitionTime ?? '');
  const cost = (pod: StoredPod): number => Number(pod.metadata.annotations?.[DELETION_COST] ?? 0);
  return [...pods].sort((a, b) =>
    Number(Boolean(a.spec?.nodeName)) - Number(Boolean(b.spec?.nodeName))
    || (PHASE_RANK[a.status?.phase ?? 'Pending'] ?? 0) - (PHASE_RANK[b.status?.phase ?? 'Pending'] ?? 0)
    || Number(isPodReady(a)) - Number(isPodReady(b))
    || cost(a) - cost(b)
    || crowded(b) - crowded(a)
    || (isPodReady(a) ? readySince(b).localeCompare(readySince(a)) : 0)
    || restartCount(b) - restartCount(a)
    || b.metadata.creationTimestamp.localeCompare(a.metadata.creationTimestamp)
    || a.metadata.name.localeCompare(b.metadata.name));
}
