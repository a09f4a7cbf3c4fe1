import type { Deployment, DeploymentStatus, ReplicaSet } from 'kubernetes-types/apps/v1.d.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { defineController, keyOf, type Action, type View } from '../framework.ts';
import { isTerminal, type StoredPod } from '../pods.ts';
import { deploymentConditions, timeLeftMs, tracksProgress, type RolloutState } from './conditions.ts';
import { newReplicaSet, REVISION, revisionOf, sizeAnnotations } from './revisions.ts';
import { newReplicas, oldReplicas, proportionalReplicas } from './rolling-update.ts';
import { sameTemplate } from './template-hash.ts';

type StoredDeployment = Deployment & KubeObject;
type StoredReplicaSet = ReplicaSet & KubeObject;
type Step = RolloutState['step'];

const wanted = (replicaSet: ReplicaSet): number => replicaSet.spec?.replicas ?? 1;
const byAge = (a: StoredReplicaSet, b: StoredReplicaSet): number =>
  a.metadata.creationTimestamp.localeCompare(b.metadata.creationTimestamp) || a.metadata.name.localeCompare(b.metadata.name);

/**
 * Moves pods from old templates to the newest one. Source: pkg/controller/deployment.
 *
 * Each sync does one thing (create the new ReplicaSet, or grow it, or shrink old ones) and the resulting change brings
 * the next sync, exactly as upstream.
 */
export const deploymentController = defineController<Deployment>({
  name: 'deployment-controller',
  reconciles: 'Deployment',
  owns: ['ReplicaSet'],
  watches: [{ kind: 'Pod', concerns: (pod, view) => recreateWaitsFor(pod, view) }],
  plan(deployment, view) {
    const all = [...view.ownedBy<StoredReplicaSet>(deployment.metadata.uid, 'ReplicaSet')].sort(byAge);
    if (deployment.metadata.deletionTimestamp) return statusChange(deployment, all, view);
    const fresh = all.find(replicaSet => sameTemplate(replicaSet.spec!.template!, deployment.spec!.template));
    const paused = pauseStep(deployment);
    if (paused) return statusChange(deployment, all, view, paused);
    if (deployment.spec?.paused) return [...scale(deployment, fresh, all), ...statusChange(deployment, all, view)];
    if (isScaling(deployment, all)) return [...scale(deployment, fresh, all), ...statusChange(deployment, all, view)];
    return rollOut(deployment, fresh, all, view);
  },
});

function rollOut(deployment: StoredDeployment, fresh: StoredReplicaSet | undefined, all: readonly StoredReplicaSet[], view: View): Action[] {
  const old = all.filter(replicaSet => replicaSet !== fresh);
  const recreate = deployment.spec?.strategy?.type === 'Recreate';
  if (recreate) {
    const shrink = old.filter(replicaSet => wanted(replicaSet) > 0).map(replicaSet => scaleTo(deployment, replicaSet, 0));
    if (shrink.length > 0) return [...shrink.flat(), ...statusChange(deployment, all, view)];
    const stillThere = old.some(replicaSet => view.ownedBy<StoredPod>(replicaSet.metadata.uid, 'Pod').some(pod => !isTerminal(pod)));
    if (stillThere) return statusChange(deployment, all, view);
  }
  if (!fresh) return createFresh(deployment, all, view);
  const synced = syncRevision(deployment, fresh, all);
  const step = synced.found ? { reason: 'FoundNewReplicaSet', message: `Found new replica set "${fresh.metadata.name}"`, status: 'True' as const } : undefined;
  const grown = newReplicas(deployment, fresh, all);
  const target = wanted(fresh) > (deployment.spec?.replicas ?? 1) ? deployment.spec?.replicas ?? 1 : grown;
  if (target !== wanted(fresh)) return [...synced.actions, ...scaleTo(deployment, fresh, target), ...statusChange(deployment, all, view, step)];
  const shrunk = recreate ? new Map<string, number>() : oldReplicas(deployment, fresh, old);
  const shrink = old.filter(replicaSet => shrunk.has(replicaSet.metadata.name))
    .flatMap(replicaSet => scaleTo(deployment, replicaSet, shrunk.get(replicaSet.metadata.name)!));
  if (shrink.length > 0) return [...synced.actions, ...shrink, ...statusChange(deployment, all, view, step)];
  return [...synced.actions, ...cleanUp(deployment, fresh, old), ...statusChange(deployment, all, view, step)];
}

function createFresh(deployment: StoredDeployment, all: readonly StoredReplicaSet[], view: View): Action[] {
  const object = newReplicaSet(deployment, all);
  const replicas = newReplicas(deployment, { ...object, spec: { ...object.spec, replicas: 0 } } as ReplicaSet, all);
  const { name } = object.metadata;
  return [
    ...revisionAnnotation(deployment, object.metadata.annotations[REVISION]!),
    {
      do: 'create', object: { ...object, spec: { ...object.spec, replicas } },
      then: result => {
        if (!result.ok) {
          return [
            { do: 'event', about: deployment, type: 'Warning', reason: 'ReplicaSetCreateError', message: `Failed to create new replica set "${name}": ${result.status.message}` },
          ];
        }
        return replicas > 0 ? [scaledEvent(deployment, name, 0, replicas)] : [];
      },
    },
    ...statusChange(deployment, all, view, { reason: 'NewReplicaSetCreated', message: `Created new replica set "${name}"`, status: 'True' }),
  ];
}

