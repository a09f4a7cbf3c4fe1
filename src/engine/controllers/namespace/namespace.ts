import type { Namespace } from 'kubernetes-types/core/v1.d.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { rfc3339 } from '../../kernel/calendar.ts';
import { defineController, keyOf, type Action } from '../framework.ts';

/** Looks again while content is still terminating (namespace_controller.go estimates from the pods' grace period). */
const RECHECK_MS = 5_000;

export interface NamespacedKind {
  /** As the reader and the client name it. */
  readonly kind: string;
  /** For messages: `pods.`, `deployments.apps`. */
  readonly resource: string;
}

/**
 * Empties a namespace that is being deleted, then lets it go. Source: pkg/controller/namespace/deletion.
 *
 * @param kinds every namespaced kind that is served
 */
export function namespaceController(kinds: () => readonly NamespacedKind[]) {
  return defineController<Namespace>({
    name: 'namespace-controller',
    reconciles: 'Namespace',
    plan(namespace, view): Action[] {
      if (!namespace.metadata.deletionTimestamp) return [];
      const name = namespace.metadata.name;
      const remaining = kinds().map(entry => ({ ...entry, objects: view.list(entry.kind, { namespace: name }) })).filter(entry => entry.objects.length > 0);
      const deletions = remaining.flatMap(({ kind, objects }) => objects.filter(object => !object.metadata.deletionTimestamp)
        .map((object): Action => ({ do: 'delete', kind, key: keyOf(object), options: { propagationPolicy: 'Background' } })));
      if (remaining.length === 0) {
        return [{ do: 'patch', kind: 'Namespace', key: keyOf(namespace), type: 'merge', subresource: 'finalize', patch: { spec: { finalizers: [] } } }];
      }
      return [...deletions, ...conditionsChange(namespace, remaining, view.nowMs), { do: 'requeue', afterMs: RECHECK_MS }];
    },
  });
}

function conditionsChange(namespace: Namespace & KubeObject, remaining: readonly { resource: string; objects: readonly KubeObject[] }[], nowMs: number): Action[] {
  const finalizers = new Map<string, number>();
  for (const { objects } of remaining) for (const object of objects) {
    for (const finalizer of object.metadata.finalizers ?? []) finalizers.set(finalizer, (finalizers.get(finalizer) ?? 0) + 1);
  }
  const left = remaining.map(({ resource, objects }) => `${resource} has ${objects.length} resource instances`).join(', ');
  const held = [...finalizers].map(([finalizer, count]) => `${finalizer} in ${count} resource instances`).join(', ');
  const wanted = [
    { type: 'NamespaceDeletionDiscoveryFailure', status: 'False', reason: 'ResourcesDiscovered', message: 'All resources successfully discovered' },
    { type: 'NamespaceDeletionGroupVersionParsingFailure', status: 'False', reason: 'ParsedGroupVersions', message: 'All legacy kube types successfully parsed' },
    { type: 'NamespaceDeletionContentFailure', status: 'False', reason: 'ContentDeleted', message: 'All content successfully deleted, may be waiting on finalization' },
    { type: 'NamespaceContentRemaining', status: 'True', reason: 'SomeResourcesRemain', message: `Some resources are remaining: ${left}` },
    held
      ? { type: 'NamespaceFinalizersRemaining', status: 'True', reason: 'SomeFinalizersRemain', message: `Some content in the namespace has finalizers remaining: ${held}` }
      : { type: 'NamespaceFinalizersRemaining', status: 'False', reason: 'ContentHasNoFinalizers', message: 'All content-preserving finalizers finished' },
  ];
  const before = namespace.status?.conditions ?? [];
  if (wanted.every(condition => before.some(known => known.type === condition.type && known.message === condition.message))) return [];
  const conditions = wanted.map(condition => ({ ...condition, lastTransitionTime: rfc3339(nowMs) }));
  return [{ do: 'patch', kind: 'Namespace', key: keyOf(namespace), type: 'merge', subresource: 'status', patch: { status: { conditions } } }];
}
