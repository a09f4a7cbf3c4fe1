import type { Node } from 'kubernetes-types/core/v1.d.ts';
import type { Pod } from 'kubernetes-types/core/v1.d.ts';
import type { ApiServer, Client, User } from '../../api-server/contract.ts';
import type { KubeObject, ObjectKey } from '../../apimachinery/object.ts';
import { NODE_UPDATE } from '../../facts/eks.ts';
import type { Kernel } from '../../kernel/kernel.ts';

type StoredPod = Pod & KubeObject;
type StoredNode = Node & KubeObject;

export interface DrainEnd {
  readonly outcome: 'drained' | 'timed-out';
  /** Pods that were still there at the limit: `shop/orders-…`. */
  readonly left: readonly string[];
}

export interface DrainOptions {
  readonly limitMs: number;
  /** Past the limit pods are deleted, whatever their budgets say. */
  readonly force: boolean;
}

/** A drain that goes on; stopping it leaves evicted pods evicted. */
export interface Drain { stop(): void }

const EKS: User = { name: 'eks:node-manager', groups: ['system:authenticated'] };

/** What is done to nodes from outside: cordoned, labelled, emptied. By AWS for its managed nodes, unless somebody else is named. */
export class NodeManager {
  private readonly client: Client;

  constructor(private readonly kernel: Kernel, private readonly api: ApiServer, user: User = EKS) {
    this.client = api.as(user);
  }

  /** Instance id → its Node. */
  nodesByInstance(): ReadonlyMap<string, StoredNode> {
    return new Map(this.api.reader.list<Node>('Node').map(node => {
      const providerId = node.spec?.providerID ?? '';
      return [providerId.slice(providerId.lastIndexOf('/') + 1), node] as const;
    }));
  }

  /** Pods of a node that a drain has to move: those of DaemonSets, mirror pods and finished ones stay. */
  podsToMove(nodeName: string): readonly StoredPod[] {
    return this.api.reader.podsOnNode<StoredPod>(nodeName).filter(pod => pod.status?.phase !== 'Succeeded' && pod.status?.phase !== 'Failed'
      && !pod.metadata.ownerReferences?.some(owner => owner.controller && owner.kind === 'DaemonSet') && pod.metadata.annotations?.['kubernetes.io/config.mirror'] === undefined);
  }

  /** No new pods, no traffic from outside; `false` takes both back. */
  setAside(nodeName: string, aside: boolean): void {
    this.patchNode(nodeName, {
      metadata: { labels: { 'node.kubernetes.io/exclude-from-external-load-balancers': aside ? 'true' : null } }, spec: { unschedulable: aside ? true : null },
    });
  }

  cordon(nodeName: string): void {
    this.patchNode(nodeName, { spec: { unschedulable: true } });
  }

  uncordon(nodeName: string): void {
    this.patchNode(nodeName, { spec: { unschedulable: null } });
  }

  patchNode(nodeName: string, patch: object): void {
    this.client.patch('Node', { namespace: '', name: nodeName }, 'merge', patch);
  }

  /** Asks for the eviction of every pod until none is left or the time is up; refused evictions are asked for again. */
  drain(nodeName: string, { limitMs, force }: DrainOptions, done: (end: DrainEnd) => void): Drain {
    const startMs = this.kernel.nowMs;
    let stopped = false;
    const look = (): void => {
      if (stopped) return;
      const pods = this.podsToMove(nodeName);
      if (pods.length === 0) {
        done({ outcome: 'drained', left: [] });
        return;
      }
      const late = this.kernel.nowMs - startMs >= limitMs;
      if (late && !force) {
        done({ outcome: 'timed-out', left: pods.map(pod => `${pod.metadata.namespace}/${pod.metadata.name}`) });
        return;
      }
      for (const pod of pods) {
        if (pod.metadata.deletionTimestamp) continue;
        if (late) this.client.delete('Pod', keyOf(pod));
        else this.client.evict(keyOf(pod));
      }
      this.kernel.after(NODE_UPDATE.evictionRetryMs, 'eks/drain', nodeName, look);
    };
    look();
    return { stop: () => { stopped = true; } };
  }
}

const keyOf = (pod: StoredPod): ObjectKey => ({ namespace: pod.metadata.namespace ?? '', name: pod.metadata.name });

export const isNodeReady = (node: Node | undefined): boolean => node?.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true;
