/**
 * Decide, then act. A controller is told which object to look at, never what happened to it; it returns what should
 * change; the framework applies that through the API server, retries what was refused, and paces everything by the
 * latency of a watch.
 */
import type { ApiServer, Change, Client, DeleteOptions, Reader } from '../api-server/contract.ts';
import type { KubeObject, ObjectKey } from '../apimachinery/object.ts';
import type { Result } from '../apimachinery/status.ts';
import { CountingRecorder, subjectOf, type EventRecorder, type EventType } from '../events/recorder.ts';
import { CONTROLLER_RETRY_MS, WATCH_LATENCY_MS } from '../facts/control-plane.ts';
import type { Kernel } from '../kernel/kernel.ts';

/** What a plan may look at: frozen objects and the time. */
export interface View extends Reader {
  readonly nowMs: number;
}

/** One change that a plan asks for. `then` sees the server's answer and may ask for more (usually an event). */
export type Action =
  | { readonly do: 'create'; readonly object: object; readonly then?: (result: Result<KubeObject>) => Action[] }
  | { readonly do: 'update' | 'updateStatus'; readonly object: object; readonly then?: (result: Result<KubeObject>) => Action[] }
  | { readonly do: 'patch'; readonly kind: string; readonly key: ObjectKey; readonly type: 'json' | 'merge' | 'strategic'; readonly patch: unknown; readonly subresource?: string; readonly then?: (result: Result<KubeObject>) => Action[] }
  | { readonly do: 'delete'; readonly kind: string; readonly key: ObjectKey; readonly options?: DeleteOptions; readonly then?: (result: Result<KubeObject>) => Action[] }
  | { readonly do: 'event'; readonly about: KubeObject; readonly type: EventType; readonly reason: string; readonly message: string }
  | { readonly do: 'requeue'; readonly afterMs: number };

export interface ControllerDefinition<T> {
  /** The component name in events and user names: `deployment-controller`. */
  readonly name: string;
  readonly reconciles: string;
  /** Kinds whose controller owner is an object of `reconciles`. */
  readonly owns?: readonly string[];
  /** Looks at the owner this long after what it owns changed, so that changes come in batches; at once otherwise. */
  readonly ownedAfterMs?: number;
  /** Other kinds that concern objects of `reconciles`, and which. */
  readonly watches?: readonly { readonly kind: string; readonly concerns: (object: KubeObject, view: View) => readonly ObjectKey[] }[];
  /** Looks at every object of `reconciles` this often, as a safety net or because time matters to it. */
  readonly resyncMs?: number;
  /** Who pays attention to an object that is gone; most controllers need not. */
  planGone?(key: ObjectKey, view: View): readonly Action[];
  plan(object: T & KubeObject, view: View): readonly Action[];
}

/** Declares a controller. */
export function defineController<T>(definition: ControllerDefinition<T>): ControllerDefinition<T> {
  return definition;
}

export const keyText = (key: ObjectKey): string => `${key.namespace}/${key.name}`;
export const keyOf = (object: KubeObject): ObjectKey => ({ namespace: object.metadata.namespace ?? '', name: object.metadata.name });

/** Runs one controller: a queue of keys, each processed at most once at a time, refused keys retried with back-off. */
export class ControllerRunner<T> {
  private readonly client: Client;
  private readonly recorder: EventRecorder;
  private readonly view: View;
  private readonly queued = new Map<string, number>();
  private readonly failures = new Map<string, number>();

  constructor(
    private readonly definition: ControllerDefinition<T>,
    private readonly kernel: Kernel,
    private readonly api: ApiServer,
  ) {
    this.client = api.as({ name: `system:serviceaccount:kube-system:${definition.name}`, groups: ['system:masters', 'system:serviceaccounts', 'system:authenticated'] });
    this.recorder = new CountingRecorder(kernel, this.client, definition.name);
    this.view = viewOf(kernel, api.reader);
    if (definition.resyncMs) this.scheduleResync(definition.resyncMs);
  }

  /** Which keys a change concerns. Called for every committed change. */
  observe(change: Change): void {
    const { definition } = this;
    const { kind } = change.object;
    if (kind === definition.reconciles) this.enqueue(keyOf(change.object));
    if (definition.owns?.includes(kind)) {
      for (const object of change.before ? [change.before, change.object] : [change.object]) {
        const owner = object.metadata.ownerReferences?.find(reference => reference.controller);
        if (owner?.kind === definition.reconciles) this.enqueue({ namespace: object.metadata.namespace ?? '', name: owner.name }, definition.ownedAfterMs);
      }
    }
    for (const watch of definition.watches ?? []) {
      if (watch.kind !== kind) continue;
      const { view } = this;
      if (change.before) for (const key of watch.concerns(change.before, view)) this.enqueue(key);
      for (const key of watch.concerns(change.object, view)) this.enqueue(key);
    }
  }

