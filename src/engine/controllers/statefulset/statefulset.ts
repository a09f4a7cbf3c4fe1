import type { StatefulSet } from 'kubernetes-types/apps/v1.d.ts';
import { labelSelectorMatches } from '../../apimachinery/label-selector.ts';
import type { KubeObject, ObjectKey } from '../../apimachinery/object.ts';
import { intOrPercent } from '../deployment/rolling-update.ts';
import { defineController, keyOf, type Action, type View } from '../framework.ts';
import { isTerminal, type StoredPod } from '../pods.ts';
import { claimName, claimOwners, claimsFor, ordinalOf, podFor, podName, REVISION_LABEL, startOrdinal, type StoredClaim } from './identity.ts';
import { ownedBySet, revisionsOf, type Revisions, type StoredStatefulSet } from './revisions.ts';
import { isRunningAndAvailable, statusChange } from './status.ts';

/** What one sync looks at. */
interface Scene {
  readonly set: StoredStatefulSet;
  readonly view: View;
  readonly revisions: Revisions;
  readonly words: Words;
  /** One step at a time, each waiting for the one before (`OrderedReady`). */
  readonly ordered: boolean;
  available(pod: StoredPod): boolean;
}

/** v1.35 writes event verbs with a capital, v1.34 without. */
type Words = (verb: 'Create' | 'Delete') => string;

/** Changes to pods, and whether the sync ends with them. */
interface Step {
  readonly actions: readonly Action[];
  readonly waits: boolean;
}

const NOTHING: Step = { actions: [], waits: false };

/**
 * Pods with lasting names and volumes, made and replaced in order. Source: pkg/controller/statefulset.
 *
 * @param version `minor` of the cluster: it shows in the words of events
 */
export const statefulSetController = (version: { readonly minor: number }) => defineController<StatefulSet>({
  name: 'statefulset-controller',
  reconciles: 'StatefulSet',
  owns: ['Pod'],
  watches: [{ kind: 'Pod', concerns: setsThatWouldAdopt }],
  plan(set, view) {
    const orphans = orphansOf(set, view);
    const pods = [...view.ownedBy<StoredPod>(set.metadata.uid, 'Pod'), ...orphans];
    const revisions = revisionsOf(set, view, new Set(pods.map(pod => pod.metadata.labels?.[REVISION_LABEL] ?? '')));
    const minReadySeconds = set.spec?.minReadySeconds ?? 0;
    const scene: Scene = {
      set, view, revisions,
      ordered: set.spec?.podManagementPolicy !== 'Parallel',
      words: verb => (version.minor >= 35 ? verb : verb.toLowerCase()),
      available: pod => isRunningAndAvailable(pod, minReadySeconds, view.nowMs),
    };
    const adoptions: Action[] = orphans.map(pod => ({
      do: 'patch', kind: 'Pod', key: keyOf(pod), type: 'strategic', patch: { metadata: { uid: pod.metadata.uid, ownerReferences: [ownedBySet(set)] } },
    }));
    const { actions, replaced } = set.metadata.deletionTimestamp ? { actions: [], replaced: 0 } : planPods(scene, pods);
    const status = statusChange(set, pods, revisions, view.nowMs, replaced);
    return [...revisions.changes, ...adoptions, ...actions.map(action => evenIfRefused(action, status)), ...status];
  },
});

/** Existing pods first, then surplus ones, then updates: each only when nothing before it has to wait. */
function planPods(scene: Scene, pods: readonly StoredPod[]): { actions: readonly Action[]; replaced: number } {
  const { set, ordered } = scene;
  const first = startOrdinal(set);
  const replicas = set.spec?.replicas ?? 1;
  const byOrdinal = new Map(pods.flatMap(pod => {
    const ordinal = ordinalOf(set, pod.metadata.name);
    return ordinal === undefined ? [] : [[ordinal, pod] as const];
  }));
  const wanted = Array.from({ length: replicas }, (_, index) => first + index);
  const condemned = [...byOrdinal.keys()].filter(ordinal => ordinal < first || ordinal >= first + replicas).sort((a, b) => b - a);
  const actions: Action[] = [];
  for (const ordinal of wanted) {
    const step = keepReplica(scene, ordinal, byOrdinal.get(ordinal));
    actions.push(...step.actions);
    if (step.waits && ordered) return { actions, replaced: 0 };
  }
  for (const ordinal of condemned) actions.push(...claimOwnership(scene, ordinal, byOrdinal.get(ordinal)!));
  const unhealthy = [...wanted, ...[...condemned].reverse()].find(ordinal => { const pod = byOrdinal.get(ordinal); return !pod || !scene.available(pod); });
  for (const ordinal of condemned) {
    const pod = byOrdinal.get(ordinal)!;
    if (pod.metadata.deletionTimestamp) {
      if (ordered) return { actions, replaced: 0 };
      continue;
    }
    if (ordered && !scene.available(pod) && ordinal !== unhealthy) return { actions, replaced: 0 };
    actions.push(deletePod(scene, pod));
    if (ordered) return { actions, replaced: 0 };
  }
  const outdated = set.spec?.updateStrategy?.type === 'OnDelete' ? [] : nextToUpdate(scene, wanted, byOrdinal);
  return { actions: [...actions, ...outdated.map(pod => deletePod(scene, pod))], replaced: outdated.filter(pod => pod.metadata.labels?.[REVISION_LABEL] === scene.revisions.current.name).length };
}

