import type { Job, JobStatus } from 'kubernetes-types/batch/v1.d.ts';
import { deepEqual } from '../../apimachinery/json.ts';
import { labelSelectorMatches } from '../../apimachinery/label-selector.ts';
import { JOB_BATCH_MS, JOB_BURST } from '../../facts/jobs.ts';
import { rfc3339 } from '../../kernel/calendar.ts';
import { defineController, keyOf, type Action, type View } from '../framework.ts';
import { isActive, isPodReady, type StoredPod } from '../pods.ts';
import { leastUsefulFirst } from '../replicaset/deletion-order.ts';
import { indexesText, missingIndexes } from './indexes.ts';
import { deadlineLeftMs, isFinished, outcomeOf, withCondition, type Outcome } from './outcome.ts';
import { deletePod, lastOfIndex, podFor, untrack } from './pod.ts';
import type { StoredJob } from './policies.ts';
import { backoffLeftMs, countPods, isIndexed, TRACKING, type Count } from './tracking.ts';

/** Runs pods until enough have succeeded, or too many have failed. Source: pkg/controller/job. */
export const jobController = defineController<Job>({
  name: 'job-controller',
  reconciles: 'Job',
  owns: ['Pod'],
  ownedAfterMs: JOB_BATCH_MS,
  planGone: (key, view) => view.list<StoredPod>('Pod', { namespace: key.namespace, labelSelector: `batch.kubernetes.io/job-name=${key.name}` })
    .filter(pod => pod.metadata.finalizers?.includes(TRACKING)).flatMap(untrack),
  plan(job, view) {
    const pods = view.ownedBy<StoredPod>(job.metadata.uid, 'Pod');
    if (isFinished(job)) return pods.filter(pod => !isActive(pod)).flatMap(untrack);
    if (job.metadata.deletionTimestamp) return pods.flatMap(untrack);
    return [...adoptions(job, view), ...sync(job, pods, view)];
  },
});

/** Changes to pods, and what they do to the counts. */
interface PodChanges {
  readonly actions: readonly Action[];
  readonly made: number;
  readonly removed: readonly StoredPod[];
}

const NO_CHANGES: PodChanges = { actions: [], made: 0, removed: [] };

function sync(job: StoredJob, pods: readonly StoredPod[], view: View): Action[] {
  const count = countPods(job, pods);
  const outcome = outcomeOf(job, count, view.nowMs);
  const changes = outcome ? stopAll(job, count, outcome) : managePods(job, pods, count, view);
  const active = count.active.length + changes.made - changes.removed.length;
  const terminating = count.terminating + changes.removed.length;
  const before = job.status ?? {};
  const suspension = outcome ? undefined : suspensionChange(job, active);
  const startTime = job.spec?.suspend && !before.startTime ? undefined : suspension?.resumes || !before.startTime ? rfc3339(view.nowMs) : before.startTime;
  // With the whole Job failing, pods that were still running count as failed.
  const cutShort = outcome?.target === 'FailureTarget' ? changes.removed.map(pod => pod.metadata.uid) : [];
  const uncounted = { succeeded: count.uncounted.succeeded, failed: [...count.uncounted.failed, ...cutShort] };
  let conditions = before.conditions ?? [];
  if (outcome) conditions = withCondition(conditions, outcome.target, 'True', outcome.reason, outcome.message, view.nowMs);
  if (suspension) conditions = withCondition(conditions, 'Suspended', suspension.resumes ? 'False' : 'True', suspension.resumes ? 'JobResumed' : 'JobSuspended', suspension.message, view.nowMs);
  const counted: JobStatus = {
    ...(conditions.length > 0 && { conditions: [...conditions] }),
    ...(startTime && { startTime }),
    ...(active > 0 && { active }),
    ...(isIndexed(job) ? count.succeeded > 0 && { succeeded: count.succeeded } : before.succeeded && { succeeded: before.succeeded }),
    ...(before.failed && { failed: before.failed }),
    terminating,
    ...(isIndexed(job) && { completedIndexes: indexesText(count.completedIndexes) }),
    ...(isIndexed(job) && job.spec?.backoffLimitPerIndex !== undefined && { failedIndexes: indexesText(count.failedIndexes) }),
    uncountedTerminatedPods: { ...(uncounted.succeeded.length > 0 && { succeeded: [...uncounted.succeeded] }), ...(uncounted.failed.length > 0 && { failed: [...uncounted.failed] }) },
    ready: count.active.filter(pod => isPodReady(pod) && !changes.removed.includes(pod)).length,
  };
  const failed = count.failed + cutShort.length;
  const settled: JobStatus = {
    ...counted,
    ...(count.succeeded > 0 && { succeeded: count.succeeded }),
    ...(failed > 0 && { failed }),
    uncountedTerminatedPods: {},
  };
  const flush = count.finishing.length > 0 || cutShort.length > 0;
  const end = outcome && terminating === 0 && active === 0 ? ending(job, outcome, settled, view.nowMs) : { status: settled, actions: [] };
  return [
    ...changes.actions,
    ...(flush ? writeStatus(job, job.status, counted) : []),
    ...[...count.finishing, ...changes.removed].flatMap(untrack),
    ...writeStatus(job, flush ? counted : job.status, end.status),
    ...end.actions,
    ...(suspension ? [{ do: 'event', about: job, type: 'Normal', reason: suspension.resumes ? 'Resumed' : 'Suspended', message: suspension.message } satisfies Action] : []),
    ...deadlineAppointment(job, outcome, view),
  ];
}

