import type { TextStream } from '../../../engine/api-server/contract.ts';
import { parseRfc3339 } from '../../../engine/kernel/calendar.ts';
import { startTask, suspend, type Task } from '../../../engine/kernel/task.ts';
import { type AnyObject, pathOf } from '../client/api-client.ts';
import type { ResourceType } from '../client/discovery.ts';
import { ApiFailure, fail } from '../client/failure.ts';
import { defineCommand } from '../command.ts';
import { chooseContainer, podsBehind, type StoredPod } from '../pod-session.ts';
import type { Session } from '../session.ts';

const USAGE = "expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.";

/** One container whose log is asked for. */
interface Source { readonly pod: StoredPod; readonly container: string }

export const logs = defineCommand({
  path: 'logs',
  *run(session) {
    const { flags, args } = session;
    const selector = flags.str('selector');
    if (args.length === 0 && selector === '') session.usage(`${USAGE}\nPOD or TYPE/NAME is a required argument for the logs command`);
    if (args.length > 2 || (args.length === 2 && flags.changed('container'))) session.usage(args.length > 2 ? USAGE : 'only one of -c or an inline [CONTAINER] arg is allowed');
    if (args.length > 0 && selector !== '') session.usage('only a selector (-l) or a POD name is allowed');
    if (flags.changed('since') && flags.changed('since-time')) fail('at most one of `sinceTime` or `sinceSeconds` may be specified');
    const container = flags.str('container') || (args[1] ?? '');
    if (flags.bool('all-containers') && container !== '') fail(`--all-containers=true should not be specified with container name ${container}`);
    if (flags.changed('tail') && flags.int('tail') < -1) fail('--tail must be greater than or equal to -1');
    if (flags.changed('limit-bytes') && flags.int('limit-bytes') < 1) fail('--limit-bytes must be greater than 0');
    if (flags.changed('since') && flags.duration('since') < 1000) fail('--since must be greater than 0');
    const sources = yield* sourcesOf(session, container);
    const query = queryOf(session);
    const prefixed = flags.bool('prefix');
    const type = yield* session.discovery.resolve('pods');
    if (flags.bool('follow') && sources.length > 1) return yield* followAll(session, type, sources, query, prefixed);
    for (const source of sources) yield* showOne(session, type, source, query, prefixed);
    return 0;
  },
});

function queryOf(session: Session): Record<string, string> {
  const { flags } = session;
  const tail = flags.changed('tail') ? flags.int('tail') : flags.str('selector') !== '' ? 10 : -1;
  return {
    ...(flags.bool('follow') && { follow: 'true' }), ...(flags.bool('previous') && { previous: 'true' }), ...(flags.bool('timestamps') && { timestamps: 'true' }),
    ...(tail >= 0 && { tailLines: String(tail) }), ...(flags.changed('since') && { sinceSeconds: String(Math.ceil(flags.duration('since') / 1000)) }),
    ...(flags.str('since-time') !== '' && { sinceTime: checkedTime(flags.str('since-time')) }),
    ...(flags.int('limit-bytes') > 0 && { limitBytes: flags.str('limit-bytes') }),
  };
}

function checkedTime(text: string): string {
  return parseRfc3339(text) === undefined ? fail(`parsing time ${JSON.stringify(text)} as "2006-01-02T15:04:05Z07:00": cannot parse ${JSON.stringify(text)} as "2006"`) : text;
}

function* sourcesOf(session: Session, container: string): Task<Source[]> {
  const { flags, args } = session;
  const everyContainer = flags.bool('all-containers');
  const pods = yield* podsOf(session, args[0] ?? '');
  const sources: Source[] = [];
  for (const pod of pods) {
    if (everyContainer) {
      const spec = pod.spec!;
      for (const each of [...spec.initContainers ?? [], ...spec.containers, ...spec.ephemeralContainers ?? []]) sources.push({ pod, container: each.name });
      continue;
    }
    const chosen = chooseContainer(pod, container);
    if (chosen.note !== '') yield* session.err(chosen.note);
    sources.push({ pod, container: chosen.name });
  }
  return sources;
}

