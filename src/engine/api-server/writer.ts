/** The verbs that change something: the one way into the store, for both doors. */
import { forbidden, invalid, type FieldProblem } from '../apimachinery/field-problem.ts';
import { cloneJson, deepEqual, type Draft } from '../apimachinery/json.ts';
import type { KubeObject } from '../apimachinery/object.ts';
import type { Refusal, Result } from '../apimachinery/status.ts';
import { rfc3339 } from '../kernel/calendar.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { Admission } from './admission/admission.ts';
import type { DeleteOptions, User } from './contract.ts';
import { CLEANUP_FINALIZER, DEFINITIONS } from './custom-resources/names.ts';
import { metadataProblems } from './metadata.ts';
import type { Ownership } from './ownership.ts';
import { alreadyExists, badRequest, conflict, invalidError, MODIFIED, notFoundError } from './refusals.ts';
import type { ServedResource } from './resources.ts';
import type { Collection, Store } from './store.ts';

/** The circumstances of a write. */
export interface WriteContext {
  readonly user: User;
  readonly verb: string;
  readonly fieldManager: string;
  readonly dryRun: boolean;
  /** Collects what the writer should be told. */
  readonly warnings: string[];
  /** Set for server-side apply, which keeps its own account of who owns what. */
  readonly applying?: boolean;
}

/** What kind of update: everything but the status, the status alone, or a subresource with rules of its own. */
export type UpdateScope = 'main' | 'status' | 'binding' | 'finalize' | 'ephemeralcontainers' | 'resize';

export class Writer {
  /** Follows definitions of custom resources. */
  definitions: { written(definition: KubeObject): void; removed(definition: KubeObject): void } | undefined;

  constructor(
    private readonly kernel: Kernel,
    private readonly store: Store,
    private readonly admission: Admission,
    private readonly ownership: Ownership,
    /** Kinds on which nothing acts: kind → what that means. Creating one is answered with a warning. */
    private readonly inertKinds: ReadonlyMap<string, string>,
  ) {}

  /** Stores a new object. `draft` belongs to the writer from now on. */
  create(resource: ServedResource, namespace: string, draft: Draft, context: WriteContext): Result<KubeObject> {
    const { declaration, group } = resource;
    const metadata: Draft = draft.metadata ??= {};
    const refusal = this.placeInNamespace(resource, namespace, metadata);
    if (refusal) return refusal;
    draft.apiVersion = declaration.apiVersion;
    draft.kind = resource.kind;
    const kindContext = { nowMs: this.kernel.nowMs };
    declaration.defaults?.(draft, kindContext);
    if (!metadata.name && metadata.generateName) metadata.name = `${metadata.generateName.slice(0, 58)}${this.kernel.random.nameSuffix()}`;
    metadata.uid = this.kernel.random.uuid();
    metadata.creationTimestamp = rfc3339(this.kernel.nowMs);
    delete metadata.resourceVersion;
    delete metadata.deletionTimestamp;
    delete metadata.deletionGracePeriodSeconds;
    delete metadata.selfLink;
    delete metadata.managedFields;
    const { generation } = metadata;
    if (declaration.generation) metadata.generation = 1;
    else delete metadata.generation;
    const refusedEarly = this.admission.mutate(resource, draft, undefined, context);
    if (refusedEarly) return refusedEarly;
    declaration.prepareCreate?.(draft, kindContext);
    const problems = [
      ...metadataProblems(resource, draft),
      ...(!declaration.generation && generation < 0 ? [invalid('metadata.generation', generation, 'must be greater than or equal to 0')] : []),
      ...(declaration.validate?.(draft) ?? []),
    ];
    if (problems.length > 0) return invalidError(group, resource.kind, metadata.name ?? '', problems);
    const collection = this.store.collection(resource.storage);
    if (collection.get(namespace, metadata.name)) return alreadyExists(group, resource.name, metadata.name);
    const refusedLate = this.admission.validate(resource, draft, undefined, context);
    if (refusedLate) return refusedLate;
    if (declaration.warnings) context.warnings.push(...declaration.warnings(draft));
    const inert = this.inertKinds.get(resource.kind);
    if (inert !== undefined) context.warnings.push(`${resource.kind} is stored, but ${inert}`);
    if (context.dryRun) return { ok: true, value: draft as unknown as KubeObject };
    const object = this.store.commit('ADDED', collection, undefined, draft, { user: context.user.name, verb: context.verb });
    this.admission.created(resource, object);
    if (!context.applying) this.ownership.wrote(resource, undefined, object, context, '', this.kernel.nowMs);
    if (resource.storage === DEFINITIONS) this.definitions?.written(object);
    return { ok: true, value: object };
  }

