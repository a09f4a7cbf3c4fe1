/** `eksctl` as a program of the learner's machine. */
import type { Task } from '../../engine/kernel/task.ts';
import type { SystemProcess, SystemProgram } from '../../engine/userland/contract.ts';
import { EksctlFailure, type EksctlCommand } from './command.ts';
import { eksctlCommands, REFUSED, VERBS } from './commands/registry.ts';
import { flagUsages, parseFlags } from './flags.ts';
import { EksctlSession, type EksctlSetup } from './session.ts';

export function createEksctl(setup: EksctlSetup): SystemProgram {
  return function* eksctl(process) {
    try {
      yield* runLine(process, setup);
      return 0;
    } catch (failure) {
      if (!(failure instanceof EksctlFailure)) throw failure;
      yield* process.write(2, `Error: ${failure.message}\n`);
      return 1;
    }
  };
}

const objectOf = (command: EksctlCommand): string => command.path.split(' ')[1]!;

function* runLine(process: SystemProcess, setup: EksctlSetup): Task<void> {
  const words = process.argv.slice(1);
  const [verb = '', object = ''] = words.filter(word => !word.startsWith('-'));
  if (verb === 'version') {
    yield* process.write(1, `${setup.version}\n`);
    return;
  }
  if (verb === '' || verb === 'help') {
    yield* process.write(1, rootHelp());
    return;
  }
  const refusal = REFUSED[`${verb} ${object}`] ?? REFUSED[verb];
  if (refusal !== undefined) throw new EksctlFailure(`eksctl ${REFUSED[verb] === undefined ? `${verb} ${object}` : verb} is not modelled; ${refusal}`);
  if (!(verb in VERBS)) throw new EksctlFailure(`unknown command ${JSON.stringify(verb)} for "eksctl"`);
  const command = eksctlCommands.find(known => known.path.startsWith(`${verb} `) && (objectOf(known) === object || known.aliases?.includes(object)));
  if (!command) {
    if (object === '' || words.includes('--help') || words.includes('-h')) {
      yield* process.write(1, verbHelp(verb));
      return;
    }
    throw new EksctlFailure(`unknown command ${JSON.stringify(object)} for "eksctl ${verb}"`);
  }
  const rest = withoutWords(words, [verb, object]);
  const flags = parseFlags(rest, command.flags);
  if (flags.wantsHelp) {
    yield* process.write(1, `${command.summary}\n\nUsage: eksctl ${command.path} [flags]\n${command.aliases ? `\nAliases: ${[objectOf(command), ...command.aliases].join(', ')}\n` : ''}\nFlags:\n${flagUsages(command.flags)}`);
    return;
  }
  for (const name of flags.values.keys()) {
    const nearest = command.refused?.[name];
    if (nearest !== undefined) throw new EksctlFailure(`--${name} is not modelled; ${nearest}`);
  }
  yield* command.run(new EksctlSession(process, setup, command, flags));
}

/** The line without the first place of each word. */
function withoutWords(words: readonly string[], gone: readonly string[]): string[] {
  const left = [...gone];
  return words.filter(word => {
    if (word !== left[0]) return true;
    left.shift();
    return false;
  });
}

const column = (name: string, text: string): string => `  ${`eksctl ${name}`.padEnd(34)}${text}\n`;

function rootHelp(): string {
  return `The official CLI for Amazon EKS\n\nUsage: eksctl [command] [flags]\n\nCommands:\n${Object.entries(VERBS).map(([verb, text]) => column(verb, text)).join('')}${column('version', 'Output the version of eksctl')}\nUse 'eksctl [command] --help' for more information about a command.\n`;
}

function verbHelp(verb: string): string {
  const known = eksctlCommands.filter(command => command.path.startsWith(`${verb} `));
  return `${VERBS[verb]}\n\nUsage: eksctl ${verb} [flags]\n\nCommands:\n${known.map(command => column(command.path, command.summary)).join('')}\nUse 'eksctl ${verb} [command] --help' for more information about a command.\n`;
}
