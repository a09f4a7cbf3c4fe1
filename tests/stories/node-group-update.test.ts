import type { Node } from 'kubernetes-types/core/v1.d.ts';
import { describe, expect, test } from 'vitest';
import type { AwsFoundation } from '../../src/engine/aws/foundation.ts';
import { Random } from '../../src/engine/kernel/random.ts';
import { aDeployment, ClusterDriver } from '../../src/testing/cluster-driver.ts';

const ZONES = ['eu-west-1a', 'eu-west-1b', 'eu-west-1c'];
const CLUSTER = 'drydock';

/** One replica a node, as long as there are nodes. */
const SPREAD = (app: string): object => ({ topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'ScheduleAnyway', labelSelector: { matchLabels: { app } } }] });
const aBudget = (app: string, spec: object): object => ({ apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name: app, namespace: 'default' }, spec: { selector: { matchLabels: { app } }, ...spec } });

/** A cluster of 1.35 whose node group `apps` still runs 1.34: two machines in zone a, one in b, one in c. */
class Upgrade extends ClusterDriver {
  constructor(options: { seed?: number; version?: string; zones?: readonly number[]; account?: (plain: AwsFoundation) => AwsFoundation } = {}) {
    super({ seed: options.seed ?? 1, version: options.version ?? '1.35.6', nodes: 0, ...(options.account && { account: options.account }) });
    const { eks, ec2 } = this.cluster.aws;
    const nodes = (options.zones ?? [0, 0, 1, 2]).map((zone, index) => ({ zone: ZONES[zone]!, address: `10.20.${zone}.${11 + 10 * zone + index}` }));
    ec2.setAside(nodes.map(({ address }) => address));
    eks.found('apps', {
      instanceType: 'm5.large', role: 'drydock-node', labels: { pool: 'apps' }, subnets: ZONES.map(zone => `subnet-${zone}`), scaling: { min: 3, max: 8, desired: nodes.length }, version: '1.34.2', nodes,
    });
    ec2.setAside([]);
    this.pass(5);
  }

  aws(operation: string, parameters: object = {}, service: 'eks' | 'autoscaling' | 'ec2' = 'eks'): any {
    const { aws } = this.cluster;
    const result = aws.api.call(aws.roleSession('drydock-admin', 'admin'), service, operation, { ...parameters } as Record<string, unknown>);
    return result.ok ? result.value : result.error;
  }

  nodegroup(): any {
    return this.aws('DescribeNodegroup', { clusterName: CLUSTER, nodegroupName: 'apps' }).nodegroup;
  }

  group(): any {
    return this.aws('DescribeAutoScalingGroups', {}, 'autoscaling').AutoScalingGroups[0];
  }

  readyPods(app: string): number {
    return this.pods().filter(pod => !pod.metadata.deletionTimestamp && pod.metadata.labels?.['app'] === app && pod.status?.conditions?.some(each => each.type === 'Ready' && each.status === 'True')).length;
  }

  start(extra: object = {}): string {
    return this.aws('UpdateNodegroupVersion', { clusterName: CLUSTER, nodegroupName: 'apps', ...extra }).update.id;
  }

  update(id: string): any {
    return this.aws('DescribeUpdate', { name: CLUSTER, nodegroupName: 'apps', updateId: id }).update;
  }

  /** `v1.34 Ready`, `v1.35 Ready,SchedulingDisabled`: how many of each. */
  nodeWords(): Record<string, number> {
    const words: Record<string, number> = {};
    for (const node of this.cluster.api.reader.list<Node>('Node')) {
      const ready = node.status?.conditions?.some(each => each.type === 'Ready' && each.status === 'True') ? 'Ready' : 'NotReady';
      const word = `${node.status!.nodeInfo!.kubeletVersion.slice(0, 5)} ${ready}${node.spec?.unschedulable ? ',SchedulingDisabled' : ''}`;
      words[word] = (words[word] ?? 0) + 1;
    }
    return words;
  }

  /** Lets time go by until the update ended, at most `minutes`. @returns its status */
  finish(id: string, minutes: number): string {
    for (let step = 0; step < minutes * 6 && this.update(id).status === 'InProgress'; step += 1) this.pass(10);
    return this.update(id).status;
  }
}

