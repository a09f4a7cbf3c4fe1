import type { ApiServer, Change, Client } from '../api-server/contract.ts';
import { SeriesRecorder, subjectOf } from '../events/recorder.ts';
import { SCHEDULER_BACKOFF_MS, WATCH_LATENCY_MS } from '../facts/control-plane.ts';
import { rfc3339 } from '../kernel/calendar.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { fitErrorMessage } from './fit-error.ts';
import type { AnyFilter, AnyScore, PreFilterPlugin, Rejection, SchedulingView, StoredNode, StoredPod, Verdict } from './framework.ts';
import { NodeInfo } from './node-info.ts';
import { preempt, priorityOf } from './preemption.ts';
import { interPodAffinity, interPodAffinityScore } from './plugins/inter-pod-affinity.ts';
import { balancedAllocation, leastAllocated, nodePorts, nodeResourcesFit } from './plugins/node-resources.ts';
import { nodeAffinity, nodeAffinityScore, nodeName, nodeUnschedulable } from './plugins/node-selection.ts';
import { podTopologySpread, podTopologySpreadScore } from './plugins/pod-topology-spread.ts';
import { taintToleration, taintTolerationScore } from './plugins/taint-toleration.ts';
import { volumeBinding, volumeBindingPreFilter } from './plugins/volume-binding.ts';
import { VolumeReservations } from './volume-reservations.ts';

/** In upstream's order: the first plugin that rejects a node gives its reason. */
const FILTERS: readonly AnyFilter[] = [
  nodeUnschedulable, nodeName, taintToleration, nodeAffinity, nodePorts, nodeResourcesFit, volumeBinding, podTopologySpread, interPodAffinity,
];
const PRE_FILTERS: readonly PreFilterPlugin[] = [volumeBindingPreFilter];
const SCORES: readonly AnyScore[] = [
  taintTolerationScore, nodeAffinityScore, podTopologySpreadScore, interPodAffinityScore, leastAllocated, balancedAllocation,
];

/** One cycle of the scheduling loop. Assumed: about 200 pods a second, as a small control plane does. */
const CYCLE_MS = 5;

interface Waiting { attempts: number; notBeforeMs: number; sinceMs: number }

/** Why a pod found no node: every node's verdict, for "why Pending?". */
export interface SchedulingVerdict {
  readonly atMs: number;
  readonly message: string;
  readonly byNode: ReadonlyMap<string, Rejection>;
}

/** Gives pods to nodes. Source: pkg/scheduler. */
export class Scheduler {
  /** By pod uid; dropped when the pod is bound or gone. */
  readonly verdicts = new Map<string, SchedulingVerdict>();
  private readonly client: Client;
  private readonly recorder: SeriesRecorder;
  private readonly bindings: SeriesRecorder;
  private readonly preemptions: SeriesRecorder;
  private readonly nodes = new Map<string, NodeInfo>();
  private readonly active = new Map<string, { namespace: string; name: string; priority: number; order: number }>();
  private readonly unschedulable = new Map<string, Waiting>();
  private readonly reservations: VolumeReservations;
  /** Pods that were promised a node whose victims are still leaving. */
  private readonly nominated = new Map<string, { readonly pod: StoredPod; readonly nodeName: string }>();
  private nextOrder = 0;
  private cycleDueMs: number | undefined;

  constructor(private readonly kernel: Kernel, private readonly api: ApiServer, private readonly version: { readonly minor: number }) {
    this.client = api.as({ name: 'system:kube-scheduler', groups: ['system:masters', 'system:authenticated'] });
    this.recorder = new SeriesRecorder(kernel, this.client, 'default-scheduler', 'Scheduling');
    this.bindings = new SeriesRecorder(kernel, this.client, 'default-scheduler', 'Binding');
    this.preemptions = new SeriesRecorder(kernel, this.client, 'default-scheduler', 'Preempting');
    this.reservations = new VolumeReservations(kernel, api, this.client, {
      bind: (pod, node) => this.bind(pod, node),
      refuse: (pod, message) => this.refuse(pod, message, new Map()),
    });
    api.onChange(change => this.observe(change));
  }

