import { describe, expect, test } from 'vitest';
import type { Reader } from '../../api-server/contract.ts';
import { AwsAccount } from '../../aws/account.ts';
import { plainAccount } from '../../aws/plain-account.ts';
import { Kernel } from '../../kernel/kernel.ts';
import { Ipamd } from './ipamd.ts';

const SUBNET = 'subnet-eu-west-1a';

interface World { readonly type?: string; readonly cidr?: string; readonly env?: Record<string, string>; readonly objects?: (kind: string) => readonly object[]; readonly role?: string }

/** One machine with ipamd on it, and a subnet of its own. */
function aNode({ type = 't3.small', cidr = '10.0.0.0/20', env = {}, objects = () => [], role = 'drydock-node' }: World = {}) {
  const kernel = new Kernel({ seed: 5 });
  const account = new AwsAccount(kernel, plainAccount('eu-west-1', { 'eu-west-1a': cidr }));
  const launched = account.ec2.launch({ instanceType: type, imageId: 'ami-1', subnetId: SUBNET, securityGroupIds: ['sg-cluster'], roleName: role, tags: {}, booted: true });
  if (!launched.ok) throw new Error(launched.error.message);
  const { instanceId, zone } = launched.value;
  const reader = { get: (kind: string) => objects(kind)[0], list: objects } as unknown as Reader;
  const warnings: string[] = [];
  let ready = false;
  const ipamd = new Ipamd({
    nodeName: 'node', instanceId, instanceType: type, zone, subnetId: SUBNET, vpcId: 'vpc-drydock', securityGroupIds: ['sg-cluster'], attached: () => account.ec2.attachedTo(instanceId),
  }, { kernel, reader, aws: account.api.as(account.roleSession(role, instanceId)), warn: (reason, message) => warnings.push(`${reason}: ${message}`), initialised: () => { ready = true; } });
  let problem: string | undefined;
  const start = (settings: Record<string, string>): void => ipamd.start(new Map(Object.entries(settings)), said => { problem = said; });
  start(env);
  account.ec2.interfaces.onChange(() => ipamd.noticeChange());
  const pass = (seconds: number): void => { kernel.run({ untilMs: kernel.nowMs + seconds * 1000 }); };
  pass(60);
  const pod = (number: number) => ({ namespace: 'default', name: `p${number}`, uid: `u${number}`, sandboxId: 'f'.repeat(64) });
  let pods = 0;
  /** Adds pods one by one until there are so many, as a kubelet does that tries again. */
  const grow = (count: number): void => {
    for (let tries = 0; pods < count && tries < count * 12; tries += 1) {
      if (ipamd.assign(pod(pods)).ok) pods += 1;
      pass(5);
    }
    pass(60);
  };
  const shrink = (count: number): void => {
    while (pods > count) ipamd.release(pod(pods -= 1));
  };
  const state = () => ({ interfaces: account.ec2.attachedTo(instanceId).length, total: ipamd.pool.stats().total, free: ipamd.pool.available });
  return { kernel, account, ipamd, pass, grow, shrink, state, start, pod, warnings, isReady: () => ready, problem: () => problem };
}

