import type { PersistentVolume, PersistentVolumeClaim } from 'kubernetes-types/core/v1.d.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { defineController, keyOf, type Action } from '../framework.ts';
import { isTerminal, type StoredPod } from '../pods.ts';
import { usesClaim } from './claims.ts';

/** A deleted claim stays, `Terminating`, while a pod uses it. Source: pkg/controller/volume/pvcprotection. */
export const claimProtectionController = defineController<PersistentVolumeClaim>({
  name: 'pvc-protection-controller',
  reconciles: 'PersistentVolumeClaim',
  watches: [{
    kind: 'Pod',
    concerns: pod => ((pod as StoredPod).spec?.volumes ?? []).flatMap(volume => {
      const name = volume.persistentVolumeClaim?.claimName ?? (volume.ephemeral && `${pod.metadata.name}-${volume.name}`);
      return name ? [{ namespace: pod.metadata.namespace ?? '', name }] : [];
    }),
  }],
  plan(claim, view) {
    if (!claim.metadata.deletionTimestamp) return [];
    const used = view.list<StoredPod>('Pod', { namespace: claim.metadata.namespace })
      .some(pod => pod.spec?.nodeName && !isTerminal(pod) && usesClaim(pod, claim.metadata.name));
    return used ? [] : withoutFinalizers(claim, finalizer => finalizer === 'kubernetes.io/pvc-protection');
  },
});

/** A deleted volume stays while a claim is bound to it. Source: pkg/controller/volume/pvprotection. */
export const volumeProtectionController = defineController<PersistentVolume>({
  name: 'pv-protection-controller',
  reconciles: 'PersistentVolume',
  plan(volume) {
    if (!volume.metadata.deletionTimestamp || volume.status?.phase === 'Bound') return [];
    return withoutFinalizers(volume, finalizer => finalizer === 'kubernetes.io/pv-protection');
  },
});

/** Takes the finalizers off that `done` picks. */
export function withoutFinalizers(object: KubeObject, done: (finalizer: string) => boolean): Action[] {
  const before = object.metadata.finalizers ?? [];
  const after = before.filter(finalizer => !done(finalizer));
  if (after.length === before.length) return [];
  return [{ do: 'patch', kind: object.kind, key: keyOf(object), type: 'merge', patch: { metadata: { resourceVersion: object.metadata.resourceVersion, finalizers: after } } }];
}
