/** Waiting for objects to change, on a watch, in virtual time. */
import type { WatchEvent, WatchStream } from '../../engine/api-server/contract.ts';
import { suspend, type Task } from '../../engine/kernel/task.ts';
import { type AnyObject, type Json, pathOf } from './client/api-client.ts';
import type { ResourceType } from './client/discovery.ts';
import type { Session } from './session.ts';

/** What a watch of one object saw: the object, its end, or that the time was over. */
export type Seen = { readonly kind: 'object'; readonly object: AnyObject } | { readonly kind: 'deleted'; readonly object: AnyObject } | { readonly kind: 'timeout' };

/** Watches one object from now until `check` answers something; starts with its present state (`undefined` when it is not there). */
export function* watchUntil<T>(
  session: Session, target: { type: ResourceType; namespace: string; name: string }, deadlineMs: number,
  check: (object: AnyObject | undefined) => T | undefined,
): Task<T | 'timeout'> {
  const { type, namespace, name } = target;
  const query = { fieldSelector: `metadata.name=${name}` };
  for (;;) {
    const list = yield* session.api.json<{ items?: AnyObject[]; metadata?: Json }>('GET', pathOf(type, namespace), { query });
    const present = list.items?.[0];
    const atOnce = check(present && { ...present, apiVersion: present.apiVersion ?? '', kind: type.kind });
    if (atOnce !== undefined) return atOnce;
    if (session.nowMs >= deadlineMs) return 'timeout';
    const response = yield* session.api.send('GET', pathOf(type, namespace), {
      query: { ...query, watch: 'true', resourceVersion: String(list.metadata?.resourceVersion ?? '') },
    });
    if (!response.watch) return 'timeout';
    const stream = response.watch;
    try {
      for (;;) {
        const event = yield* nextBefore(session, stream, deadlineMs);
        if (event === 'timeout') return 'timeout';
        if (event === null || event.type === 'ERROR') break;
        if (event.type === 'BOOKMARK') continue;
        const answer = check(event.type === 'DELETED' ? undefined : (event.object as AnyObject));
        if (answer !== undefined) return answer;
      }
    } finally {
      stream.close();
    }
  }
}

/** The next event, or `timeout` when virtual time reaches the deadline first. */
export function* nextBefore(session: Session, stream: WatchStream, deadlineMs: number): Task<WatchEvent | null | 'timeout'> {
  if (!Number.isFinite(deadlineMs)) return yield* stream.next();
  const { kernel } = session.process;
  const pending = stream.next();
  for (let step = pending.next(); ;) {
    if (step.done) return step.value;
    const start = step.value;
    const answer: unknown = yield* suspend<unknown>(resume => {
      const giveUp = start(value => resume({ value }));
      const alarm = kernel.after(Math.max(0, deadlineMs - kernel.nowMs), 'kubectl/timeout', session.process.label, () => resume(TIMED_OUT));
      return () => { giveUp?.(); kernel.cancel(alarm); };
    });
    if (answer === TIMED_OUT) {
      pending.return(null);
      return 'timeout';
    }
    step = pending.next((answer as { value: never }).value);
  }
}

const TIMED_OUT = Symbol('timed out');
