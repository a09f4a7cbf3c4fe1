import { cidrText, holds, overlaps, parseCidr } from '../../apimachinery/cidr.ts';
import { CIDR_ASSOCIATION_MS, NAT_GATEWAY_MS, VPC_CIDR_BLOCKS_MAX } from '../../facts/ec2.ts';
import { awsError, type AwsCall, type AwsOperation, type AwsParameters, type AwsResult } from '../contract.ts';
import type { RouteTable, Subnet } from './contract.ts';
import type { Ec2Service } from './ec2.ts';
import { specifiedTags } from './filters.ts';
import { allocationOf, natGatewayShape, routeTableShape, subnetShape } from './shapes.ts';

type Act = (parameters: AwsParameters, call: AwsCall) => AwsResult;
const operation = (name: string, run: Act): AwsOperation => ({ service: 'ec2', name, run: (call, parameters) => run(parameters, call) });
const text = (parameters: AwsParameters, name: string): string => String(parameters[name] ?? '');
const EMPTY: AwsResult = { ok: true, value: {} };

const vpcMissing = (id: string) => awsError('InvalidVpcID.NotFound', `The vpc ID '${id}' does not exist`);
const subnetMissing = (id: string) => awsError('InvalidSubnetID.NotFound', `The subnet ID '${id}' does not exist`);
const tableMissing = (id: string) => awsError('InvalidRouteTableID.NotFound', `The routeTable ID '${id}' does not exist`);
const notACidr = (cidr: string, parameter: string) => awsError('InvalidParameterValue', `Value (${cidr}) for parameter ${parameter} is invalid. This is not a valid CIDR block.`);

/** VPC ranges, subnets, routes and NAT gateways. Texts as EC2 words them in public logs. */
export function networkOperations(ec2: Ec2Service): readonly AwsOperation[] {
  return [
    operation('AssociateVpcCidrBlock', parameters => associateCidr(ec2, text(parameters, 'VpcId'), text(parameters, 'CidrBlock'))),
    operation('DisassociateVpcCidrBlock', parameters => disassociateCidr(ec2, text(parameters, 'AssociationId'))),
    operation('CreateSubnet', parameters => createSubnet(ec2, parameters)),
    operation('DeleteSubnet', parameters => {
      const id = text(parameters, 'SubnetId');
      if (!ec2.subnets.get(id)) return subnetMissing(id);
      if (ec2.interfaces.list().some(owner => owner.subnetId === id)) return awsError('DependencyViolation', `The subnet '${id}' has dependencies and cannot be deleted.`);
      for (const table of ec2.routeTables.list()) if (table.associations.some(entry => entry.subnetId === id)) ec2.routeTables.put(table.routeTableId, { ...table, associations: table.associations.filter(entry => entry.subnetId !== id) });
      ec2.subnets.delete(id);
      return EMPTY;
    }),
    operation('ModifySubnetAttribute', parameters => {
      const id = text(parameters, 'SubnetId');
      if (!ec2.subnets.get(id)) return subnetMissing(id);
      const wish = parameters['MapPublicIpOnLaunch'] as { Value?: boolean } | undefined;
      if (wish?.Value === undefined) return awsError('InvalidParameterCombination', 'Of the attributes of a subnet, MapPublicIpOnLaunch is modelled.');
      ec2.subnets.update(id, row => ({ ...row, mapPublicIpOnLaunch: wish.Value! }));
      return EMPTY;
    }),
    operation('CreateSubnetCidrReservation', parameters => reserve(ec2, parameters)),
    operation('DeleteSubnetCidrReservation', parameters => {
      const id = text(parameters, 'SubnetCidrReservationId');
      const owner = ec2.subnets.list().find(row => row.reservations.some(entry => entry.id === id));
      if (!owner) return awsError('InvalidSubnetCidrReservationID.NotFound', `The subnet CIDR reservation ID '${id}' does not exist`);
      const gone = owner.reservations.find(entry => entry.id === id)!;
      ec2.subnets.put(owner.subnetId, { ...owner, reservations: owner.reservations.filter(entry => entry.id !== id) });
      return { ok: true, value: { DeletedSubnetCidrReservation: { SubnetCidrReservationId: id, SubnetId: owner.subnetId, Cidr: gone.cidr, ReservationType: gone.type, OwnerId: ec2.accountId } } };
    }),
    ...routeOperations(ec2),
    operation('CreateNatGateway', (parameters, call) => createNatGateway(ec2, parameters, call)),
    operation('DeleteNatGateway', parameters => deleteNatGateway(ec2, text(parameters, 'NatGatewayId'))),
  ];
}

