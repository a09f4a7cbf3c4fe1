import { fileErrorWords } from '../../files/open-file.ts';
import { allowed } from '../../files/file-system.ts';
import { resolvePath } from '../../files/path.ts';
import type { Task } from '../../../kernel/task.ts';
import type { Shell } from '../shell.ts';
import { builtin, type Builtin } from './builtin.ts';

function* changeDirectory(shell: Shell, target: string, shown: boolean, command = 'cd'): Task<number> {
  const path = resolvePath(shell.process.cwd, target);
  const stat = shell.system.files.stat(path);
  const problem = !stat ? 'ENOENT' : stat.type !== 'directory' ? 'ENOTDIR' : allowed(stat, 1, shell.credentials()) ? undefined : 'EACCES';
  if (problem) {
    yield* shell.complain(shell.dialect === 'bash' ? `${command}: ${target}: ${fileErrorWords(problem)}` : `${command}: can't cd to ${target}: ${fileErrorWords(problem)}`);
    return shell.dialect === 'bash' ? 1 : 2;
  }
  shell.variables.set('OLDPWD', shell.process.cwd);
  shell.process.cwd = path;
  shell.variables.set('PWD', path);
  if (shown) yield* shell.print(`${path}\n`);
  return 0;
}

function tilde(shell: Shell, path: string): string {
  const home = shell.variables.get('HOME');
  return home && (path === home || path.startsWith(`${home}/`)) ? `~${path.slice(home.length)}` : path;
}

function* showStack(shell: Shell): Task<number> {
  yield* shell.print(`${[shell.process.cwd, ...shell.directoryStack].map(path => tilde(shell, path)).join(' ')}\n`);
  return 0;
}

export const directoryBuiltins: [string, Builtin][] = [
  ['cd', builtin(function* (shell, argv) {
    const args = argv.slice(1).filter(arg => !/^-[LPe@]+$/.test(arg) && arg !== '--');
    if (args.length > 1) { yield* shell.complain('cd: too many arguments'); return 1; }
    if (args[0] === '-') {
      const old = shell.variables.get('OLDPWD');
      if (old === undefined) { yield* shell.complain('cd: OLDPWD not set'); return 1; }
      return yield* changeDirectory(shell, old, true);
    }
    if (args[0] === undefined) {
      const home = shell.variables.get('HOME');
      if (home === undefined) { yield* shell.complain('cd: HOME not set'); return 1; }
      return yield* changeDirectory(shell, home, false);
    }
    if (args[0] === '') return 0;
    return yield* changeDirectory(shell, args[0], false);
  })],
  ['pwd', builtin(function* (shell, argv) {
    yield* shell.print(`${argv.includes('-P') ? shell.system.files.realPath(shell.process.cwd) : shell.process.cwd}\n`);
    return 0;
  })],
  ['pushd', builtin(function* (shell, argv) {
    const target = argv[1] ?? shell.directoryStack.shift();
    if (target === undefined) { yield* shell.complain('pushd: no other directory'); return 1; }
    const from = shell.process.cwd;
    const code = yield* changeDirectory(shell, target, false, 'pushd');
    if (code !== 0) return code;
    shell.directoryStack.unshift(from);
    return yield* showStack(shell);
  }, { bashOnly: true })],
  ['popd', builtin(function* (shell) {
    const target = shell.directoryStack.shift();
    if (target === undefined) { yield* shell.complain('popd: directory stack empty'); return 1; }
    const code = yield* changeDirectory(shell, target, false, 'popd');
    return code === 0 ? yield* showStack(shell) : code;
  }, { bashOnly: true })],
  ['dirs', builtin(function* (shell) { return yield* showStack(shell); }, { bashOnly: true })],
  ['umask', builtin(function* (shell) { yield* shell.print('0022\n'); return 0; })],
  ['ulimit', builtin(function* (shell) { yield* shell.print('unlimited\n'); return 0; })],
];
