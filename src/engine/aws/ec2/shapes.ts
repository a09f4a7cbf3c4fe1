/** EC2's resources as its API shows them. */
import { INSTANCE_TYPES } from '../../facts/ec2.ts';
import { rfc3339 } from '../../kernel/calendar.ts';
import { awsTime } from '../contract.ts';
import type { Instance, InstanceState, NatGateway, NetworkInterface, RouteTable, SecurityGroup, SecurityGroupRule, Subnet, Vpc } from './contract.ts';
import type { Ec2Service } from './ec2.ts';
import { tagList } from './filters.ts';

export const timeOf = (atMs: number): string => awsTime(rfc3339(atMs));

export const STATE_CODES: Readonly<Record<InstanceState, number>> = { pending: 0, running: 16, 'shutting-down': 32, terminated: 48, stopping: 64, stopped: 80 };

/** `eu-west-1a` → `euw1-az1`. Which letter is which id differs by account; here in order. */
export function zoneId(zone: string): string {
  const [area = '', direction = '', rest = ''] = zone.split('-');
  return `${area}${direction[0] ?? ''}${rest.slice(0, -1)}-az${rest.charCodeAt(rest.length - 1) - 96}`;
}

export const privateName = (address: string, region: string): string => `ip-${address.replaceAll('.', '-')}.${region === 'us-east-1' ? 'ec2' : `${region}.compute`}.internal`;

export function vpcShape(ec2: Ec2Service, vpc: Vpc) {
  return {
    CidrBlock: vpc.cidrs[0]!.cidr, DhcpOptionsId: 'dopt-0d5e7a1c9b3f24680', State: 'available', VpcId: vpc.vpcId, OwnerId: ec2.accountId, InstanceTenancy: 'default',
    CidrBlockAssociationSet: vpc.cidrs.map(({ associationId, cidr, state }) => ({ AssociationId: associationId, CidrBlock: cidr, CidrBlockState: { State: state } })),
    IsDefault: false, Tags: tagList(vpc.tags),
  };
}

export function subnetShape(ec2: Ec2Service, subnet: Subnet) {
  return {
    AvailabilityZone: subnet.zone, AvailabilityZoneId: zoneId(subnet.zone), AvailableIpAddressCount: ec2.freeCount(subnet.subnetId), CidrBlock: subnet.cidr, DefaultForAz: false,
    MapPublicIpOnLaunch: subnet.mapPublicIpOnLaunch, MapCustomerOwnedIpOnLaunch: false, State: 'available', SubnetId: subnet.subnetId, VpcId: subnet.vpcId, OwnerId: ec2.accountId,
    AssignIpv6AddressOnCreation: false, Ipv6CidrBlockAssociationSet: [], Tags: tagList(subnet.tags),
    SubnetArn: `arn:aws:ec2:${ec2.region}:${ec2.accountId}:subnet/${subnet.subnetId}`, EnableDns64: false, Ipv6Native: false,
    PrivateDnsNameOptionsOnLaunch: { HostnameType: 'ip-name', EnableResourceNameDnsARecord: false, EnableResourceNameDnsAAAARecord: false },
  };
}

const groupsOf = (ec2: Ec2Service, ids: readonly string[]) => ids.map(GroupId => ({ GroupName: ec2.securityGroups.get(GroupId)?.groupName ?? GroupId, GroupId }));

const addressShapes = (ec2: Ec2Service, owner: NetworkInterface) => [owner.privateIp, ...owner.secondaryIps].map((PrivateIpAddress, index) =>
  ({ Primary: index === 0, PrivateDnsName: privateName(PrivateIpAddress, ec2.region), PrivateIpAddress }));

