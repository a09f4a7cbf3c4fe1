import type { Node, PersistentVolume, PersistentVolumeClaim } from 'kubernetes-types/core/v1.d.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { unitValue } from '../../apimachinery/quantity.ts';
import { PROVISION_MS } from '../../facts/volumes.ts';
import { provisionerOf, SELECTED_NODE, storageClassName, waitsForConsumer, type StoredClaim } from '../../kinds/volume-matching.ts';
import { defineController, keyOf, type Action, type View } from '../framework.ts';
import { withoutFinalizers } from './protection.ts';

const EBS = 'ebs.csi.aws.com';
const ZONE = 'topology.kubernetes.io/zone';
const PROVISIONER = 'volume.kubernetes.io/storage-provisioner';
const PROVISIONED_BY = 'pv.kubernetes.io/provisioned-by';
const GIB = 1024 ** 3;
const IS_DEFAULT = ['storageclass.kubernetes.io/is-default-class', 'storageclass.beta.kubernetes.io/is-default-class'];

const CSI_MODES: Readonly<Record<string, string>> = {
  ReadWriteOnce: 'SINGLE_NODE_WRITER', ReadOnlyMany: 'MULTI_NODE_READER_ONLY', ReadWriteMany: 'MULTI_NODE_MULTI_WRITER', ReadWriteOncePod: 'SINGLE_NODE_SINGLE_WRITER',
};

/**
 * The provisioner beside a CSI driver: makes the volume a claim asks for, in the zone of the chosen node, and removes it
 * with the claim. It serves EBS classes and whatever class is the default one. Source: sig-storage-lib-external-provisioner,
 * aws-ebs-csi-driver.
 *
 * @param identity the tail of the component's name in events: a pod and a leader-election id
 */
export function volumeProvisioner(identity: string) {
  /** When the driver was asked for each claim, by uid: it keeps that in memory too. */
  const askedMs = new Map<string, number>();
  const name = `${EBS}_${identity}`;
  const claims = defineController<PersistentVolumeClaim>({
    name,
    reconciles: 'PersistentVolumeClaim',
    plan(claim, view) {
      const storageClass = serves(claim, view);
      if (!storageClass) {
        askedMs.delete(claim.metadata.uid);
        return [];
      }
      const className = storageClass.metadata.name;
      const sinceMs = askedMs.get(claim.metadata.uid);
      const starting: Action[] = sinceMs === undefined
        ? [{ do: 'event', about: claim, type: 'Normal', reason: 'Provisioning', message: `External provisioner is provisioning volume for claim "${claim.metadata.namespace}/${claim.metadata.name}"` }] : [];
      if (sinceMs === undefined) askedMs.set(claim.metadata.uid, view.nowMs);
      const refused = refusal(claim, storageClass);
      if (refused) {
        return [...starting, {
          do: 'event', about: claim, type: 'Warning', reason: 'ProvisioningFailed',
          message: `failed to provision volume with StorageClass "${className}": rpc error: code = InvalidArgument desc = ${refused}`,
        }];
      }
      const leftMs = (sinceMs ?? view.nowMs) + PROVISION_MS - view.nowMs;
      if (leftMs > 0) return [...starting, { do: 'requeue', afterMs: leftMs }];
      const volume = volumeFor(claim, storageClass, view);
      return [...starting, {
        do: 'create', object: volume,
        then: result => (result.ok ? [{ do: 'event', about: claim, type: 'Normal', reason: 'ProvisioningSucceeded', message: `Successfully provisioned volume ${volume.metadata.name}` }] : []),
      }];
    },
  });
  const volumes = defineController<PersistentVolume>({
    name,
    reconciles: 'PersistentVolume',
    plan(volume) {
      if (!volume.metadata.annotations?.[PROVISIONED_BY]) return [];
      if (volume.metadata.deletionTimestamp) return volume.status?.phase === 'Bound' ? [] : withoutFinalizers(volume, finalizer => finalizer.startsWith('external-'));
      const surplus = volume.status?.phase === 'Released' && volume.spec?.persistentVolumeReclaimPolicy === 'Delete';
      return surplus ? [{ do: 'delete', kind: 'PersistentVolume', key: keyOf(volume) }] : [];
    },
  });
  return [claims, volumes] as const;
}

