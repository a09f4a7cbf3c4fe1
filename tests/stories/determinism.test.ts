import { describe, expect, test } from 'vitest';
import { contentFromFiles } from '../../src/hosts/content-files.ts';
import { LineRunner } from '../../src/hosts/line-runner.ts';
import { World } from '../../src/hosts/world.ts';
import { aDeployment, ClusterDriver } from '../../src/testing/cluster-driver.ts';

const content = contentFromFiles();
const LINES = ['kubectl get pods', 'kubectl delete pod -l app=catalog --wait=false', 'for i in 1 2 3; do kubectl get deploy catalog | tail -1; sleep 2; done', 'kubectl scale deploy media --replicas=0'];

async function played(seed: number): Promise<LineRunner> {
  const runner = LineRunner.in({ kind: 'scenario', key: 'clbo-missing-env' }, seed, content);
  for (const line of LINES) await runner.run(line);
  await runner.advance(60_000);
  return runner;
}

describe('one world, one clock, one source of chance', () => {
  test('the same seed and the same inputs leave the same trace; another seed leaves another', async () => {
    const [first, second, other] = [await played(5), await played(5), await played(6)];
    expect(second.world.traceHash).toBe(first.world.traceHash);
    expect(other.world.traceHash).not.toBe(first.world.traceHash);
  });

  test('replaying the input log rebuilds the same state', async () => {
    const { world } = await played(5);
    const again = World.restore(JSON.parse(JSON.stringify(world.save())), content);
    expect(again.traceHash).toBe(world.traceHash);
    expect(again.kernel.nowMs).toBe(world.kernel.nowMs);
    expect(again.cluster.api.reader.list('Pod')).toEqual(world.cluster.api.reader.list('Pod'));
  });
});

describe('what the API server hands out cannot be changed', () => {
  test('stored objects are frozen to the bottom', () => {
    const world = new ClusterDriver();
    world.create(aDeployment('web', { replicas: 2 }));
    world.pass(10);
    const isFrozen = (value: unknown): boolean => typeof value !== 'object' || value === null || (Object.isFrozen(value) && Object.values(value).every(isFrozen));
    for (const kind of ['Pod', 'Deployment', 'ReplicaSet', 'Node', 'Event', 'Lease']) {
      for (const object of world.cluster.api.reader.list(kind)) expect(isFrozen(object), `${kind} ${object.metadata.name}`).toBe(true);
    }
    expect(() => { (world.pods()[0]!.metadata as { name: string }).name = 'other'; }).toThrow(TypeError);
  });
});
