import type { Descriptor } from '../kernel/pipe.ts';
import type { Task } from '../kernel/task.ts';
import { FileError, type Credentials, type System, type SystemProcess, type SystemProgram } from './contract.ts';
import { allowed } from './files/file-system.ts';
import { credentialsOf, fileErrorWords } from './files/open-file.ts';
import { resolvePath } from './files/path.ts';

/** Virtual time from fork to the first instruction of a program. */
export const SPAWN_MS = 1;

/** What execve(2) would find. `argv` has an interpreter's words put before it when the file is a script. */
export type Executable =
  | { readonly kind: 'program'; readonly program: SystemProgram; readonly path: string; readonly argv: readonly string[] }
  /** `no-format`: executable text without a `#!` line; a shell interprets it itself. */
  | { readonly kind: 'no-format'; readonly path: string }
  | { readonly kind: 'not-found' | 'denied' | 'directory' | 'missing-interpreter'; readonly path: string; readonly interpreter?: string };

const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

interface LookupContext {
  readonly cwd: string;
  readonly pathVariable?: string;
  readonly as?: Credentials;
}

/** The file a command name stands for: itself when it holds a slash, otherwise the first executable along PATH. */
export function findOnPath(system: System, name: string, context: LookupContext): string | undefined {
  if (name === '') return undefined;
  if (name.includes('/')) return system.files.stat(resolvePath(context.cwd, name)) ? resolvePath(context.cwd, name) : undefined;
  let denied: string | undefined;
  for (const directory of (context.pathVariable ?? DEFAULT_PATH).split(':')) {
    const path = resolvePath(context.cwd, `${directory || '.'}/${name}`);
    const stat = system.files.stat(path);
    if (stat?.type !== 'file') continue;
    if (allowed(stat, 1, context.as)) return path;
    denied ??= path;
  }
  return denied;
}

/** What running `argv` would start. */
export function findExecutable(system: System, argv: readonly string[], context: LookupContext, depth = 0): Executable {
  const name = argv[0] ?? '';
  const path = findOnPath(system, name, context);
  if (path === undefined) return { kind: 'not-found', path: name };
  const stat = system.files.stat(path);
  if (!stat) return { kind: 'not-found', path };
  if (stat.type === 'directory') return { kind: 'directory', path };
  if (!allowed(stat, 1, context.as)) return { kind: 'denied', path };
  if (stat.program !== undefined) {
    const program = system.program(stat.program);
    return program ? { kind: 'program', program, path, argv } : { kind: 'missing-interpreter', path, interpreter: stat.program };
  }
  const shebang = /^#![ \t]*(\S+)(?:[ \t]+([^\n]*?))?[ \t]*(?:\n|$)/.exec(system.files.read(path));
  if (!shebang) return { kind: 'no-format', path };
  if (depth > 4) return { kind: 'denied', path };
  const script = name.includes('/') ? name : path;
  const words = [shebang[1]!, ...(shebang[2] ? [shebang[2]] : []), script, ...argv.slice(1)];
  const found = findExecutable(system, words, context, depth + 1);
  return found.kind === 'program' ? found : { kind: 'missing-interpreter', path, interpreter: shebang[1]! };
}

/** How {@link spawnCommand} could not start a command: what the caller prints after its own name, and the exit code. */
export interface SpawnRefusal {
  readonly refused: string;
  readonly code: 126 | 127;
}

/** Starts `argv` as a child of `process`, found along PATH as execvp(3) does. */
export function spawnCommand(
  process: SystemProcess,
  argv: readonly string[],
  options: { descriptors?: ReadonlyMap<number, Descriptor>; env?: ReadonlyMap<string, string>; cwd?: string } = {},
): SystemProcess | SpawnRefusal {
  const env = options.env ?? process.env;
  const found = findExecutable(process.system, argv, { cwd: process.cwd, pathVariable: env.get('PATH'), as: credentialsOf(process) });
  let program: SystemProgram | undefined;
  let words = argv;
  if (found.kind === 'program') {
    program = found.program;
    words = found.argv;
  } else if (found.kind === 'no-format') {
    program = process.system.program('sh');
    words = ['sh', found.path, ...argv.slice(1)];
  }
  if (!program) {
    const denied = found.kind === 'denied' || found.kind === 'directory';
    return { refused: `‘${argv[0]}’: ${denied ? 'Permission denied' : 'No such file or directory'}`, code: denied ? 126 : 127 };
  }
  const child = process.table.spawn({
    program: afterSpawn(program), argv: words, env, cwd: options.cwd ?? process.cwd, parent: process,
    descriptors: options.descriptors ?? process.descriptors,
  });
  child.onExit(() => process.children.delete(child));
  return child;
}

/** `program` as the kernel runs it: a moment after the fork, with its uncaught file errors as words. */
export function afterSpawn(program: SystemProgram): SystemProgram {
  return function* started(process): Task<number> {
    yield* process.sleep(SPAWN_MS);
    return yield* runGuarded(program, process);
  };
}

/** Runs a program in `process`; a {@link FileError} it did not expect is reported as the C library would. */
export function* runGuarded(program: SystemProgram, process: SystemProcess): Task<number> {
  try {
    return yield* program(process);
  } catch (thrown) {
    if (thrown instanceof FileError) {
      yield* process.write(2, `${process.argv[0]}: ${thrown.path}: ${fileErrorWords(thrown.code)}\n`);
      return 1;
    }
    if (thrown instanceof RangeError) {
      yield* process.write(2, 'Segmentation fault\n');
      return 139;
    }
    throw thrown;
  }
}

/** Gives `directory` an executable file for each name, running the program of that name (or as mapped). */
export function installPrograms(files: System['files'], directory: string, names: Iterable<string | readonly [name: string, program: string]>): void {
  files.makeDirectory(directory, { recursive: true });
  for (const entry of names) {
    const [name, program] = typeof entry === 'string' ? [entry, entry] : entry;
    const path = resolvePath(directory, name);
    files.write(path, '', { mode: 0o755 });
    files.setProgram(path, program);
  }
}
