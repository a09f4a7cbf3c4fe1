import { INSTANCE_TYPES, type InstanceTypeFacts } from '../../facts/ec2.ts';
import { awsError, type AwsOperation, type AwsParameters, type AwsResult } from '../contract.ts';
import type { Tags } from './contract.ts';
import type { Ec2Service } from './ec2.ts';
import { filterRows, pickIds, tagList, type FilterFields } from './filters.ts';
import { allocationOf, instanceShape, interfaceShape, natGatewayShape, routeTableShape, ruleShape, securityGroupShape, STATE_CODES, subnetShape, targetShape, vpcShape, zoneId } from './shapes.ts';

interface Listing<T> {
  readonly name: string;
  /** Parameter that names rows, and the member the answer holds them in. */
  readonly ids: string;
  readonly member: string;
  rows(parameters: AwsParameters): readonly T[];
  idOf(row: T): string;
  missing(id: string): AwsResult;
  readonly fields: FilterFields<T>;
  shape(row: T): unknown;
}

/** `Describe…`: rows by id and filter, in the order they were made. */
function listing<T extends { readonly tags?: Tags }>({ name, ids, member, rows, idOf, missing, fields, shape }: Listing<T>): AwsOperation {
  return {
    service: 'ec2', name,
    run(_call, parameters: AwsParameters): AwsResult {
      const named = pickIds(rows(parameters), parameters[ids], idOf, missing);
      if (!named.ok) return named;
      const kept = filterRows(named.value, parameters, fields);
      return kept.ok ? page(kept.value, parameters, some => ({ [member]: some.map(shape) })) : kept;
    },
  };
}

/** `MaxResults` and `NextToken`: the token is where the next page begins. */
function page<T>(rows: readonly T[], parameters: AwsParameters, show: (some: readonly T[]) => Record<string, unknown>): AwsResult {
  const from = Number(parameters['NextToken'] ?? 0);
  if (!Number.isInteger(from) || from < 0) return awsError('InvalidParameterValue', `Unable to parse pagination token '${String(parameters['NextToken'])}'`);
  const size = Number(parameters['MaxResults'] ?? rows.length);
  const rest = from + size < rows.length;
  return { ok: true, value: { ...show(rows.slice(from, from + size)), ...(rest && { NextToken: String(from + size) }) } };
}

const notFound = (code: string, what: string) => (id: string): AwsResult => awsError(code, `The ${what} '${id}' does not exist`);

