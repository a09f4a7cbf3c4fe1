import { INTERFACE_DETACH_MS } from '../../facts/ec2.ts';
import { awsError, type AwsOperation, type AwsParameters, type AwsResult } from '../contract.ts';
import type { Instance, SecurityGroupRule, Tags } from './contract.ts';
import type { Ec2Service } from './ec2.ts';
import { filterRows, specifiedTags, tagList } from './filters.ts';
import { instanceShape, interfaceShape, ruleShape, STATE_CODES } from './shapes.ts';

const operation = (name: string, run: (parameters: AwsParameters) => AwsResult): AwsOperation => ({ service: 'ec2', name, run: (_call, parameters) => run(parameters) });
const text = (parameters: AwsParameters, name: string): string => String(parameters[name] ?? '');
const list = <T = string>(parameters: AwsParameters, name: string): readonly T[] => (parameters[name] ?? []) as readonly T[];
const EMPTY: AwsResult = { ok: true, value: {} };

/** Interfaces, instances, security groups and tags. */
export function machineOperations(ec2: Ec2Service): readonly AwsOperation[] {
  return [...interfaceOperations(ec2), ...instanceOperations(ec2), ...securityOperations(ec2), ...tagOperations(ec2)];
}

function interfaceOperations(ec2: Ec2Service): readonly AwsOperation[] {
  const { interfaceBook: book } = ec2;
  const count = (parameters: AwsParameters, name: string): number | undefined => (parameters[name] === undefined ? undefined : Number(parameters[name]));
  return [
    operation('CreateNetworkInterface', parameters => {
      const subnetId = text(parameters, 'SubnetId');
      const privateIp = parameters['PrivateIpAddress'] as string | undefined;
      const made = book.create({
        subnetId, description: text(parameters, 'Description'), securityGroupIds: list(parameters, 'Groups'), ...(privateIp !== undefined && { privateIp }),
        secondaryCount: count(parameters, 'SecondaryPrivateIpAddressCount') ?? 0, prefixCount: count(parameters, 'Ipv4PrefixCount') ?? 0, tags: specifiedTags(parameters, 'network-interface'),
      });
      return made.ok ? { ok: true, value: { NetworkInterface: { ...interfaceShape(ec2, made.value), Status: 'pending' } } } : made;
    }),
    operation('AttachNetworkInterface', parameters => {
      const attached = book.attach(text(parameters, 'NetworkInterfaceId'), text(parameters, 'InstanceId'), Number(parameters['DeviceIndex'] ?? 1));
      return attached.ok ? { ok: true, value: { AttachmentId: attached.value.attachment!.attachmentId, NetworkCardIndex: 0 } } : attached;
    }),
    operation('DetachNetworkInterface', parameters => {
      const id = text(parameters, 'AttachmentId');
      const owner = ec2.interfaces.list().find(entry => entry.attachment?.attachmentId === id);
      if (!owner) return awsError('InvalidAttachmentID.NotFound', `The attachment '${id}' does not exist`);
      if (owner.attachment!.deviceIndex === 0 || owner.requesterManaged) {
        const refused = book.detach(id);
        return refused.ok ? EMPTY : refused;
      }
      ec2.kernel.after(INTERFACE_DETACH_MS, 'ec2/detach', owner.id, () => { book.detach(id); });
      return EMPTY;
    }),
    operation('DeleteNetworkInterface', parameters => book.delete(text(parameters, 'NetworkInterfaceId'))),
    operation('ModifyNetworkInterfaceAttribute', parameters => {
      const found = book.find(text(parameters, 'NetworkInterfaceId'));
      if (!found.ok) return found;
      const groups = parameters['Groups'] as readonly string[] | undefined;
      const attachment = parameters['Attachment'] as { DeleteOnTermination?: boolean } | undefined;
      const description = parameters['Description'] as { Value?: string } | undefined;
      for (const group of groups ?? []) if (!ec2.securityGroups.get(group)) return groupMissing(group);
      ec2.interfaces.put(found.value.id, {
        ...found.value, ...(groups && { securityGroupIds: groups }), ...(description?.Value !== undefined && { description: description.Value }),
        ...(attachment?.DeleteOnTermination !== undefined && found.value.attachment && { attachment: { ...found.value.attachment, deleteOnTermination: attachment.DeleteOnTermination } }),
      });
      return EMPTY;
    }),
    operation('AssignPrivateIpAddresses', parameters => {
      const id = text(parameters, 'NetworkInterfaceId');
      const assigned = book.assign(id, {
        count: count(parameters, 'SecondaryPrivateIpAddressCount'), addresses: list(parameters, 'PrivateIpAddresses'), prefixCount: count(parameters, 'Ipv4PrefixCount'), prefixes: list(parameters, 'Ipv4Prefixes'),
      });
      if (!assigned.ok) return assigned;
      const { addresses, prefixes } = assigned.value;
      return {
        ok: true,
        value: {
          NetworkInterfaceId: id, AssignedPrivateIpAddresses: addresses.map(PrivateIpAddress => ({ PrivateIpAddress })), ...(prefixes.length > 0 && { AssignedIpv4Prefixes: prefixes.map(Ipv4Prefix => ({ Ipv4Prefix })) }),
        },
      };
    }),
    operation('UnassignPrivateIpAddresses', parameters => book.unassign(text(parameters, 'NetworkInterfaceId'), list(parameters, 'PrivateIpAddresses'), list(parameters, 'Ipv4Prefixes'))),
  ];
}

