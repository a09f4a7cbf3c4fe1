import type { Pod } from 'kubernetes-types/core/v1.d.ts';
import { describe, expect, test } from 'vitest';
import { aPod, ClusterDriver } from '../../src/testing/cluster-driver.ts';

/** One m5.large: a little under two CPUs to give away. */
function aFullNode(options: { budget?: boolean } = {}): ClusterDriver {
  const world = new ClusterDriver({ nodes: 1 });
  for (const [name, value, preemptionPolicy] of [['low', 100], ['high', 1000], ['polite', 1000, 'Never']] as const) {
    world.create({ apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name }, value, ...(preemptionPolicy && { preemptionPolicy }) });
  }
  if (options.budget) {
    world.create({ apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name: 'keep-a', namespace: 'default' }, spec: { minAvailable: 1, selector: { matchLabels: { app: 'a' } } } });
  }
  for (const name of ['a', 'b']) world.create(asking(name, '700m', 'low'));
  world.pass(10);
  return world;
}

function asking(name: string, cpu: string, priorityClassName?: string): object {
  const pod = aPod(name, { container: { resources: { requests: { cpu } } }, spec: { ...(priorityClassName && { priorityClassName }) } }) as { metadata: object };
  return { ...pod, metadata: { ...pod.metadata, labels: { app: name } } };
}

const running = (world: ClusterDriver): string[] => world.pods().filter(pod => pod.status?.phase === 'Running').map(pod => pod.metadata.name);

describe('a pod that finds no room', () => {
  test.each([
    // what comes                          who runs afterwards
    ['700m', 'high', ['a', 'new']], // the one that has run for the shorter time goes
    ['1300m', 'high', ['new']],
    ['700m', 'low', ['a', 'b']], // equals are left alone
    ['700m', undefined, ['a', 'b']],
    ['700m', 'polite', ['a', 'b']],
    ['5', 'high', ['a', 'b']], // no node is that large: nobody goes for nothing
  ])('asking for %s with priority %s: %j run', (cpu, priority, names) => {
    const world = aFullNode();
    world.create(asking('new', cpu, priority));
    world.pass(30);
    expect(running(world)).toEqual(names);
  });

  test('spares pods under a disruption budget while others will do', () => {
    const world = aFullNode({ budget: true });
    world.create(asking('new', '700m', 'high'));
    world.pass(30);
    expect(running(world)).toEqual(['a', 'new']);
  });

  test('tells its victims why, waits on the node it was promised, and says so', () => {
    const world = aFullNode();
    const conditions: string[] = [];
    world.cluster.api.onChange(({ object }) => {
      const target = object.kind === 'Pod' ? (object as Pod).status?.conditions?.find(condition => condition.type === 'DisruptionTarget') : undefined;
      if (target) conditions.push(`${object.metadata.name} ${target.reason}: ${target.message}`);
    });
    world.create(asking('new', '700m', 'high'));
    world.pass(0.5);
    expect(world.get<Pod>('Pod', 'new')!.status!.nominatedNodeName).toBe(world.nodes[0]);
    world.pass(30);
    expect(new Set(conditions)).toEqual(new Set(['b PreemptionByScheduler: default-scheduler: preempting to accommodate a higher priority pod']));
    expect(world.events('b').at(-1)).toMatch(/^(Killing|Preempted)/);
    expect(world.events('b')).toContain(`Preempted: Preempted by pod ${world.get('Pod', 'new')!.metadata.uid} on node ${world.nodes[0]}`);
    expect(world.events('new')[0]).toBe('FailedScheduling: 0/1 nodes are available: 1 Insufficient cpu.');
    expect(world.get<Pod>('Pod', 'new')!.status!.nominatedNodeName).toBeUndefined();
  });

  test.each([
    ['polite', 'no new claims to deallocate, preemption: not eligible due to preemptionPolicy=Never.'],
    ['low', 'no new claims to deallocate, preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.'],
  ])('with priority %s its message ends: %s', (priority, end) => {
    const world = aFullNode();
    world.create(asking('new', '700m', priority));
    world.pass(5);
    expect(world.events('new')[0]).toBe(`FailedScheduling: 0/1 nodes are available: 1 Insufficient cpu. ${end}`);
  });

  test('room made for one is not taken by another that is less important', () => {
    const world = aFullNode();
    world.create(asking('new', '1300m', 'high'));
    world.create(asking('late', '700m', 'low'));
    world.pass(30);
    expect(running(world)).toEqual(['new']);
  });
});
