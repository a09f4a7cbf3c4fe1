import type { PersistentVolumeClaim } from 'kubernetes-types/core/v1.d.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { VOLUME_RESYNC_MS } from '../../facts/volumes.ts';
import {
  bestVolume, isReservedFor, provisionerOf, SELECTED_NODE, storageClassName, volumeMismatch, waitsForConsumer, type StoredClaim, type StoredVolume,
} from '../../kinds/volume-matching.ts';
import { defineController, keyOf, type Action, type View } from '../framework.ts';
import type { StoredPod } from '../pods.ts';

const BIND_COMPLETED = 'pv.kubernetes.io/bind-completed';
export const BOUND_BY_CONTROLLER = 'pv.kubernetes.io/bound-by-controller';

/** Finds a volume for every claim, or asks for one. Source: pkg/controller/volume/persistentvolume `syncClaim`. */
export const claimController = defineController<PersistentVolumeClaim>({
  name: 'persistentvolume-controller',
  reconciles: 'PersistentVolumeClaim',
  resyncMs: VOLUME_RESYNC_MS,
  watches: [
    { kind: 'PersistentVolume', concerns: volume => claimOf(volume as StoredVolume) },
  ],
  plan(claim, view) {
    if (claim.metadata.annotations?.[BIND_COMPLETED]) return keepBound(claim, view);
    return claim.spec?.volumeName ? bindRequested(claim, view) : findVolume(claim, view);
  },
});

function claimOf(volume: StoredVolume) {
  const { namespace = '', name = '' } = volume.spec?.claimRef ?? {};
  return name ? [{ namespace, name }] : [];
}

function findVolume(claim: StoredClaim, view: View): Action[] {
  const className = storageClassName(claim);
  const storageClass = className ? view.get('StorageClass', '', className) : undefined;
  const delayed = waitsForConsumer(storageClass) && !claim.metadata.annotations?.[SELECTED_NODE];
  const volumes = view.list<StoredVolume>('PersistentVolume');
  const volume = bestVolume(claim, delayed ? volumes.filter(candidate => isReservedFor(candidate, claim)) : volumes);
  if (volume) return bind(claim, volume);
  if (claim.metadata.deletionTimestamp) return [];
  if (delayed) return [waiting(claim, view), ...phase(claim, 'Pending')];
  if (className) return [...requestVolume(claim, className, storageClass), ...phase(claim, 'Pending')];
  return [event(claim, 'Normal', 'FailedBinding', 'no persistent volumes available for this claim and no storage class is set'), ...phase(claim, 'Pending')];
}

/** A claim of a WaitForFirstConsumer class says what it waits for. */
function waiting(claim: StoredClaim, view: View): Action {
  const pods = view.list<StoredPod>('Pod', { namespace: claim.metadata.namespace })
    .filter(pod => !pod.spec?.nodeName && !pod.metadata.deletionTimestamp && pod.status?.phase === 'Pending' && usesClaim(pod, claim.metadata.name))
    .map(pod => pod.metadata.name);
  if (pods.length === 0) return event(claim, 'Normal', 'WaitForFirstConsumer', 'waiting for first consumer to be created before binding');
  return event(claim, 'Normal', 'WaitForPodScheduled', `waiting for ${pods.length > 1 ? 'pods' : 'pod'} ${pods.join(',')} to be scheduled`);
}

export function usesClaim(pod: StoredPod, name: string): boolean {
  return (pod.spec?.volumes ?? []).some(volume => volume.persistentVolumeClaim?.claimName === name || (volume.ephemeral && `${pod.metadata.name}-${volume.name}` === name));
}

/** Names the provisioner on the claim; a CSI driver's provisioner takes it from there. */
function requestVolume(claim: StoredClaim, className: string, storageClass: KubeObject | undefined): Action[] {
  if (!storageClass) return [event(claim, 'Warning', 'ProvisioningFailed', `storageclass.storage.k8s.io "${className}" not found`)];
  const provisioner = provisionerOf(storageClass);
  if (provisioner.startsWith('kubernetes.io/')) return [event(claim, 'Warning', 'ProvisioningFailed', `no volume plugin matched name: ${provisioner}`)];
  const keys = ['volume.beta.kubernetes.io/storage-provisioner', 'volume.kubernetes.io/storage-provisioner'];
  const named = keys.every(key => claim.metadata.annotations?.[key] === provisioner);
  return [
    ...(named ? [] : [annotate(claim, Object.fromEntries(keys.map(key => [key, provisioner])))]),
    event(claim, 'Normal', 'ExternalProvisioning', `Waiting for a volume to be created either by the external provisioner '${provisioner}' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.`),
  ];
}

