/** What a scenario's expressions can ask of AWS, of nodes, and of pods by label. Documented in environment.ts. */
import type { Environment } from '@marcbachmann/cel-js';
import type { Node } from 'kubernetes-types/core/v1.d.ts';
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1.d.ts';
import { usableCount } from '../../engine/aws/ec2/subnet-ledger.ts';
import { isNodeReady } from '../../engine/aws/eks/in-cluster.ts';
import { minorOf } from '../../engine/facts/eks.ts';
import { unitValue } from '../../engine/apimachinery/quantity.ts';
import type { Cluster } from '../../engine/cluster.ts';
import { podSummary } from '../../engine/kinds/pod-status.ts';
import type { StoredPod } from '../../engine/kubelet/pod.ts';

const CNI_ROLE = 'kubernetes.io/role/cni';
const NODEGROUP = 'eks.amazonaws.com/nodegroup';
type Answer = Record<string, unknown>;

/** Teaches an environment the cloud. `arrivedMs`: when the learner came. */
export function registerCloud(environment: Environment, cluster: Cluster, arrivedMs: number): Environment {
  return environment
    .registerFunction('nodeGroup(string): dyn', (name: string) => nodeGroup(cluster, name, arrivedMs))
    .registerFunction('nodes(string): dyn', (group: string) => nodes(cluster, group))
    .registerFunction('subnet(string): dyn', (id: string) => subnet(cluster, id))
    .registerFunction('podSubnets(): dyn', () => podSubnets(cluster))
    .registerFunction('headroom(): dyn', () => headroom(cluster))
    .registerFunction('pods(string, string): dyn', (namespace: string, selector: string) => pods(cluster, namespace, selector))
    .registerFunction('budget(string): dyn', (key: string) => budget(cluster, key))
    .registerFunction('roleAllows(string, string, string): bool', (role: string, action: string, resource: string) => roleAllows(cluster, role, action, resource))
    .registerFunction('unusedAddressShare(): double', () => unusedAddressShare(cluster));
}

function nodeGroup({ aws }: Cluster, name: string, arrivedMs: number): Answer {
  const found = aws.eks.nodegroups.table.get(name);
  if (!found) return { exists: false, status: '', version: '', minSize: 0n, maxSize: 0n, desired: 0n, role: '', updateId: '', updateStatus: '' };
  const update = aws.eks.updates.list().filter(each => each.nodegroupName === name && each.type === 'VersionUpdate' && each.createdAtMs >= arrivedMs).at(-1);
  return {
    exists: true, status: found.status, version: found.version, minSize: BigInt(found.scaling.minSize), maxSize: BigInt(found.scaling.maxSize), desired: BigInt(found.scaling.desiredSize),
    role: found.roleName, updateId: update?.id ?? '', updateStatus: update?.status ?? '',
  };
}

function nodes({ api: { reader }, aws: { ec2 } }: Cluster, group: string): Answer {
  const all = reader.list<Node>('Node').filter(({ metadata }) => group === '' || metadata.labels?.[NODEGROUP] === group);
  const ready = all.filter(isNodeReady);
  return {
    total: BigInt(all.length), ready: BigInt(ready.length), cordoned: BigInt(all.filter(({ spec }) => spec?.unschedulable).length),
    versions: [...new Set(all.map(({ status }) => minorOf((status?.nodeInfo?.kubeletVersion ?? '').slice(1))))].sort(),
    podSlots: all.map(({ status }) => BigInt(unitValue(status?.allocatable?.['pods'] ?? '0'))),
    names: all.map(({ metadata }) => metadata.name),
    subnets: [...new Set(all.flatMap(({ status }) => ec2.subnetOf(status?.addresses?.find(({ type }) => type === 'InternalIP')?.address ?? '')?.subnetId ?? []))].sort(),
  };
}

function subnet({ aws: { ec2 } }: Cluster, id: string): Answer {
  const found = ec2.subnets.get(id);
  if (!found) return { exists: false, free: 0n, size: 0n, freeShare: 0 };
  const size = usableCount(found.cidr);
  const free = ec2.freeCount(id);
  return { exists: true, free: BigInt(free), size: BigInt(size), freeShare: free / size };
}

