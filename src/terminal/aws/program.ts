/** `aws` as a program of the learner's machine. */
import type { Task } from '../../engine/kernel/task.ts';
import type { SystemProcess, SystemProgram } from '../../engine/userland/contract.ts';
import type { AwsTransport } from './contract.ts';
import { runCustom } from './custom-command.ts';
import { CUSTOM } from './customizations/commands.ts';
import { AwsFailure, notModelled, parameterFailure, unknownOptions } from './failure.ts';
import { helpText } from './help.ts';
import { JmesPathError } from './jmespath/query.ts';
import { parseWords } from './line/arg-parser.ts';
import { GLOBAL_OPTIONS, globalsOf } from './line/global-options.ts';
import { commandNames, servedServices, type ServiceModel, serviceModel } from './models/model.ts';
import { runOperation } from './run-operation.ts';
import { AwsSession, unserved } from './session.ts';
import { runWaiter } from './waiters.ts';

/** @param options.version what `aws --version` prints */
export function createAws(options: { transport: AwsTransport; version: string }): SystemProgram {
  return function* aws(process) {
    try {
      return yield* runLine(process, options.transport, options.version);
    } catch (failure) {
      if (failure instanceof AwsFailure) {
        yield* process.write(2, failure.text);
        return failure.exitCode;
      }
      if (!(failure instanceof JmesPathError)) throw failure;
      yield* process.write(2, `\n${failure.message}\n`);
      return 255;
    }
  };
}

function* runLine(process: SystemProcess, transport: AwsTransport, version: string): Task<number> {
  const words = process.argv.slice(1);
  if (words.includes('--version')) {
    yield* process.write(1, `${version}\n`);
    return 0;
  }
  const { values, rest } = parseWords(words, GLOBAL_OPTIONS, [{ dest: 'command', choices: commandNames() }]);
  const command = values.get('command') as string;
  if (values.get('color') === 'on') throw notModelled('--color on', 'output is printed without colours');
  const session = new AwsSession(process, transport, globalsOf(values));
  if (command === 'help') return yield* help(session, []);
  const model = serviceModel(command);
  if (model) return yield* runService(session, model, rest);
  if (command === 'configure') return yield* runConfigure(session, rest);
  throw notModelled(`aws ${command}`, `the services that are: ${servedServices(transport).join(', ')}`);
}

/** The words a service knows, in the order of the real program. */
export function subcommands(model: ServiceModel): string[] {
  const custom = (CUSTOM[model.service] ?? []).map(({ name }) => name);
  return [...model.operationNames.keys(), ...custom, ...(model.waiterNames.size > 0 ? ['wait'] : []), 'help'];
}

function* runService(session: AwsSession, model: ServiceModel, words: readonly string[]): Task<number> {
  const { values, rest } = parseWords(words, [], [{ dest: 'operation', choices: subcommands(model) }]);
  const name = values.get('operation') as string;
  if (name === 'help') return yield* help(session, [model.service]);
  const custom = CUSTOM[model.service]?.find(command => command.name === name);
  const path = [model.service, name];
  if (custom) return yield* helped(session, path, runCustom(session, custom, rest));
  if (name === 'wait') return yield* runWait(session, model, rest);
  const operation = model.operation(model.operationNames.get(name)!);
  if (!operation) throw unserved(model.service, model.operationNames.get(name)!, session.transport);
  return yield* helped(session, path, runOperation(session, operation, rest));
}

function* runWait(session: AwsSession, model: ServiceModel, words: readonly string[]): Task<number> {
  const names = [...model.waiterNames.keys()];
  const { values, rest } = parseWords(words, [], [{ dest: 'subcommand', optional: true, choices: [...names, 'help'] }]);
  const name = values.get('subcommand') as string | undefined;
  if (name === undefined) {
    if (rest.length > 0) throw unknownOptions(rest);
    throw parameterFailure(`usage: aws [options] ${model.service} wait <subcommand> [parameters]\naws: error: too few arguments`);
  }
  if (name === 'help') return yield* help(session, [model.service, 'wait']);
  const waiter = model.waiter(model.waiterNames.get(name)!);
  const operation = waiter && model.operation(waiter.operation);
  if (!waiter || !operation) throw notModelled(`aws ${model.service} wait ${name}`, `aws ${model.service} wait help lists those that are`);
  return yield* helped(session, [model.service, 'wait', name], runWaiter(session, waiter, operation, rest));
}

function* runConfigure(session: AwsSession, words: readonly string[]): Task<number> {
  const { values, rest } = parseWords(words, [], [{ dest: 'subcommand', optional: true, choices: [...CUSTOM.configure!.map(({ name }) => name), 'add-model', 'export-credentials', 'import', 'sso', 'sso-session', 'help'] }]);
  const name = values.get('subcommand') as string | undefined;
  if (name === 'help') return yield* help(session, ['configure']);
  const command = CUSTOM.configure!.find(known => known.name === name);
  if (!command) throw notModelled(name === undefined ? 'aws configure without a subcommand' : `aws configure ${name}`, 'aws configure set writes one setting');
  return yield* helped(session, ['configure', command.name], runCustom(session, command, rest));
}

function* helped(session: AwsSession, path: readonly string[], run: Task<number | 'help'>): Task<number> {
  const code = yield* run;
  return code === 'help' ? yield* help(session, path) : code;
}

function* help(session: AwsSession, path: readonly string[]): Task<number> {
  yield* session.out(helpText(path, session.transport));
  return 0;
}