  /** Replaces an object, or one section of it. `draft` may share frozen parts with the stored object. */
  update(resource: ServedResource, namespace: string, name: string, draft: Draft, scope: UpdateScope, context: WriteContext): Result<KubeObject> {
    const { declaration, group } = resource;
    const collection = this.store.collection(resource.storage);
    const before = collection.get(namespace, name);
    if (!before) return notFoundError(group, resource.name, name);
    const refusal = this.preconditions(resource, before, draft, context);
    if (refusal) return refusal;
    const after = scope === 'status' ? this.withStatus(resource, before, draft) : this.withBody(resource, before, draft, scope);
    const kindContext = { nowMs: this.kernel.nowMs };
    if (scope !== 'status') {
      const refusedEarly = this.admission.mutate(resource, after, before, context);
      if (refusedEarly) return refusedEarly;
      declaration.prepareUpdate?.(after, before as Draft, kindContext);
    }
    if (sameObject(before, after)) return { ok: true, value: before };
    if (scope !== 'status' && scope !== 'binding' && declaration.generation && contentChanged(before, after, resource)) {
      after.metadata.generation = (before.metadata.generation ?? 0) + 1;
    }
    const problems: FieldProblem[] = scope === 'status'
      ? declaration.validateStatusUpdate?.(after, before as Draft) ?? []
      // A binding, a resize or another subresource sets fields that an ordinary update may not touch.
      : [...metadataProblems(resource, after, before as Draft), ...(scope === 'main' ? this.bodyProblems(resource, before, after) : scope === 'ephemeralcontainers' ? ephemeralProblems(before as Draft, after) : [])];
    if (problems.length > 0) return invalidError(group, resource.kind, name, problems);
    if (scope !== 'status') {
      const refusedLate = this.admission.validate(resource, after, before, context);
      if (refusedLate) return refusedLate;
      if (declaration.warnings) context.warnings.push(...declaration.warnings(after));
    }
    if (context.dryRun) return { ok: true, value: after as unknown as KubeObject };
    return { ok: true, value: this.commitUpdate(resource, collection, before, after, scope, context) };
  }

  private bodyProblems(resource: ServedResource, before: KubeObject, after: Draft): FieldProblem[] {
    if (!contentChanged(before, after, resource)) return [];
    const { validate, validateUpdate, ratchets } = resource.declaration;
    const found = validate?.(after) ?? [];
    const had = ratchets && found.length > 0 ? new Set(validate!(before as Draft).map(each => `${each.field} ${each.message}`)) : undefined;
    return [...(had ? found.filter(each => !had.has(`${each.field} ${each.message}`)) : found), ...(validateUpdate?.(after, before as Draft) ?? [])];
  }

  private commitUpdate(resource: ServedResource, collection: Collection, before: KubeObject, after: Draft, scope: UpdateScope, context: WriteContext): KubeObject {
    const author = { user: context.user.name, verb: context.verb };
    if (after.metadata.deletionTimestamp && !after.metadata.finalizers?.length && readyToGo(resource, after)) {
      // What goes is what was there: the last finalizer is seen to the end.
      const gone = this.store.commit('DELETED', collection, before, { ...before, metadata: { ...before.metadata } }, author);
      this.ownership.forget(gone.metadata.uid);
      if (resource.storage === DEFINITIONS) this.definitions?.removed(gone);
      return gone;
    }
    const object = this.store.commit('MODIFIED', collection, before, after, author);
    if (!context.applying) this.ownership.wrote(resource, before, object, context, scope === 'main' ? '' : scope, this.kernel.nowMs);
    if (scope === 'main' && resource.storage === DEFINITIONS) this.definitions?.written(object);
    return object;
  }

