import type { Task } from '../../kernel/task.ts';
import type { SystemProcess } from '../contract.ts';
import { joinPath, resolvePath } from '../files/path.ts';
import { parseFlags, type Flags } from './flags.ts';
import { LineInput, openInput, readWhole } from './program-input.ts';
import { posixRegex, RegexError } from './posix-regex.ts';
import { escapeRegExp, matches } from '../shell/glob.ts';

const USAGE = "Usage: grep [OPTION]... PATTERNS [FILE]...\nTry 'grep --help' for more information.";

interface Settings {
  readonly match: RegExp;
  readonly invert: boolean;
  readonly count: boolean;
  readonly onlyMatching: boolean;
  readonly names: boolean;
  readonly listFiles: boolean;
  readonly listWithout: boolean;
  readonly lineNumbers: boolean;
  readonly quiet: boolean;
  readonly limit: number;
  readonly before: number;
  readonly after: number;
  readonly color: boolean;
}

/** `grep`, `egrep`, `fgrep`: lines that match. */
export function* grep(process: SystemProcess): Task<number> {
  const flags = yield* parseFlags(process, {
    short: 'EFGPivwxconlLqsHhrRabe:f:m:A:B:C:zUIT', number: 'C', failure: 2, usage: USAGE,
    long: {
      'extended-regexp': 'E', 'fixed-strings': 'F', 'basic-regexp': 'G', 'perl-regexp': 'P', 'ignore-case': 'i', 'no-ignore-case': 'noi',
      'invert-match': 'v', 'word-regexp': 'w', 'line-regexp': 'x', count: 'c', 'only-matching': 'o', 'line-number': 'n', 'files-with-matches': 'l',
      'files-without-match': 'L', quiet: 'q', silent: 'q', 'no-messages': 's', 'with-filename': 'H', 'no-filename': 'h', recursive: 'r',
      'dereference-recursive': 'R', text: 'a', 'byte-offset': 'b', 'regexp=': 'e', 'file=': 'f', 'max-count=': 'm', 'after-context=': 'A', 'before-context=': 'B',
      'context=': 'C', 'color=?': 'color', 'colour=?': 'color', 'include=': 'include', 'exclude=': 'exclude', 'exclude-dir=': 'exclude-dir',
      'line-buffered': 'line-buffered', 'null-data': 'z', version: 'V', help: 'help',
    },
  });
  if (typeof flags === 'number') return flags;
  if (flags.has('V')) { yield* process.write(1, 'grep (GNU grep) 3.8\n'); return 0; }
  if (flags.has('help')) { yield* process.write(1, `${USAGE.split('\n')[0]}\nSearch for PATTERNS in each FILE.\n`); return 0; }
  const patterns = yield* patternsOf(process, flags);
  if (patterns === undefined) {
    yield* process.write(2, `${USAGE}\n`);
    return 2;
  }
  if (typeof patterns === 'string') {
    yield* process.write(2, `${process.argv[0]}: ${patterns}\n`);
    return 2;
  }
  let match: RegExp;
  try {
    match = compile(process, flags, patterns);
  } catch (thrown) {
    if (!(thrown instanceof RegexError)) throw thrown;
    yield* process.write(2, `${process.argv[0]}: ${thrown.message}\n`);
    return 2;
  }
  const recursive = flags.has('r') || flags.has('R');
  const operands = flags.operands.length > 0 ? flags.operands : recursive ? ['.'] : ['-'];
  const number = (flag: string): number => Number(flags.value(flag) ?? flags.value('C') ?? 0);
  for (const flag of ['A', 'B', 'C']) {
    const value = flags.value(flag);
    if (value !== undefined && !/^\d+$/.test(value)) { yield* process.write(2, `${process.argv[0]}: ${value}: invalid context length argument\n`); return 2; }
  }
  const when = flags.has('color') ? flags.value('color') ?? 'auto' : 'never';
  const settings: Settings = {
    match, invert: flags.has('v'), count: flags.has('c'), onlyMatching: flags.has('o'),
    names: flags.has('H') || (!flags.has('h') && (operands.length > 1 || recursive)),
    listFiles: flags.has('l'), listWithout: flags.has('L'), lineNumbers: flags.has('n'), quiet: flags.has('q'),
    limit: Number(flags.value('m') ?? Number.POSITIVE_INFINITY), before: number('B'), after: number('A'),
    color: when === 'always' || (when === 'auto' && process.descriptors.get(1)?.terminal !== undefined),
  };
  let found = false;
  let failed = false;
  const files = recursive ? operands.flatMap(name => (name === '-' ? [name] : walk(process, name, flags))) : operands;
  for (const name of files) {
    const stat = name === '-' ? undefined : process.system.files.stat(resolvePath(process.cwd, name));
    if (stat?.type === 'directory') {
      if (!flags.has('s')) yield* process.write(2, `${process.argv[0]}: ${name}: Is a directory\n`);
      failed = true;
      continue;
    }
    const descriptor = openInput(process, name);
    if (typeof descriptor === 'string') {
      failed = true;
      if (!flags.has('s')) yield* process.write(2, `${process.argv[0]}: ${name}: ${descriptor}\n`);
      continue;
    }
    const here = yield* search(process, name === '-' ? '(standard input)' : name, new LineInput(descriptor), settings);
    found ||= here;
    if (found && settings.quiet) return 0;
  }
  return failed ? 2 : found ? 0 : 1;
}

