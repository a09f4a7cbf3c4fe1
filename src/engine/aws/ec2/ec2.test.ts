import { describe, expect, test } from 'vitest';
import { Kernel } from '../../kernel/kernel.ts';
import { AwsAccount } from '../account.ts';
import type { AwsFoundation } from '../foundation.ts';
import { plainAccount } from '../plain-account.ts';
import { matchesPattern } from './filters.ts';

function anAccount(change: (plain: AwsFoundation) => AwsFoundation = same => same) {
  const kernel = new Kernel({ seed: 3 });
  const account = new AwsAccount(kernel, change(plainAccount('eu-west-1', { 'eu-west-1a': '10.20.0.0/26', 'eu-west-1b': '10.20.0.64/26' })));
  const aws = account.api.as(account.serviceRole('AWSServiceRoleForTests', 'test'));
  const call = (name: string, parameters: Record<string, unknown> = {}): any => {
    const answer = aws.call('ec2', name, parameters);
    return answer.ok ? answer.value : `${answer.error.code}: ${answer.error.message}`;
  };
  return { kernel, account, ec2: account.ec2, call, pass: (seconds: number) => kernel.run({ untilMs: kernel.nowMs + seconds * 1000 }) };
}

const A = 'subnet-eu-west-1a';
const launch = { instanceType: 'm5.large', imageId: 'ami-1', subnetId: A, securityGroupIds: ['sg-cluster'], roleName: 'drydock-node', tags: {} };

describe('what is free in a subnet', () => {
  test('is its size without AWS\' five and without what interfaces hold', () => {
    const { ec2, call } = anAccount();
    expect(ec2.freeCount(A)).toBe(59 - 1); // the control plane's interface
    const { NetworkInterface: { NetworkInterfaceId } } = call('CreateNetworkInterface', { SubnetId: A, SecondaryPrivateIpAddressCount: 9 });
    expect(ec2.freeCount(A)).toBe(48);
    expect(call('DeleteNetworkInterface', { NetworkInterfaceId })).toEqual({});
    expect(ec2.freeCount(A)).toBe(58);
    expect(call('DescribeSubnets', { SubnetIds: [A] }).Subnets[0].AvailableIpAddressCount).toBe(58);
  });

  test('is less by sixteen for each prefix', () => {
    const { ec2, call } = anAccount();
    const before = ec2.freeCount('subnet-eu-west-1b');
    call('CreateNetworkInterface', { SubnetId: 'subnet-eu-west-1b', PrivateIpAddress: '10.20.0.69', Ipv4PrefixCount: 1 });
    expect(ec2.freeCount('subnet-eu-west-1b')).toBe(before - 17);
  });

  test('a prefix needs sixteen aligned addresses that are all free', () => {
    const { ec2, call } = anAccount();
    const { NetworkInterface: { NetworkInterfaceId: id } } = call('CreateNetworkInterface', { SubnetId: A, PrivateIpAddress: '10.20.0.20' });
    call('CreateNetworkInterface', { SubnetId: A, PrivateIpAddress: '10.20.0.40' });
    expect(ec2.freeCount(A)).toBeGreaterThan(50);
    expect(call('AssignPrivateIpAddresses', { NetworkInterfaceId: id, Ipv4PrefixCount: 1 })).toBe('InsufficientCidrBlocks: The specified subnet does not have enough free cidr blocks to satisfy the request.');
  });

  test('a range reserved for prefixes is left alone by addresses drawn one by one', () => {
    const { call } = anAccount();
    call('CreateSubnetCidrReservation', { SubnetId: A, Cidr: '10.20.0.16/28', ReservationType: 'prefix' });
    const { NetworkInterface: { NetworkInterfaceId: id } } = call('CreateNetworkInterface', { SubnetId: A, SecondaryPrivateIpAddressCount: 40 });
    expect(call('AssignPrivateIpAddresses', { NetworkInterfaceId: id, Ipv4PrefixCount: 1 }).AssignedIpv4Prefixes).toEqual([{ Ipv4Prefix: '10.20.0.16/28' }]);
  });
});

describe('the life of an instance', () => {
  test('pending, running, shutting-down, terminated, and its address is free again', () => {
    const { ec2, pass } = anAccount();
    const before = ec2.freeCount(A);
    const made = ec2.launch(launch);
    if (!made.ok) throw new Error(made.error.message);
    const id = made.value.instanceId;
    const states = [made.value.state];
    pass(20);
    states.push(ec2.instances.get(id)!.state);
    expect(ec2.freeCount(A)).toBe(before - 1);
    ec2.terminate(id);
    states.push(ec2.instances.get(id)!.state);
    pass(60);
    states.push(ec2.instances.get(id)!.state);
    expect(states).toEqual(['pending', 'running', 'shutting-down', 'terminated']);
    expect(ec2.freeCount(A)).toBe(before);
    pass(4000);
    expect(ec2.instances.get(id)).toBeUndefined();
  });

  test('refusals of a launch', () => {
    const { ec2, call } = anAccount(plain => ({ ...plain, quotas: { onDemandVcpus: 3 } }));
    expect(ec2.launch({ ...launch, subnetId: 'subnet-none' })).toMatchObject({ error: { code: 'InvalidSubnetID.NotFound' } });
    expect(ec2.launch(launch).ok).toBe(true);
    expect(ec2.launch(launch)).toMatchObject({ error: { code: 'VcpuLimitExceeded', message: expect.stringContaining('current vCPU limit of 3 allows') } });
    call('CreateNetworkInterface', { SubnetId: 'subnet-eu-west-1b', SecondaryPrivateIpAddressCount: 57 });
    expect(ec2.launch({ ...launch, instanceType: 'g5.xlarge', subnetId: 'subnet-eu-west-1b' })).toMatchObject({
      error: { code: 'InsufficientFreeAddressesInSubnet', message: 'There are not enough free addresses in subnet \'subnet-eu-west-1b\' to satisfy the requested number of instances.' },
    });
  });

  test('an interface too many, an address too many', () => {
    const { ec2, call } = anAccount();
    const made = ec2.launch(launch);
    const InstanceId = made.ok ? made.value.instanceId : '';
    const attach = (DeviceIndex: number) => call('AttachNetworkInterface', { InstanceId, DeviceIndex, NetworkInterfaceId: call('CreateNetworkInterface', { SubnetId: A }).NetworkInterface.NetworkInterfaceId });
    expect(attach(1)).toHaveProperty('AttachmentId');
    expect(attach(2)).toHaveProperty('AttachmentId');
    expect(attach(3)).toBe('AttachmentLimitExceeded: Interface count 4 exceeds the limit for m5.large');
    const [primary] = ec2.attachedTo(InstanceId);
    expect(call('AssignPrivateIpAddresses', { NetworkInterfaceId: primary!.id, SecondaryPrivateIpAddressCount: 10 })).toBe('PrivateIpAddressLimitExceeded: Number of private addresses will exceed limit.');
  });
});

