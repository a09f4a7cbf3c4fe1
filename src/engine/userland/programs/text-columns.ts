import type { Task } from '../../kernel/task.ts';
import type { SystemProcess, SystemProgram } from '../contract.ts';
import { InputDescriptor } from '../files/open-file.ts';
import { utf8Length } from '../files/path.ts';
import { parseFlags } from './flags.ts';
import { LineInput, eachInput, openInput } from './program-input.ts';

/** `uniq`. */
export function* uniq(process: SystemProcess): Task<number> {
  const flags = yield* parseFlags(process, { short: 'cduif:s:w:', long: { count: 'c', repeated: 'd', unique: 'u', 'ignore-case': 'i', 'skip-fields=': 'f', 'skip-chars=': 's', 'check-chars=': 'w' } });
  if (typeof flags === 'number') return flags;
  const descriptor = openInput(process, flags.operands[0] ?? '-');
  if (typeof descriptor === 'string') { yield* process.write(2, `uniq: ${flags.operands[0]}: ${descriptor}\n`); return 1; }
  const keyOf = (line: string): string => {
    let key = line;
    for (let skip = Number(flags.value('f') ?? 0); skip > 0; skip -= 1) key = key.replace(/^\s*\S+/, '');
    key = key.slice(Number(flags.value('s') ?? 0), flags.has('w') ? Number(flags.value('s') ?? 0) + Number(flags.value('w')) : undefined);
    return flags.has('i') ? key.toLowerCase() : key;
  };
  const input = new LineInput(descriptor);
  let current: { line: string; key: string; count: number } | undefined;
  const shown = (): string => {
    if (!current || (flags.has('d') && current.count < 2) || (flags.has('u') && current.count > 1)) return '';
    return `${flags.has('c') ? `${String(current.count).padStart(7)} ` : ''}${current.line}\n`;
  };
  for (let batch = yield* input.next(); batch; batch = yield* input.next()) {
    let output = '';
    for (const line of batch) {
      const key = keyOf(line);
      if (current && current.key === key) { current.count += 1; continue; }
      output += shown();
      current = { line, key, count: 1 };
    }
    yield* process.write(1, output);
  }
  yield* process.write(1, shown());
  return 0;
}

/** `wc`. */
export function* wc(process: SystemProcess): Task<number> {
  const flags = yield* parseFlags(process, { short: 'lwcmL', long: { lines: 'l', words: 'w', bytes: 'c', chars: 'm', 'max-line-length': 'L' } });
  if (typeof flags === 'number') return flags;
  const wanted = 'lwmcL'.split('').filter(letter => flags.has(letter));
  const columns = wanted.length > 0 ? wanted : ['l', 'w', 'c'];
  let code = 0;
  const rows: { counts: number[]; name: string }[] = [];
  const failures: string[] = [];
  // Columns are as wide as the sizes of the files need, or 7 when an input has no size.
  let sizeBytes = 0;
  let knownSizes = true;
  for (const name of flags.operands.length > 0 ? flags.operands : ['-']) {
    const descriptor = openInput(process, name);
    if (typeof descriptor === 'string') {
      code = 1;
      failures.push(`wc: ${name}: ${descriptor}\n`);
      if (descriptor !== 'Is a directory') continue;
      rows.push({ counts: columns.map(() => 0), name });
      continue;
    }
    if (descriptor instanceof InputDescriptor && descriptor.sizeBytes !== undefined) sizeBytes += descriptor.sizeBytes;
    else knownSizes = false;
    const totals: Record<string, number> = { l: 0, w: 0, m: 0, c: 0, L: 0 };
    let inWord = false;
    let lineLength = 0;
    for (let chunk = yield* descriptor.read(); chunk !== null; chunk = yield* descriptor.read()) {
      totals.c! += utf8Length(chunk);
      totals.m! += chunk.length;
      for (let i = 0; i < chunk.length; i += 1) {
        const character = chunk.charCodeAt(i);
        if (character === 10) { totals.l! += 1; totals.L = Math.max(totals.L!, lineLength); lineLength = 0; } else lineLength += 1;
        const blank = character === 32 || (character >= 9 && character <= 13);
        if (!blank && !inWord) totals.w! += 1;
        inWord = !blank;
      }
    }
    totals.L = Math.max(totals.L!, lineLength);
    rows.push({ counts: columns.map(column => totals[column]!), name: flags.operands.length > 0 ? name : '' });
  }
  if (flags.operands.length > 1) rows.push({ counts: columns.map((column, index) => (column === 'L' ? Math.max(...rows.map(row => row.counts[index]!)) : rows.reduce((sum, row) => sum + row.counts[index]!, 0))), name: 'total' });
  const single = columns.length === 1 && rows.length === 1;
  const width = single && flags.operands.length <= 1 ? 1 : knownSizes ? String(sizeBytes).length : 7;
  for (const failure of failures) yield* process.write(2, failure);
  for (const row of rows) yield* process.write(1, `${row.counts.map(count => String(count).padStart(width)).join(' ')}${row.name === '' ? '' : ` ${row.name}`}\n`);
  return code;
}

