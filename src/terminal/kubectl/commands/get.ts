import type { WatchEvent } from '../../../engine/api-server/contract.ts';
import type { Task } from '../../../engine/kernel/task.ts';
import { type AnyObject, type Json, listFailure, pathOf } from '../client/api-client.ts';
import { type ResourceType, slugKind } from '../client/discovery.ts';
import { fail, ManyFailures } from '../client/failure.ts';
import { defineCommand } from '../command.ts';
import { printerFor, type Printer } from '../printers/output.ts';
import { sortedBy } from '../printers/sort-by.ts';
import { type TableLook, tableOf, tableText, type Table } from '../printers/table.ts';
import { alignTabs, TABLE_STOPS } from '../printers/tabwriter.ts';
import { collect, fileInfos, fromFiles, type SelectOptions, type Target, targetsOf } from '../resource-builder/builder.ts';
import type { Session } from '../session.ts';

const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json';
const NOT_SPECIFIED = 'You must specify the type of resource to get. Use "kubectl api-resources" for a complete list of supported resources.\n\n'
  + 'error: Required resource not specified.\nUse "kubectl explain <resource>" for a detailed description of that resource (e.g. kubectl explain pods).';

/** What one target answered: a body, and whether it was one named object. */
interface Answer { readonly target: Target; readonly body: Json }

export const get = defineCommand({
  path: 'get',
  *run(session) {
    const { flags, args } = session;
    if (flags.str('raw') !== '') return yield* getRaw(session);
    if (flags.bool('output-watch-events') && !flags.bool('watch') && !flags.bool('watch-only')) {
      session.usage('--output-watch-events option can only be used with --watch or --watch-only');
    }
    if (args.length === 0 && !fromFiles(session)) {
      yield* session.err(`${NOT_SPECIFIED.split('\n\n')[0]}\n\n`);
      session.usage(NOT_SPECIFIED.split('\n\n')[1]!);
    }
    if (flags.changed('sort-by') && (flags.bool('watch') || flags.bool('watch-only'))) {
      yield* session.err('warning: --watch or --watch-only requested, --sort-by will be ignored\n');
    }
    const failures: Error[] = [];
    const options: SelectOptions = {
      selector: flags.str('selector'), fieldSelector: flags.str('field-selector'), allNamespaces: flags.bool('all-namespaces'),
      bareTypeIsAll: true, failures, ignoreNotFound: flags.bool('ignore-not-found'),
    };
    const targets = yield* findTargets(session, options);
    const printer = printerFor(session, { own: ['wide'] });
    if (flags.bool('watch') || flags.bool('watch-only')) return yield* watch(session, targets, printer);
    const answers = yield* ask(session, targets, options, printer === undefined);
    if (printer) yield* printObjects(session, answers, printer, failures);
    else yield* printTables(session, answers, failures);
    if (failures.length > 0) throw new ManyFailures(failures);
    return 0;
  },
});

function* findTargets(session: Session, options: SelectOptions): Task<Target[]> {
  if (!fromFiles(session)) return yield* targetsOf(session, options);
  if (session.args.length > 0) fail('when paths, URLs, or stdin is provided as input, you may not specify resource arguments as well');
  return yield* fileInfos(session, options);
}

function selectors(session: Session): Record<string, string> {
  const { flags } = session;
  return {
    ...(flags.str('selector') && { labelSelector: flags.str('selector') }),
    ...(flags.str('field-selector') && { fieldSelector: flags.str('field-selector') }),
  };
}

function* ask(session: Session, targets: readonly Target[], options: SelectOptions, tables: boolean): Task<Answer[]> {
  const { flags, api } = session;
  const answers: Answer[] = [];
  const asTable = tables && flags.bool('server-print');
  const chunk = flags.int('chunk-size');
  for (const target of targets) {
    const query: Record<string, string> = { ...(asTable && flags.changed('sort-by') && { includeObject: 'Object' }) };
    if (target.name === undefined) Object.assign(query, selectors(session), chunk > 0 && { limit: String(chunk) });
    const path = pathOf(target.type, target.namespace, target.name, flags.str('subresource'));
    try {
      const headers: Record<string, string> = asTable ? { accept: TABLE } : {};
      let body = yield* api.json<Json>('GET', path, { query, headers });
      for (let next = continueOf(body); next !== ''; next = continueOf(body)) {
        const more = yield* api.json<Json>('GET', path, { query: { ...query, continue: next }, headers });
        body = body.kind === 'Table' ? { ...more, columnDefinitions: body.columnDefinitions, rows: [...body.rows as Json[], ...more.rows as Json[]] }
          : { ...more, items: [...body.items as Json[], ...more.items as Json[]] };
      }
      answers.push({ target, body });
    } catch (failure) {
      collect(target.name === undefined ? listFailure(failure, target.type, query) : failure, options);
    }
  }
  return answers;
}

const continueOf = (body: Json): string => String((body.metadata as Json | undefined)?.continue ?? '');

function* printObjects(session: Session, answers: readonly Answer[], printer: Printer, failures: Error[]): Task<void> {
  const single = answers.length === 1 && answers[0]!.target.name !== undefined && failures.length === 0;
  let items = answers.flatMap(({ target, body }) => (target.name === undefined ? itemsOf(target.type, body) : [body]));
  if (session.flags.str('sort-by') !== '') items = sortedBy(items, item => item, session.flags.str('sort-by'));
  if (single) { yield* session.out(printer(items[0]!)); return; }
  if (items.length === 0 && (failures.length > 0 || (session.flags.bool('ignore-not-found') && answers.length === 0))) return;
  if (session.flags.str('output') === 'name' || session.flags.str('output').startsWith('custom-columns')) {
    yield* session.out(printer({ kind: 'List', apiVersion: 'v1', items }));
    return;
  }
  yield* session.out(printer({ apiVersion: 'v1', items, kind: 'List', metadata: { resourceVersion: '' } }));
}

