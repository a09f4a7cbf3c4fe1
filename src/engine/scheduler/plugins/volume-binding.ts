import type { PersistentVolume, PersistentVolumeClaim } from 'kubernetes-types/core/v1.d.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { fits, reject, type FilterPlugin, type PreFilterPlugin, type SchedulingView, type StoredPod } from '../framework.ts';
import { nodeMatchesTerm } from './node-selection.ts';

type Claim = PersistentVolumeClaim & KubeObject;

/** Claims of a pod, and what is wrong with them before any node is looked at. Source: plugins/volumebinding. */
export const volumeBindingPreFilter: PreFilterPlugin = {
  name: 'VolumeBinding',
  preFilter(pod, { reader }) {
    for (const name of claimNames(pod)) {
      const claim = reader.get<Claim>('PersistentVolumeClaim', pod.metadata.namespace ?? '', name);
      if (!claim) return `persistentvolumeclaim "${name}" not found`;
      if (claim.metadata.deletionTimestamp) return `persistentvolumeclaim "${name}" is being deleted`;
      if (claim.status?.phase === 'Lost') return `persistentvolumeclaim "${name}" bound to non-existent persistentvolume "${claim.spec?.volumeName ?? ''}"`;
      if (!claim.spec?.volumeName) {
        const storageClass = reader.get('StorageClass', '', claim.spec?.storageClassName ?? '');
        if (storageClass?.['volumeBindingMode'] !== 'WaitForFirstConsumer') return 'pod has unbound immediate PersistentVolumeClaims';
      }
    }
    return undefined;
  },
};

/** A bound volume may only be reachable from some nodes (an EBS volume from its zone). */
export const volumeBinding: FilterPlugin<readonly PersistentVolume[]> = {
  name: 'VolumeBinding',
  prepare: boundVolumes,
  filter(_pod, node, volumes, { version }) {
    for (const volume of volumes) {
      const terms = volume.spec?.nodeAffinity?.required?.nodeSelectorTerms;
      if (terms && !terms.some(term => nodeMatchesTerm(term, node))) {
        const reason = version.minor >= 33 ? "node(s) didn't match PersistentVolume's node affinity" : 'node(s) had volume node affinity conflict';
        return reject('VolumeBinding', reason, { preemptionHelps: false });
      }
    }
    return fits;
  },
};

function claimNames(pod: StoredPod): string[] {
  return (pod.spec?.volumes ?? []).flatMap(volume => volume.persistentVolumeClaim?.claimName ?? []);
}

function boundVolumes(pod: StoredPod, { reader }: SchedulingView): PersistentVolume[] {
  return claimNames(pod).flatMap(name => {
    const claim = reader.get<Claim>('PersistentVolumeClaim', pod.metadata.namespace ?? '', name);
    const volume = claim?.spec?.volumeName ? reader.get<PersistentVolume>('PersistentVolume', '', claim.spec.volumeName) : undefined;
    return volume ? [volume] : [];
  });
}
