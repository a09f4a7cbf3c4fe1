import type { CronJob, CronJobStatus, Job } from 'kubernetes-types/batch/v1.d.ts';
import type { ObjectReference } from 'kubernetes-types/core/v1.d.ts';
import { deepEqual } from '../../apimachinery/json.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { calendarOf, parseRfc3339, rfc3339 } from '../../kernel/calendar.ts';
import { defineController, type Action, type View } from '../framework.ts';
import { jobCondition } from '../job/outcome.ts';
import type { StoredJob } from '../job/policies.ts';
import { lastDue, parseSchedule, type Schedule } from './schedule.ts';

type StoredCronJob = CronJob & KubeObject;

/** cronjob_controllerv2.go `nextScheduleDelta`: looked at a moment after the due time. */
const AFTER_DUE_MS = 100;
const UTC_NAMES = new Set(['UTC', 'Etc/UTC', 'GMT', 'Etc/GMT']);

/** Makes a Job at each time of a schedule. Source: pkg/controller/cronjob. Times are UTC. */
export const cronJobController = defineController<CronJob>({
  name: 'cronjob-controller',
  reconciles: 'CronJob',
  owns: ['Job'],
  plan(cronJob, view) {
    const jobs = [...view.ownedBy<Job>(cronJob.metadata.uid, 'Job')] as StoredJob[];
    const kept = trackJobs(cronJob, jobs);
    const cleaned = cleanUp(cronJob, jobs);
    if (cronJob.metadata.deletionTimestamp) return [...cleaned, ...kept.actions, ...writeStatus(cronJob, kept.status)];
    return [...cleaned, ...kept.actions, ...startIfDue(cronJob, kept.status, view)];
  },
});

const event = (about: KubeObject, type: 'Normal' | 'Warning', reason: string, message: string): Action => ({ do: 'event', about, type, reason, message });

/** What became of the Jobs that were active. */
function trackJobs(cronJob: StoredCronJob, jobs: readonly StoredJob[]): { status: CronJobStatus; actions: Action[] } {
  const actions: Action[] = [];
  let active: ObjectReference[] = cronJob.status?.active ?? [];
  let { lastSuccessfulTime } = cronJob.status ?? {};
  const drop = (uid: string | undefined): void => { active = active.filter(reference => reference.uid !== uid); };
  for (const job of jobs) {
    const isListed = active.some(reference => reference.uid === job.metadata.uid);
    const end = jobCondition(job, 'Complete') ?? jobCondition(job, 'Failed');
    if (!isListed && !end) {
      actions.push(event(cronJob, 'Warning', 'UnexpectedJob', `Saw a job that the controller did not create or forgot: ${job.metadata.name}`));
    } else if (isListed && end) {
      drop(job.metadata.uid);
      actions.push(event(cronJob, 'Normal', 'SawCompletedJob', `Saw completed job: ${job.metadata.name}, condition: ${end.type}`));
    }
    const completed = end?.type === 'Complete' ? job.status?.completionTime : undefined;
    if (completed && (!lastSuccessfulTime || String(completed) > String(lastSuccessfulTime))) lastSuccessfulTime = completed;
  }
  for (const reference of active.filter(each => !jobs.some(job => job.metadata.uid === each.uid))) {
    actions.push(event(cronJob, 'Normal', 'MissingJob', `Active job went missing: ${reference.name}`));
    drop(reference.uid);
  }
  return { actions, status: { ...(active.length > 0 && { active }), ...(cronJob.status?.lastScheduleTime && { lastScheduleTime: cronJob.status.lastScheduleTime }), ...(lastSuccessfulTime && { lastSuccessfulTime }) } };
}

/** Finished Jobs beyond the history limits go, oldest first. */
function cleanUp(cronJob: StoredCronJob, jobs: readonly StoredJob[]): Action[] {
  const { successfulJobsHistoryLimit, failedJobsHistoryLimit } = cronJob.spec!;
  const surplus = (type: string, limit: number | undefined): StoredJob[] => {
    const finished = jobs.filter(job => jobCondition(job, type) && !job.metadata.deletionTimestamp)
      .sort((a, b) => String(a.status?.startTime ?? '').localeCompare(String(b.status?.startTime ?? '')) || a.metadata.name.localeCompare(b.metadata.name));
    return limit === undefined ? [] : finished.slice(0, Math.max(0, finished.length - limit));
  };
  return [...surplus('Complete', successfulJobsHistoryLimit), ...surplus('Failed', failedJobsHistoryLimit)].map(job => deleteJob(cronJob, job));
}

function deleteJob(cronJob: StoredCronJob, job: { metadata: { name: string; namespace?: string } }): Action {
  const { name, namespace = '' } = job.metadata;
  return {
    do: 'delete', kind: 'Job', key: { namespace, name }, options: { propagationPolicy: 'Background' },
    then: result => [result.ok ? event(cronJob, 'Normal', 'SuccessfulDelete', `Deleted job ${name}`) : event(cronJob, 'Warning', 'FailedDelete', `Deleted job: ${result.status.message}`)],
  };
}

