import type { Node } from 'kubernetes-types/core/v1.d.ts';
import { milliValue, unitValue } from '../engine/apimachinery/quantity.ts';
import type { Cluster } from '../engine/cluster.ts';
import type { StoredPod } from '../engine/kubelet/pod.ts';

/** What must be true after every single change, whatever happens. Each returns what is wrong, or nothing. */
export const invariants: Readonly<Record<string, (cluster: Cluster) => string | undefined>> = {
  'no two running pods share an address'(cluster) {
    const seen = new Map<string, string>();
    for (const pod of cluster.api.reader.list<StoredPod>('Pod')) {
      const ip = pod.status?.podIP;
      if (!ip || pod.spec?.hostNetwork || pod.metadata.deletionTimestamp || pod.status?.phase !== 'Running' || !cluster.kubelets.get(pod.spec?.nodeName ?? '')?.isRunning) continue;
      if (seen.has(ip)) return `${pod.metadata.name} and ${seen.get(ip)} both have ${ip}`;
      seen.set(ip, pod.metadata.name);
    }
    return undefined;
  },
  'requests never exceed allocatable'(cluster) {
    for (const node of cluster.api.reader.list<Node>('Node')) {
      let cpu = 0;
      let memory = 0;
      let pods = 0;
      for (const pod of cluster.api.reader.podsOnNode<StoredPod>(node.metadata.name)) {
        if (pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed') continue;
        pods += 1;
        for (const container of pod.spec!.containers) {
          cpu += milliValue(container.resources?.requests?.['cpu'] ?? '0');
          memory += unitValue(container.resources?.requests?.['memory'] ?? '0');
        }
      }
      const { allocatable = {} } = node.status ?? {};
      if (cpu > milliValue(allocatable['cpu']) || memory > unitValue(allocatable['memory']) || pods > unitValue(allocatable['pods'])) return `${node.metadata.name} holds ${cpu}m, ${memory} bytes, ${pods} pods`;
    }
    return undefined;
  },
  'a bound pod never moves'(cluster) {
    const known = bindings.get(cluster) ?? new Map<string, string>();
    bindings.set(cluster, known);
    for (const pod of cluster.api.reader.list<StoredPod>('Pod')) {
      const { uid } = pod.metadata;
      const now = pod.spec?.nodeName;
      if (known.has(uid) && known.get(uid) !== now) return `${pod.metadata.name} moved from ${known.get(uid)} to ${now}`;
      if (now) known.set(uid, now);
    }
    return undefined;
  },
  'every controlled object has an owner that existed'(cluster) {
    for (const pod of cluster.api.reader.list<StoredPod>('Pod')) {
      const owners = pod.metadata.ownerReferences?.filter(reference => reference.controller) ?? [];
      if (owners.length > 1) return `${pod.metadata.name} has ${owners.length} controllers`;
    }
    return undefined;
  },
  'resource versions only grow'(cluster) {
    const before = versions.get(cluster) ?? 0;
    const now = cluster.api.reader.resourceVersion;
    versions.set(cluster, now);
    return now < before ? `${before} became ${now}` : undefined;
  },
};

const bindings = new WeakMap<Cluster, Map<string, string>>();
const versions = new WeakMap<Cluster, number>();
