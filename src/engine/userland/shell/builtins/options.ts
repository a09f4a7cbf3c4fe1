import { SIGNAL_NUMBERS, type SignalName } from '../../../kernel/signal.ts';
import type { Shell, ShellOptions } from '../shell.ts';
import { quoteWord } from '../variables.ts';
import { builtin, invalidOption, type Builtin } from './builtin.ts';

const LETTERS: Readonly<Record<string, keyof ShellOptions>> = {
  e: 'errexit', u: 'nounset', x: 'xtrace', f: 'noglob', C: 'noclobber', n: 'noexec', v: 'verbose', a: 'allexport', m: 'monitor',
};
const IGNORED_LETTERS = 'hBEHTbkptP';
const NAMES = new Set<string>([...Object.values(LETTERS), 'pipefail']);
const IGNORED_NAMES = new Set(['emacs', 'vi', 'posix', 'errtrace', 'functrace', 'history', 'histexpand', 'braceexpand', 'hashall', 'ignoreeof', 'notify', 'physical', 'privileged', 'interactive-comments', 'keyword', 'nolog', 'onecmd']);

/** Applies `-eux`, `-o pipefail` and their `+` forms. @returns the words left over, or the message of a wrong one */
export function applyOptions(shell: Shell, words: readonly string[]): { rest: readonly string[] | undefined; problem?: string } {
  let at = 0;
  for (; at < words.length; at += 1) {
    const word = words[at]!;
    if (word === '--') return { rest: words.slice(at + 1) };
    if (word === '-') return { rest: words.slice(at + 1) };
    if (!/^[-+]./.test(word)) break;
    const on = word.startsWith('-');
    for (const letter of word.slice(1)) {
      if (letter === 'o') {
        at += 1;
        const name = words[at];
        if (name === undefined) return { rest: undefined, problem: 'list' };
        if (NAMES.has(name)) shell.options[name as keyof ShellOptions] = on;
        else if (!IGNORED_NAMES.has(name)) return { rest: undefined, problem: `${name}: invalid option name` };
      } else if (LETTERS[letter]) shell.options[LETTERS[letter]] = on;
      else if (!IGNORED_LETTERS.includes(letter)) return { rest: undefined, problem: `${word[0]}${letter}: invalid option` };
    }
  }
  return { rest: at < words.length ? words.slice(at) : undefined };
}

const SIGNALS = ['EXIT', 'ERR', 'DEBUG', 'RETURN'];

function signalName(word: string): string | undefined {
  const upper = word.toUpperCase();
  if (upper === '0' || upper === 'EXIT') return 'EXIT';
  if (SIGNALS.includes(upper)) return upper;
  const named = upper.startsWith('SIG') ? upper : `SIG${upper}`;
  if (named in SIGNAL_NUMBERS) return named;
  return Object.entries(SIGNAL_NUMBERS).find(([, number]) => String(number) === word)?.[0];
}