function* podsOf(session: Session, word: string): Task<StoredPod[]> {
  const { flags } = session;
  const podType = yield* session.discovery.resolve('pods');
  if (word === '') {
    const pods = yield* session.api.list(podType, session.namespace, { labelSelector: flags.str('selector') });
    if (pods.length === 0) yield* session.err(`No resources found in ${session.namespace} namespace.\n`);
    return pods as StoredPod[];
  }
  const [kind, name] = word.includes('/') ? [word.split('/')[0]!, word.slice(word.indexOf('/') + 1)] : ['pods', word];
  const type = yield* session.discovery.resolve(kind);
  const object: AnyObject = yield* named(session, type, name);
  if (object.kind === 'Pod') return [object as StoredPod];
  const pods = yield* podsBehind(session, object);
  if (pods.length === 0) fail('timed out waiting for the condition');
  if (flags.bool('all-pods')) return pods;
  if (pods.length > 1) yield* session.err(`Found ${pods.length} pods, using pod/${pods[0]!.metadata.name}\n`);
  return pods.slice(0, 1);
}

/** @throws CliFailure in the words `logs` has of its own for a pod that is not there */
function* named(session: Session, type: ResourceType, name: string): Task<AnyObject> {
  try {
    return yield* session.api.get(type, type.namespaced ? session.namespace : '', name);
  } catch (failure) {
    if (failure instanceof ApiFailure && failure.status.reason === 'NotFound') {
      fail(`error from server (NotFound): ${failure.status.message ?? ''} in namespace ${JSON.stringify(session.namespace)}`);
    }
    throw failure;
  }
}

function* open(session: Session, type: ResourceType, { pod, container }: Source, query: Record<string, string>): Task<{ text: string } | { stream: TextStream }> {
  const response = yield* session.api.send('GET', pathOf(type, pod.metadata.namespace ?? '', pod.metadata.name, 'log'), {
    query: { container, ...query }, headers: { accept: 'application/json, */*' },
  });
  return response.stream ? { stream: response.stream } : { text: typeof response.body === 'string' ? response.body : '' };
}

/** Cuts text into lines with a mark before each, holding back an unfinished one. */
function marker(prefix: string): (chunk: string, last?: boolean) => string {
  let rest = '';
  return (chunk, last = false) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop()!;
    const text = lines.map(line => `${prefix}${line}\n`).join('');
    return last && rest !== '' ? `${text}${prefix}${rest}` : text;
  };
}

function* showOne(session: Session, type: ResourceType, source: Source, query: Record<string, string>, prefixed: boolean): Task<void> {
  const mark = prefixed ? marker(`[pod/${source.pod.metadata.name}/${source.container}] `) : (chunk: string): string => chunk;
  const opened = yield* open(session, type, source, query);
  if ('text' in opened) { yield* session.out(mark(opened.text, true)); return; }
  try {
    for (;;) {
      const chunk = yield* opened.stream.next();
      if (chunk === null) return;
      yield* session.out(mark(chunk));
    }
  } finally {
    opened.stream.close();
  }
}

/** Several streams at once, lines as they come. */
function* followAll(session: Session, type: ResourceType, sources: readonly Source[], query: Record<string, string>, prefixed: boolean): Task<number> {
  const allowed = session.flags.int('max-log-requests');
  if (sources.length > allowed) {
    fail(`you are attempting to follow ${sources.length} log streams, but maximum allowed concurrency is ${allowed}, use --max-log-requests to increase the limit`);
  }
  let running = sources.length;
  let wake: (() => void) | undefined;
  const tasks = sources.map(source => startTask(showOne(session, type, source, query, prefixed), () => {
    running -= 1;
    wake?.();
  }));
  try {
    while (running > 0) yield* suspend<void>(resume => { wake = resume; return () => { wake = undefined; }; });
  } finally {
    for (const task of tasks) task.cancel();
  }
  return 0;
}
