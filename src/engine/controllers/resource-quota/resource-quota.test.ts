import type { ResourceQuota } from 'kubernetes-types/core/v1.d.ts';
import { describe, expect, test } from 'vitest';
import { aDeployment, aPod, ClusterDriver } from '../../../testing/cluster-driver.ts';

const aQuota = (hard: Record<string, string>): object => ({ apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'team', namespace: 'default' }, spec: { hard } });
const used = (world: ClusterDriver) => world.get<ResourceQuota>('ResourceQuota', 'team')!.status!.used;
const asking = (cpu: string): object => ({ container: { resources: { requests: { cpu } } } });

describe('what a quota says is used', () => {
  test('pods and their requests, objects by count, as they come and go', () => {
    const world = new ClusterDriver();
    world.create(aQuota({ pods: '10', 'requests.cpu': '2', 'count/deployments.apps': '3' }));
    world.pass(1);
    expect(used(world)).toEqual({ pods: '0', 'requests.cpu': '0', 'count/deployments.apps': '0' });
    world.create(aDeployment('web', { replicas: 2, ...asking('100m') }));
    world.pass(10);
    expect(used(world)).toEqual({ pods: '2', 'requests.cpu': '200m', 'count/deployments.apps': '1' });
    world.delete('Deployment', 'web');
    world.pass(20);
    expect(used(world)).toEqual({ pods: '0', 'requests.cpu': '0', 'count/deployments.apps': '0' });
  });

  test('a finished pod no longer counts', () => {
    const world = new ClusterDriver();
    world.create(aQuota({ pods: '10' }));
    world.create(aPod('once', { script: 'exit 0', spec: { restartPolicy: 'Never' } }));
    world.pass(20);
    expect(used(world)).toEqual({ pods: '0' });
  });
});

test('a ReplicationController keeps its pods as a ReplicaSet does', () => {
  const world = new ClusterDriver();
  world.create({
    apiVersion: 'v1', kind: 'ReplicationController', metadata: { name: 'old', namespace: 'default' },
    spec: { replicas: 2, selector: { app: 'old' }, template: { metadata: { labels: { app: 'old' } }, spec: { containers: [{ name: 'app', image: 'busybox:1.37', command: ['sleep', '1000'] }] } } },
  });
  world.pass(20);
  expect(world.podWords()).toEqual(['Running 1/1 r0', 'Running 1/1 r0']);
  expect(world.pods()[0]!.metadata.ownerReferences![0]!.kind).toBe('ReplicationController');
});
