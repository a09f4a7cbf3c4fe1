import type { Node } from 'kubernetes-types/core/v1.d.ts';
import type { Cluster } from '../../engine/cluster.ts';
import { assert } from '../../engine/kernel/assert.ts';
import type { StoredPod } from '../../engine/kubelet/pod.ts';
import { nodeSpecOf } from './estate.ts';
import type { Estate } from './estate-schema.ts';

/** How the estate's own rotation job paces itself. */
const BETWEEN_NODES_MS = 12_000;
const LOOK_AGAIN_MS = 5_000;
const GRACE_MS = 36_000;

const ROTATOR = { name: 'system:serviceaccount:ops:node-rotator', groups: ['system:masters', 'system:serviceaccounts', 'system:authenticated'] };

/**
 * The nightly job that replaces a node group's machines: new ones first; once all are Ready, one old node after the other
 * is cordoned, its pods deleted (not evicted: the job does not ask budgets), its machine terminated.
 */
export function rotateNodes(cluster: Cluster, estate: Estate, groupName: string): void {
  const group = estate.nodeGroups[groupName];
  assert(group, `no node group ${groupName}`);
  const { kernel } = cluster;
  const client = cluster.api.as(ROTATOR);
  const old = cluster.api.reader.list<Node>('Node').filter(node => node.metadata.labels?.['eks.amazonaws.com/nodegroup'] === groupName).map(node => node.metadata.name);
  const fresh = group.nodes.map(({ zone }) => cluster.addNode(nodeSpecOf(estate, groupName, { zone })));

  const retire = (index: number): void => {
    const name = old[index];
    if (name === undefined) return;
    client.patch('Node', { namespace: '', name }, 'merge', { spec: { unschedulable: true } });
    for (const pod of cluster.api.reader.podsOnNode<StoredPod>(name)) {
      const daemon = pod.metadata.ownerReferences?.some(owner => owner.kind === 'DaemonSet');
      if (!daemon) client.delete('Pod', { namespace: pod.metadata.namespace ?? '', name: pod.metadata.name });
    }
    kernel.after(GRACE_MS, 'node-rotator/terminate', name, () => {
      cluster.terminateNode(name);
      client.delete('Node', { namespace: '', name });
    });
    kernel.after(BETWEEN_NODES_MS, 'node-rotator/next', name, () => retire(index + 1));
  };
  const waitForReady = (): void => {
    const ready = new Set(cluster.readyNodes());
    if (fresh.every(name => ready.has(name))) retire(0);
    else kernel.after(LOOK_AGAIN_MS, 'node-rotator/wait', groupName, waitForReady);
  };
  waitForReady();
}
