/** Which resources the server has, and what a learner's word for one means. */
import type { Task } from '../../../engine/kernel/task.ts';
import type { ApiClient, Json } from './api-client.ts';
import { CliFailure, ConnectionFailure } from './failure.ts';

export interface ResourceType {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly verbs: readonly string[];
  readonly subresources: readonly string[];
}

export interface GroupVersions {
  readonly group: string;
  /** Preferred first. */
  readonly versions: readonly string[];
}

/** Everything discovery told, in the server's order. */
export interface Discovered {
  readonly groups: readonly GroupVersions[];
  readonly resources: readonly ResourceType[];
  readonly readAtMs: number;
}

const ACCEPT = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json';
/** As long as kubectl keeps its discovery cache on disk. */
const CACHE_MS = 6 * 3_600_000;

/** What earlier runs on the same machine learned, by server address. */
export type DiscoveryCache = Map<string, Discovered>;

export class Discovery {
  private current: Discovered | undefined;
  private readonly warned = new Set<string>();

  constructor(private readonly api: ApiClient, private readonly cache: DiscoveryCache, private readonly nowMs: () => number) {}

  /** Asks the server unless a fresh answer is at hand. @throws ConnectionFailure after client-go's own complaints */
  *all(options: { refresh?: boolean } = {}): Task<Discovered> {
    const { server } = this.api.connection;
    const known = this.current ?? this.cache.get(server);
    if (known && !options.refresh && this.nowMs() - known.readAtMs < CACHE_MS) {
      this.current = known;
      return known;
    }
    let found: Discovered;
    try {
      found = yield* this.read();
    } catch (failure) {
      if (failure instanceof ConnectionFailure && failure.message.includes('was refused')) {
        const host = server.replace(/^https?:\/\//, '');
        const [name = '', port = '443'] = host.split(':');
        const address = `${name === 'localhost' ? '127.0.0.1' : name}:${port}`;
        for (let i = 0; i < 5; i += 1) {
          yield* this.api.log('E', 'memcache.go:265', `"Unhandled Error" err="couldn't get current server API group list: Get \\"${server}/api?timeout=32s\\": dial tcp ${address}: connect: connection refused"`);
        }
      }
      throw failure;
    }
    this.current = found;
    this.cache.set(server, found);
    return found;
  }

  private *read(): Task<Discovered> {
    const headers = { accept: ACCEPT };
    const core = yield* this.api.json<Json>('GET', '/api', { headers });
    const named = yield* this.api.json<Json>('GET', '/apis', { headers });
    const groups: GroupVersions[] = [];
    const resources: ResourceType[] = [];
    for (const item of [...((core.items ?? []) as Json[]), ...((named.items ?? []) as Json[])]) {
      const group = String((item.metadata as Json | undefined)?.name ?? '');
      const versions = (item.versions ?? []) as Json[];
      groups.push({ group, versions: versions.map(version => String(version.version)) });
      for (const version of versions) {
        for (const resource of (version.resources ?? []) as Json[]) resources.push(resourceType(group, String(version.version), resource));
      }
    }
    return { groups, resources, readAtMs: this.nowMs() };
  }

  /** What `word` (`po`, `deploy`, `deployments.apps`, `deployments.v1.apps`, `Deployment`) means, or `undefined`. */
  *lookUp(word: string): Task<ResourceType | undefined> {
    const known = yield* this.all();
    const found = match(known, word);
    if (!found) return match(yield* this.all({ refresh: true }), word);
    if (found.shortNames.includes(word) && found.plural !== word && found.singular !== word) {
      for (const other of known.resources) {
        if (other.group !== found.group && other.shortNames.includes(word)) yield* this.warnOnce(word, other);
      }
    }
    return found;
  }

  private *warnOnce(word: string, other: ResourceType): Task<void> {
    const text = `short name ${JSON.stringify(word)} could also match lower priority resource ${slugResource(other)}`;
    if (this.warned.has(text)) return;
    this.warned.add(text);
    yield* this.api.warn(text);
  }

  /** @throws CliFailure in kubectl's words when there is no such type */
  *resolve(word: string): Task<ResourceType> {
    const found = yield* this.lookUp(word);
    if (found) return found;
    throw new CliFailure(`the server doesn't have a resource type ${JSON.stringify(word.split('.')[0])}`);
  }

  /** The resource behind an object of a file. */
  *forKind(apiVersion: string, kind: string): Task<ResourceType | undefined> {
    const matches = (found: Discovered): ResourceType | undefined => found.resources.find(type =>
      type.kind === kind && (type.group === '' ? type.version : `${type.group}/${type.version}`) === apiVersion);
    return matches(yield* this.all()) ?? matches(yield* this.all({ refresh: true }));
  }
}

function resourceType(group: string, version: string, resource: Json): ResourceType {
  const responseKind = (resource.responseKind ?? {}) as Json;
  return {
    group, version,
    kind: String(responseKind.kind ?? ''),
    plural: String(resource.resource),
    singular: String(resource.singularResource ?? ''),
    namespaced: resource.scope === 'Namespaced',
    shortNames: (resource.shortNames ?? []) as string[],
    categories: (resource.categories ?? []) as string[],
    verbs: (resource.verbs ?? []) as string[],
    subresources: ((resource.subresources ?? []) as Json[]).map(sub => String(sub.subresource)),
  };
}

/** After RESTMapper: plural, singular, short name or kind; in preferred versions first, in the server's order of groups. */
function match(found: Discovered, word: string): ResourceType | undefined {
  const lower = word.toLowerCase();
  const [name = '', ...rest] = lower.split('.');
  const preferred = found.groups.flatMap(({ group, versions }) => versions.slice(0, 1).map(version => `${group}/${version}`));
  const isPreferred = (type: ResourceType): boolean => preferred.includes(`${type.group}/${type.version}`);
  const ordered = [...found.resources.filter(isPreferred), ...found.resources.filter(type => !isPreferred(type))];
  const named = (type: ResourceType): boolean => type.plural === name || type.singular === name;
  const pick = (candidates: ResourceType[]): ResourceType | undefined =>
    candidates.find(named) ?? candidates.find(type => type.shortNames.includes(name)) ?? candidates.find(type => type.kind.toLowerCase() === name);
  if (rest.length === 0) return pick(ordered);
  const group = rest.join('.');
  const byGroup = pick(ordered.filter(type => type.group === group)) ?? pick(ordered.filter(type => type.group.startsWith(`${group}.`)));
  if (byGroup) return byGroup;
  const [version, ...tail] = rest;
  return pick(ordered.filter(type => type.version === version && type.group === tail.join('.')));
}

/** `deployment.apps`, as kubectl names a kind in its messages. */
export function slugKind(type: { group: string; kind: string }): string {
  const kind = type.kind.toLowerCase();
  return type.group === '' ? kind : `${kind}.${type.group}`;
}

/** `deployments.apps`. */
export function slugResource(type: ResourceType): string {
  return type.group === '' ? type.plural : `${type.plural}.${type.group}`;
}
