import { expect, test } from 'vitest';
import { Kernel } from '../../kernel/kernel.ts';
import { AwsAccount } from '../account.ts';
import { plainAccount } from '../plain-account.ts';
import { VpcRoutes } from './routes.ts';

const OUTSIDE = '198.51.100.40';

/** A public and a private subnet, the private one behind a NAT gateway. */
function aVpc() {
  const kernel = new Kernel({ seed: 2 });
  const plain = plainAccount('eu-west-1', { 'eu-west-1a': '10.0.0.0/24' });
  const account = new AwsAccount(kernel, {
    ...plain, vpc: { ...plain.vpc, cidr: '10.0.0.0/20' }, natGateways: { 'nat-a': { subnet: 'subnet-public', publicIp: '203.0.113.11' } },
    subnets: {
      'subnet-eu-west-1a': { zone: 'eu-west-1a', cidr: '10.0.0.0/24', routeTable: 'rtb-private' }, 'subnet-public': { zone: 'eu-west-1a', cidr: '10.0.1.0/24', routeTable: 'rtb-public', public: true },
      'subnet-db': { zone: 'eu-west-1a', cidr: '10.0.2.0/24', routeTable: 'rtb-db' },
    },
    routeTables: { 'rtb-private': { '0.0.0.0/0': 'nat-a' }, 'rtb-public': { '0.0.0.0/0': 'igw-drydock' }, 'rtb-db': {} },
  });
  const aws = account.api.as(account.serviceRole('AWSServiceRoleForTests', 't'));
  const routes = new VpcRoutes(account.ec2);
  return { call: (name: string, parameters: Record<string, unknown>) => aws.call('ec2', name, parameters), blocked: (subnet: string) => routes.blocked(subnet, OUTSIDE), pass: (seconds: number) => kernel.run({ untilMs: kernel.nowMs + seconds * 1000 }) };
}

test('a private subnet gets out through its NAT gateway, a public one by itself, a database subnet not at all', () => {
  const { blocked } = aVpc();
  expect(blocked('subnet-eu-west-1a')).toBeUndefined();
  expect(blocked('subnet-public')).toBeUndefined();
  expect(blocked('subnet-db')).toBe('rtb-db has no route to 198.51.100.40');
});

test('an internet gateway passes no private addresses', () => {
  const { call, blocked } = aVpc();
  call('ReplaceRoute', { RouteTableId: 'rtb-private', DestinationCidrBlock: '0.0.0.0/0', GatewayId: 'igw-drydock' });
  expect(blocked('subnet-eu-west-1a')).toBe('igw-drydock passes no private address: subnet-eu-west-1a gives no public one');
});

test('a NAT gateway that is deleted leaves a blackhole; one in a private subnet leads nowhere', () => {
  const { call, blocked, pass } = aVpc();
  call('DeleteNatGateway', { NatGatewayId: 'nat-a' });
  expect(blocked('subnet-eu-west-1a')).toBe('the route 0.0.0.0/0 of rtb-private leads to nat-a, which is gone');
  pass(90);
  const made = call('CreateNatGateway', { SubnetId: 'subnet-eu-west-1a', AllocationId: 'eipalloc-a' });
  const id = made.ok ? (made.value['NatGateway'] as { NatGatewayId: string }).NatGatewayId : '';
  call('ReplaceRoute', { RouteTableId: 'rtb-private', DestinationCidrBlock: '0.0.0.0/0', NatGatewayId: id });
  expect(blocked('subnet-eu-west-1a')).toBe(`NAT gateway ${id} is pending`);
  pass(120);
  expect(blocked('subnet-eu-west-1a')).toBe(`NAT gateway in subnet-eu-west-1a is routed to ${id}, not to an internet gateway`);
});

test('a new subnet uses the main table until one is associated with it', () => {
  const { call, blocked } = aVpc();
  const made = call('CreateSubnet', { VpcId: 'vpc-drydock', CidrBlock: '10.0.3.0/24' });
  const id = made.ok ? (made.value['Subnet'] as { SubnetId: string }).SubnetId : '';
  expect(blocked(id)).toContain('-main has no route to');
  call('AssociateRouteTable', { RouteTableId: 'rtb-private', SubnetId: id });
  expect(blocked(id)).toBeUndefined();
});
