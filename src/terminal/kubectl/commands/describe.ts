import type { Task } from '../../../engine/kernel/task.ts';
import type { AnyObject, Json } from '../client/api-client.ts';
import { ApiFailure, fail, ManyFailures } from '../client/failure.ts';
import { defineCommand } from '../command.ts';
import type { DescribeContext } from '../describe/describer.ts';
import { describerFor } from '../describe/registry.ts';
import { Description, eventOrder } from '../describe/writer.ts';
import { compactSelector } from '../objects/selector.ts';
import { fetchTargets, fromFiles, type Info, infoOf, selectObjects, type Target, targetsOf } from '../resource-builder/builder.ts';
import type { Session } from '../session.ts';

export const describe = defineCommand({
  path: 'describe',
  *run(session) {
    const { flags, args } = session;
    if (args.length === 0 && !fromFiles(session)) fail('You must specify the type of resource to describe. Use "kubectl api-resources" for a complete list of supported resources.');
    const failures: Error[] = [];
    const options = { selector: flags.str('selector'), allNamespaces: flags.bool('all-namespaces'), bareTypeIsAll: true, failures, latest: true };
    const shown = { count: 0 };
    const infos = fromFiles(session) ? yield* selectObjects(session, options) : yield* named(session, yield* targetsOf(session, options), options, shown);
    let first = shown.count === 0;
    for (const info of infos) {
      const text = yield* describeObject(session, info, flags.bool('show-events'));
      yield* session.out(first ? text : `\n\n${text}`);
      first = false;
    }
    if (first && failures.length === 0) {
      yield* session.err(flags.bool('all-namespaces') ? 'No resources found\n' : `No resources found in ${session.namespace} namespace.\n`);
    }
    if (failures.length > 0) throw new ManyFailures(failures);
    return 0;
  },
});

/** A name that is not there may be the beginning of some that are. */
function* named(session: Session, targets: readonly Target[], options: { selector: string; failures: Error[] }, shown: { count: number }): Task<Info[]> {
  const infos: Info[] = [];
  for (const target of targets) {
    const failures: Error[] = [];
    const found = yield* fetchTargets(session, [target], { ...options, failures });
    infos.push(...found);
    const missing = failures[0];
    if (target.name === undefined || !(missing instanceof ApiFailure) || missing.status.reason !== 'NotFound') { options.failures.push(...failures); continue; }
    const prefix = target.name;
    const similar = (yield* session.api.list(target.type, target.namespace)).filter(object => object.metadata.name.startsWith(prefix));
    if (similar.length === 0) options.failures.push(missing);
    for (const object of similar) yield* session.out(`${yield* describeObject(session, infoOf(target.type, object), session.flags.bool('show-events'))}\n`);
    shown.count += similar.length;
  }
  return infos;
}

/** The text `kubectl describe` prints for one object. */
export function* describeObject(session: Session, info: Info, showEvents: boolean): Task<string> {
  const w = new Description(session.nowMs);
  yield* describerFor(info.type)(w, info.object, contextOf(session, info, showEvents));
  return w.toString();
}

function contextOf(session: Session, info: Info, showEvents: boolean): DescribeContext {
  const { api, discovery } = session;
  return {
    *events() {
      if (!showEvents) return undefined;
      const type = yield* discovery.resolve('events');
      const { kind, metadata } = info.object;
      const uid = kind === 'Node' ? metadata.name : metadata.uid;
      const fields: Json = { 'involvedObject.name': metadata.name, ...(info.namespace !== '' && { 'involvedObject.namespace': info.namespace }), 'involvedObject.kind': kind, 'involvedObject.uid': uid };
      const fieldSelector = Object.entries(fields).map(([key, value]) => `${key}=${String(value)}`).join(',');
      const events = yield* api.list(type, info.namespace, { fieldSelector });
      return events.sort(eventOrder);
    },
    *list(word, selector, options = {}) {
      const type = yield* discovery.lookUp(word);
      if (!type) return [];
      const query = { ...(selector && { labelSelector: compactSelector(selector) }), ...(options.fieldSelector && { fieldSelector: options.fieldSelector }) };
      return yield* tolerant(api.list(type, options.namespace ?? info.namespace, query), []);
    },
    *find(word, name, namespace) {
      const type = yield* discovery.lookUp(word);
      return type ? yield* tolerant(api.find(type, namespace ?? info.namespace, name), undefined) : undefined;
    },
  };
}

/** Side information that is refused is left out. */
function* tolerant<T extends AnyObject | AnyObject[] | undefined>(task: Task<T>, otherwise: T): Task<T> {
  try {
    return yield* task;
  } catch (failure) {
    if (failure instanceof ApiFailure) return otherwise;
    throw failure;
  }
}
