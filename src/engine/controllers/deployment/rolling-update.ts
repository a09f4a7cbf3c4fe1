import type { Deployment, ReplicaSet } from 'kubernetes-types/apps/v1.d.ts';

/** The arithmetic of a rolling update. Source: pkg/controller/deployment/{rolling,util/deployment_util}.go. */

/** `25%` of `total`, rounded up or down, or the plain number. */
export function intOrPercent(value: string | number | undefined, total: number, roundUp: boolean): number {
  if (value === undefined) return 0;
  if (typeof value === 'number') return value;
  const share = (Number.parseInt(value, 10) * total) / 100;
  return roundUp ? Math.ceil(share) : Math.floor(share);
}

export interface RolloutLimits {
  readonly maxSurge: number;
  readonly maxUnavailable: number;
}

/** Surge rounds up, unavailable rounds down; both zero would never move, so one pod may be missing then. */
export function rolloutLimits(deployment: Deployment): RolloutLimits {
  const replicas = deployment.spec?.replicas ?? 1;
  if (deployment.spec?.strategy?.type === 'Recreate') return { maxSurge: 0, maxUnavailable: 0 };
  const { maxSurge, maxUnavailable } = deployment.spec?.strategy?.rollingUpdate ?? {};
  const surge = intOrPercent(maxSurge, replicas, true);
  const unavailable = intOrPercent(maxUnavailable, replicas, false);
  return { maxSurge: surge, maxUnavailable: Math.min(surge === 0 && unavailable === 0 ? 1 : unavailable, replicas) };
}

type Counted = Pick<ReplicaSet, 'metadata' | 'spec' | 'status'>;

const wanted = (replicaSet: Counted): number => replicaSet.spec?.replicas ?? 1;
const available = (replicaSet: Counted): number => replicaSet.status?.availableReplicas ?? 0;
const sum = (replicaSets: readonly Counted[], count: (replicaSet: Counted) => number): number =>
  replicaSets.reduce((total, replicaSet) => total + count(replicaSet), 0);

/** How many replicas the new ReplicaSet should have now: as many as the surge allows. */
export function newReplicas(deployment: Deployment, fresh: Counted, all: readonly Counted[]): number {
  const replicas = deployment.spec?.replicas ?? 1;
  if (deployment.spec?.strategy?.type === 'Recreate') return replicas;
  const total = sum(all, wanted);
  const limit = replicas + rolloutLimits(deployment).maxSurge;
  if (total >= limit) return wanted(fresh);
  return wanted(fresh) + Math.min(limit - total, replicas - wanted(fresh));
}

/**
 * How the old ReplicaSets shrink now: first pods that are not available anyway, then available ones while enough remain.
 *
 * @param old active old ReplicaSets, oldest first
 * @returns wanted replicas by ReplicaSet name, for those that change
 */
export function oldReplicas(deployment: Deployment, fresh: Counted, old: readonly Counted[]): Map<string, number> {
  const changes = new Map<string, number>();
  const replicas = deployment.spec?.replicas ?? 1;
  const { maxUnavailable } = rolloutLimits(deployment);
  const all = [fresh, ...old];
  const minAvailable = replicas - maxUnavailable;
  const freshUnavailable = wanted(fresh) - available(fresh);
  let mayRemove = sum(all, wanted) - minAvailable - freshUnavailable;
  if (mayRemove <= 0) return changes;
  const now = (replicaSet: Counted): number => changes.get(replicaSet.metadata!.name!) ?? wanted(replicaSet);
  for (const replicaSet of old) {
    const unhealthy = Math.min(mayRemove, wanted(replicaSet) - available(replicaSet));
    if (mayRemove <= 0) break;
    if (wanted(replicaSet) === 0 || unhealthy <= 0) continue;
    changes.set(replicaSet.metadata!.name!, wanted(replicaSet) - unhealthy);
    mayRemove -= unhealthy;
  }
  let spare = sum(all, available) - minAvailable;
  for (const replicaSet of old) {
    if (spare <= 0) break;
    const remove = Math.min(now(replicaSet), spare);
    if (remove <= 0) continue;
    changes.set(replicaSet.metadata!.name!, now(replicaSet) - remove);
    spare -= remove;
  }
  return changes;
}

/**
 * Shares a change of `spec.replicas` in mid-rollout over the active ReplicaSets, proportionally to their size.
 * Source: pkg/controller/deployment/sync.go `scale`.
 */
export function proportionalReplicas(deployment: Deployment, active: readonly Counted[], previousMax: (replicaSet: Counted) => number): Map<string, number> {
  const changes = new Map<string, number>();
  const limit = (deployment.spec?.replicas ?? 1) + rolloutLimits(deployment).maxSurge;
  const toAdd = limit - sum(active, wanted);
  if (toAdd === 0) return changes;
  const ordered = [...active].sort((a, b) => wanted(b) - wanted(a)
    || (toAdd > 0 ? 1 : -1) * String(b.metadata?.creationTimestamp).localeCompare(String(a.metadata?.creationTimestamp)));
  let added = 0;
  for (const replicaSet of ordered) {
    const size = wanted(replicaSet);
    if (size === 0) continue;
    const share = Math.round((size * limit) / (previousMax(replicaSet) || limit)) - size;
    const rest = toAdd - added;
    const delta = toAdd > 0 ? Math.min(share, rest) : Math.max(share, rest);
    changes.set(replicaSet.metadata!.name!, Math.max(0, size + delta));
    added += delta;
  }
  const largest = ordered[0];
  if (largest && added !== toAdd) {
    const name = largest.metadata!.name!;
    changes.set(name, Math.max(0, (changes.get(name) ?? wanted(largest)) + toAdd - added));
  }
  return changes;
}
