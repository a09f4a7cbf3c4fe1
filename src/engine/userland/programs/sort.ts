import type { Task } from '../../kernel/task.ts';
import type { SystemProcess } from '../contract.ts';
import { credentialsOf } from '../files/open-file.ts';
import { resolvePath } from '../files/path.ts';
import { parseFlags } from './flags.ts';
import { LineInput, openInput } from './program-input.ts';

interface Key {
  readonly startField: number;
  readonly startCharacter: number;
  readonly endField: number | undefined;
  readonly endCharacter: number | undefined;
  readonly modes: string;
}

type Compare = (a: string, b: string) => number;

/** `sort`. */
export function* sort(process: SystemProcess): Task<number> {
  const flags = yield* parseFlags(process, {
    short: 'nrk:t:uhVfbdgMo:scCzRi', failure: 2,
    long: {
      'numeric-sort': 'n', reverse: 'r', 'key=': 'k', 'field-separator=': 't', unique: 'u', 'human-numeric-sort': 'h', 'version-sort': 'V', 'ignore-case': 'f',
      'ignore-leading-blanks': 'b', 'general-numeric-sort': 'g', 'month-sort': 'M', 'output=': 'o', stable: 's', check: 'c', 'dictionary-order': 'd', 'random-sort': 'R',
    },
  });
  if (typeof flags === 'number') return flags;
  const separator = flags.value('t');
  if (separator !== undefined && separator.length !== 1 && separator !== '\\0') {
    yield* process.write(2, separator === '' ? 'sort: empty tab\n' : `sort: multi-character tab ‘${separator}’\n`);
    return 2;
  }
  const global = 'nrhVfbdgMR'.split('').filter(letter => flags.has(letter)).join('');
  const keys: Key[] = [];
  for (const text of flags.values('k')) {
    const match = /^(\d+)(?:\.(\d+))?([bdfghMnRrV]*)(?:,(\d+)(?:\.(\d+))?([bdfghMnRrV]*))?$/.exec(text);
    if (!match) {
      yield* process.write(2, `sort: ${/^\d/.test(text) ? 'stray character in field spec' : 'invalid number at field start'}: invalid field specification ‘${text}’\n`);
      return 2;
    }
    if (match[1] === '0') { yield* process.write(2, `sort: field number is zero: invalid field specification ‘${text}’\n`); return 2; }
    const modes = (match[3] ?? '') + (match[6] ?? '');
    keys.push({
      startField: Number(match[1]), startCharacter: Number(match[2] ?? 1), endField: match[4] === undefined ? undefined : Number(match[4]),
      endCharacter: match[5] === undefined || match[5] === '0' ? undefined : Number(match[5]), modes: modes === '' ? global : modes,
    });
  }
  const lines: string[] = [];
  for (const name of flags.operands.length > 0 ? flags.operands : ['-']) {
    const descriptor = openInput(process, name);
    if (typeof descriptor === 'string') {
      yield* process.write(2, `sort: ${descriptor === 'Is a directory' ? 'read failed' : 'cannot read'}: ${name}: ${descriptor}\n`);
      return 2;
    }
    for (const line of yield* new LineInput(descriptor, flags.has('z') ? '\0' : '\n').all()) lines.push(line);
  }
  const byKeys: Compare = keys.length === 0 ? modeCompare(global) : compareKeys(keys, separator);
  const reversed = keys.length === 0 && global.includes('r');
  const compare: Compare = (a, b) => {
    const order = reversed ? -byKeys(a, b) : byKeys(a, b);
    if (order !== 0 || flags.has('s') || flags.has('u')) return order;
    return global.includes('r') ? compareText(b, a) : compareText(a, b);
  };
  if (flags.has('c') || flags.has('C')) {
    const at = lines.findIndex((line, index) => index > 0 && (compare(lines[index - 1]!, line) > 0 || (flags.has('u') && compare(lines[index - 1]!, line) === 0)));
    if (at < 0) return 0;
    if (flags.has('c')) yield* process.write(2, `sort: ${flags.operands[0] ?? '-'}:${at + 1}: disorder: ${lines[at]}\n`);
    return 1;
  }
  if (flags.has('R')) {
    for (let i = lines.length - 1; i > 0; i -= 1) {
      const other = process.kernel.random.below(i + 1);
      [lines[i], lines[other]] = [lines[other]!, lines[i]!];
    }
  } else lines.sort(compare);
  const kept = flags.has('u') ? lines.filter((line, index) => index === 0 || byKeys(lines[index - 1]!, line) !== 0) : lines;
  const text = kept.length > 0 ? `${kept.join('\n')}\n` : '';
  const output = flags.value('o');
  if (output === undefined) yield* process.write(1, text);
  else process.system.files.write(resolvePath(process.cwd, output), text, { as: credentialsOf(process) });
  return 0;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

const SCALE: Readonly<Record<string, number>> = { '': 0, K: 1, k: 1, M: 2, G: 3, T: 4, P: 5, E: 6 };
const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];

