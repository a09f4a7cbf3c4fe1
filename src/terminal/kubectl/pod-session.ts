/** Pods behind names and workloads, their containers, and sessions in them (exec, attach). */
import type { Pod } from 'kubernetes-types/core/v1.d.ts';
import type { ExecSession } from '../../engine/api-server/contract.ts';
import { parseRfc3339 } from '../../engine/kernel/calendar.ts';
import { startTask, type Task } from '../../engine/kernel/task.ts';
import { type AnyObject, type Json, pathOf } from './client/api-client.ts';
import type { ResourceType } from './client/discovery.ts';
import { CliFailure, fail } from './client/failure.ts';
import { compactSelector } from './objects/selector.ts';
import type { Session } from './session.ts';
import { watchUntil } from './waiting.ts';

export type StoredPod = Pod & AnyObject;

/** The container a command without `-c` goes to, with what kubectl says about the choice. @throws CliFailure for a name the pod has not */
export function chooseContainer(pod: StoredPod, wanted: string): { name: string; note: string } {
  const spec = pod.spec!;
  const names = spec.containers.map(container => container.name);
  const inits = (spec.initContainers ?? []).map(container => container.name);
  const ephemeral = (spec.ephemeralContainers ?? []).map(container => container.name);
  if (wanted !== '') {
    if (![...names, ...inits, ...ephemeral].includes(wanted)) fail(`container ${wanted} is not valid for pod ${pod.metadata.name}`);
    return { name: wanted, note: '' };
  }
  const annotated = (pod.metadata.annotations as Record<string, string> | undefined)?.['kubectl.kubernetes.io/default-container'];
  if (annotated !== undefined && names.includes(annotated)) return { name: annotated, note: '' };
  const all = [...names, ...ephemeral.map(name => `${name} (ephem)`), ...inits.map(name => `${name} (init)`)];
  const note = all.length > 1 ? `Defaulted container ${JSON.stringify(names[0])} out of: ${all.join(', ')}\n` : '';
  return { name: names[0]!, note };
}

/** Pods a workload or Service selects, the most useful first. @throws CliFailure for kinds that select none */
export function* podsBehind(session: Session, object: AnyObject): Task<StoredPod[]> {
  const spec = (object.spec ?? {}) as Json;
  const selector = object.kind === 'Service' || object.kind === 'ReplicationController' ? { matchLabels: spec.selector } : spec.selector;
  if (!selector || (object.kind === 'Service' && !spec.selector)) fail(`cannot get the logs from ${object.apiVersion.includes('/') ? object.apiVersion : object.apiVersion}, Kind=${object.kind}: selector is not set`);
  const type = yield* session.discovery.resolve('pods');
  const pods = yield* session.api.list(type, object.metadata.namespace ?? session.namespace, { labelSelector: compactSelector(selector as Json) });
  return (pods as StoredPod[]).sort(byUse);
}

const PHASES = ['Running', 'Unknown', 'Pending'];

/** Assigned before unassigned, running before pending, ready before unready, longer ready first, more restarts first, older first. */
function byUse(a: StoredPod, b: StoredPod): number {
  const assigned = Number(!a.spec!.nodeName) - Number(!b.spec!.nodeName);
  if (assigned !== 0) return assigned;
  const phase = PHASES.indexOf(a.status?.phase ?? '') - PHASES.indexOf(b.status?.phase ?? '');
  if (phase !== 0) return phase;
  const ready = (pod: StoredPod) => pod.status?.conditions?.find(condition => condition.type === 'Ready' && condition.status === 'True');
  if (Boolean(ready(a)) !== Boolean(ready(b))) return ready(a) ? -1 : 1;
  const time = (text: unknown): number => parseRfc3339(String(text ?? '')) ?? 0;
  if (ready(a) && ready(b)) {
    const since = time(ready(a)!.lastTransitionTime) - time(ready(b)!.lastTransitionTime);
    if (since !== 0) return since;
  }
  const restarts = (pod: StoredPod): number => Math.max(0, ...(pod.status?.containerStatuses ?? []).map(status => status.restartCount));
  if (restarts(a) !== restarts(b)) return restarts(b) - restarts(a);
  return time(a.metadata.creationTimestamp) - time(b.metadata.creationTimestamp);
}

