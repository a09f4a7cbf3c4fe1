import type { JobCondition } from 'kubernetes-types/batch/v1.d.ts';
import { parseRfc3339, rfc3339 } from '../../kernel/calendar.ts';
import { restartCount } from '../pods.ts';
import { successRuleMet, type StoredJob } from './policies.ts';
import { isIndexed, type Count } from './tracking.ts';

/** How a Job ends: first the target, then, when its last pod is gone, the condition that says so for good. */
export interface Outcome {
  readonly target: 'FailureTarget' | 'SuccessCriteriaMet';
  readonly reason: string;
  readonly message: string;
}

export const jobCondition = (job: StoredJob, type: string): JobCondition | undefined =>
  job.status?.conditions?.find(condition => condition.type === type && condition.status === 'True');

export const isFinished = (job: StoredJob): boolean => Boolean(jobCondition(job, 'Complete') ?? jobCondition(job, 'Failed'));

const failed = (reason: string, message: string): Outcome => ({ target: 'FailureTarget', reason, message });

/** Whether and how the Job has ended, in the order upstream asks. Source: pkg/controller/job `syncJob`. */
export function outcomeOf(job: StoredJob, count: Count, nowMs: number): Outcome | undefined {
  for (const target of ['FailureTarget', 'SuccessCriteriaMet'] as const) {
    const known = jobCondition(job, target);
    if (known) return { target, reason: known.reason ?? '', message: known.message ?? '' };
  }
  const { backoffLimit = 6, completions, backoffLimitPerIndex, maxFailedIndexes } = job.spec ?? {};
  if (count.verdict) return failed('PodFailurePolicy', count.verdict);
  if (count.failed > backoffLimit || tooManyRestarts(job, count)) return failed('BackoffLimitExceeded', 'Job has reached the specified backoff limit');
  if (deadlineLeftMs(job, nowMs) === 0) return failed('DeadlineExceeded', 'Job was active longer than specified deadline');
  if (isIndexed(job)) {
    if (backoffLimitPerIndex !== undefined) {
      if (maxFailedIndexes !== undefined && count.failedIndexes.size > maxFailedIndexes) return failed('MaxFailedIndexesExceeded', 'Job has exceeded the specified maximal number of failed indexes');
      if (count.failedIndexes.size > 0 && count.failedIndexes.size + count.completedIndexes.size >= (completions ?? 0)) return failed('FailedIndexes', 'Job has failed indexes');
    }
    const rule = successRuleMet(job, count.completedIndexes);
    if (rule) return { target: 'SuccessCriteriaMet', reason: 'SuccessPolicy', message: rule };
  }
  const done = completions === undefined ? count.succeeded > 0 && count.active.length === 0 : count.succeeded >= completions;
  return done ? { target: 'SuccessCriteriaMet', reason: 'CompletionsReached', message: 'Reached expected number of succeeded pods' } : undefined;
}

/** With `restartPolicy: OnFailure` the kubelet retries, and restarts count against the limit. */
function tooManyRestarts(job: StoredJob, { active }: Count): boolean {
  if (job.spec?.template.spec?.restartPolicy !== 'OnFailure') return false;
  const limit = job.spec.backoffLimit ?? 6;
  const restarts = active.filter(pod => pod.status?.phase === 'Running' || pod.status?.phase === 'Pending').reduce((total, pod) => total
    + (pod.status?.initContainerStatuses ?? []).reduce((sum, status) => sum + status.restartCount, 0)
    + ((pod.status?.containerStatuses?.length ?? 0) > 1 ? pod.status!.containerStatuses!.reduce((sum, status) => sum + status.restartCount, 0) : restartCount(pod)), 0);
  return limit === 0 ? restarts > 0 : restarts >= limit;
}

/** Virtual ms until `activeDeadlineSeconds` is over; 0 once it is, `undefined` without one. */
export function deadlineLeftMs(job: StoredJob, nowMs: number): number | undefined {
  const seconds = job.spec?.activeDeadlineSeconds;
  const startMs = parseRfc3339(String(job.status?.startTime ?? ''));
  if (seconds === undefined || startMs === undefined || job.spec?.suspend) return undefined;
  return Math.max(0, startMs + seconds * 1000 - nowMs);
}

/** The conditions with one more, or with the same one changed. */
export function withCondition(conditions: readonly JobCondition[], type: string, status: 'True' | 'False', reason: string, message: string, nowMs: number): JobCondition[] {
  const now = rfc3339(nowMs);
  const known = conditions.find(condition => condition.type === type);
  if (known?.status === status && known.reason === reason) return [...conditions];
  const next: JobCondition = { type, status, lastProbeTime: now, lastTransitionTime: now, reason, message };
  return known ? conditions.map(condition => (condition === known ? next : condition)) : [...conditions, next];
}