/** The user named the volume. */
function bindRequested(claim: StoredClaim, view: View): Action[] {
  const volumeName = claim.spec!.volumeName!;
  const volume = view.get<StoredVolume>('PersistentVolume', '', volumeName);
  if (!volume) return phase(claim, 'Pending');
  if (!volume.spec?.claimRef) {
    const mismatch = volumeMismatch(volume, claim);
    if (mismatch) return [event(claim, 'Warning', 'VolumeMismatch', `Cannot bind to requested volume "${volumeName}": ${mismatch}`), ...phase(claim, 'Pending')];
    return bind(claim, volume);
  }
  if (isReservedFor(volume, claim)) return bind(claim, volume);
  return [event(claim, 'Warning', 'FailedBinding', `volume "${volumeName}" already bound to a different claim.`), ...phase(claim, 'Pending')];
}

function keepBound(claim: StoredClaim, view: View): Action[] {
  if (!claim.spec?.volumeName) return lose(claim, 'ClaimLost', 'Bound claim has lost reference to PersistentVolume. Data on the volume is lost!');
  const volume = view.get<StoredVolume>('PersistentVolume', '', claim.spec.volumeName);
  if (!volume) return lose(claim, 'ClaimLost', 'Bound claim has lost its PersistentVolume. Data on the volume is lost!');
  if (!volume.spec?.claimRef || isReservedFor(volume, claim)) return bind(claim, volume);
  return lose(claim, 'ClaimMisbound', 'Two claims are bound to the same volume, this one is bound incorrectly');
}

function lose(claim: StoredClaim, reason: string, message: string): Action[] {
  if (claim.status?.phase === 'Lost') return [];
  return [...phase(claim, 'Lost'), event(claim, 'Warning', reason, message)];
}

/** Both sides in upstream's order: volume, volume phase, claim, claim phase; each only when it is not so yet. */
function bind(claim: StoredClaim, volume: StoredVolume): Action[] {
  const actions: Action[] = [];
  if (volume.spec?.claimRef?.uid !== claim.metadata.uid) {
    const { apiVersion, kind, metadata: { name, namespace, uid, resourceVersion } } = claim;
    actions.push({
      do: 'patch', kind: 'PersistentVolume', key: keyOf(volume), type: 'merge',
      patch: {
        ...(!volume.spec?.claimRef && { metadata: { annotations: { [BOUND_BY_CONTROLLER]: 'yes' } } }),
        spec: { claimRef: { kind, namespace, name, uid, apiVersion, resourceVersion } },
      },
    });
  }
  if (volume.status?.phase !== 'Bound') actions.push(volumePhase(volume, 'Bound'));
  const annotations = claim.metadata.annotations ?? {};
  if (claim.spec?.volumeName !== volume.metadata.name || !annotations[BIND_COMPLETED]) {
    actions.push({
      do: 'patch', kind: 'PersistentVolumeClaim', key: keyOf(claim), type: 'merge',
      patch: {
        metadata: { annotations: { ...(!claim.spec?.volumeName && { [BOUND_BY_CONTROLLER]: 'yes' }), [BIND_COMPLETED]: 'yes' } },
        spec: { volumeName: volume.metadata.name },
      },
    });
  }
  if (claim.status?.phase !== 'Bound') {
    actions.push(statusPatch(claim, { phase: 'Bound', accessModes: volume.spec?.accessModes, capacity: { storage: volume.spec?.capacity?.['storage'] } }));
  }
  return actions;
}

export function volumePhase(volume: StoredVolume, phaseNow: string, message?: string): Action {
  return { do: 'patch', kind: 'PersistentVolume', key: keyOf(volume), type: 'merge', subresource: 'status', patch: { status: { phase: phaseNow, message: message ?? null } } };
}

function phase(claim: StoredClaim, phaseNow: string): Action[] {
  return claim.status?.phase === phaseNow ? [] : [statusPatch(claim, { phase: phaseNow })];
}

function statusPatch(claim: StoredClaim, status: object): Action {
  return { do: 'patch', kind: 'PersistentVolumeClaim', key: keyOf(claim), type: 'merge', subresource: 'status', patch: { status } };
}

function annotate(claim: StoredClaim, annotations: Record<string, string>): Action {
  return { do: 'patch', kind: 'PersistentVolumeClaim', key: keyOf(claim), type: 'merge', patch: { metadata: { annotations } } };
}

function event(about: KubeObject, type: 'Normal' | 'Warning', reason: string, message: string): Action {
  return { do: 'event', about, type, reason, message };
}
