import { FileError } from '../../engine/userland/contract.ts';
import { BUILTINS, resolvePath, type Shell } from '../../engine/userland/index.ts';
import type { Completion, Laptop } from '../contract.ts';

interface TypedWord {
  readonly start: number;
  /** As typed, quotes removed. */
  readonly text: string;
  readonly quote: '"' | "'" | undefined;
  /** Follows `>` or `<`: a file, whatever the command. */
  readonly redirected: boolean;
}

/** The words of the simple command the cursor stands in, and the one under the cursor last. */
export function commandWords(line: string, cursor: number): { words: TypedWord[]; current: TypedWord } {
  const text = line.slice(0, cursor);
  let words: TypedWord[] = [];
  let start = -1;
  let value = '';
  let quote: '"' | "'" | undefined;
  let redirected = false;
  const finish = (): void => {
    if (start >= 0) words.push({ start, text: value, quote: undefined, redirected });
    if (start >= 0) redirected = false;
    start = -1;
    value = '';
  };
  for (let i = 0; i < text.length; i += 1) {
    const char = text[i]!;
    if (quote) {
      if (char === quote) quote = undefined;
      else value += char;
      continue;
    }
    if (char === '"' || char === "'") {
      if (start < 0) start = i;
      quote = char;
    } else if (char === '\\' && i + 1 < text.length) {
      if (start < 0) start = i;
      i += 1;
      value += text[i];
    } else if (/\s/.test(char)) finish();
    else if (char === '>' || char === '<') {
      finish();
      redirected = true;
    } else if ('|;&(`{'.includes(char) && !(char === '{' && (start >= 0 || text[i + 1] !== ' '))) {
      finish();
      words = [];
      redirected = false;
    } else {
      if (start < 0) start = i;
      value += char;
    }
  }
  const current: TypedWord = { start: start < 0 ? cursor : start, text: value, quote, redirected };
  while (words[0] && /^(?:[A-Za-z_]\w*=|then$|do$|else$|if$|while$|until$|!$|time$|sudo$|watch$|xargs$)/.test(words[0].text)) words = words.slice(1);
  return { words, current };
}

/** What Tab offers at `cursor`. */
export function completeLine(shell: Shell, laptop: Laptop, line: string, cursor: number): Completion {
  const { words, current } = commandWords(line, cursor);
  const variable = /\$\{?(\w*)$/.exec(current.text);
  if (variable && current.quote !== "'") {
    const brace = current.text.includes('${') ? '}' : '';
    const names = shell.variables.names().filter(name => name.startsWith(variable[1]!));
    return { from: cursor - variable[1]!.length, candidates: names.map(name => ({ text: name + brace })), suffix: brace ? '' : ' ' };
  }
  if (current.redirected) return fileCompletion(shell, current, cursor);
  if (words.length === 0) {
    if (current.text.includes('/')) return fileCompletion(shell, current, cursor);
    return { from: current.start, candidates: commandNames(shell).filter(name => name.startsWith(current.text)).map(text => ({ text })), suffix: ' ' };
  }
  const argv = [...aliased(shell, words[0]!.text), ...words.slice(1).map(word => word.text), current.text];
  const completer = laptop.completers.get(argv[0]!);
  if (!completer) return fileCompletion(shell, current, cursor, argv[0] === 'cd');
  const { from, candidates, suffix } = completer(argv, argv.length - 1);
  if (candidates.length === 0) return fileCompletion(shell, current, cursor);
  const open = candidates.length === 1 && /[=/:]$/.test(candidates[0]!.text);
  return { from: current.start + from, candidates, suffix: open ? '' : suffix };
}

function aliased(shell: Shell, name: string): string[] {
  const value = shell.aliases.get(name);
  return value === undefined ? [name] : value.trim().split(/\s+/);
}

function commandNames(shell: Shell): string[] {
  const names = new Set<string>([...shell.aliases.keys(), ...shell.functions.keys(), ...BUILTINS.keys(), 'if', 'for', 'while', 'until', 'case', 'function', 'time']);
  for (const directory of (shell.variables.get('PATH') ?? '').split(':')) {
    try {
      for (const name of shell.system.files.list(directory)) names.add(name);
    } catch (thrown) {
      if (!(thrown instanceof FileError)) throw thrown;
    }
  }
  return [...names].sort();
}

function fileCompletion(shell: Shell, current: TypedWord, cursor: number, directoriesOnly = false): Completion {
  const slash = current.text.lastIndexOf('/');
  const shown = current.text.slice(0, slash + 1);
  const prefix = current.text.slice(slash + 1);
  const home = shell.variables.get('HOME') ?? '/';
  const path = resolvePath(shell.process.cwd, shown.startsWith('~/') ? home + shown.slice(1) : shown === '' ? '.' : shown);
  let names: string[];
  try {
    names = shell.system.files.list(path);
  } catch (thrown) {
    if (!(thrown instanceof FileError)) throw thrown;
    names = [];
  }
  const candidates = names.filter(name => name.startsWith(prefix) && (prefix.startsWith('.') || !name.startsWith('.')))
    .map(name => ({ name, isDirectory: shell.system.files.stat(resolvePath(path, name))?.type === 'directory' }))
    .filter(entry => !directoriesOnly || entry.isDirectory)
    .map(entry => ({ text: `${shown}${current.quote ? entry.name : entry.name.replace(/[\s'"\\$&|;<>()*?[\]#!]/g, '\\$&')}${entry.isDirectory ? '/' : ''}` }));
  const sole = candidates.length === 1 ? candidates[0]! : undefined;
  const from = current.start + (current.quote ? 1 : 0);
  return { from: Math.min(from, cursor), candidates, suffix: sole?.text.endsWith('/') ? '' : `${current.quote ?? ''} ` };
}