function keepReplica(scene: Scene, ordinal: number, pod: StoredPod | undefined): Step {
  const { set } = scene;
  if (!pod) {
    const claims = claimsOf(scene, ordinal);
    if (claims.some(claim => claim?.metadata.deletionTimestamp)) return { actions: [], waits: true };
    return { actions: [...missingClaims(scene, ordinal), createPod(scene, ordinal)], waits: true };
  }
  if (isTerminal(pod)) return { actions: pod.metadata.deletionTimestamp ? [] : [deletePod(scene, pod)], waits: true };
  const claims = pod.status?.phase === 'Pending' || pod.status?.phase === undefined ? missingClaims(scene, ordinal) : [];
  if (pod.metadata.deletionTimestamp || !scene.available(pod)) return { actions: claims, waits: true };
  return set.spec?.volumeClaimTemplates?.length ? { actions: [...claims, ...claimOwnership(scene, ordinal, pod)], waits: false } : NOTHING;
}

/** From the highest ordinal down to the partition, while no more than `maxUnavailable` are missing. */
function nextToUpdate({ set, revisions, available, ordered }: Scene, wanted: readonly number[], byOrdinal: ReadonlyMap<number, StoredPod>): StoredPod[] {
  const { partition = 0 } = set.spec?.updateStrategy?.rollingUpdate ?? {};
  const limit = (set.spec?.updateStrategy?.rollingUpdate as { maxUnavailable?: number | string } | undefined)?.maxUnavailable;
  const mayMiss = limit === undefined ? 1 : Math.max(1, intOrPercent(limit, wanted.length, false));
  const candidates = wanted.slice(partition).reverse();
  const isOld = (pod: StoredPod): boolean => pod.metadata.labels?.[REVISION_LABEL] !== revisions.update.name && !pod.metadata.deletionTimestamp;
  if (limit === undefined) {
    for (const ordinal of candidates) {
      const pod = byOrdinal.get(ordinal);
      if (!pod) return [];
      if (isOld(pod)) return [pod];
      if (!available(pod)) return [];
    }
    return [];
  }
  const missing = wanted.filter(ordinal => { const pod = byOrdinal.get(ordinal); return !pod || !available(pod); }).length;
  const old = candidates.flatMap(ordinal => byOrdinal.get(ordinal) ?? []).filter(isOld);
  return missing > mayMiss ? [] : old.slice(0, ordered ? mayMiss - missing : Math.max(0, mayMiss - missing));
}

function createPod({ set, revisions, words }: Scene, ordinal: number): Action {
  const object = podFor(set, needsCurrentRevision(set, ordinal) ? revisions.current : revisions.update, ordinal);
  const name = podName(set, ordinal);
  return {
    do: 'create', object,
    then: result => {
      if (result.ok) return [{ do: 'event', about: set, type: 'Normal', reason: 'SuccessfulCreate', message: `${words('Create')} Pod ${name} in StatefulSet ${set.metadata.name} successful` }];
      if (result.status.reason === 'AlreadyExists') return [];
      return [{ do: 'event', about: set, type: 'Warning', reason: 'FailedCreate', message: `${words('Create')} Pod ${name} in StatefulSet ${set.metadata.name} failed error: ${result.status.message}` }];
    },
  };
}

