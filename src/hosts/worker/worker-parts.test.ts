import { describe, expect, test } from 'vitest';
import type { Change, Reader } from '../../engine/api-server/contract.ts';
import type { KubeObject } from '../../engine/apimachinery/object.ts';
import type { TerminalSession } from '../../terminal/contract.ts';
import type { WorldInput } from '../protocol.ts';
import { Desk } from './desk.ts';
import { FrameFeed } from './frames.ts';
import { splitArguments } from './host-calls.ts';
import { Pace, PAUSED_GRACE_MS } from './pace.ts';
import { TrafficFeed } from './traffic.ts';

const object = (kind: string, name: string, meta: object = {}): KubeObject => ({ apiVersion: 'v1', kind, metadata: { name, namespace: 'shop', uid: `${kind}-${name}`, resourceVersion: '1', creationTimestamp: '', ...meta } });
const change = (type: Change['type'], of: KubeObject): Change => ({ type, object: of, before: undefined, resourceVersion: 1, atMs: 0, user: '', verb: '' });

describe('frames', () => {
  const stored = [object('Pod', 'a'), object('Lease', 'l')];
  const reader: Reader = { resourceVersion: 1, get: () => undefined, list: (kind: string) => stored.filter(entry => entry.kind === kind) as never, ownedBy: () => [], podsOnNode: () => [] };
  const feed = (): FrameFeed => new FrameFeed(reader, () => ({ status: 'Running', ready: '1/1', restarts: 0 }));

  test('of many changes to one object only the last is told', () => {
    const frames = feed();
    frames.note(change('ADDED', object('Pod', 'a', { resourceVersion: '2' })));
    frames.note(change('MODIFIED', object('Pod', 'a', { resourceVersion: '3' })));
    const { upserts, podStatus } = frames.take();
    expect(upserts.map(entry => entry.metadata.resourceVersion)).toEqual(['3']);
    expect(podStatus).toEqual([{ uid: 'Pod-a', status: 'Running', ready: '1/1', restarts: 0 }]);
    expect(frames.empty).toBe(true);
  });

  test('one that came and went is only gone, one that went and came is there', () => {
    const frames = feed();
    frames.note(change('ADDED', object('Pod', 'a')));
    frames.note(change('DELETED', object('Pod', 'a')));
    frames.note(change('DELETED', object('Pod', 'b')));
    frames.note(change('ADDED', object('Pod', 'b')));
    const { upserts, deletes } = frames.take();
    expect([upserts.map(entry => entry.metadata.name), deletes.map(ref => ref.name)]).toEqual([['b'], ['a']]);
  });

  test('leases stay out, and so does bookkeeping', () => {
    const frames = feed();
    frames.note(change('MODIFIED', object('Lease', 'l')));
    expect(frames.empty).toBe(true);
    frames.note(change('MODIFIED', object('ConfigMap', 'c', { managedFields: [{ manager: 'kubectl' }] })));
    expect(frames.take().upserts[0]?.metadata).not.toHaveProperty('managedFields');
    expect(frames.all().upserts.map(entry => entry.kind)).toEqual(['Pod']);
  });
});

describe('pace', () => {
  test.each([
    // speed  real ms passed  virtual ms
    [1 as const,  100, 100],
    [10 as const, 100, 1000],
    [60 as const, 16,  960],
    [0 as const,  100, 0],
    [1 as const,  9000, 250],      // a tab that slept does not rush afterwards
  ])('at %i×, %i real ms are %i', (speed, passed, virtual) => {
    const pace = new Pace(0);
    pace.speed = speed;
    pace.target(0, 0, false);
    expect(pace.target(passed, 0, false)).toBe(virtual);
  });

  test('a paused world lets a typed line finish, and no more than that', () => {
    const pace = new Pace(0);
    pace.speed = 0;
    pace.target(0, 0, false);
    expect(pace.moving(true)).toBe(false);
    pace.allowLine();
    expect(pace.moving(true)).toBe(true);
    let now = 0;
    for (let real = 100; real < 20_000; real += 100) now = pace.target(real, now, true);
    expect(now).toBe(PAUSED_GRACE_MS);
    expect(pace.moving(true)).toBe(false);
  });

  test('what a slow slice left undone stays due', () => {
    const pace = new Pace(0);
    pace.target(0, 0, false);
    expect(pace.target(100, 0, false)).toBe(100);
    expect(pace.target(120, 30, false)).toBe(120);
  });
});