/** The newest ReplicaSet always carries the highest revision, also when it was an old one (a rollback). */
function syncRevision(deployment: StoredDeployment, fresh: StoredReplicaSet, all: readonly StoredReplicaSet[]): { actions: Action[]; found: boolean } {
  const others = Math.max(0, ...all.filter(replicaSet => replicaSet !== fresh).map(revisionOf));
  const actions: Action[] = [];
  let revision = revisionOf(fresh);
  if (revision <= others) {
    const history = fresh.metadata.annotations?.['deployment.kubernetes.io/revision-history'];
    const previous = fresh.metadata.annotations?.[REVISION];
    revision = others + 1;
    actions.push({
      do: 'patch', kind: 'ReplicaSet', key: keyOf(fresh), type: 'merge',
      patch: {
        metadata: {
          annotations: {
            [REVISION]: String(revision),
            ...(previous && { 'deployment.kubernetes.io/revision-history': history ? `${history},${previous}` : previous }),
            ...sizeAnnotations(deployment),
          },
        },
      },
    });
  }
  const stale = deployment.metadata.annotations?.[REVISION] !== String(revision);
  if (stale) actions.push(...revisionAnnotation(deployment, String(revision)));
  const progressing = deployment.status?.conditions?.find(condition => condition.type === 'Progressing');
  return { actions, found: stale || !progressing };
}

function revisionAnnotation(deployment: StoredDeployment, revision: string): Action[] {
  if (deployment.metadata.annotations?.[REVISION] === revision) return [];
  return [{ do: 'patch', kind: 'Deployment', key: keyOf(deployment), type: 'merge', patch: { metadata: { annotations: { [REVISION]: revision } } } }];
}

function scaleTo(deployment: StoredDeployment, replicaSet: StoredReplicaSet, replicas: number): Action[] {
  return [{
    do: 'patch', kind: 'ReplicaSet', key: keyOf(replicaSet), type: 'merge',
    patch: { metadata: { annotations: sizeAnnotations(deployment) }, spec: { replicas } },
    then: result => (result.ok && replicas !== wanted(replicaSet) ? [scaledEvent(deployment, replicaSet.metadata.name, wanted(replicaSet), replicas)] : []),
  }];
}

function scaledEvent(deployment: StoredDeployment, name: string, from: number, to: number): Action {
  const direction = to > from ? 'up' : 'down';
  return { do: 'event', about: deployment, type: 'Normal', reason: 'ScalingReplicaSet', message: `Scaled ${direction} replica set ${name} from ${from} to ${to}` };
}

/** `spec.replicas` differs from what the active ReplicaSets were last sized for. */
function isScaling(deployment: StoredDeployment, all: readonly StoredReplicaSet[]): boolean {
  return all.some(replicaSet => {
    const desired = replicaSet.metadata.annotations?.['deployment.kubernetes.io/desired-replicas'];
    return wanted(replicaSet) > 0 && desired !== undefined && Number(desired) !== (deployment.spec?.replicas ?? 1);
  });
}

function scale(deployment: StoredDeployment, fresh: StoredReplicaSet | undefined, all: readonly StoredReplicaSet[]): Action[] {
  const active = all.filter(replicaSet => wanted(replicaSet) > 0);
  const only = active.length === 1 ? active[0] : active.length === 0 ? fresh ?? all.at(-1) : undefined;
  if (only) {
    const replicas = deployment.spec?.replicas ?? 1;
    return wanted(only) === replicas ? refreshSize(deployment, only) : scaleTo(deployment, only, replicas);
  }
  const saturated = fresh && wanted(fresh) === (deployment.spec?.replicas ?? 1) && (fresh.status?.availableReplicas ?? 0) === wanted(fresh);
  if (saturated) return active.filter(replicaSet => replicaSet !== fresh).flatMap(replicaSet => scaleTo(deployment, replicaSet, 0));
  if (deployment.spec?.strategy?.type === 'Recreate') return [];
  const previousMax = (replicaSet: ReplicaSet): number => Number(replicaSet.metadata?.annotations?.['deployment.kubernetes.io/max-replicas'] ?? 0);
  const sizes = proportionalReplicas(deployment, active, previousMax);
  return active.flatMap(replicaSet => scaleTo(deployment, replicaSet, sizes.get(replicaSet.metadata.name) ?? wanted(replicaSet)));
}

function refreshSize(deployment: StoredDeployment, replicaSet: StoredReplicaSet): Action[] {
  const wantedSize = sizeAnnotations(deployment);
  const same = Object.entries(wantedSize).every(([key, value]) => replicaSet.metadata.annotations?.[key] === value);
  return same ? [] : scaleTo(deployment, replicaSet, wanted(replicaSet));
}

