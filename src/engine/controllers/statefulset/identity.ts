import type { PersistentVolumeClaim, Volume } from 'kubernetes-types/core/v1.d.ts';
import type { OwnerReference } from 'kubernetes-types/meta/v1.d.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import type { StoredPod } from '../pods.ts';
import { ownedBySet, type Revision, type StoredStatefulSet } from './revisions.ts';

export const REVISION_LABEL = 'controller-revision-hash';
const POD_NAME_LABEL = 'statefulset.kubernetes.io/pod-name';
const POD_INDEX_LABEL = 'apps.kubernetes.io/pod-index';

export type StoredClaim = PersistentVolumeClaim & KubeObject;

export const startOrdinal = (set: StoredStatefulSet): number => set.spec?.ordinals?.start ?? 0;

/** The number at the end of a pod's name, or `undefined` when the name is not one this set would give. */
export function ordinalOf(set: StoredStatefulSet, podName: string): number | undefined {
  const prefix = `${set.metadata.name}-`;
  const digits = podName.startsWith(prefix) ? podName.slice(prefix.length) : '';
  return /^\d+$/.test(digits) ? Number(digits) : undefined;
}

export const podName = (set: StoredStatefulSet, ordinal: number): string => `${set.metadata.name}-${ordinal}`;
export const claimName = (template: PersistentVolumeClaim, set: StoredStatefulSet, ordinal: number): string =>
  `${template.metadata?.name ?? ''}-${podName(set, ordinal)}`;

/** The pod with this ordinal: its name, host name, labels and volumes are its own for ever. */
export function podFor(set: StoredStatefulSet, { name: revision, template }: Revision, ordinal: number) {
  const name = podName(set, ordinal);
  const claims: Volume[] = (set.spec?.volumeClaimTemplates ?? [])
    .map(claim => ({ name: claim.metadata?.name ?? '', persistentVolumeClaim: { claimName: claimName(claim, set, ordinal) } }));
  const claimed = new Set(claims.map(volume => volume.name));
  return {
    apiVersion: 'v1', kind: 'Pod',
    metadata: {
      name, generateName: `${set.metadata.name}-`, namespace: set.metadata.namespace,
      labels: { ...template.metadata?.labels, [POD_NAME_LABEL]: name, [POD_INDEX_LABEL]: String(ordinal), [REVISION_LABEL]: revision },
      ...(template.metadata?.annotations && { annotations: template.metadata.annotations }),
      ...(template.metadata?.finalizers && { finalizers: template.metadata.finalizers }),
      ownerReferences: [ownedBySet(set)],
    },
    spec: {
      ...template.spec, hostname: name, ...(set.spec?.serviceName && { subdomain: set.spec.serviceName }),
      ...((claims.length > 0 || template.spec?.volumes) && { volumes: [...claims, ...(template.spec?.volumes ?? []).filter(volume => !claimed.has(volume.name))] }),
    },
  };
}

/** The claims of one pod, as they should be created. */
export function claimsFor(set: StoredStatefulSet, ordinal: number): object[] {
  return (set.spec?.volumeClaimTemplates ?? []).map(template => {
    const owners = claimOwners(set, undefined, ordinal);
    return {
      apiVersion: 'v1', kind: 'PersistentVolumeClaim',
      metadata: {
        name: claimName(template, set, ordinal), namespace: set.metadata.namespace,
        labels: { ...template.metadata?.labels, ...set.spec!.selector.matchLabels },
        ...(template.metadata?.annotations && { annotations: template.metadata.annotations }),
        ...(owners && owners.length > 0 && { ownerReferences: owners }),
      },
      spec: template.spec,
    };
  });
}

/**
 * Who a claim goes down with, by `persistentVolumeClaimRetentionPolicy`; `undefined` when that cannot be said yet (the
 * pod that would own it is not there).
 */
export function claimOwners(set: StoredStatefulSet, pod: StoredPod | undefined, ordinal: number): OwnerReference[] | undefined {
  const { whenDeleted, whenScaled } = set.spec?.persistentVolumeClaimRetentionPolicy ?? {};
  const condemned = ordinal < startOrdinal(set) || ordinal >= startOrdinal(set) + (set.spec?.replicas ?? 1);
  if (whenScaled === 'Delete' && condemned) {
    return pod && [{ apiVersion: 'v1', kind: 'Pod', name: pod.metadata.name, uid: pod.metadata.uid, controller: true, blockOwnerDeletion: true }];
  }
  return whenDeleted === 'Delete' ? [ownedBySet(set)] : [];
}