describe('a node group update', () => {
  test('brings every node to the target and the group back to its size', () => {
    const world = new Upgrade();
    expect(world.nodeWords()).toEqual({ 'v1.34 Ready': 4 });
    world.create(aDeployment('web', { replicas: 6 }));
    world.pass(30);
    const id = world.start({ version: '1.35' });
    expect(world.nodegroup()).toMatchObject({ status: 'UPDATING', version: '1.34', releaseVersion: '1.34.2-20251112' });
    expect(world.finish(id, 60)).toBe('Successful');
    expect(world.nodegroup()).toMatchObject({ status: 'ACTIVE', version: '1.35', releaseVersion: '1.35.6-20261110', scalingConfig: { minSize: 3, maxSize: 8, desiredSize: 4 } });
    world.pass(120);
    expect(world.nodeWords()).toEqual({ 'v1.35 Ready': 4 });
    expect(world.podWords()).toEqual(Array.from({ length: 6 }, () => 'Running 1/1 r0'));
  });

  test('a budget that allows nothing fails it after a quarter of an hour; the next one, after the repair, finishes', () => {
    const world = new Upgrade();
    world.create(aDeployment('orders', { replicas: 3, pod: SPREAD('orders') }));
    world.create(aBudget('orders', { minAvailable: 3 }));
    world.pass(60);
    const first = world.start();
    const startMs = world.kernel.nowMs;
    expect(world.finish(first, 40)).toBe('Failed');
    expect(world.kernel.nowMs - startMs).toBeGreaterThan(15 * 60_000);
    const [error] = world.update(first).errors;
    expect(error).toMatchObject({ errorCode: 'PodEvictionFailure', errorMessage: 'Reached max retries while trying to evict pods from nodes in node group apps' });
    expect(world.nodegroup()).toMatchObject({ status: 'ACTIVE', version: '1.34', releaseVersion: '1.34.2-20251112' });
    world.pass(180);
    const words = world.nodeWords();
    expect(words['v1.34 Ready,SchedulingDisabled']).toBe(1);
    expect(words['v1.35 Ready']).toBe(3);
    const [stuckNode, ...stuckPods] = error.resourceIds;
    expect(world.get<Node>('Node', stuckNode, '')?.spec?.unschedulable).toBe(true);
    expect(stuckPods).toEqual([expect.stringMatching(/^default\/orders-[a-z0-9]+-[a-z0-9]{5}$/)]);
    expect(world.readyPods('orders')).toBe(3);

    const ready: number[] = [];
    world.cluster.api.onChange(() => { ready.push(world.readyPods('orders')); });
    expect(world.finish(world.start(), 5)).toBe('InProgress');
    world.client.patch('PodDisruptionBudget', { namespace: 'default', name: 'orders' }, 'merge', { spec: { minAvailable: null, maxUnavailable: 1 } });
    const [second] = world.aws('ListUpdates', { name: CLUSTER, nodegroupName: 'apps' }).updateIds;
    expect(world.finish(second, 90)).toBe('Successful');
    world.pass(120);
    expect(world.nodeWords()).toEqual({ 'v1.35 Ready': 4 });
    expect(Math.min(...ready)).toBe(2);
  });

  test('force deletes what would not leave, budget or not', () => {
    const world = new Upgrade();
    world.create(aDeployment('orders', { replicas: 3, pod: SPREAD('orders') }));
    world.create(aBudget('orders', { minAvailable: 3 }));
    world.pass(60);
    expect(world.finish(world.start({ force: true }), 120)).toBe('Successful');
    world.pass(1200);
    expect(world.nodeWords()).toEqual({ 'v1.35 Ready': 4 });
  });

  test('a single replica without a budget is away until its successor is Ready', () => {
    const world = new Upgrade();
    world.create(aDeployment('payments', { container: { readinessProbe: { exec: { command: ['true'] }, initialDelaySeconds: 45, periodSeconds: 5 } } }));
    world.pass(120);
    let away = 0;
    let sinceMs: number | undefined;
    world.cluster.api.onChange(() => {
      if (world.readyPods('payments') === 0) sinceMs ??= world.kernel.nowMs;
      else if (sinceMs !== undefined) { away = Math.max(away, world.kernel.nowMs - sinceMs); sinceMs = undefined; }
    });
    expect(world.finish(world.start(), 60)).toBe('Successful');
    expect(away).toBeGreaterThan(45_000);
    expect(away).toBeLessThan(75_000);
  });

  test('a group with most machines in one zone grows until every zone has a new one', () => {
    const world = new Upgrade({ zones: [0, 0, 0, 0, 0, 1] });
    expect(world.finish(world.start(), 90)).toBe('Successful');
    world.pass(120);
    expect(world.nodeWords()).toEqual({ 'v1.35 Ready': 6 });
  });

  test('with MINIMAL the group never grows', () => {
    const world = new Upgrade();
    world.aws('UpdateNodegroupConfig', { clusterName: CLUSTER, nodegroupName: 'apps', updateConfig: { updateStrategy: 'MINIMAL' } });
    world.pass(60);
    let most = 0;
    world.cluster.api.onChange(() => { most = Math.max(most, Object.values(world.nodeWords()).reduce((sum, count) => sum + count, 0)); });
    expect(world.finish(world.start(), 120)).toBe('Successful');
    expect(world.nodeWords()).toEqual({ 'v1.35 Ready': 4 });
    expect(most).toBeLessThanOrEqual(5);
  });

  test('when no machine comes, it fails before it drains anything, and three places tell why', () => {
    const world = new Upgrade({ account: plain => ({ ...plain, quotas: { onDemandVcpus: 8 } }) });
    const id = world.start();
    expect(world.finish(id, 60)).toBe('Failed');
    expect(world.update(id).errors).toEqual([{ errorCode: 'NodeCreationFailure', errorMessage: 'Instances failed to join the kubernetes cluster', resourceIds: [world.group().AutoScalingGroupName] }]);
    expect(world.nodegroup()).toMatchObject({ status: 'DEGRADED', health: { issues: [{ code: 'AsgInstanceLaunchFailures', message: expect.stringContaining('VcpuLimitExceeded - You have requested more vCPU capacity than your current vCPU limit of 8') }] } });
    expect(world.aws('DescribeScalingActivities', {}, 'autoscaling').Activities[0]).toMatchObject({ StatusCode: 'Failed', StatusMessage: expect.stringMatching(/^Could not launch On-Demand Instances\. VcpuLimitExceeded/) });
    expect(world.nodeWords()).toEqual({ 'v1.34 Ready': 4 });
  });
});

