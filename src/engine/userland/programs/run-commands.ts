import type { Task } from '../../kernel/task.ts';
import { SIGNAL_NUMBERS, type SignalName } from '../../kernel/signal.ts';
import type { SystemProcess, SystemProgram } from '../contract.ts';
import { spawnCommand } from '../executable.ts';
import { textDescriptor } from '../files/open-file.ts';
import { formatDate } from './date-format.ts';
import { parseFlags } from './flags.ts';
import { durationMs } from './small-programs.ts';
import { Pipe } from '../../kernel/pipe.ts';

/** `xargs`. */
export function* xargs(process: SystemProcess): Task<number> {
  const flags = yield* parseFlags(process, { short: 'n:I:i::r0d:L:l::P:ts:xpE:', stopAtOperand: true, long: { 'max-args=': 'n', 'replace=?': 'i', 'no-run-if-empty': 'r', null: '0', 'delimiter=': 'd', 'max-lines=?': 'L', 'max-procs=': 'P', verbose: 't' } });
  if (typeof flags === 'number') return flags;
  for (const letter of ['n', 'L', 'P']) {
    const value = flags.value(letter);
    if (value !== undefined && !/^\d+$/.test(value)) { yield* process.write(2, `xargs: invalid number "${value}" for -${letter} option\n`); return 1; }
  }
  const text = yield* process.readAll(0);
  const replace = flags.has('I') ? flags.value('I')! : flags.has('i') ? flags.value('i') ?? '{}' : undefined;
  const delimiter = flags.has('0') ? '\0' : flags.value('d')?.replace('\\n', '\n').replace('\\t', '\t').replace('\\0', '\0');
  let items: string[];
  if (delimiter !== undefined) items = text.split(delimiter).filter((item, index, all) => item !== '' || index < all.length - 1);
  else if (replace !== undefined) items = text.split('\n').map(line => line.trimStart()).filter(line => line !== '').map(unquoted);
  else {
    const words = splitWords(text);
    if (words === undefined) { yield* process.write(2, 'xargs: unmatched single quote; by default quotes are special to xargs unless you use the -0 option\n'); return 1; }
    items = words;
  }
  const command = flags.operands.length > 0 ? flags.operands : ['echo'];
  let batches: string[][];
  if (replace !== undefined) batches = items.map(item => command.map(part => part.replaceAll(replace, item)));
  else {
    const lines = flags.value('L');
    const size = Number(flags.value('n') ?? Number.POSITIVE_INFINITY);
    const groups: string[][] = [];
    if (lines !== undefined) {
      const all = text.split('\n').filter(line => line.trim() !== '');
      for (let i = 0; i < all.length; i += Number(lines)) groups.push(splitWords(all.slice(i, i + Number(lines)).join('\n')) ?? []);
    } else if (size === Number.POSITIVE_INFINITY) groups.push(items);
    else for (let i = 0; i < items.length; i += size) groups.push(items.slice(i, i + size));
    if (items.length === 0) batches = flags.has('r') ? [] : [command];
    else batches = groups.map(group => [...command, ...group]);
  }
  let code = 0;
  const descriptors = new Map(process.descriptors);
  descriptors.set(0, textDescriptor(''));
  const parallel = Math.max(1, Number(flags.value('P') ?? 1) || batches.length);
  const running: SystemProcess[] = [];
  const collect = function* (child: SystemProcess): Task<number | undefined> {
    yield* process.wait(child);
    if (child.endedBy) { yield* process.write(2, `xargs: ${child.argv[0]}: terminated by signal ${SIGNAL_NUMBERS[child.endedBy]}\n`); return 125; }
    if (child.exitCode === 255) { yield* process.write(2, `xargs: ${child.argv[0]}: exited with status 255; aborting\n`); return 124; }
    if (child.exitCode !== 0) code = 123;
    return undefined;
  };
  for (const batch of batches) {
    if (flags.has('t')) yield* process.write(2, `${batch.join(' ')}\n`);
    const child = spawnCommand(process, batch, { descriptors });
    if ('refused' in child) { yield* process.write(2, `xargs: ${batch[0]}: ${child.code === 126 ? 'Permission denied' : 'No such file or directory'}\n`); return child.code; }
    running.push(child);
    if (running.length < parallel) continue;
    const abort = yield* collect(running.shift()!);
    if (abort !== undefined) return abort;
  }
  for (const child of running) {
    const abort = yield* collect(child);
    if (abort !== undefined) return abort;
  }
  return code;
}

