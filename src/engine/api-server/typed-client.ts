/** The verbs for components of the engine: one user, no paths, no text. */
import { cloneJson, type Draft } from '../apimachinery/json.ts';
import type { KubeObject, ObjectKey } from '../apimachinery/object.ts';
import type { Result } from '../apimachinery/status.ts';
import { assert } from '../kernel/assert.ts';
import type { Client, DeleteOptions, User, WriteOptions } from './contract.ts';
import { patched } from './patching.ts';
import type { PodOperations } from './pod-operations.ts';
import { notFoundError, resourceNotFound } from './refusals.ts';
import type { Resources, ServedResource } from './resources.ts';
import { readScale, withScale } from './scale.ts';
import type { Store } from './store.ts';
import type { UpdateScope, WriteContext, Writer } from './writer.ts';

export interface ClientParts {
  readonly resources: Resources;
  readonly store: Store;
  readonly writer: Writer;
  readonly pods: PodOperations;
  readonly apply: (resource: ServedResource, key: ObjectKey, patch: unknown, subresource: string, force: boolean, context: WriteContext) => Result<KubeObject>;
}

const SCOPES: Readonly<Record<string, UpdateScope>> = { '': 'main', status: 'status', finalize: 'finalize', ephemeralcontainers: 'ephemeralcontainers', resize: 'resize' };

export function createClient(parts: ClientParts, user: User): Client {
  const { resources, store, writer, pods } = parts;
  const context = (verb: string, options: WriteOptions | undefined): WriteContext =>
    ({ user, verb, fieldManager: options?.fieldManager ?? user.name, dryRun: options?.dryRun === true, warnings: [] });
  const resourceOf = (object: Draft): ServedResource => {
    const resource = resources.ofObject(object.apiVersion, object.kind);
    assert(resource, `no resource for ${object.apiVersion} ${object.kind}`);
    return resource;
  };
  const update = (given: object, scope: UpdateScope, options: WriteOptions | undefined): Result<KubeObject> => {
    const object = given as Draft;
    const resource = resourceOf(object);
    return writer.update(resource, resource.namespaced ? object.metadata.namespace : '', object.metadata.name, object, scope, context('update', options));
  };
  const patch = (
    kind: string, key: ObjectKey, type: 'json' | 'merge' | 'strategic' | 'apply', change: unknown,
    options: WriteOptions & { subresource?: string; force?: boolean } = {},
  ): Result<KubeObject> => {
    const resource = resources.lookup(kind);
    if (!resource) return resourceNotFound();
    const namespace = resource.namespaced ? key.namespace : '';
    const subresource = options.subresource ?? '';
    if (type === 'apply') return parts.apply(resource, { namespace, name: key.name }, change, subresource, options.force === true, context('patch', options));
    const before = store.collection(resource.storage).get(namespace, key.name);
    if (!before) return notFoundError(resource.group, resource.name, key.name);
    if (subresource === 'scale') {
      const scale = patched({ ...resource, apiVersion: 'autoscaling/v1', kind: 'Scale' }, readScale(resource, before), type, change);
      return scale.ok ? writer.update(resource, namespace, key.name, withScale(resource, before, scale.value), 'main', context('patch', options)) : scale;
    }
    const after = patched(resource, before as Draft, type, change);
    if (!after.ok) return after;
    return writer.update(resource, namespace, key.name, after.value, SCOPES[subresource] ?? 'main', context('patch', options));
  };
  const client = {
    user,
    create(given: object, options?: WriteOptions): Result<KubeObject> {
      const object = cloneJson(given as Draft);
      const resource = resourceOf(object);
      return writer.create(resource, resource.namespaced ? object.metadata?.namespace ?? 'default' : '', object, context('create', options));
    },
    update: (object: object, options?: WriteOptions) => update(object, 'main', options),
    updateStatus: (object: object, options?: WriteOptions) => update(object, 'status', options),
    patch,
    delete(kind: string, key: ObjectKey, options: DeleteOptions = {}) {
      const resource = resources.lookup(kind);
      if (!resource) return resourceNotFound();
      return writer.delete(resource, resource.namespaced ? key.namespace : '', key.name, options, context('delete', options));
    },
    bind: (pod: ObjectKey, nodeName: string) => pods.bind(pod, { kind: 'Node', name: nodeName }, context('create', undefined)),
    evict: (pod: ObjectKey, options: DeleteOptions = {}) => pods.evict(pod, options, context('create', options)),
  };
  return client as unknown as Client;
}
