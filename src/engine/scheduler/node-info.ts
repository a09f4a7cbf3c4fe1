import { labelSelectorMatches, type LabelSelector } from '../apimachinery/label-selector.ts';
import { amount, podRequests, scoringRequests, type ResourceAmounts } from './pod-requests.ts';
import type { StoredNode, StoredPod } from './framework.ts';

/** A node and the room left on it, kept up to date pod by pod so that no cycle counts again. */
export class NodeInfo {
  readonly pods = new Map<string, StoredPod>();
  readonly requested: Record<string, number> = {};
  readonly scoring = { cpu: 0, memory: 0 };
  allocatable: ResourceAmounts = {};
  /** Pods with required anti-affinity, which repel others. */
  repelling = 0;

  private matches = new WeakMap<LabelSelector, { readonly namespace: string | undefined; readonly count: number }>();

  constructor(public node: StoredNode) {
    this.setNode(node);
  }

  /** The same node with the same pods, to try changes on. */
  copy(): NodeInfo {
    const copy = new NodeInfo(this.node);
    for (const pod of this.pods.values()) copy.add(pod);
    return copy;
  }

  get name(): string {
    return this.node.metadata.name;
  }

  get labels(): Readonly<Record<string, string>> {
    return this.node.metadata.labels ?? {};
  }

  setNode(node: StoredNode): void {
    this.node = node;
    const allocatable: Record<string, number> = {};
    for (const [resource, quantity] of Object.entries(node.status?.allocatable ?? {})) allocatable[resource] = amount(resource, quantity);
    this.allocatable = allocatable;
  }

  add(pod: StoredPod): void {
    const known = this.pods.get(pod.metadata.uid);
    if (known && known.spec === pod.spec && known.metadata.labels === pod.metadata.labels && known.metadata.deletionTimestamp === pod.metadata.deletionTimestamp) {
      // Only its status moved on, which nobody here asks for.
      this.pods.set(pod.metadata.uid, pod);
      return;
    }
    this.remove(pod.metadata.uid);
    this.pods.set(pod.metadata.uid, pod);
    this.count(pod, 1);
  }

  remove(uid: string): void {
    const pod = this.pods.get(uid);
    if (!pod) return;
    this.pods.delete(uid);
    this.count(pod, -1);
  }

  /** Pods of a namespace that `selector` matches and that stay; counted once between two changes of the node's pods. */
  matching(namespace: string | undefined, selector: LabelSelector | undefined): number {
    if (!selector) return 0;
    const known = this.matches.get(selector);
    if (known && known.namespace === namespace) return known.count;
    let count = 0;
    for (const { metadata } of this.pods.values()) {
      if (metadata.namespace === namespace && !metadata.deletionTimestamp && labelSelectorMatches(selector, metadata.labels)) count += 1;
    }
    this.matches.set(selector, { namespace, count });
    return count;
  }

  private count(pod: StoredPod, sign: 1 | -1): void {
    this.matches = new WeakMap();
    const asked = podRequests(pod);
    for (const resource in asked) this.requested[resource] = (this.requested[resource] ?? 0) + sign * asked[resource]!;
    const scoring = scoringRequests(pod);
    this.scoring.cpu += sign * scoring.cpu;
    this.scoring.memory += sign * scoring.memory;
    if (pod.spec?.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.length) this.repelling += sign;
  }
}
