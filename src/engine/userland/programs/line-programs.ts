import type { Task } from '../../kernel/task.ts';
import { FileError, type SystemProcess, type SystemProgram } from '../contract.ts';
import { fileErrorWords, openFile } from '../files/open-file.ts';
import type { Descriptor } from '../../kernel/pipe.ts';
import { parseFlags } from './flags.ts';
import { LineInput, eachInput, openInput } from './program-input.ts';

/** `tee`. */
export function* tee(process: SystemProcess): Task<number> {
  const flags = yield* parseFlags(process, { short: 'aip', long: { append: 'a', 'ignore-interrupts': 'i' } });
  if (typeof flags === 'number') return flags;
  let code = 0;
  const outputs: Descriptor[] = [];
  for (const name of flags.operands) {
    try {
      outputs.push(openFile(process, name, flags.has('a') ? 'append' : 'write'));
    } catch (thrown) {
      if (!(thrown instanceof FileError)) throw thrown;
      yield* process.write(2, `tee: ${name}: ${fileErrorWords(thrown.code)}\n`);
      code = 1;
    }
  }
  for (let chunk = yield* process.read(0); chunk !== null; chunk = yield* process.read(0)) {
    yield* process.write(1, chunk);
    for (const output of outputs) yield* output.write(chunk);
  }
  return code;
}

/** `seq`. */
export function* seq(process: SystemProcess): Task<number> {
  const words = process.argv.slice(1);
  let separator = '\n';
  let format: string | undefined;
  let equalWidth = false;
  while (/^-[^\d.]/.test(words[0] ?? '')) {
    const word = words.shift()!;
    if (word === '-w' || word === '--equal-width') equalWidth = true;
    else if (word.startsWith('-s')) separator = word.length > 2 ? word.slice(2) : words.shift() ?? '';
    else if (word.startsWith('-f')) format = word.length > 2 ? word.slice(2) : words.shift();
    else {
      yield* process.write(2, `seq: invalid option -- '${word[1]}'\nTry 'seq --help' for more information.\n`);
      return 1;
    }
  }
  const bad = words.find(word => !/^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/.test(word));
  if (words.length === 0 || words.length > 3 || bad !== undefined) {
    const message = bad !== undefined ? `invalid floating point argument: ‘${bad}’` : words.length === 0 ? 'missing operand' : `extra operand ‘${words[3]}’`;
    yield* process.write(2, `seq: ${message}\nTry 'seq --help' for more information.\n`);
    return 1;
  }
  const [first, step, last] = words.length === 1 ? ['1', '1', words[0]!] : words.length === 2 ? [words[0]!, '1', words[1]!] : (words as [string, string, string]);
  const decimals = Math.max(...[first, step].map(word => word.split('.')[1]?.length ?? 0));
  const increment = Number(step);
  if (increment === 0) { yield* process.write(2, `seq: invalid Zero increment value: ‘${step}’\nTry 'seq --help' for more information.\n`); return 1; }
  const values: string[] = [];
  const count = Math.floor((Number(last) - Number(first)) / increment + 1e-9);
  const width = equalWidth ? Math.max(Number(first).toFixed(decimals).length, Number(last).toFixed(decimals).length) : 0;
  for (let i = 0; i <= count; i += 1) {
    const text = (Number(first) + i * increment).toFixed(decimals);
    values.push(format === undefined ? (text.startsWith('-') ? `-${text.slice(1).padStart(width - 1, '0')}` : text.padStart(width, '0')) : format.replace(/%0?\d*(?:\.\d+)?[gfe]/, spec => (spec.startsWith('%0') ? text.padStart(Number(/\d+/.exec(spec.slice(1))![0]), '0') : text)));
    if (values.length >= 4096) { yield* process.write(1, values.splice(0).join(separator) + separator); yield* process.sleep(1); }
  }
  if (values.length > 0) yield* process.write(1, `${values.join(separator)}\n`);
  return 0;
}

/** A program that maps each line, or all of them. */
function lineProgram(spec: { short: string; long?: Record<string, string>; number?: string }, change: (lines: string[], option: (flag: string) => string | undefined) => string[]): SystemProgram {
  return function* run(process): Task<number> {
    const flags = yield* parseFlags(process, spec);
    if (typeof flags === 'number') return flags;
    let code = 0;
    for (const input of eachInput(process, flags.operands, () => { code = 1; })) {
      const source = new LineInput(input.descriptor);
      const lines = yield* source.all();
      const output = change(lines, flag => (flags.has(flag) ? flags.value(flag) ?? '' : undefined));
      if (output.length > 0) yield* process.write(1, output.join('\n') + (source.endedWithNewline ? '\n' : ''));
    }
    return code;
  };
}

