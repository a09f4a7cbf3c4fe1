import { describe, expect, test } from 'vitest';
import { aDeployment, aPod, ClusterDriver } from '../../src/testing/cluster-driver.ts';

const message = (world: ClusterDriver, name: string): string =>
  world.pods().find(pod => pod.metadata.name === name)!.status!.conditions!.find(entry => entry.type === 'PodScheduled')!.message!;

const PREEMPTION_NONE = 'no new claims to deallocate, preemption: 0/3 nodes are available: 3 No preemption victims found for incoming pod.';
const PREEMPTION_USELESS = 'no new claims to deallocate, preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.';

describe('why a pod stays Pending (v1.34)', () => {
  test.each([
    ['asks for more than any node has', { resources: { requests: { cpu: '64' } } }, {}, `0/3 nodes are available: 3 Insufficient cpu. ${PREEMPTION_USELESS}`],
    ['selects a label nobody has', {}, { nodeSelector: { disk: 'ssd' } }, `0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector. ${PREEMPTION_USELESS}`],
    ['mounts a claim that is not there', {}, { volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'data' } }] }, `0/3 nodes are available: persistentvolumeclaim "data" not found. ${PREEMPTION_USELESS}`],
  ])('%s', (_, container, spec, expected) => {
    const world = new ClusterDriver();
    world.create(aPod('stuck', { container, spec }));
    world.pass(5);
    expect(message(world, 'stuck')).toBe(expected);
    expect(world.events('stuck')).toContain(`FailedScheduling: ${expected}`);
  });

  test('the room is taken by others', () => {
    const world = new ClusterDriver();
    world.create(aDeployment('big', { replicas: 3, container: { resources: { requests: { cpu: '1500m' } } } }));
    world.pass(10);
    world.create(aPod('late', { container: { resources: { requests: { cpu: '1' } } } }));
    world.pass(5);
    expect(message(world, 'late')).toBe(`0/3 nodes are available: 3 Insufficient cpu. ${PREEMPTION_NONE}`);
  });

  test('a taint, a cordon and a lack of room are each named, counted and sorted', () => {
    const world = new ClusterDriver();
    const [a, b] = world.nodes as [string, string];
    world.client.patch('Node', { namespace: '', name: a }, 'merge', { spec: { taints: [{ key: 'dedicated', value: 'gpu', effect: 'NoSchedule' }] } });
    world.client.patch('Node', { namespace: '', name: b }, 'merge', { spec: { unschedulable: true } });
    world.create(aPod('stuck', { container: { resources: { requests: { memory: '64Gi' } } } }));
    world.pass(10);
    expect(message(world, 'stuck')).toBe('0/3 nodes are available: 1 Insufficient memory, 1 node(s) had untolerated taint {dedicated: gpu}, 1 node(s) were unschedulable. '
      + 'no new claims to deallocate, preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.');
  });

  test('it is tried again as soon as something helps', () => {
    const world = new ClusterDriver();
    world.create(aPod('stuck', { spec: { nodeSelector: { disk: 'ssd' } } }));
    world.pass(30);
    world.client.patch('Node', { namespace: '', name: world.nodes[0]! }, 'merge', { metadata: { labels: { disk: 'ssd' } } });
    world.pass(10);
    expect(world.podWords()).toEqual(['Running 1/1 r0']);
  });
});

describe('where pods go', () => {
  const nodesOf = (world: ClusterDriver): number[] => {
    const counts = new Map<string, number>();
    for (const pod of world.pods()) counts.set(pod.spec!.nodeName ?? 'none', (counts.get(pod.spec!.nodeName ?? 'none') ?? 0) + 1);
    return [...counts.values()].sort();
  };

  test('hard anti-affinity: one a node, the fourth waits', () => {
    const world = new ClusterDriver();
    world.create(aDeployment('web', { replicas: 4, pod: { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'web' } } }] } } } }));
    world.pass(10);
    expect(nodesOf(world)).toEqual([1, 1, 1, 1]);
    const pending = world.pods().find(pod => !pod.spec!.nodeName)!;
    expect(message(world, pending.metadata.name)).toBe(`0/3 nodes are available: 3 node(s) didn't match pod anti-affinity rules. ${PREEMPTION_NONE}`);
  });

  test('a hard spread keeps the skew within one', () => {
    const world = new ClusterDriver();
    world.create(aDeployment('web', { replicas: 6, pod: { topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'topology.kubernetes.io/zone', whenUnsatisfiable: 'DoNotSchedule', labelSelector: { matchLabels: { app: 'web' } } }] } }));
    world.pass(10);
    expect(nodesOf(world)).toEqual([2, 2, 2]);
  });

  test('without any rule the replicas of one Deployment still spread', () => {
    const world = new ClusterDriver();
    world.create(aDeployment('web', { replicas: 3 }));
    world.pass(10);
    expect(nodesOf(world)).toEqual([1, 1, 1]);
  });
});