describe('a node group', () => {
  test('is scaled by its configuration: down drains first', () => {
    const world = new Upgrade();
    world.create(aDeployment('orders', { replicas: 3, pod: SPREAD('orders') }));
    world.create(aBudget('orders', { maxUnavailable: 1 }));
    world.pass(60);
    const ready: number[] = [];
    world.cluster.api.onChange(() => { ready.push(world.readyPods('orders')); });
    const { update } = world.aws('UpdateNodegroupConfig', { clusterName: CLUSTER, nodegroupName: 'apps', scalingConfig: { desiredSize: 3 } });
    expect(update).toMatchObject({ status: 'InProgress', type: 'ConfigUpdate', params: [{ type: 'MinSize', value: '3' }, { type: 'MaxSize', value: '8' }, { type: 'DesiredSize', value: '3' }] });
    world.pass(300);
    expect(world.nodeWords()).toEqual({ 'v1.34 Ready': 3 });
    expect(Math.min(...ready)).toBeGreaterThanOrEqual(2);
    expect(world.aws('DescribeScalingActivities', {}, 'autoscaling').Activities[0]).toMatchObject({ StatusCode: 'Successful', Cause: expect.stringContaining('shrinking the capacity from 4 to 3.') });
  });

  test('takes over the size that somebody gives its Auto Scaling group', () => {
    const world = new Upgrade();
    const AutoScalingGroupName = world.group().AutoScalingGroupName;
    expect(AutoScalingGroupName).toMatch(/^eks-apps-[0-9a-f-]{36}$/);
    world.aws('SetDesiredCapacity', { AutoScalingGroupName, DesiredCapacity: 6 }, 'autoscaling');
    expect(world.nodegroup().scalingConfig).toEqual({ minSize: 3, maxSize: 8, desiredSize: 6 });
    world.pass(180);
    expect(world.nodeWords()).toEqual({ 'v1.34 Ready': 6 });
    expect(world.aws('SetDesiredCapacity', { AutoScalingGroupName, DesiredCapacity: 9 }, 'autoscaling')).toMatchObject({ code: 'ValidationError', message: 'New SetDesiredCapacity value 9 is above max value 8 for the AutoScalingGroup.' });
  });

  test('replaces a machine that was terminated', () => {
    const world = new Upgrade();
    world.cluster.terminateNode('ip-10-20-1-23');
    world.pass(300);
    expect(world.nodeWords()).toEqual({ 'v1.34 Ready': 4 });
    expect(world.get<Node>('Node', 'ip-10-20-1-23', '')).toBeUndefined();
    expect(world.group().Instances.map((each: any) => each.AvailabilityZone).sort()).toEqual([ZONES[0], ZONES[0], ZONES[1], ZONES[2]]);
    expect(world.aws('DescribeScalingActivities', {}, 'autoscaling').Activities.map((each: any) => each.Cause.replace(/^At \S+ /, ''))).toEqual([
      'an instance was launched in response to an unhealthy instance needing to be replaced.',
      'an instance was taken out of service in response to an EC2 health check indicating it has been terminated or stopped.',
    ]);
  });

  test('is created and deleted', () => {
    const world = new Upgrade();
    const made = world.aws('CreateNodegroup', { clusterName: CLUSTER, nodegroupName: 'blue', subnets: ZONES.map(zone => `subnet-${zone}`), instanceTypes: ['m5.large'], nodeRole: 'arn:aws:iam::111122223333:role/drydock-node', scalingConfig: { minSize: 1, maxSize: 3, desiredSize: 2 }, labels: { pool: 'blue' } });
    expect(made.nodegroup).toMatchObject({ status: 'CREATING', version: '1.35', releaseVersion: '1.35.6-20261110' });
    world.pass(240);
    expect(world.aws('DescribeNodegroup', { clusterName: CLUSTER, nodegroupName: 'blue' }).nodegroup.status).toBe('ACTIVE');
    expect(world.nodeWords()).toEqual({ 'v1.34 Ready': 4, 'v1.35 Ready': 2 });
    world.aws('DeleteNodegroup', { clusterName: CLUSTER, nodegroupName: 'apps' });
    world.pass(300);
    expect(world.nodeWords()).toEqual({ 'v1.35 Ready': 2 });
    expect(world.aws('ListNodegroups', { clusterName: CLUSTER })).toEqual({ nodegroups: ['blue'] });
  });

  test.each([
    ['DescribeCluster', { name: 'nobody' }, 'ResourceNotFoundException', 'No cluster found for name: nobody.'],
    ['DescribeNodegroup', { clusterName: CLUSTER, nodegroupName: 'data' }, 'ResourceNotFoundException', 'No node group found for name: data.'],
    ['UpdateNodegroupVersion', { clusterName: CLUSTER, nodegroupName: 'apps', version: '1.36' }, 'InvalidParameterException', 'unsupported Kubernetes version'],
    ['UpdateNodegroupVersion', { clusterName: CLUSTER, nodegroupName: 'apps', version: '1.35', releaseVersion: '1.34.2-20251112' }, 'InvalidParameterException', 'Requested release version 1.34.2-20251112 is not valid for kubernetes version 1.35.'],
    ['UpdateClusterVersion', { name: CLUSTER, version: '1.33' }, 'InvalidParameterException', 'Unsupported Kubernetes minor version update from 1.35 to 1.33'],
    ['CreateNodegroup', { clusterName: CLUSTER, nodegroupName: 'apps' }, 'ResourceInUseException', 'NodeGroup already exists with name apps and cluster name drydock'],
  ])('%s %j is refused: %s', (operation, parameters, code, message) => {
    expect(new Upgrade().aws(operation, parameters)).toMatchObject({ code, message });
  });

  test('that is being updated takes no other update', () => {
    const world = new Upgrade();
    world.start();
    expect(world.aws('UpdateNodegroupVersion', { clusterName: CLUSTER, nodegroupName: 'apps' })).toMatchObject({ code: 'ResourceInUseException', message: 'Nodegroup cannot be updated as it is currently not in Active State' });
  });
});

