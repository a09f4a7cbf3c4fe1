import type { ReplicaSet } from 'kubernetes-types/apps/v1.d.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { labelSelectorMatches, type LabelSelector } from '../../apimachinery/label-selector.ts';
import { rfc3339 } from '../../kernel/calendar.ts';
import { defineController, keyOf, type Action, type View } from '../framework.ts';
import { isActive, type StoredPod } from '../pods.ts';
import { leastUsefulFirst } from './deletion-order.ts';
import { replicaSetStatus } from './status.ts';

/** pkg/controller/replicaset: at most this many creations or deletions in one sync. */
const BURST_REPLICAS = 500;

export type StoredReplicaSet = ReplicaSet & KubeObject;

/** Keeps as many pods as asked for. Source: pkg/controller/replicaset/replica_set.go, which serves both kinds. */
export const replicaController = (name: string, kind: 'ReplicaSet' | 'ReplicationController') => defineController<ReplicaSet>({
  name,
  reconciles: kind,
  owns: ['Pod'],
  watches: [{ kind: 'Pod', concerns: (pod, view) => orphanFor(kind, pod as StoredPod, view) }],
  plan(replicaSet, view) {
    const { changes, pods, failure } = planReplicas(replicaSet, view);
    // The status first: a refused creation ends the sync, and the counts must not wait for it.
    return [...statusChange(replicaSet, pods, view, failure), ...changes];
  },
});

export const replicaSetController = replicaController('replicaset-controller', 'ReplicaSet');
export const replicationController = replicaController('replication-controller', 'ReplicationController');

/** A ReplicationController's selector is a plain map. */
function selectorOf({ kind, spec }: StoredReplicaSet): LabelSelector {
  return (kind as string) === 'ReplicationController' ? { matchLabels: spec!.selector as Record<string, string> } : spec!.selector;
}

function ownedBy({ apiVersion, kind, metadata: { name, uid } }: StoredReplicaSet) {
  return { apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true };
}

function planReplicas(replicaSet: StoredReplicaSet, view: View) {
  const owned = view.ownedBy<StoredPod>(replicaSet.metadata.uid, 'Pod');
  const pods = owned.filter(isActive);
  if (replicaSet.metadata.deletionTimestamp) return { changes: [], pods, failure: false };
  const adoptable = orphansOf(replicaSet, view);
  const changes: Action[] = adoptable.map(pod => adopt(replicaSet, pod));
  const missing = (replicaSet.spec?.replicas ?? 1) - pods.length - adoptable.length;
  if (missing > 0) {
    for (let i = 0; i < Math.min(missing, BURST_REPLICAS); i += 1) changes.push(createPod(replicaSet, view.nowMs));
  } else if (missing < 0) {
    const related = relatedPods(replicaSet, view);
    for (const pod of leastUsefulFirst(pods, related, view.nowMs).slice(0, Math.min(-missing, BURST_REPLICAS))) {
      changes.push(deletePod(replicaSet, pod));
    }
  }
  const refusedBefore = replicaSet.status?.conditions?.some(condition => condition.type === 'ReplicaFailure') ?? false;
  return { changes, pods, failure: refusedBefore && missing > 0 };
}

/** A pod as the template describes it, owned by the ReplicaSet. */
function createPod(replicaSet: StoredReplicaSet, nowMs: number): Action {
  const template = replicaSet.spec!.template!;
  const { name, namespace } = replicaSet.metadata;
  return {
    do: 'create',
    object: {
      apiVersion: 'v1', kind: 'Pod',
      metadata: {
        generateName: `${name.length > 243 ? name.slice(0, 243) : name}-`, namespace,
        ...(template.metadata?.labels && { labels: template.metadata.labels }),
        ...(template.metadata?.annotations && { annotations: template.metadata.annotations }),
        ...(template.metadata?.finalizers && { finalizers: template.metadata.finalizers }),
        ownerReferences: [ownedBy(replicaSet)],
      },
      spec: template.spec,
    },
    then: result => result.ok
      ? [{ do: 'event', about: replicaSet, type: 'Normal', reason: 'SuccessfulCreate', message: `Created pod: ${result.value.metadata.name}` }]
      : [
          { do: 'event', about: replicaSet, type: 'Warning', reason: 'FailedCreate', message: `Error creating: ${result.status.message}` },
          ...failureCondition(replicaSet, 'FailedCreate', result.status.message ?? '', nowMs),
        ],
  };
}