/** Private ranges of RFC 1918; a VPC in one of them takes no block of another. Source: VPC user guide, "IPv4 CIDR block association restrictions". */
const PRIVATE_RANGES = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'].map(cidr => parseCidr(cidr)!);

function associateCidr(ec2: Ec2Service, vpcId: string, cidr: string): AwsResult {
  const vpc = ec2.vpcs.get(vpcId);
  if (!vpc) return vpcMissing(vpcId);
  const range = parseCidr(cidr);
  if (!range) return notACidr(cidr, 'cidrBlock');
  if (range.length < 16 || range.length > 28) return awsError('InvalidVpc.Range', `The CIDR '${cidr}' is invalid.`);
  if (vpc.cidrs.length >= VPC_CIDR_BLOCKS_MAX) return awsError('CidrLimitExceeded', `This network '${vpcId}' has met its maximum number of allowed CIDRs: ${VPC_CIDR_BLOCKS_MAX}`);
  if (vpc.cidrs.some(entry => overlaps(parseCidr(entry.cidr)!, range))) return awsError('InvalidVpc.Range', `The CIDR '${cidr}' conflicts with another CIDR of the VPC.`);
  const home = PRIVATE_RANGES.find(block => holds(block, parseCidr(vpc.cidrs[0]!.cidr)!));
  if (home && PRIVATE_RANGES.some(block => block !== home && overlaps(block, range))) {
    return awsError('InvalidVpc.Range', `The CIDR '${cidr}' is restricted. Use a CIDR from the same private address range as the current VPC CIDR, or use a publicly-routable CIDR. For additional restrictions, see https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Subnets.html`);
  }
  const added = { associationId: ec2.newId('vpc-cidr-assoc'), cidr: cidrText(range), state: 'associating' as const };
  ec2.vpcs.put(vpcId, { ...vpc, cidrs: [...vpc.cidrs, added] });
  for (const table of ec2.routeTables.list()) if (table.vpcId === vpcId) ec2.routeTables.put(table.routeTableId, { ...table, routes: [{ destination: added.cidr, target: 'local', state: 'active' }, ...table.routes] });
  ec2.kernel.after(CIDR_ASSOCIATION_MS, 'ec2/cidr', added.associationId, () => {
    ec2.vpcs.update(vpcId, row => ({ ...row, cidrs: row.cidrs.map(entry => (entry.associationId === added.associationId ? { ...entry, state: 'associated' } : entry)) }));
  });
  return { ok: true, value: { CidrBlockAssociation: { AssociationId: added.associationId, CidrBlock: added.cidr, CidrBlockState: { State: 'associating' } }, VpcId: vpcId } };
}

function disassociateCidr(ec2: Ec2Service, associationId: string): AwsResult {
  const vpc = ec2.vpcs.list().find(row => row.cidrs.some(entry => entry.associationId === associationId));
  if (!vpc) return awsError('InvalidVpcCidrBlockAssociationID.NotFound', `The vpc CIDR block association ID '${associationId}' does not exist`);
  const index = vpc.cidrs.findIndex(entry => entry.associationId === associationId);
  const entry = vpc.cidrs[index]!;
  if (index === 0) return awsError('OperationNotPermitted', `The vpc CIDR block with association ID ${associationId} may not be disassociated. It is the primary IPv4 CIDR block of the VPC`);
  const range = parseCidr(entry.cidr)!;
  if (ec2.subnets.list().some(subnet => subnet.vpcId === vpc.vpcId && holds(range, parseCidr(subnet.cidr)!))) {
    return awsError('InvalidCidrBlock.InUse', `The vpc ${vpc.vpcId} currently has a subnet within CIDR block ${entry.cidr}`);
  }
  ec2.vpcs.put(vpc.vpcId, { ...vpc, cidrs: vpc.cidrs.filter(other => other !== entry) });
  for (const table of ec2.routeTables.list()) if (table.vpcId === vpc.vpcId) ec2.routeTables.put(table.routeTableId, { ...table, routes: table.routes.filter(route => route.destination !== entry.cidr || route.target !== 'local') });
  return { ok: true, value: { CidrBlockAssociation: { AssociationId: associationId, CidrBlock: entry.cidr, CidrBlockState: { State: 'disassociating' } }, VpcId: vpc.vpcId } };
}

