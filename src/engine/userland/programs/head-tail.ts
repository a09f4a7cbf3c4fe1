import type { Task } from '../../kernel/task.ts';
import type { SystemProcess } from '../contract.ts';
import { resolvePath } from '../files/path.ts';
import { parseFlags, type Flags } from './flags.ts';
import { LineInput, isBusybox, openInput } from './program-input.ts';

const LONG = { 'lines=': 'n', 'bytes=': 'c', quiet: 'q', silent: 'q', verbose: 'v', follow: 'f', 'follow=?': 'f', retry: 'retry', 'sleep-interval=': 's', 'pid=': 'pid' } as const;

const UNITS: Readonly<Record<string, number>> = { '': 1, b: 512, k: 1024, K: 1024, M: 1_048_576, kB: 1000, MB: 1_000_000 };

interface Amount {
  readonly unit: 'lines' | 'bytes';
  readonly sign: '' | '-' | '+';
  readonly count: number;
}

function* amountOf(process: SystemProcess, flags: Flags): Task<Amount | number> {
  const given = flags.order.findLast(entry => entry.flag === 'n' || entry.flag === 'c');
  if (!given) return { unit: 'lines', sign: '', count: 10 };
  const unit = given.flag === 'n' ? 'lines' : 'bytes';
  const match = /^([-+]?)(\d+)([a-zA-Z]*)$/.exec(given.value ?? '');
  const factor = match ? UNITS[match[3]!] : undefined;
  if (!match || factor === undefined) {
    yield* process.write(2, `${process.argv[0]}: invalid number of ${unit}: ‘${given.value}’\n`);
    return 1;
  }
  return { unit, sign: match[1] as '' | '-' | '+', count: Number(match[2]) * factor };
}

function* header(process: SystemProcess, name: string, first: boolean): Task<void> {
  yield* process.write(1, `${first ? '' : '\n'}==> ${name === '-' ? 'standard input' : name} <==\n`);
}

function* complain(process: SystemProcess, name: string, words: string): Task<void> {
  const text = isBusybox(process) ? `${process.argv[0]}: ${name}: ${words}` : words === 'Is a directory' ? `${process.argv[0]}: error reading '${name}': ${words}` : `${process.argv[0]}: cannot open '${name}' for reading: ${words}`;
  yield* process.write(2, `${text}\n`);
}

/** `head`. */
export function* head(process: SystemProcess): Task<number> {
  const flags = yield* parseFlags(process, { short: 'n:c:qv', long: { 'lines=': 'n', 'bytes=': 'c', quiet: 'q', silent: 'q', verbose: 'v' }, number: 'n' });
  if (typeof flags === 'number') return flags;
  const amount = yield* amountOf(process, flags);
  if (typeof amount === 'number') return amount;
  const names = flags.operands.length > 0 ? flags.operands : ['-'];
  const headers = flags.has('v') || (names.length > 1 && !flags.has('q'));
  let code = 0;
  let first = true;
  for (const name of names) {
    const descriptor = openInput(process, name);
    if (typeof descriptor === 'string') { code = 1; yield* complain(process, name, descriptor); continue; }
    if (headers) yield* header(process, name, first);
    first = false;
    if (amount.unit === 'bytes') {
      let left = amount.count;
      const all: string[] = [];
      for (let chunk = yield* descriptor.read(); chunk !== null && (left > 0 || amount.sign === '-'); chunk = left > 0 || amount.sign === '-' ? yield* descriptor.read() : null) {
        if (amount.sign === '-') { all.push(chunk); continue; }
        yield* process.write(1, chunk.slice(0, left));
        left -= chunk.length;
        if (left <= 0) break;
      }
      if (amount.sign === '-') yield* process.write(1, all.join('').slice(0, -amount.count || undefined));
      continue;
    }
    const input = new LineInput(descriptor);
    if (amount.sign === '-') {
      const lines = yield* input.all();
      const kept = lines.slice(0, Math.max(0, lines.length - amount.count));
      if (kept.length > 0) yield* process.write(1, `${kept.join('\n')}\n`);
      continue;
    }
    let left = amount.count;
    while (left > 0) {
      const batch = yield* input.next();
      if (!batch) break;
      const kept = batch.slice(0, left);
      const unfinished = !input.endedWithNewline && kept.length === batch.length;
      yield* process.write(1, kept.join('\n') + (unfinished ? '' : '\n'));
      left -= kept.length;
    }
  }
  return code;
}

const POLL_MS = 1000;

/** `tail`, also `-f`: it looks at the file once a second, as `tail` does where nothing tells it of changes. */
export function* tail(process: SystemProcess): Task<number> {
  if (/^\+\d+$/.test(process.argv[1] ?? '')) process.argv = [process.argv[0]!, '-n', process.argv[1]!, ...process.argv.slice(2)];
  const flags = yield* parseFlags(process, { short: 'n:c:qvfFs:', long: LONG, number: 'n' });
  if (typeof flags === 'number') return flags;
  const amount = yield* amountOf(process, flags);
  if (typeof amount === 'number') return amount;
  const names = flags.operands.length > 0 ? flags.operands : ['-'];
  const headers = flags.has('v') || (names.length > 1 && !flags.has('q'));
  const follow = flags.has('f') || flags.has('F');
  let code = 0;
  let first = true;
  const followed: { name: string; path: string; seen: number }[] = [];
  for (const name of names) {
    const descriptor = openInput(process, name);
    if (typeof descriptor === 'string') {
      code = 1;
      yield* complain(process, name, descriptor);
      if (flags.has('F') && descriptor === 'No such file or directory') followed.push({ name, path: resolvePath(process.cwd, name), seen: 0 });
      continue;
    }
    if (headers) yield* header(process, name, first);
    first = false;
    if (name !== '-') {
      const path = resolvePath(process.cwd, name);
      const content = process.system.files.read(path);
      followed.push({ name, path, seen: content.length });
      yield* process.write(1, lastOf(content, amount));
      continue;
    }
    if (amount.sign === '+' && amount.unit === 'lines') {
      const input = new LineInput(descriptor);
      let skip = Math.max(0, amount.count - 1);
      for (let batch = yield* input.next(); batch; batch = yield* input.next()) {
        const kept = batch.slice(skip);
        skip = Math.max(0, skip - batch.length);
        if (kept.length > 0) yield* process.write(1, kept.join('\n') + (input.endedWithNewline ? '\n' : ''));
      }
      continue;
    }
    yield* process.write(1, lastOf(yield* process.readAll(0), amount));
  }
  if (!follow || followed.length === 0) return code;
  let shown = followed.at(-1)!.name;
  for (;;) {
    yield* process.sleep(POLL_MS);
    for (const file of followed) {
      if (!process.system.files.stat(file.path)) { file.seen = 0; continue; }
      const content = process.system.files.read(file.path);
      if (content.length < file.seen) {
        yield* process.write(2, `tail: ${file.name}: file truncated\n`);
        file.seen = 0;
      }
      if (content.length === file.seen) continue;
      if (headers && shown !== file.name) yield* header(process, file.name, false);
      shown = file.name;
      yield* process.write(1, content.slice(file.seen));
      file.seen = content.length;
    }
  }
}

function lastOf(content: string, amount: Amount): string {
  if (amount.unit === 'bytes') return amount.sign === '+' ? content.slice(Math.max(0, amount.count - 1)) : amount.count === 0 ? '' : content.slice(-amount.count);
  const lines = content.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  if (amount.sign === '+') return lines.slice(Math.max(0, amount.count - 1)).join('');
  return amount.count === 0 ? '' : lines.slice(-amount.count).join('');
}
