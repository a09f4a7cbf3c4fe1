import type { Task } from '../../kernel/task.ts';
import type { SystemProcess } from '../contract.ts';

/** What a command line gave, by the letter of the flag (long flags by the letter they stand for, or by their name). */
export interface Flags {
  readonly operands: string[];
  has(flag: string): boolean;
  /** The last value given. */
  value(flag: string): string | undefined;
  values(flag: string): string[];
  /** Flags in the order they came. */
  readonly order: readonly { readonly flag: string; readonly value: string | undefined }[];
}

export interface FlagSpec {
  /** getopt(3) style: `nvc:e:`; a letter with `::` takes an optional value attached to it. */
  readonly short: string;
  /** Long flag → letter or name; a name ending in `=` takes a value, in `=?` may take one. */
  readonly long?: Readonly<Record<string, string>>;
  /** Operands end the flags (POSIX): for programs that run another command. */
  readonly stopAtOperand?: boolean;
  /** Exit code of a wrong command line; GNU: 1 for most, 2 for some. */
  readonly failure?: number;
  /** `-20` is `-n 20` with this letter. */
  readonly number?: string;
  readonly usage?: string;
}

/** Parses flags as getopt_long(3) does. On a mistake prints the real tools' words and returns the exit code. */
export function* parseFlags(process: SystemProcess, spec: FlagSpec): Task<Flags | number> {
  const [program = '', ...words] = process.argv;
  const order: { flag: string; value: string | undefined }[] = [];
  const operands: string[] = [];
  const fail = function* (message: string): Task<number> {
    yield* process.write(2, `${program}: ${message}\n${spec.usage ?? `Try '${program} --help' for more information.`}\n`);
    return spec.failure ?? 1;
  };
  const longs = Object.entries(spec.long ?? {}).map(([key, letter]) => ({ name: key.replace(/=\??$/, ''), takes: key.endsWith('=') ? 'value' : key.endsWith('=?') ? 'optional' : 'none', letter }));
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at]!;
    if (word === '--') { operands.push(...words.slice(at + 1)); break; }
    if (word.startsWith('--')) {
      const equals = word.indexOf('=');
      const name = equals < 0 ? word.slice(2) : word.slice(2, equals);
      const candidates = longs.filter(long => long.name === name);
      const found = candidates[0] ?? (longs.filter(long => long.name.startsWith(name)).length === 1 ? longs.find(long => long.name.startsWith(name)) : undefined);
      if (!found) {
        const several = longs.filter(long => long.name.startsWith(name));
        if (several.length > 1) return yield* fail(`option '${word.slice(0, equals < 0 ? undefined : equals)}' is ambiguous; possibilities: ${several.map(long => `'--${long.name}'`).join(' ')}`);
        return yield* fail(`unrecognized option '${word}'`);
      }
      let value = equals < 0 ? undefined : word.slice(equals + 1);
      if (found.takes === 'none' && value !== undefined) return yield* fail(`option '--${found.name}' doesn't allow an argument`);
      if (found.takes === 'value' && value === undefined) {
        at += 1;
        value = words[at];
        if (value === undefined) return yield* fail(`option '--${found.name}' requires an argument`);
      }
      order.push({ flag: found.letter, value });
      continue;
    }
    if (word === '-' || !word.startsWith('-')) {
      operands.push(word);
      if (spec.stopAtOperand) { operands.push(...words.slice(at + 1)); break; }
      continue;
    }
    if (spec.number && /^-\d+$/.test(word)) {
      order.push({ flag: spec.number, value: word.slice(1) });
      continue;
    }
    for (let i = 1; i < word.length; i += 1) {
      const letter = word[i]!;
      const found = spec.short.indexOf(letter);
      if (found < 0 || letter === ':') return yield* fail(`invalid option -- '${letter}'`);
      if (spec.short[found + 1] !== ':') { order.push({ flag: letter, value: undefined }); continue; }
      let value: string | undefined = word.slice(i + 1);
      if (value === '' && spec.short[found + 2] === ':') value = undefined;
      else if (value === '') {
        at += 1;
        value = words[at];
        if (value === undefined) return yield* fail(`option requires an argument -- '${letter}'`);
      }
      order.push({ flag: letter, value });
      break;
    }
  }
  return {
    operands, order,
    has: flag => order.some(entry => entry.flag === flag),
    value: flag => order.findLast(entry => entry.flag === flag)?.value,
    values: flag => order.filter(entry => entry.flag === flag).map(entry => entry.value ?? ''),
  };
}