function deletePod(replicaSet: StoredReplicaSet, pod: StoredPod): Action {
  return {
    do: 'delete', kind: 'Pod', key: keyOf(pod), options: { preconditions: { uid: pod.metadata.uid } },
    then: result => result.ok
      ? [{ do: 'event', about: replicaSet, type: 'Normal', reason: 'SuccessfulDelete', message: `Deleted pod: ${pod.metadata.name}` }]
      : result.status.code === 404 ? []
        : [{ do: 'event', about: replicaSet, type: 'Warning', reason: 'FailedDelete', message: `Error deleting: ${result.status.message}` }],
  };
}

/** The `ReplicaFailure` condition, set while pods are refused and dropped by the next full sync. */
function failureCondition(replicaSet: StoredReplicaSet, reason: string, message: string, nowMs: number): Action[] {
  if (replicaSet.status?.conditions?.some(condition => condition.type === 'ReplicaFailure')) return [];
  return [{
    do: 'patch', kind: replicaSet.kind, key: keyOf(replicaSet), type: 'merge', subresource: 'status',
    patch: { status: { conditions: [{ type: 'ReplicaFailure', status: 'True', reason, message, lastTransitionTime: rfc3339(nowMs) }] } },
  }];
}

function statusChange(replicaSet: StoredReplicaSet, pods: readonly StoredPod[], view: View, failed: boolean): Action[] {
  const { status, recheckMs } = replicaSetStatus(replicaSet, pods, view.nowMs, failed);
  const actions: Action[] = [];
  if (status) actions.push({ do: 'updateStatus', object: { ...replicaSet, status } });
  if (recheckMs !== undefined) actions.push({ do: 'requeue', afterMs: recheckMs });
  return actions;
}

/** Pods with no controller that the selector matches. */
function orphansOf(replicaSet: StoredReplicaSet, view: View): StoredPod[] {
  return view.ownedBy<StoredPod>('', 'Pod')
    .filter(pod => pod.metadata.namespace === replicaSet.metadata.namespace && isActive(pod) && labelSelectorMatches(selectorOf(replicaSet), pod.metadata.labels))
    .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
}

function adopt(replicaSet: StoredReplicaSet, pod: StoredPod): Action {
  return {
    do: 'patch', kind: 'Pod', key: keyOf(pod), type: 'strategic',
    patch: { metadata: { uid: pod.metadata.uid, ownerReferences: [ownedBy(replicaSet)] } },
  };
}

/** A pod without a controller concerns every ReplicaSet of its namespace that selects it. */
function orphanFor(kind: string, pod: StoredPod, view: View) {
  if (pod.metadata.ownerReferences?.some(reference => reference.controller)) return [];
  return view.list<StoredReplicaSet>(kind, { namespace: pod.metadata.namespace })
    .filter(replicaSet => labelSelectorMatches(selectorOf(replicaSet), pod.metadata.labels)).map(keyOf);
}

/** Pods of every ReplicaSet under the same Deployment: deleting spreads over nodes with them in mind. */
function relatedPods(replicaSet: StoredReplicaSet, view: View): readonly StoredPod[] {
  const owner = replicaSet.metadata.ownerReferences?.find(reference => reference.controller);
  if (!owner) return view.ownedBy<StoredPod>(replicaSet.metadata.uid, 'Pod');
  return view.ownedBy<StoredReplicaSet>(owner.uid, 'ReplicaSet')
    .flatMap(sibling => view.ownedBy<StoredPod>(sibling.metadata.uid, 'Pod'));
}
