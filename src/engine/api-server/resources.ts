/** Which resources are served, under which names. Built-in ones come from the generated schema; others can be added. */
import { assert } from '../kernel/assert.ts';
import type { KindDeclaration } from '../kinds/kind.ts';
import type { JsonSchema } from '../kinds/custom-resources/json-schema.ts';
import { kindDeclarations } from '../kinds/registry.ts';
import { typeOfKind, type FieldSchema } from './schema.ts';
import data from './schema/resources.json';

export interface Subresource {
  readonly name: string;
  readonly kind: string;
  readonly verbs: readonly string[];
  readonly responseGroup?: string;
  readonly responseVersion?: string;
}

export interface ServedResource {
  readonly group: string;
  readonly version: string;
  /** `v1` or `apps/v1`. */
  readonly apiVersion: string;
  /** Plural, as in paths. */
  readonly name: string;
  readonly kind: string;
  readonly singular: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly subresources: readonly Subresource[];
  readonly storageVersionHash: string;
  /** `[name, type, format, priority]` as the real server prints them. */
  readonly columns: readonly (readonly [string, string, string, number])[];
  /** Where objects lie: versions and groups that show the same objects share it. */
  readonly storage: string;
  readonly declaration: KindDeclaration;
  /** Structure of its objects, as patches and field managers read it; absent for kinds without one. */
  readonly schema: FieldSchema | undefined;
  /** What a definition says of a custom resource. */
  readonly custom?: CustomTraits;
}

/** What only custom resources have. */
export interface CustomTraits {
  readonly schema: JsonSchema;
  readonly listKind: string;
  /** Without one, the status is an ordinary field. */
  readonly hasStatus: boolean;
  readonly scale?: { readonly specReplicasPath: string; readonly statusReplicasPath: string; readonly labelSelectorPath?: string };
  /** Told to whoever uses this version. */
  readonly deprecation?: string;
}

type RawResource = {
  name: string; kind: string; namespaced: boolean; singular: string; verbs: string[]; shortNames?: string[]; categories?: string[];
  hash?: string; subresources?: Subresource[]; columns?: [string, string, string, number][];
};

const raw = data as unknown as {
  version: Record<string, string>;
  paths: string[];
  groups: { group: string; version: string; resources: RawResource[] }[];
};

/** `/version` of the recorded server. */
export const recordedVersion = raw.version;
export const recordedPaths: readonly string[] = raw.paths;

/** Storage shared between groups: `events.k8s.io` and core show the same events. */
const STORAGE_OF: Readonly<Record<string, string>> = { 'events.k8s.io/events': '/events' };

/** Kinds shown in several versions are declared, and stored, in one. */
const STORED_VERSION: Readonly<Record<string, string>> = { '/events': 'v1', 'autoscaling/horizontalpodautoscalers': 'autoscaling/v2' };

function declarationOf(storage: string, apiVersion: string, kind: string): KindDeclaration {
  return kindDeclarations.get(`${STORED_VERSION[storage] ?? apiVersion}/${kind}`) ?? { kind, apiVersion };
}

const schemaOf = (apiVersion: string, kind: string): FieldSchema | undefined => {
  const name = typeOfKind(apiVersion, kind);
  return name === undefined ? undefined : { r: name };
};

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** In the order in which clients prefer them: `v2`, `v1`, `v1beta2`, `v1beta1`, `v1alpha1`, others by name. */
export function byVersion(a: string, b: string): number {
  const rank = (name: string): readonly [number, number, number] | undefined => {
    const match = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(name);
    return match ? [match[2] === undefined ? 2 : match[2] === 'beta' ? 1 : 0, Number(match[1]), Number(match[3] ?? 0)] : undefined;
  };
  const [left, right] = [rank(a), rank(b)];
  if (!left || !right) return left ? -1 : right ? 1 : order(a, b);
  return right[0] - left[0] || right[1] - left[1] || right[2] - left[2];
}

/** What an add-on says of a kind of its own. */
export interface AddedKind {
  readonly group: string;
  readonly version: string;
  /** Plural. */
  readonly name: string;
  readonly singular: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

/** The resources of one server. */
export class Resources {
  private readonly byPath = new Map<string, ServedResource>();
  private readonly byKind = new Map<string, ServedResource>();
  /** In discovery order. */
  readonly all: ServedResource[] = [];
  /** What is served without a definition. */
  private readonly fixed: ServedResource[] = [];
  /** By name of their definition. */
  private readonly custom = new Map<string, readonly ServedResource[]>();

  constructor() {
    for (const { group, version, resources } of raw.groups) {
      for (const each of resources) this.add(group, version, each);
    }
  }

