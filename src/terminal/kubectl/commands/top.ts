/** `top pod` and `top node`, from the metrics API. */
import { milliValue, unitValue } from '../../../engine/apimachinery/quantity.ts';
import type { Task } from '../../../engine/kernel/task.ts';
import type { Json } from '../client/api-client.ts';
import { ApiFailure, fail } from '../client/failure.ts';
import { type Command, defineCommand } from '../command.ts';
import { alignTabs, TABLE_STOPS } from '../printers/tabwriter.ts';
import type { Session } from '../session.ts';

const ROOT = '/apis/metrics.k8s.io/v1beta1';

function* metrics(session: Session, path: string, query: Record<string, string>): Task<Json[]> {
  const found = yield* session.discovery.all();
  if (!found.groups.some(({ group }) => group === 'metrics.k8s.io')) {
    const again = yield* session.discovery.all({ refresh: true });
    if (!again.groups.some(({ group }) => group === 'metrics.k8s.io')) fail('Metrics API not available');
  }
  try {
    const body = yield* session.api.json<Json>('GET', `${ROOT}/${path}`, { query });
    return Array.isArray(body.items) ? body.items as Json[] : [body];
  } catch (failure) {
    if (failure instanceof ApiFailure && failure.status.code === 503) fail('Metrics API not available');
    throw failure;
  }
}

const cpu = (usage: Json): number => Math.ceil(milliValue(usage.cpu ?? '0'));
const memory = (usage: Json): number => Math.trunc(unitValue(usage.memory ?? '0') / (1024 * 1024));
const nameOf = (item: Json): string => String((item.metadata as Json).name);
const namespaceOf = (item: Json): string => String((item.metadata as Json).namespace ?? '');
const usageOf = (item: Json): { cpu: number; memory: number } => {
  const parts = Array.isArray(item.containers) ? (item.containers as Json[]).map(each => each.usage as Json) : [item.usage as Json];
  return { cpu: parts.reduce((sum, usage) => sum + cpu(usage), 0), memory: parts.reduce((sum, usage) => sum + memory(usage), 0) };
};

function sorted(session: Session, items: Json[]): Json[] {
  const by = session.flags.str('sort-by');
  if (by !== '' && by !== 'cpu' && by !== 'memory') fail('--sort-by accepts only cpu or memory');
  return items.sort((a, b) => (by === '' ? 0 : usageOf(b)[by as 'cpu' | 'memory'] - usageOf(a)[by as 'cpu' | 'memory'])
    || (namespaceOf(a) < namespaceOf(b) ? -1 : namespaceOf(a) > namespaceOf(b) ? 1 : 0) || (nameOf(a) < nameOf(b) ? -1 : 1));
}

const topPod = defineCommand({
  path: 'top pod',
  refused: { 'show-swap': 'swap is not modelled; cpu and memory are' },
  *run(session) {
    const { flags, args } = session;
    if (args.length > 1) session.usage(`unexpected arguments: ${args.join(' ')}`);
    if (args.length > 0 && flags.str('selector') !== '') session.usage('only one of NAME or --selector can be provided');
    const all = flags.bool('all-namespaces');
    const path = `${all ? '' : `namespaces/${session.namespace}/`}pods${args[0] === undefined ? '' : `/${args[0]}`}`;
    const query = { ...(flags.str('selector') && { labelSelector: flags.str('selector') }), ...(flags.str('field-selector') && { fieldSelector: flags.str('field-selector') }) };
    const items = sorted(session, yield* metrics(session, path, query));
    if (items.length === 0) {
      yield* session.err(all ? 'No resources found\n' : `No resources found in ${session.namespace} namespace.\n`);
      return 0;
    }
    const rows: string[] = [];
    if (!flags.bool('no-headers')) rows.push([...(all ? ['NAMESPACE'] : []), ...(flags.bool('containers') ? ['POD', 'NAME'] : ['NAME']), 'CPU(cores)', 'MEMORY(bytes)'].join('\t'));
    for (const item of items) {
      const lead = all ? [namespaceOf(item)] : [];
      if (flags.bool('containers')) {
        for (const each of item.containers as Json[]) rows.push([...lead, nameOf(item), String(each.name), `${cpu(each.usage as Json)}m`, `${memory(each.usage as Json)}Mi`, ''].join('\t'));
      } else rows.push([...lead, nameOf(item), `${usageOf(item).cpu}m`, `${usageOf(item).memory}Mi`, ''].join('\t'));
    }
    if (flags.bool('sum')) {
      const total = items.map(usageOf).reduce((sum, each) => ({ cpu: sum.cpu + each.cpu, memory: sum.memory + each.memory }), { cpu: 0, memory: 0 });
      const blank = [...(all ? [''] : []), ...(flags.bool('containers') ? [''] : [])];
      rows.push([...blank, '', '________', '________', ''].join('\t'), [...blank, '', `${total.cpu}m`, `${total.memory}Mi`, ''].join('\t'));
    }
    yield* session.out(alignTabs(`${rows.join('\n')}\n`, TABLE_STOPS));
    return 0;
  },
});

const topNode = defineCommand({
  path: 'top node',
  refused: { 'show-swap': 'swap is not modelled; cpu and memory are' },
  *run(session) {
    const { flags, args } = session;
    if (args.length > 1) session.usage(`unexpected arguments: ${args.join(' ')}`);
    const query = flags.str('selector') ? { labelSelector: flags.str('selector') } : {};
    const items = sorted(session, yield* metrics(session, `nodes${args[0] === undefined ? '' : `/${args[0]}`}`, query as Record<string, string>));
    const nodes = yield* session.api.list(yield* session.discovery.resolve('nodes'), '');
    if (items.length === 0) { yield* session.err('No resources found\n'); return 0; }
    const rows = flags.bool('no-headers') ? [] : [['NAME', 'CPU(cores)', 'CPU(%)', 'MEMORY(bytes)', 'MEMORY(%)'].join('\t')];
    const field = flags.bool('show-capacity') ? 'capacity' : 'allocatable';
    for (const item of items) {
      const node = nodes.find(each => each.metadata.name === nameOf(item));
      const available = ((node?.status as Json | undefined)?.[field] ?? {}) as Json;
      const used = item.usage as Json;
      const percent = (part: number, whole: number): string => `${Math.trunc(part / whole * 100)}%`;
      rows.push([nameOf(item), `${cpu(used)}m`, percent(milliValue(used.cpu ?? '0'), milliValue(available.cpu ?? '1')),
        `${memory(used)}Mi`, percent(unitValue(used.memory ?? '0'), unitValue(available.memory ?? '1')), ''].join('\t'));
    }
    yield* session.out(alignTabs(`${rows.join('\n')}\n`, TABLE_STOPS));
    return 0;
  },
});

export const topCommands: readonly Command[] = [topPod, topNode];
