import type { PersistentVolume } from 'kubernetes-types/core/v1.d.ts';
import { VOLUME_RESYNC_MS } from '../../facts/volumes.ts';
import type { StoredClaim, StoredVolume } from '../../kinds/volume-matching.ts';
import { defineController, keyOf, type Action } from '../framework.ts';
import { BOUND_BY_CONTROLLER, volumePhase } from './claims.ts';

/** Phases of volumes: Available, Bound, Released. Source: pkg/controller/volume/persistentvolume `syncVolume`. */
export const volumeController = defineController<PersistentVolume>({
  name: 'persistentvolume-controller',
  reconciles: 'PersistentVolume',
  resyncMs: VOLUME_RESYNC_MS,
  watches: [{ kind: 'PersistentVolumeClaim', concerns: claim => volumeOf(claim as StoredClaim) }],
  plan(volume, view) {
    const reference = volume.spec?.claimRef;
    if (!reference?.uid) return phase(volume, 'Available');
    const claim = view.get<StoredClaim>('PersistentVolumeClaim', reference.namespace ?? '', reference.name ?? '');
    if (!claim || claim.metadata.uid !== reference.uid) return release(volume);
    if (!claim.spec?.volumeName) return [];
    if (claim.spec.volumeName === volume.metadata.name) return phase(volume, 'Bound');
    if (!volume.metadata.annotations?.[BOUND_BY_CONTROLLER]) return [];
    // The claim found another volume meanwhile: this one is free again.
    return [{
      do: 'patch', kind: 'PersistentVolume', key: keyOf(volume), type: 'merge',
      patch: { metadata: { annotations: { [BOUND_BY_CONTROLLER]: null } }, spec: { claimRef: null } },
    }];
  },
});

function volumeOf(claim: StoredClaim) {
  return claim.spec?.volumeName ? [{ namespace: '', name: claim.spec.volumeName }] : [];
}

/** The claim is gone. What follows depends on the reclaim policy; a CSI driver's volume is deleted by the driver. */
function release(volume: StoredVolume): Action[] {
  const released = volume.status?.phase === 'Released' || volume.status?.phase === 'Failed' ? [] : [volumePhase(volume, 'Released')];
  if (volume.spec?.persistentVolumeReclaimPolicy !== 'Delete' || volume.spec.csi || volume.status?.phase === 'Failed') return released;
  const message = `error getting deleter volume plugin for volume "${volume.metadata.name}": no deletable volume plugin matched`;
  return [volumePhase(volume, 'Failed', message), { do: 'event', about: volume, type: 'Warning', reason: 'VolumeFailedDelete', message }];
}

function phase(volume: StoredVolume, phaseNow: string): Action[] {
  return volume.status?.phase === phaseNow ? [] : [volumePhase(volume, phaseNow)];
}