describe('the pool follows its targets', () => {
  test.each([
    // settings                                          pods  interfaces addresses   (docs/eni-and-ip-target.md, t3.small)
    [{ WARM_ENI_TARGET: '1' }, 0, 1, 3],
    [{ WARM_ENI_TARGET: '1' }, 5, 3, 9],
    [{ WARM_ENI_TARGET: '1' }, 9, 3, 9],
    [{ WARM_IP_TARGET: '1', MINIMUM_IP_TARGET: '1' }, 0, 1, 1],
    [{ WARM_IP_TARGET: '1', MINIMUM_IP_TARGET: '1' }, 5, 2, 6],
    [{ WARM_IP_TARGET: '2', MINIMUM_IP_TARGET: '5' }, 0, 2, 5],
    [{ WARM_IP_TARGET: '2', MINIMUM_IP_TARGET: '5' }, 5, 3, 7],
    [{ ENABLE_PREFIX_DELEGATION: 'true', WARM_PREFIX_TARGET: '1' }, 0, 1, 16],
    [{ ENABLE_PREFIX_DELEGATION: 'true', WARM_PREFIX_TARGET: '1' }, 5, 1, 32],
    [{ ENABLE_PREFIX_DELEGATION: 'true', WARM_PREFIX_TARGET: '1' }, 17, 1, 48],
    [{ ENABLE_PREFIX_DELEGATION: 'true', WARM_PREFIX_TARGET: '1' }, 58, 2, 80],
  ])('%j with %i pods: %i interfaces, %i addresses', (env, pods, interfaces, total) => {
    const node = aNode({ env });
    node.grow(pods);
    expect(node.state()).toMatchObject({ interfaces, total });
  });

  test('m5.large as it comes: 10 addresses of the subnet, 20 from the first pod on, 30 from the tenth', () => {
    const node = aNode({ type: 'm5.large' });
    const taken = () => 4091 - 1 - node.account.ec2.freeCount(SUBNET);
    const seen = [taken()];
    for (const pods of [1, 9, 10, 27]) {
      node.grow(pods);
      seen.push(taken());
    }
    expect(seen).toEqual([10, 20, 20, 30, 30]);
  });

  test('an interface that is not needed any more is given back, but no young one and none whose addresses cool down', () => {
    const node = aNode({ type: 'm5.large' });
    node.grow(20);
    expect(node.state().interfaces).toBe(3);
    node.shrink(0);
    node.pass(20);
    expect(node.state().interfaces).toBe(3);
    node.pass(120);
    expect(node.state()).toEqual({ interfaces: 1, total: 9, free: 9 });
  });

  test('an address cools down for thirty seconds before another pod gets it', () => {
    const node = aNode({ env: { WARM_ENI_TARGET: '0', MAX_ENI: '1' } });
    node.grow(3);
    node.shrink(2);
    expect(node.ipamd.assign(node.pod(9))).toMatchObject({ ok: false });
    node.pass(31);
    expect(node.ipamd.assign(node.pod(9))).toMatchObject({ ok: true });
  });
});

describe('when the subnet has no more', () => {
  test('the pod gets the plugin\'s words, the log says why, and EC2 is left alone for two minutes', () => {
    const node = aNode({ type: 'm5.large', cidr: '10.0.0.0/28' });
    node.grow(12);
    expect(node.ipamd.assign(node.pod(99))).toEqual({ ok: false, error: 'plugin type="aws-cni" name="aws-cni" failed (add): add cmd: failed to assign an IP address to container' });
    const { text } = node.ipamd.log;
    expect(text).toMatch(/"level":"error".*"msg":"Failed to CreateNetworkInterface operation error EC2: CreateNetworkInterface, https response error StatusCode: 400, RequestID: \S+, api error InsufficientFreeAddressesInSubnet: The specified subnet does not have enough free addresses to satisfy the request\. for subnet subnet-eu-west-1a"/);
    expect(text).toContain('Unable to attach IPs/Prefixes for the ENI, subnet doesn\'t seem to have enough IPs/Prefixes. Consider using new subnet or carve a reserved range using create-subnet-cidr-reservation');
    expect(text).toContain('DataStore has no available IP/Prefix addresses');
    const tries = () => node.account.api.trail.filter(call => call.operation === 'CreateNetworkInterface').length;
    const before = tries();
    node.pass(600);
    expect(tries() - before).toBeGreaterThan(3);
    expect(tries() - before).toBeLessThan(7);
  });

  test('a tagged subnet of the zone serves from the next try on', () => {
    const node = aNode({ type: 'm5.large', cidr: '10.0.0.0/28' });
    node.grow(12);
    const { api } = node.account;
    const admin = api.as(node.account.serviceRole('AWSServiceRoleForTests', 't'));
    admin.call('ec2', 'AssociateVpcCidrBlock', { VpcId: 'vpc-drydock', CidrBlock: '100.64.0.0/16' });
    const made = admin.call('ec2', 'CreateSubnet', { VpcId: 'vpc-drydock', CidrBlock: '100.64.0.0/20', AvailabilityZone: 'eu-west-1a' });
    const id = made.ok ? made.value['Subnet'].SubnetId : '';
    node.pass(200);
    expect(node.ipamd.assign(node.pod(99)).ok).toBe(false);
    admin.call('ec2', 'CreateTags', { Resources: [id], Tags: [{ Key: 'kubernetes.io/role/cni', Value: '1' }] });
    node.pass(150);
    expect(node.ipamd.assign(node.pod(99))).toEqual({ ok: true, ip: expect.stringMatching(/^100\.64\./) });
  });

  test('scattered addresses are no prefix', () => {
    const node = aNode({ type: 'm5.large', cidr: '10.0.0.0/27', env: { ENABLE_PREFIX_DELEGATION: 'true', WARM_PREFIX_TARGET: '1' } });
    expect(node.account.ec2.freeCount(SUBNET)).toBeGreaterThan(20);
    expect(node.ipamd.assign(node.pod(1)).ok).toBe(false);
    expect(node.ipamd.log.text).toContain('InsufficientCidrBlocks: The specified subnet does not have enough free cidr blocks to satisfy the request.');
  });
});

