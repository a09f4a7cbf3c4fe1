/**
 * The wall between the API server and everything that talks to it. Two doors, one room:
 *
 * - {@link ApiServer.handle}: Kubernetes' HTTP surface as a function. kubectl, helm and client libraries come in here.
 * - {@link ApiServer.as}: the same verbs typed, for components inside the engine, without paths and text.
 *
 * Both go through authorization, admission, validation, defaulting and the audit log; both answer with values.
 */
import type { KubeObject, ObjectKey } from '../apimachinery/object.ts';
import type { Result, Status } from '../apimachinery/status.ts';
import type { Descriptor } from '../kernel/pipe.ts';
import type { Task } from '../kernel/task.ts';

/** Who asks. */
export interface User {
  readonly name: string;
  readonly groups: readonly string[];
  readonly uid?: string;
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

/** A request as HTTP would carry it. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD' | 'OPTIONS';
  /** Without the query: `/api/v1/namespaces/shop/pods`. */
  readonly path: string;
  /** Repeated parameters are arrays. */
  readonly query?: Readonly<Record<string, string | readonly string[]>>;
  /** Lower-case names. `accept` and `content-type` choose representations; `impersonate-*` are honoured. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Parsed JSON, or text as sent (YAML, apply patches, broken input). */
  readonly body?: unknown;
  readonly user: User;
}

/** An answer as HTTP would carry it. Exactly one of `body`, `watch`, `stream`, `session` is meaningful. */
export interface ApiResponse {
  readonly code: number;
  readonly headers: Readonly<Record<string, string>>;
  /** A JSON value (object, list, Table, Status, discovery document) or text for `text/plain`. */
  readonly body?: unknown;
  /** A watch: events as they come, already in the representation asked for (object or Table). */
  readonly watch?: WatchStream;
  /** Text that goes on (logs with `follow`). */
  readonly stream?: TextStream;
  /** exec, attach and port-forward. */
  readonly session?: ExecSession;
}

export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: unknown;
}

export interface WatchStream {
  /** The next event, waiting in virtual time; `null` when the server ends the watch. */
  next(): Task<WatchEvent | null>;
  /** For hosts that are not tasks: called for each event from now on. */
  listen(onEvent: (event: WatchEvent) => void, onEnd: () => void): void;
  close(): void;
}

export interface TextStream {
  next(): Task<string | null>;
  listen(onText: (text: string) => void, onEnd: () => void): void;
  close(): void;
}

/** A running command in a container. Its descriptors are retained once for the caller, who releases them. */
export interface ExecSession {
  /** Write ends for the caller. */
  readonly stdin: Descriptor;
  /** Read ends for the caller. With a tty, everything comes on `stdout`. */
  readonly stdout: Descriptor;
  readonly stderr: Descriptor;
  /** Waits for the end: exit code 0 as a success Status; `NonZeroExitCode` with the code in `details.causes`. */
  wait(): Task<Status>;
  resize(columns: number, rows: number): void;
  /** Ctrl-C at the caller's terminal when a tty is attached. */
  interrupt(): void;
  close(): void;
}

/** How a component names a kind; the registry in `kinds/` resolves plural, scope and storage version. */
export type KindName = string;