  /** As an informer's first list: everything that is there already. */
  lookAtAll(): void {
    for (const object of this.api.reader.list(this.definition.reconciles)) this.enqueue(keyOf(object));
  }

  /** Looks at `key` after the watch latency, or after `delayMs`. An earlier appointment wins. */
  enqueue(key: ObjectKey, delayMs?: number, periodic = false): void {
    const { kernel } = this;
    const wait = delayMs ?? WATCH_LATENCY_MS.min + kernel.random.fraction() * WATCH_LATENCY_MS.spread;
    const text = keyText(key);
    const dueMs = kernel.nowMs + wait;
    const known = this.queued.get(text);
    if (known !== undefined && known <= dueMs) return;
    this.queued.set(text, dueMs);
    kernel.at(dueMs, `${this.definition.name}/sync`, text, () => {
      if (this.queued.get(text) !== dueMs) return;
      this.queued.delete(text);
      this.sync(key);
    }, { periodic });
  }

  private sync(key: ObjectKey): void {
    const { definition } = this;
    const { view } = this;
    const object = view.get<T>(definition.reconciles, key.namespace, key.name);
    const actions = object ? definition.plan(object, view) : definition.planGone?.(key, view) ?? [];
    const applied = this.apply(actions, key);
    const text = keyText(key);
    if (applied) {
      this.failures.delete(text);
      return;
    }
    const failures = this.failures.get(text) ?? 0;
    this.failures.set(text, failures + 1);
    this.enqueue(key, Math.min(CONTROLLER_RETRY_MS.base * 2 ** failures, CONTROLLER_RETRY_MS.max));
  }

  /** @returns whether everything was accepted; stops at the first refusal. */
  private apply(actions: readonly Action[], key: ObjectKey): boolean {
    for (const action of actions) {
      if (action.do === 'event') {
        this.recorder.record(subjectOf(action.about), action.type, action.reason, action.message);
        continue;
      }
      if (action.do === 'requeue') {
        this.enqueue(key, action.afterMs);
        continue;
      }
      const result = this.perform(action);
      const more = action.then?.(result) ?? [];
      const followed = this.apply(more, key);
      if (!result.ok && !harmless(action, result)) return false;
      if (!followed) return false;
    }
    return true;
  }

  private perform(action: Exclude<Action, { do: 'event' | 'requeue' }>): Result<KubeObject> {
    const { client } = this;
    switch (action.do) {
      case 'create': return client.create(action.object);
      case 'update': return client.update(action.object);
      case 'updateStatus': return client.updateStatus(action.object);
      case 'patch': return client.patch(action.kind, action.key, action.type, action.patch, { subresource: action.subresource });
      case 'delete': return client.delete(action.kind, action.key, action.options);
    }
  }


  private scheduleResync(periodMs: number): void {
    this.kernel.after(periodMs, `${this.definition.name}/resync`, '', () => {
      for (const object of this.api.reader.list(this.definition.reconciles)) this.enqueue(keyOf(object), undefined, true);
      this.scheduleResync(periodMs);
    }, { periodic: true });
  }
}

/** The reader with a clock. */
export function viewOf(kernel: Kernel, reader: Reader): View {
  return {
    get nowMs() { return kernel.nowMs; },
    get resourceVersion() { return reader.resourceVersion; },
    get: (kind, namespace, name) => reader.get(kind, namespace, name),
    list: (kind, options) => reader.list(kind, options),
    ownedBy: (ownerUid, kind) => reader.ownedBy(ownerUid, kind),
    podsOnNode: nodeName => reader.podsOnNode(nodeName),
  };
}

/** Something already gone or already there is what the plan wanted. */
function harmless(action: Action, result: Result<KubeObject>): boolean {
  if (result.ok) return true;
  if (action.do === 'delete') return result.status.code === 404;
  return false;
}

/** Starts controllers: one listener feeds them all. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export function startControllers(kernel: Kernel, api: ApiServer, definitions: readonly ControllerDefinition<any>[]): void {
  const runners = definitions.map(definition => new ControllerRunner(definition, kernel, api));
  api.onChange(change => { for (const runner of runners) runner.observe(change); });
  for (const runner of runners) runner.lookAtAll();
}
