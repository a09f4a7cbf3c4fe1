import type { Reader } from '../../api-server/contract.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import type { Ec2Calls } from './ec2-calls.ts';
import type { NodeLog } from './node-log.ts';
import type { IpamdSettings } from './settings.ts';

/** Where new interfaces of a node go. */
export interface Placement { readonly subnetIds: readonly string[]; readonly securityGroups?: readonly string[] }

interface EniConfig extends KubeObject { readonly spec?: { readonly subnet?: string; readonly securityGroups?: readonly string[] } }
interface SubnetView { readonly SubnetId: string; readonly AvailableIpAddressCount: number; readonly Tags?: readonly { Key: string; Value: string }[] }

/** The ENIConfig of a node. Source: pkg/eniconfig/eniconfig.go: label, annotation, label by setting, `default`. */
export function eniConfigOf(reader: Reader, nodeName: string, settings: IpamdSettings): { readonly ok: true; readonly placement: Placement } | { readonly ok: false; readonly error: string } {
  const { labels = {}, annotations = {} } = reader.get('Node', '', nodeName)?.metadata ?? {};
  const name = labels['vpc.amazonaws.com/externalEniConfig'] ?? annotations[settings.eniConfigAnnotation] ?? labels[settings.eniConfigLabel] ?? 'default';
  const config = reader.list<EniConfig>('ENIConfig').find(object => object.metadata.name === name);
  if (!config) return { ok: false, error: `error while retrieving eniconfig: ENIConfig.crd.k8s.amazonaws.com "${name}" not found` };
  return { ok: true, placement: { subnetIds: [config.spec?.subnet ?? ''], ...(config.spec?.securityGroups?.length && { securityGroups: config.spec.securityGroups }) } };
}

/** Subnet discovery: tagged subnets of the node's zone beside its own, the emptiest first. Source: pkg/awsutils/awsutils.go. */
export function discoverSubnets(calls: Ec2Calls, log: NodeLog, node: { readonly subnetId: string; readonly vpcId: string; readonly zone: string }, settings: IpamdSettings): Placement {
  const found = calls.call<{ Subnets: readonly SubnetView[] }>('DescribeSubnets', { Filters: [{ Name: 'vpc-id', Values: [node.vpcId] }, { Name: 'availability-zone', Values: [node.zone] }] });
  if (!found.ok) {
    log.write('warn', 'awsutils/awsutils.go:1024', `Failed to call ec2:DescribeSubnets: ${calls.wording('DescribeSubnets', found.error)}`);
    return { subnetIds: [node.subnetId] };
  }
  const usable = found.value.Subnets.filter(({ SubnetId, Tags = [] }) => {
    const role = Tags.find(tag => tag.Key === 'kubernetes.io/role/cni')?.Value;
    if (role === '0' || (role === undefined && SubnetId !== node.subnetId)) return false;
    const owners = Tags.filter(tag => tag.Key.startsWith('kubernetes.io/cluster/'));
    return SubnetId === node.subnetId || owners.length === 0 || settings.clusterName === '' || owners.some(tag => tag.Key === `kubernetes.io/cluster/${settings.clusterName}`);
  });
  return { subnetIds: [...usable].sort((a, b) => b.AvailableIpAddressCount - a.AvailableIpAddressCount).map(({ SubnetId }) => SubnetId) };
}