function createSubnet(ec2: Ec2Service, parameters: AwsParameters): AwsResult {
  const vpcId = text(parameters, 'VpcId');
  const cidr = text(parameters, 'CidrBlock');
  const vpc = ec2.vpcs.get(vpcId);
  if (!vpc) return vpcMissing(vpcId);
  const range = parseCidr(cidr);
  if (!range) return notACidr(cidr, 'cidrBlock');
  if (range.length < 16 || range.length > 28 || !vpc.cidrs.some(entry => holds(parseCidr(entry.cidr)!, range))) return awsError('InvalidSubnet.Range', `The CIDR '${cidr}' is invalid.`);
  if (ec2.subnets.list().some(other => other.vpcId === vpcId && overlaps(parseCidr(other.cidr)!, range))) return awsError('InvalidSubnet.Conflict', `The CIDR '${cidr}' conflicts with another subnet`);
  const zones = [...new Set(ec2.subnets.list().map(({ zone }) => zone))].sort();
  const zone = text(parameters, 'AvailabilityZone') || zones[0]!;
  if (!zones.includes(zone)) return awsError('InvalidParameterValue', `Value (${zone}) for parameter availabilityZone is invalid. Subnets can currently only be created in the following availability zones: ${zones.join(', ')}.`);
  const subnetId = ec2.newId('subnet');
  const subnet: Subnet = ec2.subnets.put(subnetId, { subnetId, vpcId, zone, cidr: cidrText(range), mapPublicIpOnLaunch: false, reservations: [], tags: specifiedTags(parameters, 'subnet') });
  return { ok: true, value: { Subnet: subnetShape(ec2, subnet) } };
}

function reserve(ec2: Ec2Service, parameters: AwsParameters): AwsResult {
  const subnetId = text(parameters, 'SubnetId');
  const cidr = text(parameters, 'Cidr');
  const type = text(parameters, 'ReservationType');
  const subnet = ec2.subnets.get(subnetId);
  if (!subnet) return subnetMissing(subnetId);
  const range = parseCidr(cidr);
  if (!range || !holds(parseCidr(subnet.cidr)!, range)) return awsError('InvalidParameterValue', `The CIDR ${cidr} is not within the CIDR of subnet ${subnetId}`);
  if (type !== 'prefix' && type !== 'explicit') return awsError('InvalidParameterValue', `Value (${type}) for parameter reservationType is invalid.`);
  if (subnet.reservations.some(entry => overlaps(parseCidr(entry.cidr)!, range))) return awsError('InvalidSubnetCidrReservation.Conflict', `The CIDR ${cidr} conflicts with another subnet CIDR reservation`);
  const id = ec2.newId('scr');
  ec2.subnets.put(subnetId, { ...subnet, reservations: [...subnet.reservations, { id, cidr: cidrText(range), type }] });
  const description = parameters['Description'];
  return { ok: true, value: { SubnetCidrReservation: { SubnetCidrReservationId: id, SubnetId: subnetId, Cidr: cidrText(range), ReservationType: type, OwnerId: ec2.accountId, ...(description !== undefined && { Description: description }) } } };
}

// ---- routes ---------------------------------------------------------------------------------------------------------

