import type { ObjectMeta } from 'kubernetes-types/meta/v1.d.ts';

export type { ObjectMeta };

/** Any API object, in Kubernetes' own JSON shape. Stored objects are frozen and always carry `metadata`. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: StoredMeta;
  readonly [field: string]: unknown;
}

/** `metadata` of an object that the API server has stored. */
export interface StoredMeta extends ObjectMeta {
  name: string;
  uid: string;
  resourceVersion: string;
  creationTimestamp: string;
}

/** A typed view of a stored object: `Stored<Pod>` with `Pod` from `kubernetes-types`. */
export type Stored<T> = T & KubeObject;

/** Names one object. `namespace` is empty for cluster-scoped kinds. */
export interface ObjectKey {
  readonly namespace: string;
  readonly name: string;
}

/** Names one object and its kind, as events and owner references do. */
export interface ObjectRef extends ObjectKey {
  readonly apiVersion: string;
  readonly kind: string;
}

/** `apps/v1` → `['apps', 'v1']`; `v1` → `['', 'v1']`. */
export function splitApiVersion(apiVersion: string): [group: string, version: string] {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? ['', apiVersion] : [apiVersion.slice(0, slash), apiVersion.slice(slash + 1)];
}

/** The reference an event or an owner reference would hold. */
export function refOf(object: KubeObject): ObjectRef {
  const { namespace = '', name } = object.metadata;
  return { apiVersion: object.apiVersion, kind: object.kind, namespace, name };
}
