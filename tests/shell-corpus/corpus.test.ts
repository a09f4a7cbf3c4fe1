import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { Kernel } from '../../src/engine/kernel/kernel.ts';
import { sinkDescriptor } from '../../src/engine/kernel/pipe.ts';
import { textDescriptor } from '../../src/engine/userland/index.ts';
import { LAPTOP_CREDENTIALS, createLaptop } from '../../src/terminal/laptop.ts';

const folder = dirname(fileURLToPath(import.meta.url));
const read = <T>(name: string): T => JSON.parse(readFileSync(join(folder, name), 'utf8')) as T;
const files = read<Record<string, string>>('files.json');
/** Lines that differ on purpose, each with its reason. */
const exceptions = read<{ line: string; reason: string }[]>('exceptions.json');

interface Entry {
  readonly line: string;
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/** The line in Drydock's bash, in a folder with the corpus's files. */
function run(line: string): Omit<Entry, 'line'> {
  const kernel = new Kernel({ seed: 1 });
  const { system, files: disk } = createLaptop({ kernel, home: '/work' });
  for (const [path, content] of Object.entries(files)) {
    const directory = `/work/${path}`.replace(/\/[^/]*$/, '');
    disk.makeDirectory(directory, { recursive: true });
    disk.write(`/work/${path}`, content);
    for (const owned of [directory, `/work/${path}`]) disk.chown(owned, LAPTOP_CREDENTIALS.uid, LAPTOP_CREDENTIALS.gid);
  }
  disk.remove('/work/.bashrc');
  disk.remove('/work/.kube', { recursive: true });
  let stdout = '';
  let stderr = '';
  const process = system.processes.spawn({
    program: system.program('bash')!, argv: ['bash', '-c', line], cwd: '/work', ...LAPTOP_CREDENTIALS,
    env: new Map([['PATH', '/usr/bin:/bin'], ['HOME', '/work'], ['LC_ALL', 'C.UTF-8'], ['USER', 'you']]),
    descriptors: new Map([[0, textDescriptor('')], [1, sinkDescriptor(text => { stdout += text; })], [2, sinkDescriptor(text => { stderr += text; })]]),
  });
  kernel.run({ untilMs: kernel.nowMs + 60_000 });
  return { stdout, stderr, exitCode: process.exitCode ?? -1 };
}

/** Real pids and our own differ; nothing else may. */
const comparable = (text: string): string => text.replace(/\b(?:line \d+): +\d+ (Killed|Terminated)/g, '$1');

describe.each(readdirSync(folder).filter(name => name.startsWith('lines-')))('%s agrees with bash and GNU tools', name => {
  const entries = read<Entry[]>(name).filter(entry => !exceptions.some(exception => exception.line === entry.line));
  test.each(entries)('$line', ({ line, ...expected }) => {
    const actual = run(line);
    expect({ ...actual, stderr: comparable(actual.stderr) }).toEqual({ ...expected, stderr: comparable(expected.stderr) });
  });
});

test('every exception still differs and says why', () => {
  const all = readdirSync(folder).filter(name => name.startsWith('lines-')).flatMap(name => read<Entry[]>(name));
  for (const { line, reason } of exceptions) {
    const entry = all.find(candidate => candidate.line === line);
    expect(entry, `${line} is in the corpus`).toBeDefined();
    expect(reason.length).toBeGreaterThan(10);
    expect({ line, ...run(line) }, line).not.toEqual(entry);
  }
});
