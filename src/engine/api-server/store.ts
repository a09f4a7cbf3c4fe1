/**
 * The objects. Everything stored is plain JSON, frozen; every change gets the next resourceVersion, is remembered for a
 * while for watches, and is told to the listeners at once and in order.
 */
import { hashOfChange, deepFreeze, type Draft } from '../apimachinery/json.ts';
import type { KubeObject } from '../apimachinery/object.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { Change } from './contract.ts';

/** How many changes of one collection a watch can look back on. */
const WATCH_WINDOW = 1_000;

/** The objects of one resource in one namespace (`''` for cluster-scoped ones), in order of name. */
class Bucket {
  readonly objects = new Map<string, KubeObject>();
  private readonly names: string[] = [];
  private cached: readonly KubeObject[] | undefined;

  set(name: string, object: KubeObject): void {
    if (!this.objects.has(name)) this.names.splice(position(this.names, name), 0, name);
    this.objects.set(name, object);
    this.cached = undefined;
  }

  delete(name: string): void {
    if (!this.objects.delete(name)) return;
    this.names.splice(position(this.names, name), 1);
    this.cached = undefined;
  }

  list(): readonly KubeObject[] {
    this.cached ??= Object.freeze(this.names.map(name => this.objects.get(name)!));
    return this.cached;
  }
}

function position(sorted: readonly string[], name: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < name) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** All objects of one resource. */
export class Collection {
  private readonly buckets = new Map<string, Bucket>();
  private namespaces: string[] | undefined;
  private cached: readonly KubeObject[] | undefined;
  /** Recent changes, oldest first. */
  readonly history: Change[] = [];
  /** Changes up to this version are forgotten. */
  forgottenVersion = 0;
  readonly listeners = new Set<(change: Change) => void>();

  constructor(readonly storage: string) {}

  get(namespace: string, name: string): KubeObject | undefined {
    return this.buckets.get(namespace)?.objects.get(name);
  }

  /** In order of namespace and name; `undefined` means every namespace. */
  list(namespace: string | undefined): readonly KubeObject[] {
    if (namespace !== undefined && namespace !== '') return this.buckets.get(namespace)?.list() ?? [];
    if (this.buckets.size === 1) for (const bucket of this.buckets.values()) return bucket.list();
    this.namespaces ??= [...this.buckets.keys()].sort();
    this.cached ??= Object.freeze(this.namespaces.flatMap(each => this.buckets.get(each)!.list()));
    return this.cached;
  }

  put(namespace: string, name: string, object: KubeObject): void {
    let bucket = this.buckets.get(namespace);
    if (!bucket) {
      bucket = new Bucket();
      this.buckets.set(namespace, bucket);
      this.namespaces = undefined;
    }
    bucket.set(name, object);
    this.cached = undefined;
  }

  remove(namespace: string, name: string): void {
    this.buckets.get(namespace)?.delete(name);
    this.cached = undefined;
  }
}

const NO_OBJECTS: readonly KubeObject[] = Object.freeze([]);

/** Sets of objects by some key, kept in order of first appearance. */
class Index {
  private readonly members = new Map<string, Map<string, KubeObject>>();
  private readonly cached = new Map<string, readonly KubeObject[]>();

  move(uid: string, before: string | undefined, after: string | undefined, object: KubeObject): void {
    if (before !== undefined && before !== after) {
      const set = this.members.get(before);
      set?.delete(uid);
      if (set?.size === 0) this.members.delete(before);
      this.cached.delete(before);
    }
    if (after !== undefined) {
      let set = this.members.get(after);
      if (!set) this.members.set(after, set = new Map());
      set.set(uid, object);
      this.cached.delete(after);
    }
  }

  get(key: string): readonly KubeObject[] {
    const known = this.cached.get(key);
    if (known) return known;
    const set = this.members.get(key);
    if (!set) return NO_OBJECTS;
    const list = Object.freeze([...set.values()]);
    this.cached.set(key, list);
    return list;
  }
}

/** Who makes a change. */
export interface Author {
  readonly user: string;
  readonly verb: string;
}

export class Store {
  private readonly collections = new Map<string, Collection>();
  private readonly owned = new Index();
  private readonly byNode = new Index();
  private readonly listeners = new Set<(change: Change) => void>();
  private version = 0;

  constructor(private readonly kernel: Kernel) {}

  /** The version of the last change. */
  get resourceVersion(): number {
    return this.version;
  }

  collection(storage: string): Collection {
    let collection = this.collections.get(storage);
    if (!collection) this.collections.set(storage, collection = new Collection(storage));
    return collection;
  }

  /** Objects of a storage whose controller is `ownerUid`; of pods, `''` finds those that have none. */
  ownedBy(storage: string, ownerUid: string): readonly KubeObject[] {
    return this.owned.get(`${storage} ${ownerUid}`);
  }

  podsOnNode(node: string): readonly KubeObject[] {
    return this.byNode.get(node);
  }

  onChange(listener: (change: Change) => void): () => void {
    this.listeners.add(listener);
    return () => { this.listeners.delete(listener); };
  }

  /** Stores a draft as the next version of an object, or for DELETED takes it out. The draft is frozen. */
  commit(type: Change['type'], collection: Collection, before: KubeObject | undefined, draft: Draft, author: Author): KubeObject {
    this.version += 1;
    (draft.metadata as Draft).resourceVersion = String(this.version);
    const object = deepFreeze(draft) as KubeObject;
    const { namespace = '', name, uid } = object.metadata;
    if (type === 'DELETED') collection.remove(namespace, name);
    else collection.put(namespace, name, object);
    const gone = type === 'DELETED';
    const isPod = collection.storage === '/pods';
    const nobody = isPod ? '' : undefined;
    const ownerBefore = before && (controllerUid(before) ?? nobody);
    const ownerAfter = gone ? undefined : controllerUid(object) ?? nobody;
    if (ownerBefore !== undefined || ownerAfter !== undefined) {
      const { storage } = collection;
      this.owned.move(uid, ownerBefore === undefined ? undefined : `${storage} ${ownerBefore}`, ownerAfter === undefined ? undefined : `${storage} ${ownerAfter}`, object);
    }
    if (isPod) {
      this.byNode.move(uid, before && nodeOf(before), gone ? undefined : nodeOf(object), object);
    }
    const change: Change = {
      type, resourceVersion: this.version, atMs: this.kernel.nowMs, user: author.user, verb: author.verb, before, object,
    };
    collection.history.push(change);
    if (collection.history.length > WATCH_WINDOW * 2) {
      const dropped = collection.history.splice(0, WATCH_WINDOW);
      collection.forgottenVersion = dropped.at(-1)!.resourceVersion;
    }
    this.kernel.trace.record(
      `${this.version} ${author.verb} ${object.kind} ${namespace}/${name} ${hashOfChange(gone ? undefined : before, gone ? null : object) >>> 0}`);
    for (const listener of collection.listeners) listener(change);
    for (const listener of this.listeners) listener(change);
    return object;
  }
}

function controllerUid(object: KubeObject): string | undefined {
  const owners = object.metadata.ownerReferences;
  if (owners) for (const owner of owners) if (owner.controller) return owner.uid;
  return undefined;
}

function nodeOf(pod: KubeObject): string | undefined {
  return (pod.spec as { nodeName?: string } | undefined)?.nodeName || undefined;
}
