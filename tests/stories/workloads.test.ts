import type { Deployment } from 'kubernetes-types/apps/v1.d.ts';
import { describe, expect, test } from 'vitest';
import { aDeployment, aPod, ClusterDriver } from '../../src/testing/cluster-driver.ts';

const READY_AFTER_2_S = { readinessProbe: { exec: { command: ['test', '-f', '/tmp/up'] }, periodSeconds: 1 } };
const SERVES = 'sleep 2; touch /tmp/up; sleep 100000';

describe('a rolling update', () => {
  test('3 replicas, 25 %: never fewer than 3 available, never more than 4 asked for', () => {
    const world = new ClusterDriver();
    world.create(aDeployment('web', { replicas: 3, script: SERVES, container: READY_AFTER_2_S }));
    world.pass(20);
    expect(world.get<Deployment>('Deployment', 'web')!.status!.availableReplicas).toBe(3);
    let fewest = 99;
    let most = 0;
    world.cluster.api.onChange(() => {
      const live = world.pods().filter(pod => !pod.metadata.deletionTimestamp);
      const asked = world.cluster.api.reader.list<{ spec: { replicas: number } }>('ReplicaSet', { namespace: 'default' }).reduce((total, set) => total + set.spec.replicas, 0);
      most = Math.max(most, asked);
      fewest = Math.min(fewest, live.filter(pod => pod.status?.conditions?.some(entry => entry.type === 'Ready' && entry.status === 'True')).length);
    });
    world.patch('Deployment', 'web', { spec: { template: { metadata: { annotations: { release: '2' } } } } });
    world.pass(60);
    expect({ fewest, most }).toEqual({ fewest: 3, most: 4 });
    const { status } = world.get<Deployment>('Deployment', 'web')!;
    expect(status).toMatchObject({ updatedReplicas: 3, replicas: 3, availableReplicas: 3 });
    expect(status!.conditions!.find(entry => entry.type === 'Progressing')).toMatchObject({ status: 'True', reason: 'NewReplicaSetAvailable' });
  });

  test('a bad image stops it: the old pods keep serving', () => {
    const world = new ClusterDriver();
    world.create(aDeployment('web', { replicas: 4, script: SERVES, container: READY_AFTER_2_S }));
    world.pass(20);
    world.patch('Deployment', 'web', { spec: { template: { spec: { containers: [{ name: 'app', image: 'ngnix' }] } } } });
    world.pass(60);
    const words = world.podWords();
    expect(words.filter(word => word === 'Running 1/1 r0')).toHaveLength(3);
    expect(words.filter(word => /ImagePull/.test(word))).toHaveLength(2);
  });

  test('after progressDeadlineSeconds without progress the condition says so', () => {
    const world = new ClusterDriver();
    world.create(aDeployment('web', { replicas: 1, spec: { progressDeadlineSeconds: 60 }, container: { image: 'ngnix' } }));
    world.pass(90);
    expect(world.get<Deployment>('Deployment', 'web')!.status!.conditions!.find(entry => entry.type === 'Progressing'))
      .toMatchObject({ status: 'False', reason: 'ProgressDeadlineExceeded', message: expect.stringMatching(/^ReplicaSet "web-[a-z0-9]+" has timed out progressing\.$/) });
  });

  test('Recreate: no new pod while an old one still runs', () => {
    const world = new ClusterDriver();
    world.create(aDeployment('one', { replicas: 2, spec: { strategy: { type: 'Recreate' } } }));
    world.pass(15);
    const old = new Set(world.pods().map(pod => pod.metadata.name));
    let together = false;
    world.cluster.api.onChange(() => {
      const names = world.pods().filter(pod => pod.status?.phase !== 'Failed' && pod.status?.phase !== 'Succeeded').map(pod => pod.metadata.name);
      if (names.some(name => old.has(name)) && names.some(name => !old.has(name))) together = true;
    });
    world.patch('Deployment', 'one', { spec: { template: { metadata: { annotations: { release: '2' } } } } });
    world.pass(30);
    expect(together).toBe(false);
    expect(world.podWords()).toEqual(['Running 1/1 r0', 'Running 1/1 r0']);
  });

  test('going back to an old template reuses its ReplicaSet under a new revision', () => {
    const world = new ClusterDriver();
    world.create(aDeployment('web', { replicas: 1 }));
    world.pass(10);
    world.patch('Deployment', 'web', { spec: { template: { metadata: { annotations: { release: '2' } } } } });
    world.pass(10);
    world.patch('Deployment', 'web', { spec: { template: { metadata: { annotations: { release: null } } } } });
    world.pass(10);
    const sets = world.cluster.api.reader.list('ReplicaSet', { namespace: 'default' });
    expect(sets).toHaveLength(2);
    expect(world.get('Deployment', 'web')!.metadata.annotations!['deployment.kubernetes.io/revision']).toBe('3');
  });
});

