import type { Change, Reader } from '../../engine/api-server/contract.ts';
import type { KubeObject, ObjectRef } from '../../engine/apimachinery/object.ts';
import { refOf } from '../../engine/apimachinery/object.ts';
import type { Frame } from '../protocol.ts';

/** The kinds that pictures are drawn from. Leases and the like renew without end and show nothing. */
export const SHOWN_KINDS = [
  'Namespace', 'Node', 'Pod', 'Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob', 'Service', 'EndpointSlice', 'Ingress', 'NetworkPolicy',
  'ConfigMap', 'Secret', 'ServiceAccount', 'PersistentVolumeClaim', 'PersistentVolume', 'PodDisruptionBudget', 'HorizontalPodAutoscaler', 'ResourceQuota', 'Event',
] as const;

const SHOWN: ReadonlySet<string> = new Set(SHOWN_KINDS);

export type PodStatusOf = (pod: KubeObject) => { readonly status: string; readonly ready: string; readonly restarts: number };

/** What changed since the page last looked; of many changes to one object, only the last is told. */
export class FrameFeed {
  private readonly upserts = new Map<string, KubeObject>();
  private readonly deletes = new Map<string, ObjectRef>();

  constructor(private readonly reader: Reader, private readonly podStatus: PodStatusOf) {}

  note(change: Change): void {
    const { object } = change;
    if (!SHOWN.has(object.kind)) return;
    const key = `${object.kind}/${object.metadata.namespace ?? ''}/${object.metadata.name}`;
    if (change.type === 'DELETED') {
      this.upserts.delete(key);
      this.deletes.set(key, refOf(object));
    } else {
      this.deletes.delete(key);
      this.upserts.set(key, object);
    }
  }

  get empty(): boolean {
    return this.upserts.size + this.deletes.size === 0;
  }

  /** Everything there is, for a page that knows nothing yet. */
  all(): Pick<Frame, 'upserts' | 'deletes' | 'podStatus'> {
    this.upserts.clear();
    this.deletes.clear();
    return this.told(SHOWN_KINDS.flatMap(kind => [...this.reader.list(kind)]), []);
  }

  take(): Pick<Frame, 'upserts' | 'deletes' | 'podStatus'> {
    const told = this.told([...this.upserts.values()], [...this.deletes.values()]);
    this.upserts.clear();
    this.deletes.clear();
    return told;
  }

  private told(objects: readonly KubeObject[], deletes: readonly ObjectRef[]): Pick<Frame, 'upserts' | 'deletes' | 'podStatus'> {
    return {
      upserts: objects.map(withoutBookkeeping), deletes,
      podStatus: objects.filter(object => object.kind === 'Pod').map(pod => ({ uid: pod.metadata.uid, ...this.podStatus(pod) })),
    };
  }
}

/** managedFields are half of an object's bytes and no picture shows them. */
function withoutBookkeeping(object: KubeObject): KubeObject {
  if (!object.metadata.managedFields) return object;
  const { managedFields: _dropped, ...metadata } = object.metadata;
  return { ...object, metadata };
}
