import type { Task } from '../../../kernel/task.ts';
import type { Shell } from '../shell.ts';

/** A command the shell runs itself. `everywhere`: busybox ash has it too. */
export interface Builtin {
  readonly everywhere: boolean;
  run(shell: Shell, argv: readonly string[], text: string): Task<number>;
}

export function builtin(run: Builtin['run'], options: { bashOnly?: boolean } = {}): Builtin {
  return { everywhere: options.bashOnly !== true, run };
}

/** Bash's two lines for a wrong option. */
export function* invalidOption(shell: Shell, name: string, option: string, usage: string): Task<number> {
  yield* shell.complain(`${name}: ${option}: invalid option`);
  yield* shell.process.write(2, `${name}: usage: ${usage}\n`);
  return 2;
}
