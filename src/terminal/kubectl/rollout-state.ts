/** How far a rollout is, in kubectl's words. After kubectl `pkg/polymorphichelpers/rollout_status.go`. */
import type { AnyObject, Json } from './client/api-client.ts';

export type RolloutState = { readonly message: string; readonly done: boolean } | { readonly error: string };

/** State of a Deployment, DaemonSet or StatefulSet; `revision` 0 means whatever is newest. */
export function rolloutState(object: AnyObject, revision: number): RolloutState {
  if (object.kind === 'Deployment') return deployment(object, revision);
  if (object.kind === 'DaemonSet') return daemonSet(object);
  if (object.kind === 'StatefulSet') return statefulSet(object);
  return { error: `no status viewer has been implemented for ${object.kind}` };
}

const fields = (object: AnyObject): { spec: Json; status: Json; count(name: string): number } => {
  const status = (object.status ?? {}) as Json;
  return { spec: (object.spec ?? {}) as Json, status, count: name => Number(status[name] ?? 0) };
};

const going = (message: string): RolloutState => ({ message: `${message}\n`, done: false });
const done = (message: string): RolloutState => ({ message: `${message}\n`, done: true });
const observed = (object: AnyObject, status: Json): boolean => Number(object.metadata.generation ?? 0) <= Number(status.observedGeneration ?? 0);

function deployment(object: AnyObject, wanted: number): RolloutState {
  const { spec, status, count } = fields(object);
  const name = JSON.stringify(object.metadata.name);
  if (wanted > 0) {
    const now = Number((object.metadata.annotations as Record<string, string> | undefined)?.['deployment.kubernetes.io/revision'] ?? 0);
    if (now !== wanted) return { error: `desired revision (${wanted}) is different from the running revision (${now})` };
  }
  if (!observed(object, status)) return going('Waiting for deployment spec update to be observed...');
  const progressing = ((status.conditions ?? []) as Json[]).find(condition => condition.type === 'Progressing');
  if (progressing?.reason === 'ProgressDeadlineExceeded') return { error: `deployment ${name} exceeded its progress deadline` };
  const replicas = Number(spec.replicas ?? 1);
  const updated = count('updatedReplicas');
  const waiting = `Waiting for deployment ${name} rollout to finish:`;
  if (updated < replicas) return going(`${waiting} ${updated} out of ${replicas} new replicas have been updated...`);
  if (count('replicas') > updated) return going(`${waiting} ${count('replicas') - updated} old replicas are pending termination...`);
  if (count('availableReplicas') < updated) return going(`${waiting} ${count('availableReplicas')} of ${updated} updated replicas are available...`);
  return done(`deployment ${name} successfully rolled out`);
}

function daemonSet(object: AnyObject): RolloutState {
  const { spec, status, count } = fields(object);
  const name = JSON.stringify(object.metadata.name);
  if ((spec.updateStrategy as Json | undefined)?.type === 'OnDelete') return { error: 'rollout status is only available for RollingUpdate strategy type' };
  if (!observed(object, status)) return going('Waiting for daemon set spec update to be observed...');
  const wanted = count('desiredNumberScheduled');
  const waiting = `Waiting for daemon set ${name} rollout to finish:`;
  if (count('updatedNumberScheduled') < wanted) return going(`${waiting} ${count('updatedNumberScheduled')} out of ${wanted} new pods have been updated...`);
  if (count('numberAvailable') < wanted) return going(`${waiting} ${count('numberAvailable')} of ${wanted} updated pods are available...`);
  return done(`daemon set ${name} successfully rolled out`);
}

function statefulSet(object: AnyObject): RolloutState {
  const { spec, status, count } = fields(object);
  const strategy = (spec.updateStrategy ?? {}) as Json;
  if (strategy.type !== 'RollingUpdate') return { error: 'rollout status is only available for RollingUpdate strategy type' };
  if (!observed(object, status)) return going('Waiting for statefulset spec update to be observed...');
  const replicas = Number(spec.replicas ?? 1);
  if (count('readyReplicas') < replicas) return going(`Waiting for ${replicas - count('readyReplicas')} pods to be ready...`);
  const given = (strategy.rollingUpdate as Json | undefined)?.partition;
  if (given !== undefined) {
    const partition = Number(given);
    if (count('updatedReplicas') < replicas - partition) return going(`Waiting for partitioned roll out to finish: ${count('updatedReplicas')} out of ${replicas - partition} new pods have been updated...`);
    return done(`partitioned roll out complete: ${count('updatedReplicas')} new pods have been updated...`);
  }
  if (status.updateRevision !== status.currentRevision) return going(`waiting for statefulset rolling update to complete ${count('updatedReplicas')} pods at revision ${String(status.updateRevision)}...`);
  return done(`statefulset rolling update complete ${count('currentReplicas')} pods at revision ${String(status.currentRevision)}...`);
}