/** The class of a claim that waits for this provisioner. */
function serves(claim: StoredClaim, view: View): KubeObject | undefined {
  const { annotations } = claim.metadata;
  const asked = annotations?.[PROVISIONER];
  if (!asked || claim.spec?.volumeName || claim.metadata.deletionTimestamp) return undefined;
  if (view.get('PersistentVolume', '', `pvc-${claim.metadata.uid}`)) return undefined;
  const storageClass = view.get('StorageClass', '', storageClassName(claim));
  if (!storageClass || provisionerOf(storageClass) !== asked) return undefined;
  if (waitsForConsumer(storageClass) && !annotations[SELECTED_NODE]) return undefined;
  const isDefault = IS_DEFAULT.some(key => storageClass.metadata.annotations?.[key] === 'true');
  return asked === EBS || isDefault ? storageClass : undefined;
}

/** What the EBS driver says no to: its volumes attach to one node at a time. */
function refusal(claim: StoredClaim, storageClass: KubeObject): string | undefined {
  if (provisionerOf(storageClass) !== EBS) return undefined;
  const shared = (claim.spec?.accessModes ?? []).filter(mode => mode === 'ReadWriteMany' || mode === 'ReadOnlyMany');
  if (shared.length === 0 || claim.spec?.volumeMode === 'Block') return undefined;
  return `Volume capabilities ${(claim.spec?.accessModes ?? []).map(mode => CSI_MODES[mode] ?? mode).join(', ')} not supported. Only AccessModes[ReadWriteOnce] supported.`;
}

function volumeFor(claim: StoredClaim, storageClass: KubeObject, view: View) {
  const driver = provisionerOf(storageClass);
  const zone = zoneFor(claim, view);
  const { name, namespace, uid, resourceVersion } = claim.metadata;
  const parameters = (storageClass['parameters'] ?? {}) as Record<string, string>;
  const gibibytes = Math.max(1, Math.ceil(unitValue(claim.spec?.resources?.requests?.['storage'] ?? '1Gi') / GIB));
  return {
    apiVersion: 'v1', kind: 'PersistentVolume',
    metadata: {
      name: `pvc-${uid}`,
      annotations: { [PROVISIONED_BY]: driver, 'volume.kubernetes.io/provisioner-deletion-secret-name': '', 'volume.kubernetes.io/provisioner-deletion-secret-namespace': '' },
      finalizers: ['external-provisioner.volume.kubernetes.io/finalizer', 'kubernetes.io/pv-protection', `external-attacher/${driver.replaceAll('.', '-')}`],
    },
    spec: {
      accessModes: claim.spec?.accessModes, capacity: { storage: `${gibibytes}Gi` },
      claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', name, namespace, resourceVersion, uid },
      csi: {
        driver, fsType: parameters['csi.storage.k8s.io/fstype'] ?? 'ext4', volumeHandle: `vol-0${uid.replaceAll('-', '').slice(0, 16)}`,
        volumeAttributes: { 'storage.kubernetes.io/csiProvisionerIdentity': `${Math.floor(view.nowMs)}-1${uid.replace(/\D/g, '').slice(0, 3)}-${driver}` },
      },
      ...(driver === EBS && zone && { nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [{ key: ZONE, operator: 'In', values: [zone] }] }] } } }),
      persistentVolumeReclaimPolicy: storageClass['reclaimPolicy'] ?? 'Delete',
      storageClassName: storageClass.metadata.name, volumeMode: claim.spec?.volumeMode ?? 'Filesystem',
      ...(storageClass['mountOptions'] ? { mountOptions: storageClass['mountOptions'] } : {}),
    },
  };
}

/** The zone of the chosen node; without one, claims are spread over the zones by their names. */
function zoneFor(claim: StoredClaim, view: View): string | undefined {
  const selected = claim.metadata.annotations?.[SELECTED_NODE];
  if (selected) return view.get<Node>('Node', '', selected)?.metadata.labels?.[ZONE];
  const zones = [...new Set(view.list<Node>('Node').flatMap(node => node.metadata.labels?.[ZONE] ?? []))].sort();
  const number = [...claim.metadata.name].reduce((total, letter) => total + letter.charCodeAt(0), 0);
  return zones[number % zones.length];
}

