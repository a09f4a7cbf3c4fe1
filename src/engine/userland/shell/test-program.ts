import type { Task } from '../../kernel/task.ts';
import type { SystemProcess } from '../contract.ts';
import { interpreter } from './execute.ts';
import { Shell } from './shell.ts';

/** `[` and `test` as programs, for `find -exec` and `xargs`: the shell's own test under another name. */
export function* testProgram(process: SystemProcess): Task<number> {
  const shell = new Shell(process, interpreter, { name: process.argv[0]!, dialect: 'bash' });
  return yield* shell.interpreter.runWords(shell, process.argv, [], { tail: false, text: process.argv.join(' '), skipFunctions: true });
}
