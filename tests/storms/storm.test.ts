import { execFileSync } from 'node:child_process';
import type { Deployment } from 'kubernetes-types/apps/v1.d.ts';
import { describe, expect, test } from 'vitest';
import type { Cluster } from '../../src/engine/cluster.ts';
import { Random } from '../../src/engine/kernel/random.ts';
import { aDeployment, ClusterDriver } from '../../src/testing/cluster-driver.ts';
import { invariants } from '../../src/testing/invariants.ts';

const APPS = ['web', 'api', 'job-runner', 'cache'];
/** Tried at every run; a seed that finds something joins them. */
const PINNED = [8141, 23];

/** Fresh seeds come from the commit, so that every commit tries other storms and each can be repeated. */
function freshSeeds(count: number): number[] {
  const commit = execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8' }).trim();
  return Array.from({ length: count }, (_, index) => Number.parseInt(commit.slice(index * 3, index * 3 + 6), 16));
}

/** Ten minutes of random work and random faults, looking at every invariant after every change. */
function storm(seed: number): { driver: ClusterDriver; broken: string[] } {
  const driver = new ClusterDriver({ seed, nodes: 5 });
  const chance = new Random(seed ^ 0x5eed);
  const broken: string[] = [];
  driver.cluster.api.onChange(change => {
    for (const [name, look] of Object.entries(invariants)) {
      const wrong = look(driver.cluster);
      if (wrong) broken.push(`${name}: ${wrong} (after ${change.verb} ${change.object.kind}/${change.object.metadata.name})`);
    }
  });
  for (const app of APPS) driver.create(aDeployment(app, { replicas: 1 + chance.below(4), container: { resources: { requests: { cpu: `${100 + chance.below(900)}m`, memory: '128Mi' } } } }));
  for (let step = 0; step < 40; step += 1) {
    const app = chance.pick(APPS);
    const pods = driver.pods();
    switch (chance.below(8)) {
      case 0: driver.patch('Deployment', app, { spec: { replicas: chance.below(7) } }); break;
      case 1: driver.patch('Deployment', app, { spec: { template: { metadata: { annotations: { step: String(step) } } } } }); break;
      case 2: if (pods.length > 0) driver.client.delete('Pod', { namespace: 'default', name: chance.pick(pods).metadata.name }); break;
      case 3: if (pods.length > 0) driver.client.delete('Pod', { namespace: 'default', name: chance.pick(pods).metadata.name }, { gracePeriodSeconds: 0 }); break;
      case 4: if (chance.below(4) === 0) driver.cluster.terminateNode(chance.pick(driver.nodes)); break;
      case 5: driver.client.patch('Node', { namespace: '', name: chance.pick(driver.nodes) }, 'merge', { spec: { unschedulable: chance.below(2) === 0 ? true : null } }); break;
      case 6: if (chance.below(3) === 0) driver.nodes.push(driver.cluster.addNode({ zone: chance.pick(['eu-west-1a', 'eu-west-1b', 'eu-west-1c']), instanceType: 'm5.large', labels: {} })); break;
      case 7: driver.patch('Deployment', app, { spec: { template: { spec: { containers: [{ name: 'app', image: chance.below(3) === 0 ? 'ngnix' : 'busybox:1.36' }] } } } }); break;
    }
    driver.pass(chance.below(30));
  }
  return { driver, broken };
}

/** The faults end: every node takes pods, every image exists, two fresh machines join. */
function heal(driver: ClusterDriver): void {
  for (const node of driver.cluster.api.reader.list('Node')) driver.client.patch('Node', { namespace: '', name: node.metadata.name }, 'merge', { spec: { unschedulable: null } });
  for (const app of APPS) driver.patch('Deployment', app, { spec: { replicas: 2, template: { spec: { containers: [{ name: 'app', image: 'busybox:1.37' }] } } } });
  for (const zone of ['eu-west-1a', 'eu-west-1b', 'eu-west-1c']) driver.cluster.addNode({ zone, instanceType: 'm5.large', labels: {} });
  driver.pass(600);
}

describe('the invariants themselves notice', () => {
  const pod = (name: string, ip: string, nodeName: string) => ({
    kind: 'Pod', metadata: { name, uid: name, ownerReferences: [] }, spec: { nodeName, containers: [{ resources: { requests: { cpu: '1500m' } } }] }, status: { phase: 'Running', podIP: ip },
  });
  const withPods = (...pods: object[]) => ({
    kubelets: new Map([['n1', { isRunning: true }]]),
    api: { reader: { list: (kind: string) => (kind === 'Pod' ? pods : [{ metadata: { name: 'n1' }, status: { allocatable: { cpu: '1930m', memory: '7Gi', pods: '29' } } }]), podsOnNode: () => pods, resourceVersion: 1 } },
  }) as unknown as Cluster;

  test.each([
    ['no two running pods share an address', withPods(pod('a', '10.0.0.4', 'n1'), pod('b', '10.0.0.4', 'n1')), 'b and a both have 10.0.0.4'],
    ['requests never exceed allocatable', withPods(pod('a', '10.0.0.4', 'n1'), pod('b', '10.0.0.5', 'n1')), 'n1 holds 3000m, 0 bytes, 2 pods'],
  ])('%s', (name, cluster, expected) => {
    expect(invariants[name]!(cluster)).toBe(expected);
  });
});

describe('any storm', () => {
  test.each([...PINNED, ...freshSeeds(4)])('seed %i breaks no invariant, settles, and leaves the same trace twice', seed => {
    const [first, second] = [storm(seed), storm(seed)];
    expect(first.broken).toEqual([]);
    heal(first.driver);
    heal(second.driver);
    for (const app of APPS) {
      const { status } = first.driver.get<Deployment>('Deployment', app)!;
      expect({ app, ...status }).toMatchObject({ app, availableReplicas: 2, updatedReplicas: 2, replicas: 2 });
    }
    expect(second.driver.kernel.trace.hash).toBe(first.driver.kernel.trace.hash);
  });
});