function* patternsOf(process: SystemProcess, flags: Flags): Task<string[] | string | undefined> {
  const patterns = flags.values('e').flatMap(text => text.split('\n'));
  for (const name of flags.values('f')) {
    const read = yield* readWhole(process, name);
    if (typeof read === 'string') return `${name}: ${read}`;
    patterns.push(...read.text.replace(/\n$/, '').split('\n'));
  }
  if (flags.has('e') || flags.has('f')) return patterns;
  const first = flags.operands.shift();
  return first?.split('\n');
}

function compile(process: SystemProcess, flags: Flags, patterns: readonly string[]): RegExp {
  const kind = flags.order.findLast(entry => 'EFGP'.includes(entry.flag) && entry.flag.length === 1)?.flag;
  const extended = kind ? kind === 'E' : process.argv[0]!.endsWith('egrep');
  const fixed = kind ? kind === 'F' : process.argv[0]!.endsWith('fgrep');
  const sources = patterns.map(pattern => (fixed ? escapeRegExp(pattern) : kind === 'P' ? pattern : posixRegex(pattern, extended)));
  let source = sources.map(part => (sources.length > 1 ? `(?:${part})` : part)).join('|');
  if (flags.has('x')) source = `^(?:${source})$`;
  else if (flags.has('w')) source = `(?<!\\w)(?:${source})(?!\\w)`;
  try {
    return new RegExp(source, flags.has('i') ? 'gi' : 'g');
  } catch {
    throw new RegexError('Invalid regular expression');
  }
}

function walk(process: SystemProcess, name: string, flags: Flags): string[] {
  const { files } = process.system;
  const stat = files.stat(resolvePath(process.cwd, name));
  if (stat?.type !== 'directory') return [name];
  const found: string[] = [];
  for (const entry of files.list(resolvePath(process.cwd, name))) {
    const path = joinPath(name, entry);
    const shown = flags.operands.length === 0 && name === '.' ? entry : path;
    const inner = files.stat(resolvePath(process.cwd, path), { followLinks: flags.has('R') });
    if (inner?.type === 'directory') {
      if (!flags.values('exclude-dir').some(pattern => matches(pattern, entry))) found.push(...walk(process, shown, flags));
      continue;
    }
    if (inner?.type !== 'file') continue;
    const included = flags.values('include');
    if (included.length > 0 && !included.some(pattern => matches(pattern, entry))) continue;
    if (flags.values('exclude').some(pattern => matches(pattern, entry))) continue;
    found.push(shown);
  }
  return found;
}

function* search(process: SystemProcess, name: string, input: LineInput, settings: Settings): Task<boolean> {
  const { match } = settings;
  const label = settings.names ? (settings.color ? `\x1b[35m${name}\x1b[m\x1b[36m:\x1b[m` : `${name}:`) : '';
  const contextLabel = settings.names ? `${name}-` : '';
  let number = 0;
  let count = 0;
  let owedAfter = 0;
  let lastPrinted = 0;
  let held: string[] = [];
  const withContext = settings.before > 0 || settings.after > 0;
  for (let batch = yield* input.next(); batch; batch = yield* input.next()) {
    const output: string[] = [];
    for (const line of batch) {
      number += 1;
      match.lastIndex = 0;
      const hit = match.test(line) !== settings.invert;
      if (!hit) {
        if (owedAfter > 0) {
          output.push(`${contextLabel}${settings.lineNumbers ? `${number}-` : ''}${line}`);
          lastPrinted = number;
          owedAfter -= 1;
        } else if (settings.before > 0) {
          held.push(line);
          if (held.length > settings.before) held.shift();
        }
        continue;
      }
      count += 1;
      if (settings.quiet) return true;
      if (settings.listFiles || settings.listWithout) break;
      if (!settings.count) {
        if (withContext && lastPrinted > 0 && number - held.length > lastPrinted + 1) output.push('--');
        held.forEach((before, index) => output.push(`${contextLabel}${settings.lineNumbers ? `${number - held.length + index}-` : ''}${before}`));
        held = [];
        const place = settings.lineNumbers ? (settings.color ? `\x1b[32m${number}\x1b[m\x1b[36m:\x1b[m` : `${number}:`) : '';
        if (settings.onlyMatching) {
          if (!settings.invert) for (const piece of line.match(match) ?? []) if (piece !== '') output.push(`${label}${place}${settings.color ? `\x1b[01;31m${piece}\x1b[m` : piece}`);
        } else output.push(`${label}${place}${settings.color && !settings.invert ? line.replace(match, piece => (piece === '' ? '' : `\x1b[01;31m\x1b[K${piece}\x1b[m\x1b[K`)) : line}`);
        lastPrinted = number;
        owedAfter = settings.after;
      }
      if (count >= settings.limit) break;
    }
    if (output.length > 0) yield* process.write(1, `${output.join('\n')}\n`);
    if (count >= settings.limit || ((settings.listFiles || settings.listWithout) && count > 0)) break;
  }
  if (settings.count && !settings.quiet) yield* process.write(1, `${label}${count}\n`);
  if (settings.listFiles && count > 0) yield* process.write(1, `${name}\n`);
  if (settings.listWithout && count === 0) yield* process.write(1, `${name}\n`);
  return settings.listWithout ? count === 0 : count > 0;
}