const rev = lineProgram({ short: '' }, lines => lines.map(line => [...line].reverse().join('')));
const tac = lineProgram({ short: '' }, lines => lines.reverse());
const nl = lineProgram({ short: 'b:w:s:v:n:' }, (lines, option) => {
  let number = Number(option('v') ?? 1) - 1;
  const all = option('b') === 'a';
  return lines.map(line => {
    if (line === '' && !all) return '       ';
    number += 1;
    return `${String(number).padStart(Number(option('w') ?? 6))}${option('s') ?? '\t'}${line}`;
  });
});
const fold = lineProgram({ short: 'w:s', long: { 'width=': 'w', spaces: 's' } }, (lines, option) => lines.flatMap(line => {
  const width = Number(option('w') ?? 80);
  const pieces: string[] = [];
  let rest = line;
  while (rest.length > width) {
    const blank = option('s') === undefined ? -1 : rest.lastIndexOf(' ', width - 1);
    const at = blank > 0 ? blank + 1 : width;
    pieces.push(rest.slice(0, at));
    rest = rest.slice(at);
  }
  return [...pieces, rest];
}));
const expand = lineProgram({ short: 't:', long: { 'tabs=': 't' } }, (lines, option) => lines.map(line => {
  const stop = Number(option('t') ?? 8);
  let text = '';
  for (const character of line) text += character === '\t' ? ' '.repeat(stop - (text.length % stop)) : character;
  return text;
}));

/** `paste`. */
export function* paste(process: SystemProcess): Task<number> {
  const flags = yield* parseFlags(process, { short: 'd:s', long: { 'delimiters=': 'd', serial: 's' } });
  if (typeof flags === 'number') return flags;
  const delimiters = [...(flags.value('d') ?? '\t').replace(/\\n/g, '\n').replace(/\\t/g, '\t')];
  const columns: string[][] = [];
  const names = flags.operands.length > 0 ? flags.operands : ['-'];
  const standard = names.includes('-') ? yield* new LineInput(process.descriptors.get(0)!).all() : [];
  const shares = names.filter(name => name === '-').length;
  let taken = 0;
  for (const name of names) {
    if (name === '-') {
      const start = taken;
      columns.push(shares > 1 ? standard.filter((_, index) => index % shares === start) : standard);
      taken += 1;
      continue;
    }
    const descriptor = openInput(process, name);
    if (typeof descriptor === 'string') { yield* process.write(2, `paste: ${name}: ${descriptor}\n`); return 1; }
    columns.push(yield* new LineInput(descriptor).all());
  }
  const joined = (cells: readonly string[]): string => cells.map((cell, index) => (index === 0 ? cell : (delimiters[(index - 1) % delimiters.length] ?? '') + cell)).join('');
  if (flags.has('s')) for (const column of columns) yield* process.write(1, `${joined(column)}\n`);
  else {
    const rows = Math.max(...columns.map(column => column.length));
    for (let row = 0; row < rows; row += 1) yield* process.write(1, `${joined(columns.map(column => column[row] ?? ''))}\n`);
  }
  return 0;
}

function* twoFiles(process: SystemProcess, names: readonly string[]): Task<[string[], string[]] | number> {
  const both: string[][] = [];
  for (const name of names.slice(0, 2)) {
    const descriptor = openInput(process, name);
    if (typeof descriptor === 'string') { yield* process.write(2, `${process.argv[0]}: ${name}: ${descriptor}\n`); return 1; }
    both.push(yield* new LineInput(descriptor).all());
  }
  return both as [string[], string[]];
}

/** `comm`. */
export function* comm(process: SystemProcess): Task<number> {
  const flags = yield* parseFlags(process, { short: '123' });
  if (typeof flags === 'number') return flags;
  if (flags.operands.length !== 2) { yield* process.write(2, `comm: ${flags.operands.length === 0 ? 'missing operand' : `missing operand after ‘${flags.operands[0]}’`}\nTry 'comm --help' for more information.\n`); return 1; }
  const files = yield* twoFiles(process, flags.operands);
  if (typeof files === 'number') return files;
  const [left, right] = files;
  let [i, j] = [0, 0];
  let text = '';
  const second = flags.has('1') ? '' : '\t';
  const third = second + (flags.has('2') ? '' : '\t');
  while (i < left.length || j < right.length) {
    const [a, b] = [left[i], right[j]];
    if (b === undefined || (a !== undefined && a < b)) { if (!flags.has('1')) text += `${a}\n`; i += 1; }
    else if (a === undefined || b < a) { if (!flags.has('2')) text += `${second}${b}\n`; j += 1; }
    else { if (!flags.has('3')) text += `${third}${a}\n`; i += 1; j += 1; }
  }
  yield* process.write(1, text);
  return 0;
}

/** `join`, on sorted input. */
export function* join(process: SystemProcess): Task<number> {
  const flags = yield* parseFlags(process, { short: 't:1:2:j:' });
  if (typeof flags === 'number') return flags;
  const files = yield* twoFiles(process, flags.operands);
  if (typeof files === 'number') return files;
  const separator = flags.value('t');
  const split = (line: string): string[] => (separator === undefined ? line.trim().split(/\s+/) : line.split(separator));
  const keys = [Number(flags.value('1') ?? flags.value('j') ?? 1) - 1, Number(flags.value('2') ?? flags.value('j') ?? 1) - 1] as const;
  const without = (fields: string[], key: number): string[] => fields.filter((_, index) => index !== key);
  for (const line of files[0]) {
    const left = split(line);
    for (const other of files[1]) {
      const right = split(other);
      if (left[keys[0]] === right[keys[1]]) yield* process.write(1, `${[left[keys[0]]!, ...without(left, keys[0]), ...without(right, keys[1])].join(separator ?? ' ')}\n`);
    }
  }
  return 0;
}

export const linePrograms: [string, SystemProgram][] = [
  ['tee', tee], ['seq', seq], ['rev', rev], ['tac', tac], ['nl', nl], ['fold', fold], ['expand', expand], ['paste', paste], ['comm', comm], ['join', join],
];