  /** Deletes an object, or marks it for deletion while finalizers or a grace period hold it. */
  delete(resource: ServedResource, namespace: string, name: string, options: DeleteOptions, context: WriteContext): Result<KubeObject> {
    const collection = this.store.collection(resource.storage);
    const before = collection.get(namespace, name);
    if (!before) return notFoundError(resource.group, resource.name, name);
    const { preconditions } = options;
    if (preconditions?.uid !== undefined && preconditions.uid !== before.metadata.uid) {
      return conflict(resource.group, resource.kind, name,
        `the UID in the precondition (${preconditions.uid}) does not match the UID in record (${before.metadata.uid}). The object might have been deleted and then recreated`);
    }
    if (preconditions?.resourceVersion !== undefined && preconditions.resourceVersion !== before.metadata.resourceVersion) {
      return conflict(resource.group, resource.kind, name,
        `the ResourceVersion in the precondition (${preconditions.resourceVersion}) does not match the ResourceVersion in record (${before.metadata.resourceVersion}). The object might have been modified`);
    }
    const refused = this.admission.deleting(resource, before, context);
    if (refused) return refused;
    const metadata: Draft = { ...before.metadata };
    const finalizers = finalizersFor(resource, before, options);
    if (finalizers.length > 0) metadata.finalizers = finalizers;
    else delete metadata.finalizers;
    const graceSeconds = this.graceSeconds(resource, before, options);
    const after: Draft = { ...before, metadata };
    const held = finalizers.length > 0 || graceSeconds > 0;
    if (!held && resource.storage === '/namespaces' && namespaceHeld(before)) return this.terminateNamespace(collection, before, after, context);
    if (!held) {
      if (context.dryRun) return { ok: true, value: before };
      if (resource.storage === '/pods') {
        if (!metadata.deletionTimestamp) metadata.generation = (before.metadata.generation ?? 0) + 1;
        metadata.deletionTimestamp ??= rfc3339(this.kernel.nowMs);
        metadata.deletionGracePeriodSeconds = 0;
      }
      const gone = this.store.commit('DELETED', collection, before, after, { user: context.user.name, verb: context.verb });
      this.ownership.forget(gone.metadata.uid);
      return { ok: true, value: gone };
    }
    this.markDeleted(resource, before, metadata, graceSeconds);
    if (sameObject(before, after) || context.dryRun) return { ok: true, value: context.dryRun ? after as unknown as KubeObject : before };
    const marked = this.store.commit('MODIFIED', collection, before, after, { user: context.user.name, verb: context.verb });
    if (resource.storage === DEFINITIONS) this.definitions?.written(marked);
    return { ok: true, value: marked };
  }

  private markDeleted(resource: ServedResource, before: KubeObject, metadata: Draft, graceSeconds: number): void {
    const known = before.metadata.deletionTimestamp;
    if (known && graceSeconds >= (before.metadata.deletionGracePeriodSeconds ?? 0)) return;
    metadata.deletionTimestamp = rfc3339(this.kernel.nowMs + graceSeconds * 1000);
    metadata.deletionGracePeriodSeconds = graceSeconds;
    if (resource.declaration.generation && !known) metadata.generation = (before.metadata.generation ?? 0) + 1;
  }

  private terminateNamespace(collection: Collection, before: KubeObject, after: Draft, context: WriteContext): Result<KubeObject> {
    if (before.metadata.deletionTimestamp) return { ok: true, value: before };
    after.metadata.deletionTimestamp = rfc3339(this.kernel.nowMs);
    after.status = { ...(before.status as Draft), phase: 'Terminating' };
    if (context.dryRun) return { ok: true, value: after as unknown as KubeObject };
    return { ok: true, value: this.store.commit('MODIFIED', collection, before, after, { user: context.user.name, verb: context.verb }) };
  }

