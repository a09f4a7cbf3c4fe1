import { describe, expect, test } from 'vitest';
import type { AwsFact, PoolFact } from '../../hosts/protocol.ts';
import { applyFrame, EMPTY_SNAPSHOT, type Snapshot } from '../snapshot.ts';
import { fakeAccount } from '../testing/fake-account.ts';
import { fakeObjects, object } from '../testing/fake-objects.ts';
import { addressPicture, slotWords, whyNone, type AddressPicture } from './addresses.ts';
import { model } from './model.ts';
import { subnetTable, tableOf } from './table.tsx';

const { objects, podStatus } = fakeObjects();
const shop = (change: readonly AwsFact[] = []): Snapshot => applyFrame(EMPTY_SNAPSHOT, { reset: true, upserts: objects, deletes: [], podStatus, aws: fakeAccount(change) });
const drawn = (snapshot: Snapshot): AddressPicture => addressPicture(snapshot, model(snapshot));
const BOOK: PoolFact = { kind: 'pool', id: 'ip-10-20-0-11', answers: true, held: {}, cooling: [], prefixes: false, interfacesMax: 3, slotsEach: 5, interfaceTakes: 6 };
const everySlot = Object.fromEntries(['4', '5', '6', '7', '8', '10', '12', '13'].map(last => [`10.20.0.${last}`, `pod-${last}`]));

describe('a subnet', () => {
  const [first, second, public_] = drawn(shop()).subnets;

  test('shows every address of its range, each with its use', () => {
    expect(first?.slots.map(({ use }) => use)).toEqual([
      'reserved', 'reserved', 'reserved', 'reserved', 'pod', 'pod', 'cooling', 'warm', 'warm', 'node', 'warm', 'node', 'warm', 'warm', 'control-plane', 'reserved',
    ]);
    expect(second?.slots.filter(({ use }) => use === 'free').length).toBe(second?.fact.free);
  });

  test('counts what EC2 counts, private ones first', () => {
    expect([first, second, public_].map(subnet => `${subnet?.name} ${subnet?.fact.free} of ${subnet?.usable}`)).toEqual(['private-a 0 of 11', 'private-b 11 of 11', 'public-a 10 of 11']);
  });

  test('of more than 256 addresses is counted, not drawn', () => {
    const wide = drawn(shop([{ kind: 'subnet', id: 'subnet-private-b', zone: 'eu-west-1b', cidr: '10.20.16.0/22', free: 1019, sinceMs: 0, public: false }])).subnets.find(({ name }) => name === 'private-b');
    expect([wide?.slots.length, wide?.usable, wide?.freeBlocks]).toEqual([0, 1019, 62]);
  });
});

describe('a node', () => {
  test('holds its interfaces in order, and what pods have of them', () => {
    const node = drawn(shop()).nodes.find(({ name }) => name === 'ip-10-20-0-11');
    expect(node?.interfaces.map(each => `${each.fact.id} ${each.slots.length}`)).toEqual(['eni-0 5', 'eni-1 3']);
    expect([node?.held, node?.used]).toEqual([8, 2]);
  });

  test('a prefix is sixteen slots', () => {
    const prefix: AwsFact = { kind: 'interface', id: 'eni-p', subnetId: 'subnet-private-b', use: 'node', description: '', machineId: 'i-11', deviceIndex: 2, addresses: ['10.20.1.4'], prefixes: ['10.20.1.16/28'] };
    const node = drawn(shop([prefix, { ...BOOK, prefixes: true, held: { '10.20.1.17': 'x' } }])).nodes.find(({ name }) => name === 'ip-10-20-0-11');
    expect(node?.interfaces.at(-1)?.slots.map(({ use }) => use)).toEqual(['warm', 'pod', ...Array.from({ length: 14 }, () => 'warm')]);
  });

  test('that has not joined yet is there with its interfaces', () => {
    const booting: AwsFact = { kind: 'machine', id: 'i-99', node: 'ip-10-20-1-99', state: 'pending', subnetId: 'subnet-private-b', zone: 'eu-west-1b', instanceType: 't3.medium', nodegroup: 'apps', version: '1.35.0' };
    expect(drawn(shop([booting])).nodes.find(({ name }) => name === 'ip-10-20-1-99')).toMatchObject({ node: undefined, machine: { state: 'pending' } });
  });
});