/** The pod that `POD` or `TYPE/NAME` means for exec and attach. */
export function* podNamed(session: Session, word: string): Task<StoredPod> {
  const [kind, name] = word.includes('/') ? [word.split('/')[0]!, word.slice(word.indexOf('/') + 1)] : ['pod', word];
  const type = yield* session.discovery.resolve(kind);
  const object = yield* session.api.get(type, type.namespaced ? session.namespace : '', name);
  if (object.kind === 'Pod') return object as StoredPod;
  const pods = yield* podsBehind(session, object);
  return pods[0] ?? fail(`timed out waiting for the condition`);
}

/** Waits until the pod runs or has ended. @throws CliFailure when the time is over */
export function* waitForPod(session: Session, type: ResourceType, namespace: string, name: string, timeoutMs: number): Task<StoredPod> {
  const end = yield* watchUntil(session, { type, namespace, name }, session.nowMs + timeoutMs, object => {
    const phase = (object as StoredPod | undefined)?.status?.phase;
    return phase === 'Running' || phase === 'Succeeded' || phase === 'Failed' ? object : undefined;
  });
  if (end === 'timeout') fail('timed out waiting for the condition');
  return end as StoredPod;
}

/** Joins the process's streams to a session and waits for its end. Returns the exit code of the command there. */
export function* joinSession(session: Session, remote: ExecSession, options: { stdin: boolean; tty: boolean }): Task<number> {
  const { process } = session;
  const pumps = [startTask(drain(session, remote.stderr, 2), () => {})];
  const input = process.descriptors.get(0);
  if (options.stdin && input) {
    pumps.push(startTask((function* (): Task<void> {
      for (;;) {
        const chunk = yield* input.read();
        if (chunk === null) break;
        yield* remote.stdin.write(chunk);
      }
      remote.stdin.release();
    })(), () => {}));
  } else remote.stdin.release();
  if (options.tty) process.onSignal('SIGINT', () => remote.interrupt());
  try {
    yield* drain(session, remote.stdout, 1);
    const status = yield* remote.wait();
    if (status.status === 'Success') return 0;
    const cause = status.details?.causes?.find(each => each.reason === 'ExitCode');
    if (cause) throw new CliFailure(`command terminated with exit code ${cause.message ?? '1'}`, Number(cause.message ?? 1));
    throw new CliFailure(status.message ?? 'the session ended');
  } finally {
    for (const pump of pumps) pump.cancel();
    remote.close();
  }
}

function* drain(session: Session, from: { read(): Task<string | null> }, fd: 1 | 2): Task<void> {
  for (;;) {
    const chunk = yield* from.read();
    if (chunk === null) return;
    yield* session.process.write(fd, chunk);
  }
}

/** `attach` to a container of a running pod. */
export function* attachTo(session: Session, pod: StoredPod, options: { stdin: boolean; tty: boolean; container: string }): Task<number> {
  const { name, note } = chooseContainer(pod, options.container);
  if (note !== '') yield* session.err(note);
  if (options.stdin && options.tty) yield* session.err("If you don't see a command prompt, try pressing enter.\n");
  const type = yield* session.discovery.resolve('pods');
  const response = yield* session.api.send('POST', pathOf(type, pod.metadata.namespace ?? '', pod.metadata.name, 'attach'), {
    query: { container: name, stdin: String(options.stdin), stdout: 'true', stderr: String(!options.tty), tty: String(options.tty) },
  });
  if (!response.session) fail('unable to upgrade connection: the server did not open a stream');
  return yield* joinSession(session, response.session, options);
}