export function interfaceShape(ec2: Ec2Service, owner: NetworkInterface) {
  const subnet = ec2.subnets.get(owner.subnetId)!;
  const { attachment } = owner;
  return {
    ...(attachment && {
      Attachment: {
        AttachTime: timeOf(attachment.attachedAtMs), AttachmentId: attachment.attachmentId, DeleteOnTermination: attachment.deleteOnTermination, DeviceIndex: attachment.deviceIndex, NetworkCardIndex: 0,
        ...(attachment.instanceId !== undefined && { InstanceId: attachment.instanceId }), InstanceOwnerId: attachment.instanceOwnerId, Status: 'attached',
      },
    }),
    AvailabilityZone: subnet.zone, Description: owner.description, Groups: groupsOf(ec2, owner.securityGroupIds), InterfaceType: owner.type, Ipv6Addresses: [], MacAddress: owner.macAddress,
    NetworkInterfaceId: owner.id, OwnerId: ec2.accountId, PrivateDnsName: privateName(owner.privateIp, ec2.region), PrivateIpAddress: owner.privateIp, PrivateIpAddresses: addressShapes(ec2, owner),
    ...(owner.prefixes.length > 0 && { Ipv4Prefixes: owner.prefixes.map(Ipv4Prefix => ({ Ipv4Prefix })) }),
    RequesterManaged: owner.requesterManaged, SourceDestCheck: owner.type !== 'nat_gateway', Status: owner.status, SubnetId: owner.subnetId, TagSet: tagList(owner.tags), VpcId: subnet.vpcId,
  };
}

export function instanceShape(ec2: Ec2Service, instance: Instance) {
  const gone = instance.state === 'terminated';
  return {
    AmiLaunchIndex: 0, ImageId: instance.imageId, InstanceId: instance.instanceId, InstanceType: instance.instanceType, LaunchTime: timeOf(instance.launchedAtMs), Monitoring: { State: 'disabled' },
    Placement: { AvailabilityZone: instance.zone, GroupName: '', Tenancy: 'default' },
    PrivateDnsName: gone ? '' : privateName(instance.privateIp, ec2.region), ...(!gone && { PrivateIpAddress: instance.privateIp }), ProductCodes: [], PublicDnsName: '',
    State: { Code: STATE_CODES[instance.state], Name: instance.state }, StateTransitionReason: gone || instance.state === 'shutting-down' ? 'User initiated' : '',
    ...(!gone && { SubnetId: instance.subnetId, VpcId: ec2.subnets.get(instance.subnetId)?.vpcId }), Architecture: INSTANCE_TYPES.get(instance.instanceType)?.architecture ?? 'x86_64',
    BlockDeviceMappings: [], ClientToken: '', EbsOptimized: false, EnaSupport: true, Hypervisor: 'xen',
    IamInstanceProfile: { Arn: `arn:aws:iam::${ec2.accountId}:instance-profile/${instance.roleName}`, Id: `AIPA${instance.instanceId.slice(3).toUpperCase()}` },
    ...(instance.capacityType === 'SPOT' && { InstanceLifecycle: 'spot' }),
    NetworkInterfaces: ec2.attachedTo(instance.instanceId).map(owner => ({
      Attachment: {
        AttachTime: timeOf(owner.attachment!.attachedAtMs), AttachmentId: owner.attachment!.attachmentId, DeleteOnTermination: owner.attachment!.deleteOnTermination,
        DeviceIndex: owner.attachment!.deviceIndex, Status: 'attached', NetworkCardIndex: 0,
      },
      Description: owner.description, Groups: groupsOf(ec2, owner.securityGroupIds), Ipv6Addresses: [], MacAddress: owner.macAddress, NetworkInterfaceId: owner.id, OwnerId: ec2.accountId,
      PrivateDnsName: privateName(owner.privateIp, ec2.region), PrivateIpAddress: owner.privateIp, PrivateIpAddresses: addressShapes(ec2, owner), SourceDestCheck: true, Status: 'in-use',
      SubnetId: owner.subnetId, VpcId: ec2.subnets.get(owner.subnetId)!.vpcId, InterfaceType: owner.type,
      ...(owner.prefixes.length > 0 && { Ipv4Prefixes: owner.prefixes.map(Ipv4Prefix => ({ Ipv4Prefix })) }),
    })),
    RootDeviceName: '/dev/xvda', RootDeviceType: 'ebs', SecurityGroups: gone ? [] : groupsOf(ec2, instance.securityGroupIds), SourceDestCheck: true, Tags: tagList(instance.tags), VirtualizationType: 'hvm',
  };
}

/** Where a route leads, under the member its kind of target has. */
export function targetShape(target: string): Record<string, string> {
  if (target.startsWith('nat-')) return { NatGatewayId: target };
  if (target.startsWith('eni-')) return { NetworkInterfaceId: target };
  if (target.startsWith('i-')) return { InstanceId: target };
  if (target.startsWith('tgw-')) return { TransitGatewayId: target };
  return { GatewayId: target };
}

