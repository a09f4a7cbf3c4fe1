import { describe, expect, test } from 'vitest';
import type { LoggedInput, WorldInput } from '../../hosts/protocol.ts';
import { contentFromFiles } from '../../hosts/content-files.ts';
import { World } from '../../hosts/world.ts';
import { TROUBLES } from '../../trainer/staging/break-things.ts';
import { worldActionSchema } from '../../trainer/staging/world-action.ts';
import { applyFrame, EMPTY_SNAPSHOT } from '../snapshot.ts';
import { fakeObjects } from '../testing/fake-objects.ts';
import { startingHere } from './class-link.ts';
import { aimsOf, brokenNow, firstTarget, shortTarget, targetsOf } from './targets.ts';

const { objects, podStatus } = fakeObjects();
const shop = applyFrame(EMPTY_SNAPSHOT, { reset: true, upserts: objects, deletes: [], podStatus });
const log = (...inputs: WorldInput[]): LoggedInput[] => inputs.map((input, index) => ({ atMs: index * 1000, input }));
const act = (trouble: string, target: string): WorldInput => ({ type: 'act', trouble, target, actions: [] });

describe('targets', () => {
  test('nodes and zones are those of the snapshot, each zone once', () => {
    const nodes = targetsOf(shop, 'node');
    expect(nodes.length).toBe(shop.kinds.get('Node')?.size);
    expect(new Set(targetsOf(shop, 'zone').map(({ value }) => value)).size).toBe(targetsOf(shop, 'zone').length);
  });
  test('workloads of the platform are not offered', () => expect(targetsOf(shop, 'deployment').some(({ value }) => value.startsWith('kube-system/'))).toBe(false));
  test('what is selected on the map is the target, otherwise the first that fits', () => {
    const nodes = targetsOf(shop, 'node');
    expect(firstTarget(nodes, aimsOf(shop, nodes[1]?.slug))).toBe(nodes[1]?.value);
    expect(firstTarget(nodes, aimsOf(shop, 'Pod/shop/x'))).toBe(nodes[0]?.value);
    expect(firstTarget([], aimsOf(shop, undefined))).toBe('');
  });
  test('a pod stands for its node too', () => {
    const pod = [...shop.kinds.get('Pod')?.values() ?? []].find(entry => (entry as { spec?: { nodeName?: string } }).spec?.nodeName);
    const { nodeName } = (pod as unknown as { spec: { nodeName: string } }).spec;
    expect(firstTarget(targetsOf(shop, 'node'), aimsOf(shop, `Pod/${pod?.metadata.namespace}/${pod?.metadata.name}`))).toBe(nodeName);
  });
  test.each([['shop/orders', 'orders'], ['eu-west-1a', 'eu-west-1a'], ['shop/orders-config/DATABASE_HOST/orders', 'orders-config DATABASE_HOST'], ['', '']])('%j reads %j', (target, words) => expect(shortTarget(target)).toBe(words));
});

describe('what is broken now', () => {
  test('is what was broken and not mended, without what mends itself', () => {
    const broken = brokenNow(log(act('cut-zone', 'eu-west-1a'), act('stop-pod', 'shop/web'), act('dns-down', ''), { type: 'mend', act: 0 }, act('unheard-of', 'x')));
    expect(broken.map(({ act: place, trouble }) => [place, trouble.id])).toEqual([[2, 'dns-down']]);
  });
});

test.each(TROUBLES.map(trouble => [trouble.id, trouble] as const))('%s is made of actions that the world knows', (_, trouble) => {
  const target = { 'config-key': 'shop/orders-config/DATABASE_HOST/orders', deployment: 'shop/orders', 'own-build': 'shop/orders', node: 'ip-10-20-0-11', zone: 'eu-west-1a', subnet: 'subnet-private-a', none: '' }[trouble.target];
  const actions = trouble.actions(target);
  expect(actions.length).toBeGreaterThan(0);
  for (const action of actions) expect(worldActionSchema.safeParse(action).success).toBe(true);
});

test('a class begins where the run stands: same world, fresh terminals, nothing typed that counts', () => {
  const content = contentFromFiles();
  const world = new World({ kind: 'scenario', key: 'clbo-missing-env' }, 3, content);
  world.input({ type: 'terminal-open', terminal: 't1', columns: 80, rows: 24 });
  world.input({ type: 'hint' });
  world.input({ type: 'line', terminal: 't1', line: 'kubectl get pods' });
  world.advance(world.kernel.nowMs + 5000);
  const student = World.restore(startingHere(world.save()), content);
  expect(student.kernel.nowMs).toBe(world.kernel.nowMs);
  expect(student.seed).toBe(3);
  expect(student.terminals.size).toBe(0);
  expect(student.scenarioState()?.hints.shown).toEqual([]);
  const pods = (of: World) => of.cluster.api.reader.list('Pod').map(({ metadata }) => `${metadata.name} ${metadata.resourceVersion}`);
  expect(pods(student)).toEqual(pods(world));
});
