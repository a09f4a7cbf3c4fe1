import type { Descriptor } from '../../kernel/pipe.ts';
import type { Task } from '../../kernel/task.ts';
import type { Redirection } from 'unbash';
import { FileError } from '../contract.ts';
import { fileErrorWords, openFile, textDescriptor } from '../files/open-file.ts';
import { resolvePath } from '../files/path.ts';
import { ExpansionError } from './control-flow.ts';
import { expandArguments, expandParts, expandString, expandTemplate } from './expand.ts';
import type { Shell } from './shell.ts';

/** What to put back after a command's redirections. */
export type SavedDescriptors = Map<number, Descriptor | undefined>;

/**
 * Applies redirections to the shell's own process, where a command started next inherits them.
 * @returns what {@link restore} needs, or the message of the one that failed (the others before it are undone)
 */
export function* redirect(shell: Shell, redirections: readonly Redirection[]): Task<SavedDescriptors | string> {
  const saved: SavedDescriptors = new Map();
  for (const redirection of redirections) {
    let problem: string | undefined;
    try {
      problem = yield* apply(shell, redirection, saved);
    } catch (thrown) {
      if (!(thrown instanceof FileError)) {
        restore(shell, saved);
        throw thrown;
      }
      problem = `${thrown.path}: ${fileErrorWords(thrown.code)}`;
    }
    if (problem !== undefined) {
      restore(shell, saved);
      return problem;
    }
  }
  return saved;
}

export function restore(shell: Shell, saved: SavedDescriptors): void {
  for (const [fd, descriptor] of [...saved].reverse()) {
    if (descriptor) {
      shell.process.setDescriptor(fd, descriptor);
      descriptor.release();
    } else shell.process.closeDescriptor(fd);
  }
  saved.clear();
}

/** Makes the changes permanent, as `exec > file` does. */
export function forgetSaved(saved: SavedDescriptors): void {
  for (const descriptor of saved.values()) descriptor?.release();
  saved.clear();
}

function* apply(shell: Shell, redirection: Redirection, saved: SavedDescriptors): Task<string | undefined> {
  const { process } = shell;
  const set = (fd: number, descriptor: Descriptor | undefined): void => {
    if (!saved.has(fd)) {
      const old = process.descriptors.get(fd);
      old?.retain();
      saved.set(fd, old);
    }
    if (descriptor) process.setDescriptor(fd, descriptor);
    else process.closeDescriptor(fd);
  };
  const given = redirection.descriptor;
  const pick = (standard: number): number => {
    if (given?.type === 'FileDescriptor') return given.value;
    if (given?.type === 'FileDescriptorVariable') {
      let fd = 10;
      while (process.descriptors.has(fd)) fd += 1;
      shell.variables.set(given.name, String(fd));
      return fd;
    }
    return standard;
  };
  if (redirection.type === 'HereDoc') {
    const { body } = redirection;
    let text = body.text;
    if (redirection.operator === '<<-') text = text.replace(/^\t+/gm, '');
    if (body.parts && redirection.operator === '<<') {
      text = (yield* expandParts(shell, body.parts, { quoted: true })).map(piece => (typeof piece === 'symbol' ? ' ' : piece.text)).join('');
    } else if (!redirection.delimiter?.quoted) {
      text = yield* expandTemplate(shell, text);
    }
    set(pick(0), textDescriptor(text));
    return undefined;
  }
  if (redirection.type === 'HereString') {
    const text = redirection.target ? yield* expandString(shell, redirection.target) : '';
    set(pick(0), textDescriptor(`${text}\n`));
    return undefined;
  }
  const { operator, target } = redirection;
  if (!target) throw new ExpansionError("syntax error near unexpected token `newline'", false, 2);
  const words = yield* expandArguments(shell, [target]);
  if (words.length !== 1) return `${target.text}: ambiguous redirect`;
  const word = words[0]!;
  if (operator === '<&' || operator === '>&') {
    const fd = pick(operator === '<&' ? 0 : 1);
    if (word === '-') { set(fd, undefined); return undefined; }
    const move = /^(\d+)(-?)$/.exec(word);
    if (move) {
      const source = process.descriptors.get(Number(move[1]));
      if (!source) return `${word}: Bad file descriptor`;
      set(fd, source);
      if (move[2]) set(Number(move[1]), undefined);
      return undefined;
    }
    if (operator === '<&' || given) return `${word}: ambiguous redirect`;
    const both = openFile(process, word, 'write');
    set(1, both);
    set(2, both);
    return undefined;
  }
  if (word === '') return ': No such file or directory';
  if (operator === '>' && shell.options.noclobber && shell.system.files.stat(resolvePath(process.cwd, word))?.type === 'file' && !word.startsWith('/dev/')) {
    return `${word}: cannot overwrite existing file`;
  }
  try {
    switch (operator) {
      case '<': set(pick(0), openFile(process, word, 'read')); break;
      case '<>': set(pick(0), openFile(process, word, 'read-write')); break;
      case '>': case '>|': set(pick(1), openFile(process, word, 'write')); break;
      case '>>': set(pick(1), openFile(process, word, 'append')); break;
      case '&>': case '&>>': {
        const both = openFile(process, word, operator === '&>' ? 'write' : 'append');
        set(1, both);
        set(2, both);
        break;
      }
      default: return `${operator}: this redirection is not modelled; use > or <`;
    }
  } catch (refused) {
    if (!(refused instanceof FileError)) throw refused;
    if (shell.dialect === 'ash') return `can't ${operator === '<' ? 'open' : 'create'} ${word}: ${refused.code === 'ENOENT' ? (operator === '<' ? 'no such file' : 'nonexistent directory') : fileErrorWords(refused.code)}`;
    return `${word}: ${fileErrorWords(refused.code)}`;
  }
  return undefined;
}
