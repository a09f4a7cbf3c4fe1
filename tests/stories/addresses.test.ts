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

describe('a machine joins', () => {
  const awsNode = (command?: string[]) => ({
    apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name: 'aws-node', namespace: 'kube-system' },
    spec: {
      selector: { matchLabels: { 'k8s-app': 'aws-node' } },
      template: {
        metadata: { labels: { 'k8s-app': 'aws-node' } },
        spec: {
          hostNetwork: true, tolerations: [{ operator: 'Exists' }], terminationGracePeriodSeconds: 1,
          containers: [{ name: 'aws-node', image: '602401143452.dkr.ecr.eu-west-1.amazonaws.com/amazon-k8s-cni:v1.20.4-eksbuild.1', ...(command && { command }), env: [{ name: 'WARM_ENI_TARGET', value: '1' }] }],
        },
      },
    },
  });
  const ready = (world: ClusterDriver, node: string): string | undefined =>
    world.get<{ status: { conditions: { type: string; status: string; message: string }[] } }>('Node', node, '')?.status.conditions.filter(({ type }) => type === 'Ready').map(({ status, message }) => `${status}: ${message}`)[0];

  test('it is NotReady until its aws-node answers, and the pods it gets then have addresses', () => {
    const world = new ClusterDriver({ nodes: 1 });
    world.create(awsNode());
    world.pass(30);
    const node = world.cluster.addNode({ zone: 'eu-west-1b', instanceType: 'm5.large', labels: {} });
    const seen: string[] = [];
    for (let second = 0; second < 120; second += 1) {
      const state = ready(world.pass(1), node);
      if (state !== undefined && seen.at(-1) !== state) seen.push(state);
    }
    expect(seen).toEqual([
      'False: container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized',
      'True: kubelet is posting ready status',
    ]);
  });

  test('without a working aws-node it stays so, and a pod that tolerates it waits for the network', () => {
    const world = new ClusterDriver({ nodes: 1 });
    world.create(awsNode(['/bin/broken']));
    world.pass(30);
    const node = world.cluster.addNode({ zone: 'eu-west-1b', instanceType: 'm5.large', labels: {} });
    world.pass(120);
    expect(ready(world, node)).toContain('cni plugin not initialized');
    world.client.create({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'early', namespace: 'default' }, spec: { nodeName: node, tolerations: [{ operator: 'Exists' }], containers: [{ name: 'app', image: 'busybox:1.37' }] } });
    world.pass(20);
    expect(world.events('early')).toContain('NetworkNotReady: network is not ready: container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized');
  });

  test('while aws-node is down, what runs goes on and what is new gets no address', () => {
    const world = new ClusterDriver({ nodes: 1 });
    world.create(awsNode());
    world.create(aDeployment('web'));
    world.pass(40);
    world.patch('DaemonSet', 'aws-node', { spec: { template: { spec: { containers: [{ name: 'aws-node', command: ['/bin/broken'] }] } } } }, 'kube-system');
    world.pass(40);
    world.patch('Deployment', 'web', { spec: { replicas: 2 } });
    world.pass(30);
    expect(world.podWords()).toEqual(['ContainerCreating 0/1 r0', 'Running 1/1 r0']);
    const stuck = world.pods().find(pod => pod.status?.phase === 'Pending')!;
    expect(world.events(stuck.metadata.name).join('\n')).toContain('plugin type="aws-cni" name="aws-cni" failed (add): add cmd: Error received from AddNetwork gRPC call: rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial tcp 127.0.0.1:50051: connect: connection refused"');
  });
});