function routeOperations(ec2: Ec2Service): readonly AwsOperation[] {
  const table = (parameters: AwsParameters): RouteTable | undefined => ec2.routeTables.get(text(parameters, 'RouteTableId'));
  return [
    operation('CreateRouteTable', parameters => {
      const vpcId = text(parameters, 'VpcId');
      const vpc = ec2.vpcs.get(vpcId);
      if (!vpc) return vpcMissing(vpcId);
      const routeTableId = ec2.newId('rtb');
      const made = ec2.routeTables.put(routeTableId, {
        routeTableId, vpcId, associations: [], main: false, tags: specifiedTags(parameters, 'route-table'), routes: [...vpc.cidrs].reverse().map(({ cidr }) => ({ destination: cidr, target: 'local', state: 'active' as const })),
      });
      return { ok: true, value: { RouteTable: routeTableShape(ec2, made) } };
    }),
    operation('DeleteRouteTable', parameters => {
      const found = table(parameters);
      if (!found) return tableMissing(text(parameters, 'RouteTableId'));
      if (found.main || found.associations.length > 0) return awsError('DependencyViolation', `The routeTable '${found.routeTableId}' has dependencies and cannot be deleted.`);
      ec2.routeTables.delete(found.routeTableId);
      return EMPTY;
    }),
    operation('CreateRoute', parameters => setRoute(ec2, table(parameters), parameters, 'create')),
    operation('ReplaceRoute', parameters => setRoute(ec2, table(parameters), parameters, 'replace')),
    operation('DeleteRoute', parameters => {
      const found = table(parameters);
      const destination = text(parameters, 'DestinationCidrBlock');
      if (!found) return tableMissing(text(parameters, 'RouteTableId'));
      const route = found.routes.find(entry => entry.destination === destination);
      if (!route) return awsError('InvalidRoute.NotFound', `no route with destination-cidr-block ${destination} in route table ${found.routeTableId}`);
      if (route.target === 'local') return awsError('InvalidParameterValue', `cannot remove local route ${destination} in route table ${found.routeTableId}`);
      ec2.routeTables.put(found.routeTableId, { ...found, routes: found.routes.filter(entry => entry !== route) });
      return EMPTY;
    }),
    operation('AssociateRouteTable', parameters => {
      const found = table(parameters);
      const subnetId = text(parameters, 'SubnetId');
      if (!found) return tableMissing(text(parameters, 'RouteTableId'));
      if (!ec2.subnets.get(subnetId)) return subnetMissing(subnetId);
      const held = ec2.routeTables.list().find(row => row.associations.some(entry => entry.subnetId === subnetId));
      if (held && held.routeTableId !== found.routeTableId) return awsError('Resource.AlreadyAssociated', `the specified association for route table ${found.routeTableId} conflicts with an existing association`);
      const known = found.associations.find(entry => entry.subnetId === subnetId);
      const associationId = known?.associationId ?? ec2.newId('rtbassoc');
      if (!known) ec2.routeTables.put(found.routeTableId, { ...found, associations: [...found.associations, { associationId, subnetId }] });
      return { ok: true, value: { AssociationId: associationId, AssociationState: { State: 'associated' } } };
    }),
    operation('DisassociateRouteTable', parameters => {
      const id = text(parameters, 'AssociationId');
      const held = ec2.routeTables.list().find(row => row.associations.some(entry => entry.associationId === id));
      if (!held) return associationMissing(id);
      ec2.routeTables.put(held.routeTableId, { ...held, associations: held.associations.filter(entry => entry.associationId !== id) });
      return EMPTY;
    }),
    operation('ReplaceRouteTableAssociation', parameters => {
      const id = text(parameters, 'AssociationId');
      const found = table(parameters);
      if (!found) return tableMissing(text(parameters, 'RouteTableId'));
      const held = ec2.routeTables.list().find(row => row.associations.some(entry => entry.associationId === id));
      if (!held) return associationMissing(id);
      const { subnetId } = held.associations.find(entry => entry.associationId === id)!;
      const associationId = ec2.newId('rtbassoc');
      ec2.routeTables.put(held.routeTableId, { ...held, associations: held.associations.filter(entry => entry.associationId !== id) });
      ec2.routeTables.update(found.routeTableId, row => ({ ...row, associations: [...row.associations, { associationId, subnetId }] }));
      return { ok: true, value: { NewAssociationId: associationId, AssociationState: { State: 'associated' } } };
    }),
  ];
}

const associationMissing = (id: string) => awsError('InvalidAssociationID.NotFound', `The association ID '${id}' does not exist`);

function setRoute(ec2: Ec2Service, table: RouteTable | undefined, parameters: AwsParameters, how: 'create' | 'replace'): AwsResult {
  if (!table) return tableMissing(text(parameters, 'RouteTableId'));
  const range = parseCidr(text(parameters, 'DestinationCidrBlock'));
  if (!range) return notACidr(text(parameters, 'DestinationCidrBlock'), 'destinationCidrBlock');
  const destination = cidrText(range);
  const target = ['NatGatewayId', 'GatewayId', 'NetworkInterfaceId', 'InstanceId', 'TransitGatewayId'].map(name => text(parameters, name)).find(value => value !== '');
  if (target === undefined) return awsError('MissingParameter', 'The request must contain exactly one of gatewayId, natGatewayId, networkInterfaceId, vpcPeeringConnectionId, egressOnlyInternetGatewayId, transitGatewayId, localGatewayId, carrierGatewayId, vpcEndpointId, instanceId');
  const gateway = ec2.natGateways.get(target);
  if (target.startsWith('nat-') && (!gateway || gateway.state === 'deleted')) return awsError('InvalidNatGatewayID.NotFound', `The natGateway ID '${target}' does not exist`);
  if (target.startsWith('igw-') && !ec2.internetGateways.get(target)) return awsError('InvalidGatewayID.NotFound', `The gateway ID '${target}' does not exist`);
  if (target.startsWith('eni-') && !ec2.interfaces.get(target)) return awsError('InvalidNetworkInterfaceID.NotFound', `The networkInterface ID '${target}' does not exist`);
  if (target.startsWith('i-') && !ec2.instances.get(target)) return awsError('InvalidInstanceID.NotFound', `The instance ID '${target}' does not exist`);
  const known = table.routes.find(route => route.destination === destination);
  if (how === 'create' && known && known.target !== target) return awsError('RouteAlreadyExists', `The route identified by ${destination} already exists.`);
  if (how === 'replace' && !known) return awsError('InvalidParameterValue', `There is no route defined for '${destination}' in the route table. Use CreateRoute instead.`);
  const route = { destination, target, state: 'active' as const };
  ec2.routeTables.put(table.routeTableId, { ...table, routes: known ? table.routes.map(entry => (entry === known ? route : entry)) : [...table.routes, route] });
  return how === 'create' ? { ok: true, value: { Return: true } } : EMPTY;
}

