import { assert } from '../../kernel/assert.ts';
import type { AwsFoundation } from '../foundation.ts';
import type { SecurityGroupRule } from './contract.ts';
import type { Ec2Service } from './ec2.ts';

/** Fills the tables with the account as it stood before anything happened. Ids of things without a name of their own are derived from their owner's. */
export function found(ec2: Ec2Service, foundation: AwsFoundation): void {
  const { vpc } = foundation;
  ec2.vpcs.put(vpc.id, { vpcId: vpc.id, cidrs: [{ associationId: `vpc-cidr-assoc-${vpc.id.replace(/^vpc-/, '')}`, cidr: vpc.cidr, state: 'associated' }], tags: vpc.tags ?? { Name: vpc.id } });
  ec2.internetGateways.put(foundation.internetGateway, { internetGatewayId: foundation.internetGateway, vpcId: vpc.id, tags: { Name: foundation.internetGateway } });
  for (const [groupId, { description, ingress }] of Object.entries(foundation.securityGroups)) {
    const rules: SecurityGroupRule[] = ingress.map(({ protocol, port, from }, index) => ({
      ruleId: `sgr-${groupId.replace(/^sg-/, '')}-${index + 1}`, egress: false, protocol: port === 'all' && protocol === '-1' ? '-1' : protocol,
      fromPort: port === 'all' ? -1 : port, toPort: port === 'all' ? -1 : port, ...(from.startsWith('sg-') ? { sourceGroupId: from } : { cidr: from }),
    }));
    rules.push({ ruleId: `sgr-${groupId.replace(/^sg-/, '')}-egress`, egress: true, protocol: '-1', fromPort: -1, toPort: -1, cidr: '0.0.0.0/0' });
    ec2.securityGroups.put(groupId, { groupId, groupName: groupId.replace(/^sg-/, ''), description, vpcId: vpc.id, rules, tags: { Name: groupId } });
  }
  for (const [subnetId, spec] of Object.entries(foundation.subnets)) {
    ec2.subnets.put(subnetId, { subnetId, vpcId: vpc.id, zone: spec.zone, cidr: spec.cidr, mapPublicIpOnLaunch: spec.public === true, reservations: [], tags: { Name: subnetId, ...spec.tags } });
  }
  const mainTable = `${vpc.id.replace(/^vpc-/, 'rtb-')}-main`;
  const implied = { destination: vpc.cidr, target: 'local', state: 'active' } as const;
  ec2.routeTables.put(mainTable, { routeTableId: mainTable, vpcId: vpc.id, associations: [], main: true, routes: [implied], tags: {} });
  for (const [routeTableId, routes] of Object.entries(foundation.routeTables)) {
    ec2.routeTables.put(routeTableId, {
      routeTableId, vpcId: vpc.id, main: false, tags: { Name: routeTableId },
      associations: Object.entries(foundation.subnets).filter(([, spec]) => spec.routeTable === routeTableId).map(([subnetId]) => ({ associationId: `rtbassoc-${subnetId.replace(/^subnet-/, '')}`, subnetId })),
      routes: [implied, ...Object.entries(routes).map(([destination, target]) => ({ destination, target, state: 'active' as const }))],
    });
  }
  // Named addresses before drawn ones, so that nothing drawn takes a named one.
  for (const [subnetId, spec] of Object.entries(foundation.subnets)) {
    for (const [description, addresses] of Object.entries(spec.occupied ?? {})) for (const privateIp of addresses) hold(ec2, subnetId, description, foundation, privateIp);
  }
  const { cluster } = foundation;
  const controlPlane = `Amazon EKS ${cluster.name}`;
  if (!ec2.interfaces.list().some(({ description }) => description === controlPlane)) for (const subnetId of cluster.subnets.slice(0, 2)) hold(ec2, subnetId, controlPlane, foundation);
  for (const [natGatewayId, { subnet, publicIp }] of Object.entries(foundation.natGateways)) {
    const owner = hold(ec2, subnet, `Interface for NAT Gateway ${natGatewayId}`, foundation, undefined, 'nat_gateway');
    ec2.natGateways.put(natGatewayId, { natGatewayId, subnetId: subnet, vpcId: vpc.id, publicIp, privateIp: owner.privateIp, state: 'available', createdAtMs: ec2.kernel.nowMs, tags: { Name: natGatewayId } });
  }
}

/** An interface that a service of AWS keeps in the VPC. */
function hold(ec2: Ec2Service, subnetId: string, description: string, { cluster }: AwsFoundation, privateIp?: string, type = 'interface') {
  const groups = description.startsWith('Amazon EKS ') && ec2.securityGroups.get(cluster.securityGroup) ? [cluster.securityGroup] : [];
  const made = ec2.interfaceBook.create({
    subnetId, description, type, securityGroupIds: groups, requesterManaged: true, ...(privateIp !== undefined && { privateIp }),
    attachment: { attachmentId: ec2.newId('eni-attach'), instanceOwnerId: 'amazon-aws', deviceIndex: 1, attachedAtMs: ec2.kernel.nowMs, deleteOnTermination: false },
  });
  assert(made.ok, made.ok ? '' : `${description} in ${subnetId}: ${made.error.message}`);
  return made.value;
}
