/** Deployment, ReplicaSet, StatefulSet, DaemonSet, ReplicationController: kinds that hold a pod template and count replicas. */
import type { Draft } from '../apimachinery/json.ts';
import { formatSelector } from '../apimachinery/label-selector.ts';
import { ageColumn, containerColumns, nameColumn } from './columns.ts';
import { defineKind, type Column } from './kind.ts';
import { defaultClaimSpec, defaultPodTemplate, fill } from './pod-template.ts';

const selectorColumn: Column = { header: 'Selector', wide: true, cell: object => formatSelector(object.spec?.selector) };
const clearStatus = (object: Draft): void => { object.status = {}; };

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
  statusDefaults: object => { if (object.status) fill(object.status, 'replicas', 0); },
  fieldSelectors: { 'status.replicas': each => String(each.status?.replicas ?? 0) },
  columns: [
    nameColumn,
    { header: 'Desired', type: 'integer', cell: each => each.spec?.replicas ?? 0 },
    { header: 'Current', type: 'integer', cell: each => each.status?.replicas ?? 0 },
    { header: 'Ready', type: 'integer', cell: each => each.status?.readyReplicas ?? 0 },
    ageColumn, ...containerColumns, selectorColumn,
  ],
});

export const statefulSet = defineKind({
  kind: 'StatefulSet', apiVersion: 'apps/v1', generation: true,
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
  prepareUpdate(after, before) {
    after.metadata.annotations ??= {};
    after.metadata.annotations['deprecated.daemonset.template.generation'] = before.metadata.annotations?.['deprecated.daemonset.template.generation'] ?? '1';
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