describe('the control plane', () => {
  test('goes one minor version up and leaves the nodes where they are', () => {
    const world = new Upgrade({ version: '1.34.2' });
    expect(world.aws('UpdateClusterVersion', { name: CLUSTER, version: '1.36' })).toMatchObject({ code: 'InvalidParameterException' });
    const { update } = world.aws('UpdateClusterVersion', { name: CLUSTER, version: '1.35' });
    expect(update).toMatchObject({ status: 'InProgress', type: 'VersionUpdate', params: [{ type: 'Version', value: '1.35' }, { type: 'PlatformVersion', value: 'eks.9' }] });
    expect(world.aws('DescribeCluster', { name: CLUSTER }).cluster).toMatchObject({ status: 'UPDATING', version: '1.34' });
    expect(world.aws('UpdateClusterVersion', { name: CLUSTER, version: '1.35' })).toMatchObject({ code: 'ResourceInUseException', message: `Cannot VersionUpdate because cluster drydock currently has update ${update.id} in progress` });
    world.pass(900);
    expect(world.aws('DescribeUpdate', { name: CLUSTER, updateId: update.id }).update.status).toBe('Successful');
    expect(world.cluster.api.handle({ method: 'GET', path: '/version', user: world.client.user }).body).toMatchObject({ major: '1', minor: '35' });
    expect(world.nodeWords()).toEqual({ 'v1.34 Ready': 4 });
    expect(world.aws('ListInsights', { clusterName: CLUSTER }).insights[0]).toMatchObject({ name: 'Kubelet version skew', insightStatus: { status: 'WARNING' } });
  });
});

