import { describe, expect, test } from 'vitest';
import { Kernel } from './kernel.ts';
import { Pipe, sinkDescriptor } from './pipe.ts';
import { ProcessTable, type Program } from './process.ts';
import type { SignalName } from './signal.ts';

const setUp = (protectsInit = false) => {
  const kernel = new Kernel({ seed: 1, startMs: 0 });
  const table = new ProcessTable<object>(kernel, {}, 'test', protectsInit);
  let output = '';
  const out = sinkDescriptor(text => { output += text; });
  const spawn = (program: Program, descriptors: ReadonlyMap<number, typeof out> = new Map([[1, out]])) => table.spawn({ program, argv: ['prog'], descriptors });
  return { kernel, table, spawn, out, output: () => output };
};

const sleeper: Program = function* sleeper(process) {
  yield* process.sleep(1000);
  return 7;
};

describe('a process', () => {
  test('sleeps in virtual time and ends with its code', () => {
    const { kernel, spawn } = setUp();
    const process = spawn(sleeper);
    kernel.run({ untilMs: 999 });
    expect(process.state).toBe('running');
    kernel.run({ untilMs: 1000 });
    expect([process.state, process.exitCode]).toEqual(['exited', 7]);
  });

  test.each<[SignalName, number]>([['SIGTERM', 143], ['SIGINT', 130], ['SIGKILL', 137], ['SIGHUP', 129]])('%s ends it with %i and runs its finally blocks', (signal, code) => {
    const { spawn, output } = setUp();
    const process = spawn(function* careful(self) {
      try {
        yield* self.sleep(1000);
      } finally {
        yield* self.write(1, 'cleaned up');
      }
      return 0;
    });
    process.signal(signal);
    expect([process.exitCode, output()]).toEqual([code, 'cleaned up']);
  });

  test('PID 1 of a container is spared signals it does not handle, except SIGKILL', () => {
    const { spawn } = setUp(true);
    const init = spawn(sleeper);
    init.signal('SIGTERM');
    expect(init.state).toBe('running');
    init.signal('SIGKILL');
    expect(init.exitCode).toBe(137);
  });

  test('when PID 1 of a container ends, so does everything in it', () => {
    const { kernel, spawn } = setUp(true);
    const init = spawn(sleeper);
    const other = spawn(function* other(self) { yield* self.sleep(99_999); return 0; });
    kernel.run({ untilMs: 2000 });
    expect([init.exitCode, other.exitCode]).toEqual([7, 137]);
  });

  test('stopped it does nothing, continued it catches up', () => {
    const { kernel, spawn } = setUp();
    const process = spawn(sleeper);
    process.signal('SIGSTOP');
    kernel.run({ untilMs: 5000 });
    expect(process.state).toBe('stopped');
    process.signal('SIGCONT');
    expect(process.exitCode).toBe(7);
  });

  test('a handler catches, ignore ignores', () => {
    const { spawn } = setUp();
    let caught = 0;
    const process = spawn(function* handler(self) {
      self.onSignal('SIGTERM', () => { caught += 1; });
      self.onSignal('SIGINT', 'ignore');
      yield* self.sleep(1000);
      return 0;
    });
    process.signal('SIGTERM');
    process.signal('SIGINT');
    expect([caught, process.state]).toEqual([1, 'running']);
  });
});

describe('a pipe', () => {
  test('carries text, ends when the last writer closes, and waits in between', () => {
    const { kernel, table, out, output } = setUp();
    const pipe = new Pipe();
    pipe.readEnd.retain(); // as a shell holds both ends until both sides are started
    table.spawn({ argv: ['w'], descriptors: new Map([[1, pipe.writeEnd]]), program: function* writer(self) {
      for (const word of ['a', 'b', 'c']) {
        yield* self.write(1, word);
        yield* self.sleep(10);
      }
      return 0;
    } });
    const reader = table.spawn({ argv: ['r'], descriptors: new Map([[0, pipe.readEnd], [1, out]]), program: function* read(self) {
      yield* self.write(1, `[${yield* self.readAll()}]`);
      return 0;
    } });
    kernel.run({ untilMs: 100 });
    expect([output(), reader.exitCode]).toEqual(['[abc]', 0]);
  });

  test('a writer without a reader dies of SIGPIPE', () => {
    const { kernel, table } = setUp();
    const pipe = new Pipe();
    const writer = table.spawn({ argv: ['yes'], descriptors: new Map([[1, pipe.writeEnd]]), program: function* yes(self) {
      for (;;) {
        yield* self.write(1, 'y\n');
        yield* self.sleep(1);
      }
    } });
    const reader = table.spawn({ argv: ['head'], descriptors: new Map([[0, pipe.readEnd]]), program: function* head(self) { yield* self.read(); return 0; } });
    kernel.run({ untilMs: 100 });
    expect([reader.exitCode, writer.exitCode]).toEqual([0, 141]);
  });

  test('a full one makes its writer wait', () => {
    const { kernel, table } = setUp();
    const pipe = new Pipe();
    pipe.readEnd.retain();
    let written = 0;
    table.spawn({ argv: ['w'], descriptors: new Map([[1, pipe.writeEnd]]), program: function* writer(self) {
      for (;;) {
        yield* self.write(1, 'x'.repeat(10_000));
        written += 1;
      }
    } });
    kernel.run({ untilMs: 100 });
    expect(written).toBe(7);
  });
});