export function describeOperations(ec2: Ec2Service): readonly AwsOperation[] {
  const vpcOf = (subnetId: string): string | undefined => ec2.subnets.get(subnetId)?.vpcId;
  const zones = (): string[] => [...new Set(ec2.subnets.list().map(({ zone }) => zone))].sort();
  return [
    listing({
      name: 'DescribeVpcs', ids: 'VpcIds', member: 'Vpcs', rows: () => ec2.vpcs.list(), idOf: row => row.vpcId, missing: notFound('InvalidVpcID.NotFound', 'vpc ID'), shape: row => vpcShape(ec2, row),
      fields: {
        'vpc-id': row => [row.vpcId], cidr: row => [row.cidrs[0]!.cidr], 'cidr-block-association.cidr-block': row => row.cidrs.map(({ cidr }) => cidr),
        'cidr-block-association.association-id': row => row.cidrs.map(({ associationId }) => associationId), 'cidr-block-association.state': row => row.cidrs.map(({ state }) => state),
        state: () => ['available'], 'is-default': () => [false], 'owner-id': () => [ec2.accountId],
      },
    }),
    listing({
      name: 'DescribeSubnets', ids: 'SubnetIds', member: 'Subnets', rows: () => ec2.subnets.list(), idOf: row => row.subnetId, missing: notFound('InvalidSubnetID.NotFound', 'subnet ID'), shape: row => subnetShape(ec2, row),
      fields: {
        'subnet-id': row => [row.subnetId], 'vpc-id': row => [row.vpcId], 'availability-zone': row => [row.zone], availabilityZone: row => [row.zone], 'availability-zone-id': row => [zoneId(row.zone)],
        'cidr-block': row => [row.cidr], cidr: row => [row.cidr], cidrBlock: row => [row.cidr], state: () => ['available'], 'available-ip-address-count': row => [ec2.freeCount(row.subnetId)],
        'map-public-ip-on-launch': row => [row.mapPublicIpOnLaunch], 'default-for-az': () => [false], 'owner-id': () => [ec2.accountId], 'subnet-arn': row => [`arn:aws:ec2:${ec2.region}:${ec2.accountId}:subnet/${row.subnetId}`],
      },
    }),
    listing({
      name: 'DescribeNetworkInterfaces', ids: 'NetworkInterfaceIds', member: 'NetworkInterfaces', rows: () => ec2.interfaces.list(), idOf: row => row.id,
      missing: notFound('InvalidNetworkInterfaceID.NotFound', 'networkInterface ID'), shape: row => interfaceShape(ec2, row),
      fields: {
        'network-interface-id': row => [row.id], 'subnet-id': row => [row.subnetId], 'vpc-id': row => [vpcOf(row.subnetId)], 'availability-zone': row => [ec2.subnets.get(row.subnetId)?.zone],
        description: row => [row.description], status: row => [row.status], 'interface-type': row => [row.type], 'group-id': row => row.securityGroupIds, 'mac-address': row => [row.macAddress],
        'private-ip-address': row => [row.privateIp], 'addresses.private-ip-address': row => [row.privateIp, ...row.secondaryIps], 'addresses.primary': () => [true, false],
        'attachment.instance-id': row => [row.attachment?.instanceId], 'attachment.attachment-id': row => [row.attachment?.attachmentId], 'attachment.device-index': row => [row.attachment?.deviceIndex],
        'attachment.instance-owner-id': row => [row.attachment?.instanceOwnerId], 'attachment.status': row => [row.attachment && 'attached'], 'attachment.delete-on-termination': row => [row.attachment?.deleteOnTermination],
        'requester-managed': row => [row.requesterManaged], 'owner-id': () => [ec2.accountId], 'source-dest-check': row => [row.type !== 'nat_gateway'],
      },
    }),
    describeInstances(ec2),
    listing({
      name: 'DescribeInstanceStatus', ids: 'InstanceIds', member: 'InstanceStatuses', rows: parameters => (parameters['IncludeAllInstances'] === true ? ec2.instances.list() : ec2.instances.list().filter(row => row.state === 'running')), idOf: row => row.instanceId,
      missing: notFound('InvalidInstanceID.NotFound', 'instance ID'),
      fields: { 'availability-zone': row => [row.zone], 'instance-state-name': row => [row.state], 'instance-state-code': row => [STATE_CODES[row.state]], 'instance-status.status': () => ['ok'], 'system-status.status': () => ['ok'] },
      shape: row => {
        const passed = { Details: [{ Name: 'reachability', Status: 'passed' }], Status: 'ok' };
        return { AvailabilityZone: row.zone, InstanceId: row.instanceId, InstanceState: { Code: STATE_CODES[row.state], Name: row.state }, InstanceStatus: passed, SystemStatus: passed };
      },
    }),
    listing<InstanceTypeRow>({
      name: 'DescribeInstanceTypes', ids: 'InstanceTypes', member: 'InstanceTypes', rows: () => MODELLED_TYPES, idOf: row => row.type,
      missing: id => awsError('InvalidInstanceType', `The following supplied instance types do not exist: [${id}]`), shape: instanceTypeShape,
      fields: {
        'instance-type': row => [row.type], hypervisor: row => [row.nitro ? 'nitro' : 'xen'], 'vcpu-info.default-vcpus': row => [row.vcpus], 'memory-info.size-in-mib': row => [row.memoryGib * 1024],
        'processor-info.supported-architecture': row => [row.architecture], 'network-info.maximum-network-interfaces': row => [row.interfaces], 'network-info.ipv4-addresses-per-interface': row => [row.addressesPerInterface],
        'current-generation': () => [true], 'bare-metal': () => [false],
      },
    }),
    listing({
      name: 'DescribeRouteTables', ids: 'RouteTableIds', member: 'RouteTables', rows: () => ec2.routeTables.list(), idOf: row => row.routeTableId, missing: notFound('InvalidRouteTableID.NotFound', 'routeTable ID'),
      shape: row => routeTableShape(ec2, row),
      fields: {
        'route-table-id': row => [row.routeTableId], 'vpc-id': row => [row.vpcId], 'association.subnet-id': row => row.associations.map(({ subnetId }) => subnetId), 'association.main': row => [row.main, ...row.associations.map(() => false)],
        'association.route-table-association-id': row => row.associations.map(({ associationId }) => associationId), 'association.route-table-id': row => [row.routeTableId],
        'route.destination-cidr-block': row => row.routes.map(({ destination }) => destination), 'route.state': row => row.routes.map(({ state }) => state),
        'route.nat-gateway-id': row => row.routes.map(({ target }) => targetShape(target)['NatGatewayId']), 'route.gateway-id': row => row.routes.map(({ target }) => targetShape(target)['GatewayId']), 'owner-id': () => [ec2.accountId],
      },
    }),
    listing({
      name: 'DescribeNatGateways', ids: 'NatGatewayIds', member: 'NatGateways', rows: () => ec2.natGateways.list(), idOf: row => row.natGatewayId,
      missing: id => awsError('NatGatewayNotFound', `NatGateway ${id} was not found`), shape: row => natGatewayShape(ec2, row),
      fields: { 'nat-gateway-id': row => [row.natGatewayId], 'subnet-id': row => [row.subnetId], 'vpc-id': row => [row.vpcId], state: row => [row.state] },
    }),
    listing({
      name: 'DescribeAddresses', ids: 'AllocationIds', member: 'Addresses', rows: () => ec2.natGateways.list(), idOf: row => allocationOf(row), missing: notFound('InvalidAllocationID.NotFound', 'allocation ID'),
      fields: { 'allocation-id': row => [allocationOf(row)], 'public-ip': row => [row.publicIp], 'private-ip-address': row => [row.state === 'deleted' ? undefined : row.privateIp], domain: () => ['vpc'] },
      shape: row => ({
        AllocationId: allocationOf(row), ...(row.state !== 'deleted' && { AssociationId: `eipassoc-${row.natGatewayId.replace(/^nat-/, '')}`, NetworkInterfaceOwnerId: ec2.accountId, PrivateIpAddress: row.privateIp }),
        Domain: 'vpc', PublicIp: row.publicIp, PublicIpv4Pool: 'amazon', NetworkBorderGroup: ec2.region,
      }),
    }),
    listing({
      name: 'DescribeInternetGateways', ids: 'InternetGatewayIds', member: 'InternetGateways', rows: () => ec2.internetGateways.list(), idOf: row => row.internetGatewayId,
      missing: notFound('InvalidInternetGatewayID.NotFound', 'internetGateway ID'),
      fields: { 'internet-gateway-id': row => [row.internetGatewayId], 'attachment.vpc-id': row => [row.vpcId], 'attachment.state': row => [row.vpcId && 'available'], 'owner-id': () => [ec2.accountId] },
      shape: row => ({ Attachments: row.vpcId === undefined ? [] : [{ State: 'available', VpcId: row.vpcId }], InternetGatewayId: row.internetGatewayId, OwnerId: ec2.accountId, Tags: tagList(row.tags) }),
    }),
    listing({
      name: 'DescribeSecurityGroups', ids: 'GroupIds', member: 'SecurityGroups', rows: () => ec2.securityGroups.list(), idOf: row => row.groupId, missing: notFound('InvalidGroup.NotFound', 'security group'),
      shape: row => securityGroupShape(ec2, row),
      fields: {
        'group-id': row => [row.groupId], 'group-name': row => [row.groupName], 'vpc-id': row => [row.vpcId], description: row => [row.description], 'owner-id': () => [ec2.accountId],
        'ip-permission.group-id': row => row.rules.filter(rule => !rule.egress).map(rule => rule.sourceGroupId), 'ip-permission.cidr': row => row.rules.filter(rule => !rule.egress).map(rule => rule.cidr),
        'ip-permission.from-port': row => row.rules.filter(rule => !rule.egress).map(rule => rule.fromPort), 'ip-permission.to-port': row => row.rules.filter(rule => !rule.egress).map(rule => rule.toPort),
        'ip-permission.protocol': row => row.rules.filter(rule => !rule.egress).map(rule => rule.protocol),
      },
    }),
    listing({
      name: 'DescribeSecurityGroupRules', ids: 'SecurityGroupRuleIds', member: 'SecurityGroupRules',
      rows: () => ec2.securityGroups.list().flatMap(group => group.rules.map(rule => ({ groupId: group.groupId, rule, tags: {} }))), idOf: row => row.rule.ruleId,
      missing: notFound('InvalidSecurityGroupRuleId.NotFound', 'security group rule ID'), shape: row => ruleShape(ec2, row.groupId, row.rule),
      fields: { 'group-id': row => [row.groupId], 'security-group-rule-id': row => [row.rule.ruleId] },
    }),
    listing({
      name: 'DescribeAvailabilityZones', ids: 'ZoneNames', member: 'AvailabilityZones', rows: () => zones().map(zone => ({ zone, tags: {} })), idOf: row => row.zone,
      missing: id => awsError('InvalidParameterValue', `Invalid availability zone: [${id}]`),
      fields: { 'zone-name': row => [row.zone], 'zone-id': row => [zoneId(row.zone)], state: () => ['available'], 'region-name': () => [ec2.region], 'zone-type': () => ['availability-zone'], 'opt-in-status': () => ['opt-in-not-required'] },
      shape: ({ zone }) => ({ State: 'available', OptInStatus: 'opt-in-not-required', Messages: [], RegionName: ec2.region, ZoneName: zone, ZoneId: zoneId(zone), GroupName: ec2.region, NetworkBorderGroup: ec2.region, ZoneType: 'availability-zone' }),
    }),
    listing<{ readonly id: string; readonly cidr: string; readonly type: string; readonly subnetId: string; readonly tags: Tags }>({
      name: 'GetSubnetCidrReservations', ids: '', member: 'SubnetIpv4CidrReservations', idOf: row => row.id, missing: notFound('InvalidSubnetCidrReservationID.NotFound', 'subnet CIDR reservation ID'),
      rows: parameters => ec2.subnets.list().filter(subnet => subnet.subnetId === parameters['SubnetId']).flatMap(subnet => subnet.reservations.map(entry => ({ ...entry, subnetId: subnet.subnetId, tags: {} }))),
      fields: { reservationType: row => [row.type], 'subnet-id': row => [row.subnetId] },
      shape: row => ({ SubnetCidrReservationId: row.id, SubnetId: row.subnetId, Cidr: row.cidr, ReservationType: row.type, OwnerId: ec2.accountId, Description: '', Tags: [] }),
    }),
  ];
}

