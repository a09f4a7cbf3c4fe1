import { ageOf, humanDuration } from '../apimachinery/age.ts';
import { invalid, notSupported, required, type FieldProblem } from '../apimachinery/field-problem.ts';
import { deepEqual, type Draft } from '../apimachinery/json.ts';
import { formatSelector } from '../apimachinery/label-selector.ts';
import { parseRfc3339 } from '../kernel/calendar.ts';
import { ageColumn, containerColumns, nameColumn } from './columns.ts';
import { nonNegative, oneOf } from './field-checks.ts';
import { defineKind } from './kind.ts';
import { defaultPodTemplate, fill } from './pod-template.ts';
import { podTemplateProblems } from './pod-validation.ts';

function defaultJobSpec(spec: Draft): void {
  fill(spec, 'template', {});
  defaultPodTemplate(spec.template);
}

/** A Job's spec; its pods end, so they may not always be restarted. */
function jobSpecProblems(spec: Draft, field: string): FieldProblem[] {
  const problems: FieldProblem[] = [];
  for (const key of ['parallelism', 'completions', 'activeDeadlineSeconds', 'backoffLimit', 'ttlSecondsAfterFinished', 'backoffLimitPerIndex', 'maxFailedIndexes']) {
    problems.push(...nonNegative(spec[key], `${field}.${key}`));
  }
  problems.push(...oneOf(spec.completionMode ?? 'NonIndexed', `${field}.completionMode`, ['NonIndexed', 'Indexed']));
  if (spec.completionMode === 'Indexed' && spec.completions === undefined) problems.push(required(`${field}.completions`, 'when completion mode is Indexed'));
  const policy = spec.template?.spec?.restartPolicy;
  problems.push(...podTemplateProblems(spec.template, `${field}.template`));
  if (policy === 'Always') problems.push(required(`${field}.template.spec.restartPolicy`, 'valid values: "OnFailure", "Never"'));
  else if (policy !== 'OnFailure' && policy !== 'Never') problems.push(notSupported(`${field}.template.spec.restartPolicy`, policy, ['OnFailure', 'Never']));
  return problems;
}

const CRON_FIELD = /^(\*|\?|[0-9]+|[A-Za-z]{3})([-/,]([0-9]+|\*|[A-Za-z]{3}))*$/;
const CRON_NAMES: readonly string[] = ['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly'];

function cronJobProblems(object: Draft): FieldProblem[] {
  const { spec } = object;
  const problems: FieldProblem[] = [];
  if (!spec.schedule) problems.push(required('spec.schedule'));
  else if (!CRON_NAMES.includes(spec.schedule) && !spec.schedule.startsWith('@every ')) {
    const fields = spec.schedule.trim().split(/\s+/);
    if (fields.length !== 5) problems.push(invalid('spec.schedule', spec.schedule, `expected exactly 5 fields, found ${fields.length}: [${fields.join(' ')}]`));
    else {
      const bad = fields.find((each: string) => !CRON_FIELD.test(each));
      if (bad !== undefined) problems.push(invalid('spec.schedule', spec.schedule, `failed to parse int from ${bad}: strconv.Atoi: parsing ${JSON.stringify(bad)}: invalid syntax`));
    }
  }
  problems.push(...nonNegative(spec.startingDeadlineSeconds, 'spec.startingDeadlineSeconds'), ...oneOf(spec.concurrencyPolicy, 'spec.concurrencyPolicy', ['Allow', 'Forbid', 'Replace']));
  problems.push(...jobSpecProblems(spec.jobTemplate.spec, 'spec.jobTemplate.spec'));
  problems.push(...nonNegative(spec.successfulJobsHistoryLimit, 'spec.successfulJobsHistoryLimit'), ...nonNegative(spec.failedJobsHistoryLimit, 'spec.failedJobsHistoryLimit'));
  if (object.metadata.name?.length > 52) problems.push(invalid('metadata.name', object.metadata.name, 'must be no more than 52 characters'));
  return problems;
}

const hasCondition = (job: Draft, type: string): boolean =>
  (job.status?.conditions ?? []).some((each: Draft) => each.type === type && each.status === 'True');

/** The STATUS column of a Job. */
export function jobStatus(job: Draft): string {
  if (hasCondition(job, 'Complete')) return 'Complete';
  if (hasCondition(job, 'Failed')) return 'Failed';
  if (job.metadata.deletionTimestamp) return 'Terminating';
  if (hasCondition(job, 'Suspended')) return 'Suspended';
  if (hasCondition(job, 'FailureTarget')) return 'FailureTarget';
  if (hasCondition(job, 'SuccessCriteriaMet')) return 'SuccessCriteriaMet';
  return 'Running';
}

