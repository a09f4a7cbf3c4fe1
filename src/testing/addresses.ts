import { ipToNumber, parseCidr } from '../engine/apimachinery/cidr.ts';
import type { Ec2 } from '../engine/aws/ec2/contract.ts';
import type { Cluster } from '../engine/cluster.ts';
import { INSTANCE_TYPES } from '../engine/facts/ec2.ts';
import type { StoredPod } from '../engine/kubelet/pod.ts';

type World = Pick<Cluster, 'api' | 'kubelets'> & { readonly aws: { readonly ec2: Pick<Ec2, 'subnets' | 'interfaces' | 'instances' | 'freeCount'> } };

/** What must be true of addresses after every single change. Each returns what is wrong, or nothing. */
export const addressInvariants: Readonly<Record<string, (world: World) => string | undefined>> = {
  'no address is held twice'({ aws: { ec2 } }) {
    const seen = new Map<string, string>();
    for (const owner of ec2.interfaces.list()) {
      for (const address of spelledOut(owner)) {
        const key = `${owner.subnetId}/${address}`;
        if (seen.has(key)) return `${address} is held by ${seen.get(key)} and ${owner.id}`;
        seen.set(key, owner.id);
      }
    }
    return undefined;
  },
  'free counts add up'({ aws: { ec2 } }) {
    const held = new Map<string, number>();
    for (const owner of ec2.interfaces.list()) held.set(owner.subnetId, (held.get(owner.subnetId) ?? 0) + spelledOut(owner).length);
    for (const { subnetId, cidr } of ec2.subnets.list()) {
      const free = parseCidr(cidr)!.size - 5 - (held.get(subnetId) ?? 0);
      if (free < 0 || free !== ec2.freeCount(subnetId)) return `${subnetId} says ${ec2.freeCount(subnetId)} free, counted ${free}`;
    }
    return undefined;
  },
  'every address lies in its subnet'({ aws: { ec2 } }) {
    for (const owner of ec2.interfaces.list()) {
      const range = parseCidr(ec2.subnets.get(owner.subnetId)!.cidr)!;
      const stray = spelledOut(owner).find(address => address < range.first + 4 || address > range.first + range.size - 2);
      if (stray !== undefined) return `${owner.id} holds ${stray} outside ${owner.subnetId}`;
    }
    return undefined;
  },
  'no machine has more interfaces or addresses than its type allows'({ aws: { ec2 } }) {
    const counts = new Map<string, number>();
    for (const owner of ec2.interfaces.list()) {
      const id = owner.attachment?.instanceId;
      const limits = id === undefined ? undefined : INSTANCE_TYPES.get(ec2.instances.get(id)?.instanceType ?? '');
      if (id === undefined || !limits) continue;
      counts.set(id, (counts.get(id) ?? 0) + 1);
      if (counts.get(id)! > limits.interfaces) return `${id} has ${counts.get(id)} interfaces`;
      if (1 + owner.secondaryIps.length + owner.prefixes.length > limits.addressesPerInterface) return `${owner.id} holds more than ${limits.addressesPerInterface} slots`;
    }
    return undefined;
  },
  'every running pod has an address of its node'({ api, kubelets, aws: { ec2 } }) {
    const held = new Map<string, Set<number>>();
    for (const pod of api.reader.list<StoredPod>('Pod')) {
      const kubelet = kubelets.get(pod.spec?.nodeName ?? '');
      if (pod.status?.phase !== 'Running' || pod.spec?.hostNetwork || pod.metadata.deletionTimestamp || !kubelet?.isRunning) continue;
      if (!pod.status.podIP) return `${pod.metadata.name} runs without an address`;
      const { instanceId } = kubelet.description;
      if (!held.has(instanceId)) held.set(instanceId, new Set(ec2.interfaces.list().filter(owner => owner.attachment?.instanceId === instanceId).flatMap(spelledOut)));
      if (!held.get(instanceId)!.has(ipToNumber(pod.status.podIP))) return `${pod.metadata.name} has ${pod.status.podIP}, which ${pod.spec?.nodeName} does not hold`;
    }
    return undefined;
  },
};

function spelledOut({ privateIp, secondaryIps, prefixes }: { privateIp: string; secondaryIps: readonly string[]; prefixes: readonly string[] }): number[] {
  return [privateIp, ...secondaryIps].map(ipToNumber).concat(prefixes.flatMap(prefix => {
    const { first, size } = parseCidr(prefix)!;
    return Array.from({ length: size }, (_, offset) => first + offset);
  }));
}