function unquoted(text: string): string {
  return text.replace(/'([^']*)'|"([^"]*)"|\\(.)/g, (_, single?: string, double?: string, escaped?: string) => single ?? double ?? escaped ?? '');
}

function splitWords(text: string): string[] | undefined {
  const words = text.match(/(?:[^\s'"\\]|\\[\s\S]|'[^'\n]*'|"[^"\n]*")+/g) ?? [];
  if (text.replace(/\\[\s\S]|'[^'\n]*'|"[^"\n]*"/g, '').match(/['"]/)) return undefined;
  return words.map(unquoted);
}

/** `env`, also to run a command with a changed environment. */
export function* env(process: SystemProcess): Task<number> {
  const flags = yield* parseFlags(process, { short: 'iu:0C:', stopAtOperand: true, failure: 125, long: { 'ignore-environment': 'i', 'unset=': 'u', null: '0', 'chdir=': 'C' } });
  if (typeof flags === 'number') return flags;
  const environment = new Map(flags.has('i') ? [] : process.env);
  for (const name of flags.values('u')) environment.delete(name);
  const words = [...flags.operands];
  while (/^[^=]+=/.test(words[0] ?? '')) {
    const word = words.shift()!;
    environment.set(word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1));
  }
  if (words.length === 0) {
    yield* process.write(1, [...environment].map(([name, value]) => `${name}=${value}${flags.has('0') ? '\0' : '\n'}`).join(''));
    return 0;
  }
  return yield* runAndWait(process, words, environment);
}

function* runAndWait(process: SystemProcess, argv: readonly string[], environment?: ReadonlyMap<string, string>): Task<number> {
  const child = spawnCommand(process, argv, environment ? { env: environment } : {});
  if ('refused' in child) { yield* process.write(2, `${process.argv[0]}: ${child.refused}\n`); return child.code; }
  yield* process.wait(child);
  return child.exitCode!;
}

export function* nohup(process: SystemProcess): Task<number> {
  const words = process.argv.slice(1);
  if (words.length === 0) { yield* process.write(2, "nohup: missing operand\nTry 'nohup --help' for more information.\n"); return 125; }
  process.onSignal('SIGHUP', 'ignore');
  return yield* runAndWait(process, words);
}

export function* timeCommand(process: SystemProcess): Task<number> {
  const startMs = process.kernel.nowMs;
  const code = yield* runAndWait(process, process.argv.slice(1).filter((word, index) => !(index === 0 && word === '-p')));
  yield* process.write(2, `real ${((process.kernel.nowMs - startMs) / 1000).toFixed(2)}\nuser 0.00\nsys 0.00\n`);
  return code;
}

/** `timeout`. */
export function* timeout(process: SystemProcess): Task<number> {
  const flags = yield* parseFlags(process, { short: 's:k:v', stopAtOperand: true, failure: 125, long: { 'signal=': 's', 'kill-after=': 'k', 'preserve-status': 'preserve', foreground: 'foreground' } });
  if (typeof flags === 'number') return flags;
  const [duration, ...argv] = flags.operands;
  if (duration === undefined || argv.length === 0) { yield* process.write(2, "timeout: missing operand\nTry 'timeout --help' for more information.\n"); return 125; }
  const limitMs = durationMs(duration);
  if (limitMs === undefined) { yield* process.write(2, `timeout: invalid time interval ‘${duration}’\nTry 'timeout --help' for more information.\n`); return 125; }
  const wanted = (flags.value('s') ?? 'TERM').toUpperCase().replace(/^SIG/, '');
  const signal = (Object.keys(SIGNAL_NUMBERS).find(name => name === `SIG${wanted}` || String(SIGNAL_NUMBERS[name as SignalName]) === wanted) ?? 'SIGTERM') as SignalName;
  const child = spawnCommand(process, argv);
  if ('refused' in child) { yield* process.write(2, `timeout: failed to run command ${child.refused}\n`); return child.code; }
  let expired = false;
  const { kernel } = process;
  const expire = limitMs === 0 ? undefined : kernel.after(limitMs, 'process/timeout', process.label, () => { expired = true; child.signal(signal); });
  const killMs = flags.has('k') ? durationMs(flags.value('k')!) : undefined;
  const kill = killMs === undefined ? undefined : kernel.after(limitMs + killMs, 'process/timeout-kill', process.label, () => child.signal('SIGKILL'));
  yield* process.wait(child);
  kernel.cancel(expire);
  kernel.cancel(kill);
  if (!expired) return child.exitCode!;
  return flags.has('preserve') || child.endedBy === 'SIGKILL' ? child.exitCode! : 124;
}

/** `watch`: the screen again and again, until Ctrl-C. */
export function* watch(process: SystemProcess): Task<number> {
  const flags = yield* parseFlags(process, {
    short: 'n:dtbegcxp', stopAtOperand: true, usage: '\nUsage:\n watch [options] command\n',
    long: { 'interval=': 'n', 'differences=?': 'd', 'no-title': 't', errexit: 'e', chgexit: 'g', color: 'c', exec: 'x', beep: 'b', precise: 'p' },
  });
  if (typeof flags === 'number') return flags;
  if (flags.operands.length === 0) { yield* process.write(2, '\nUsage:\n watch [options] command\n'); return 1; }
  const seconds = Number((flags.value('n') ?? '2').replace(',', '.'));
  if (!Number.isFinite(seconds)) { yield* process.write(2, `watch: failed to parse argument: '${flags.value('n')}'\n`); return 1; }
  const intervalMs = Math.max(100, seconds * 1000);
  const command = flags.operands.join(' ');
  let before: string[] | undefined;
  for (;;) {
    const startMs = process.kernel.nowMs;
    const { text, code } = yield* capture(process, flags.has('x') ? flags.operands : ['sh', '-c', command]);
    const terminal = process.descriptors.get(1)?.terminal;
    const columns = terminal?.columns ?? 80;
    const rows = terminal?.rows ?? 24;
    const lines = text.replace(/\n$/, '').split('\n').slice(0, Math.max(1, rows - (flags.has('t') ? 0 : 2) - 1)).map(line => (terminal ? line.slice(0, columns) : line));
    const left = `Every ${seconds.toFixed(1)}s: ${command}`;
    const right = `${process.system.hostname}: ${formatDate('%a %b %e %H:%M:%S %Y', process.kernel.nowMs)}`;
    const room = columns - right.length - 1;
    const title = flags.has('t') ? '' : `${(left.length > room ? `${left.slice(0, Math.max(0, room - 3))}...` : left).padEnd(Math.max(0, columns - right.length))}${right}\n\n`;
    const shown = flags.has('d') && before ? lines.map((line, row) => marked(line, before![row] ?? '')) : lines;
    yield* process.write(1, `${terminal ? '\x1b[H\x1b[2J' : ''}${title}${shown.join('\n')}\n`);
    if (flags.has('e') && code !== 0) return code;
    if (flags.has('g') && before && before.join('\n') !== lines.join('\n')) return 0;
    before = lines;
    yield* process.sleep(flags.has('p') ? Math.max(0, intervalMs - (process.kernel.nowMs - startMs)) : intervalMs);
  }
}

/** Characters that changed in reverse video. */
function marked(line: string, before: string): string {
  let text = '';
  let on = false;
  for (let i = 0; i < line.length; i += 1) {
    const changed = line[i] !== before[i];
    if (changed !== on) { text += changed ? '\x1b[7m' : '\x1b[27m'; on = changed; }
    text += line[i];
  }
  return on ? `${text}\x1b[27m` : text;
}

function* capture(process: SystemProcess, argv: readonly string[]): Task<{ text: string; code: number }> {
  const pipe = new Pipe();
  pipe.readEnd.retain();
  const descriptors = new Map(process.descriptors);
  descriptors.set(1, pipe.writeEnd);
  descriptors.set(2, pipe.writeEnd);
  const child = spawnCommand(process, argv, { descriptors });
  if ('refused' in child) { pipe.readEnd.release(); return { text: `sh: 1: ${child.refused}`, code: child.code }; }
  const chunks: string[] = [];
  try {
    for (let chunk = yield* pipe.readEnd.read(); chunk !== null; chunk = yield* pipe.readEnd.read()) chunks.push(chunk);
    yield* process.wait(child);
  } finally {
    pipe.readEnd.release();
  }
  return { text: chunks.join(''), code: child.exitCode! };
}

export const runPrograms: [string, SystemProgram][] = [
  ['xargs', xargs], ['env', env], ['nohup', nohup], ['time', timeCommand], ['timeout', timeout], ['watch', watch],
];
