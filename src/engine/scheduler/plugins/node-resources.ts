import { fits, reject, type FilterPlugin, type ScorePlugin, type StoredPod } from '../framework.ts';
import type { NodeInfo } from '../node-info.ts';
import { podRequests, scoringRequests } from '../pod-requests.ts';

/** Requests against allocatable, never usage. Source: plugins/noderesources/fit.go. */
export const nodeResourcesFit: FilterPlugin = {
  name: 'NodeResourcesFit',
  filter(pod, node, _, { version }) {
    const reasons: string[] = [];
    let hopeless = false;
    const slots = node.allocatable['pods'] ?? 0;
    if (node.pods.size + 1 > slots) reasons.push('Too many pods');
    const asked = podRequests(pod);
    for (const resource of ['cpu', 'memory', 'ephemeral-storage', ...Object.keys(asked).filter(isExtended)]) {
      const wanted = asked[resource] ?? 0;
      if (wanted === 0) continue;
      const allocatable = node.allocatable[resource] ?? 0;
      if (wanted > allocatable - (node.requested[resource] ?? 0)) {
        reasons.push(`Insufficient ${resource}`);
        if (wanted > allocatable) hopeless = true;
      }
    }
    if (reasons.length === 0) return fits;
    return reject('NodeResourcesFit', reasons, { preemptionHelps: !(hopeless && version.minor >= 34) });
  },
};

function isExtended(resource: string): boolean {
  return resource !== 'cpu' && resource !== 'memory' && resource !== 'ephemeral-storage';
}

function afterPlacing(pod: StoredPod, node: NodeInfo): { cpu: number; memory: number } {
  const own = scoringRequests(pod);
  return { cpu: node.scoring.cpu + own.cpu, memory: node.scoring.memory + own.memory };
}

/** LeastAllocated: the emptier node wins. */
export const leastAllocated: ScorePlugin = {
  name: 'NodeResourcesFit', weight: 1,
  score(pod, node) {
    const used = afterPlacing(pod, node);
    const free = (resource: 'cpu' | 'memory'): number => {
      const capacity = node.allocatable[resource] ?? 0;
      return capacity === 0 || used[resource] > capacity ? 0 : Math.floor(((capacity - used[resource]) * 100) / capacity);
    };
    return Math.floor((free('cpu') + free('memory')) / 2);
  },
};

/** The node where CPU and memory are used to a more similar degree wins. Source: balanced_allocation.go. */
export const balancedAllocation: ScorePlugin = {
  name: 'NodeResourcesBalancedAllocation', weight: 1,
  score(pod, node) {
    const asked = podRequests(pod);
    const share = (resource: string): number => {
      const capacity = node.allocatable[resource] ?? 0;
      return capacity === 0 ? 1 : Math.min(1, ((node.requested[resource] ?? 0) + (asked[resource] ?? 0)) / capacity);
    };
    return Math.floor((1 - Math.abs(share('cpu') - share('memory')) / 2) * 100);
  },
};

/** Host ports that two pods cannot share. Source: plugins/nodeports. */
export const nodePorts: FilterPlugin<readonly string[]> = {
  name: 'NodePorts',
  prepare: hostPorts,
  filter(_pod, node, wanted) {
    if (wanted.length === 0) return fits;
    for (const other of node.pods.values()) {
      if (hostPorts(other).some(port => wanted.includes(port))) return reject('NodePorts', "node(s) didn't have free ports for the requested pod ports", { preemptionHelps: true });
    }
    return fits;
  },
};

function hostPorts(pod: StoredPod): readonly string[] {
  return (pod.spec?.containers ?? []).flatMap(container => (container.ports ?? []).filter(port => port.hostPort).map(port => `${port.protocol ?? 'TCP'}/${port.hostPort}`));
}