function completions(job: Draft): string {
  const succeeded = job.status?.succeeded ?? 0;
  const { completions: wanted, parallelism } = job.spec ?? {};
  if (wanted !== undefined) return `${succeeded}/${wanted}`;
  return (parallelism ?? 0) > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`;
}

function duration(job: Draft, nowMs: number): string {
  const startMs = parseRfc3339(job.status?.startTime ?? '');
  if (startMs === undefined) return '';
  let endMs = parseRfc3339(job.status?.completionTime ?? '');
  const failed = (job.status?.conditions ?? []).find((each: Draft) => each.type === 'Failed' && each.status === 'True');
  endMs ??= parseRfc3339(failed?.lastTransitionTime ?? '');
  return humanDuration((endMs ?? nowMs) - startMs);
}

export const job = defineKind({
  kind: 'Job', apiVersion: 'batch/v1', generation: true,
  defaults(object) {
    fill(object, 'spec', {});
    const { spec } = object;
    defaultJobSpec(spec);
    if (spec.completions === undefined && spec.parallelism === undefined) spec.completions = 1;
    fill(spec, 'parallelism', 1);
    if (spec.backoffLimit === undefined) spec.backoffLimit = spec.backoffLimitPerIndex === undefined ? 6 : 2_147_483_647;
    fill(spec, 'completionMode', 'NonIndexed');
    fill(spec, 'suspend', false);
    fill(spec, 'manualSelector', false);
    fill(spec, 'podReplacementPolicy', spec.podFailurePolicy ? 'Failed' : 'TerminatingOrFailed');
    for (const rule of spec.podFailurePolicy?.rules ?? []) for (const each of rule.onPodConditions ?? []) if (!each.status) each.status = 'True';
    if (!object.metadata.labels || Object.keys(object.metadata.labels).length === 0) {
      const { labels } = spec.template.metadata ?? {};
      if (labels && Object.keys(labels).length > 0) object.metadata.labels = { ...labels };
    }
  },
  prepareCreate(object) {
    object.status = {};
    const { spec, metadata } = object;
    if (spec.manualSelector) return;
    const labels = {
      'batch.kubernetes.io/controller-uid': metadata.uid, 'batch.kubernetes.io/job-name': metadata.name ?? '', 'controller-uid': metadata.uid, 'job-name': metadata.name ?? '',
    };
    spec.template.metadata ??= {};
    spec.template.metadata.labels = { ...spec.template.metadata.labels, ...labels };
    metadata.labels = { ...metadata.labels, ...(metadata.labels && Object.keys(metadata.labels).length > 0 ? {} : spec.template.metadata.labels) };
    spec.selector ??= {};
    spec.selector.matchLabels = { ...spec.selector.matchLabels, 'batch.kubernetes.io/controller-uid': metadata.uid };
  },
  validate: object => jobSpecProblems(object.spec, 'spec'),
  validateUpdate(after, before) {
    const problems: FieldProblem[] = [];
    for (const key of ['completionMode', 'podFailurePolicy', 'backoffLimitPerIndex', 'selector', 'manualSelector']) {
      if (!deepEqual(after.spec[key], before.spec[key])) problems.push(invalid(`spec.${key}`, after.spec[key], 'field is immutable'));
    }
    if (after.spec.completions !== before.spec.completions && after.spec.completionMode !== 'Indexed') problems.push(invalid('spec.completions', after.spec.completions, 'field is immutable'));
    if (!deepEqual(after.spec.template, before.spec.template) && !(before.spec.suspend && !before.status?.startTime)) problems.push(invalid('spec.template', after.spec.template, 'field is immutable'));
    return problems;
  },
  fieldSelectors: { 'status.successful': each => String(each.status?.succeeded ?? 0) },
  columns: [
    nameColumn,
    { header: 'Status', cell: jobStatus },
    { header: 'Completions', cell: completions },
    { header: 'Duration', cell: (each, { nowMs }) => duration(each, nowMs) },
    ageColumn, ...containerColumns,
    { header: 'Selector', wide: true, cell: each => formatSelector(each.spec?.selector) },
  ],
});

export const cronJob = defineKind({
  kind: 'CronJob', apiVersion: 'batch/v1', generation: true,
  defaults(object) {
    fill(object, 'spec', {});
    const { spec } = object;
    if (!spec.concurrencyPolicy) spec.concurrencyPolicy = 'Allow';
    fill(spec, 'suspend', false);
    fill(spec, 'successfulJobsHistoryLimit', 3);
    fill(spec, 'failedJobsHistoryLimit', 1);
    fill(spec, 'jobTemplate', {});
    fill(spec.jobTemplate, 'metadata', {});
    fill(spec.jobTemplate, 'spec', {});
    defaultJobSpec(spec.jobTemplate.spec);
    for (const rule of spec.jobTemplate.spec.podFailurePolicy?.rules ?? []) for (const each of rule.onPodConditions ?? []) if (!each.status) each.status = 'True';
  },
  prepareCreate: object => { object.status = {}; },
  validate: cronJobProblems,
  columns: [
    nameColumn,
    { header: 'Schedule', cell: each => each.spec?.schedule ?? '' },
    { header: 'Timezone', cell: each => each.spec?.timeZone ?? '<none>' },
    { header: 'Suspend', type: 'boolean', cell: each => (each.spec?.suspend ? 'True' : 'False') },
    { header: 'Active', type: 'integer', cell: each => (each.status?.active ?? []).length },
    { header: 'Last Schedule', cell: (each, { nowMs }) => (each.status?.lastScheduleTime ? ageOf(each.status.lastScheduleTime, nowMs) : '<none>') },
    ageColumn, ...containerColumns,
    { header: 'Selector', wide: true, cell: each => formatSelector(each.spec?.jobTemplate?.spec?.selector) },
  ],
});
