import { awsError, type AwsOperation } from '../contract.ts';

/** Parameters that EC2's operations act on here; describing ones take `Filters`, ids and paging. A call with any other is refused, never half obeyed. */
const ACCEPTED: Readonly<Record<string, readonly string[]>> = {
  DescribeVpcs: ['VpcIds'], DescribeSubnets: ['SubnetIds'], DescribeNetworkInterfaces: ['NetworkInterfaceIds'], DescribeInstances: ['InstanceIds'], DescribeInstanceStatus: ['InstanceIds', 'IncludeAllInstances'],
  DescribeInstanceTypes: ['InstanceTypes'], DescribeRouteTables: ['RouteTableIds'], DescribeNatGateways: ['NatGatewayIds', 'Filter'], DescribeInternetGateways: ['InternetGatewayIds'], DescribeSecurityGroups: ['GroupIds'],
  DescribeSecurityGroupRules: ['SecurityGroupRuleIds'], DescribeAvailabilityZones: ['ZoneNames'], DescribeAddresses: ['AllocationIds'], DescribeTags: [], GetSubnetCidrReservations: ['SubnetId'],
  AssociateVpcCidrBlock: ['VpcId', 'CidrBlock'], DisassociateVpcCidrBlock: ['AssociationId'], CreateSubnet: ['VpcId', 'CidrBlock', 'AvailabilityZone', 'TagSpecifications'], DeleteSubnet: ['SubnetId'],
  ModifySubnetAttribute: ['SubnetId', 'MapPublicIpOnLaunch'], CreateSubnetCidrReservation: ['SubnetId', 'Cidr', 'ReservationType', 'Description'], DeleteSubnetCidrReservation: ['SubnetCidrReservationId'],
  CreateRouteTable: ['VpcId', 'TagSpecifications', 'ClientToken'], DeleteRouteTable: ['RouteTableId'], AssociateRouteTable: ['RouteTableId', 'SubnetId'], DisassociateRouteTable: ['AssociationId'],
  ReplaceRouteTableAssociation: ['RouteTableId', 'AssociationId'], DeleteRoute: ['RouteTableId', 'DestinationCidrBlock'],
  CreateRoute: ['RouteTableId', 'DestinationCidrBlock', 'NatGatewayId', 'GatewayId', 'NetworkInterfaceId', 'InstanceId'], ReplaceRoute: ['RouteTableId', 'DestinationCidrBlock', 'NatGatewayId', 'GatewayId', 'NetworkInterfaceId', 'InstanceId'],
  CreateNatGateway: ['SubnetId', 'AllocationId', 'TagSpecifications', 'ClientToken'], DeleteNatGateway: ['NatGatewayId'],
  CreateNetworkInterface: ['SubnetId', 'Description', 'Groups', 'PrivateIpAddress', 'SecondaryPrivateIpAddressCount', 'Ipv4PrefixCount', 'TagSpecifications', 'ClientToken'],
  AttachNetworkInterface: ['NetworkInterfaceId', 'InstanceId', 'DeviceIndex'], DetachNetworkInterface: ['AttachmentId', 'Force'], DeleteNetworkInterface: ['NetworkInterfaceId'],
  ModifyNetworkInterfaceAttribute: ['NetworkInterfaceId', 'Groups', 'Attachment', 'Description'],
  AssignPrivateIpAddresses: ['NetworkInterfaceId', 'SecondaryPrivateIpAddressCount', 'PrivateIpAddresses', 'Ipv4PrefixCount', 'Ipv4Prefixes'], UnassignPrivateIpAddresses: ['NetworkInterfaceId', 'PrivateIpAddresses', 'Ipv4Prefixes'],
  RunInstances: ['ImageId', 'InstanceType', 'MinCount', 'MaxCount', 'SubnetId', 'SecurityGroupIds', 'IamInstanceProfile', 'TagSpecifications', 'ClientToken'], TerminateInstances: ['InstanceIds'],
  AuthorizeSecurityGroupIngress: ['GroupId', 'GroupName', 'IpPermissions', 'IpProtocol', 'FromPort', 'ToPort', 'CidrIp', 'SourceSecurityGroupName'], AuthorizeSecurityGroupEgress: ['GroupId', 'IpPermissions', 'IpProtocol', 'FromPort', 'ToPort', 'CidrIp'],
  RevokeSecurityGroupIngress: ['GroupId', 'GroupName', 'IpPermissions', 'IpProtocol', 'FromPort', 'ToPort', 'CidrIp', 'SourceSecurityGroupName', 'SecurityGroupRuleIds'], RevokeSecurityGroupEgress: ['GroupId', 'IpPermissions', 'IpProtocol', 'FromPort', 'ToPort', 'CidrIp', 'SecurityGroupRuleIds'],
  CreateSecurityGroup: ['GroupName', 'Description', 'VpcId', 'TagSpecifications'], DeleteSecurityGroup: ['GroupId'], CreateTags: ['Resources', 'Tags'], DeleteTags: ['Resources', 'Tags'],
};

const DESCRIBING = ['Filters', 'MaxResults', 'NextToken'];

/** The operation, refusing what it does not act on; and `--dry-run`, which asks IAM only. */
export function guarded(operation: AwsOperation): AwsOperation {
  const accepted = [...ACCEPTED[operation.name] ?? [], ...(/^(Describe|Get)/.test(operation.name) ? DESCRIBING : [])];
  return {
    ...operation,
    run(call, parameters) {
      const other = Object.keys(parameters).find(name => name !== 'DryRun' && parameters[name] !== undefined && !accepted.includes(name));
      if (other !== undefined) return awsError('UnsupportedOperation', `Drydock does not model the parameter ${other} of ${operation.name}; it acts on ${accepted.join(', ')}`);
      if (parameters['DryRun'] === true) return awsError('DryRunOperation', 'Request would have succeeded, but DryRun flag is set.', 412);
      return operation.run(call, parameters);
    },
  };
}