function instanceOperations(ec2: Ec2Service): readonly AwsOperation[] {
  return [
    operation('RunInstances', parameters => {
      const wanted = Number(parameters['MinCount'] ?? 1);
      const made: Instance[] = [];
      for (let index = 0; index < wanted; index += 1) {
        const launched = ec2.launch({
          instanceType: text(parameters, 'InstanceType') || 'm1.small', imageId: text(parameters, 'ImageId'), subnetId: text(parameters, 'SubnetId') || ec2.subnets.list()[0]!.subnetId,
          securityGroupIds: list(parameters, 'SecurityGroupIds'), roleName: ((parameters['IamInstanceProfile'] as { Name?: string } | undefined)?.Name) ?? '', tags: specifiedTags(parameters, 'instance'),
        });
        if (!launched.ok) {
          for (const instance of made) ec2.terminate(instance.instanceId);
          return launched;
        }
        made.push(launched.value);
      }
      return { ok: true, value: { Groups: [], Instances: made.map(instance => instanceShape(ec2, instance)), OwnerId: ec2.accountId, ReservationId: ec2.newId('r') } };
    }),
    operation('TerminateInstances', parameters => {
      const ids = list(parameters, 'InstanceIds');
      const missing = ids.filter(id => !ec2.instances.get(id));
      if (missing.length > 0) return awsError('InvalidInstanceID.NotFound', missing.length === 1 ? `The instance ID '${missing[0]}' does not exist` : `The instance IDs '${missing.join(', ')}' do not exist`);
      const word = (instance: Instance) => ({ Code: STATE_CODES[instance.state], Name: instance.state });
      return {
        ok: true,
        value: {
          TerminatingInstances: ids.map(id => {
            const before = ec2.instances.get(id)!;
            ec2.terminate(id);
            return { CurrentState: word(ec2.instances.get(id)!), InstanceId: id, PreviousState: word(before) };
          }),
        },
      };
    }),
  ];
}

const groupMissing = (id: string) => awsError('InvalidGroup.NotFound', `The security group '${id}' does not exist`);

interface Permission {
  readonly IpProtocol?: string;
  readonly FromPort?: number;
  readonly ToPort?: number;
  readonly IpRanges?: readonly { CidrIp?: string; Description?: string }[];
  readonly UserIdGroupPairs?: readonly { GroupId?: string; Description?: string }[];
}

/** Rules that a call speaks of, from `--ip-permissions` or from the short flags. */
function wantedRules(parameters: AwsParameters, egress: boolean): Omit<SecurityGroupRule, 'ruleId'>[] {
  const short: Permission[] = parameters['IpProtocol'] === undefined ? [] : [{
    IpProtocol: text(parameters, 'IpProtocol'), FromPort: Number(parameters['FromPort'] ?? -1), ToPort: Number(parameters['ToPort'] ?? -1),
    ...(parameters['CidrIp'] !== undefined && { IpRanges: [{ CidrIp: text(parameters, 'CidrIp') }] }),
    ...((parameters['SourceSecurityGroupName'] ?? parameters['SourceGroupId']) !== undefined && { UserIdGroupPairs: [{ GroupId: text(parameters, 'SourceGroupId') || text(parameters, 'SourceSecurityGroupName') }] }),
  }];
  return [...list<Permission>(parameters, 'IpPermissions'), ...short].flatMap(({ IpProtocol = '-1', FromPort, ToPort, IpRanges = [], UserIdGroupPairs = [] }) => {
    const protocol = { '6': 'tcp', '17': 'udp', '1': 'icmp', all: '-1' }[IpProtocol] ?? IpProtocol;
    const base = { egress, protocol, fromPort: protocol === '-1' ? -1 : FromPort ?? -1, toPort: protocol === '-1' ? -1 : ToPort ?? -1 };
    return [
      ...IpRanges.map(({ CidrIp = '', Description }) => ({ ...base, cidr: CidrIp, ...(Description !== undefined && { description: Description }) })),
      ...UserIdGroupPairs.map(({ GroupId = '', Description }) => ({ ...base, sourceGroupId: GroupId, ...(Description !== undefined && { description: Description }) })),
    ];
  });
}

