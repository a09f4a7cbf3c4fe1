import type { Taint, Toleration } from 'kubernetes-types/core/v1.d.ts';
import { fits, reject, type FilterPlugin, type ScorePlugin } from '../framework.ts';

/** Source: component-helpers scheduling/corev1/helpers.go. */
function tolerates(tolerations: readonly Toleration[], taint: Taint): boolean {
  return tolerations.some(({ key, operator = 'Equal', value = '', effect }) =>
    (!effect || effect === taint.effect) && (key ? key === taint.key : operator === 'Exists')
    && (operator === 'Exists' || value === (taint.value ?? '')));
}

/** Source: plugins/tainttoleration; the text lost the taint's name in v1.35. */
export const taintToleration: FilterPlugin = {
  name: 'TaintToleration',
  filter(pod, { node }, _, { version }) {
    const repelling = node.spec?.taints?.find(taint => taint.effect !== 'PreferNoSchedule' && !tolerates(pod.spec?.tolerations ?? [], taint));
    if (!repelling) return fits;
    const reason = version.minor >= 35 ? 'node(s) had untolerated taint(s)' : `node(s) had untolerated taint {${repelling.key}: ${repelling.value ?? ''}}`;
    return reject('TaintToleration', reason, { preemptionHelps: false });
  },
};

export const taintTolerationScore: ScorePlugin = {
  name: 'TaintToleration', weight: 3, normalize: 'lower',
  score(pod, { node }) {
    const tolerations = (pod.spec?.tolerations ?? []).filter(toleration => !toleration.effect || toleration.effect === 'PreferNoSchedule');
    return (node.spec?.taints ?? []).filter(taint => taint.effect === 'PreferNoSchedule' && !tolerates(tolerations, taint)).length;
  },
};
