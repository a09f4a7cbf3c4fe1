import { describe, expect, test } from 'vitest';
import { aDeployment, ClusterDriver } from '../../src/testing/cluster-driver.ts';

/** What one sees of addresses from inside the cluster. */
describe('a subnet runs out', () => {
  test('pods are scheduled and stay ContainerCreating with the plugin\'s words, each try with a sandbox of its own', () => {
    const world = new ClusterDriver({ nodes: 3, subnetPrefix: 28 });
    world.create(aDeployment('web', { replicas: 36 }));
    world.pass(60);
    const words = world.podWords();
    expect(words.filter(word => word === 'Running 1/1 r0').length).toBeGreaterThan(15);
    expect(words).toContain('ContainerCreating 0/1 r0');
    const stuck = world.pods().find(pod => pod.status?.phase === 'Pending')!;
    expect(stuck.spec?.nodeName).toBeDefined();
    const failures = world.events(stuck.metadata.name).filter(line => line.startsWith('FailedCreatePodSandBox'));
    expect(failures[0]).toMatch(/^FailedCreatePodSandBox: Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox "[0-9a-f]{64}": plugin type="aws-cni" name="aws-cni" failed \(add\): add cmd: failed to assign an IP address to container$/);
    expect(new Set(failures).size).toBeGreaterThan(2);
  });

  test('a fixed pool serves again half a minute after others left', () => {
    const world = new ClusterDriver({ nodes: 1, subnetPrefix: 28 });
    world.create(aDeployment('web', { replicas: 12 }));
    world.pass(60);
    expect(world.podWords()).toContain('ContainerCreating 0/1 r0');
    world.patch('Deployment', 'web', { spec: { replicas: 6 } });
    world.pass(60);
    expect(world.podWords()).toEqual(Array.from({ length: 6 }, () => 'Running 1/1 r0'));
  });
});

test('without a way out of the VPC, connections to the outside time out; inside it they go on', () => {
  const world = new ClusterDriver();
  const { cluster } = world;
  cluster.addExternal({ name: 'psp.example', addresses: ['198.51.100.40'], ports: [443] });
  cluster.addExternal({ name: 'db.internal', addresses: ['10.20.1.250'], ports: [5432] });
  world.create(aDeployment('web'));
  world.pass(30);
  const stack = cluster.network.stackAt(world.pods()[0]!.status!.podIP!)!;
  const reach = (host: string, port: number): string => cluster.network.trace(stack, host, port).verdict;
  expect([reach('198.51.100.40', 443), reach('10.20.1.250', 5432)]).toEqual(['delivered', 'delivered']);
  const admin = cluster.aws.api.as(cluster.aws.roleSession('drydock-admin', 'admin'));
  expect(admin.call('ec2', 'DeleteRoute', { RouteTableId: 'rtb-drydock', DestinationCidrBlock: '0.0.0.0/0' }).ok).toBe(true);
  expect([reach('198.51.100.40', 443), reach('10.20.1.250', 5432)]).toEqual(['timeout', 'delivered']);
  expect(cluster.network.trace(stack, '198.51.100.40', 443).reason).toBe('rtb-drydock has no route to 198.51.100.40');
});
