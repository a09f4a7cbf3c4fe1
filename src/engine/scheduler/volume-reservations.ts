import type { ApiServer, Change, Client } from '../api-server/contract.ts';
import { VOLUME_BIND_TIMEOUT_MS } from '../facts/volumes.ts';
import type { ScheduledEvent } from '../kernel/event-queue.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { isReservedFor, SELECTED_NODE, type StoredClaim, type StoredVolume } from '../kinds/volume-matching.ts';
import type { StoredPod } from './framework.ts';
import type { NodeInfo } from './node-info.ts';
import { claimsOf, isBound, volumeAt } from './plugins/volume-binding.ts';

interface Reservation {
  readonly pod: StoredPod;
  readonly node: NodeInfo;
  readonly timer: ScheduledEvent;
}

/** What happens when a reservation ends: the pod may be bound, or must be scheduled again. */
export interface ReservationEnd {
  bind(pod: StoredPod, node: NodeInfo): void;
  refuse(pod: StoredPod, message: string): void;
}

/**
 * Pods that have a node but wait for their volumes: the node keeps room for them, each claim is told the node, and the
 * pod is bound when the last claim is. Source: plugins/volumebinding `Reserve`, `PreBind`.
 */
export class VolumeReservations {
  private readonly byPod = new Map<string, Reservation>();

  constructor(
    private readonly kernel: Kernel,
    private readonly api: ApiServer,
    private readonly client: Client,
    private readonly end: ReservationEnd,
  ) {}

  has(podUid: string): boolean {
    return this.byPod.has(podUid);
  }

  /** @returns whether the pod has to wait; if not, it can be bound at once */
  reserve(pod: StoredPod, node: NodeInfo): boolean {
    const waiting = claimsOf(pod, this.api.reader).filter(claim => !isBound(claim));
    if (waiting.length === 0) return false;
    const { uid } = pod.metadata;
    node.add({ ...pod, spec: { ...pod.spec!, nodeName: node.name } });
    const timer = this.kernel.after(VOLUME_BIND_TIMEOUT_MS, 'scheduler/volumes', uid, () => {
      this.release(uid);
      this.end.refuse(pod, 'running PreBind plugin "VolumeBinding": binding volumes: context deadline exceeded');
    });
    this.byPod.set(uid, { pod, node, timer });
    for (const claim of waiting) this.ask(claim, node);
    return true;
  }

  /** A volume made by hand is reserved for the claim; otherwise the claim learns the node and is provisioned for. */
  private ask(claim: StoredClaim, node: NodeInfo): void {
    const volume = volumeAt(claim, node, this.api.reader.list<StoredVolume>('PersistentVolume'));
    const { apiVersion, kind, metadata: { name, namespace = '', uid, resourceVersion } } = claim;
    if (!volume) {
      this.client.patch('PersistentVolumeClaim', { namespace, name }, 'merge', { metadata: { annotations: { [SELECTED_NODE]: node.name } } });
    } else if (!isReservedFor(volume, claim)) {
      this.client.patch('PersistentVolume', { namespace: '', name: volume.metadata.name }, 'merge', {
        metadata: { annotations: { 'pv.kubernetes.io/bound-by-controller': 'yes' } }, spec: { claimRef: { apiVersion, kind, name, namespace, uid, resourceVersion } },
      });
    }
  }

  /** A claim changed: pods whose claims are now all bound can go on. */
  observeClaim(change: Change): void {
    for (const { pod } of this.byPod.values()) {
      if (pod.metadata.namespace !== change.object.metadata.namespace) continue;
      if (!pod.spec?.volumes?.some(volume => volume.persistentVolumeClaim?.claimName === change.object.metadata.name)) continue;
      this.kernel.after(0, 'scheduler/volumes', pod.metadata.uid, () => this.look(pod.metadata.uid));
    }
  }

  private look(uid: string): void {
    const reservation = this.byPod.get(uid);
    if (!reservation) return;
    const claims = claimsOf(reservation.pod, this.api.reader);
    if (claims.length === 0 || !claims.every(isBound)) return;
    this.release(uid);
    this.end.bind(reservation.pod, reservation.node);
  }

  /** Gives the room back: the pod is gone, bound or given up. */
  release(uid: string): void {
    const reservation = this.byPod.get(uid);
    if (!reservation) return;
    this.byPod.delete(uid);
    this.kernel.cancel(reservation.timer);
    reservation.node.remove(uid);
  }
}
