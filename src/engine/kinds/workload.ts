/** Deployment, ReplicaSet, StatefulSet, DaemonSet, ReplicationController: kinds that hold a pod template and count replicas. */
import { forbidden, invalid, type FieldProblem } from '../apimachinery/field-problem.ts';
import { deepEqual, type Draft } from '../apimachinery/json.ts';
import { formatSelector } from '../apimachinery/label-selector.ts';
import { ageColumn, containerColumns, nameColumn } from './columns.ts';
import { defineKind, type Column } from './kind.ts';
import { nonNegative, oneOf, workloadSelector } from './field-checks.ts';
import { defaultClaimSpec, defaultPodTemplate, fill } from './pod-template.ts';
import { podTemplateProblems } from './pod-validation.ts';

const selectorColumn: Column = { header: 'Selector', wide: true, cell: object => formatSelector(object.spec?.selector) };
const clearStatus = (object: Draft): void => { object.status = {}; };

const templateProblems = (spec: Draft): FieldProblem[] => [
  ...podTemplateProblems(spec.template, 'spec.template'),
  ...(spec.template?.spec?.restartPolicy === 'Always' || !spec.template?.spec?.containers?.length ? [] : oneOf(spec.template?.spec?.restartPolicy, 'spec.template.spec.restartPolicy', ['Always'])),
  ...(spec.template?.spec?.activeDeadlineSeconds === undefined ? [] : [forbidden('spec.template.spec.activeDeadlineSeconds', 'activeDeadlineSeconds in ReplicaSet is not Supported')]),
];

const selectorUnchanged = (after: Draft, before: Draft): FieldProblem[] =>
  (deepEqual(after.spec.selector, before.spec.selector) ? [] : [invalid('spec.selector', after.spec.selector, 'field is immutable')]);

/** How many, or a share: `25%`. */
function countOrPercent(value: unknown, field: string): FieldProblem[] {
  if (typeof value === 'string') {
    return /^[0-9]+%$/.test(value) ? [] : [invalid(field, value, "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')")];
  }
  return nonNegative(value as number, field);
}

function strategyProblems({ strategy }: Draft): FieldProblem[] {
  const at = 'spec.strategy';
  if (strategy.type === 'Recreate') {
    return strategy.rollingUpdate ? [forbidden(`${at}.rollingUpdate`, "may not be specified when strategy `type` is 'Recreate'")] : [];
  }
  if (strategy.type !== 'RollingUpdate') return oneOf(strategy.type, at, ['Recreate', 'RollingUpdate']);
  const { maxUnavailable, maxSurge } = strategy.rollingUpdate;
  const problems = [...countOrPercent(maxUnavailable, `${at}.rollingUpdate.maxUnavailable`), ...countOrPercent(maxSurge, `${at}.rollingUpdate.maxSurge`)];
  const isZero = (value: unknown): boolean => value === 0 || value === '0%';
  if (isZero(maxUnavailable) && isZero(maxSurge)) problems.push(invalid(`${at}.rollingUpdate.maxUnavailable`, maxUnavailable, 'may not be 0 when `maxSurge` is 0'));
  if (typeof maxUnavailable === 'string' && Number(maxUnavailable.slice(0, -1)) > 100) problems.push(invalid(`${at}.rollingUpdate.maxUnavailable`, maxUnavailable, 'must not be greater than 100%'));
  return problems;
}

function deadlineProblems({ progressDeadlineSeconds, minReadySeconds = 0 }: Draft): FieldProblem[] {
  if (progressDeadlineSeconds === undefined) return [];
  const problems = nonNegative(progressDeadlineSeconds, 'spec.progressDeadlineSeconds');
  if (progressDeadlineSeconds <= minReadySeconds) problems.push(invalid('spec.progressDeadlineSeconds', progressDeadlineSeconds, 'must be greater than minReadySeconds'));
  return problems;
}

const STATEFUL_CHANGEABLE = ['replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy', 'minReadySeconds'];

/** The template as its pods will have it: each claim template brings a volume of its name. */
function withClaimVolumes(spec: Draft): Draft {
  const claims: Draft[] = spec.volumeClaimTemplates ?? [];
  if (claims.length === 0 || !spec.template?.spec) return spec;
  const volumes = claims.map(({ metadata }) => ({ name: metadata?.name ?? '', persistentVolumeClaim: { claimName: metadata?.name ?? '' } }));
  const names = new Set(volumes.map(volume => volume.name));
  const others = (spec.template.spec.volumes ?? []).filter((volume: Draft) => !names.has(volume.name));
  return { ...spec, template: { ...spec.template, spec: { ...spec.template.spec, volumes: [...volumes, ...others] } } };
}