describe('a managed add-on', () => {
  const withCni = (configuration?: string) => new Upgrade({
    account: plain => ({ ...plain, cluster: { ...plain.cluster, addons: { 'vpc-cni': { version: 'v1.20.4-eksbuild.1', ...(configuration !== undefined && { configuration }) } } } }),
  });
  const daemonSet = {
    apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name: 'aws-node', namespace: 'kube-system' },
    spec: { selector: { matchLabels: { app: 'aws-node' } }, template: { metadata: { labels: { app: 'aws-node' } }, spec: { hostNetwork: true, containers: [{ name: 'aws-node', image: 'busybox:1.36', command: ['sleep', '100000'], env: [{ name: 'WARM_ENI_TARGET', value: '1' }] }] } } },
  };
  const env = (world: Upgrade): Record<string, string> => Object.fromEntries((world.get<any>('DaemonSet', 'aws-node', 'kube-system')!.spec.template.spec.containers[0].env as { name: string; value: string }[]).map(each => [each.name, each.value]));
  const setByHand = (world: Upgrade, value: string): void => {
    world.client.patch('DaemonSet', { namespace: 'kube-system', name: 'aws-node' }, 'strategic', { spec: { template: { spec: { containers: [{ name: 'aws-node', env: [{ name: 'WARM_ENI_TARGET', value }] }] } } } });
  };
  const update = (world: Upgrade, parameters: object): any => {
    const { id } = world.aws('UpdateAddon', { clusterName: CLUSTER, addonName: 'vpc-cni', ...parameters }).update;
    world.pass(60);
    return world.aws('DescribeUpdate', { name: CLUSTER, addonName: 'vpc-cni', updateId: id }).update;
  };

  test('has its configuration values in its objects', () => {
    const world = withCni('{"env":{"WARM_ENI_TARGET":"3"}}');
    world.create(daemonSet);
    world.pass(5);
    expect(env(world)).toEqual({ WARM_ENI_TARGET: '3' });
    expect(update(world, { configurationValues: '{"env":{"WARM_IP_TARGET":"4","MINIMUM_IP_TARGET":"12"}}', resolveConflicts: 'OVERWRITE' })).toMatchObject({ status: 'Successful', type: 'AddonUpdate' });
    expect(env(world)).toEqual({ WARM_ENI_TARGET: '1', MINIMUM_IP_TARGET: '12', WARM_IP_TARGET: '4' });
    expect(world.aws('DescribeAddon', { clusterName: CLUSTER, addonName: 'vpc-cni' }).addon).toMatchObject({ status: 'ACTIVE', configurationValues: '{"env":{"WARM_IP_TARGET":"4","MINIMUM_IP_TARGET":"12"}}' });
  });

  test.each([
    ['OVERWRITE', 'Successful', '3'],
    ['PRESERVE', 'Successful', '0'],
    ['NONE', 'Failed', '0'],
  ])('%s: an update is %s and leaves %s where somebody set 0 by hand', (resolveConflicts, status, left) => {
    const world = withCni('{"env":{"WARM_ENI_TARGET":"3"}}');
    world.create(daemonSet);
    world.pass(5);
    setByHand(world, '0');
    const done = update(world, { resolveConflicts });
    expect(done.status).toBe(status);
    expect(env(world)['WARM_ENI_TARGET']).toBe(left);
    if (status === 'Failed') {
      expect(done.errors[0]).toMatchObject({ errorCode: 'ConfigurationConflict', errorMessage: 'Conflicts found when trying to apply. Will not continue due to resolve conflicts mode. Conflicts: DaemonSet.apps aws-node - .spec.template.spec.containers[name="aws-node"].env[name="WARM_ENI_TARGET"].value' });
    }
  });
});