export const optionBuiltins: [string, Builtin][] = [
  ['set', builtin(function* (shell, argv) {
    if (argv.length === 1) {
      for (const name of shell.variables.names()) {
        const value = shell.variables.find(name)?.scalar;
        if (value !== undefined) yield* shell.print(`${name}=${quoteWord(value)}\n`);
      }
      return 0;
    }
    const { rest, problem } = applyOptions(shell, argv.slice(1));
    if (problem === 'list') {
      for (const name of [...NAMES].sort()) yield* shell.print(`${name.padEnd(15)}\t${shell.options[name as keyof ShellOptions] ? 'on' : 'off'}\n`);
      return 0;
    }
    if (problem) {
      yield* shell.complain(`set: ${problem}`);
      if (problem.endsWith('invalid option')) yield* shell.process.write(2, 'set: usage: set [-abefhkmnptuvxBCEHPT] [-o option-name] [--] [-] [arg ...]\n');
      return problem.endsWith('invalid option') ? 2 : 1;
    }
    if (rest !== undefined) shell.positional = [...rest];
    return 0;
  })],
  ['shopt', builtin(function* (shell, argv) {
    let value: boolean | undefined;
    let quiet = false;
    const names: string[] = [];
    for (const word of argv.slice(1)) {
      if (word === '-s') value = true;
      else if (word === '-u') value = false;
      else if (word === '-q') quiet = true;
      else if (word === '-p' || word === '-o') continue;
      else if (word.startsWith('-')) return yield* invalidOption(shell, 'shopt', word, 'shopt [-pqsu] [-o] [optname ...]');
      else names.push(word);
    }
    let code = 0;
    for (const name of names.length > 0 ? names : [...shell.shopt.keys()].sort()) {
      if (!shell.shopt.has(name) && !/^(?:checkwinsize|histappend|cmdhist|progcomp|promptvars|lastpipe|inherit_errexit|huponexit|autocd|cdspell|direxpand)$/.test(name)) {
        yield* shell.complain(`shopt: ${name}: invalid shell option name`);
        code = 1;
      } else if (value !== undefined) shell.shopt.set(name, value);
      else {
        const on = shell.shopt.get(name) === true;
        if (!on && names.length > 0) code = 1;
        if (!quiet) yield* shell.print(`${name.padEnd(15)}\t${on ? 'on' : 'off'}\n`);
      }
    }
    return code;
  }, { bashOnly: true })],
  ['trap', builtin(function* (shell, argv) {
    let words = argv.slice(1);
    if (words[0] === '--') words = words.slice(1);
    if (words[0] === '-l') {
      yield* shell.print(`${Object.entries(SIGNAL_NUMBERS).map(([name, number]) => `${String(number).padStart(2)}) ${name}`).join('\n')}\n`);
      return 0;
    }
    if (words.length === 0 || words[0] === '-p') {
      for (const [signal, action] of shell.traps) yield* shell.print(`trap -- '${action.replace(/'/g, `'\\''`)}' ${signal}\n`);
      return 0;
    }
    const restores = words[0] === '-' || (words.length === 1 && signalName(words[0]!) !== undefined);
    const action = words.length === 1 ? '-' : words[0]!;
    let code = 0;
    for (const word of words.length === 1 ? words : words.slice(1)) {
      const signal = signalName(word);
      if (!signal) {
        yield* shell.complain(`trap: ${word}: invalid signal specification`);
        code = 1;
        continue;
      }
      const isSignal = !SIGNALS.includes(signal);
      if (restores || action === '-') {
        shell.traps.delete(signal);
        if (isSignal) shell.process.onSignal(signal as SignalName, 'default');
      } else {
        shell.traps.set(signal, action);
        if (isSignal) shell.process.onSignal(signal as SignalName, action === '' ? 'ignore' : () => shell.trapped(signal as SignalName));
      }
    }
    return code;
  })],
  ['alias', builtin(function* (shell, argv) {
    let code = 0;
    if (argv.length === 1) for (const [name, value] of [...shell.aliases].sort((a, b) => (a[0] < b[0] ? -1 : 1))) yield* shell.print(`alias ${name}='${value.replace(/'/g, `'\\''`)}'\n`);
    for (const word of argv.slice(1)) {
      const equals = word.indexOf('=');
      if (equals > 0) shell.aliases.set(word.slice(0, equals), word.slice(equals + 1));
      else if (shell.aliases.has(word)) yield* shell.print(`alias ${word}='${shell.aliases.get(word)}'\n`);
      else {
        yield* shell.complain(`alias: ${word}: not found`);
        code = 1;
      }
    }
    return code;
  })],
  ['unalias', builtin(function* (shell, argv) {
    let code = 0;
    for (const word of argv.slice(1)) {
      if (word === '-a') shell.aliases.clear();
      else if (!shell.aliases.delete(word)) {
        yield* shell.complain(`unalias: ${word}: not found`);
        code = 1;
      }
    }
    return code;
  })],
  ['history', builtin(function* (shell, argv) {
    if (argv[1] === '-c') { shell.history.length = 0; return 0; }
    const count = argv[1] === undefined ? shell.history.length : Number(argv[1]);
    if (!Number.isInteger(count)) { yield* shell.complain(`history: ${argv[1]}: numeric argument required`); return 1; }
    const first = Math.max(0, shell.history.length - count);
    for (let i = first; i < shell.history.length; i += 1) yield* shell.print(`${String(i + 1).padStart(5)}  ${shell.history[i]}\n`);
    return 0;
  })],
  ['complete', builtin(function* (shell) { yield* shell.step(); return 0; }, { bashOnly: true })],
  ['bind', builtin(function* (shell) { yield* shell.step(); return 0; }, { bashOnly: true })],
];