const sameRule = (a: Omit<SecurityGroupRule, 'ruleId'>, b: Omit<SecurityGroupRule, 'ruleId'>): boolean =>
  a.egress === b.egress && a.protocol === b.protocol && a.fromPort === b.fromPort && a.toPort === b.toPort && a.cidr === b.cidr && a.sourceGroupId === b.sourceGroupId;

function securityOperations(ec2: Ec2Service): readonly AwsOperation[] {
  const authorize = (egress: boolean) => (parameters: AwsParameters): AwsResult => {
    const group = ec2.securityGroups.get(text(parameters, 'GroupId')) ?? ec2.securityGroups.list().find(entry => entry.groupName === parameters['GroupName']);
    if (!group) return groupMissing(text(parameters, 'GroupId') || text(parameters, 'GroupName'));
    const rules = wantedRules(parameters, egress).map(rule => ({ ruleId: ec2.newId('sgr'), ...rule }));
    if (rules.length === 0) return awsError('MissingParameter', 'Either \'ipPermissions\' or \'securityGroupRuleIds\' should be provided.');
    for (const rule of rules) {
      if (rule.sourceGroupId !== undefined && !ec2.securityGroups.get(rule.sourceGroupId)) return groupMissing(rule.sourceGroupId);
      if (group.rules.some(known => sameRule(known, rule))) {
        const peer = rule.cidr ?? rule.sourceGroupId;
        return awsError('InvalidPermission.Duplicate', `the specified rule "peer: ${peer}, ${rule.protocol === '-1' ? 'ALL' : `${rule.protocol.toUpperCase()}, from port: ${rule.fromPort}, to port: ${rule.toPort}`}, ALLOW" already exists`);
      }
    }
    ec2.securityGroups.put(group.groupId, { ...group, rules: [...group.rules, ...rules] });
    return { ok: true, value: { Return: true, SecurityGroupRules: rules.map(rule => ruleShape(ec2, group.groupId, rule)) } };
  };
  const revoke = (egress: boolean) => (parameters: AwsParameters): AwsResult => {
    const group = ec2.securityGroups.get(text(parameters, 'GroupId')) ?? ec2.securityGroups.list().find(entry => entry.groupName === parameters['GroupName']);
    if (!group) return groupMissing(text(parameters, 'GroupId') || text(parameters, 'GroupName'));
    const ids = list(parameters, 'SecurityGroupRuleIds');
    const wanted = wantedRules(parameters, egress);
    const gone = group.rules.filter(rule => ids.includes(rule.ruleId) || wanted.some(other => sameRule(rule, other)));
    if (gone.length < ids.length + wanted.length) return awsError('InvalidPermission.NotFound', 'The specified rule does not exist in this security group.');
    ec2.securityGroups.put(group.groupId, { ...group, rules: group.rules.filter(rule => !gone.includes(rule)) });
    return { ok: true, value: { Return: true, RevokedSecurityGroupRules: gone.map(rule => ruleShape(ec2, group.groupId, rule)) } };
  };
  return [
    operation('AuthorizeSecurityGroupIngress', authorize(false)),
    operation('AuthorizeSecurityGroupEgress', authorize(true)),
    operation('RevokeSecurityGroupIngress', revoke(false)),
    operation('RevokeSecurityGroupEgress', revoke(true)),
    operation('CreateSecurityGroup', parameters => {
      const groupName = text(parameters, 'GroupName');
      const vpcId = text(parameters, 'VpcId') || ec2.vpcs.list()[0]!.vpcId;
      if (!ec2.vpcs.get(vpcId)) return awsError('InvalidVpcID.NotFound', `The vpc ID '${vpcId}' does not exist`);
      if (ec2.securityGroups.list().some(entry => entry.groupName === groupName && entry.vpcId === vpcId)) return awsError('InvalidGroup.Duplicate', `The security group '${groupName}' already exists for VPC '${vpcId}'`);
      const groupId = ec2.newId('sg');
      const tags = specifiedTags(parameters, 'security-group');
      ec2.securityGroups.put(groupId, { groupId, groupName, description: text(parameters, 'Description'), vpcId, tags, rules: [{ ruleId: ec2.newId('sgr'), egress: true, protocol: '-1', fromPort: -1, toPort: -1, cidr: '0.0.0.0/0' }] });
      return { ok: true, value: { GroupId: groupId, ...(Object.keys(tags).length > 0 && { Tags: tagList(tags) }), SecurityGroupArn: `arn:aws:ec2:${ec2.region}:${ec2.accountId}:security-group/${groupId}` } };
    }),
    operation('DeleteSecurityGroup', parameters => {
      const id = text(parameters, 'GroupId');
      if (!ec2.securityGroups.get(id)) return groupMissing(id);
      const used = ec2.interfaces.list().some(owner => owner.securityGroupIds.includes(id)) || ec2.securityGroups.list().some(group => group.groupId !== id && group.rules.some(rule => rule.sourceGroupId === id));
      if (used) return awsError('DependencyViolation', `resource ${id} has a dependent object`);
      ec2.securityGroups.delete(id);
      return { ok: true, value: { Return: true, GroupId: id } };
    }),
  ];
}

