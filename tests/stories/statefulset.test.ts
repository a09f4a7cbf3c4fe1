import type { StatefulSet } from 'kubernetes-types/apps/v1.d.ts';
import { describe, expect, test } from 'vitest';
import { ClusterDriver } from '../../src/testing/cluster-driver.ts';

const SLOW_START = { command: ['sh', '-c', 'sleep 2; touch /tmp/up; sleep 100000'], readinessProbe: { exec: { command: ['test', '-f', '/tmp/up'] }, periodSeconds: 1 } };

function aStatefulSet(name: string, options: { replicas?: number; spec?: object; pod?: object } = {}): object {
  return {
    apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name, namespace: 'default' },
    spec: {
      replicas: options.replicas ?? 3, serviceName: name, selector: { matchLabels: { app: name } }, ...options.spec,
      template: { metadata: { labels: { app: name } }, spec: { terminationGracePeriodSeconds: 1, containers: [{ name: 'app', image: 'busybox:1.37', ...SLOW_START }], ...options.pod } },
    },
  };
}

/** `db-0 r1 ready`: every pod with the revision it is made from (r1 is the first), as it is now. */
function lines(world: ClusterDriver, name = 'db'): string[] {
  const revisions = world.cluster.api.reader.list<{ revision: number }>('ControllerRevision', { namespace: 'default' })
    .filter(revision => revision.metadata.ownerReferences?.[0]?.name === name).sort((a, b) => a.revision - b.revision).map(revision => revision.metadata.name);
  return world.pods().filter(pod => pod.metadata.name.startsWith(`${name}-`)).map(pod => {
    const ready = pod.status?.conditions?.some(condition => condition.type === 'Ready' && condition.status === 'True');
    return `${pod.metadata.name} r${revisions.indexOf(pod.metadata.labels!['controller-revision-hash']!) + 1} ${pod.metadata.deletionTimestamp ? 'leaving' : ready ? 'ready' : 'starting'}`;
  });
}

/** The order in which pods of the world appear and go, from now on. */
function comingsAndGoings(world: ClusterDriver): string[] {
  const seen: string[] = [];
  world.cluster.api.onChange(({ type, object }) => {
    if (object.kind === 'Pod' && type !== 'MODIFIED') seen.push(`${type === 'ADDED' ? '+' : '-'}${object.metadata.name}`);
  });
  return seen;
}

const newTemplate = (release: string): object => ({ spec: { template: { metadata: { annotations: { release } } } } });