/** `1,3-5,7-` as a test of positions from 1, or `undefined` when it is no list. */
function listOf(text: string): ((position: number) => boolean) | undefined {
  const ranges: [number, number][] = [];
  for (const part of text.split(',')) {
    const match = /^(\d*)(-?)(\d*)$/.exec(part);
    if (!match || (match[1] === '' && match[3] === '') || match[1] === '0') return undefined;
    const from = match[1] === '' ? 1 : Number(match[1]);
    ranges.push([from, match[2] === '' ? from : match[3] === '' ? Number.POSITIVE_INFINITY : Number(match[3])]);
  }
  return position => ranges.some(([from, to]) => position >= from && position <= to);
}

/** `cut`. */
export function* cut(process: SystemProcess): Task<number> {
  const flags = yield* parseFlags(process, { short: 'd:f:c:b:sn', long: { 'delimiter=': 'd', 'fields=': 'f', 'characters=': 'c', 'bytes=': 'b', 'only-delimited': 's', complement: 'complement', 'output-delimiter=': 'output' } });
  if (typeof flags === 'number') return flags;
  const list = flags.value('f') ?? flags.value('c') ?? flags.value('b');
  const complain = function* (words: string): Task<number> {
    yield* process.write(2, `cut: ${words}\nTry 'cut --help' for more information.\n`);
    return 1;
  };
  if (list === undefined) return yield* complain('you must specify a list of bytes, characters, or fields');
  const delimiter = flags.value('d') ?? '\t';
  if ([...delimiter].length > 1) return yield* complain('the delimiter must be a single character');
  const inList = listOf(list);
  if (!inList) return yield* complain(/(?:^|,)0/.test(list) ? `${flags.has('f') ? 'fields' : 'byte/character positions'} are numbered from 1` : `invalid ${flags.has('f') ? 'field value' : 'byte/character position'} ‘${list}’`);
  const wanted = (position: number): boolean => inList(position) !== flags.has('complement');
  const joiner = flags.value('output') ?? (flags.has('f') ? delimiter : '');
  let code = 0;
  for (const input of eachInput(process, flags.operands, () => { code = 1; })) {
    const lines = new LineInput(input.descriptor);
    for (let batch = yield* lines.next(); batch; batch = yield* lines.next()) {
      const output: string[] = [];
      for (const line of batch) {
        if (!flags.has('f')) { output.push([...line].filter((_, index) => wanted(index + 1)).join('')); continue; }
        if (!line.includes(delimiter)) { if (!flags.has('s')) output.push(line); continue; }
        output.push(line.split(delimiter).filter((_, index) => wanted(index + 1)).join(joiner));
      }
      if (output.length > 0) yield* process.write(1, `${output.join('\n')}\n`);
    }
  }
  return code;
}

const TR_CLASSES: Readonly<Record<string, string>> = {
  upper: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', lower: 'abcdefghijklmnopqrstuvwxyz', digit: '0123456789', space: ' \t\n\r\f\v', blank: ' \t',
  alpha: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz', alnum: '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz',
  punct: '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~',
};

function trSet(text: string): string[] {
  const members: string[] = [];
  const pattern = /\[:(\w+):\]|\\([abfnrtv\\]|[0-7]{1,3})|([\s\S])/g;
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    if (match[1] !== undefined) { members.push(...(TR_CLASSES[match[1]] ?? '')); continue; }
    const escape = match[2];
    const character = escape === undefined ? match[3]! : /^[0-7]/.test(escape) ? String.fromCharCode(Number.parseInt(escape, 8)) : ({ a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '\\': '\\' } as Record<string, string>)[escape]!;
    if (text[pattern.lastIndex] === '-' && pattern.lastIndex + 1 < text.length) {
      const end = text[pattern.lastIndex + 1]!;
      for (let code = character.charCodeAt(0); code <= end.charCodeAt(0); code += 1) members.push(String.fromCharCode(code));
      pattern.lastIndex += 2;
    } else members.push(character);
  }
  return members;
}

