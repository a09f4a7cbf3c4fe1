import { describe, expect, test } from 'vitest';
import type { LoggedInput, PageMessage, StandbyOrder, StandbyReport, WorldMessage, WorldSource } from '../hosts/protocol.ts';
import { WorldRelay, type WorldPort } from './relay.ts';

const source: WorldSource = { kind: 'scenario', key: 'abc' };
const line = (text: string, atMs: number): LoggedInput => ({ atMs, input: { type: 'line', terminal: 't1', line: text } });
const opened: WorldMessage = { type: 'opened', source, seed: 1, startMs: 0, context: 'c', namespace: 'n' };

class Port implements WorldPort {
  readonly heard: (PageMessage | StandbyOrder)[] = [];
  onmessage: WorldPort['onmessage'] = null;
  onerror: WorldPort['onerror'] = null;
  ended = false;
  postMessage(message: PageMessage | StandbyOrder): void { this.heard.push(message); }
  terminate(): void { this.ended = true; }
  says(message: WorldMessage | StandbyReport): void { this.onmessage?.({ data: message }); }
  get words(): string[] { return this.heard.map(({ type }) => type); }
}

/** A page whose world is open, with as many standbys as it may have, once the first three seconds are over. */
function page(standbys: 0 | 1 | 2 = 2) {
  const ports: Port[] = [];
  const told: string[] = [];
  const due: (() => void)[] = [];
  const relay = new WorldRelay({
    open: () => { const port = new Port(); ports.push(port); return port; },
    later: act => due.push(act), standbys,
  }, message => told.push(message.type));
  relay.send({ type: 'open', source, seed: 1 });
  ports[0]!.says(opened);
  for (const act of due.splice(0)) act();
  return { relay, ports, told, due };
}

describe('worlds kept ready', () => {
  test('a reset changes the worker, and the one that was left prepares the next', () => {
    const { relay, ports: [first, second], told } = page();
    second!.says({ type: 'prepared' });
    relay.send({ type: 'reset' });
    relay.send({ type: 'speed', speed: 10 });
    expect(first!.words).toEqual(['open', 'hand-over']);
    first!.says({ type: 'handed-over', kept: { inputs: [], untilMs: 0, speed: 1 } });
    expect(second!.words).toEqual(['prepare', 'take-over', 'speed']);
    expect(first!.words).toEqual(['open', 'hand-over', 'prepare']);
    second!.says(opened);
    first!.says({ type: 'terminal-output', terminal: 't1', data: 'late' });
    expect(told).toEqual(['opened', 'opened']);
  });

  test('until one is ready, or where none may be, the world itself goes back', () => {
    for (const standbys of [0, 2] as const) {
      const { relay, ports: [first] } = page(standbys);
      relay.send({ type: 'undo' });
      expect(first!.words).toEqual(['open', 'undo']);
    }
  });

  test('one follows just behind the learner, and an undo goes to it', () => {
    const { relay, ports } = page();
    const log = [line('a', 5), line('b', 9)];
    ports[1]!.says({ type: 'prepared' });
    ports[0]!.says({ type: 'settled', inputs: [], untilMs: 5 });
    ports[2]!.says({ type: 'prepared' });
    ports[0]!.says({ type: 'settled', inputs: [log[0]!], untilMs: 9 });
    expect(ports[2]!.heard).toEqual([{ type: 'prepare', source, seed: 1 }, { type: 'follow', inputs: [], untilMs: 5 }, { type: 'follow', inputs: [log[0]], untilMs: 9 }]);
    relay.send({ type: 'undo' });
    ports[0]!.says({ type: 'handed-over', kept: { inputs: [log[0]!], untilMs: 9, speed: 1 } });
    expect(ports[2]!.words.at(-1)).toBe('take-over');
    expect(ports[1]!.words).toEqual(['prepare']);
    // The one that was left follows from now on.
    ports[2]!.says(opened);
    ports[0]!.says({ type: 'prepared' });
    ports[2]!.says({ type: 'settled', inputs: [], untilMs: 5 });
    expect(ports[0]!.heard.at(-1)).toEqual({ type: 'follow', inputs: [], untilMs: 5 });
    expect(ports.length).toBe(3);
  });

  test('one that is ahead of where the page goes is let go', () => {
    const { relay, ports } = page();
    ports[1]!.says({ type: 'prepared' });
    ports[0]!.says({ type: 'settled', inputs: [], untilMs: 50 });
    ports[2]!.says({ type: 'prepared' });
    relay.send({ type: 'rewind', atMs: 20 });
    ports[0]!.says({ type: 'handed-over', kept: { inputs: [], untilMs: 20, speed: 1 } });
    expect(ports[1]!.words).toEqual(['prepare', 'take-over']);
    expect(ports[2]!.ended).toBe(true);
  });

  test('with nothing to take back everything stays as it is', () => {
    const { relay, ports: [first, second] } = page();
    second!.says({ type: 'prepared' });
    relay.send({ type: 'undo' });
    first!.says({ type: 'handed-over', kept: undefined });
    relay.send({ type: 'speed', speed: 10 });
    expect(first!.words).toEqual(['open', 'hand-over', 'speed']);
  });

  test('another world has no use for those of the last one', () => {
    const { relay, ports, due } = page();
    const [first, second] = ports;
    second!.says({ type: 'prepared' });
    relay.send({ type: 'open', source: { kind: 'empty', nodes: 1 }, seed: 1 });
    first!.says({ ...opened, source: { kind: 'empty', nodes: 1 } });
    expect(second!.ended).toBe(true);
    relay.send({ type: 'reset' });
    expect(first!.words.at(-1)).toBe('reset');
    for (const act of due.splice(0)) act();
    expect(ports[2]!.heard).toEqual([{ type: 'prepare', source: { kind: 'empty', nodes: 1 }, seed: 1 }]);
  });

  test('one that cannot be staged is not missed', () => {
    const { relay, ports: [first, second], told } = page();
    second!.onerror?.({ message: 'out of memory' });
    relay.send({ type: 'reset' });
    expect([first!.words.at(-1), told]).toEqual(['reset', ['opened']]);
  });
});