/** Each launch is a reservation of its own here. */
function describeInstances(ec2: Ec2Service): AwsOperation {
  const inner = listing({
    name: 'DescribeInstances', ids: 'InstanceIds', member: 'Instances', rows: () => ec2.instances.list(), idOf: row => row.instanceId, missing: notFound('InvalidInstanceID.NotFound', 'instance ID'),
    shape: row => instanceShape(ec2, row),
    fields: {
      'instance-id': row => [row.instanceId], 'instance-state-name': row => [row.state], 'instance-state-code': row => [STATE_CODES[row.state]], 'instance-type': row => [row.instanceType], 'image-id': row => [row.imageId],
      'subnet-id': row => [row.subnetId], 'vpc-id': row => [ec2.subnets.get(row.subnetId)?.vpcId], 'availability-zone': row => [row.zone], 'private-ip-address': row => [row.privateIp],
      'private-dns-name': row => [`ip-${row.privateIp.replaceAll('.', '-')}.${ec2.region}.compute.internal`], 'instance.group-id': row => row.securityGroupIds,
      'iam-instance-profile.arn': row => [`arn:aws:iam::${ec2.accountId}:instance-profile/${row.roleName}`], 'instance-lifecycle': row => [row.capacityType === 'SPOT' ? 'spot' : undefined], 'owner-id': () => [ec2.accountId],
      'network-interface.addresses.private-ip-address': row => ec2.attachedTo(row.instanceId).flatMap(owner => [owner.privateIp, ...owner.secondaryIps]),
      'network-interface.network-interface-id': row => ec2.attachedTo(row.instanceId).map(owner => owner.id),
    },
  });
  return {
    ...inner,
    run(call, parameters) {
      const answer = inner.run(call, parameters);
      if (!answer.ok) return answer;
      const instances = answer.value['Instances'] as readonly { InstanceId: string }[];
      const { NextToken } = answer.value;
      const Reservations = instances.map(instance => ({ Groups: [], Instances: [instance], OwnerId: ec2.accountId, ReservationId: `r-${instance.InstanceId.slice(2)}` }));
      return { ok: true, value: { Reservations, ...(NextToken !== undefined && { NextToken }) } };
    },
  };
}

type InstanceTypeRow = InstanceTypeFacts & { readonly tags: Tags };

const MODELLED_TYPES: readonly InstanceTypeRow[] = [...INSTANCE_TYPES.values()].map(facts => ({ ...facts, tags: {} }));

function instanceTypeShape(facts: InstanceTypeFacts) {
  return {
    InstanceType: facts.type, CurrentGeneration: true, BareMetal: false, Hypervisor: facts.nitro ? 'nitro' : 'xen', ProcessorInfo: { SupportedArchitectures: [facts.architecture] },
    VCpuInfo: { DefaultVCpus: facts.vcpus, DefaultCores: facts.vcpus / 2, DefaultThreadsPerCore: 2 }, MemoryInfo: { SizeInMiB: facts.memoryGib * 1024 },
    NetworkInfo: {
      MaximumNetworkInterfaces: facts.interfaces, MaximumNetworkCards: 1, DefaultNetworkCardIndex: 0, Ipv4AddressesPerInterface: facts.addressesPerInterface, Ipv6AddressesPerInterface: facts.addressesPerInterface, Ipv6Supported: true,
      EnaSupport: 'required',
    },
  };
}
