import type { Node } from 'kubernetes-types/core/v1.d.ts';
import { CLOUD_NODE_MONITOR_MS } from '../../facts/control-plane.ts';
import { defineController, keyOf, type Action } from '../framework.ts';

/**
 * Removes Node objects whose machine no longer exists. Source: k8s.io/cloud-provider controllers/nodelifecycle.
 *
 * @param instanceExists asks the cloud, by provider id
 */
export function cloudNodeLifecycleController(instanceExists: (providerId: string) => boolean) {
  return defineController<Node>({
    name: 'cloud-node-lifecycle-controller',
    reconciles: 'Node',
    resyncMs: CLOUD_NODE_MONITOR_MS,
    plan(node): Action[] {
      const ready = node.status?.conditions?.find(condition => condition.type === 'Ready')?.status;
      if (ready === 'True' || node.metadata.deletionTimestamp || instanceExists(node.spec?.providerID ?? '')) return [];
      return [
        { do: 'event', about: node, type: 'Normal', reason: 'DeletingNode', message: `Deleting node ${node.metadata.name} because it does not exist in the cloud provider` },
        { do: 'delete', kind: 'Node', key: keyOf(node) },
      ];
    },
  });
}