  private observe(change: Change): void {
    if (change.object.kind === 'Pod') this.observePod(change);
    else if (change.object.kind === 'Node') this.observeNode(change);
    else if (['PersistentVolumeClaim', 'PersistentVolume', 'StorageClass'].includes(change.object.kind)) {
      if (change.object.kind === 'PersistentVolumeClaim') this.reservations.observeClaim(change);
      this.wakeAll();
    }
  }

  private observeNode(change: Change): void {
    const node = change.object as StoredNode;
    const info = this.nodes.get(node.metadata.name);
    if (change.type === 'DELETED') {
      this.nodes.delete(node.metadata.name);
      return;
    }
    if (info) {
      const before = info.node;
      info.setNode(node);
      const same = before.spec === node.spec && before.metadata.labels === node.metadata.labels && before.status?.allocatable === node.status?.allocatable;
      if (!same) this.wakeAll();
      return;
    }
    const added = new NodeInfo(node);
    for (const pod of this.api.reader.podsOnNode<StoredPod>(node.metadata.name)) if (!isDone(pod)) added.add(pod);
    this.nodes.set(node.metadata.name, added);
    this.wakeAll();
  }

  private observePod(change: Change): void {
    const pod = change.object as StoredPod;
    const { uid } = pod.metadata;
    const gone = change.type === 'DELETED' || isDone(pod);
    if (pod.spec?.nodeName) {
      const info = this.nodes.get(pod.spec.nodeName);
      if (gone) {
        info?.remove(uid);
        this.wakeAll();
      } else {
        info?.add(pod);
      }
      this.forget(uid);
      return;
    }
    if (gone || pod.metadata.deletionTimestamp) {
      this.reservations.release(uid);
      this.forget(uid);
      return;
    }
    if ((pod.spec?.schedulerName ?? 'default-scheduler') !== 'default-scheduler' || pod.spec?.schedulingGates?.length) return;
    const specChanged = change.before?.['spec'] !== change.object['spec'] || change.before?.metadata.labels !== change.object.metadata.labels;
    if (change.type === 'ADDED' || (specChanged && this.unschedulable.has(uid))) this.activate(pod);
  }

  private forget(uid: string): void {
    this.active.delete(uid);
    this.unschedulable.delete(uid);
    this.verdicts.delete(uid);
    this.nominated.delete(uid);
  }

  private activate(pod: StoredPod): void {
    const { uid, namespace = '', name } = pod.metadata;
    if (this.active.has(uid)) return;
    this.active.set(uid, { namespace, name, priority: pod.spec?.priority ?? 0, order: this.nextOrder++ });
    this.scheduleCycle(WATCH_LATENCY_MS.min + this.kernel.random.fraction() * WATCH_LATENCY_MS.spread);
  }

  /** Something changed that may help: pods past their back-off try again, the others when it ends. */
  private wakeAll(): void {
    for (const [uid, waiting] of this.unschedulable) {
      if (waiting.notBeforeMs === Number.POSITIVE_INFINITY) continue;
      const waitMs = Math.max(0, waiting.notBeforeMs - this.kernel.nowMs);
      this.kernel.after(waitMs, 'scheduler/retry', uid, () => this.retry(uid));
      waiting.notBeforeMs = Number.POSITIVE_INFINITY;
    }
  }

  private retry(uid: string): void {
    const waiting = this.unschedulable.get(uid);
    if (!waiting) return;
    const pod = this.pendingPods.get(uid);
    const current = pod && this.api.reader.get<StoredPod>('Pod', pod.namespace, pod.name);
    if (current?.metadata.uid === uid) this.activate(current);
  }

  private readonly pendingPods = new Map<string, { namespace: string; name: string }>();

  private scheduleCycle(waitMs: number): void {
    if (this.cycleDueMs !== undefined) return;
    this.cycleDueMs = this.kernel.nowMs + waitMs;
    this.kernel.after(waitMs, 'scheduler/cycle', '', () => {
      this.cycleDueMs = undefined;
      this.cycle();
      if (this.active.size > 0) this.scheduleCycle(CYCLE_MS);
    });
  }

