import { describe, expect, test } from 'vitest';
import type { Change } from '../../engine/api-server/contract.ts';
import type { KubeObject } from '../../engine/apimachinery/object.ts';
import type { ObjectiveState } from '../../trainer/contract.ts';
import { NextEvent } from './next-event.ts';

const object = (kind: string, name: string, rest: object = {}): KubeObject => ({ apiVersion: 'v1', kind, metadata: { name, namespace: 'shop', uid: `${kind}-${name}`, resourceVersion: '1', creationTimestamp: '' }, ...rest });
const change = (type: Change['type'], of: KubeObject, before?: KubeObject): Change => ({ type, object: of, before, resourceVersion: 1, atMs: 0, user: '', verb: '' });
const pod = (status: string): KubeObject => object('Pod', 'web-1', { word: status });
const next = (): NextEvent => new NextEvent(0, of => ({ status: (of as KubeObject & { word: string }).word, ready: '1/1', restarts: 0 }));
const objective = (state: ObjectiveState['state']): ObjectiveState => ({ id: 'up', title: 'web is up', state, value: '', worst: '', heldMs: 0, holdMs: 0, untickedCount: 0, note: '', spark: [] });

describe('the next event', () => {
  test.each<[string, Change, string | undefined]>([
    ['an Event is written', change('ADDED', object('Event', 'e', { reason: 'BackOff', involvedObject: { kind: 'Pod', name: 'web-1' } })), 'BackOff: Pod web-1'],
    ['an Event is counted up', change('MODIFIED', object('Event', 'e', { reason: 'Killing', involvedObject: { kind: 'Pod', name: 'web-1' } })), 'Killing: Pod web-1'],
    ['an Event is forgotten', change('DELETED', object('Event', 'e')), undefined],
    ['a pod appears', change('ADDED', pod('Pending')), 'Pod web-1 is Pending'],
    ['a STATUS changes', change('MODIFIED', pod('Running'), pod('Pending')), 'Pod web-1 is Running'],
    ['a STATUS stays', change('MODIFIED', pod('Running'), pod('Running')), undefined],
    ['a pod goes', change('DELETED', pod('Terminating')), 'Pod web-1 is gone'],
    ['a lease renews', change('MODIFIED', object('Lease', 'l')), undefined],
    ['a node reports', change('MODIFIED', object('Node', 'n')), undefined],
  ])('%s', (_, seen, words) => {
    const awaited = next();
    awaited.note(seen);
    expect(awaited.found).toBe(words);
  });

  test('an objective that ticks or un-ticks is one, and what stands already is none', () => {
    const awaited = next();
    awaited.look(0, () => [objective('holding')]);
    expect(awaited.found).toBeUndefined();
    awaited.look(1000, () => [objective('done')]);
    expect(awaited.found).toBe('“web is up” holds');
    const broken = next();
    broken.look(0, () => [objective('done')]);
    broken.look(1000, () => [objective('open')]);
    expect(broken.found).toBe('“web is up” no longer holds');
  });

  test('so is a line that ends, and the first of many stays', () => {
    const awaited = next();
    awaited.lineEnded();
    awaited.note(change('ADDED', pod('Pending')));
    expect(awaited.found).toBe('The line in the terminal has ended');
  });
});
