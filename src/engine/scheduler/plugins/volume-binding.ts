import type { NodeSelectorTerm, TopologySelectorTerm } from 'kubernetes-types/core/v1.d.ts';
import type { Reader } from '../../api-server/contract.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { bestVolume, NO_PROVISIONER, provisionerOf, storageClassName, waitsForConsumer, type StoredClaim, type StoredVolume } from '../../kinds/volume-matching.ts';
import { fits, reject, type FilterPlugin, type PreFilterPlugin, type SchedulingView, type StoredPod } from '../framework.ts';
import type { NodeInfo } from '../node-info.ts';
import { nodeMatchesTerm } from '../../kinds/node-fit.ts';

/** Claims of a pod, and what is wrong with them before any node is looked at. Source: plugins/volumebinding. */
export const volumeBindingPreFilter: PreFilterPlugin = {
  name: 'VolumeBinding',
  preFilter(pod, { reader }) {
    for (const name of claimNames(pod)) {
      const claim = reader.get<StoredClaim>('PersistentVolumeClaim', pod.metadata.namespace ?? '', name);
      if (!claim) return `persistentvolumeclaim "${name}" not found`;
      if (claim.metadata.deletionTimestamp) return `persistentvolumeclaim "${name}" is being deleted`;
      if (claim.status?.phase === 'Lost') return `persistentvolumeclaim "${name}" bound to non-existent persistentvolume "${claim.spec?.volumeName ?? ''}"`;
      if (!isBound(claim) && !waitsForConsumer(classOf(claim, reader))) return 'pod has unbound immediate PersistentVolumeClaims';
    }
    return undefined;
  },
};

/** Volumes that are there, and claims whose volume is found or made once a node is chosen. */
interface Volumes {
  readonly bound: readonly StoredVolume[];
  readonly waiting: readonly { readonly claim: StoredClaim; readonly storageClass: KubeObject }[];
  readonly all: readonly StoredVolume[];
}

/** A bound volume may only be reachable from some nodes (an EBS volume from its zone). */
export const volumeBinding: FilterPlugin<Volumes> = {
  name: 'VolumeBinding',
  prepare(pod, view) {
    const claims = claimsOf(pod, view.reader);
    const waiting = claims.filter(claim => !isBound(claim)).flatMap(claim => {
      const storageClass = classOf(claim, view.reader);
      return storageClass ? [{ claim, storageClass }] : [];
    });
    return {
      bound: boundVolumes(claims, view), waiting,
      all: waiting.length > 0 ? view.reader.list<StoredVolume>('PersistentVolume') : [],
    };
  },
  filter(_pod, node, { bound, waiting, all }, { version }) {
    for (const volume of bound) {
      if (reaches(volume, node)) continue;
      return reject('VolumeBinding', version.minor >= 33 ? "node(s) didn't match PersistentVolume's node affinity" : 'node(s) had volume node affinity conflict', { preemptionHelps: false });
    }
    const unserved = waiting.some(({ claim, storageClass }) => !volumeAt(claim, node, all) && !canProvision(storageClass, node));
    return unserved ? reject('VolumeBinding', "node(s) didn't find available persistent volumes to bind", { preemptionHelps: false }) : fits;
  },
};

export const isBound = (claim: StoredClaim): boolean => Boolean(claim.spec?.volumeName) && claim.metadata.annotations?.['pv.kubernetes.io/bind-completed'] !== undefined;

export function claimsOf(pod: StoredPod, reader: Reader): StoredClaim[] {
  return claimNames(pod).flatMap(name => reader.get<StoredClaim>('PersistentVolumeClaim', pod.metadata.namespace ?? '', name) ?? []);
}

/** The volume made by hand that a claim would get on this node. */
export function volumeAt(claim: StoredClaim, node: NodeInfo, volumes: readonly StoredVolume[]): StoredVolume | undefined {
  return bestVolume(claim, volumes.filter(volume => reaches(volume, node)));
}

function claimNames(pod: StoredPod): string[] {
  return (pod.spec?.volumes ?? []).flatMap(volume => volume.persistentVolumeClaim?.claimName ?? []);
}

const classOf = (claim: StoredClaim, reader: Reader): KubeObject | undefined => reader.get('StorageClass', '', storageClassName(claim));

function boundVolumes(claims: readonly StoredClaim[], { reader }: SchedulingView): StoredVolume[] {
  return claims.flatMap(claim => (claim.spec?.volumeName ? reader.get<StoredVolume>('PersistentVolume', '', claim.spec.volumeName) ?? [] : []));
}

function reaches(volume: StoredVolume, node: NodeInfo): boolean {
  const terms: NodeSelectorTerm[] | undefined = volume.spec?.nodeAffinity?.required?.nodeSelectorTerms;
  return !terms || terms.some(term => nodeMatchesTerm(term, node));
}

/** A class can make a volume where its `allowedTopologies` reach, and nowhere when it has no provisioner. */
function canProvision(storageClass: KubeObject, node: NodeInfo): boolean {
  if (provisionerOf(storageClass) === NO_PROVISIONER) return false;
  const allowed = storageClass['allowedTopologies'] as readonly TopologySelectorTerm[] | undefined;
  return !allowed?.length || allowed.some(term => (term.matchLabelExpressions ?? []).every(({ key, values }) => values.includes(node.labels[key] ?? '')));
}