function statefulSetUpdate(after: Draft, before: Draft): FieldProblem[] {
  const fixed = (spec: Draft): Draft => Object.fromEntries(Object.entries(spec).filter(([key]) => !STATEFUL_CHANGEABLE.includes(key)));
  if (deepEqual(fixed(after.spec), fixed(before.spec))) return [];
  return [forbidden('spec', "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden")];
}

function defaultWorkload(object: Draft): Draft {
  fill(object, 'spec', {});
  fill(object.spec, 'template', {});
  defaultPodTemplate(object.spec.template);
  return object.spec;
}

export const deployment = defineKind({
  kind: 'Deployment', apiVersion: 'apps/v1', generation: true,
  defaults(object) {
    const spec = defaultWorkload(object);
    fill(spec, 'replicas', 1);
    fill(spec, 'strategy', {});
    if (!spec.strategy.type) spec.strategy.type = 'RollingUpdate';
    if (spec.strategy.type === 'RollingUpdate') {
      fill(spec.strategy, 'rollingUpdate', {});
      fill(spec.strategy.rollingUpdate, 'maxUnavailable', '25%');
      fill(spec.strategy.rollingUpdate, 'maxSurge', '25%');
    }
    fill(spec, 'revisionHistoryLimit', 10);
    fill(spec, 'progressDeadlineSeconds', 600);
  },
  prepareCreate: clearStatus,
  validate: ({ spec }) => [
    ...nonNegative(spec.replicas, 'spec.replicas'), ...workloadSelector(spec, 'deployment'), ...templateProblems(spec), ...strategyProblems(spec),
    ...nonNegative(spec.minReadySeconds, 'spec.minReadySeconds'), ...nonNegative(spec.revisionHistoryLimit, 'spec.revisionHistoryLimit'), ...deadlineProblems(spec),
  ],
  validateUpdate: selectorUnchanged,
  columns: [
    nameColumn,
    { header: 'Ready', cell: each => `${each.status?.readyReplicas ?? 0}/${each.spec?.replicas ?? 0}` },
    { header: 'Up-to-date', cell: each => each.status?.updatedReplicas ?? 0 },
    { header: 'Available', cell: each => each.status?.availableReplicas ?? 0 },
    ageColumn, ...containerColumns, selectorColumn,
  ],
});

export const replicaSet = defineKind({
  kind: 'ReplicaSet', apiVersion: 'apps/v1', generation: true,
  defaults: object => { fill(defaultWorkload(object), 'replicas', 1); },
  prepareCreate: object => { object.status = { replicas: 0 }; },
  validate: ({ spec }) => [
    ...nonNegative(spec.replicas, 'spec.replicas'), ...nonNegative(spec.minReadySeconds, 'spec.minReadySeconds'), ...workloadSelector(spec, 'deployment'), ...templateProblems(spec),
  ],
  validateUpdate: selectorUnchanged,
  statusDefaults: object => { if (object.status) fill(object.status, 'replicas', 0); },
  columns: [
    nameColumn,
    { header: 'Desired', type: 'integer', cell: each => each.spec?.replicas ?? 0 },
    { header: 'Current', type: 'integer', cell: each => each.status?.replicas ?? 0 },
    { header: 'Ready', type: 'integer', cell: each => each.status?.readyReplicas ?? 0 },
    ageColumn, ...containerColumns, selectorColumn,
  ],
});

