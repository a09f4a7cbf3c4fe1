import { beforeEach, describe, expect, test } from 'vitest';
import type { WorldMessage } from '../hosts/protocol.ts';
import { closeTerminal, connect, dropFile, newTerminal, open, place, promiseAfter, receive, rewind, select, setSpeed, shiftSpeed, togglePause, useSession } from './session.ts';
import { fakeLink, fakeOpening, fakeScenario } from './testing/fake-link.ts';
import { FAKE_NOW_MS, fakeObjects } from './testing/fake-objects.ts';
import { get, list } from './snapshot.ts';

const state = useSession.getState;
let link = fakeLink();

beforeEach(() => {
  link = fakeLink();
  connect(link);
  open({ kind: 'scenario', key: 'q7f2' });
  fakeOpening().forEach(receive);
  link.sent.length = 0;
});

const frame = (change: object): WorldMessage => ({ type: 'frame', nowMs: FAKE_NOW_MS + 1000, speed: 1, reset: false, upserts: [], deletes: [], traffic: [], podStatus: [], ...change });

describe('frames', () => {
  test('an opening fills the snapshot and looks at the namespace of the ticket', () => {
    expect(list(state().snapshot, 'Node').length).toBe(6);
    expect([state().phase, state().mapNamespace, state().context]).toEqual(['open', 'shop', 'kfo-prod']);
  });

  test('a frame replaces only what it touches', () => {
    const before = state().snapshot;
    receive(frame({ deletes: [{ apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'orders-7c9d8f6b5-2xkqp' }] }));
    const after = state().snapshot;
    expect(get(after, 'Pod', 'shop', 'orders-7c9d8f6b5-2xkqp')).toBeUndefined();
    expect(after.podStatus.has('pod-shop-orders-7c9d8f6b5-2xkqp')).toBe(false);
    expect(after.kinds.get('Node')).toBe(before.kinds.get('Node'));
    expect(get(before, 'Pod', 'shop', 'orders-7c9d8f6b5-2xkqp')).toBeDefined();
  });

  test('an idle frame keeps the snapshot as it is', () => {
    const before = state().snapshot;
    receive(frame({}));
    expect(state().snapshot).toBe(before);
  });

  test('a fresh world forgets everything', () => {
    const { objects } = fakeObjects();
    receive(frame({ reset: true, upserts: objects.slice(0, 2) }));
    expect([...state().snapshot.kinds.keys()]).toEqual(['Namespace']);
    expect([state().traffic, state().inputs, state().scenario]).toEqual([[], [], undefined]);
  });

  test('a rewind keeps selection and namespace, another scenario does not', () => {
    select('Pod/shop/orders-7c9d8f6b5-2xkqp');
    useSession.setState({ mapNamespace: '' });
    fakeOpening().forEach(receive);
    expect([state().selected, state().mapNamespace]).toEqual(['Pod/shop/orders-7c9d8f6b5-2xkqp', '']);
    open({ kind: 'scenario', key: 'q7f2' });
    fakeOpening().forEach(receive);
    expect([state().selected, state().mapNamespace]).toEqual([undefined, 'shop']);
  });

  test('what the world before still says is not heard', () => {
    open({ kind: 'empty', nodes: 1 });
    fakeOpening().forEach(receive);
    expect([state().phase, list(state().snapshot, 'Node').length]).toEqual(['opening', 0]);
  });

  test('the promise line grows at changes and forgets what a rewind took back', () => {
    const at = (value: number, nowMs: number, before = state().promise) => promiseAfter(before, fakeScenario({ objectives: fakeScenario().objectives.map(objective => ({ ...objective, spark: objective.spark.length > 0 ? [value] : [] })) }), nowMs);
    const grown = at(1, 3000, at(0, 2000, at(0, 1000, [])));
    expect(grown).toEqual([{ atMs: 1000, value: 0 }, { atMs: 3000, value: 1 }]);
    expect(at(0, 2500, grown)).toEqual([{ atMs: 1000, value: 0 }]);
  });
});

describe('commands', () => {
  test('place puts a line at the prompt and does not run it', () => {
    place('kubectl get pods');
    expect(link.sent).toEqual([{ type: 'place', terminal: 't1', line: 'kubectl get pods' }]);
  });

  test('a dropped file lands in the home directory and its line is offered', () => {
    dropFile('my app (1).yaml', 'kind: Pod');
    expect(link.sent).toEqual([{ type: 'input', input: { type: 'write-file', path: 'my-app-1-.yaml', content: 'kind: Pod' } }, { type: 'place', terminal: 't1', line: 'kubectl apply -f my-app-1-.yaml' }]);
  });

  test('pause and play return to the speed before', () => {
    setSpeed(10);
    togglePause();
    expect(state().speed).toBe(0);
    togglePause();
    expect(state().speed).toBe(10);
    shiftSpeed(1);
    shiftSpeed(1);
    expect(state().speed).toBe(60);
  });

  test('only the past can be rewound to, and the present leaves a ghost', () => {
    rewind(FAKE_NOW_MS + 5000);
    expect(link.sent).toEqual([]);
    rewind(FAKE_NOW_MS - 5000);
    expect(link.sent).toEqual([{ type: 'rewind', atMs: FAKE_NOW_MS - 5000 }]);
    expect(state().ghostMs).toBe(FAKE_NOW_MS);
  });

  test('closing the last terminal opens a fresh one', () => {
    newTerminal(true);
    const second = state().split ?? '';
    closeTerminal(second);
    expect([state().split, state().terminals.length]).toEqual([undefined, 1]);
    closeTerminal(state().activeTerminal);
    expect(state().terminals.length).toBe(1);
    expect(state().activeTerminal).toBe(state().terminals[0]?.id);
  });
});
