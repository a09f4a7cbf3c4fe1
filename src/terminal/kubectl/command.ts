/** What a command is: its place in the catalogue (flags, texts) and what it does. */
import type { Task } from '../../engine/kernel/task.ts';
import { assert } from '../../engine/kernel/assert.ts';
import { commandSpec } from './flags/catalogue.ts';
import type { Session } from './session.ts';

export interface Command {
  /** Words after `kubectl`. */
  readonly path: string;
  /** Flags that must be given; checked before `run`. */
  readonly required: readonly string[];
  /** Flags this kubectl knows but does not model: name → the nearest thing that is. They are refused, never ignored. */
  readonly refused: Readonly<Record<string, string>>;
  /** Returns the exit code; nothing means 0. */
  run(session: Session): Task<number | void>;
}

/** Declares a command. Its flags, summary and help text are those the catalogue records for `path`. */
export function defineCommand(
  command: { path: string; required?: readonly string[]; refused?: Readonly<Record<string, string>>; run: Command['run'] },
): Command {
  assert(commandSpec(command.path), `no command ${command.path} in the catalogue`);
  return { required: [], refused: {}, ...command };
}