describe('a second range', () => {
  test('is associated, carved and given a way out', () => {
    const { call, pass } = anAccount();
    expect(call('AssociateVpcCidrBlock', { VpcId: 'vpc-drydock', CidrBlock: '100.64.0.0/16' }).CidrBlockAssociation.CidrBlockState.State).toBe('associating');
    pass(10);
    expect(call('DescribeVpcs').Vpcs[0].CidrBlockAssociationSet.map((entry: any) => `${entry.CidrBlock} ${entry.CidrBlockState.State}`)).toEqual(['10.20.0.0/25 associated', '100.64.0.0/16 associated']);
    const { Subnet } = call('CreateSubnet', { VpcId: 'vpc-drydock', CidrBlock: '100.64.0.0/20', AvailabilityZone: 'eu-west-1a' });
    expect(Subnet.AvailableIpAddressCount).toBe(4091);
    expect(call('AssociateRouteTable', { RouteTableId: 'rtb-drydock', SubnetId: Subnet.SubnetId }).AssociationState.State).toBe('associated');
    expect(call('CreateTags', { Resources: [Subnet.SubnetId], Tags: [{ Key: 'kubernetes.io/role/cni', Value: '1' }] })).toEqual({});
    expect(call('DescribeSubnets', { Filters: [{ Name: 'tag:kubernetes.io/role/cni', Values: ['1'] }] }).Subnets).toHaveLength(1);
  });

  test.each([
    ['AssociateVpcCidrBlock', { VpcId: 'vpc-drydock', CidrBlock: '192.168.0.0/16' }, 'InvalidVpc.Range: The CIDR \'192.168.0.0/16\' is restricted.'],
    ['CreateSubnet', { VpcId: 'vpc-drydock', CidrBlock: '10.20.0.32/28' }, 'InvalidSubnet.Conflict: The CIDR \'10.20.0.32/28\' conflicts with another subnet'],
    ['CreateSubnet', { VpcId: 'vpc-drydock', CidrBlock: '10.99.0.0/24' }, 'InvalidSubnet.Range: The CIDR \'10.99.0.0/24\' is invalid.'],
    ['DeleteSubnet', { SubnetId: A }, `DependencyViolation: The subnet '${A}' has dependencies and cannot be deleted.`],
    ['DescribeSubnets', { Filters: [{ Name: 'colour', Values: ['red'] }] }, 'InvalidParameterValue: The filter \'colour\' is invalid'],
    ['DeleteSubnet', { SubnetId: A, DryRun: true }, 'DryRunOperation: Request would have succeeded, but DryRun flag is set.'],
    ['RunInstances', { ImageId: 'ami-1', UserData: 'x' }, 'UnsupportedOperation: Drydock does not model the parameter UserData of RunInstances; it acts on ImageId, InstanceType,'],
    ['DescribeSubnets', { SubnetIds: ['subnet-x'] }, 'InvalidSubnetID.NotFound: The subnet ID \'subnet-x\' does not exist'],
  ])('%s %j is refused', (name, parameters, message) => {
    expect(anAccount().call(name, parameters)).toContain(message);
  });
});

test.each([
  ['subnet-*', 'subnet-a', true], ['sub?et-a', 'subnet-a', true], ['subnet', 'subnet-a', false], ['a.c', 'abc', false], ['a\\*', 'a*', true], ['a\\*', 'ab', false],
])('the filter value %s fits %s: %s', (pattern, text, fits) => {
  expect(matchesPattern(pattern, text)).toBe(fits);
});

test('every operation names what it acts on', () => {
  const { ec2 } = anAccount();
  for (const operation of ec2.operations()) {
    const refusal = operation.run({ nowMs: 0, principal: { arn: '', userId: '' }, accountId: '', region: '' }, { NoSuchParameter: 1 });
    expect(refusal).toMatchObject({ ok: false, error: { code: 'UnsupportedOperation', message: expect.stringMatching(/it acts on \w+/) } });
  }
});

test('pages go on where the last one ended', () => {
  const { call } = anAccount();
  const first = call('DescribeSubnets', { MaxResults: 1 });
  const second = call('DescribeSubnets', { MaxResults: 1, NextToken: first.NextToken });
  expect([...first.Subnets, ...second.Subnets].map((subnet: any) => subnet.SubnetId)).toEqual([A, 'subnet-eu-west-1b']);
  expect(second.NextToken).toBeUndefined();
});