/** The subnets that hold addresses of running pods, nodes' own addresses aside. */
function podSubnets(cluster: Cluster): Answer {
  const { aws: { ec2 }, api: { reader } } = cluster;
  const used = new Set(reader.list<StoredPod>('Pod').flatMap(({ spec, status }) => (status?.podIP && !spec?.hostNetwork ? ec2.subnetOf(status.podIP)?.subnetId ?? [] : [])));
  const shares = [...used].map(id => subnet(cluster, id).freeShare as number);
  return { ids: [...used].sort(), leastFreeShare: shares.length === 0 ? 1 : Math.min(...shares) };
}

/** The zone that is worst off: of the subnets that may give its nodes pod addresses, the one with the largest free share. */
function headroom(cluster: Cluster): Answer {
  const { aws: { ec2 }, api: { reader } } = cluster;
  const configured = new Set(reader.list<{ spec?: { subnet?: string } }>('ENIConfig').map(({ spec }) => spec?.subnet ?? ''));
  const bearing = new Set(podSubnets(cluster).ids as string[]);
  const zones = [...new Set(reader.list<Node>('Node').map(({ metadata }) => metadata.labels?.['topology.kubernetes.io/zone'] ?? ''))].sort();
  const shares = zones.map(zone => ({
    zone, share: Math.max(0, ...ec2.subnets.list().filter(each => each.zone === zone && (bearing.has(each.subnetId) || configured.has(each.subnetId) || (each.tags[CNI_ROLE] ?? '0') !== '0'))
      .map(each => subnet(cluster, each.subnetId).freeShare as number)),
  }));
  const worst = shares.reduce((low, each) => (each.share < low.share ? each : low), { zone: '', share: 1 });
  return { share: worst.share, zone: worst.zone };
}

function pods({ api: { reader }, aws: { ec2 } }: Cluster, namespace: string, selector: string): Answer {
  const all = reader.list<StoredPod>('Pod', { ...(namespace !== '' && { namespace }), labelSelector: selector }).filter(({ metadata }) => !metadata.deletionTimestamp);
  const running = all.filter(({ status }) => status?.phase === 'Running');
  const bound = all.filter(({ spec }) => spec?.nodeName);
  return {
    total: BigInt(all.length), running: BigInt(running.length),
    ready: BigInt(all.filter(({ status }) => status?.conditions?.some(({ type, status: word }) => type === 'Ready' && word === 'True')).length),
    pending: BigInt(all.filter(({ spec, status }) => status?.phase === 'Pending' && !spec?.nodeName).length),
    withoutAddress: BigInt(bound.filter(({ status }) => status?.phase === 'Pending' && !status.podIP).length),
    hostNetwork: BigInt(all.filter(({ spec }) => spec?.hostNetwork).length),
    nodes: BigInt(new Set(bound.map(({ spec }) => spec!.nodeName)).size),
    groups: [...new Set(running.flatMap(({ spec }) => reader.get<Node>('Node', '', spec?.nodeName ?? '')?.metadata.labels?.[NODEGROUP] ?? []))].sort(),
    statuses: [...new Set(all.map(pod => podSummary(pod).status))],
    subnets: [...new Set(running.flatMap(({ status }) => (status?.podIP ? ec2.subnetOf(status.podIP)?.subnetId ?? [] : [])))].sort(),
  };
}

function budget({ api: { reader } }: Cluster, key: string): Answer {
  const [namespace = '', name = ''] = key.split('/');
  const found = reader.get<PodDisruptionBudget>('PodDisruptionBudget', namespace, name);
  const { desiredHealthy = 0, disruptionsAllowed = 0, currentHealthy = 0, expectedPods = 0 } = found?.status ?? {};
  return { exists: found !== undefined, keeps: BigInt(desiredHealthy), allows: BigInt(disruptionsAllowed), healthy: BigInt(currentHealthy), pods: BigInt(expectedPods) };
}

function roleAllows({ aws }: Cluster, role: string, action: string, resource: string): boolean {
  return aws.iam.roles.get(role) !== undefined && aws.iam.decide(aws.roleSession(role, 'drydock-check'), action, resource) === 'allowed';
}

/** Of the addresses that machines hold for pods, how many no pod has. */
function unusedAddressShare({ aws: { ec2 }, api: { reader } }: Cluster): number {
  const held = ec2.interfaces.list().filter(each => each.attachment?.instanceId).reduce((sum, { secondaryIps, prefixes }) => sum + secondaryIps.length + 16 * prefixes.length, 0);
  const used = reader.list<StoredPod>('Pod').filter(({ spec, status }) => status?.podIP && !spec?.hostNetwork && status.phase === 'Running').length;
  return held === 0 ? 0 : Math.max(0, 1 - used / held);
}
