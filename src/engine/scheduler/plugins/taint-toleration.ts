import type { Taint, Toleration } from 'kubernetes-types/core/v1.d.ts';
import { tolerates } from '../../kinds/node-fit.ts';
import { fits, reject, type FilterPlugin, type ScorePlugin } from '../framework.ts';

const covered = (tolerations: readonly Toleration[], taint: Taint): boolean => tolerations.some(toleration => tolerates(toleration, taint));

/** Source: plugins/tainttoleration; the text lost the taint's name in v1.35. */
export const taintToleration: FilterPlugin = {
  name: 'TaintToleration',
  filter(pod, { node }, _, { version }) {
    const repelling = node.spec?.taints?.find(taint => taint.effect !== 'PreferNoSchedule' && !covered(pod.spec?.tolerations ?? [], taint));
    if (!repelling) return fits;
    const reason = version.minor >= 35 ? 'node(s) had untolerated taint(s)' : `node(s) had untolerated taint {${repelling.key}: ${repelling.value ?? ''}}`;
    return reject('TaintToleration', reason, { preemptionHelps: false });
  },
};

export const taintTolerationScore: ScorePlugin = {
  name: 'TaintToleration', weight: 3, normalize: 'lower',
  score(pod, { node }) {
    const tolerations = (pod.spec?.tolerations ?? []).filter(toleration => !toleration.effect || toleration.effect === 'PreferNoSchedule');
    return (node.spec?.taints ?? []).filter(taint => taint.effect === 'PreferNoSchedule' && !covered(tolerations, taint)).length;
  },
};
