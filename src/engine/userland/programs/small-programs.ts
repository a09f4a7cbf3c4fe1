import type { Task } from '../../kernel/task.ts';
import type { SystemProcess, SystemProgram } from '../contract.ts';
import { echoEscapes, formatPrintf } from './printf-format.ts';
import { eachInput, isBusybox } from './program-input.ts';
import { parseFlags } from './flags.ts';

/** `cat`. */
export function* cat(process: SystemProcess): Task<number> {
  const flags = yield* parseFlags(process, {
    short: 'AbeEnstTuv', long: { 'show-all': 'A', 'number-nonblank': 'b', 'show-ends': 'E', number: 'n', 'squeeze-blank': 's', 'show-tabs': 'T', 'show-nonprinting': 'v' },
  });
  if (typeof flags === 'number') return flags;
  let code = 0;
  const numbers = flags.has('n') || flags.has('b');
  const ends = flags.has('E') || flags.has('A') || flags.has('e');
  const tabs = flags.has('T') || flags.has('A') || flags.has('t');
  const plain = !numbers && !ends && !tabs && !flags.has('s');
  let number = 0;
  let atLineStart = true;
  let blanks = 0;
  for (const input of eachInput(process, flags.operands, () => { code = 1; })) {
    for (let chunk = yield* input.descriptor.read(); chunk !== null; chunk = yield* input.descriptor.read()) {
      if (plain) { yield* process.write(1, chunk); continue; }
      let text = '';
      for (const line of chunk.match(/[^\n]*\n|[^\n]+$/g) ?? []) {
        const isBlank = line === '\n';
        if (flags.has('s') && isBlank && atLineStart) {
          blanks += 1;
          if (blanks > 1) continue;
        } else blanks = 0;
        if (atLineStart && numbers && !(flags.has('b') && isBlank)) {
          number += 1;
          text += `${String(number).padStart(6)}\t`;
        }
        let shown = tabs ? line.replace(/\t/g, '^I') : line;
        if (ends) shown = shown.replace(/\n$/, '$\n');
        text += shown;
        atLineStart = line.endsWith('\n');
      }
      yield* process.write(1, text);
    }
  }
  return code;
}

/** `sleep`, in virtual time. */
export function* sleep(process: SystemProcess): Task<number> {
  const words = process.argv.slice(1);
  if (words.length === 0) {
    yield* process.write(2, isBusybox(process) ? 'BusyBox v1.37.0 multi-call binary.\n\nUsage: sleep [N]...\n' : "sleep: missing operand\nTry 'sleep --help' for more information.\n");
    return 1;
  }
  let totalMs = 0;
  for (const word of words) {
    const ms = durationMs(word);
    if (ms === undefined) {
      yield* process.write(2, isBusybox(process) ? `sleep: invalid number '${word}'\n` : `sleep: invalid time interval ‘${word}’\nTry 'sleep --help' for more information.\n`);
      return 1;
    }
    totalMs += ms;
  }
  if (totalMs === Number.POSITIVE_INFINITY) for (;;) yield* process.sleep(86_400_000);
  yield* process.sleep(totalMs);
  return 0;
}

/** `1.5`, `10s`, `2m`, `1h`, `1d`, `infinity` in milliseconds. */
export function durationMs(word: string): number | undefined {
  if (word === 'infinity' || word === 'inf') return Number.POSITIVE_INFINITY;
  const match = /^(\d+\.?\d*|\.\d+)([smhd]?)$/.exec(word);
  if (!match) return undefined;
  return Number(match[1]) * { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }[(match[2] || 's') as 's' | 'm' | 'h' | 'd'];
}

// eslint-disable-next-line require-yield
export function* succeed(): Task<number> { return 0; }

// eslint-disable-next-line require-yield
export function* fail(): Task<number> { return 1; }

export function* echo(process: SystemProcess): Task<number> {
  let words = process.argv.slice(1);
  let newline = true;
  let escapes = false;
  while (/^-[neE]+$/.test(words[0] ?? '')) {
    if (words[0]!.includes('n')) newline = false;
    if (words[0]!.includes('e')) escapes = true;
    words = words.slice(1);
  }
  const result = escapes ? echoEscapes(words.join(' ')) : { text: words.join(' '), stopped: false };
  yield* process.write(1, result.text + (newline && !result.stopped ? '\n' : ''));
  return 0;
}

export function* printf(process: SystemProcess): Task<number> {
  const [, format, ...args] = process.argv;
  if (format === undefined) {
    yield* process.write(2, "printf: missing operand\nTry 'printf --help' for more information.\n");
    return 1;
  }
  const { text, problems } = formatPrintf(format, args, process.kernel.nowMs);
  yield* process.write(1, text);
  for (const problem of problems) yield* process.write(2, `printf: ‘${problem.replace(/: /, '’: ')}\n`);
  return problems.length > 0 ? 1 : 0;
}

/** `yes`. */
export function* yes(process: SystemProcess): Task<number> {
  const line = `${process.argv.slice(1).join(' ') || 'y'}\n`;
  const chunk = line.repeat(Math.max(1, Math.floor(1024 / line.length)));
  for (;;) {
    yield* process.write(1, chunk);
    yield* process.sleep(1);
  }
}

export const smallPrograms: [string, SystemProgram][] = [
  ['cat', cat], ['sleep', sleep], ['true', succeed], ['false', fail], ['echo', echo], ['printf', printf], ['yes', yes],
];