describe('ownership', () => {
  test('deleting a Deployment takes its ReplicaSets and pods along', () => {
    const world = new ClusterDriver();
    world.create(aDeployment('web', { replicas: 2 }));
    world.pass(10);
    world.delete('Deployment', 'web');
    world.pass(20);
    expect([world.pods().length, world.cluster.api.reader.list('ReplicaSet', { namespace: 'default' }).length]).toEqual([0, 0]);
  });

  test('orphaning leaves the pods, and an equal ReplicaSet adopts them', () => {
    const world = new ClusterDriver();
    world.create(aDeployment('web', { replicas: 2 }));
    world.pass(10);
    const [set] = world.cluster.api.reader.list<{ spec: object }>('ReplicaSet', { namespace: 'default' });
    world.client.delete('Deployment', { namespace: 'default', name: 'web' }, { propagationPolicy: 'Orphan' });
    world.pass(5);
    world.client.delete('ReplicaSet', { namespace: 'default', name: set!.metadata.name }, { propagationPolicy: 'Orphan' });
    world.pass(5);
    const names = world.pods().map(pod => pod.metadata.name).sort();
    expect(names).toHaveLength(2);
    world.create({ apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name: 'heir', namespace: 'default', labels: { app: 'web' } }, spec: set!.spec });
    world.pass(5);
    expect(world.pods().map(pod => pod.metadata.name).sort()).toEqual(names);
    expect(world.pods().every(pod => pod.metadata.ownerReferences?.[0]?.name === 'heir')).toBe(true);
  });

  test('a namespace goes when everything in it has gone', () => {
    const world = new ClusterDriver();
    world.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'temp' } });
    world.pass(1);
    world.client.create({ ...aPod('p'), metadata: { name: 'p', namespace: 'temp' } });
    world.pass(10);
    world.client.delete('Namespace', { namespace: '', name: 'temp' });
    world.pass(1);
    expect((world.get<{ status: { phase: string } }>('Namespace', 'temp', '')!).status.phase).toBe('Terminating');
    world.pass(30);
    expect(world.get('Namespace', 'temp', '')).toBeUndefined();
  });
});

describe('disruption budgets', () => {
  test.each([
    // budget                   ready  allowed
    [{ minAvailable: 2 }, 3, 1],
    [{ minAvailable: '50%' }, 3, 1],
    [{ maxUnavailable: 1 }, 3, 1],
    [{ maxUnavailable: '50%' }, 3, 2],
    [{ minAvailable: 3 }, 3, 0],
  ])('%j with %i ready pods allows %i', (budget, replicas, allowed) => {
    const world = new ClusterDriver();
    world.create(aDeployment('web', { replicas }));
    world.create({ apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name: 'web', namespace: 'default' }, spec: { ...budget, selector: { matchLabels: { app: 'web' } } } });
    world.pass(15);
    expect(world.get<{ status: { disruptionsAllowed: number; currentHealthy: number } }>('PodDisruptionBudget', 'web')!.status).toMatchObject({ disruptionsAllowed: allowed, currentHealthy: replicas });
  });
});

describe('a machine that is gone', () => {
  test('its node turns NotReady after the grace period and is removed; its pods come back elsewhere', () => {
    const world = new ClusterDriver();
    world.create(aDeployment('web', { replicas: 3 }));
    world.pass(15);
    const lost = world.pods()[0]!.spec!.nodeName!;
    world.cluster.terminateNode(lost);
    world.pass(30);
    expect(world.get<{ status: { conditions: { type: string; status: string }[] } }>('Node', lost, '')!.status.conditions.find(entry => entry.type === 'Ready')!.status).toBe('True');
    world.pass(180);
    expect(world.get('Node', lost, '')).toBeUndefined();
    expect(world.podWords()).toEqual(['Running 1/1 r0', 'Running 1/1 r0', 'Running 1/1 r0']);
  });
});