describe('a pod without an address', () => {
  const late = object('v1', 'Pod', 'shop', 'late-1', { spec: { nodeName: 'ip-10-20-0-11', containers: [] }, status: { phase: 'Pending' } }, { labels: { app: 'late' } });
  const event = object('v1', 'Event', 'shop', 'late-1.x', {
    reason: 'FailedCreatePodSandBox', type: 'Warning', message: 'Failed to create pod sandbox: plugin type="aws-cni" name="aws-cni" failed (add): add cmd: failed to assign an IP address to container',
    involvedObject: { kind: 'Pod', namespace: 'shop', name: 'late-1', uid: late.metadata.uid },
  });
  const withLate = (facts: readonly AwsFact[]): Snapshot => applyFrame(shop(facts), { reset: false, upserts: [late, event], deletes: [], podStatus: [{ uid: late.metadata.uid, status: 'ContainerCreating', ready: '0/1', restarts: 0 }] });

  test.each<[PoolFact, string]>([
    [{ ...BOOK, held: everySlot }, 'private-a is full'],
    [{ ...BOOK, held: everySlot, slotsEach: 4, interfacesMax: 2 }, 'all its interfaces are full'],
    [{ ...BOOK, held: { ...everySlot, '10.20.0.4': undefined as never }, cooling: ['10.20.0.4'] }, '1 cooling down'],
    [{ ...BOOK, answers: false }, 'aws-node does not answer'],
    [BOOK, 'an address is free again: next try'],
  ])('says why: %j', (book, why) => {
    const node = drawn(withLate([book])).nodes.find(({ name }) => name === 'ip-10-20-0-11');
    expect(node?.waiting.map(entry => `${entry.pod.name}: ${entry.why}`)).toEqual([`late-1: ${why}`]);
  });

  test.each([
    // free  slots each   why
    [3,      4,           'private-a: 3 free, 6 needed'],   // both interfaces are full: a third one takes six
    [3,      5,           'asks again soon'],               // one has a slot left, which costs one
    [6,      4,           'asks again soon'],
    [0,      5,           'private-a is full'],
  ])('with %i free and %i slots an interface: %s', (free, slotsEach, why) => {
    const node = drawn(shop([{ ...BOOK, held: everySlot }])).nodes.find(({ name }) => name === 'ip-10-20-0-11')!;
    expect(whyNone({ ...BOOK, held: everySlot, slotsEach }, 'subnet-private-a', new Map([['subnet-private-a', free]]), node.interfaces)).toBe(why);
  });
});

describe('the table', () => {
  test('has a row for every address that is held, and every subnet with its numbers', () => {
    const snapshot = shop();
    const { headers, rows } = tableOf('addresses', snapshot, '', [], 0);
    const held = drawn(snapshot).subnets.flatMap(({ slots }) => slots.filter(({ use }) => use !== 'free' && use !== 'reserved'));
    expect(rows.map(({ cells }) => cells[0])).toEqual(held.map(({ ip }) => ip));
    expect(rows.every(({ cells }) => cells.length === headers.length)).toBe(true);
    expect(subnetTable(snapshot).rows.map(({ cells }) => cells.slice(0, 3))).toEqual([['subnet-private-a', '0', '11'], ['subnet-private-b', '11', '11'], ['subnet-public-a', '10', '11']]);
  });

  test('a slot says in words what it is', () => {
    const [subnet] = drawn(shop()).subnets;
    expect(subnet?.slots.slice(4, 10).map(slotWords)).toEqual([
      '10.20.0.4, orders-7c9d8f6b5-2xkqp, CrashLoopBackOff, ip-10-20-0-11', '10.20.0.5, a pod that is coming or going, ip-10-20-0-11', '10.20.0.6, cooling down, ip-10-20-0-11',
      '10.20.0.7, held warm, unused, ip-10-20-0-11', '10.20.0.8, held warm, unused, ip-10-20-0-11', '10.20.0.9, node interface of ip-10-20-0-11',
    ]);
  });
});

describe('frames', () => {
  test('bring only what changed; the free counts of the last hour grow on the page', () => {
    const before = shop();
    const subnet: AwsFact = { kind: 'subnet', id: 'subnet-private-b', zone: 'eu-west-1b', cidr: '10.20.1.0/28', free: 9, sinceMs: 5, public: false };
    const after = applyFrame(before, { reset: false, upserts: [], deletes: [], podStatus: [], aws: { facts: [subnet], gone: [{ kind: 'machine', id: 'i-11' }] } });
    expect(after.aws.get('interface')).toBe(before.aws.get('interface'));
    expect(after.aws.get('machine')?.size).toBe(0);
    expect(after.aws.get('subnet')?.get('subnet-private-b')).toMatchObject({ free: 9, history: [[expect.any(Number), 11]] });
  });
});