function startIfDue(cronJob: StoredCronJob, status: CronJobStatus, view: View): Action[] {
  const { spec } = cronJob;
  const write = writeStatus(cronJob, status);
  if (spec?.timeZone !== undefined && !UTC_NAMES.has(spec.timeZone)) {
    return [...write, event(cronJob, 'Warning', 'UnknownTimeZone', `invalid timeZone: ${JSON.stringify(spec.timeZone)}: unknown time zone ${spec.timeZone}`)];
  }
  if (spec?.suspend) return write;
  const schedule = parseSchedule(spec!.schedule);
  if (typeof schedule === 'string') return [...write, event(cronJob, 'Warning', 'UnparseableSchedule', `unparseable schedule: ${JSON.stringify(spec!.schedule)} : ${schedule}`)];
  const later = appointment(schedule, view.nowMs);
  const { dueMs, tooMany } = lastDue(schedule, sinceMs(cronJob, view.nowMs), view.nowMs);
  const missed: Action[] = tooMany
    ? [event(cronJob, 'Warning', 'TooManyMissedTimes', 'too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew')] : [];
  if (dueMs === undefined) return [...missed, ...write, ...later];
  const { startingDeadlineSeconds } = spec!;
  if (startingDeadlineSeconds !== undefined && dueMs + startingDeadlineSeconds * 1000 < view.nowMs) {
    return [...missed, event(cronJob, 'Warning', 'MissSchedule', `Missed scheduled time to start a job: ${rfc1123(dueMs)}`), ...write, ...later];
  }
  if (parseRfc3339(String(status.lastScheduleTime ?? '')) === dueMs) return [...missed, ...write, ...later];
  const active = status.active ?? [];
  if (spec!.concurrencyPolicy === 'Forbid' && active.length > 0) {
    return [...missed, event(cronJob, 'Normal', 'JobAlreadyActive', 'Not starting job because prior execution is running and concurrency policy is Forbid'), ...write, ...later];
  }
  const replaced = spec!.concurrencyPolicy === 'Replace' ? active : [];
  const gone = replaced.map(reference => deleteJob(cronJob, { metadata: { name: reference.name!, namespace: reference.namespace } }));
  const left: CronJobStatus = replaced.length > 0 ? { ...status, active: undefined } : status;
  return [...missed, ...gone, startJob(cronJob, left, dueMs), ...later];
}

/** Due times count from the last one served, or from when the object was made, but not further back than the deadline. */
function sinceMs(cronJob: StoredCronJob, nowMs: number): number {
  const fromMs = parseRfc3339(String(cronJob.status?.lastScheduleTime ?? cronJob.metadata.creationTimestamp)) ?? nowMs;
  const { startingDeadlineSeconds } = cronJob.spec!;
  return startingDeadlineSeconds === undefined ? fromMs : Math.max(fromMs, nowMs - startingDeadlineSeconds * 1000);
}

function startJob(cronJob: StoredCronJob, status: CronJobStatus, dueMs: number): Action {
  const { name, namespace, uid } = cronJob.metadata;
  const template = cronJob.spec!.jobTemplate;
  const jobName = `${name}-${Math.floor(dueMs / 60_000)}`;
  return {
    do: 'create',
    object: {
      apiVersion: 'batch/v1', kind: 'Job',
      metadata: {
        name: jobName, namespace,
        ...(template.metadata?.labels && { labels: template.metadata.labels }),
        annotations: { ...template.metadata?.annotations, 'batch.kubernetes.io/cronjob-scheduled-timestamp': rfc3339(dueMs) },
        ownerReferences: [{ apiVersion: 'batch/v1', kind: 'CronJob', name, uid, controller: true, blockOwnerDeletion: true }],
      },
      spec: template.spec,
    },
    then: result => {
      if (!result.ok) return result.status.reason === 'AlreadyExists' ? [] : [event(cronJob, 'Warning', 'FailedCreate', `Error creating job: ${result.status.message}`)];
      const { apiVersion, kind, metadata } = result.value;
      const reference: ObjectReference = { kind, namespace: metadata.namespace, name: metadata.name, uid: metadata.uid, apiVersion, resourceVersion: metadata.resourceVersion };
      const { active = [], lastScheduleTime: _, ...rest } = status;
      return [
        event(cronJob, 'Normal', 'SuccessfulCreate', `Created job ${jobName}`),
        ...writeStatus(cronJob, { active: [...active, reference], lastScheduleTime: rfc3339(dueMs), ...rest }),
      ];
    },
  };
}

function writeStatus(cronJob: StoredCronJob, status: CronJobStatus): Action[] {
  if (deepEqual(cronJob.status ?? {}, status)) return [];
  return [{ do: 'updateStatus', object: { ...cronJob, metadata: { ...cronJob.metadata, resourceVersion: undefined }, status } }];
}

function appointment(schedule: Schedule, nowMs: number): Action[] {
  const next = schedule.next(nowMs);
  return next === undefined ? [] : [{ do: 'requeue', afterMs: next + AFTER_DUE_MS - nowMs }];
}

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTH_NAMES = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `Mon, 23 Nov 2026 09:00:00 +0000` */
function rfc1123(unixMs: number): string {
  const { year, month, day, hour, minute, second, weekday } = calendarOf(unixMs);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${WEEKDAYS[weekday]}, ${two(day)} ${MONTH_NAMES[month - 1]} ${year} ${two(hour)}:${two(minute)}:${two(second)} +0000`;
}