  private cycle(): void {
    const next = this.takeNext();
    if (!next) return;
    const pod = this.api.reader.get<StoredPod>('Pod', next.namespace, next.name);
    if (!pod || pod.metadata.uid !== next.uid || pod.spec?.nodeName || pod.metadata.deletionTimestamp || this.reservations.has(next.uid)) return;
    const view: SchedulingView = { reader: this.api.reader, nodes: [...this.nodes.values()], version: this.version };
    const wholePod = PRE_FILTERS.map(plugin => plugin.preFilter(pod, view)).find(reason => reason !== undefined);
    const { feasible, rejections } = wholePod ? { feasible: [], rejections: new Map<string, Rejection>() } : this.filter(pod, view);
    if (feasible.length === 0) {
      const preemption = wholePod ? undefined : preempt(pod, rejections, view, (candidate, node, inTrial) => this.check(candidate, node, inTrial));
      const message = fitErrorMessage(view.nodes.length, [...rejections.values()], { minor: this.version.minor, wholePod, preemption });
      if (preemption?.kind === 'nominated') this.makeRoom(pod, preemption.node, preemption.victims);
      this.refuse(pod, message, rejections, preemption?.kind === 'nominated' ? preemption.node.name : undefined);
      return;
    }
    const chosen = feasible.find(node => node.name === pod.status?.nominatedNodeName) ?? this.best(pod, feasible, view);
    if (!this.reservations.reserve(pod, chosen)) this.bind(pod, chosen);
  }

  /** Victims are told why, then deleted; the room they leave is kept for the pod. */
  private makeRoom(pod: StoredPod, node: NodeInfo, victims: readonly StoredPod[]): void {
    this.nominated.set(pod.metadata.uid, { pod, nodeName: node.name });
    for (const victim of victims) {
      if (victim.metadata.deletionTimestamp) continue;
      const { namespace = '', name, uid } = victim.metadata;
      this.client.patch('Pod', { namespace, name }, 'strategic', {
        status: { conditions: [{ type: 'DisruptionTarget', status: 'True', reason: 'PreemptionByScheduler', message: 'default-scheduler: preempting to accommodate a higher priority pod', lastProbeTime: null, lastTransitionTime: rfc3339(this.kernel.nowMs) }] },
      }, { subresource: 'status' });
      this.client.delete('Pod', { namespace, name }, { preconditions: { uid } });
      this.preemptions.record(subjectOf(victim), 'Normal', 'Preempted', `Preempted by pod ${pod.metadata.uid} on node ${node.name}`);
    }
  }

  private bind(pod: StoredPod, chosen: NodeInfo): void {
    if (pod.status?.nominatedNodeName) {
      this.client.patch('Pod', { namespace: pod.metadata.namespace ?? '', name: pod.metadata.name }, 'merge', { status: { nominatedNodeName: null } }, { subresource: 'status' });
    }

    const bound = this.client.bind({ namespace: pod.metadata.namespace ?? '', name: pod.metadata.name }, chosen.name);
    if (!bound.ok) {
      this.refuse(pod, `running Bind plugin "DefaultBinder": ${bound.status.message}`, new Map());
      return;
    }
    this.bindings.record(subjectOf(pod), 'Normal', 'Scheduled', `Successfully assigned ${pod.metadata.namespace}/${pod.metadata.name} to ${chosen.name}`);
  }

  private takeNext(): { uid: string; namespace: string; name: string } | undefined {
    let best: { uid: string; namespace: string; name: string; priority: number; order: number } | undefined;
    for (const [uid, entry] of this.active) {
      if (!best || entry.priority > best.priority || (entry.priority === best.priority && entry.order < best.order)) best = { uid, ...entry };
      if (best && this.active.size > 200) break; // insertion order is arrival order; a long queue is one burst of equals
    }
    if (best) this.active.delete(best.uid);
    return best;
  }