function itemsOf(type: ResourceType, list: Json): Json[] {
  const apiVersion = type.group === '' ? type.version : `${type.group}/${type.version}`;
  return ((list.items ?? []) as Json[]).map(item => ({ ...item, apiVersion: item.apiVersion ?? apiVersion, kind: item.kind ?? type.kind }));
}

function lookOf(session: Session, target: Target, manyKinds: boolean): TableLook {
  const { flags } = session;
  return {
    wide: flags.str('output') === 'wide',
    headers: !flags.bool('no-headers'),
    withNamespace: flags.bool('all-namespaces') && target.type.namespaced,
    kindPrefix: manyKinds || flags.bool('show-kind') ? slugKind(target.type) : '',
    showLabels: flags.bool('show-labels'),
    labelColumns: flags.list('label-columns'),
  };
}

function sortedTable(session: Session, table: Table): Table {
  const by = session.flags.str('sort-by');
  return by === '' ? table : { ...table, rows: sortedBy(table.rows, row => row.object, by, { missing: 'none' }) };
}

function* printTables(session: Session, answers: readonly Answer[], failures: readonly Error[]): Task<void> {
  const manyKinds = new Set(answers.map(({ target }) => slugKind(target.type))).size > 1;
  let last: ResourceType | undefined;
  let block = '';
  let printed = false;
  const finish = function* (): Task<void> {
    if (block === '') return;
    yield* session.out((printed && !session.flags.bool('no-headers') ? '\n' : '') + alignTabs(block, TABLE_STOPS));
    printed = true;
    block = '';
  };
  for (const { target, body } of answers) {
    if (last !== target.type) yield* finish();
    const look = lookOf(session, target, manyKinds);
    const table = sortedTable(session, tableOf(body, session.nowMs));
    block += tableText(table, { ...look, headers: look.headers && block === '' });
    last = target.type;
  }
  yield* finish();
  if (!printed && failures.length === 0 && !session.flags.bool('ignore-not-found')) {
    const namespaced = answers.every(({ target }) => target.type.namespaced) && !session.flags.bool('all-namespaces');
    yield* session.err(namespaced ? `No resources found in ${session.namespace} namespace.\n` : 'No resources found\n');
  }
}

function* watch(session: Session, targets: readonly Target[], printer: Printer | undefined): Task<number> {
  const { flags, api } = session;
  if (targets.length !== 1) fail('watch is only supported on individual resources and resource collections - more than 1 resource was found');
  const target = targets[0]!;
  const headers: Record<string, string> = printer ? {} : { accept: TABLE };
  const stops = { ...TABLE_STOPS, remembered: [] };
  const withEvents = flags.bool('output-watch-events');
  const look = lookOf(session, target, false);
  let headersShown = false;
  const show = function* (type: string, object: unknown): Task<void> {
    if (printer) {
      const value = object as Json;
      const items = Array.isArray(value.items) ? itemsOf(target.type, value) : [value];
      for (const item of items) yield* session.out(printer(withEvents ? { type, object: item } : item));
      return;
    }
    const table = tableOf(object, session.nowMs);
    if (table.rows.length === 0) return;
    const text = tableText(table, { ...look, headers: look.headers && !headersShown, ...(withEvents && { event: type }) });
    headersShown = true;
    yield* session.out(alignTabs(text, stops));
  };
  const first = yield* api.json<Json>('GET', pathOf(target.type, target.namespace, target.name), {
    query: target.name === undefined ? { ...selectors(session), limit: String(flags.int('chunk-size')) } : {}, headers,
  });
  const resourceVersion = String((first.metadata as Json | undefined)?.resourceVersion ?? '');
  let columns = first.columnDefinitions;
  if (!flags.bool('watch-only')) yield* show('ADDED', first);
  const response = yield* api.send('GET', pathOf(target.type, target.namespace), {
    headers,
    query: {
      ...selectors(session), ...(target.name !== undefined && { fieldSelector: `metadata.name=${target.name}` }), resourceVersion, watch: 'true',
    },
  });
  const stream = response.watch;
  if (!stream) return 0;
  try {
    for (;;) {
      const event: WatchEvent | null = yield* stream.next();
      if (event === null) return 0;
      if (event.type === 'BOOKMARK') continue;
      const body = event.object as AnyObject;
      if (event.type === 'ERROR') fail(String((body as Json).message ?? 'watch ended'));
      columns = (body.columnDefinitions as unknown) && (body.columnDefinitions as unknown[]).length > 0 ? body.columnDefinitions : columns;
      yield* show(event.type, body.kind === 'Table' ? { ...body, columnDefinitions: columns } : body);
    }
  } finally {
    stream.close();
  }
}

function* getRaw(session: Session): Task<number> {
  const { flags } = session;
  if (session.args.length > 0) session.usage('arguments may not be passed when --raw is specified');
  const [path = '', search = ''] = flags.str('raw').split('?');
  const query: Record<string, string> = {};
  for (const part of search.split('&').filter(Boolean)) {
    const [key = '', value = ''] = part.split('=').map(decodeURIComponent);
    query[key] = value;
  }
  const response = yield* session.api.send('GET', path, { query });
  yield* session.out(typeof response.body === 'string' ? response.body : `${JSON.stringify(response.body)}\n`);
  return 0;
}
