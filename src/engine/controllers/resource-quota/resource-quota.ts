import type { ResourceQuota } from 'kubernetes-types/core/v1.d.ts';
import { inScope, usageOf } from '../../kinds/quota-usage.ts';
import { deepEqual, type Draft } from '../../apimachinery/json.ts';
import type { KubeObject, ObjectKey } from '../../apimachinery/object.ts';
import { addQuantities } from '../../apimachinery/quantity.ts';
import { defineController, type Action, type View } from '../framework.ts';
import type { NamespacedKind } from '../namespace/namespace.ts';

/** pkg/controller/resourcequota `--resource-quota-sync-period`: everything is counted again this often. */
const RESYNC_MS = 300_000;

/** Kinds whose coming and going is noticed at once. */
const WATCHED = [
  'Pod', 'Service', 'PersistentVolumeClaim', 'ConfigMap', 'Secret', 'ReplicationController', 'Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob', 'Ingress',
] as const;

/** Resources that a quota key names without `count/`. */
const NAMED = new Set(['pods.', 'services.', 'configmaps.', 'secrets.', 'persistentvolumeclaims.', 'replicationcontrollers.', 'resourcequotas.']);

/**
 * Keeps `status.used` in step with what the namespace holds. Source: pkg/controller/resourcequota.
 *
 * @param kinds every namespaced kind that is served
 */
export function resourceQuotaController(kinds: () => readonly NamespacedKind[]) {
  return defineController<ResourceQuota>({
    name: 'resourcequota-controller',
    reconciles: 'ResourceQuota',
    resyncMs: RESYNC_MS,
    watches: WATCHED.map(kind => ({ kind, concerns: quotasOver })),
    plan(quota, view): Action[] {
      const hard = quota.spec?.hard ?? {};
      const status = { hard, used: usedUnder(quota, kinds(), view) };
      if (deepEqual(quota.status ?? {}, status)) return [];
      return [{ do: 'updateStatus', object: { ...quota, metadata: { ...quota.metadata, resourceVersion: undefined }, status } }];
    },
  });
}

function quotasOver(object: KubeObject, view: View): ObjectKey[] {
  const namespace = object.metadata.namespace ?? '';
  return view.list('ResourceQuota', { namespace }).map(quota => ({ namespace, name: quota.metadata.name }));
}

function usedUnder(quota: ResourceQuota & KubeObject, kinds: readonly NamespacedKind[], view: View): Record<string, string> {
  const hard = quota.spec?.hard ?? {};
  const used: Record<string, string> = Object.fromEntries(Object.keys(hard).map(key => [key, '0']));
  for (const { kind, resource } of kinds) {
    const dot = resource.indexOf('.');
    const [name, group] = [resource.slice(0, dot), resource.slice(dot + 1)];
    if (!NAMED.has(resource) && hard[`count/${resource}`] === undefined) continue;
    for (const object of view.list(kind, { namespace: quota.metadata.namespace })) {
      if (!inScope(quota as Draft, name, object as Draft)) continue;
      for (const [key, value] of Object.entries(usageOf(group, name, object as Draft))) if (used[key] !== undefined) used[key] = addQuantities(used[key], value);
    }
  }
  return used;
}
