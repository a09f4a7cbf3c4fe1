/** What the page knows of the world: immutable maps that each frame replaces where something changed. */
import type { KubeObject } from '../engine/apimachinery/object.ts';
import type { Frame } from '../hosts/protocol.ts';

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
}

export const EMPTY_SNAPSHOT: Snapshot = { kinds: new Map(), podStatus: new Map() };

/** `Kind/namespace/name`: how views name an object; the namespace may be empty. */
export type Slug = string;

export function slugOf(object: KubeObject): Slug {
  return `${object.kind}/${object.metadata.namespace ?? ''}/${object.metadata.name}`;
}

const within = (namespace: string | undefined, name: string): string => `${namespace ?? ''}/${name}`;

/** The snapshot after a frame; untouched kinds keep their identity. */
export function applyFrame(before: Snapshot, frame: Pick<Frame, 'reset' | 'upserts' | 'deletes' | 'podStatus'>): Snapshot {
  const base = frame.reset ? EMPTY_SNAPSHOT : before;
  if (frame.upserts.length + frame.deletes.length + frame.podStatus.length === 0) return base;
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
  return { kinds, podStatus: podStatus ?? base.podStatus };
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
