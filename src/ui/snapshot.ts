/** What the page knows of the world: immutable maps that each frame replaces where something changed. */
import type { KubeObject } from '../engine/apimachinery/object.ts';
import type { AwsFact, AwsFactKind, Frame, SubnetFact } from '../hosts/protocol.ts';

export interface PodStatus {
  readonly status: string;
  readonly ready: string;
  readonly restarts: number;
}

export interface Snapshot {
  /** By kind, then by `namespace/name`. */
  readonly kinds: ReadonlyMap<string, ReadonlyMap<string, KubeObject>>;
  /** By uid. */
  readonly podStatus: ReadonlyMap<string, PodStatus>;
  /** What the account around the cluster holds: by kind of fact, then by id. Kinds without a change keep their identity. */
  readonly aws: ReadonlyMap<AwsFactKind, ReadonlyMap<string, AwsFact>>;
}

export const EMPTY_SNAPSHOT: Snapshot = { kinds: new Map(), podStatus: new Map(), aws: new Map() };

/** `Kind/namespace/name`: how views name an object; the namespace may be empty. */
export type Slug = string;

export function slugOf(object: KubeObject): Slug {
  return `${object.kind}/${object.metadata.namespace ?? ''}/${object.metadata.name}`;
}

const within = (namespace: string | undefined, name: string): string => `${namespace ?? ''}/${name}`;

/** The snapshot after a frame; untouched kinds keep their identity. */
export function applyFrame(before: Snapshot, frame: Pick<Frame, 'reset' | 'upserts' | 'deletes' | 'podStatus' | 'aws'>): Snapshot {
  const base = frame.reset ? EMPTY_SNAPSHOT : before;
  const aws = frame.aws ? awsAfter(base.aws, frame.aws) : base.aws;
  if (frame.upserts.length + frame.deletes.length + frame.podStatus.length === 0) return frame.aws ? { ...base, aws } : base;
  const kinds = new Map(base.kinds);
  const touched = new Map<string, Map<string, KubeObject>>();
  const writable = (kind: string): Map<string, KubeObject> => {
    let map = touched.get(kind);
    if (!map) {
      map = new Map(base.kinds.get(kind));
      touched.set(kind, map);
      kinds.set(kind, map);
    }
    return map;
  };
  let podStatus: Map<string, PodStatus> | undefined;
  const statuses = (): Map<string, PodStatus> => (podStatus ??= new Map(base.podStatus));
  for (const ref of frame.deletes) {
    const map = writable(ref.kind);
    const key = within(ref.namespace, ref.name);
    const gone = map.get(key);
    map.delete(key);
    if (gone && ref.kind === 'Pod') statuses().delete(gone.metadata.uid);
  }
  for (const object of frame.upserts) writable(object.kind).set(within(object.metadata.namespace, object.metadata.name), object);
  for (const { uid, status, ready, restarts } of frame.podStatus) statuses().set(uid, { status, ready, restarts });
  return { kinds, podStatus: podStatus ?? base.podStatus, aws };
}

function awsAfter(before: Snapshot['aws'], { facts, gone }: NonNullable<Frame['aws']>): Snapshot['aws'] {
  const after = new Map(before);
  const touched = new Map<AwsFactKind, Map<string, AwsFact>>();
  const writable = (kind: AwsFactKind): Map<string, AwsFact> => {
    const map = touched.get(kind) ?? new Map(before.get(kind));
    touched.set(kind, map);
    after.set(kind, map);
    return map;
  };
  for (const { kind, id } of gone) writable(kind).delete(id);
  for (const fact of facts) {
    const map = writable(fact.kind);
    map.set(fact.id, fact.kind === 'subnet' ? withHistory(fact, map.get(fact.id) as SubnetFact | undefined) : fact);
  }
  return after;
}

/** The counts of the last hour grow on the page: a frame brings only the newest. */
function withHistory(fact: SubnetFact, before: SubnetFact | undefined): SubnetFact {
  if (!before || fact.history) return fact;
  const history = before.sinceMs === fact.sinceMs ? before.history ?? [] : [...before.history ?? [], [before.sinceMs, before.free] as const];
  return { ...fact, history: history.filter(([atMs]) => atMs > fact.sinceMs - 3_600_000) };
}

/** Facts of one kind about the account, in the order they became known. */
export function awsFacts<K extends AwsFactKind>(snapshot: Snapshot, kind: K): Extract<AwsFact, { kind: K }>[] {
  return [...(snapshot.aws.get(kind)?.values() ?? [])] as Extract<AwsFact, { kind: K }>[];
}

export function list<T = unknown>(snapshot: Snapshot, kind: string, namespace?: string): (T & KubeObject)[] {
  const all = [...(snapshot.kinds.get(kind)?.values() ?? [])] as (T & KubeObject)[];
  return namespace ? all.filter(object => object.metadata.namespace === namespace) : all;
}

export function get<T = unknown>(snapshot: Snapshot, kind: string, namespace: string | undefined, name: string): (T & KubeObject) | undefined {
  return snapshot.kinds.get(kind)?.get(within(namespace, name)) as (T & KubeObject) | undefined;
}

export function getSlug(snapshot: Snapshot, slug: Slug): KubeObject | undefined {
  const first = slug.indexOf('/');
  return snapshot.kinds.get(slug.slice(0, first))?.get(slug.slice(first + 1));
}

export function statusOf(snapshot: Snapshot, pod: KubeObject): PodStatus {
  return snapshot.podStatus.get(pod.metadata.uid) ?? { status: 'Unknown', ready: '', restarts: 0 };
}

/** Does a `matchLabels` map fit these labels? An empty one fits nothing, as for a Service. */
export function fits(selector: Readonly<Record<string, string>> | undefined, labels: Readonly<Record<string, string>> | undefined): boolean {
  const wanted = Object.entries(selector ?? {});
  return wanted.length > 0 && wanted.every(([key, value]) => labels?.[key] === value);
}

/** The controlling owner, if it has one. */
export function ownerOf(object: KubeObject): { kind: string; name: string; uid: string } | undefined {
  return object.metadata.ownerReferences?.find(owner => owner.controller) ?? object.metadata.ownerReferences?.[0];
}