export interface ListOptions {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

export interface WriteOptions {
  /** For managedFields; defaults to the user's name. */
  readonly fieldManager?: string;
  readonly dryRun?: boolean;
}

export interface DeleteOptions extends WriteOptions {
  readonly gracePeriodSeconds?: number;
  readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan';
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
}

/** One change of one stored object, in the order of resourceVersion. `value` semantics: who, when, why, before, after. */
export interface Change {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly resourceVersion: number;
  readonly atMs: number;
  readonly user: string;
  readonly verb: string;
  readonly before: KubeObject | undefined;
  /** For DELETED: the last state. */
  readonly object: KubeObject;
}

/** Reads over the current state; everything returned is frozen. Unknown kinds are our mistake and assert. */
export interface Reader {
  /** By kind (`'Pod'`, or `'Event.events.k8s.io'` where a kind name is ambiguous). */
  get<T = KubeObject>(kind: KindName, namespace: string, name: string): (T & KubeObject) | undefined;
  /** In order of namespace and name. */
  list<T = KubeObject>(kind: KindName, options?: ListOptions): readonly (T & KubeObject)[];
  /** Objects of `kind` whose controller owner reference is `ownerUid` (indexed); of pods, `''` finds those without one. */
  ownedBy<T = KubeObject>(ownerUid: string, kind: KindName): readonly (T & KubeObject)[];
  /** Pods by node, indexed. */
  podsOnNode<T = KubeObject>(nodeName: string): readonly (T & KubeObject)[];
  readonly resourceVersion: number;
}

/** The verbs, as one user. A body needs `apiVersion`, `kind` and `metadata`. */
export interface Client {
  readonly user: User;
  create<T = KubeObject>(object: object, options?: WriteOptions): Result<T & KubeObject>;
  /** Replaces all but the status; 409 when `resourceVersion` is given and stale. */
  update<T = KubeObject>(object: object, options?: WriteOptions): Result<T & KubeObject>;
  updateStatus<T = KubeObject>(object: object, options?: WriteOptions): Result<T & KubeObject>;
  /** `type`: `json`, `merge`, `strategic` or `apply`. `subresource`: `status`, `scale` … */
  patch<T = KubeObject>(
    kind: KindName, key: ObjectKey, type: 'json' | 'merge' | 'strategic' | 'apply', patch: unknown,
    options?: WriteOptions & { subresource?: string; force?: boolean },
  ): Result<T & KubeObject>;
  delete(kind: KindName, key: ObjectKey, options?: DeleteOptions): Result<KubeObject>;
  /** Sets `spec.nodeName` through the binding subresource. */
  bind(pod: ObjectKey, nodeName: string): Result<Status>;
  /** The eviction subresource: respects PodDisruptionBudgets. */
  evict(pod: ObjectKey, options?: DeleteOptions): Result<Status>;
}

/** One served request, for guards, `kubectl auth` lessons and the debrief. */
export interface AuditEntry {
  readonly atMs: number;
  readonly user: string;
  readonly userAgent: string;
  readonly verb: string;
  readonly path: string;
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
  readonly subresource: string;
  readonly code: number;
  readonly requestObject?: unknown;
}

export interface ApiServer {
  handle(request: ApiRequest): ApiResponse;
  as(user: User): Client;
  readonly reader: Reader;
  /** Called synchronously after each committed change, in order; must not write (schedule an event instead). */
  onChange(listener: (change: Change) => void): () => void;
  /** Mutating requests through `handle`, and refusals; oldest first. */
  readonly audit: readonly AuditEntry[];
}

/** What the API server asks of nodes; wired by `cluster.ts` so that neither imports the other. */
export interface NodeConnections {
  /** `text` when the log is complete, `stream` when following. Refusals in the kubelet's words. */
  logs(pod: KubeObject, options: LogOptions): Result<{ text: string } | { stream: TextStream }>;
  exec(pod: KubeObject, options: ExecOptions): Result<ExecSession>;
  attach(pod: KubeObject, options: ExecOptions): Result<ExecSession>;
  /** CPU in millicores and memory in bytes, per container, as metrics-server would last have scraped them. */
  podMetrics(pod: KubeObject): readonly { container: string; cpuMillis: number; memoryBytes: number }[] | undefined;
  nodeMetrics(nodeName: string): { cpuMillis: number; memoryBytes: number } | undefined;
}

export interface LogOptions {
  readonly container?: string;
  readonly follow?: boolean;
  readonly previous?: boolean;
  readonly sinceSeconds?: number;
  readonly sinceTime?: string;
  readonly timestamps?: boolean;
  readonly tailLines?: number;
  readonly limitBytes?: number;
}

export interface ExecOptions {
  readonly container?: string;
  readonly command: readonly string[];
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly tty: boolean;
}
