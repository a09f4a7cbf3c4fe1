import type { Task } from '../../kernel/task.ts';
import { FileError, type SystemProcess, type SystemProgram } from '../contract.ts';
import { fileErrorWords } from '../files/open-file.ts';
import { resolvePath } from '../files/path.ts';
import { applyOptions } from './builtins/options.ts';
import { interpreter, runScriptText } from './execute.ts';
import { interact, type LineSource } from './interactive.ts';
import { Shell, type Dialect } from './shell.ts';

/** The `bash` or `sh` executable: `-c text`, a script file, standard input, or a dialogue with a terminal. */
export function shellProgram(dialect: Dialect): SystemProgram {
  return function* run(process: SystemProcess): Task<number> {
    const name = process.argv[0] ?? 'sh';
    const shell = new Shell(process, interpreter, { name, dialect });
    prepare(shell);
    let words = process.argv.slice(1);
    let command: string | undefined;
    let interactive = false;
    let fromInput = false;
    const options: string[] = [];
    while (words[0]?.startsWith('-') || words[0]?.startsWith('+')) {
      const word = words[0];
      if (word === '--' || word === '-') { words = words.slice(1); break; }
      if (word === '--version' && dialect === 'bash') {
        yield* process.write(1, 'GNU bash, version 5.2.15(1)-release (x86_64-pc-linux-gnu)\n');
        return 0;
      }
      if (/^--(?:login|norc|noprofile|posix|noediting)$/.test(word)) { words = words.slice(1); continue; }
      if (word.startsWith('--')) {
        yield* process.write(2, `${name}: ${word}: invalid option\n`);
        return 2;
      }
      const letters = word.slice(1);
      words = words.slice(1);
      if (letters.includes('i')) interactive = true;
      if (letters.includes('s')) fromInput = true;
      const rest = letters.replace(/[cilrs]/g, '');
      if (rest !== '') {
        options.push(word[0] + rest);
        if (rest.includes('o') && words[0] !== undefined) { options.push(words[0]); words = words.slice(1); }
      }
      if (letters.includes('c') && word.startsWith('-')) {
        if (words[0] === undefined) {
          yield* process.write(2, `${name}: -c: option requires an argument\n`);
          return 2;
        }
        command = words[0];
        words = words.slice(1);
        break;
      }
    }
    const { problem } = applyOptions(shell, options);
    if (problem) {
      yield* process.write(2, `${name}: ${problem}\n`);
      return 2;
    }
    if (command !== undefined) {
      shell.origin = 'command';
      if (words[0] !== undefined) { shell.name = words[0]; shell.positional = words.slice(1); }
      const text = command;
      return yield* shell.runToEnd(self => runScriptText(self, text));
    }
    if (words[0] !== undefined && !fromInput) return yield* runFile(shell, words);
    shell.positional = [...words];
    if (interactive || (process.terminal && process.descriptors.get(2)?.terminal)) return yield* interact(shell);
    shell.origin = 'stdin';
    return yield* shell.runToEnd(runInput);
  };
}

/** An interactive bash whose lines come from a terminal session instead of its own prompt. */
export function loginShell(connect: (shell: Shell) => LineSource): SystemProgram {
  return function* run(process: SystemProcess): Task<number> {
    const shell = new Shell(process, interpreter, { name: 'bash', dialect: 'bash' });
    prepare(shell);
    return yield* interact(shell, connect(shell));
  };
}

function prepare(shell: Shell): void {
  const { variables, process } = shell;
  if (variables.get('PATH') === undefined) variables.set('PATH', '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin');
  variables.set('PWD', process.cwd);
  variables.declare('PWD').exported = true;
  variables.set('IFS', ' \t\n');
  variables.set('OPTIND', '1');
  if (variables.get('PS4') === undefined) variables.set('PS4', '+ ');
  const level = Number(variables.get('SHLVL') ?? 0) || 0;
  variables.set('SHLVL', String(level + 1));
  variables.declare('SHLVL').exported = true;
  variables.set('PPID', String(0));
  if (shell.dialect !== 'bash') return;
  variables.set('BASH_VERSION', '5.2.15(1)-release');
  variables.set('BASH', '/bin/bash');
  variables.set('HOSTNAME', shell.system.hostname);
  variables.set('UID', String(process.uid));
  variables.set('EUID', String(process.uid));
  variables.set('OSTYPE', 'linux-gnu');
}

function* runFile(shell: Shell, words: readonly string[]): Task<number> {
  const [path, ...args] = words as [string, ...string[]];
  let text: string;
  try {
    text = shell.system.files.read(resolvePath(shell.process.cwd, path), shell.credentials());
  } catch (thrown) {
    if (!(thrown instanceof FileError)) throw thrown;
    const reason = thrown.code === 'EISDIR' ? 'Is a directory' : fileErrorWords(thrown.code);
    yield* shell.process.write(2, shell.dialect === 'bash' ? `${shell.name}: ${path}: ${reason}\n` : `${shell.name}: can't open '${path}': ${reason}\n`);
    return shell.dialect === 'bash' ? (thrown.code === 'ENOENT' ? 127 : 126) : 2;
  }
  shell.origin = 'script';
  shell.name = path;
  shell.positional = args;
  return yield* shell.runToEnd(self => runScriptText(self, text));
}

/** Commands from standard input, one complete command at a time, so that they share the input with what they run. */
function* runInput(shell: Shell): Task<number> {
  const text = yield* shell.process.readAll(0);
  return yield* runScriptText(shell, text);
}
