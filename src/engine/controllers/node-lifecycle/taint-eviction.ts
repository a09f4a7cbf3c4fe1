import type { Pod } from 'kubernetes-types/core/v1.d.ts';
import type { Node } from 'kubernetes-types/core/v1.d.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { tolerates } from '../../kinds/node-fit.ts';
import { parseRfc3339, rfc3339 } from '../../kernel/calendar.ts';
import { defineController, keyOf, type Action } from '../framework.ts';

/** Deletes pods that do not tolerate a NoExecute taint, when their toleration runs out. Source: pkg/controller/tainteviction. */
export const taintEvictionController = defineController<Pod>({
  name: 'taint-eviction-controller',
  reconciles: 'Pod',
  watches: [{ kind: 'Node', concerns: (node, view) => view.podsOnNode(node.metadata.name).map(keyOf) }],
  plan(pod, view): Action[] {
    if (!pod.spec?.nodeName || pod.metadata.deletionTimestamp) return [];
    const node = view.get<Node>('Node', '', pod.spec.nodeName);
    const taints = (node?.spec?.taints ?? []).filter(taint => taint.effect === 'NoExecute');
    if (taints.length === 0) return [];
    let dueMs = Number.POSITIVE_INFINITY;
    for (const taint of taints) {
      const covering = (pod.spec.tolerations ?? []).filter(toleration => tolerates(toleration, taint));
      if (covering.length === 0) return evict(pod, view.nowMs);
      const limits = covering.map(toleration => toleration.tolerationSeconds).filter(seconds => seconds !== undefined);
      if (limits.length === 0) continue;
      const addedMs = parseRfc3339(String(taint.timeAdded ?? '')) ?? view.nowMs;
      dueMs = Math.min(dueMs, addedMs + Math.max(0, Math.min(...limits)) * 1000);
    }
    if (dueMs === Number.POSITIVE_INFINITY) return [];
    return dueMs <= view.nowMs ? evict(pod, view.nowMs) : [{ do: 'requeue', afterMs: dueMs - view.nowMs }];
  },
});

function evict(pod: Pod & KubeObject, nowMs: number): Action[] {
  return [
    { do: 'event', about: pod, type: 'Normal', reason: 'TaintManagerEviction', message: `Marking for deletion Pod ${pod.metadata.namespace}/${pod.metadata.name}` },
    {
      do: 'patch', kind: 'Pod', key: keyOf(pod), type: 'strategic', subresource: 'status',
      patch: { status: { conditions: [{ type: 'DisruptionTarget', status: 'True', reason: 'DeletionByTaintManager', message: 'Taint manager: deleting due to NoExecute taint', lastTransitionTime: rfc3339(nowMs) }] } },
    },
    { do: 'delete', kind: 'Pod', key: keyOf(pod), options: { preconditions: { uid: pod.metadata.uid } } },
  ];
}
