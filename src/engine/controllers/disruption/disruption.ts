import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1.d.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { labelSelectorMatches } from '../../apimachinery/label-selector.ts';
import { rfc3339 } from '../../kernel/calendar.ts';
import { defineController, keyOf, type Action, type View } from '../framework.ts';
import { isPodReady, isTerminal, type StoredPod } from '../pods.ts';
import { intOrPercent } from '../deployment/rolling-update.ts';

type Budget = PodDisruptionBudget & KubeObject;

/** Kinds with a scale: how many pods a controller is expected to have. */
const SCALED = new Set(['Deployment', 'ReplicaSet', 'StatefulSet', 'ReplicationController']);

/** Counts healthy pods for each budget. Source: pkg/controller/disruption/disruption.go. */
export const disruptionController = defineController<PodDisruptionBudget>({
  name: 'disruption-controller',
  reconciles: 'PodDisruptionBudget',
  watches: [{ kind: 'Pod', concerns: (pod, view) => view.list<Budget>('PodDisruptionBudget', { namespace: pod.metadata.namespace })
    .filter(budget => selects(budget, pod)).map(keyOf) }],
  plan(budget, view) {
    if (budget.metadata.deletionTimestamp) return [];
    const pods = view.list<StoredPod>('Pod', { namespace: budget.metadata.namespace }).filter(pod => selects(budget, pod));
    const events: Action[] = pods.length === 0 && budget.status?.observedGeneration !== budget.metadata.generation
      ? [{ do: 'event', about: budget, type: 'Normal', reason: 'NoPods', message: 'No matching pods found' }] : [];
    const expectedPods = expectedCount(budget, pods, view);
    if (typeof expectedPods === 'string') {
      return [...events, { do: 'event', about: budget, type: 'Warning', reason: 'CalculateExpectedPodCountFailed', message: `Failed to calculate the number of expected pods: ${expectedPods}` }, ...failSafe(budget, expectedPods, view)];
    }
    const desiredHealthy = healthyWanted(budget, expectedPods);
    const disrupted = Object.keys(budget.status?.disruptedPods ?? {});
    const counted = pods.filter(pod => !isTerminal(pod) && !pod.metadata.deletionTimestamp && !disrupted.includes(pod.metadata.name));
    const currentHealthy = counted.filter(isPodReady).length;
    const disruptionsAllowed = pods.length === 0 ? 0 : Math.max(0, currentHealthy - desiredHealthy);
    return [...events, ...statusChange(budget, { currentHealthy, desiredHealthy, expectedPods, disruptionsAllowed }, view)];
  },
});

/** How many of the expected pods a budget keeps up; percentages round up. */
export function healthyWanted({ spec: { minAvailable, maxUnavailable } = {} }: PodDisruptionBudget, expectedPods: number): number {
  if (maxUnavailable !== undefined) return Math.max(0, expectedPods - intOrPercent(maxUnavailable, expectedPods, true));
  return typeof minAvailable === 'string' ? intOrPercent(minAvailable, expectedPods, true) : minAvailable ?? 0;
}

function selects(budget: Budget, pod: KubeObject): boolean {
  return labelSelectorMatches(budget.spec?.selector, pod.metadata.labels);
}

/** Pods by their controllers' scale where percentages or `maxUnavailable` need it; otherwise the pods there are. */
function expectedCount(budget: Budget, pods: readonly StoredPod[], view: View): number | string {
  const { minAvailable, maxUnavailable } = budget.spec ?? {};
  if (maxUnavailable === undefined && typeof minAvailable !== 'string') return pods.length;
  const scales = new Map<string, number>();
  for (const pod of pods) {
    let owner = pod.metadata.ownerReferences?.find(reference => reference.controller);
    if (!owner) return `found no controller ref for pod "${pod.metadata.name}"`;
    let object = view.get(owner.kind, pod.metadata.namespace!, owner.name);
    const above = owner.kind === 'ReplicaSet' ? object?.metadata.ownerReferences?.find(reference => reference.controller) : undefined;
    if (above) {
      owner = above;
      object = view.get(above.kind, pod.metadata.namespace!, above.name);
    }
    if (!SCALED.has(owner.kind)) return `${owner.kind.toLowerCase()}s.${owner.apiVersion.split('/')[0]} does not implement the scale subresource`;
    const replicas = (object?.['spec'] as { replicas?: number } | undefined)?.replicas;
    scales.set(owner.uid, replicas ?? 0);
  }
  return [...scales.values()].reduce((total, replicas) => total + replicas, 0);
}

/** A budget that cannot be counted allows nothing, and says why. */
function failSafe(budget: Budget, why: string, view: View): Action[] {
  const before = budget.status;
  const condition = before?.conditions?.find(entry => entry.type === 'DisruptionAllowed');
  if (before?.disruptionsAllowed === 0 && condition?.reason === 'SyncFailed' && condition.message === why) return [];
  return [{
    do: 'updateStatus',
    object: {
      ...budget, metadata: { ...budget.metadata, resourceVersion: undefined },
      status: {
        ...before, disruptionsAllowed: 0,
        conditions: [{
          type: 'DisruptionAllowed', status: 'False', reason: 'SyncFailed', message: why, observedGeneration: budget.metadata.generation,
          lastTransitionTime: condition?.status === 'False' ? condition.lastTransitionTime : rfc3339(view.nowMs),
        }],
      },
    },
  }];
}

interface Counts { currentHealthy: number; desiredHealthy: number; expectedPods: number; disruptionsAllowed: number }

function statusChange(budget: Budget, counts: Counts, view: View): Action[] {
  const before = budget.status;
  const enough = counts.disruptionsAllowed > 0;
  const condition = before?.conditions?.find(entry => entry.type === 'DisruptionAllowed');
  const same = before && before.observedGeneration === budget.metadata.generation
    && before.currentHealthy === counts.currentHealthy && before.desiredHealthy === counts.desiredHealthy
    && before.expectedPods === counts.expectedPods && before.disruptionsAllowed === counts.disruptionsAllowed
    && condition?.status === (enough ? 'True' : 'False') && Object.keys(before.disruptedPods ?? {}).length === 0;
  if (same) return [];
  const flipped = condition?.status !== (enough ? 'True' : 'False');
  return [{
    do: 'updateStatus',
    object: {
      ...budget, metadata: { ...budget.metadata, resourceVersion: undefined },
      status: {
        conditions: [{
          type: 'DisruptionAllowed', status: enough ? 'True' : 'False', reason: enough ? 'SufficientPods' : 'InsufficientPods', message: '',
          observedGeneration: budget.metadata.generation,
          lastTransitionTime: flipped ? rfc3339(view.nowMs) : condition!.lastTransitionTime,
        }],
        ...counts, observedGeneration: budget.metadata.generation,
      },
    },
  }];
}
