import type { NodeSelectorTerm } from 'kubernetes-types/core/v1.d.ts';
import { fits, reject, type FilterPlugin, type ScorePlugin, type StoredPod } from '../framework.ts';
import type { NodeInfo } from '../node-info.ts';

/** `nodeSelector`, node affinity, `nodeName`, cordons: everything that looks at the node alone. */

export const nodeUnschedulable: FilterPlugin = {
  name: 'NodeUnschedulable',
  filter(pod, { node }) {
    if (!node.spec?.unschedulable) return fits;
    const tolerated = pod.spec?.tolerations?.some(toleration =>
      (toleration.key === 'node.kubernetes.io/unschedulable' || (!toleration.key && toleration.operator === 'Exists')) && (!toleration.effect || toleration.effect === 'NoSchedule'));
    return tolerated ? fits : reject('NodeUnschedulable', 'node(s) were unschedulable', { preemptionHelps: false });
  },
};

export const nodeName: FilterPlugin = {
  name: 'NodeName',
  filter(pod, { name }) {
    if (!pod.spec?.nodeName || pod.spec.nodeName === name) return fits;
    return reject('NodeName', "node(s) didn't match the requested node name", { preemptionHelps: false });
  },
};

/** Whether a node matches one term: all its expressions and fields. */
export function nodeMatchesTerm(term: NodeSelectorTerm, { labels, name }: Pick<NodeInfo, 'labels' | 'name'>): boolean {
  const { matchExpressions = [], matchFields = [] } = term;
  if (matchExpressions.length === 0 && matchFields.length === 0) return false;
  return matchExpressions.every(({ key, operator, values = [] }) => matches(labels[key], operator, values))
    && matchFields.every(({ key, operator, values = [] }) => key === 'metadata.name' && matches(name, operator, values));
}

function matches(value: string | undefined, operator: string, values: readonly string[]): boolean {
  switch (operator) {
    case 'In': return value !== undefined && values.includes(value);
    case 'NotIn': return value === undefined || !values.includes(value);
    case 'Exists': return value !== undefined;
    case 'DoesNotExist': return value === undefined;
    case 'Gt': return value !== undefined && Number(value) > Number(values[0]);
    case 'Lt': return value !== undefined && Number(value) < Number(values[0]);
    default: return false;
  }
}

/** Whether the pod's `nodeSelector` and required node affinity accept a node. */
export function nodeAccepted(pod: StoredPod, node: Pick<NodeInfo, 'labels' | 'name'>): boolean {
  for (const [key, value] of Object.entries(pod.spec?.nodeSelector ?? {})) if (node.labels[key] !== value) return false;
  const required = pod.spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return !required || required.nodeSelectorTerms.some(term => nodeMatchesTerm(term, node));
}

export const nodeAffinity: FilterPlugin = {
  name: 'NodeAffinity',
  filter(pod, node) {
    return nodeAccepted(pod, node) ? fits : reject('NodeAffinity', "node(s) didn't match Pod's node affinity/selector", { preemptionHelps: false });
  },
};

export const nodeAffinityScore: ScorePlugin = {
  name: 'NodeAffinity', weight: 2, normalize: 'higher',
  score(pod, node) {
    const preferred = pod.spec?.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
    return preferred.reduce((total, { weight, preference }) => total + (nodeMatchesTerm(preference, node) ? weight : 0), 0);
  },
};
