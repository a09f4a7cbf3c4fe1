/** What Tab offers after `aws`: services, operations that are served, options, and the values a model names. */
import type { Completion } from '../contract.ts';
import type { AwsTransport } from './contract.ts';
import { CUSTOM } from './customizations/commands.ts';
import { GLOBAL_OPTIONS } from './line/global-options.ts';
import { operationOptions, type OperationOption } from './line/operation-options.ts';
import { kebab, modelledServices, serviceModel } from './models/model.ts';

/** `words[0]` is aws; nothing is sent. */
export function completeAws(words: readonly string[], index: number, transport: Pick<AwsTransport, 'served'>): Completion {
  const current = words[index] ?? '';
  const before = words.slice(1, index);
  const offer = (texts: readonly string[], from = 0): Completion => ({ from, candidates: [...new Set(texts)].filter(text => text.startsWith(current.slice(from))).sort().map(text => ({ text })), suffix: ' ' });
  const last = before.at(-1) ?? '';
  const global = GLOBAL_OPTIONS.find(option => option.name === last);
  if (global?.takes === 'one') return offer(global.choices ?? []);
  const [service, operation, state] = commandWords(before);
  if (service === undefined) return offer(current.startsWith('-') ? GLOBAL_OPTIONS.map(option => option.name) : [...modelledServices(), 'configure', 'help']);
  const model = serviceModel(service);
  const custom = CUSTOM[service] ?? [];
  if (operation === undefined) {
    if (current.startsWith('-')) return offer(GLOBAL_OPTIONS.map(option => option.name));
    const served = model ? transport.served(model.service).map(kebab) : [];
    return offer([...served, ...custom.map(({ name }) => name), ...(model && model.waiterNames.size > 0 ? ['wait'] : []), 'help']);
  }
  const known = custom.find(({ name }) => name === operation);
  if (known) return offer([...known.options, ...GLOBAL_OPTIONS].map(option => option.name));
  if (!model) return offer([]);
  if (operation === 'wait' && state === undefined) return offer([...model.waiterNames].filter(([, name]) => model.waiter(name)).map(([word]) => word));
  const named = operation === 'wait' ? model.waiter(model.waiterNames.get(state!) ?? '')?.operation : model.operationNames.get(operation);
  const declared = named === undefined ? undefined : model.operation(named);
  return declared ? afterOperation(operationOptions(declared, false), before, current, offer) : offer([]);
}

function afterOperation(options: readonly OperationOption[], before: readonly string[], current: string, offer: (texts: readonly string[]) => Completion): Completion {
  const last = [...before].reverse().find(word => word.startsWith('--'));
  const waiting = options.find(({ spec }) => spec.name === last);
  const takesMore = waiting && (waiting.spec.takes === '*' || (waiting.spec.takes === 'one' && before.at(-1) === last));
  if (takesMore && !current.startsWith('-')) return offer(waiting.values ?? []);
  const shown = options.filter(({ hidden }) => !hidden).map(({ spec }) => spec.name).filter(name => !before.includes(name));
  return offer([...shown, ...GLOBAL_OPTIONS.map(option => option.name), '--cli-input-json', '--generate-cli-skeleton']);
}

/** Words that are no options and no values of global options. */
function commandWords(words: readonly string[]): string[] {
  const found: string[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const option = GLOBAL_OPTIONS.find(({ name }) => name === words[at]);
    if (option) at += option.takes === 'one' ? 1 : 0;
    else if (words[at]!.startsWith('-')) break;
    else found.push(words[at]!);
  }
  return found;
}
