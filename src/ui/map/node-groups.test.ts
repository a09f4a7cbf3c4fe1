import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../../engine/apimachinery/object.ts';
import type { AwsFact, NodegroupFact } from '../../hosts/protocol.ts';
import { applyFrame, EMPTY_SNAPSHOT, get, type Snapshot } from '../snapshot.ts';
import { fakeAccount } from '../testing/fake-account.ts';
import { FAKE_NOW_MS, fakeObjects } from '../testing/fake-objects.ts';
import { model } from './model.ts';
import { groupNews } from './node-groups.ts';
import { tableOf } from './table.tsx';
import { talksGraph } from './talks.ts';
import { whereDrafter } from './where.ts';

const { objects, podStatus } = fakeObjects();
const shop = (facts: readonly AwsFact[], more: readonly KubeObject[] = []): Snapshot => applyFrame(EMPTY_SNAPSHOT, { reset: true, upserts: [...objects, ...more], deletes: [], podStatus, aws: fakeAccount(facts) });
const node = get<{ spec: object }>(shop([]), 'Node', '', 'ip-10-20-0-11')!;
const cordoned = { ...node, spec: { ...node.spec, unschedulable: true } } as KubeObject;

const GROUP: NodegroupFact = { kind: 'nodegroup', id: 'apps', status: 'UPDATING', version: '1.34', releaseVersion: '', min: 1, max: 4, desired: 1, groupDesired: 1, members: [], issues: [], update: { id: 'u', type: 'VersionUpdate', status: 'InProgress', sinceMs: 0 } };
const old = { id: 'i-11', lifecycle: 'InService', current: false };
const fresh = { id: 'i-99', lifecycle: 'InService', current: true };

describe('news of a node group', () => {
  test.each<[string, Partial<NodegroupFact>, readonly KubeObject[], string[]]>([
    ['adds machines first', { members: [old, fresh], groupDesired: 3 }, [], ['apps updating: adding machines, 2 more than it keeps, 1 old, 1 new']],
    ['then empties the old ones', { members: [old, fresh], groupDesired: 3 }, [cordoned], ['apps updating: emptying old machines, 1 left, 1 old, 1 new']],
    ['then removes what is too many', { members: [fresh], groupDesired: 2 }, [], ['apps updating: removing the extra machines, 0 old, 1 new']],
    ['says that an update failed, and why', { status: 'ACTIVE', members: [old], update: { ...GROUP.update!, status: 'Failed', error: 'PodEvictionFailure: Reached max retries' } }, [], ['apps update failed: PodEvictionFailure, 1 old, 0 new']],
    ['is nothing while all is calm', { status: 'ACTIVE', update: undefined as never }, [], []],
  ])('%s', (_, change, more, news) => {
    expect(groupNews(shop([{ ...GROUP, ...change }], more)).map(({ group, words }) => `${group} ${words}`)).toEqual(news);
  });
});

describe('where', () => {
  test('a node says its version and its places, and a machine that boots is there', () => {
    const booting: AwsFact = { kind: 'machine', id: 'i-99', node: 'ip-10-20-1-99', state: 'pending', subnetId: 'subnet-private-b', zone: 'eu-west-1b', instanceType: 't3.medium', nodegroup: 'apps', version: '1.35.6' };
    const { nodes } = model(shop([booting]));
    expect(nodes.filter(({ name }) => ['ip-10-20-0-11', 'ip-10-20-1-99'].includes(name)).map(mark => `${mark.short} ${mark.status} v${mark.version} ${mark.podsUsed}/${mark.podsMax}`)).toEqual(['ip-10-20-0-11 Ready v1.34 7/29', 'ip-10-20-1-99 machine pending v1.35 0/0']);
  });

  test('a zone says what its subnet has left', () => {
    const { nodes } = whereDrafter()(shop([]), { namespace: '', level: 'structure', pane: { width: 800, height: 300 }, still: false });
    expect(nodes.flatMap(each => (each.type === 'zone' ? [each.data.subnet] : []))).toEqual(['private-a · 0 free', '', '']);
  });
});

describe('a load balancer', () => {
  const targets: AwsFact = {
    kind: 'targets', id: 'arn', name: 'k8s-shop-orders-0123456789', balancers: ['kfo'],
    targets: [{ address: '10.20.0.4', port: 8000, state: 'healthy', reason: '', description: '' }, { address: '10.20.0.5', port: 8000, state: 'draining', reason: 'Target.DeregistrationInProgress', description: 'Target deregistration is in progress' }],
  };

  test('shows what it thinks of its targets, trouble first', () => {
    const graph = talksGraph(shop([targets]), [], FAKE_NOW_MS, '');
    expect(graph.boxes.find(({ id }) => id === 'alb/kfo')?.targets).toEqual([{ name: 'orders', words: '1 draining, 1 healthy', tone: 'wait', detail: '10.20.0.5 draining: Target.DeregistrationInProgress, Target deregistration is in progress' }]);
    expect(tableOf('talks', shop([targets]), '', [], FAKE_NOW_MS).rows.map(({ cells }) => cells.join(' | '))).toContain('alb/kfo | targets of orders | 1 draining, 1 healthy');
  });
});
