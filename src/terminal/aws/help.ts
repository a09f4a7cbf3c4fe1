/** `aws … help`: which words there are. The real manual pages are long; this says what can be done here. */
import type { AwsService } from '../../engine/aws/contract.ts';
import type { AwsTransport } from './contract.ts';
import { GLOBAL_OPTIONS } from './line/global-options.ts';
import { operationOptions } from './line/operation-options.ts';
import { kebab, servedServices, serviceModel } from './models/model.ts';
import { CUSTOM } from './customizations/commands.ts';

const listed = (title: string, names: readonly string[]): string => (names.length === 0 ? '' : `${title}\n${names.map(name => `       o ${name}\n`).join('')}\n`);

/** @param path words after `aws` */
export function helpText(path: readonly string[], transport: AwsTransport): string {
  const [service, name, state] = path;
  const model = service === undefined ? undefined : serviceModel(service);
  const custom = CUSTOM[service ?? '']?.find(command => command.name === name);
  const head = `NAME\n       ${path.join(' ') || 'aws'} -${custom ? ` ${custom.summary}` : ''}\n\n`;
  if (service === undefined) {
    return `${head}SYNOPSIS\n          aws [options] <command> <subcommand> [parameters]\n\n${listed('GLOBAL OPTIONS', GLOBAL_OPTIONS.map(option => option.name))}${listed('AVAILABLE SERVICES', [...servedServices(transport), 'configure'])}`;
  }
  if (custom) return `${head}${listed('OPTIONS', [...(custom.words ?? []), ...custom.options.map(option => option.name)])}`;
  if (!model) return `${head}${listed('AVAILABLE COMMANDS', (CUSTOM[service] ?? []).map(command => command.name))}`;
  if (name === undefined) {
    const served = transport.served(service as AwsService).map(kebab);
    return `${head}${listed('AVAILABLE COMMANDS', [...served, ...(CUSTOM[service] ?? []).map(command => command.name), ...(model.waiterNames.size > 0 ? ['wait'] : [])].sort())}`;
  }
  if (name === 'wait' && state === undefined) {
    const known = [...model.waiterNames].filter(([, waiter]) => model.waiter(waiter)).map(([word]) => word);
    return `${head}${listed('AVAILABLE COMMANDS', known)}`;
  }
  const operation = model.operation(name === 'wait' ? model.waiter(model.waiterNames.get(state!)!)!.operation : model.operationNames.get(name)!)!;
  const options = operationOptions(operation, false).filter(option => !option.hidden)
    .map(({ spec }) => `${spec.name}${spec.takes === 'none' ? '' : ' <value>'}${spec.required ? ' (required)' : ''}`);
  return `${head}${listed('OPTIONS', options)}`;
}
