import type { Deployment } from 'kubernetes-types/apps/v1.d.ts';
import type { Node } from 'kubernetes-types/core/v1.d.ts';
import { describe, expect, test } from 'vitest';
import { contentFromFiles } from '../../hosts/content-files.ts';
import { World } from '../../hosts/world.ts';
import type { WorldSource } from '../../hosts/protocol.ts';
import { podSummary } from '../../engine/kinds/pod-status.ts';
import { TROUBLES } from './break-things.ts';
import { mistyped } from './cause-action.ts';

const content = contentFromFiles();
const SANDBOX: WorldSource = { kind: 'estate', estate: 'kubeflow-ops', slice: 'core' };

function sandbox(seed = 1) {
  const world = new World(SANDBOX, seed, content);
  const { reader } = world.cluster.api;
  return {
    world,
    breaks(id: string, target = '') {
      const trouble = TROUBLES.find(entry => entry.id === id)!;
      world.input({ type: 'act', trouble: id, target, actions: trouble.actions(target) });
    },
    mends: (act = 0) => world.input({ type: 'mend', act }),
    pass: (seconds: number) => world.advance(world.kernel.nowMs + seconds * 1000),
    ready: (name: string) => reader.get<Deployment>('Deployment', 'shop', name)?.status?.readyReplicas ?? 0,
    available: (name: string) => reader.get<Deployment>('Deployment', 'shop', name)?.status?.conditions?.find(({ type }) => type === 'Progressing')?.reason,
    statuses: (app: string) => reader.list('Pod', { namespace: 'shop' }).filter(({ metadata }) => metadata.labels?.['app'] === app).map(pod => podSummary(pod).status),
    restarts: (app: string) => reader.list('Pod', { namespace: 'shop' }).filter(({ metadata }) => metadata.labels?.['app'] === app).reduce((sum, pod) => sum + podSummary(pod).restarts, 0),
    notReady: () => reader.list<Node>('Node').filter(node => node.status?.conditions?.find(({ type }) => type === 'Ready')?.status !== 'True').map(({ metadata }) => metadata.name),
    free: (subnet: string) => world.cluster.aws.ec2.freeCount(subnet),
  };
}

describe('what is broken on purpose comes of a cause, and is mended by taking the cause away', () => {
  test('a zone cut off: its nodes fall silent, its pods stay; the network comes back and so do they', () => {
    const { world, breaks, mends, pass, notReady } = sandbox();
    const before = world.cluster.api.reader.list('Pod').length;
    breaks('cut-zone', 'eu-west-1b');
    pass(60);
    expect(notReady()).toEqual(['ip-10-20-1-21', 'ip-10-20-1-5']);
    expect(world.cluster.api.reader.list('Pod').length).toBeGreaterThanOrEqual(before);
    mends();
    pass(40);
    expect(notReady()).toEqual([]);
    expect(world.cluster.api.reader.list('Pod', { namespace: 'shop' }).filter(pod => !/^(Running|Completed)$/.test(podSummary(pod).status))).toEqual([]);
  });

  test('a node unplugged: its group brings another', () => {
    const { breaks, pass, notReady, world } = sandbox();
    breaks('kill-node', 'ip-10-20-0-11');
    pass(60);
    expect(world.cluster.readyNodes()).not.toContain('ip-10-20-0-11');
    pass(400);
    expect(notReady()).toEqual([]);
    expect(world.cluster.readyNodes()).toHaveLength(6);
  });

  test('a subnet exhausted: nothing free, and the calls are in the records; given back afterwards', () => {
    const { breaks, mends, free } = sandbox();
    const before = free('subnet-private-a');
    breaks('exhaust-subnet', 'subnet-private-a');
    expect(free('subnet-private-a')).toBe(0);
    mends();
    expect(free('subnet-private-a')).toBe(before);
  });

  test('a mistyped tag: the new pods cannot pull, the old ones serve', () => {
    const { breaks, mends, pass, statuses, ready } = sandbox();
    breaks('wrong-image', 'shop/orders');
    pass(60);
    expect(statuses('orders').filter(status => /ImagePull/.test(status)).length).toBeGreaterThan(0);
    mends();
    pass(60);
    expect(statuses('orders')).toEqual(['Running', 'Running', 'Running']);
    expect(ready('orders')).toBe(3);
  });

  test('a setting renamed: the next start fails', () => {
    const { breaks, mends, pass, statuses } = sandbox();
    breaks('bad-config', 'shop/orders-config/DATABASE_HOST/orders');
    pass(60);
    expect(statuses('orders').some(status => /CrashLoopBackOff|Error/.test(status))).toBe(true);
    mends();
    pass(120);
    expect(statuses('orders')).toEqual(['Running', 'Running', 'Running']);
  });

  test('a leak: memory fills with what is asked until the limit ends it; the build before does not', () => {
    const { breaks, mends, pass, restarts } = sandbox();
    breaks('memory-leak', 'shop/storefront');
    pass(400);
    expect(restarts('storefront')).toBeGreaterThan(0);
    mends();
    pass(120);
    expect(restarts('storefront')).toBe(0);
  });

  test('a slow start: the new pods are not ready for long', () => {
    const { breaks, pass, statuses, available } = sandbox();
    breaks('slow-start', 'shop/catalog');
    pass(30);
    expect(statuses('catalog').length).toBeGreaterThan(3);
    expect(available('catalog')).toBe('ReplicaSetUpdated');
  });

  test('no DNS: requests between services fail, and come back', () => {
    const { world, breaks, mends, pass } = sandbox();
    const failedIn = (seconds: number): number => {
      const { failures } = world.cluster.network.requests;
      const fromMs = world.kernel.nowMs;
      pass(seconds);
      return failures.filter(({ atMs, fromGroup }) => atMs > fromMs && fromGroup === 'load/browse').length;
    };
    expect(failedIn(10)).toBe(0);
    breaks('dns-down');
    pass(20);
    expect(failedIn(10)).toBeGreaterThan(100);
    mends();
    pass(60);
    expect(failedIn(10)).toBe(0);
  });

  test('the log of a broken sandbox replays to the same world; what is no action is left out', () => {
    const { world, breaks, mends, pass } = sandbox(5);
    breaks('memory-leak', 'shop/storefront');
    world.input({ type: 'act', trouble: 'x', target: '', actions: [{ format: 'disk' } as never, { addPods: '../nowhere.yaml' }, { rebuild: 'shop/orders', because: 'x', service: { startupMs: 'soon' } }, { cutZone: 'nowhere' }] });
    pass(30);
    mends();
    breaks('cut-zone', 'eu-west-1a');
    pass(60);
    expect(World.restore(world.save(), content).traceHash).toBe(world.traceHash);
  });

  test('the estate is healthy for as long as nobody breaks it', () => {
    const { pass, notReady, restarts } = sandbox();
    pass(120);
    expect([notReady(), restarts('orders')]).toEqual([[], 0]);
  });
});

test.each([['kfo/orders:sha-d2f6c18', 'kfo/orders:sha-d2f6c81'], ['nginx:1.29.33', 'nginx:1.92.33'], ['nginx:1.1', 'nginx:1.1x']])('%s mistyped is %s', (image, wrong) => expect(mistyped(image)).toBe(wrong));
