import { describe, expect, test } from 'vitest';
import { Kernel } from '../../kernel/kernel.ts';
import { sinkDescriptor } from '../../kernel/pipe.ts';
import { ProcessTable } from '../../kernel/process.ts';
import type { System } from '../contract.ts';
import { createFileSystem, installPrograms, standardPrograms, textDescriptor } from '../index.ts';

/** A container from a busybox image, whose first process is `sh -c line`. */
function container(line: string) {
  const kernel = new Kernel({ seed: 1 });
  const files = createFileSystem(kernel);
  const programs = standardPrograms();
  installPrograms(files, '/bin', [...programs.keys(), ['busybox', 'sh']]);
  files.makeDirectory('/tmp', { mode: 0o1777 });
  files.write('/etc.txt', 'one\n');
  const system: System & { processes: ProcessTable<System> } = {
    hostname: 'pod', files, network: undefined as never, processes: undefined as never,
    userName: uid => (uid === 0 ? 'root' : String(uid)), program: name => programs.get(name),
  };
  system.processes = new ProcessTable<System>(kernel, system, 'pod', true);
  let stdout = '';
  let stderr = '';
  const first = system.processes.spawn({
    program: system.program('sh')!, argv: ['sh', '-c', line], env: new Map([['PATH', '/bin'], ['HOME', '/root']]),
    descriptors: new Map([[0, textDescriptor('')], [1, sinkDescriptor(text => { stdout += text; })], [2, sinkDescriptor(text => { stderr += text; })]]),
  });
  return { kernel, first, files, output: () => ({ stdout, stderr, code: first.exitCode }), pass: (ms: number) => kernel.run({ untilMs: kernel.nowMs + ms }) };
}

describe('busybox words', () => {
  test.each([
    ['foo', 'sh: foo: not found\n', 127],
    ['cat /nope', "cat: can't open '/nope': No such file or directory\n", 1],
    ['ls /nope', 'ls: /nope: No such file or directory\n', 1],
    ['cd /nope', "sh: cd: can't cd to /nope: No such file or directory\n", 2],
    ['cat < /nope', "sh: can't open /nope: no such file\n", 1],
    ['rm /nope', "rm: can't remove '/nope': No such file or directory\n", 1],
  ])('%s', (line, words, code) => {
    const box = container(line);
    box.pass(1000);
    expect(box.output()).toMatchObject({ stderr: words, code });
  });
});

describe('as the first process of a container', () => {
  test('without a trap it is deaf to SIGTERM, and SIGKILL ends it', () => {
    const box = container('while true; do sleep 1; done');
    box.pass(5000);
    box.first.signal('SIGTERM');
    box.pass(5000);
    expect(box.first.state).toBe('running');
    box.first.signal('SIGKILL');
    expect(box.output().code).toBe(137);
  });

  test('a trap runs when the foreground program is through', () => {
    const box = container('trap "echo bye; exit 0" TERM; while true; do sleep 10; done');
    box.pass(5000);
    box.first.signal('SIGTERM');
    expect(box.output()).toMatchObject({ stdout: '', code: undefined });
    box.pass(6000);
    expect(box.output()).toMatchObject({ stdout: 'bye\n', code: 0 });
  });

  test('a trap ends a wait at once', () => {
    const box = container('trap "echo bye; exit 0" TERM; sleep 1000 & wait');
    box.pass(5000);
    box.first.signal('SIGTERM');
    box.pass(10);
    expect(box.output()).toMatchObject({ stdout: 'bye\n', code: 0 });
  });

  test('the liveness example: a file that appears and goes', () => {
    const box = container('touch /tmp/healthy; sleep 30; rm -f /tmp/healthy; sleep 600');
    box.pass(10_000);
    expect(box.files.stat('/tmp/healthy')?.type).toBe('file');
    box.pass(30_000);
    expect(box.files.stat('/tmp/healthy')).toBeUndefined();
  });

  test('set -e stops at the first failure', () => {
    const box = container('set -e; echo one; false; echo two');
    box.pass(1000);
    expect(box.output()).toEqual({ stdout: 'one\n', stderr: '', code: 1 });
  });

  test('a loop of days leaves nothing behind', () => {
    const box = container('while true; do x=$(date +%s); sleep 60; done');
    box.pass(3 * 86_400_000);
    expect(box.first.children.size).toBeLessThan(3);
  });
});
