import type { Pod } from 'kubernetes-types/core/v1.d.ts';
import { POD_GC } from '../../facts/control-plane.ts';
import { rfc3339 } from '../../kernel/calendar.ts';
import { defineController, keyOf, type Action } from '../framework.ts';
import { isTerminal } from '../pods.ts';

/**
 * Removes pods whose node no longer exists, after a quarantine. Source: pkg/controller/podgc/gc_controller.go.
 *
 * When a node was first missed is kept per controller; it only delays, so a restart of the world costs nothing.
 */
export function podGarbageCollector() {
  const missedSinceMs = new Map<string, number>();
  return defineController<Pod>({
    name: 'pod-garbage-collector',
    reconciles: 'Pod',
    watches: [{ kind: 'Node', concerns: (node, view) => view.podsOnNode(node.metadata.name).map(keyOf) }],
    plan(pod, view): Action[] {
      const nodeName = pod.spec?.nodeName;
      if (!nodeName) return pod.metadata.deletionTimestamp ? [forceDelete(pod)] : [];
      if (view.get('Node', '', nodeName)) {
        missedSinceMs.delete(nodeName);
        return [];
      }
      const since = missedSinceMs.get(nodeName) ?? view.nowMs;
      missedSinceMs.set(nodeName, since);
      const leftMs = since + POD_GC.quarantineMs - view.nowMs;
      if (leftMs > 0) return [{ do: 'requeue', afterMs: Math.ceil(leftMs / POD_GC.periodMs) * POD_GC.periodMs }];
      const failed: Action[] = isTerminal(pod) ? [] : [{
        do: 'patch', kind: 'Pod', key: keyOf(pod), type: 'strategic', subresource: 'status',
        patch: {
          status: {
            phase: 'Failed',
            conditions: [{ type: 'DisruptionTarget', status: 'True', reason: 'DeletionByPodGC', message: 'PodGC: node no longer exists', lastTransitionTime: rfc3339(view.nowMs) }],
          },
        },
      }];
      return [...failed, forceDelete(pod)];
    },
  });
}

function forceDelete(pod: Parameters<typeof keyOf>[0]): Action {
  return { do: 'delete', kind: 'Pod', key: keyOf(pod), options: { gracePeriodSeconds: 0, preconditions: { uid: pod.metadata.uid } } };
}
