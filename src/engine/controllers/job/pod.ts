import type { Container } from 'kubernetes-types/core/v1.d.ts';
import { keyOf, type Action } from '../framework.ts';
import type { StoredPod } from '../pods.ts';
import { INDEX, INDEX_FAILURES, indexOf } from './indexes.ts';
import { earlierFailures, type StoredJob } from './policies.ts';
import { TRACKING } from './tracking.ts';

/**
 * A pod of a Job, with its index when the Job counts them.
 *
 * @param before the failed pod whose index this one takes over
 */
export function podFor(job: StoredJob, index: number | undefined, before: StoredPod | undefined) {
  const { name, namespace, uid } = job.metadata;
  const { metadata = {}, spec } = job.spec!.template;
  const isNumbered = index !== undefined;
  const failures = job.spec?.backoffLimitPerIndex === undefined ? {} : { [INDEX_FAILURES]: String(before ? earlierFailures(before) + 1 : 0) };
  const numbered = (containers: Container[] | undefined): Container[] | undefined => containers?.map(container => (
    container.env?.some(variable => variable.name === 'JOB_COMPLETION_INDEX') ? container
      : { ...container, env: [...container.env ?? [], { name: 'JOB_COMPLETION_INDEX', valueFrom: { fieldRef: { fieldPath: `metadata.labels['${INDEX}']` } } }] }));
  return {
    apiVersion: 'v1', kind: 'Pod',
    metadata: {
      generateName: isNumbered ? `${name}-${index}-` : `${name}-`, namespace,
      labels: { ...metadata.labels, ...(isNumbered && { [INDEX]: String(index) }) },
      ...((metadata.annotations || isNumbered) && { annotations: { ...metadata.annotations, ...(isNumbered && { [INDEX]: String(index), ...failures }) } }),
      finalizers: [...metadata.finalizers ?? [], TRACKING],
      ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name, uid, controller: true, blockOwnerDeletion: true }],
    },
    spec: isNumbered
      ? { ...spec, hostname: `${name}-${index}`, containers: numbered(spec!.containers), ...(spec!.initContainers && { initContainers: numbered(spec!.initContainers) }) }
      : spec,
  };
}

/** Takes the tracking finalizer off: the pod has been counted, or need not be. */
export function untrack(pod: StoredPod): Action[] {
  if (!pod.metadata.finalizers?.includes(TRACKING)) return [];
  return [{
    do: 'patch', kind: 'Pod', key: keyOf(pod), type: 'strategic', patch: { metadata: { uid: pod.metadata.uid, '$deleteFromPrimitiveList/finalizers': [TRACKING] } },
    then: result => (result.ok || result.status.code === 404 ? [] : [{ do: 'requeue', afterMs: 1000 }]),
  }];
}

export function deletePod(job: StoredJob, pod: StoredPod): Action {
  return {
    do: 'delete', kind: 'Pod', key: keyOf(pod), options: { preconditions: { uid: pod.metadata.uid } },
    then: result => (result.ok ? [{ do: 'event', about: job, type: 'Normal', reason: 'SuccessfulDelete', message: `Deleted pod: ${pod.metadata.name}` }]
      : result.status.code === 404 ? [] : [{ do: 'event', about: job, type: 'Warning', reason: 'FailedDelete', message: `Error deleting: ${result.status.message}` }]),
  };
}

/** The youngest failed pod of an index. */
export function lastOfIndex(pods: readonly StoredPod[], index: number | undefined): StoredPod | undefined {
  if (index === undefined) return undefined;
  return pods.filter(pod => indexOf(pod) === index).sort((a, b) => b.metadata.creationTimestamp.localeCompare(a.metadata.creationTimestamp))[0];
}
