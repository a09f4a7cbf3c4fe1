import type { Cluster } from '../../engine/cluster.ts';
import type { StoredPod } from '../../engine/kubelet/pod.ts';
import { assert } from '../../engine/kernel/assert.ts';
import type { Estate } from './estate-schema.ts';

/** How the estate's own rotation job paces itself. */
const BETWEEN_NODES_MS = 12_000;
const LOOK_AGAIN_MS = 5_000;
const GRACE_MS = 36_000;

const ROTATOR = { name: 'system:serviceaccount:ops:node-rotator', groups: ['system:masters', 'system:serviceaccounts', 'system:authenticated'] };

/**
 * The nightly job that replaces a node group's machines: it doubles the Auto Scaling group; once all new nodes are Ready, one
 * old node after the other is cordoned, its pods deleted (not evicted: the job does not ask budgets), its machine given up.
 */
export function rotateNodes(cluster: Cluster, estate: Estate, groupName: string): void {
  assert(estate.nodeGroups[groupName], `no node group ${groupName}`);
  const { kernel, aws: { eks, autoScaling } } = cluster;
  const client = cluster.api.as(ROTATOR);
  const nodegroup = eks.nodegroups.table.get(groupName);
  assert(nodegroup, `node group ${groupName} was not founded`);
  const { min, max, desired } = autoScaling.groups.get(nodegroup.groupName)!;
  const nodeOf = new Map([...eks.manager.nodesByInstance()].map(([instanceId, node]) => [instanceId, node.metadata.name]));
  const old = eks.nodegroups.members(nodegroup).map(({ instanceId }) => instanceId);
  autoScaling.update(nodegroup.groupName, { max: Math.max(max, desired + old.length), desired: desired + old.length });

  const retire = (index: number): void => {
    const instanceId = old[index];
    const name = nodeOf.get(instanceId ?? '');
    if (instanceId === undefined || name === undefined) {
      kernel.after(GRACE_MS, 'node-rotator/bounds', groupName, () => autoScaling.update(nodegroup.groupName, { min, max }));
      return;
    }
    client.patch('Node', { namespace: '', name }, 'merge', { spec: { unschedulable: true } });
    for (const pod of cluster.api.reader.podsOnNode<StoredPod>(name)) {
      const daemon = pod.metadata.ownerReferences?.some(owner => owner.kind === 'DaemonSet');
      if (!daemon) client.delete('Pod', { namespace: pod.metadata.namespace ?? '', name: pod.metadata.name });
    }
    kernel.after(GRACE_MS, 'node-rotator/terminate', name, () => autoScaling.terminate(instanceId, true));
    kernel.after(BETWEEN_NODES_MS, 'node-rotator/next', name, () => retire(index + 1));
  };
  const waitForReady = (): void => {
    const members = eks.nodegroups.members(nodegroup);
    const nodes = eks.manager.nodesByInstance();
    const ready = new Set(cluster.readyNodes());
    const complete = members.length >= desired + old.length && members.every(({ instanceId }) => ready.has(nodes.get(instanceId)?.metadata.name ?? ''));
    if (complete) retire(0);
    else kernel.after(LOOK_AGAIN_MS, 'node-rotator/wait', groupName, waitForReady);
  };
  waitForReady();
}