/** Old, empty ReplicaSets beyond the history limit go, oldest first, once the rollout is complete. */
function cleanUp(deployment: StoredDeployment, fresh: StoredReplicaSet, old: readonly StoredReplicaSet[]): Action[] {
  const limit = deployment.spec?.revisionHistoryLimit ?? 10;
  const complete = (fresh.status?.availableReplicas ?? 0) === (deployment.spec?.replicas ?? 1);
  const idle = old.filter(replicaSet => wanted(replicaSet) === 0 && (replicaSet.status?.replicas ?? 0) === 0 && !replicaSet.metadata.deletionTimestamp);
  if (!complete || old.length <= limit) return [];
  return idle.sort((a, b) => revisionOf(a) - revisionOf(b)).slice(0, old.length - limit)
    .map(replicaSet => ({ do: 'delete', kind: 'ReplicaSet', key: keyOf(replicaSet) }));
}

/** A pause or resume is noted once in the Progressing condition, so that the deadline does not run meanwhile. */
function pauseStep(deployment: StoredDeployment): Step {
  if (!tracksProgress(deployment)) return undefined;
  const condition = deployment.status?.conditions?.find(entry => entry.type === 'Progressing');
  if (condition?.reason === 'ProgressDeadlineExceeded') return undefined;
  const noted = condition?.reason === 'DeploymentPaused';
  if (deployment.spec?.paused && !noted) return { reason: 'DeploymentPaused', message: 'Deployment is paused', status: 'Unknown' };
  if (!deployment.spec?.paused && noted) return { reason: 'DeploymentResumed', message: 'Deployment is resumed', status: 'Unknown' };
  return undefined;
}

function statusChange(deployment: StoredDeployment, all: readonly StoredReplicaSet[], view: View, step?: Step): Action[] {
  const fresh = all.find(replicaSet => sameTemplate(replicaSet.spec!.template!, deployment.spec!.template));
  const count = (pick: (replicaSet: ReplicaSet) => number | undefined): number => all.reduce((total, replicaSet) => total + (pick(replicaSet) ?? 0), 0);
  const replicas = count(replicaSet => replicaSet.status?.replicas);
  const availableReplicas = count(replicaSet => replicaSet.status?.availableReplicas);
  const readyReplicas = count(replicaSet => replicaSet.status?.readyReplicas);
  const updatedReplicas = fresh?.status?.replicas ?? 0;
  const unavailableReplicas = Math.max(0, count(wanted) - availableReplicas);
  const counts: DeploymentStatus = {
    ...(availableReplicas > 0 && { availableReplicas }),
    ...(deployment.status?.collisionCount && { collisionCount: deployment.status.collisionCount }),
    observedGeneration: deployment.metadata.generation,
    ...(readyReplicas > 0 && { readyReplicas }),
    ...(replicas > 0 && { replicas }),
    ...(unavailableReplicas > 0 && { unavailableReplicas }),
    ...(updatedReplicas > 0 && { updatedReplicas }),
  };
  const conditions = deploymentConditions(deployment, { fresh, all, status: counts, nowMs: view.nowMs, step });
  const status = { ...counts, conditions };
  const actions: Action[] = [];
  if (!sameStatus(deployment.status, status)) actions.push({ do: 'updateStatus', object: { ...deployment, metadata: { ...deployment.metadata, resourceVersion: undefined }, status } });
  const leftMs = timeLeftMs({ ...deployment, status }, counts, view.nowMs);
  // Upstream looks again one second after the deadline, since times are whole seconds.
  if (leftMs !== undefined && leftMs > 0) actions.push({ do: 'requeue', afterMs: leftMs + 1000 });
  return actions;
}

function sameStatus(a: DeploymentStatus | undefined, b: DeploymentStatus): boolean {
  if (!a) return false;
  const numbers = ['availableReplicas', 'readyReplicas', 'replicas', 'unavailableReplicas', 'updatedReplicas'] as const;
  if (a.observedGeneration !== b.observedGeneration || numbers.some(key => (a[key] ?? 0) !== (b[key] ?? 0))) return false;
  const before = a.conditions ?? [];
  const after = b.conditions ?? [];
  return before.length === after.length && after.every(condition => before.includes(condition));
}

/** With Recreate, the new ReplicaSet waits until the last old pod is gone. */
function recreateWaitsFor(pod: KubeObject, view: View) {
  const owner = pod.metadata.ownerReferences?.find(reference => reference.controller && reference.kind === 'ReplicaSet');
  if (!owner) return [];
  const replicaSet = view.get<StoredReplicaSet>('ReplicaSet', pod.metadata.namespace ?? '', owner.name);
  const above = replicaSet?.metadata.ownerReferences?.find(reference => reference.controller && reference.kind === 'Deployment');
  if (!above) return [];
  const deployment = view.get<StoredDeployment>('Deployment', pod.metadata.namespace ?? '', above.name);
  return deployment?.spec?.strategy?.type === 'Recreate' ? [keyOf(deployment)] : [];
}
