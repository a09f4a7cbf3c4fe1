/** Which nodes a pod accepts by their labels, names and taints: asked by the scheduler, the DaemonSet controller and taint eviction. */
import type { NodeSelectorTerm, Pod, Taint, Toleration } from 'kubernetes-types/core/v1.d.ts';

/** A node as far as selection looks at it. */
export interface SelectableNode {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Whether a toleration covers a taint. Source: component-helpers scheduling/corev1/helpers.go. */
export function tolerates({ key, operator = 'Equal', value = '', effect }: Toleration, taint: Taint): boolean {
  return (!effect || effect === taint.effect) && (key ? key === taint.key : operator === 'Exists')
    && (operator === 'Exists' || value === (taint.value ?? ''));
}

/** Whether a node matches one term: all its expressions and fields; an empty term matches nothing. */
export function nodeMatchesTerm({ matchExpressions = [], matchFields = [] }: NodeSelectorTerm, { labels, name }: SelectableNode): boolean {
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

/** Whether a pod's `nodeSelector` and required node affinity accept a node. */
export function nodeAccepted(spec: Pod['spec'], node: SelectableNode): boolean {
  for (const [key, value] of Object.entries(spec?.nodeSelector ?? {})) if (node.labels[key] !== value) return false;
  const required = spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return !required || required.nodeSelectorTerms.some(term => nodeMatchesTerm(term, node));
}
