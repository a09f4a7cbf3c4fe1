import type { Task } from '../../kernel/task.ts';
import type { AwkExpression } from './awk-syntax.ts';
import type { AwkMachine, Cell } from './awk-machine.ts';
import { formatDate } from './date-format.ts';
import { conversion } from './printf-format.ts';
import { replacementFor } from './sed-script.ts';

/** sprintf as awk does it. */
export function awkFormat(format: string, values: readonly Cell[], machine: AwkMachine): string {
  let next = 0;
  return format.replace(/%(?:%|([-+ 0#]*)(\*|\d+)?(?:\.(\*|\d*))?([diouxXeEfFgGcs]))/g, (whole, flags: string | undefined, width: string | undefined, precision: string | undefined, letter: string | undefined) => {
    if (whole === '%%') return '%';
    const star = (given: string | undefined): number | undefined => (given === '*' ? machine.toNumber(values[next++] ?? 0) : given === undefined ? undefined : Number(given || 0));
    const columns = star(width) ?? 0;
    const digits = star(precision);
    const value = values[next] ?? '';
    next += 1;
    let text: string;
    if (letter === 's') text = conversion('s', '', digits, machine.toText(value), []);
    else if (letter === 'c') text = typeof value === 'number' ? String.fromCodePoint(value) : machine.toText(value).slice(0, 1);
    else text = conversion(letter === 'i' ? 'd' : letter!, flags ?? '', digits, String('diouxX'.includes(letter!) ? Math.trunc(machine.toNumber(value)) : machine.toNumber(value)), []);
    if (flags?.includes('-')) return text.padEnd(columns);
    if (!flags?.includes('0') || letter === 's' || letter === 'c') return text.padStart(columns);
    const sign = /^[-+ ]/.exec(text)?.[0] ?? '';
    return sign + text.slice(sign.length).padStart(columns - sign.length, '0');
  });
}

/** Calls a function of awk itself; `undefined` when there is none of that name. */
export function* callBuiltin(machine: AwkMachine, name: string, args: readonly AwkExpression[]): Task<Cell | undefined> {
  const value = function* (index: number): Task<Cell> { return args[index] ? yield* machine.evaluate(args[index]!) : ''; };
  const text = function* (index: number): Task<string> { return machine.toText(yield* value(index)); };
  const number = function* (index: number): Task<number> { return machine.toNumber(yield* value(index)); };
  const regexOf = function* (index: number): Task<RegExp> {
    const node = args[index]!;
    return node.type === 'regex' ? machine.regex(node.source) : machine.regex(yield* text(index));
  };
  switch (name) {
    case 'length': {
      const [only] = args;
      if (!only) return machine.wholeRecord().length;
      if (only.type === 'name') {
        const scalar = ((): boolean => { try { return machine.text(only.name) !== ''; } catch { return false; } })();
        if (!scalar && machine.array(only.name).size > 0) return machine.array(only.name).size;
      }
      return [...(yield* text(0))].length;
    }
    case 'substr': {
      const source = yield* text(0);
      const start = Math.round(yield* number(1));
      const length = args[2] ? Math.round(yield* number(2)) : Number.POSITIVE_INFINITY;
      const from = Math.max(1, start);
      return source.slice(from - 1, Math.max(from - 1, start + length - 1));
    }
    case 'index': { const source = yield* text(0); return source.indexOf(yield* text(1)) + 1; }
    case 'split': {
      const source = yield* text(0);
      const target = args[1]!;
      const node = args[2];
      const separator = node === undefined ? machine.text('FS') : node.type === 'regex' ? undefined : yield* text(2);
      const parts = separator === undefined ? (source === '' ? [] : source.split(yield* regexOf(2))) : machine.split(source, separator);
      const array = machine.array(target.type === 'name' ? target.name : '');
      array.clear();
      parts.forEach((part, index) => array.set(String(index + 1), { input: part }));
      return parts.length;
    }
    case 'sub': case 'gsub': {
      const regex = yield* regexOf(0);
      const replacement = (yield* text(1)).replace(/\\(?!&|\\)/g, '\\\\');
      const target = args[2] ?? { type: 'field', index: { type: 'number', value: 0 } } as AwkExpression;
      const before = machine.toText(yield* machine.evaluate(target));
      let count = 0;
      let afterMatch = -1;
      const after = before.replace(new RegExp(regex.source, name === 'gsub' ? 'g' : ''), (...found: unknown[]) => {
        const matched = found[0] as string;
        const at = found.find(entry => typeof entry === 'number') as number;
        if (matched === '' && at === afterMatch) return '';
        afterMatch = at + matched.length;
        count += 1;
        return replacementFor(replacement.replace(/\\(?=[^&\\])/g, '\\\\'), [matched]);
      });
      if (count > 0) yield* machine.assignTo(target, after);
      return count;
    }
    case 'match': {
      const found = (yield* regexOf(1)).exec(yield* text(0));
      machine.setVariable('RSTART', found ? found.index + 1 : 0);
      machine.setVariable('RLENGTH', found ? found[0].length : -1);
      return found ? found.index + 1 : 0;
    }
    case 'sprintf': {
      const values: Cell[] = [];
      for (let i = 1; i < args.length; i += 1) values.push(yield* value(i));
      return awkFormat(yield* text(0), values, machine);
    }
    case 'tolower': return (yield* text(0)).toLowerCase();
    case 'toupper': return (yield* text(0)).toUpperCase();
    case 'int': return Math.trunc(yield* number(0));
    case 'sqrt': return Math.sqrt(yield* number(0));
    case 'exp': return Math.exp(yield* number(0));
    case 'log': return Math.log(yield* number(0));
    case 'sin': return Math.sin(yield* number(0));
    case 'cos': return Math.cos(yield* number(0));
    case 'atan2': { const y = yield* number(0); return Math.atan2(y, yield* number(1)); }
    case 'rand': return machine.process.kernel.random.fraction();
    case 'srand': return 0;
    case 'system': return yield* machine.system(yield* text(0));
    case 'close': return yield* machine.close(yield* text(0));
    case 'fflush': yield* machine.flush(); return 0;
    case 'systime': return Math.floor(machine.process.kernel.nowMs / 1000);
    case 'strftime': return formatDate(args[0] ? yield* text(0) : '%c', args[1] ? (yield* number(1)) * 1000 : machine.process.kernel.nowMs);
    default: return undefined;
  }
}