function modeCompare(modes: string): Compare {
  if (modes.includes('h')) {
    return (a, b) => {
      const [left, right] = [a, b].map(text => /^\s*(-?\d*\.?\d*)([KkMGTPE]?)/.exec(text)!);
      const [x, y] = [left!, right!].map(match => ({ value: Number(match[1]) || 0, scale: SCALE[match[2]!]! }));
      const rank = (entry: { value: number; scale: number }): number => (entry.value === 0 ? 0 : Math.sign(entry.value) * (entry.scale + 1));
      return rank(x!) - rank(y!) || x!.value - y!.value;
    };
  }
  if (modes.includes('n') || modes.includes('g')) {
    const pattern = modes.includes('g') ? /^\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)/ : /^\s*(-?(?:\d+\.?\d*|\.\d+))/;
    const valueOf = (text: string): number => Number(pattern.exec(text)?.[1] ?? 0);
    return (a, b) => valueOf(a) - valueOf(b);
  }
  if (modes.includes('V')) return compareVersions;
  if (modes.includes('M')) {
    const rank = (text: string): number => MONTHS.indexOf(text.trim().slice(0, 3).toUpperCase());
    return (a, b) => rank(a) - rank(b);
  }
  const fold = modes.includes('f');
  const dictionary = modes.includes('d');
  const blanks = modes.includes('b');
  if (!fold && !dictionary && !blanks) return compareText;
  const prepared = (text: string): string => {
    let result = blanks ? text.trimStart() : text;
    if (dictionary) result = result.replace(/[^A-Za-z0-9\s]/g, '');
    return fold ? result.toUpperCase() : result;
  };
  return (a, b) => compareText(prepared(a), prepared(b));
}

function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map(text => [...(text.match(/\d+|\D+/g) ?? [])]) as [string[], string[]];
  for (let i = 0; i < Math.max(left.length, right.length); i += 1) {
    const [x, y] = [left[i], right[i]];
    if (x === undefined) return -1;
    if (y === undefined) return 1;
    const order = /^\d/.test(x) && /^\d/.test(y) ? Number(x) - Number(y) : compareText(x, y);
    if (order !== 0) return order;
  }
  return 0;
}

function compareKeys(keys: readonly Key[], separator: string | undefined): Compare {
  const compares = keys.map(key => modeCompare(key.modes.replace('r', '')));
  return (a, b) => {
    for (let i = 0; i < keys.length; i += 1) {
      const key = keys[i]!;
      const order = compares[i]!(keyText(a, key, separator), keyText(b, key, separator));
      if (order !== 0) return key.modes.includes('r') ? -order : order;
    }
    return 0;
  };
}

function keyText(line: string, key: Key, separator: string | undefined): string {
  const fields = separator === undefined ? line.match(/[ \t]*[^ \t]+/g) ?? [] : line.split(separator);
  const offsetOf = (field: number): number => {
    let offset = 0;
    for (let i = 0; i < field - 1; i += 1) {
      if (fields[i] === undefined) return line.length;
      offset += fields[i]!.length + (separator === undefined ? 0 : 1);
    }
    return offset;
  };
  const blanks = (at: number): number => (key.modes.includes('b') ? /^[ \t]*/.exec(line.slice(at))![0].length : 0);
  const from = offsetOf(key.startField);
  const start = from + blanks(from) + key.startCharacter - 1;
  if (key.endField === undefined) return line.slice(Math.min(start, line.length));
  const endFrom = offsetOf(key.endField);
  const end = key.endCharacter === undefined ? endFrom + (fields[key.endField - 1]?.length ?? 0) : endFrom + blanks(endFrom) + key.endCharacter;
  return line.slice(Math.min(start, line.length), Math.max(start, end));
}