/** Pods below the partition are made from the revision before the update. */
function needsCurrentRevision(set: StoredStatefulSet, ordinal: number): boolean {
  if (set.spec?.updateStrategy?.type !== 'RollingUpdate') return false;
  const { rollingUpdate } = set.spec.updateStrategy;
  return ordinal < startOrdinal(set) + (rollingUpdate ? rollingUpdate.partition ?? 0 : set.status?.currentReplicas ?? 0);
}

function deletePod({ set, words }: Scene, pod: StoredPod): Action {
  return {
    do: 'delete', kind: 'Pod', key: keyOf(pod), options: { preconditions: { uid: pod.metadata.uid } },
    then: result => [result.ok
      ? { do: 'event', about: set, type: 'Normal', reason: 'SuccessfulDelete', message: `${words('Delete')} Pod ${pod.metadata.name} in StatefulSet ${set.metadata.name} successful` }
      : { do: 'event', about: set, type: 'Warning', reason: 'FailedDelete', message: `${words('Delete')} Pod ${pod.metadata.name} in StatefulSet ${set.metadata.name} failed error: ${result.status.message}` }],
  };
}

// ---- claims -----------------------------------------------------------------------------------------------------------

function claimsOf({ set, view }: Scene, ordinal: number): (StoredClaim | undefined)[] {
  return (set.spec?.volumeClaimTemplates ?? []).map(template => view.get<StoredClaim>('PersistentVolumeClaim', set.metadata.namespace ?? '', claimName(template, set, ordinal)));
}

function missingClaims(scene: Scene, ordinal: number): Action[] {
  const { set, words } = scene;
  const known = claimsOf(scene, ordinal);
  return claimsFor(set, ordinal).filter((_, index) => !known[index]).map(object => {
    const { name } = (object as KubeObject).metadata;
    const pod = podName(set, ordinal);
    return {
      do: 'create', object,
      then: result => [result.ok
        ? { do: 'event', about: set, type: 'Normal', reason: 'SuccessfulCreate', message: `${words('Create')} Claim ${name} Pod ${pod} in StatefulSet ${set.metadata.name} success` }
        : { do: 'event', about: set, type: 'Warning', reason: 'FailedCreate', message: `${words('Create')} Claim ${name} for Pod ${pod} in StatefulSet ${set.metadata.name} failed error: ${result.status.message}` }],
    };
  });
}

/** Brings the owners of a pod's claims in line with the retention policy. */
function claimOwnership(scene: Scene, ordinal: number, pod: StoredPod): Action[] {
  const owners = claimOwners(scene.set, pod, ordinal) ?? [];
  const mine = new Set([scene.set.metadata.uid, pod.metadata.uid]);
  return claimsOf(scene, ordinal).flatMap(claim => {
    if (!claim || claim.metadata.deletionTimestamp) return [];
    const before = claim.metadata.ownerReferences ?? [];
    const after = [...before.filter(reference => !mine.has(reference.uid)), ...owners];
    if (before.length === after.length && before.every(reference => after.some(other => other.uid === reference.uid))) return [];
    return [{ do: 'patch', kind: 'PersistentVolumeClaim', key: keyOf(claim), type: 'merge', patch: { metadata: { ownerReferences: after } } } satisfies Action];
  });
}

// ---- orphans ----------------------------------------------------------------------------------------------------------

function wouldAdopt(set: StoredStatefulSet, pod: StoredPod): boolean {
  return !pod.metadata.deletionTimestamp && !pod.metadata.ownerReferences?.some(reference => reference.controller)
    && ordinalOf(set, pod.metadata.name) !== undefined && labelSelectorMatches(set.spec!.selector, pod.metadata.labels);
}

function orphansOf(set: StoredStatefulSet, view: View): StoredPod[] {
  if (set.metadata.deletionTimestamp) return [];
  return view.ownedBy<StoredPod>('', 'Pod').filter(pod => pod.metadata.namespace === set.metadata.namespace && wouldAdopt(set, pod));
}

function setsThatWouldAdopt(pod: KubeObject, view: View): ObjectKey[] {
  if (pod.metadata.ownerReferences?.some(reference => reference.controller)) return [];
  return view.list<StoredStatefulSet>('StatefulSet', { namespace: pod.metadata.namespace }).filter(set => wouldAdopt(set, pod as StoredPod)).map(keyOf);
}

/** A refusal ends the sync, but the counts are written all the same. */
function evenIfRefused(action: Action, status: readonly Action[]): Action {
  if (action.do !== 'create' && action.do !== 'delete') return action;
  return { ...action, then: result => [...action.then?.(result) ?? [], ...(result.ok ? [] : status)] };
}