// ---- NAT gateways ---------------------------------------------------------------------------------------------------

function createNatGateway(ec2: Ec2Service, parameters: AwsParameters, call: AwsCall): AwsResult {
  const subnetId = text(parameters, 'SubnetId');
  const subnet = ec2.subnets.get(subnetId);
  if (!subnet) return awsError('InvalidSubnet', `The subnet ID '${subnetId}' does not exist`);
  const allocation = text(parameters, 'AllocationId');
  if (allocation === '') return awsError('MissingParameter', 'The request must include the AllocationId parameter. Add the required parameter and retry the request.');
  // An address belongs to the gateway its allocation is named after, see the shape; it is free once that gateway is gone.
  const former = ec2.natGateways.list().find(gateway => allocation === allocationOf(gateway));
  if (!former) return awsError('InvalidAllocationID.NotFound', `The allocation ID '${allocation}' does not exist`);
  if (former.state !== 'deleted') return awsError('Resource.AlreadyAssociated', `Elastic IP address [${allocation}] is already associated`);
  const natGatewayId = ec2.newId('nat');
  const owner = ec2.interfaceBook.create({
    subnetId, description: `Interface for NAT Gateway ${natGatewayId}`, type: 'nat_gateway', securityGroupIds: [], requesterManaged: true,
    attachment: { attachmentId: ec2.newId('ela-attach'), instanceOwnerId: 'amazon-aws', deviceIndex: 1, attachedAtMs: call.nowMs, deleteOnTermination: false },
  });
  if (!owner.ok) return owner;
  const made = ec2.natGateways.put(natGatewayId, {
    natGatewayId, subnetId, vpcId: subnet.vpcId, publicIp: former.publicIp, privateIp: owner.value.privateIp, state: 'pending', createdAtMs: call.nowMs, tags: specifiedTags(parameters, 'natgateway'),
  });
  ec2.kernel.after(NAT_GATEWAY_MS.pending, 'ec2/nat', natGatewayId, () => {
    if (ec2.natGateways.get(natGatewayId)?.state === 'pending') ec2.natGateways.update(natGatewayId, row => ({ ...row, state: 'available' }));
  });
  return { ok: true, value: { NatGateway: natGatewayShape(ec2, made) } };
}

function deleteNatGateway(ec2: Ec2Service, id: string): AwsResult {
  const gateway = ec2.natGateways.get(id);
  if (!gateway || gateway.state === 'deleted') return awsError('NatGatewayNotFound', `The Nat Gateway ${id} was not found`);
  ec2.natGateways.put(id, { ...gateway, state: 'deleting' });
  for (const table of ec2.routeTables.list()) {
    if (table.routes.some(route => route.target === id)) ec2.routeTables.put(table.routeTableId, { ...table, routes: table.routes.map(route => (route.target === id ? { ...route, state: 'blackhole' } : route)) });
  }
  ec2.kernel.after(NAT_GATEWAY_MS.deleting, 'ec2/nat', id, () => {
    ec2.natGateways.update(id, row => ({ ...row, state: 'deleted' }));
    const owner = ec2.interfaces.list().find(entry => entry.description === `Interface for NAT Gateway ${id}`);
    if (owner) ec2.interfaces.delete(owner.id);
  });
  return { ok: true, value: { NatGatewayId: id } };
}
