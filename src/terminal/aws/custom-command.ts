/** Commands of the CLI that are no operation of a service: one declared object each. */
import type { Task } from '../../engine/kernel/task.ts';
import { parseWords, type OptionSpec, type ParsedWords } from './line/arg-parser.ts';
import { unknownOptions } from './failure.ts';
import type { AwsSession } from './session.ts';

export interface CustomCommand {
  readonly name: string;
  readonly options: readonly OptionSpec[];
  /** Words without dashes, by name. */
  readonly words?: readonly string[];
  /** One line for `help`. */
  readonly summary: string;
  run(session: AwsSession, values: ParsedWords['values']): Task<number>;
}

/** @throws AwsFailure for mistakes in the words */
export function* runCustom(session: AwsSession, command: CustomCommand, words: readonly string[]): Task<number | 'help'> {
  if (words.length === 1 && words[0] === 'help') return 'help';
  const { values, rest } = parseWords(words, command.options, (command.words ?? []).map(dest => ({ dest })));
  if (rest.length > 0) throw unknownOptions(rest);
  return yield* command.run(session, values);
}