function tagOperations(ec2: Ec2Service): readonly AwsOperation[] {
  const tables = {
    vpc: ec2.vpcs, subnet: ec2.subnets, 'network-interface': ec2.interfaces, instance: ec2.instances, 'route-table': ec2.routeTables, natgateway: ec2.natGateways, 'internet-gateway': ec2.internetGateways, 'security-group': ec2.securityGroups,
  } as const;
  const change = (resources: readonly string[], act: (tags: Tags) => Tags): AwsResult => {
    const found = resources.map(id => Object.values(tables).find(table => table.get(id) !== undefined));
    const missing = resources.find((_, index) => found[index] === undefined);
    if (missing !== undefined) return awsError('InvalidID', `The ID '${missing}' is not valid`);
    resources.forEach((id, index) => {
      const table = found[index]!;
      // Every one of these rows has tags; the tables differ in the rest.
      (table as unknown as { update(id: string, act: (row: { tags: Tags }) => object): void }).update(id, row => ({ ...row, tags: act(row.tags) }));
    });
    return EMPTY;
  };
  const resources = (parameters: AwsParameters): string[] => list(parameters, 'Resources').map(id => {
    const type = Object.entries(tables).find(([, table]) => table.get(id) !== undefined)?.[0] ?? '*';
    return `arn:aws:ec2:${ec2.region}:${ec2.accountId}:${type}/${id}`;
  });
  return [
    {
      resources,
      ...operation('CreateTags', parameters => change(list(parameters, 'Resources'), tags => ({ ...tags, ...Object.fromEntries(list<{ Key: string; Value?: string }>(parameters, 'Tags').map(({ Key, Value = '' }) => [Key, Value])) }))),
    },
    {
      resources,
      ...operation('DeleteTags', parameters => {
        const gone = list<{ Key: string; Value?: string }>(parameters, 'Tags');
        return change(list(parameters, 'Resources'), tags => Object.fromEntries(Object.entries(tags).filter(([key, value]) => !(gone.length === 0 || gone.some(tag => tag.Key === key && (tag.Value === undefined || tag.Value === value))))));
      }),
    },
    operation('DescribeTags', parameters => {
      const rows = Object.entries(tables).flatMap(([type, table]) => table.list().flatMap(row => Object.entries(row.tags).map(([key, value]) => ({ key, value, type, id: idOf(row), tags: { [key]: value } as Tags }))));
      const kept = filterRows(rows, parameters, { 'resource-id': row => [row.id], 'resource-type': row => [row.type], key: row => [row.key], value: row => [row.value] });
      return kept.ok ? { ok: true, value: { Tags: kept.value.map(({ key, value, type, id }) => ({ Key: key, ResourceId: id, ResourceType: type, Value: value })) } } : kept;
    }),
  ];
}

function idOf(row: object): string {
  for (const name of ['id', 'instanceId', 'subnetId', 'routeTableId', 'natGatewayId', 'internetGatewayId', 'groupId', 'vpcId']) if (name in row) return String((row as Record<string, unknown>)[name]);
  return '';
}