test('without the right to make interfaces it says so on aws-node', () => {
  const node = aNode({ role: 'drydock-cluster' });
  expect(node.warnings[0]).toBe('MissingIAMPermissions: Unauthorized operation: failed to call ec2:AssignPrivateIpAddresses due to missing permissions. Please refer https://github.com/aws/amazon-vpc-cni-k8s/blob/master/docs/iam-policy.md to attach relevant policy to IAM role');
});

describe('custom networking', () => {
  const env = { AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: 'true', ENI_CONFIG_LABEL_DEF: 'topology.kubernetes.io/zone' };
  const objects = (configs: object[]) => (kind: string) => (kind === 'Node' ? [{ metadata: { name: 'node', labels: { 'topology.kubernetes.io/zone': 'eu-west-1a' } } }] : kind === 'ENIConfig' ? configs : []);

  test('without an ENIConfig the node does not turn ready', () => {
    const node = aNode({ type: 'm5.large', env, objects: objects([]) });
    expect(node.isReady()).toBe(false);
    expect(node.problem()).toBe('Failed to attach any ENIs for custom networking');
    expect(node.ipamd.log.text).toContain('error while retrieving eniconfig: ENIConfig.crd.k8s.amazonaws.com \\"eu-west-1a\\" not found');
  });

  test('with one, pods live on further interfaces only', () => {
    const node = aNode({ type: 'm5.large', env, objects: objects([{ metadata: { name: 'eu-west-1a' }, spec: { subnet: SUBNET, securityGroups: ['sg-cluster'] } }]) });
    node.grow(18);
    expect(node.isReady()).toBe(true);
    expect(node.state()).toEqual({ interfaces: 3, total: 18, free: 0 });
    expect(node.ipamd.assign(node.pod(99)).ok).toBe(false);
  });
});

test('a daemon that is down refuses the plugin; what it knew is still there when it is back', () => {
  const node = aNode({ type: 'm5.large' });
  node.grow(2);
  node.ipamd.stop();
  expect(node.ipamd.assign(node.pod(9))).toMatchObject({ ok: false, error: expect.stringContaining('dial tcp 127.0.0.1:50051: connect: connection refused') });
  node.start({});
  node.pass(10);
  expect(node.ipamd.assign(node.pod(0))).toEqual(node.ipamd.assign(node.pod(0)));
  expect(node.state()).toMatchObject({ total: 18, free: 16 });
});

test('prefix mode without any target is refused at the start', () => {
  const node = aNode({ env: { ENABLE_PREFIX_DELEGATION: 'true', WARM_PREFIX_TARGET: '0' } });
  expect(node.problem()).toContain('Setting WARM_PREFIX_TARGET = 0 is not supported while WARM_IP_TARGET/MINIMUM_IP_TARGET is not set.');
});

test('what others do to an interface is in the book within a minute', () => {
  const node = aNode({ type: 'm5.large', env: { WARM_IP_TARGET: '2', MINIMUM_IP_TARGET: '3' } });
  const { account, ipamd } = node;
  const [primary] = account.ec2.attachedTo(ipamd.node.instanceId);
  const admin = account.api.as(account.serviceRole('AWSServiceRoleForTests', 't'));
  expect(primary!.tags).toMatchObject({ 'node.k8s.amazonaws.com/instance_id': ipamd.node.instanceId });
  admin.call('ec2', 'UnassignPrivateIpAddresses', { NetworkInterfaceId: primary!.id, PrivateIpAddresses: primary!.secondaryIps });
  const held = () => account.ec2.attachedTo(ipamd.node.instanceId).flatMap(owner => owner.secondaryIps);
  const booked = () => ipamd.pool.interfaces.flatMap(owner => owner.blocks.map(block => block.cidr));
  expect(held()).toEqual([]);
  expect(booked()).toHaveLength(3);
  node.pass(75);
  expect(held()).toHaveLength(3);
  expect(booked()).toEqual(held());
});