  private filter(pod: StoredPod, view: SchedulingView): { feasible: NodeInfo[]; rejections: Map<string, Rejection> } {
    const prepared = FILTERS.map(plugin => plugin.prepare?.(pod, view));
    const feasible: NodeInfo[] = [];
    const rejections = new Map<string, Rejection>();
    for (const node of view.nodes) {
      const asPromised = this.nominated.size > 0 ? this.withPromised(pod, node) : node;
      let verdict: Rejection | undefined;
      for (let i = 0; i < FILTERS.length && !verdict; i += 1) verdict = FILTERS[i]!.filter(pod, asPromised, prepared[i], view);
      if (verdict) rejections.set(node.name, verdict);
      else feasible.push(node);
    }
    return { feasible, rejections };
  }

  /** One node, with all filters. */
  private check(pod: StoredPod, node: NodeInfo, view: SchedulingView): Verdict {
    for (const plugin of FILTERS) {
      const verdict = plugin.filter(pod, node, plugin.prepare?.(pod, view), view);
      if (verdict) return verdict;
    }
    return undefined;
  }

  /** The node as it will be for this pod: with pods that are at least as important and were promised it. */
  private withPromised(pod: StoredPod, node: NodeInfo): NodeInfo {
    const promised = [...this.nominated.values()].filter(entry => entry.nodeName === node.name && entry.pod.metadata.uid !== pod.metadata.uid && priorityOf(entry.pod) >= priorityOf(pod));
    if (promised.length === 0) return node;
    const copy = node.copy();
    for (const entry of promised) copy.add(entry.pod);
    return copy;
  }

  private best(pod: StoredPod, feasible: readonly NodeInfo[], view: SchedulingView): NodeInfo {
    if (feasible.length === 1) return feasible[0]!;
    const totals = feasible.map(() => 0);
    for (const plugin of SCORES) {
      const prepared = plugin.prepare?.(pod, view);
      const raw = feasible.map(node => plugin.score(pod, node, prepared, view));
      const scores = plugin.normalize ? normalized(raw, plugin.normalize) : raw;
      for (let i = 0; i < totals.length; i += 1) totals[i] = totals[i]! + scores[i]! * plugin.weight;
    }
    const top = Math.max(...totals);
    return this.kernel.random.pick(feasible.filter((_, index) => totals[index] === top));
  }

  private refuse(pod: StoredPod, message: string, byNode: ReadonlyMap<string, Rejection>, nominatedNodeName?: string): void {
    const { uid, namespace = '', name } = pod.metadata;
    const nowMs = this.kernel.nowMs;
    const attempts = (this.unschedulable.get(uid)?.attempts ?? 0) + 1;
    const backoffMs = Math.min(SCHEDULER_BACKOFF_MS.initial * 2 ** (attempts - 1), SCHEDULER_BACKOFF_MS.max);
    this.unschedulable.set(uid, { attempts, notBeforeMs: nowMs + backoffMs, sinceMs: nowMs });
    this.pendingPods.set(uid, { namespace, name });
    this.verdicts.set(uid, { atMs: nowMs, message, byNode });
    this.kernel.after(SCHEDULER_BACKOFF_MS.flush, 'scheduler/flush', uid, () => this.retry(uid), { periodic: true });
    this.recorder.record(subjectOf(pod), 'Warning', 'FailedScheduling', message);
    const condition = pod.status?.conditions?.find(entry => entry.type === 'PodScheduled');
    if (condition?.reason === 'Unschedulable' && condition.message === message && !nominatedNodeName) return;
    this.client.patch('Pod', { namespace, name }, 'strategic', {
      status: { ...(nominatedNodeName && { nominatedNodeName }), conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message, lastProbeTime: null, lastTransitionTime: condition?.status === 'False' ? condition.lastTransitionTime : rfc3339(nowMs) }] },
    }, { subresource: 'status' });
  }
}

function isDone(pod: StoredPod): boolean {
  return pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
}

function normalized(raw: readonly number[], direction: 'higher' | 'lower'): number[] {
  const max = Math.max(...raw);
  const min = Math.min(0, ...raw);
  if (max === min) return raw.map(() => (direction === 'lower' ? 100 : 0));
  return raw.map(score => {
    const share = Math.floor(((score - min) * 100) / (max - min));
    return direction === 'higher' ? share : 100 - share;
  });
}
