import type { DaemonSet } from 'kubernetes-types/apps/v1.d.ts';
import type { Node, Toleration } from 'kubernetes-types/core/v1.d.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { intOrPercent } from '../deployment/rolling-update.ts';
import { podTemplateHash } from '../deployment/template-hash.ts';
import { defineController, keyOf, type Action, type View } from '../framework.ts';
import { nodeAccepted, tolerates } from '../../kinds/node-fit.ts';
import { isPodAvailable, isPodReady, isTerminal, type StoredPod } from '../pods.ts';

type StoredDaemonSet = DaemonSet & KubeObject;
type StoredNode = Node & KubeObject;

const HASH = 'controller-revision-hash';

/** Tolerations every daemon pod gets (pkg/controller/daemon/util). */
const DAEMON_TOLERATIONS: readonly Toleration[] = [
  { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/disk-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/memory-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/pid-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/unschedulable', operator: 'Exists', effect: 'NoSchedule' },
];

/** One pod on every fitting node. Source: pkg/controller/daemon. */
export const daemonSetController = defineController<DaemonSet>({
  name: 'daemonset-controller',
  reconciles: 'DaemonSet',
  owns: ['Pod'],
  watches: [{ kind: 'Node', concerns: (_, view) => view.list<StoredDaemonSet>('DaemonSet').map(keyOf) }],
  plan(daemonSet, view) {
    const pods = view.ownedBy<StoredPod>(daemonSet.metadata.uid, 'Pod');
    const hash = podTemplateHash(daemonSet.spec!.template);
    const actions: Action[] = [];
    if (!daemonSet.metadata.deletionTimestamp) {
      actions.push(...place(daemonSet, pods, hash, view));
      actions.push(...replaceOld(daemonSet, pods, hash, view));
    }
    return [...actions, ...statusChange(daemonSet, pods, hash, view)];
  },
});

const nodeOf = (pod: StoredPod): string => pod.spec?.nodeName
  ?? pod.spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms?.[0]?.matchFields?.[0]?.values?.[0] ?? '';

function fits(daemonSet: StoredDaemonSet, node: StoredNode): boolean {
  const spec = daemonSet.spec!.template.spec!;
  if (!nodeAccepted(spec, { name: node.metadata.name, labels: node.metadata.labels ?? {} })) return false;
  const all = [...spec.tolerations ?? [], ...DAEMON_TOLERATIONS];
  return (node.spec?.taints ?? []).every(taint => taint.effect === 'PreferNoSchedule' || all.some(toleration => tolerates(toleration, taint)));
}

function place(daemonSet: StoredDaemonSet, pods: readonly StoredPod[], hash: string, view: View): Action[] {
  const actions: Action[] = [];
  const covered = new Set<string>();
  for (const pod of pods) {
    const nodeName = nodeOf(pod);
    const node = view.get<Node>('Node', '', nodeName);
    if (pod.metadata.deletionTimestamp) {
      covered.add(nodeName);
    } else if (isTerminal(pod)) {
      if (pod.status?.phase === 'Failed') actions.push({ do: 'event', about: daemonSet, type: 'Warning', reason: 'FailedDaemonPod', message: `Found failed daemon pod ${pod.metadata.namespace}/${pod.metadata.name} on node ${nodeName}, will try to kill it` });
      actions.push(deletePod(daemonSet, pod));
      covered.add(nodeName);
    } else if (!node || !fits(daemonSet, node) || covered.has(nodeName)) {
      actions.push(deletePod(daemonSet, pod));
    } else {
      covered.add(nodeName);
    }
  }
  for (const node of view.list<StoredNode>('Node')) {
    if (!covered.has(node.metadata.name) && fits(daemonSet, node)) actions.push(createPod(daemonSet, node.metadata.name, hash));
  }
  return actions;
}

/** RollingUpdate: old pods go while no more than `maxUnavailable` are missing. */
function replaceOld(daemonSet: StoredDaemonSet, pods: readonly StoredPod[], hash: string, view: View): Action[] {
  if (daemonSet.spec?.updateStrategy?.type === 'OnDelete') return [];
  const live = pods.filter(pod => !pod.metadata.deletionTimestamp && !isTerminal(pod));
  const desired = view.list<StoredNode>('Node').filter(node => fits(daemonSet, node)).length;
  const limit = Math.max(1, intOrPercent(daemonSet.spec?.updateStrategy?.rollingUpdate?.maxUnavailable ?? 1, desired, true));
  const minReadySeconds = daemonSet.spec?.minReadySeconds ?? 0;
  let unavailable = desired - live.filter(pod => isPodAvailable(pod, minReadySeconds, view.nowMs)).length;
  const old = live.filter(pod => pod.metadata.labels?.[HASH] !== hash);
  const actions: Action[] = [];
  for (const pod of [...old].sort((a, b) => Number(isPodReady(a)) - Number(isPodReady(b)))) {
    if (isPodAvailable(pod, minReadySeconds, view.nowMs)) {
      if (unavailable >= limit) break;
      unavailable += 1;
    }
    actions.push(deletePod(daemonSet, pod));
  }
  return actions;
}

function createPod(daemonSet: StoredDaemonSet, nodeName: string, hash: string): Action {
  const { name, namespace, uid } = daemonSet.metadata;
  const template = daemonSet.spec!.template;
  const { affinity, tolerations = [] } = template.spec!;
  return {
    do: 'create',
    object: {
      apiVersion: 'v1', kind: 'Pod',
      metadata: {
        generateName: `${name}-`, namespace,
        labels: { ...template.metadata?.labels, [HASH]: hash, 'pod-template-generation': String(daemonSet.metadata.generation ?? 1) },
        ...(template.metadata?.annotations && { annotations: template.metadata.annotations }),
        ownerReferences: [{ apiVersion: 'apps/v1', kind: 'DaemonSet', name, uid, controller: true, blockOwnerDeletion: true }],
      },
      spec: {
        ...template.spec,
        affinity: {
          ...affinity,
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: {
              nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [nodeName] }] }],
            },
          },
        },
        tolerations: [...tolerations, ...DAEMON_TOLERATIONS, ...(template.spec!.hostNetwork ? [{ key: 'node.kubernetes.io/network-unavailable', operator: 'Exists', effect: 'NoSchedule' }] : [])],
      },
    },
    then: result => [result.ok
      ? { do: 'event', about: daemonSet, type: 'Normal', reason: 'SuccessfulCreate', message: `Created pod: ${result.value.metadata.name}` }
      : { do: 'event', about: daemonSet, type: 'Warning', reason: 'FailedCreate', message: `Error creating: ${result.status.message}` }],
  };
}

