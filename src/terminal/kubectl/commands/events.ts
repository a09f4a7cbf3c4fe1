import type { Task } from '../../../engine/kernel/task.ts';
import { type AnyObject, type Json, pathOf } from '../client/api-client.ts';
import { fail } from '../client/failure.ts';
import { defineCommand } from '../command.ts';
import { eventAge, eventOrder } from '../describe/writer.ts';
import { humanDuration } from '../flags/duration.ts';
import { parseRfc3339 } from '../../../engine/kernel/calendar.ts';
import { printerFor } from '../printers/output.ts';
import { alignTabs, TABLE_STOPS } from '../printers/tabwriter.ts';
import type { Session } from '../session.ts';

export const events = defineCommand({
  path: 'events',
  *run(session) {
    const { flags } = session;
    if (session.args.length > 0) session.usage(`unknown command ${JSON.stringify(session.args.join(' '))}`);
    const types = flags.list('types');
    for (const type of types) if (!['normal', 'warning'].includes(type.toLowerCase())) fail('valid --types are Normal or Warning');
    const type = yield* session.discovery.resolve('events');
    const namespace = flags.bool('all-namespaces') ? '' : session.namespace;
    const query: Record<string, string> = {};
    if (flags.str('for') !== '') {
      const [word = '', name = ''] = flags.str('for').split('/');
      if (name === '') fail('--for must be in resource/name form');
      const about = yield* session.discovery.resolve(word);
      query.fieldSelector = `involvedObject.kind=${about.kind},involvedObject.name=${name}`;
    }
    const wanted = (event: AnyObject): boolean => types.length === 0 || types.some(each => each.toLowerCase() === String(event.type).toLowerCase());
    const printer = printerFor(session);
    const found = (yield* session.api.list(type, namespace, query)).filter(wanted);
    if (!flags.bool('watch')) {
      if (found.length === 0) {
        yield* session.err(namespace === '' ? 'No events found.\n' : `No events found in ${namespace} namespace.\n`);
        return 0;
      }
      found.sort(eventOrder);
      if (printer) yield* session.out(printer({ kind: 'EventList', apiVersion: 'v1', metadata: {}, items: found }));
      else yield* session.out(alignTabs(`${[...header(session), ...found.map(event => row(session, event))].join('\n')}\n`, TABLE_STOPS));
      return 0;
    }
    return yield* watch(session, pathOf(type, namespace), query, wanted);
  },
});

function header(session: Session): string[] {
  if (session.flags.bool('no-headers')) return [];
  return [`${session.flags.bool('all-namespaces') ? 'NAMESPACE\t' : ''}LAST SEEN\tTYPE\tREASON\tOBJECT\tMESSAGE`];
}

function row(session: Session, event: AnyObject): string {
  const object = (event.involvedObject ?? {}) as Json;
  const since = { since: (time: unknown): string => {
    const ms = parseRfc3339(String(time ?? ''));
    return ms === undefined ? '<unknown>' : humanDuration(session.nowMs - ms);
  } };
  const cells = [eventAge(since, event), String(event.type ?? ''), String(event.reason ?? ''), `${String(object.kind)}/${String(object.name)}`, String(event.message ?? '').trim()];
  if (session.flags.bool('all-namespaces')) cells.unshift(String(event.metadata.namespace ?? ''));
  return cells.join('\t');
}

function* watch(session: Session, path: string, query: Record<string, string>, wanted: (event: AnyObject) => boolean): Task<number> {
  const stops = { ...TABLE_STOPS, remembered: [] };
  const response = yield* session.api.send('GET', path, { query: { ...query, watch: 'true' } });
  const stream = response.watch;
  if (!stream) return 0;
  let first = true;
  try {
    for (;;) {
      const event = yield* stream.next();
      if (event === null) return 0;
      if (event.type === 'BOOKMARK' || event.type === 'DELETED') continue;
      const object = event.object as AnyObject;
      if (!wanted(object)) continue;
      yield* session.out(alignTabs(`${[...(first ? header(session) : []), row(session, object)].join('\n')}\n`, stops));
      first = false;
    }
  } finally {
    stream.close();
  }
}
