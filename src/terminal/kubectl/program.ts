/** kubectl as a program of the learner's machine: a real client that knows the API server only through a `Transport`. */
import type { Task } from '../../engine/kernel/task.ts';
import type { System, SystemProcess, SystemProgram } from '../../engine/userland/contract.ts';
import type { Transport } from '../contract.ts';
import { FileError } from '../../engine/userland/contract.ts';
import { ApiFailure, CliFailure, ConnectionFailure, failureText, ManyFailures } from './client/failure.ts';
import type { DiscoveryCache } from './client/discovery.ts';
import type { Command } from './command.ts';
import { commands } from './commands/registry.ts';
import { type CommandSpec, commandSpec, subcommands } from './flags/catalogue.ts';
import { findCommand, parseLine } from './flags/parse.ts';
import { helpText, optionsText, unknownTopic } from './help/render.ts';
import { Session } from './session.ts';

/** Makes kubectl. What discovery learned is kept per machine, as kubectl keeps it on disk. */
export function createKubectl(options: { transport: Transport; version: string }): SystemProgram {
  const caches = new WeakMap<System, DiscoveryCache>();
  const version = options.version.replace(/^v?/, 'v');
  return function* kubectl(process) {
    const cache = caches.get(process.system) ?? new Map();
    caches.set(process.system, cache);
    try {
      return yield* runLine(process, { transport: options.transport, version, caches: cache });
    } catch (failure) {
      const known = failure instanceof CliFailure || failure instanceof ApiFailure || failure instanceof ConnectionFailure || failure instanceof ManyFailures;
      if (!known) {
        if (!(failure instanceof FileError)) throw failure;
        yield* process.write(2, `error: open ${failure.path}: ${FILE_WORDS[failure.code] ?? failure.code}\n`);
        return 1;
      }
      yield* process.write(2, failureText(failure));
      return failure instanceof CliFailure ? failure.code : 1;
    }
  };
}

const FILE_WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or directory', EACCES: 'permission denied', EISDIR: 'is a directory', ENOTDIR: 'not a directory', EROFS: 'read-only file system',
};

function* runLine(process: SystemProcess, setup: { transport: Transport; version: string; caches: DiscoveryCache }): Task<number> {
  const words = process.argv.slice(1);
  if (words[0] === 'help') return yield* showHelpTopic(process, words.slice(1));
  if (words[0] === 'options') {
    yield* process.write(1, optionsText(process.env.get('HOME') ?? '/root'));
    return 0;
  }
  const line = parseLine(words);
  const { spec } = line;
  const name = spec.path === '' ? 'kubectl' : `kubectl ${spec.path}`;
  const command = commands.get(spec.path);
  if (spec.path === '' && !line.error && line.args.length > 0) throw new CliFailure(unknownCommand(line.args[0]!));
  if (line.error !== undefined) throw new CliFailure(`${line.error}\nSee '${name} --help' for usage.`);
  if (line.wantsHelp) {
    yield* process.write(1, helpText(spec));
    return 0;
  }
  if (!command) return yield* runParent(process, spec, line.args);
  const missing = command.required.filter(flag => !line.flags.changed(flag));
  if (missing.length > 0) throw new CliFailure(`required flag(s) ${missing.map(flag => JSON.stringify(flag)).join(', ')} not set`);
  refuseUnmodelled(command, spec, line.flags.given());
  const session = new Session(process, setup, line);
  const code = yield* command.run(session);
  if (line.flags.bool('warnings-as-errors') && session.warningsSeen > 0) {
    throw new CliFailure(`${session.warningsSeen} warning${session.warningsSeen === 1 ? '' : 's'} received`);
  }
  return code ?? 0;
}

/** A command that only groups others: bare it shows its help, anything else is unknown. */
function* runParent(process: SystemProcess, spec: CommandSpec, args: readonly string[]): Task<number> {
  if (spec.groups.length === 0) throw new CliFailure(`kubectl ${spec.path} is not modelled; see kubectl --help for what is`);
  if (spec.path !== '' && args.length > 0) {
    throw new CliFailure(`unknown command ${JSON.stringify(args.join(' '))}\nSee 'kubectl ${spec.path} -h' for help and examples`);
  }
  const harmless = ['', 'alpha', 'certificate'].includes(spec.path);
  yield* process.write(harmless || spec.path === 'rollout' ? 1 : 2, helpText(spec));
  return harmless ? 0 : 1;
}

function* showHelpTopic(process: SystemProcess, words: readonly string[]): Task<number> {
  const { spec, rest } = findCommand(words);
  if (rest.length > 0 && spec.path === '') {
    yield* process.write(2, unknownTopic(words));
    return 0;
  }
  yield* process.write(1, helpText(spec));
  return 0;
}

/** A global flag is refused for all commands alike, unless a command has one of its own by that name. */
function refuseUnmodelled(command: Command, spec: CommandSpec, given: readonly string[]): void {
  for (const flag of given) {
    const nearest = command.refused[flag] ?? (spec.flags.some(({ name }) => name === flag) ? undefined : GLOBAL_REFUSALS[flag]);
    if (nearest !== undefined) throw new CliFailure(`flag --${flag} is not modelled; ${nearest}`);
  }
}

const GLOBAL_REFUSALS: Readonly<Record<string, string>> = {
  v: "the API server's audit log shows each request",
  vmodule: "the API server's audit log shows each request",
  profile: 'commands run without a profiler',
  kuberc: 'shell aliases are the nearest thing',
};

const SUGGESTED_FOR: Readonly<Record<string, readonly string[]>> = { get: ['list', 'ps'], delete: ['rm'], replace: [], run: [] };

function unknownCommand(word: string): string {
  const near = subcommands(commandSpec('')!).filter(({ name }) => distance(word.toLowerCase(), name) <= 2
    || name.startsWith(word.toLowerCase()) || SUGGESTED_FOR[name]?.includes(word.toLowerCase())).map(({ name }) => name);
  const hint = near.length === 0 ? '' : `\n\nDid you mean this?\n${near.map(name => `\t${name}`).join('\n')}`;
  return `unknown command ${JSON.stringify(word)} for "kubectl"${hint}`;
}

/** Levenshtein's. */
function distance(a: string, b: string): number {
  let row = [...Array(b.length + 1).keys()];
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length]!;
}