function deletePod(daemonSet: StoredDaemonSet, pod: StoredPod): Action {
  return {
    do: 'delete', kind: 'Pod', key: keyOf(pod),
    then: result => (result.ok ? [{ do: 'event', about: daemonSet, type: 'Normal', reason: 'SuccessfulDelete', message: `Deleted pod: ${pod.metadata.name}` }] : []),
  };
}

function statusChange(daemonSet: StoredDaemonSet, pods: readonly StoredPod[], hash: string, view: View): Action[] {
  const nodes = view.list<StoredNode>('Node');
  const fitting = new Set(nodes.filter(node => fits(daemonSet, node)).map(node => node.metadata.name));
  const live = pods.filter(pod => !pod.metadata.deletionTimestamp);
  const placed = live.filter(pod => fitting.has(nodeOf(pod)));
  const minReadySeconds = daemonSet.spec?.minReadySeconds ?? 0;
  const numberAvailable = placed.filter(pod => isPodAvailable(pod, minReadySeconds, view.nowMs)).length;
  const status = {
    currentNumberScheduled: placed.length,
    desiredNumberScheduled: fitting.size,
    ...(numberAvailable > 0 && { numberAvailable }),
    numberMisscheduled: live.length - placed.length,
    numberReady: placed.filter(isPodReady).length,
    ...(fitting.size > numberAvailable && { numberUnavailable: fitting.size - numberAvailable }),
    observedGeneration: daemonSet.metadata.generation,
    updatedNumberScheduled: placed.filter(pod => pod.metadata.labels?.[HASH] === hash).length,
  };
  if (JSON.stringify(status) === JSON.stringify(daemonSet.status)) return [];
  return [{ do: 'updateStatus', object: { ...daemonSet, metadata: { ...daemonSet.metadata, resourceVersion: undefined }, status } }];
}