  private add(group: string, version: string, each: RawResource): void {
    const apiVersion = group === '' ? version : `${group}/${version}`;
    const storage = STORAGE_OF[`${group}/${each.name}`] ?? `${group}/${each.name}`;
    const resource: ServedResource = {
      group, version, apiVersion, name: each.name, kind: each.kind, singular: each.singular, namespaced: each.namespaced,
      verbs: each.verbs, shortNames: each.shortNames ?? [], categories: each.categories ?? [], subresources: each.subresources ?? [],
      storageVersionHash: each.hash ?? '', columns: each.columns ?? [], storage,
      declaration: declarationOf(storage, apiVersion, each.kind), schema: schemaOf(apiVersion, each.kind),
    };
    this.all.push(resource);
    this.fixed.push(resource);
    this.enter(resource);
  }

  private enter(resource: ServedResource): void {
    const { group, version, apiVersion, name, kind } = resource;
    this.byPath.set(`${group}/${version}/${name}`, resource);
    this.byKind.set(`${apiVersion}/${kind}`, resource);
    this.byKind.set(`${kind}.${group}`, this.byKind.get(`${kind}.${group}`) ?? resource);
    // A bare kind name means its first group: the core group comes first in discovery.
    if (!this.byKind.has(kind)) this.byKind.set(kind, resource);
  }

  /** Serves what a definition says, instead of what it said before. */
  setCustom(definition: string, served: readonly ServedResource[]): void {
    for (const old of this.custom.get(definition) ?? []) {
      for (const index of [this.byPath, this.byKind]) for (const [key, resource] of index) if (resource === old) index.delete(key);
    }
    if (served.length > 0) this.custom.set(definition, served);
    else this.custom.delete(definition);
    // A definition takes the place of a kind that an add-on brought; without it, that one is back.
    for (const resource of this.fixed) if (!this.find(resource.group, resource.version, resource.name)) this.enter(resource);
    for (const resource of served) this.enter(resource);
    // Custom groups follow the built-in ones, each with its versions as clients prefer them.
    const defined = [...this.custom.values()].flat();
    const rest = this.fixed.filter(each => !defined.some(one => one.group === each.group && one.version === each.version && one.name === each.name));
    const others = defined.sort((a, b) => order(a.group, b.group) || byVersion(a.version, b.version) || order(a.name, b.name));
    this.all.splice(0, this.all.length, ...rest, ...others);
  }

  /** A version of what a definition serves. */
  customOf(definition: string): ServedResource | undefined {
    return this.custom.get(definition)?.[0];
  }

  /** Serves `metrics.k8s.io`, once something measures. Announced only; requests are answered elsewhere. */
  addMetrics(): void {
    if (this.find('metrics.k8s.io', 'v1beta1', 'pods')) return;
    this.add('metrics.k8s.io', 'v1beta1', { name: 'nodes', kind: 'NodeMetrics', namespaced: false, singular: '', verbs: ['get', 'list'] });
    this.add('metrics.k8s.io', 'v1beta1', { name: 'pods', kind: 'PodMetrics', namespaced: true, singular: '', verbs: ['get', 'list'] });
  }

  /** Serves a kind that an add-on brings with it (its definition is not stored as an object). */
  addKind(kind: AddedKind): void {
    if (this.find(kind.group, kind.version, kind.name)) return;
    this.add(kind.group, kind.version, { ...kind, verbs: ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'] });
  }

  /** By the parts of a path. */
  find(group: string, version: string, name: string): ServedResource | undefined {
    return this.byPath.get(`${group}/${version}/${name}`);
  }

  /** By `apiVersion` and `kind` of an object. */
  ofObject(apiVersion: string, kind: string): ServedResource | undefined {
    return this.byKind.get(`${apiVersion}/${kind}`);
  }

  /** By kind name; `undefined` for what is not served (any more). */
  lookup(kind: string): ServedResource | undefined {
    return this.byKind.get(kind);
  }

  /** By kind name, see `KindName`. @throws AssertionError for an unknown kind: our own mistake */
  ofKind(kind: string): ServedResource {
    const resource = this.byKind.get(kind);
    assert(resource, `no resource of kind ${kind}`);
    return resource;
  }

  /** The versions served under a group, preferred first. */
  versionsOf(group: string): string[] {
    return [...new Set(this.all.filter(each => each.group === group).map(each => each.version))];
  }

  /** Groups in discovery order; the core group is `''`. */
  get groups(): string[] {
    return [...new Set(this.all.map(each => each.group))];
  }
}
