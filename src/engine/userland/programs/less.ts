import type { Task } from '../../kernel/task.ts';
import type { SystemProcess } from '../contract.ts';
import { parseFlags } from './flags.ts';
import { readWhole } from './program-input.ts';

/** `less` and `more`: a screenful at a time, with keys; without a terminal they are `cat`. */
export function* less(process: SystemProcess): Task<number> {
  const flags = yield* parseFlags(process, { short: 'RSNFXiIrEefsM+', long: { 'RAW-CONTROL-CHARS': 'R', 'chop-long-lines': 'S', 'LINE-NUMBERS': 'N', 'quit-if-one-screen': 'F' } });
  if (typeof flags === 'number') return flags;
  const terminal = process.descriptors.get(1)?.terminal;
  const keyboard = process.descriptors.get(0)?.terminal ? process.descriptors.get(0)! : process.descriptors.get(2)?.terminal ? process.descriptors.get(2)! : undefined;
  if (flags.operands.length === 0 && process.terminal) { yield* process.write(2, `Missing filename ("${process.argv[0]} --help" for help)\n`); return 1; }
  let text = '';
  let name = '';
  for (const operand of flags.operands.length > 0 ? flags.operands : ['-']) {
    const read = yield* readWhole(process, operand);
    if (typeof read === 'string') { yield* process.write(2, `${operand}${read === 'Is a directory' ? ' is a directory' : `: ${read}`}\n`); return 1; }
    text += read.text;
    name = operand === '-' ? '' : operand;
  }
  if (!terminal || !keyboard) { yield* process.write(1, text); return 0; }
  const page = terminal.rows - 1;
  const source = text.replace(/\n$/, '').split('\n');
  const lines = flags.has('S') ? source.map(line => line.slice(0, terminal.columns)) : source.flatMap(line => wrapped(line, terminal.columns));
  if (flags.has('F') && lines.length <= page) { yield* process.write(1, text); return 0; }
  let top = 0;
  let pattern: RegExp | undefined;
  let typed: string | undefined;
  let count = '';
  let note = '';
  const last = Math.max(0, lines.length - page);
  terminal.setRaw(true);
  process.onSignal('SIGINT', 'ignore');
  try {
    yield* process.write(1, '\x1b[?1049h');
    for (;;) {
      const shown = lines.slice(top, top + page);
      const body = Array.from({ length: page }, (_, row) => (shown[row] === undefined ? '~' : pattern ? shown[row].replace(pattern, found => (found === '' ? '' : `\x1b[7m${found}\x1b[27m`)) : shown[row])).join('\r\n');
      const status = typed !== undefined ? `/${typed}` : note !== '' ? `\x1b[7m${note}\x1b[27m` : top >= last ? '\x1b[7m(END)\x1b[27m' : top === 0 && name !== '' ? `\x1b[7m${name}\x1b[27m` : ':';
      note = '';
      yield* process.write(1, `\x1b[H\x1b[2J${body}\r\n${status}`);
      const data = yield* keyboard.read();
      if (data === null) return 0;
      for (const key of data.match(/\x1b\[[0-9;]*[~A-Za-z]|\x1bO[A-Z]|[\s\S]/g) ?? []) {
        if (typed !== undefined) {
          if (key === '\r' || key === '\n') {
            if (typed !== '') pattern = searchPattern(typed);
            typed = undefined;
            const at = findFrom(lines, pattern, top, 1);
            if (at === undefined) note = 'Pattern not found  (press RETURN)';
            else top = Math.min(at, last);
          } else if (key === '\x7f' || key === '\b') typed = typed === '' ? undefined : typed.slice(0, -1);
          else if (key === '\x1b') typed = undefined;
          else typed += key;
          continue;
        }
        if (/\d/.test(key)) { count += key; continue; }
        const times = Number(count || 1);
        const given = count;
        count = '';
        switch (key) {
          case 'q': case 'Q': return 0;
          case ' ': case 'f': case '\x06': case '\x1b[6~': top = Math.min(last, top + page); break;
          case 'b': case '\x02': case '\x1b[5~': top = Math.max(0, top - page); break;
          case 'd': case '\x04': top = Math.min(last, top + Math.floor(page / 2)); break;
          case 'u': case '\x15': top = Math.max(0, top - Math.floor(page / 2)); break;
          case 'j': case 'e': case '\r': case '\n': case '\x1b[B': case '\x1bOB': top = Math.min(last, top + times); break;
          case 'k': case 'y': case '\x1b[A': case '\x1bOA': top = Math.max(0, top - times); break;
          case 'g': case '<': case '\x1b[H': top = given === '' ? 0 : Math.min(last, Number(given) - 1); break;
          case 'G': case '>': case '\x1b[F': top = given === '' ? last : Math.min(last, Number(given) - 1); break;
          case '/': typed = ''; break;
          case 'n': case 'N': {
            const at = findFrom(lines, pattern, key === 'n' ? top + 1 : top - 1, key === 'n' ? 1 : -1);
            if (at === undefined) note = 'Pattern not found  (press RETURN)';
            else top = Math.min(at, last);
            break;
          }
          default:
        }
      }
    }
  } finally {
    terminal.setRaw(false);
    const closing = process.write(1, '\x1b[?1049l');
    for (let step = closing.next(); !step.done; step = closing.next()) step.value(() => {});
  }
}

function wrapped(line: string, columns: number): string[] {
  if (line.length <= columns || line.includes('\x1b')) return [line];
  const rows: string[] = [];
  for (let at = 0; at < line.length; at += columns) rows.push(line.slice(at, at + columns));
  return rows;
}

function searchPattern(text: string): RegExp {
  try {
    return new RegExp(text, 'g');
  } catch {
    return new RegExp(text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'), 'g');
  }
}

function findFrom(lines: readonly string[], pattern: RegExp | undefined, from: number, step: 1 | -1): number | undefined {
  if (!pattern) return undefined;
  for (let at = from; at >= 0 && at < lines.length; at += step) {
    pattern.lastIndex = 0;
    if (pattern.test(lines[at]!)) return at;
  }
  return undefined;
}