describe('desk', () => {
  function desk() {
    const inputs: WorldInput[] = [];
    const screens: string[] = [];
    const made = new Desk({ input: input => inputs.push(input), output: (_, text) => screens.push(text), prompt: () => undefined, closed: () => undefined });
    const session = {
      id: 't1', raw: false, atPrompt: true, promptText: 'shop $ ', history: ['kubectl get pods -n shop'], exitCode: 0, submit() {}, key() {}, interrupt() {}, suspend() {}, endOfFile() {}, resize() {}, close() {},
      complete: (line: string) => ({ from: line.length, candidates: [], suffix: '' }),
    } satisfies TerminalSession;
    made.seatSession('t1', session, 80);
    return { desk: made, inputs, screen: () => { made.flush(); return screens.join(''); } };
  }

  test('what is typed becomes one input, with its echo on the screen', () => {
    const { desk: made, inputs, screen } = desk();
    made.feed('t1', 'ls\r');
    expect(inputs).toEqual([{ type: 'line', terminal: 't1', line: 'ls' }]);
    expect(screen()).toContain('shop $ ls');
  });

  test('a replayed line is drawn, not entered again', () => {
    const { desk: made, inputs, screen } = desk();
    made.replaying = true;
    made.drawReplayed({ type: 'line', terminal: 't1', line: 'kubectl get nodes' });
    expect(inputs).toEqual([]);
    expect(screen()).toContain('kubectl get nodes');
  });

  test('a suggestion is taken with →, and placing does not run', () => {
    const { desk: made, inputs } = desk();
    made.suggest('t1', 'kubectl rollout undo deploy/web');
    made.feed('t1', '\x1b[C');
    expect(inputs).toEqual([]);
    made.feed('t1', '\r');
    expect(inputs).toEqual([{ type: 'line', terminal: 't1', line: 'kubectl rollout undo deploy/web' }]);
    made.place('t1', 'rm x');
    expect(inputs.length).toBe(1);
  });

  test('history goes on from what is typed', () => {
    const { desk: made, inputs } = desk();
    made.feed('t1', 'kubectl get p\x1b[C\r');
    expect(inputs).toEqual([{ type: 'line', terminal: 't1', line: 'kubectl get pods -n shop' }]);
  });
});

describe('jq arguments', () => {
  const files = { 'a.json': '{"a":1}\n{"b":2}', 'f.jq': '.x' };
  test.each([
    [['-r', '.items[].name'], { flags: ['-r'], filter: '.items[].name' }],
    [['--arg', 'n', 'v', '.[$n]'], { flags: ['--arg', 'n', 'v'], filter: '.[$n]' }],
    [['.a', '-c'], { flags: ['-c'], filter: '.a' }],
    [['-f', 'f.jq', '-e'], { flags: ['-e'], filter: '.x' }],
    [['--rawfile', 't', 'f.jq', '$t'], { flags: ['--arg', 't', '.x'], filter: '$t' }],
    [['--slurpfile', 's', 'a.json', '$s'], { flags: ['--argjson', 's', '[slurped]'], filter: '$s' }],
    [['-n', '$ARGS', '--args', 'one', 'two'], { flags: ['-n', '--args', 'one', 'two'], filter: '$ARGS' }],
    [['-c'], { flags: ['-c'], filter: '.' }],
  ])('%j', (args, split) => {
    expect(splitArguments(args, files, () => '[slurped]')).toEqual(split);
  });
});

describe('traffic', () => {
  test('a second is told once, when it is over, by workload, without probes', () => {
    const counted = { ok: 3, failed: 2, results: new Map([['502', 1], ['refused', 2]]), refusedBy: 'shop/orders', slowestMs: 41, totalMs: 0, slow: 0 };
    let changed = [{ route: 'alb/shop→10.20.0.9', second: 5, counted }, { route: 'node/ip-1→10.20.0.9', second: 5, counted }];
    const feed = new TrafficFeed({ takeChanged: () => { const now = changed; changed = []; return now; } }, () => 'shop/orders');
    expect(feed.take(5500)).toEqual([]);
    expect(feed.take(6000)).toEqual([{ atMs: 5000, from: 'alb/shop', to: 'shop/orders', ok: 3, failed: 2, failure: 'refused', at: 'shop/orders', latencyMsP95: 41 }]);
    expect(feed.take(7000)).toEqual([]);
  });
});
