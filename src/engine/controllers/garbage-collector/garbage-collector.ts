import type { ApiServer, Change, Client } from '../../api-server/contract.ts';
import { splitApiVersion, type KubeObject, type ObjectKey } from '../../apimachinery/object.ts';
import { WATCH_LATENCY_MS } from '../../facts/control-plane.ts';
import type { Kernel } from '../../kernel/kernel.ts';

interface Dependent { readonly kind: string; readonly key: ObjectKey; readonly uid: string }

/**
 * Deletes what nobody owns any more. Source: pkg/controller/garbagecollector.
 *
 * It concerns every kind at once, so it keeps its own graph of owner references instead of reconciling one kind.
 * Background: dependents go after their last owner. Foreground: a deleting owner waits for dependents that block it.
 * Orphan: a deleting owner first lets its dependents go free.
 */
export class GarbageCollector {
  private readonly client: Client;
  private readonly dependents = new Map<string, Map<string, Dependent>>();

  constructor(private readonly kernel: Kernel, private readonly api: ApiServer) {
    this.client = api.as({ name: 'system:serviceaccount:kube-system:generic-garbage-collector', groups: ['system:masters', 'system:authenticated'] });
    api.onChange(change => this.observe(change));
  }

  private observe(change: Change): void {
    const { object, before } = change;
    for (const owner of before?.metadata.ownerReferences ?? []) this.dependents.get(owner.uid)?.delete(object.metadata.uid);
    if (change.type !== 'DELETED') {
      for (const owner of object.metadata.ownerReferences ?? []) {
        const known = this.dependents.get(owner.uid) ?? new Map<string, Dependent>();
        known.set(object.metadata.uid, dependentOf(object));
        this.dependents.set(owner.uid, known);
      }
      if (change.type === 'ADDED' && object.metadata.ownerReferences?.length) this.later(object, () => this.collectIfUnowned(dependentOf(object)));
      if (object.metadata.deletionTimestamp) this.later(object, () => this.releaseDeleting(object.kind, object.metadata.uid, keyOf(object)));
      return;
    }
    const orphans = [...this.dependents.get(object.metadata.uid)?.values() ?? []];
    this.dependents.delete(object.metadata.uid);
    if (orphans.length > 0) this.later(object, () => { for (const dependent of orphans) this.collectIfUnowned(dependent); });
    for (const owner of object.metadata.ownerReferences ?? []) {
      const above = this.api.reader.get(kindOf(owner), object.metadata.namespace ?? '', owner.name);
      if (above?.metadata.deletionTimestamp) this.later(above, () => this.releaseDeleting(above.kind, above.metadata.uid, keyOf(above)));
    }
  }

  /** Deletes a dependent none of whose owners exists; drops references to owners that are gone. */
  private collectIfUnowned(dependent: Dependent): void {
    const object = this.current(dependent);
    if (!object || object.metadata.deletionTimestamp) return;
    const owners = object.metadata.ownerReferences ?? [];
    const present = owners.filter(owner => this.api.reader.get(kindOf(owner), object.metadata.namespace ?? '', owner.name)?.metadata.uid === owner.uid
      || this.api.reader.get(kindOf(owner), '', owner.name)?.metadata.uid === owner.uid);
    if (owners.length === 0 || present.length === owners.length) return;
    if (present.length === 0) {
      this.client.delete(dependent.kind, dependent.key, { propagationPolicy: 'Background', preconditions: { uid: dependent.uid } });
    } else {
      this.client.patch(dependent.kind, dependent.key, 'merge', { metadata: { ownerReferences: present } });
    }
  }

  /** Moves an owner that is being deleted with `foregroundDeletion` or `orphan` along. */
  private releaseDeleting(kind: string, uid: string, key: ObjectKey): void {
    const owner = this.current({ kind, uid, key });
    const finalizers = owner?.metadata.finalizers ?? [];
    if (!owner?.metadata.deletionTimestamp) return;
    const dependents = [...this.dependents.get(uid)?.values() ?? []];
    if (finalizers.includes('orphan')) {
      for (const dependent of dependents) {
        const references = this.current(dependent)?.metadata.ownerReferences?.filter(reference => reference.uid !== uid) ?? [];
        this.client.patch(dependent.kind, dependent.key, 'merge', { metadata: { ownerReferences: references } });
      }
      this.dropFinalizer(kind, key, finalizers, 'orphan');
    } else if (finalizers.includes('foregroundDeletion')) {
      let blocking = 0;
      for (const dependent of dependents) {
        const object = this.current(dependent);
        if (!object) continue;
        if (object.metadata.ownerReferences?.some(reference => reference.uid === uid && reference.blockOwnerDeletion)) blocking += 1;
        if (!object.metadata.deletionTimestamp) this.client.delete(dependent.kind, dependent.key, { propagationPolicy: 'Foreground', preconditions: { uid: dependent.uid } });
      }
      if (blocking === 0) this.dropFinalizer(kind, key, finalizers, 'foregroundDeletion');
    }
  }

  private dropFinalizer(kind: string, key: ObjectKey, finalizers: readonly string[], finalizer: string): void {
    const rest = finalizers.filter(name => name !== finalizer);
    this.client.patch(kind, key, 'merge', { metadata: { finalizers: rest.length > 0 ? rest : null } });
  }

  private current(dependent: Dependent): KubeObject | undefined {
    const object = this.api.reader.get(dependent.kind, dependent.key.namespace, dependent.key.name);
    return object?.metadata.uid === dependent.uid ? object : undefined;
  }

  private later(object: KubeObject, act: () => void): void {
    const waitMs = WATCH_LATENCY_MS.min + this.kernel.random.fraction() * WATCH_LATENCY_MS.spread;
    this.kernel.after(waitMs, 'garbage-collector/sync', `${object.kind}/${object.metadata.name}`, act);
  }
}

const keyOf = (object: KubeObject): ObjectKey => ({ namespace: object.metadata.namespace ?? '', name: object.metadata.name });

function dependentOf(object: KubeObject): Dependent {
  return { kind: kindOf(object), key: keyOf(object), uid: object.metadata.uid };
}

/** A kind name that stays unique where groups share one (`Event`). */
function kindOf(named: { kind: string; apiVersion: string }): string {
  const [group] = splitApiVersion(named.apiVersion);
  return group === '' || group === 'apps' || !group.includes('.') ? named.kind : `${named.kind}.${group}`;
}