function writeStatus(job: StoredJob, before: JobStatus | undefined, status: JobStatus): Action[] {
  if (deepEqual(before, status)) return [];
  return [{ do: 'updateStatus', object: { ...job, metadata: { ...job.metadata, resourceVersion: undefined }, status } }];
}

/** The condition that says how it ended, and the event that goes with it. */
function ending(job: StoredJob, outcome: Outcome, status: JobStatus, nowMs: number): { status: JobStatus; actions: Action[] } {
  const { target, reason, message } = outcome;
  const isSuccess = target === 'SuccessCriteriaMet';
  const conditions = withCondition(status.conditions ?? [], isSuccess ? 'Complete' : 'Failed', 'True', reason, message, nowMs);
  const { conditions: _, startTime, ...counts } = status;
  return {
    status: { conditions, ...(startTime && { startTime }), ...(isSuccess && { completionTime: rfc3339(nowMs) }), ...counts },
    actions: [{ do: 'event', about: job, type: isSuccess ? 'Normal' : 'Warning', reason: isSuccess ? 'Completed' : reason, message: isSuccess ? 'Job completed' : message }],
  };
}

function stopAll(job: StoredJob, { active }: Count, outcome: Outcome): PodChanges {
  const order = outcome.target === 'SuccessCriteriaMet' ? [...active].reverse() : active;
  return { actions: order.map(pod => deletePod(job, pod)), made: 0, removed: active };
}

/** As many pods as may run at once: neither more than wanted, nor more than are still needed. */
function managePods(job: StoredJob, pods: readonly StoredPod[], count: Count, view: View): PodChanges {
  const { active } = count;
  if (job.spec?.suspend) return { actions: active.flatMap(pod => [...untrack(pod), deletePod(job, pod)]), made: 0, removed: active };
  const { parallelism = 1, completions } = job.spec ?? {};
  const needed = completions === undefined ? (count.succeeded > 0 ? active.length : parallelism) : Math.min(completions - count.succeeded - count.failedIndexes.size, parallelism);
  if (active.length > needed) {
    const surplus = leastUsefulFirst(active, active, view.nowMs).slice(0, active.length - Math.max(0, needed));
    return { actions: surplus.flatMap(pod => [...untrack(pod), deletePod(job, pod)]), made: 0, removed: surplus };
  }
  const replaced = job.spec?.podReplacementPolicy === 'Failed' ? count.terminating : 0;
  const missing = Math.min(needed - active.length - replaced, JOB_BURST);
  if (missing <= 0) return NO_CHANGES;
  const waitMs = backoffLeftMs(job, pods, view.nowMs);
  if (waitMs > 0) return { actions: [{ do: 'requeue', afterMs: waitMs }], made: 0, removed: [] };
  const indexes = isIndexed(job)
    ? missingIndexes(completions ?? 0, new Set([...count.completedIndexes, ...count.failedIndexes]), pods, missing)
    : Array.from({ length: missing }, () => undefined);
  return {
    actions: indexes.map(index => ({
      do: 'create', object: podFor(job, index, lastOfIndex(pods, index)),
      then: result => [result.ok
        ? { do: 'event', about: job, type: 'Normal', reason: 'SuccessfulCreate', message: `Created pod: ${result.value.metadata.name}` }
        : { do: 'event', about: job, type: 'Warning', reason: 'FailedCreate', message: `Error creating: ${result.status.message}` }],
    })),
    made: indexes.length, removed: [],
  };
}

/** Suspended once the last pod has been told to go; resumed at once, with a new start time. */
function suspensionChange(job: StoredJob, active: number): { resumes: boolean; message: string } | undefined {
  const isSuspended = job.status?.conditions?.some(condition => condition.type === 'Suspended' && condition.status === 'True') ?? false;
  if (job.spec?.suspend) return isSuspended || active > 0 ? undefined : { resumes: false, message: 'Job suspended' };
  return isSuspended ? { resumes: true, message: 'Job resumed' } : undefined;
}

function deadlineAppointment(job: StoredJob, outcome: Outcome | undefined, view: View): Action[] {
  if (outcome || job.spec?.suspend || job.spec?.activeDeadlineSeconds === undefined) return [];
  return [{ do: 'requeue', afterMs: deadlineLeftMs(job, view.nowMs) ?? job.spec.activeDeadlineSeconds * 1000 }];
}

/** Pods without a controller that the selector matches. */
function adoptions(job: StoredJob, view: View): Action[] {
  const { name, namespace, uid } = job.metadata;
  if (!job.spec?.manualSelector) return [];
  return view.list<StoredPod>('Pod', { namespace })
    .filter(pod => isActive(pod) && !pod.metadata.ownerReferences?.some(reference => reference.controller) && labelSelectorMatches(job.spec!.selector, pod.metadata.labels))
    .map(pod => ({
      do: 'patch', kind: 'Pod', key: keyOf(pod), type: 'strategic',
      patch: { metadata: { uid: pod.metadata.uid, finalizers: [TRACKING], ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name, uid, controller: true, blockOwnerDeletion: true }] } },
    }));
}