  /** Only pods leave gracefully; unscheduled and finished ones at once. */
  private graceSeconds(resource: ServedResource, object: KubeObject, options: DeleteOptions): number {
    if (resource.storage !== '/pods') return 0;
    const spec = object.spec as Draft;
    const phase = (object.status as Draft | undefined)?.phase;
    if (!spec.nodeName || phase === 'Failed' || phase === 'Succeeded') return 0;
    const asked = options.gracePeriodSeconds ?? spec.terminationGracePeriodSeconds ?? 30;
    const grace = asked < 0 ? 1 : asked;
    const { deletionTimestamp, deletionGracePeriodSeconds } = object.metadata;
    if (deletionTimestamp && deletionGracePeriodSeconds !== undefined) {
      return options.gracePeriodSeconds === undefined ? deletionGracePeriodSeconds : Math.min(grace, deletionGracePeriodSeconds);
    }
    return grace;
  }

  private placeInNamespace(resource: ServedResource, namespace: string, metadata: Draft): Refusal | undefined {
    if (!resource.namespaced) {
      delete metadata.namespace;
      return undefined;
    }
    if (metadata.namespace && metadata.namespace !== namespace) {
      return badRequest('the namespace of the provided object does not match the namespace sent on the request');
    }
    metadata.namespace = namespace;
    return undefined;
  }

  private preconditions(resource: ServedResource, before: KubeObject, draft: Draft, context: WriteContext): Refusal | undefined {
    const { uid, resourceVersion, deletionTimestamp } = draft.metadata ?? {};
    const { name } = before.metadata;
    if (deletionTimestamp && deletionTimestamp !== before.metadata.deletionTimestamp) {
      return invalidError(resource.group, resource.kind, name, [invalid('metadata.deletionTimestamp', deletionTimestamp, 'field is immutable')]);
    }
    // An update names the object it means; a patch tries to change it.
    if (uid && uid !== before.metadata.uid && context.verb === 'patch' && !context.applying) {
      return invalidError(resource.group, resource.kind, name, [invalid('metadata.uid', uid, 'field is immutable')]);
    }
    if (uid && uid !== before.metadata.uid) {
      return conflict(resource.group, resource.name, name, `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${before.metadata.uid}`);
    }
    if (resourceVersion && resourceVersion !== '0' && resourceVersion !== before.metadata.resourceVersion) {
      return conflict(resource.group, resource.name, name, MODIFIED);
    }
    return undefined;
  }

  private withStatus(resource: ServedResource, before: KubeObject, draft: Draft): Draft {
    const { declaration } = resource;
    let { status } = draft;
    if (status !== before.status && status !== undefined && !Object.isFrozen(status)) status = cloneJson(status);
    const after: Draft = { ...before, metadata: { ...before.metadata } };
    if (status === undefined || status === null) delete after.status;
    else after.status = status;
    if (declaration.statusDefaults) {
      if (after.status && Object.isFrozen(after.status)) after.status = { ...after.status };
      declaration.statusDefaults(after);
    }
    return after;
  }

  private withBody(resource: ServedResource, before: KubeObject, given: Draft, scope: UpdateScope): Draft {
    const { declaration } = resource;
    // This door takes nothing but the ephemeral containers.
    const draft: Draft = scope === 'ephemeralcontainers'
      ? { ...before, metadata: { ...before.metadata }, spec: { ...before.spec as Draft, ephemeralContainers: given.spec?.ephemeralContainers } } : given;
    const after: Draft = {};
    // A section that has not changed is taken from the stored object: nothing to default, check or freeze.
    let changed = false;
    for (const key of Object.keys(draft)) {
      const value = draft[key];
      if (value === undefined || key === 'metadata' || key === 'apiVersion' || key === 'kind') continue;
      if (deepEqual(value, before[key])) after[key] = before[key];
      else {
        after[key] = cloneJson(value);
        changed = true;
      }
    }
    after.apiVersion = declaration.apiVersion;
    after.kind = resource.kind;
    after.metadata = this.mergedMetadata(before, draft.metadata ?? {});
    if (scope === 'main' && resource.subresources.some(each => each.name === 'status')) {
      if (before.status === undefined) delete after.status;
      else after.status = before.status;
    }
    if (changed && declaration.defaults) {
      for (const key of Object.keys(after)) if (key !== 'status' && Object.isFrozen(after[key])) after[key] = cloneJson(after[key]);
      declaration.defaults(after, { nowMs: this.kernel.nowMs });
      for (const key of Object.keys(after)) if (key !== 'metadata' && deepEqual(after[key], before[key])) after[key] = before[key];
    }
    return after;
  }