describe('a StatefulSet', () => {
  test('OrderedReady: each pod waits until the one before it is ready', () => {
    const world = new ClusterDriver();
    world.create(aStatefulSet('db'));
    world.pass(2);
    expect(lines(world)).toEqual(['db-0 r1 starting']);
    world.pass(30);
    expect(lines(world)).toEqual(['db-0 r1 ready', 'db-1 r1 ready', 'db-2 r1 ready']);
    expect(world.get<StatefulSet>('StatefulSet', 'db')!.status).toMatchObject({ replicas: 3, readyReplicas: 3, currentReplicas: 3, updatedReplicas: 3, availableReplicas: 3 });
    expect(world.events('db')).toEqual([0, 1, 2].map(ordinal => `SuccessfulCreate: create Pod db-${ordinal} in StatefulSet db successful`));
  });

  test('Parallel: all at once', () => {
    const world = new ClusterDriver();
    world.create(aStatefulSet('db', { spec: { podManagementPolicy: 'Parallel' } }));
    world.pass(1);
    expect(lines(world)).toHaveLength(3);
  });

  test('a pod keeps its name, host name and index for ever', () => {
    const world = new ClusterDriver();
    world.create(aStatefulSet('db', { replicas: 2, spec: { ordinals: { start: 5 } } }));
    world.pass(30);
    const [first] = world.pods();
    expect(first).toMatchObject({
      metadata: { name: 'db-5', generateName: 'db-', labels: { 'statefulset.kubernetes.io/pod-name': 'db-5', 'apps.kubernetes.io/pod-index': '5' } },
      spec: { hostname: 'db-5', subdomain: 'db' },
    });
    world.delete('Pod', 'db-5');
    world.pass(20);
    expect(lines(world)).toEqual(['db-5 r1 ready', 'db-6 r1 ready']);
  });

  test('scaling down takes the highest ordinal first, one at a time', () => {
    const world = new ClusterDriver();
    world.create(aStatefulSet('db'));
    world.pass(30);
    const seen = comingsAndGoings(world);
    world.patch('StatefulSet', 'db', { spec: { replicas: 0 } });
    world.pass(20);
    expect(seen).toEqual(['-db-2', '-db-1', '-db-0']);
  });

  test('a rolling update goes from the highest ordinal to the lowest, each pod ready before the next goes', () => {
    const world = new ClusterDriver();
    world.create(aStatefulSet('db'));
    world.pass(30);
    const seen = comingsAndGoings(world);
    world.patch('StatefulSet', 'db', newTemplate('2'));
    world.pass(60);
    expect(seen).toEqual(['-db-2', '+db-2', '-db-1', '+db-1', '-db-0', '+db-0']);
    const { status } = world.get<StatefulSet>('StatefulSet', 'db')!;
    expect(status!.currentRevision).toBe(status!.updateRevision);
  });

  test.each([
    // strategy                                                  what the new template reaches
    [{ type: 'RollingUpdate', rollingUpdate: { partition: 2 } }, ['db-0 r1 ready', 'db-1 r1 ready', 'db-2 r2 ready']],
    [{ type: 'RollingUpdate', rollingUpdate: { partition: 3 } }, ['db-0 r1 ready', 'db-1 r1 ready', 'db-2 r1 ready']],
    [{ type: 'OnDelete' }, ['db-0 r1 ready', 'db-1 r1 ready', 'db-2 r1 ready']],
  ])('%o: %j', (updateStrategy, after) => {
    const world = new ClusterDriver();
    world.create(aStatefulSet('db', { spec: { updateStrategy } }));
    world.pass(30);
    world.patch('StatefulSet', 'db', newTemplate('2'));
    world.pass(60);
    expect(lines(world)).toEqual(after);
  });

  test('below the partition a lost pod comes back as it was; OnDelete takes the new template then', () => {
    for (const [updateStrategy, revision] of [[{ type: 'RollingUpdate', rollingUpdate: { partition: 3 } }, 'r1'], [{ type: 'OnDelete' }, 'r2']] as const) {
      const world = new ClusterDriver();
      world.create(aStatefulSet('db', { spec: { updateStrategy } }));
      world.pass(30);
      world.patch('StatefulSet', 'db', newTemplate('2'));
      world.pass(10);
      world.delete('Pod', 'db-1');
      world.pass(20);
      expect(lines(world)).toEqual(['db-0 r1 ready', `db-1 ${revision} ready`, 'db-2 r1 ready']);
    }
  });

  test('a broken update stays stuck after the template is put right, until its pod is deleted by hand', () => {
    const world = new ClusterDriver();
    world.create(aStatefulSet('db', { replicas: 2 }));
    world.pass(30);
    const image = (name: string): object => ({ spec: { template: { spec: { containers: [{ name: 'app', image: name }] } } } });
    world.patch('StatefulSet', 'db', image('ngnix'));
    world.pass(60);
    world.patch('StatefulSet', 'db', image('busybox:1.37'));
    world.pass(300);
    expect(lines(world)).toEqual(['db-0 r2 ready', 'db-1 r1 starting']);
    world.delete('Pod', 'db-1');
    world.pass(30);
    expect(lines(world)).toEqual(['db-0 r2 ready', 'db-1 r2 ready']);
  });

  test('pods left by an orphaning delete are taken over by a set of the same name', () => {
    const world = new ClusterDriver();
    world.create(aStatefulSet('db', { replicas: 2 }));
    world.pass(30);
    const before = world.pods().map(pod => pod.metadata.uid);
    world.client.delete('StatefulSet', { namespace: 'default', name: 'db' }, { propagationPolicy: 'Orphan' });
    world.pass(10);
    world.create(aStatefulSet('db', { replicas: 2 }));
    world.pass(10);
    expect(world.pods().map(pod => pod.metadata.uid)).toEqual(before);
    expect(world.pods().every(pod => pod.metadata.ownerReferences?.[0]?.uid === world.get('StatefulSet', 'db')!.metadata.uid)).toBe(true);
  });
});
