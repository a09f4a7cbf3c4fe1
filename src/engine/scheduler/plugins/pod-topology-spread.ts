import type { TopologySpreadConstraint } from 'kubernetes-types/core/v1.d.ts';
import { labelSelectorMatches } from '../../apimachinery/label-selector.ts';
import { fits, reject, type FilterPlugin, type SchedulingView, type ScorePlugin, type StoredPod } from '../framework.ts';
import { nodeAccepted } from '../../kinds/node-fit.ts';

/** Source: plugins/podtopologyspread. */
interface Counted {
  readonly constraint: TopologySpreadConstraint;
  readonly byDomain: Map<string, number>;
  readonly minimum: number;
}

/** When a pod states none (plugin.go `systemDefaultConstraints`). */
const DEFAULT_CONSTRAINTS: readonly TopologySpreadConstraint[] = [
  { topologyKey: 'kubernetes.io/hostname', maxSkew: 3, whenUnsatisfiable: 'ScheduleAnyway' },
  { topologyKey: 'topology.kubernetes.io/zone', maxSkew: 5, whenUnsatisfiable: 'ScheduleAnyway' },
];

function selectorFor(pod: StoredPod, constraint: TopologySpreadConstraint) {
  if (!constraint.matchLabelKeys?.length) return constraint.labelSelector;
  const extra = Object.fromEntries(constraint.matchLabelKeys.filter(key => pod.metadata.labels?.[key] !== undefined).map(key => [key, pod.metadata.labels![key]!]));
  const { labelSelector } = constraint;
  return labelSelector && { ...labelSelector, matchLabels: { ...labelSelector.matchLabels, ...extra } };
}

function countDomains(pod: StoredPod, constraints: readonly TopologySpreadConstraint[], view: SchedulingView): Counted[] {
  return constraints.map(constraint => {
    const byDomain = new Map<string, number>();
    const selector = selectorFor(pod, constraint);
    for (const node of view.nodes) {
      const domain = node.labels[constraint.topologyKey];
      if (domain === undefined || (constraint.nodeAffinityPolicy !== 'Ignore' && !nodeAccepted(pod.spec, node))) continue;
      byDomain.set(domain, (byDomain.get(domain) ?? 0) + node.matching(pod.metadata.namespace, selector));
    }
    const tooFew = byDomain.size < (constraint.minDomains ?? 1);
    return { constraint, byDomain, minimum: tooFew || byDomain.size === 0 ? 0 : Math.min(...byDomain.values()) };
  });
}

export const podTopologySpread: FilterPlugin<readonly Counted[]> = {
  name: 'PodTopologySpread',
  prepare(pod, view) {
    return countDomains(pod, (pod.spec?.topologySpreadConstraints ?? []).filter(constraint => constraint.whenUnsatisfiable === 'DoNotSchedule'), view);
  },
  filter(pod, node, counted) {
    for (const { constraint, byDomain, minimum } of counted) {
      const domain = node.labels[constraint.topologyKey];
      if (domain === undefined) return reject('PodTopologySpread', "node(s) didn't match pod topology spread constraints (missing required label)", { preemptionHelps: false });
      const self = labelSelectorMatches(selectorFor(pod, constraint), pod.metadata.labels) ? 1 : 0;
      if ((byDomain.get(domain) ?? 0) + self - minimum > constraint.maxSkew) {
        return reject('PodTopologySpread', "node(s) didn't match pod topology spread constraints", { preemptionHelps: true });
      }
    }
    return fits;
  },
};

/** Soft constraints: fewer matching pods in the node's domains is better; smaller domains weigh more. */
export const podTopologySpreadScore: ScorePlugin<readonly Counted[]> = {
  name: 'PodTopologySpread', weight: 2, normalize: 'lower',
  prepare(pod, view) {
    const own = (pod.spec?.topologySpreadConstraints ?? []).filter(constraint => constraint.whenUnsatisfiable === 'ScheduleAnyway');
    if (own.length > 0) return countDomains(pod, own, view);
    if ((pod.spec?.topologySpreadConstraints ?? []).length > 0) return [];
    const labelSelector = ownerSelector(pod, view);
    return labelSelector ? countDomains(pod, DEFAULT_CONSTRAINTS.map(constraint => ({ ...constraint, labelSelector })), view) : [];
  },
  score(_pod, node, counted) {
    return counted.reduce((total, { constraint, byDomain }) => {
      const domain = node.labels[constraint.topologyKey];
      if (domain === undefined) return total;
      return total + (byDomain.get(domain) ?? 0) * Math.log(byDomain.size + 2) + (constraint.maxSkew - 1);
    }, 0);
  },
};

/** The selector of the pod's owner, which the default constraints spread by (Services would count too upstream). */
function ownerSelector(pod: StoredPod, view: SchedulingView) {
  const owner = pod.metadata.ownerReferences?.find(reference => reference.controller);
  if (!owner || !['ReplicaSet', 'StatefulSet', 'ReplicationController'].includes(owner.kind)) return undefined;
  const object = view.reader.get(owner.kind, pod.metadata.namespace ?? '', owner.name);
  return (object?.['spec'] as { selector?: { matchLabels?: Record<string, string> } } | undefined)?.selector;
}
