/** Which volume a claim can have: asked by the binding controller and by the scheduler. */
import type { PersistentVolume, PersistentVolumeClaim } from 'kubernetes-types/core/v1.d.ts';
import { compareQuantities } from '../apimachinery/quantity.ts';
import { labelSelectorMatches } from '../apimachinery/label-selector.ts';
import type { KubeObject } from '../apimachinery/object.ts';

export type StoredClaim = PersistentVolumeClaim & KubeObject;
export type StoredVolume = PersistentVolume & KubeObject;

/** In-tree class names whose work a CSI driver does since the migration. */
const MIGRATED: Readonly<Record<string, string>> = { 'kubernetes.io/aws-ebs': 'ebs.csi.aws.com' };

export const SELECTED_NODE = 'volume.kubernetes.io/selected-node';
export const NO_PROVISIONER = 'kubernetes.io/no-provisioner';

/** The provisioner that does the work for a class: a CSI driver's name for migrated in-tree ones. */
export const provisionerOf = (storageClass: KubeObject): string => {
  const name = String(storageClass['provisioner'] ?? '');
  return MIGRATED[name] ?? name;
};

/** A claim's or volume's class; the old annotation wins over the field. `''`: none. */
export function storageClassName(object: StoredClaim | StoredVolume): string {
  return object.metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? object.spec?.storageClassName ?? '';
}

/** The claim may only be bound once a pod that uses it has a node. */
export function waitsForConsumer(storageClass: KubeObject | undefined): boolean {
  return storageClass?.['volumeBindingMode'] === 'WaitForFirstConsumer';
}

/** Whether `volume.spec.claimRef` names this claim; one without a uid was written by hand. */
export function isReservedFor(volume: StoredVolume, claim: StoredClaim): boolean {
  const reference = volume.spec?.claimRef;
  return reference !== undefined && reference.name === claim.metadata.name && reference.namespace === claim.metadata.namespace
    && (!reference.uid || reference.uid === claim.metadata.uid);
}

/** Why a volume cannot serve a claim, in upstream's words (pv_controller.go `checkVolumeSatisfyClaim`). */
export function volumeMismatch(volume: StoredVolume, claim: StoredClaim): string | undefined {
  if (volume.metadata.deletionTimestamp) return `the volume is marked for deletion "${volume.metadata.name}"`;
  if (compareQuantities(volume.spec?.capacity?.['storage'] ?? '0', claim.spec?.resources?.requests?.['storage'] ?? '0') < 0) return 'requested PV is too small';
  if (storageClassName(volume) !== storageClassName(claim)) return 'storageClassName does not match';
  if ((volume.spec?.volumeMode ?? 'Filesystem') !== (claim.spec?.volumeMode ?? 'Filesystem')) return 'incompatible volumeMode';
  if (!(claim.spec?.accessModes ?? []).every(mode => volume.spec?.accessModes?.includes(mode))) return 'incompatible accessMode';
  return undefined;
}

/** The smallest free volume that serves the claim; one reserved for it comes first. */
export function bestVolume(claim: StoredClaim, volumes: readonly StoredVolume[]): StoredVolume | undefined {
  const reserved = volumes.find(volume => isReservedFor(volume, claim) && !volumeMismatch(volume, claim));
  if (reserved) return reserved;
  return volumes
    .filter(volume => !volume.spec?.claimRef && volume.status?.phase === 'Available' && !volumeMismatch(volume, claim)
      && (!claim.spec?.selector || labelSelectorMatches(claim.spec.selector, volume.metadata.labels)))
    .sort((a, b) => compareQuantities(a.spec?.capacity?.['storage'] ?? '0', b.spec?.capacity?.['storage'] ?? '0'))[0];
}
