import type { Deployment, DeploymentCondition, DeploymentStatus, ReplicaSet } from 'kubernetes-types/apps/v1.d.ts';
import { parseRfc3339, rfc3339 } from '../../kernel/calendar.ts';
import { rolloutLimits } from './rolling-update.ts';

type ConditionType = 'Available' | 'Progressing' | 'ReplicaFailure';

/** What the conditions are computed from: counts now, and the ReplicaSet being rolled out. */
export interface RolloutState {
  readonly fresh: ReplicaSet | undefined;
  readonly all: readonly ReplicaSet[];
  readonly status: DeploymentStatus;
  readonly nowMs: number;
  /** Set by this sync: `NewReplicaSetCreated`, `FoundNewReplicaSet`, `DeploymentPaused`, `DeploymentResumed`, `FailedCreate`. */
  readonly step?: { readonly reason: string; readonly message: string; readonly status: 'True' | 'False' | 'Unknown' };
}

/** pkg/controller/deployment/{progress,sync}.go: the conditions of a Deployment after this sync. */
export function deploymentConditions(deployment: Deployment, state: RolloutState): DeploymentCondition[] {
  const before = deployment.status?.conditions ?? [];
  let conditions = [...before];
  const set = (type: ConditionType, status: string, reason: string, message: string, options?: { keepUpdateTime?: boolean }): void => {
    const now = rfc3339(state.nowMs);
    const known = conditions.find(condition => condition.type === type);
    if (known?.status === status && known.reason === reason && !(type === 'Progressing' && reason === 'ReplicaSetUpdated' && !options?.keepUpdateTime)) return;
    const lastTransitionTime = known?.status === status ? known.lastTransitionTime : now;
    conditions = [...conditions.filter(condition => condition.type !== type),
      { lastTransitionTime, lastUpdateTime: now, message, reason, status, type } as DeploymentCondition];
  };
  const enough = (state.status.availableReplicas ?? 0) >= (deployment.spec?.replicas ?? 1) - rolloutLimits(deployment).maxUnavailable;
  if (enough) set('Available', 'True', 'MinimumReplicasAvailable', 'Deployment has minimum availability.');
  else set('Available', 'False', 'MinimumReplicasUnavailable', 'Deployment does not have minimum availability.');

  if (state.step) {
    set('Progressing', state.step.status, state.step.reason, state.step.message);
  } else if (tracksProgress(deployment) && !deployment.spec?.paused) {
    progress(deployment, state, conditions, set);
  }

  const failure = [state.fresh, ...state.all].flatMap(replicaSet => replicaSet?.status?.conditions ?? []).find(condition => condition.type === 'ReplicaFailure');
  if (failure) set('ReplicaFailure', failure.status, failure.reason ?? '', failure.message ?? '');
  else conditions = conditions.filter(condition => condition.type !== 'ReplicaFailure');
  return conditions;
}

function progress(deployment: Deployment, state: RolloutState, conditions: readonly DeploymentCondition[],
  set: (type: ConditionType, status: string, reason: string, message: string) => void): void {
  const current = conditions.find(condition => condition.type === 'Progressing');
  const settled = state.status.replicas === state.status.updatedReplicas && current?.reason === 'NewReplicaSetAvailable';
  if (settled) return;
  const subject = state.fresh ? `ReplicaSet "${state.fresh.metadata!.name}"` : `Deployment "${deployment.metadata!.name}"`;
  if (isComplete(deployment, state.status)) {
    set('Progressing', 'True', 'NewReplicaSetAvailable', `${subject} has successfully progressed.`);
  } else if (hasProgressed(deployment.status ?? {}, state.status)) {
    set('Progressing', 'True', 'ReplicaSetUpdated', `${subject} is progressing.`);
  } else if (timeLeftMs(deployment, state.status, state.nowMs) === 0) {
    set('Progressing', 'False', 'ProgressDeadlineExceeded', `${subject} has timed out progressing.`);
  }
}

/** All wanted replicas are updated and available, and no old one is left. */
export function isComplete(deployment: Deployment, status: DeploymentStatus): boolean {
  const replicas = deployment.spec?.replicas ?? 1;
  return (status.updatedReplicas ?? 0) === replicas && (status.replicas ?? 0) === replicas
    && (status.availableReplicas ?? 0) === replicas && (status.observedGeneration ?? 0) >= (deployment.metadata?.generation ?? 0);
}

function hasProgressed(before: DeploymentStatus, after: DeploymentStatus): boolean {
  const old = (status: DeploymentStatus): number => (status.replicas ?? 0) - (status.updatedReplicas ?? 0);
  return (after.updatedReplicas ?? 0) > (before.updatedReplicas ?? 0) || old(after) < old(before)
    || (after.readyReplicas ?? 0) > (before.readyReplicas ?? 0) || (after.availableReplicas ?? 0) > (before.availableReplicas ?? 0);
}

/** `progressDeadlineSeconds` at its maximum means: never report. */
export function tracksProgress(deployment: Deployment): boolean {
  const seconds = deployment.spec?.progressDeadlineSeconds;
  return seconds !== undefined && seconds !== 2_147_483_647;
}

/** Virtual ms until the progress deadline passes; 0 once it has, `undefined` while there is nothing to wait for. */
export function timeLeftMs(deployment: Deployment, status: DeploymentStatus, nowMs: number): number | undefined {
  if (!tracksProgress(deployment) || deployment.spec?.paused || isComplete(deployment, status)) return undefined;
  const condition = deployment.status?.conditions?.find(entry => entry.type === 'Progressing');
  if (!condition || condition.reason === 'NewReplicaSetAvailable') return undefined;
  if (condition.reason === 'ProgressDeadlineExceeded') return 0;
  const fromMs = parseRfc3339(String(condition.lastUpdateTime)) ?? nowMs;
  return Math.max(0, fromMs + deployment.spec!.progressDeadlineSeconds! * 1000 - nowMs);
}