describe('any update', () => {
  /** Random budgets, replicas and settings; now and then a machine dies or somebody scales. */
  function run(seed: number): { hash: string; broken: string[]; status: string } {
    const chance = new Random(seed);
    const world = new Upgrade({ seed });
    const broken: string[] = [];
    for (const app of ['a', 'b', 'c']) {
      const replicas = 1 + chance.below(4);
      world.create(aDeployment(app, { replicas, pod: { ...SPREAD(app), terminationGracePeriodSeconds: 1 + chance.below(30) } }));
      if (chance.below(3) > 0) world.create(aBudget(app, chance.below(2) === 0 ? { minAvailable: chance.below(replicas + 1) } : { maxUnavailable: chance.below(2) }));
    }
    world.pass(60);
    world.aws('UpdateNodegroupConfig', { clusterName: CLUSTER, nodegroupName: 'apps', updateConfig: { maxUnavailable: 1 + chance.below(3), updateStrategy: chance.pick(['DEFAULT', 'MINIMAL']) } });
    world.pass(60);
    // An eviction marks its pod before it deletes it: the budget over it must have had one to give.
    world.cluster.api.onChange(({ object, before }) => {
      const evicted = (pod: any): boolean => pod?.status?.conditions?.some((each: any) => each.reason === 'EvictionByEvictionAPI') === true;
      if (object.kind !== 'Pod' || evicted(object) === evicted(before)) return;
      const pod = before as any;
      if (!pod.status.conditions.some((each: any) => each.type === 'Ready' && each.status === 'True')) return;
      const budget = world.get<any>('PodDisruptionBudget', pod.metadata.labels.app);
      if (budget && world.readyPods(pod.metadata.labels.app) - 1 < budget.status.desiredHealthy) broken.push(`${pod.metadata.name} evicted: ${JSON.stringify(budget.status)}`);
    });
    const id = world.start({ force: false });
    for (let step = 0; step < 200 && world.update(id).status === 'InProgress'; step += 1) {
      world.pass(30);
      if (chance.below(60) === 0) world.cluster.terminateNode(chance.pick(world.cluster.readyNodes()));
    }
    const { status } = world.update(id);
    if (status === 'InProgress') broken.push('it never ended');
    const nodes = world.cluster.api.reader.list<Node>('Node').filter(node => node.metadata.labels?.['eks.amazonaws.com/nodegroup'] === 'apps' && world.cluster.machines.exists(node.spec!.providerID!));
    if (status === 'Successful' && nodes.some(node => !node.status!.nodeInfo!.kubeletVersion.startsWith('v1.35'))) broken.push('an old node is left');
    if (status === 'Successful' && world.group().MaxSize !== 8) broken.push('the group kept its surge');
    return { hash: String(world.kernel.trace.hash), broken, status };
  }

  test.each([3, 17, 4711, 90210, 31337, 2718])('seed %i: evictions keep every budget, Successful means every node, and it repeats', seed => {
    const first = run(seed);
    expect(first.broken).toEqual([]);
    expect(['Successful', 'Failed']).toContain(first.status);
    if (seed === 17) expect(run(seed).hash).toBe(first.hash);
  });
});
