import type { Node, NodeCondition, Taint } from 'kubernetes-types/core/v1.d.ts';
import type { Lease } from 'kubernetes-types/coordination/v1.d.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { NODE_MONITOR } from '../../facts/control-plane.ts';
import { parseRfc3339, rfc3339 } from '../../kernel/calendar.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { defineController, keyOf, type Action, type View } from '../framework.ts';
import { podCondition, type StoredPod } from '../pods.ts';

type StoredNode = Node & KubeObject;

const UNREACHABLE = 'node.kubernetes.io/unreachable';
const NOT_READY = 'node.kubernetes.io/not-ready';
const MANAGED_TAINTS = new Set([UNREACHABLE, NOT_READY, 'node.kubernetes.io/unschedulable',
  'node.kubernetes.io/memory-pressure', 'node.kubernetes.io/disk-pressure', 'node.kubernetes.io/pid-pressure', 'node.kubernetes.io/network-unavailable']);
const PRESSURE_TAINTS: Record<string, string> = {
  MemoryPressure: 'node.kubernetes.io/memory-pressure', DiskPressure: 'node.kubernetes.io/disk-pressure',
  PIDPressure: 'node.kubernetes.io/pid-pressure', NetworkUnavailable: 'node.kubernetes.io/network-unavailable',
};

/**
 * Notices silent kubelets, taints nodes by condition, and marks their pods not ready.
 * Source: pkg/controller/nodelifecycle/node_lifecycle_controller.go.
 */
export function nodeLifecycleController(kernel: Kernel) {
  let leapedMs = 0;
  const leaps: { atMs: number; shiftMs: number }[] = [];
  kernel.onLeap(shiftMs => { leapedMs += shiftMs; leaps.push({ atMs: kernel.nowMs, shiftMs }); });
  /** Silence does not count the time that was leapt over. */
  const silentMs = (sinceMs: number, nowMs: number): number =>
    nowMs - sinceMs - leaps.filter(leap => leap.atMs > sinceMs).reduce((total, leap) => total + leap.shiftMs, 0);

  /** Nodes it has seen, by name: the first and the last look at each are told. */
  const known = new Map<string, StoredNode>();

  return defineController<Node>({
    name: 'node-controller',
    reconciles: 'Node',
    resyncMs: NODE_MONITOR.periodMs,
    plan(node, view) {
      const lease = view.get<Lease>('Lease', 'kube-node-lease', node.metadata.name);
      const renewedMs = parseRfc3339(String(lease?.spec?.renewTime ?? '')) ?? parseRfc3339(node.metadata.creationTimestamp) ?? view.nowMs;
      const silent = silentMs(renewedMs, view.nowMs) > NODE_MONITOR.gracePeriodMs;
      const conditions = silent ? unknownConditions(node, view.nowMs) : node.status?.conditions ?? [];
      const ready = conditions.find(condition => condition.type === 'Ready');
      const actions: Action[] = [];
      const { name } = node.metadata;
      if (known.get(name)?.metadata.uid !== node.metadata.uid) actions.push({ do: 'event', about: node, type: 'Normal', reason: 'RegisteredNode', message: `Node ${name} event: Registered Node ${name} in Controller` });
      known.set(name, node);
      const wasReady = node.status?.conditions?.find(condition => condition.type === 'Ready')?.status === 'True';
      if (silent && conditions !== node.status?.conditions) {
        actions.push({ do: 'patch', kind: 'Node', key: keyOf(node), type: 'strategic', subresource: 'status', patch: { status: { conditions } } });
        if (wasReady) actions.push({ do: 'event', about: node, type: 'Normal', reason: 'NodeNotReady', message: `Node ${node.metadata.name} status is now: NodeNotReady` });
      }
      const taints = taintsFor(node, conditions, ready, view.nowMs);
      if (taints) actions.push({ do: 'patch', kind: 'Node', key: keyOf(node), type: 'merge', patch: { spec: { taints: taints.length > 0 ? taints : null } } });
      if (ready && ready.status !== 'True') actions.push(...markPodsNotReady(node, view));
      return actions;
    },
    planGone({ name }) {
      const gone = known.get(name);
      known.delete(name);
      return gone ? [{ do: 'event', about: gone, type: 'Normal', reason: 'RemovingNode', message: `Node ${name} event: Removing Node ${name} from Controller` }] : [];
    },
  });
}

function unknownConditions(node: StoredNode, nowMs: number): readonly NodeCondition[] {
  const before = node.status?.conditions ?? [];
  if (before.find(condition => condition.type === 'Ready')?.status === 'Unknown') return before;
  const now = rfc3339(nowMs);
  return ['MemoryPressure', 'DiskPressure', 'PIDPressure', 'Ready'].map(type => {
    const known = before.find(condition => condition.type === type);
    return {
      ...known, type, status: 'Unknown', reason: known ? 'NodeStatusUnknown' : 'NodeStatusNeverUpdated',
      message: known ? 'Kubelet stopped posting node status.' : 'Kubelet never posted node status.', lastTransitionTime: now,
    } as NodeCondition;
  });
}

/** The taints this controller keeps: NoSchedule by condition and cordon, NoExecute by readiness. `undefined`: as they are. */
function taintsFor(node: StoredNode, conditions: readonly NodeCondition[], ready: NodeCondition | undefined, nowMs: number): Taint[] | undefined {
  const wanted: { key: string; effect: string }[] = [];
  const readyTaint = ready?.status === 'Unknown' ? UNREACHABLE : ready?.status === 'False' ? NOT_READY : undefined;
  if (readyTaint) wanted.push({ key: readyTaint, effect: 'NoSchedule' }, { key: readyTaint, effect: 'NoExecute' });
  for (const condition of conditions) {
    const key = PRESSURE_TAINTS[condition.type];
    if (key && condition.status === 'True') wanted.push({ key, effect: 'NoSchedule' });
  }
  if (node.spec?.unschedulable) wanted.push({ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' });
  const existing = node.spec?.taints ?? [];
  const managed = existing.filter(taint => MANAGED_TAINTS.has(taint.key));
  const same = managed.length === wanted.length && wanted.every(taint => managed.some(known => known.key === taint.key && known.effect === taint.effect));
  if (same) return undefined;
  return [
    ...existing.filter(taint => !MANAGED_TAINTS.has(taint.key) || wanted.some(entry => entry.key === taint.key && entry.effect === taint.effect)),
    ...wanted.filter(entry => !managed.some(known => known.key === entry.key && known.effect === entry.effect))
      .map(entry => ({ ...entry, timeAdded: rfc3339(nowMs) })),
  ];
}

function markPodsNotReady(node: StoredNode, view: View): Action[] {
  return view.podsOnNode<StoredPod>(node.metadata.name).filter(pod => podCondition(pod, 'Ready')?.status === 'True').flatMap((pod): Action[] => [
    {
      do: 'patch', kind: 'Pod', key: keyOf(pod), type: 'strategic', subresource: 'status',
      patch: { status: { conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: rfc3339(view.nowMs) }] } },
    },
    { do: 'event', about: pod, type: 'Warning', reason: 'NodeNotReady', message: 'Node is not ready' },
  ]);
}
