import { findOnPath } from '../../executable.ts';
import { FileError } from '../../contract.ts';
import { fileErrorWords } from '../../files/open-file.ts';
import { resolvePath } from '../../files/path.ts';
import { FunctionReturn, LoopExit, ShellExit } from '../control-flow.ts';
import type { Shell } from '../shell.ts';
import { builtin, invalidOption, type Builtin } from './builtin.ts';
import type { Task } from '../../../kernel/task.ts';
import { TestError, testArguments } from '../test-expression.ts';
import { functionText } from '../function-text.ts';

function loopExit(kind: 'break' | 'continue'): Builtin {
  return builtin(function* (shell, argv) {
    if (shell.loopDepth === 0) {
      yield* shell.complain(`${kind}: only meaningful in a \`for', \`while', or \`until' loop`);
      return 0;
    }
    const levels = Number(argv[1] ?? 1);
    if (!Number.isInteger(levels)) {
      yield* shell.complain(`${kind}: ${argv[1]}: numeric argument required`);
      throw new ShellExit(128);
    }
    if (levels < 1) {
      yield* shell.complain(`${kind}: ${argv[1]}: loop count out of range`);
      return 1;
    }
    throw new LoopExit(kind, Math.min(levels, shell.loopDepth));
  });
}

function* exitCode(shell: Shell, argv: readonly string[]): Task<number> {
  if (argv[1] === undefined) return shell.status;
  if (/^[-+]?\d+$/.test(argv[1])) return Number(argv[1]) & 255;
  yield* shell.complain(`${argv[0]}: ${argv[1]}: numeric argument required`);
  return 2;
}

const RESERVED = new Set(['if', 'then', 'else', 'elif', 'fi', 'case', 'esac', 'for', 'select', 'while', 'until', 'do', 'done', 'in', 'function', 'time', '{', '}', '!', '[[', ']]', 'coproc']);

/** What `type` and `command -v` say of a name: the kind and the path. */
function kindsOf(shell: Shell, name: string, all: boolean): { kind: 'alias' | 'keyword' | 'function' | 'builtin' | 'file'; value: string }[] {
  const kinds: { kind: 'alias' | 'keyword' | 'function' | 'builtin' | 'file'; value: string }[] = [];
  const alias = shell.aliases.get(name);
  if (alias !== undefined && shell.shopt.get('expand_aliases')) kinds.push({ kind: 'alias', value: alias });
  if (RESERVED.has(name)) kinds.push({ kind: 'keyword', value: name });
  if (shell.functions.has(name)) kinds.push({ kind: 'function', value: name });
  const found = shell.interpreter.builtins.get(name);
  if (found && (shell.dialect === 'bash' || found.everywhere)) kinds.push({ kind: 'builtin', value: name });
  const path = findOnPath(shell.system, name, { cwd: shell.process.cwd, pathVariable: shell.variables.get('PATH'), as: shell.credentials() });
  if (path && (name.includes('/') || shell.system.files.stat(path)?.type === 'file')) kinds.push({ kind: 'file', value: name.includes('/') ? name : path });
  return all ? kinds : kinds.slice(0, 1);
}