export function routeTableShape(ec2: Ec2Service, table: RouteTable) {
  const association = (associationId: string, subnetId?: string) =>
    ({ Main: subnetId === undefined, RouteTableAssociationId: associationId, RouteTableId: table.routeTableId, ...(subnetId !== undefined && { SubnetId: subnetId }), AssociationState: { State: 'associated' } });
  return {
    Associations: [...(table.main ? [association(`rtbassoc-${table.routeTableId.replace(/^rtb-/, '')}`)] : []), ...table.associations.map(({ associationId, subnetId }) => association(associationId, subnetId))],
    PropagatingVgws: [], RouteTableId: table.routeTableId,
    Routes: table.routes.map(({ destination, target, state }) => ({ DestinationCidrBlock: destination, ...targetShape(target), Origin: target === 'local' ? 'CreateRouteTable' : 'CreateRoute', State: state })),
    Tags: tagList(table.tags), VpcId: table.vpcId, OwnerId: ec2.accountId,
  };
}

/** The Elastic IP of a NAT gateway goes by the gateway's name. */
export const allocationOf = ({ natGatewayId }: NatGateway): string => `eipalloc-${natGatewayId.replace(/^nat-/, '')}`;

export function natGatewayShape(ec2: Ec2Service, gateway: NatGateway) {
  const owner = ec2.interfaces.list().find(entry => entry.description === `Interface for NAT Gateway ${gateway.natGatewayId}`);
  return {
    CreateTime: timeOf(gateway.createdAtMs),
    NatGatewayAddresses: [{
      AllocationId: allocationOf(gateway), ...(owner && { NetworkInterfaceId: owner.id }), ...(gateway.privateIp !== '' && { PrivateIp: gateway.privateIp }),
      PublicIp: gateway.publicIp, IsPrimary: true, Status: gateway.state === 'available' ? 'succeeded' : 'associating',
    }],
    NatGatewayId: gateway.natGatewayId, State: gateway.state, SubnetId: gateway.subnetId, VpcId: gateway.vpcId, Tags: tagList(gateway.tags), ConnectivityType: 'public',
  };
}

/** Rules of one direction that share protocol and ports are one permission. */
function permissions(ec2: Ec2Service, rules: readonly SecurityGroupRule[]) {
  const byPorts = new Map<string, SecurityGroupRule[]>();
  for (const rule of rules) {
    const key = `${rule.protocol}/${rule.fromPort}/${rule.toPort}`;
    byPorts.set(key, [...byPorts.get(key) ?? [], rule]);
  }
  return [...byPorts.values()].map(group => {
    const [first] = group;
    const note = (rule: SecurityGroupRule) => (rule.description === undefined ? {} : { Description: rule.description });
    return {
      IpProtocol: first!.protocol, ...(first!.protocol !== '-1' && { FromPort: first!.fromPort, ToPort: first!.toPort }),
      UserIdGroupPairs: group.filter(rule => rule.sourceGroupId !== undefined).map(rule => ({ ...note(rule), UserId: ec2.accountId, GroupId: rule.sourceGroupId })),
      IpRanges: group.filter(rule => rule.cidr !== undefined).map(rule => ({ ...note(rule), CidrIp: rule.cidr })), Ipv6Ranges: [], PrefixListIds: [],
    };
  });
}

export function securityGroupShape(ec2: Ec2Service, group: SecurityGroup) {
  return {
    Description: group.description, GroupName: group.groupName, IpPermissions: permissions(ec2, group.rules.filter(rule => !rule.egress)), OwnerId: ec2.accountId, GroupId: group.groupId,
    IpPermissionsEgress: permissions(ec2, group.rules.filter(rule => rule.egress)), Tags: tagList(group.tags), VpcId: group.vpcId,
  };
}

export function ruleShape(ec2: Ec2Service, groupId: string, rule: SecurityGroupRule) {
  return {
    SecurityGroupRuleId: rule.ruleId, GroupId: groupId, GroupOwnerId: ec2.accountId, IsEgress: rule.egress, IpProtocol: rule.protocol, FromPort: rule.fromPort, ToPort: rule.toPort,
    ...(rule.cidr !== undefined && { CidrIpv4: rule.cidr }), ...(rule.sourceGroupId !== undefined && { ReferencedGroupInfo: { GroupId: rule.sourceGroupId, UserId: ec2.accountId } }),
    ...(rule.description !== undefined && { Description: rule.description }), Tags: [],
  };
}