  /** What the server alone decides stays as it was. */
  private mergedMetadata(before: KubeObject, given: Draft): Draft {
    const metadata: Draft = cloneJson(given);
    const old = before.metadata as Draft;
    for (const key of ['name', 'namespace', 'uid', 'creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds', 'generation', 'generateName', 'selfLink', 'resourceVersion']) {
      if (old[key] === undefined) delete metadata[key];
      else metadata[key] = old[key];
    }
    delete metadata.managedFields;
    for (const key of ['labels', 'annotations', 'ownerReferences', 'finalizers']) {
      const value = metadata[key];
      if (value === undefined) continue;
      if (deepEqual(value, old[key])) metadata[key] = old[key];
      else if (value === null || (Array.isArray(value) ? value.length === 0 : Object.keys(value).length === 0)) delete metadata[key];
    }
    return metadata;
  }
}

/** Source: pkg/apis/core/validation `ValidatePodEphemeralContainersUpdate`. */
function ephemeralProblems(before: Draft, after: Draft): FieldProblem[] {
  const now = new Map<string, Draft>((after.spec.ephemeralContainers ?? []).map((each: Draft) => [each.name, each]));
  return (before.spec.ephemeralContainers ?? []).flatMap((old: Draft): FieldProblem[] => {
    const same = now.get(old.name);
    if (same && deepEqual(old, same)) return [];
    return [forbidden('spec.ephemeralContainers', `existing ephemeral containers "${old.name}" may not be ${same ? 'changed' : 'removed'}\n`)];
  });
}

/** Whether everything but resourceVersion is the same. */
function sameObject(before: KubeObject, after: Draft): boolean {
  return deepEqual(before, after);
}

/** Whether anything but metadata and status differs. */
function contentChanged(before: KubeObject, after: Draft, resource: ServedResource): boolean {
  const old = before as Draft;
  if (resource.custom?.hasStatus === false && !deepEqual(old.status, after.status)) return true;
  for (const key in after) if (key !== 'metadata' && key !== 'status' && !deepEqual(old[key], after[key])) return true;
  for (const key in old) if (!(key in after) && key !== 'metadata' && key !== 'status') return true;
  return false;
}

function finalizersFor(resource: ServedResource, object: KubeObject, options: DeleteOptions): string[] {
  const had = [...object.metadata.finalizers ?? []];
  // A definition waits for its objects to go first.
  if (resource.storage === DEFINITIONS && !object.metadata.deletionTimestamp && !had.includes(CLEANUP_FINALIZER)) had.push(CLEANUP_FINALIZER);
  const finalizers = had.filter(each => each !== 'orphan' && each !== 'foregroundDeletion');
  switch (options.propagationPolicy) {
    case 'Orphan': return [...finalizers, 'orphan'];
    case 'Foreground': return [...finalizers, 'foregroundDeletion'];
    case 'Background': return finalizers;
    default: return [...had];
  }
}

function readyToGo(resource: ServedResource, object: Draft): boolean {
  if (resource.storage === '/namespaces') return !object.spec?.finalizers?.length;
  return resource.storage !== '/pods' || !object.metadata.deletionGracePeriodSeconds;
}

function namespaceHeld(namespace: KubeObject): boolean {
  return ((namespace.spec as Draft | undefined)?.finalizers ?? []).length > 0;
}