export const controlBuiltins: [string, Builtin][] = [
  [':', builtin(function* (shell) { yield* shell.step(); return 0; })],
  ['true', builtin(function* (shell) { yield* shell.step(); return 0; })],
  ['false', builtin(function* (shell) { yield* shell.step(); return 1; })],
  ['break', loopExit('break')],
  ['continue', loopExit('continue')],
  ['exit', builtin(function* (shell, argv) {
    if (shell.dialect === 'bash' && shell.interactive && shell.process.terminal) yield* shell.process.write(2, 'exit\n');
    throw new ShellExit(yield* exitCode(shell, argv));
  })],
  ['logout', builtin(function* (shell, argv) { throw new ShellExit(yield* exitCode(shell, argv)); }, { bashOnly: true })],
  ['return', builtin(function* (shell, argv) {
    if (shell.functionNames.length === 0 && shell.sourceDepth === 0) {
      yield* shell.complain("return: can only `return' from a function or sourced script");
      return 2;
    }
    throw new FunctionReturn(yield* exitCode(shell, argv));
  })],
  ['eval', builtin(function* (shell, argv) {
    const text = argv.slice(1).join(' ');
    if (text.trim() === '') return 0;
    return yield* shell.deeper(shell.interpreter.runText(shell, text));
  })],
  ['source', builtin(source)],
  ['.', builtin(source)],
  ['exec', builtin(function* (shell, argv, text) {
    if (argv.length === 1) return 0;
    shell.execNext = true;
    try {
      const code = yield* shell.interpreter.runWords(shell, argv.slice(1), [], { tail: true, text, skipFunctions: true, skipBuiltins: true });
      if (shell.interactive && code >= 126) return code;
      throw new ShellExit(code);
    } finally {
      shell.execNext = false;
    }
  })],
  ['command', builtin(function* (shell, argv, text) {
    let at = 1;
    let mode: string | undefined;
    while (argv[at]?.startsWith('-') && argv[at] !== '-') {
      if (argv[at] === '--') { at += 1; break; }
      if (!/^-[vVp]+$/.test(argv[at]!)) return yield* invalidOption(shell, 'command', argv[at]!, 'command [-pVv] command [arg ...]');
      mode = argv[at];
      at += 1;
    }
    const rest = argv.slice(at);
    if (rest.length === 0) return 0;
    if (mode === '-v') {
      let code = 0;
      for (const name of rest) {
        const kind = kindsOf(shell, name, false)[0];
        if (!kind) code = shell.dialect === 'bash' ? 1 : 127;
        else yield* shell.print(kind.kind === 'alias' ? `alias ${name}='${kind.value}'\n` : `${kind.value}\n`);
      }
      return code;
    }
    if (mode === '-V') return yield* describeNames(shell, 'command', rest, false);
    return yield* shell.interpreter.runWords(shell, rest, [], { tail: false, text, skipFunctions: true });
  })],
  ['builtin', builtin(function* (shell, argv, text) {
    if (argv.length === 1) return 0;
    const found = shell.interpreter.builtins.get(argv[1]!);
    if (!found) { yield* shell.complain(`builtin: ${argv[1]}: not a shell builtin`); return 1; }
    return yield* found.run(shell, argv.slice(1), text);
  }, { bashOnly: true })],
  ['type', builtin(function* (shell, argv) {
    let at = 1;
    let flags = '';
    while (argv[at]?.startsWith('-') && argv[at]!.length > 1) { flags += argv[at]!.slice(1); at += 1; }
    if (/[^afptP]/.test(flags)) return yield* invalidOption(shell, 'type', `-${/[^afptP]/.exec(flags)![0]}`, 'type [-afptP] name [name ...]');
    if (!/[tpP]/.test(flags)) return yield* describeNames(shell, 'type', argv.slice(at), flags.includes('a'));
    let code = 0;
    for (const name of argv.slice(at)) {
      const kinds = kindsOf(shell, name, flags.includes('a'));
      if (kinds.length === 0) code = 1;
      for (const { kind, value } of kinds) {
        if (flags.includes('t')) yield* shell.print(`${kind}\n`);
        else if (kind === 'file') yield* shell.print(`${value}\n`);
      }
    }
    return code;
  })],
  ['hash', builtin(function* (shell) { yield* shell.step(); return 0; })],
  ['test', builtin(function* (shell, argv) { return yield* test(shell, 'test', argv.slice(1)); })],
  ['[', builtin(function* (shell, argv) {
    if (argv.at(-1) !== ']') {
      yield* shell.complain(shell.dialect === 'bash' ? "[: missing `]'" : '[: missing ]');
      return 2;
    }
    return yield* test(shell, '[', argv.slice(1, -1));
  })],
  ['times', builtin(function* (shell) { yield* shell.print('0m0.000s 0m0.000s\n0m0.000s 0m0.000s\n'); return 0; })],
  ['help', builtin(function* (shell) {
    yield* shell.print(`These shell commands are defined internally.\n\n${[...shell.interpreter.builtins.keys()].sort().map(name => ` ${name}`).join('\n')}\n`);
    return 0;
  }, { bashOnly: true })],
];

function* test(shell: Shell, name: string, args: readonly string[]): Task<number> {
  yield* shell.step();
  try {
    return testArguments(shell, args) ? 0 : 1;
  } catch (thrown) {
    if (!(thrown instanceof TestError)) throw thrown;
    yield* shell.complain(shell.dialect === 'bash' ? `${name}: ${thrown.message}` : thrown.message.replace(/^(.*): unary operator expected$/, '$1: unknown operand').replace(/^(.*): binary operator expected$/, '$1: unknown operand'));
    return 2;
  }
}

function* describeNames(shell: Shell, command: string, names: readonly string[], all: boolean): Task<number> {
  let code = 0;
  for (const name of names) {
    const kinds = kindsOf(shell, name, all);
    if (kinds.length === 0) {
      yield* shell.complain(`${command}: ${name}: not found`);
      code = 1;
    }
    for (const { kind, value } of kinds) {
      if (kind === 'alias') yield* shell.print(`${name} is aliased to \`${value}'\n`);
      else if (kind === 'keyword') yield* shell.print(`${name} is a shell keyword\n`);
      else if (kind === 'function') yield* shell.print(`${name} is a function\n${functionText(shell.functions.get(name)!)}\n`);
      else if (kind === 'builtin') yield* shell.print(`${name} is a shell builtin\n`);
      else yield* shell.print(`${name} is ${value}\n`);
    }
  }
  return code;
}

function* source(shell: Shell, argv: readonly string[]): Task<number> {
  const name = argv[1];
  if (name === undefined) {
    yield* shell.complain(`${argv[0]}: filename argument required`);
    yield* shell.process.write(2, `${argv[0]}: usage: ${argv[0]} filename [arguments]\n`);
    return 2;
  }
  const { files } = shell.system;
  const along = name.includes('/') ? undefined : (shell.variables.get('PATH') ?? '').split(':').map(directory => resolvePath(directory || '/', name)).find(path => files.stat(path)?.type === 'file');
  const path = along ?? resolvePath(shell.process.cwd, name);
  let text: string;
  try {
    text = files.read(path, shell.credentials());
  } catch (thrown) {
    if (!(thrown instanceof FileError)) throw thrown;
    yield* shell.complain(`${name}: ${thrown.code === 'EISDIR' ? `${argv[0]}: is a directory` : fileErrorWords(thrown.code)}`);
    return 1;
  }
  const { positional } = shell;
  if (argv.length > 2) shell.positional = argv.slice(2);
  shell.sourceDepth += 1;
  shell.status = 0;
  try {
    return yield* shell.deeper(shell.interpreter.runText(shell, text));
  } catch (thrown) {
    if (!(thrown instanceof FunctionReturn)) throw thrown;
    return thrown.code;
  } finally {
    shell.sourceDepth -= 1;
    if (argv.length > 2) shell.positional = positional;
  }
}