/** `tr`. */
export function* tr(process: SystemProcess): Task<number> {
  const flags = yield* parseFlags(process, { short: 'cCdst', long: { complement: 'c', delete: 'd', 'squeeze-repeats': 's', 'truncate-set1': 't' } });
  if (typeof flags === 'number') return flags;
  const [first, second] = flags.operands;
  const complain = function* (words: string): Task<number> {
    yield* process.write(2, `tr: ${words}\nTry 'tr --help' for more information.\n`);
    return 1;
  };
  if (first === undefined) return yield* complain('missing operand');
  if (second === undefined && !flags.has('d') && !flags.has('s')) return yield* complain(`missing operand after ‘${first}’\nTwo strings must be given when translating.`);
  if (flags.operands.length > 2) return yield* complain(`extra operand ‘${flags.operands[2]}’`);
  const from = trSet(first);
  const to = second === undefined ? [] : trSet(second);
  const complement = flags.has('c') || flags.has('C');
  const inFrom = new Set(from);
  const table = new Map<string, string>();
  if (!complement && !flags.has('d')) from.forEach((character, index) => { if (to.length > 0) table.set(character, to[Math.min(index, to.length - 1)]!); });
  const squeezed = new Set(second === undefined ? from : to);
  let last = '';
  for (let chunk = yield* process.read(0); chunk !== null; chunk = yield* process.read(0)) {
    let text = '';
    for (const character of chunk) {
      const hit = inFrom.has(character) !== complement;
      if (hit && flags.has('d')) continue;
      const mapped = hit && to.length > 0 && !flags.has('d') ? (complement ? to.at(-1)! : table.get(character) ?? character) : character;
      if (flags.has('s') && mapped === last && (complement && second === undefined ? !inFrom.has(mapped) : squeezed.has(mapped))) continue;
      text += mapped;
      last = mapped;
    }
    yield* process.write(1, text);
  }
  return 0;
}

/** `column`: `-t` for a table. */
export function* column(process: SystemProcess): Task<number> {
  const flags = yield* parseFlags(process, { short: 'ts:o:nc:', long: { table: 't', 'separator=': 's', 'output-separator=': 'o' } });
  if (typeof flags === 'number') return flags;
  const lines: string[] = [];
  let code = 0;
  for (const input of eachInput(process, flags.operands, () => { code = 1; }, { complaint: (name, words) => `column: cannot open ${name}: ${words}` })) {
    for (const line of yield* new LineInput(input.descriptor).all()) if (line.trim() !== '') lines.push(line);
  }
  if (!flags.has('t')) {
    const width = Math.max(0, ...lines.map(line => line.length));
    const cell = (Math.floor(width / 8) + 1) * 8;
    const perRow = Math.max(1, Math.floor(80 / cell));
    const rows = Math.ceil(lines.length / perRow);
    for (let row = 0; row < rows; row += 1) {
      let text = '';
      for (let index = row; index < lines.length; index += rows) {
        const value = lines[index]!;
        text += index + rows < lines.length ? value + '\t'.repeat(Math.ceil((cell - value.length) / 8)) : value;
      }
      yield* process.write(1, `${text}\n`);
    }
    return code;
  }
  const separator = flags.value('s');
  const table = lines.map(line => (separator === undefined ? line.trim().split(/[ \t]+/) : line.split(separator)));
  const widths: number[] = [];
  for (const row of table) row.forEach((cell, index) => { widths[index] = Math.max(widths[index] ?? 0, [...cell].length); });
  const joiner = flags.value('o') ?? '  ';
  for (const row of table) yield* process.write(1, `${row.map((cell, index) => (index === row.length - 1 ? cell : cell + ' '.repeat(widths[index]! - [...cell].length))).join(joiner)}\n`);
  return code;
}

export const columnPrograms: [string, SystemProgram][] = [['uniq', uniq], ['wc', wc], ['cut', cut], ['tr', tr], ['column', column]];
