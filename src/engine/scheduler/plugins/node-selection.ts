import { nodeAccepted, nodeMatchesTerm } from '../../kinds/node-fit.ts';
import { fits, reject, type FilterPlugin, type ScorePlugin } from '../framework.ts';

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

export const nodeAffinity: FilterPlugin = {
  name: 'NodeAffinity',
  filter(pod, node) {
    return nodeAccepted(pod.spec, node) ? fits : reject('NodeAffinity', "node(s) didn't match Pod's node affinity/selector", { preemptionHelps: false });
  },
};

export const nodeAffinityScore: ScorePlugin = {
  name: 'NodeAffinity', weight: 2, normalize: 'higher',
  score(pod, node) {
    const preferred = pod.spec?.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
    return preferred.reduce((total, { weight, preference }) => total + (nodeMatchesTerm(preference, node) ? weight : 0), 0);
  },
};