export const statefulSet = defineKind({
  kind: 'StatefulSet', apiVersion: 'apps/v1', nameRule: 'dns-label', generation: true,
  defaults(object) {
    const spec = defaultWorkload(object);
    fill(spec, 'replicas', 1);
    fill(spec, 'serviceName', '');
    if (!spec.podManagementPolicy) spec.podManagementPolicy = 'OrderedReady';
    fill(spec, 'updateStrategy', {});
    if (!spec.updateStrategy.type) {
      spec.updateStrategy.type = 'RollingUpdate';
      fill(spec.updateStrategy, 'rollingUpdate', {});
    }
    if (spec.updateStrategy.rollingUpdate) fill(spec.updateStrategy.rollingUpdate, 'partition', 0);
    fill(spec, 'revisionHistoryLimit', 10);
    fill(spec, 'persistentVolumeClaimRetentionPolicy', {});
    if (!spec.persistentVolumeClaimRetentionPolicy.whenDeleted) spec.persistentVolumeClaimRetentionPolicy.whenDeleted = 'Retain';
    if (!spec.persistentVolumeClaimRetentionPolicy.whenScaled) spec.persistentVolumeClaimRetentionPolicy.whenScaled = 'Retain';
    for (const claim of spec.volumeClaimTemplates ?? []) {
      claim.kind = 'PersistentVolumeClaim';
      claim.apiVersion = 'v1';
      fill(claim, 'spec', {});
      fill(claim, 'metadata', {});
      defaultClaimSpec(claim.spec);
      fill(claim, 'status', {});
      if (!claim.status.phase) claim.status.phase = 'Pending';
    }
  },
  prepareCreate: object => { object.status = { replicas: 0, availableReplicas: 0 }; },
  validate: ({ spec }) => [
    ...oneOf(spec.podManagementPolicy, 'spec.podManagementPolicy', ['OrderedReady', 'Parallel']), ...oneOf(spec.updateStrategy.type, 'spec.updateStrategy', ['RollingUpdate', 'OnDelete']),
    ...nonNegative(spec.replicas, 'spec.replicas'), ...workloadSelector(spec, 'statefulset'), ...templateProblems(withClaimVolumes(spec)),
  ],
  validateUpdate: statefulSetUpdate,
  statusDefaults(object) {
    if (!object.status) return;
    fill(object.status, 'replicas', 0);
    fill(object.status, 'availableReplicas', 0);
  },
  columns: [
    nameColumn,
    { header: 'Ready', cell: each => `${each.status?.readyReplicas ?? 0}/${each.spec?.replicas ?? 0}` },
    ageColumn, ...containerColumns,
  ],
});

export const daemonSet = defineKind({
  kind: 'DaemonSet', apiVersion: 'apps/v1', generation: true,
  defaults(object) {
    const spec = defaultWorkload(object);
    fill(spec, 'updateStrategy', {});
    if (!spec.updateStrategy.type) spec.updateStrategy.type = 'RollingUpdate';
    if (spec.updateStrategy.type === 'RollingUpdate') {
      fill(spec.updateStrategy, 'rollingUpdate', {});
      fill(spec.updateStrategy.rollingUpdate, 'maxUnavailable', 1);
      fill(spec.updateStrategy.rollingUpdate, 'maxSurge', 0);
    }
    fill(spec, 'revisionHistoryLimit', 10);
    object.metadata.annotations ??= {};
    fill(object.metadata.annotations, 'deprecated.daemonset.template.generation', '0');
  },
  prepareCreate(object) {
    object.status = { currentNumberScheduled: 0, numberMisscheduled: 0, desiredNumberScheduled: 0, numberReady: 0 };
    object.metadata.annotations['deprecated.daemonset.template.generation'] = '1';
  },
  validate: ({ spec }) => [
    ...workloadSelector(spec, 'daemonset'), ...templateProblems(spec), ...nonNegative(spec.minReadySeconds, 'spec.minReadySeconds'), ...nonNegative(spec.revisionHistoryLimit, 'spec.revisionHistoryLimit'),
  ],
  validateUpdate: selectorUnchanged,
  prepareUpdate(after, before) {
    const generation = before.metadata.annotations?.['deprecated.daemonset.template.generation'] ?? '1';
    after.metadata = { ...after.metadata, annotations: { ...after.metadata.annotations, 'deprecated.daemonset.template.generation': generation } };
  },
  statusDefaults(object) {
    if (!object.status) return;
    for (const key of ['currentNumberScheduled', 'numberMisscheduled', 'desiredNumberScheduled', 'numberReady']) fill(object.status, key, 0);
  },
  columns: [
    nameColumn,
    { header: 'Desired', type: 'integer', cell: each => each.status?.desiredNumberScheduled ?? 0 },
    { header: 'Current', type: 'integer', cell: each => each.status?.currentNumberScheduled ?? 0 },
    { header: 'Ready', type: 'integer', cell: each => each.status?.numberReady ?? 0 },
    { header: 'Up-to-date', type: 'integer', cell: each => each.status?.updatedNumberScheduled ?? 0 },
    { header: 'Available', type: 'integer', cell: each => each.status?.numberAvailable ?? 0 },
    { header: 'Node Selector', cell: each => formatSelector({ matchLabels: each.spec?.template?.spec?.nodeSelector ?? {} }) },
    ageColumn, ...containerColumns, selectorColumn,
  ],
});
