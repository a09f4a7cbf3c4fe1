/** PersistentVolume, PersistentVolumeClaim, StorageClass, and the records of CSI. */
import { deepEqual, type Draft } from '../apimachinery/json.ts';
import { rfc3339 } from '../kernel/calendar.ts';
import { forbidden, invalid, required, type FieldProblem } from '../apimachinery/field-problem.ts';
import { dnsSubdomainProblems } from '../apimachinery/names.ts';
import { compareQuantities } from '../apimachinery/quantity.ts';
import { labelSelector, oneOf, oneOfOrNone } from './field-checks.ts';
import { ageColumn, nameColumn } from './columns.ts';
import { defineKind, type Column } from './kind.ts';
import { canonicalResources, defaultClaimSpec, fill } from './pod-template.ts';

const MODES: Readonly<Record<string, string>> = { ReadWriteOnce: 'RWO', ReadOnlyMany: 'ROX', ReadWriteMany: 'RWX', ReadWriteOncePod: 'RWOP' };

/** `RWO,ROX`: access modes in upstream's order, each once. */
export function accessModesText(modes: readonly string[] | undefined): string {
  return Object.keys(MODES).filter(mode => modes?.includes(mode)).map(mode => MODES[mode]!).join(',');
}

const attributesClass = (spec: Draft | undefined): string => spec?.volumeAttributesClassName || '<unset>';
const volumeModeColumn: Column = { header: 'VolumeMode', wide: true, cell: each => each.spec?.volumeMode ?? '<unset>' };
const storageClassOf = (object: Draft): string =>
  object.metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? object.spec?.storageClassName ?? '';

export const persistentVolumeClaim = defineKind({
  kind: 'PersistentVolumeClaim', apiVersion: 'v1',
  defaults(object) {
    fill(object, 'spec', {});
    defaultClaimSpec(object.spec);
  },
  prepareCreate(object) {
    object.status = { phase: 'Pending' };
    object.metadata.finalizers = [...new Set([...(object.metadata.finalizers ?? []), 'kubernetes.io/pvc-protection'])];
  },
  statusDefaults: object => { fill(object, 'status', {}); if (!object.status.phase) object.status.phase = 'Pending'; },
  validate({ spec }) {
    const problems: FieldProblem[] = [];
    if (!spec.accessModes?.length) problems.push(required('spec.accessModes', 'at least 1 access mode is required'));
    for (const mode of spec.accessModes ?? []) problems.push(...oneOf(mode, 'spec.accessModes', Object.keys(MODES).sort()));
    const storage = spec.resources?.requests?.storage;
    if (storage === undefined) problems.push(required('spec.resources[storage]'));
    else if (compareQuantities(storage, '0') <= 0) problems.push(invalid('spec.resources[storage]', storage, 'must be greater than zero'));
    if (spec.storageClassName) for (const problem of dnsSubdomainProblems(spec.storageClassName)) problems.push(invalid('spec.storageClassName', spec.storageClassName, problem));
    problems.push(...labelSelector(spec.selector, 'spec.selector'), ...oneOfOrNone(spec.volumeMode, 'spec.volumeMode', ['Block', 'Filesystem']));
    return problems;
  },
  validateUpdate(after, before) {
    const fixed = ({ resources: _resources, volumeAttributesClassName: _attributes, volumeName, storageClassName, ...rest }: Draft): Draft => ({ ...rest, ...(before.spec.volumeName && { volumeName }), ...(before.spec.storageClassName !== undefined && { storageClassName }) });
    const problems: FieldProblem[] = [];
    const isBound = before.status?.phase === 'Bound';
    const sizeChanged = compareQuantities(after.spec.resources?.requests?.storage, before.spec.resources?.requests?.storage);
    if (!deepEqual(fixed(after.spec), fixed(before.spec)) || (sizeChanged !== 0 && !isBound)) problems.push(forbidden('spec', 'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims'));
    else if (sizeChanged < 0) problems.push(forbidden('spec.resources.requests.storage', 'field can not be less than status.capacity'));
    return problems;
  },
  columns: [
    nameColumn,
    { header: 'Status', cell: each => (each.metadata.deletionTimestamp ? 'Terminating' : each.status?.phase ?? '') },
    { header: 'Volume', cell: each => each.spec?.volumeName ?? '' },
    { header: 'Capacity', cell: each => (each.spec?.volumeName ? each.status?.capacity?.storage ?? '0' : '') },
    { header: 'Access Modes', cell: each => (each.spec?.volumeName ? accessModesText(each.status?.accessModes) : '') },
    { header: 'StorageClass', cell: storageClassOf },
    { header: 'VolumeAttributesClass', cell: each => attributesClass(each.spec) },
    ageColumn, volumeModeColumn,
  ],
});

export const persistentVolume = defineKind({
  kind: 'PersistentVolume', apiVersion: 'v1',
  defaults(object) {
    fill(object, 'spec', {});
    const { spec } = object;
    canonicalResources(spec.capacity);
    if (!spec.persistentVolumeReclaimPolicy) spec.persistentVolumeReclaimPolicy = 'Retain';
    fill(spec, 'volumeMode', 'Filesystem');
    if (spec.hostPath) fill(spec.hostPath, 'type', '');
  },
  prepareCreate(object, { nowMs }) {
    object.status = { phase: 'Pending', lastPhaseTransitionTime: rfc3339(nowMs) };
    object.metadata.finalizers = [...new Set([...(object.metadata.finalizers ?? []), 'kubernetes.io/pv-protection'])];
  },
  statusDefaults: object => { fill(object, 'status', {}); if (!object.status.phase) object.status.phase = 'Pending'; },
  columns: [
    nameColumn,
    { header: 'Capacity', cell: each => each.spec?.capacity?.storage ?? '0' },
    { header: 'Access Modes', cell: each => accessModesText(each.spec?.accessModes) },
    { header: 'Reclaim Policy', cell: each => each.spec?.persistentVolumeReclaimPolicy ?? '' },
    { header: 'Status', cell: each => (each.metadata.deletionTimestamp ? 'Terminating' : each.status?.phase ?? '') },
    { header: 'Claim', cell: each => (each.spec?.claimRef ? `${each.spec.claimRef.namespace ?? ''}/${each.spec.claimRef.name}` : '') },
    { header: 'StorageClass', cell: storageClassOf },
    { header: 'VolumeAttributesClass', cell: each => attributesClass(each.spec) },
    { header: 'Reason', cell: each => each.status?.reason ?? '' },
    ageColumn, volumeModeColumn,
  ],
});

export const storageClass = defineKind({
  kind: 'StorageClass', apiVersion: 'storage.k8s.io/v1',
  defaults(object) {
    fill(object, 'reclaimPolicy', 'Delete');
    fill(object, 'volumeBindingMode', 'Immediate');
  },
  columns: [
    {
      header: 'Name', format: 'name',
      cell: each => {
        const { name, annotations = {} } = each.metadata;
        const isDefault = annotations['storageclass.kubernetes.io/is-default-class'] === 'true' || annotations['storageclass.beta.kubernetes.io/is-default-class'] === 'true';
        return isDefault ? `${name} (default)` : name;
      },
    },
    { header: 'Provisioner', cell: each => each.provisioner ?? '' },
    { header: 'ReclaimPolicy', cell: each => each.reclaimPolicy ?? 'Delete' },
    { header: 'VolumeBindingMode', cell: each => each.volumeBindingMode ?? 'Immediate' },
    { header: 'AllowVolumeExpansion', cell: each => each.allowVolumeExpansion === true },
    ageColumn,
  ],
});

export const volumeAttachment = defineKind({
  kind: 'VolumeAttachment', apiVersion: 'storage.k8s.io/v1',
  prepareCreate: object => { object.status = { attached: false }; },
  columns: [
    nameColumn,
    { header: 'Attacher', cell: each => each.spec?.attacher ?? '' },
    { header: 'PV', cell: each => each.spec?.source?.persistentVolumeName ?? '' },
    { header: 'Node', cell: each => each.spec?.nodeName ?? '' },
    { header: 'Attached', type: 'boolean', cell: each => each.status?.attached === true },
    ageColumn,
  ],
});

export const csiDriver = defineKind({
  kind: 'CSIDriver', apiVersion: 'storage.k8s.io/v1',
  defaults(object) {
    fill(object, 'spec', {});
    const { spec } = object;
    fill(spec, 'attachRequired', true);
    fill(spec, 'podInfoOnMount', false);
    fill(spec, 'storageCapacity', false);
    fill(spec, 'fsGroupPolicy', 'ReadWriteOnceWithFSType');
    if (!spec.volumeLifecycleModes?.length) spec.volumeLifecycleModes = ['Persistent'];
    fill(spec, 'requiresRepublish', false);
    fill(spec, 'seLinuxMount', false);
  },
  columns: [
    nameColumn,
    { header: 'AttachRequired', type: 'boolean', cell: each => each.spec?.attachRequired ?? true },
    { header: 'PodInfoOnMount', type: 'boolean', cell: each => each.spec?.podInfoOnMount ?? false },
    { header: 'StorageCapacity', type: 'boolean', cell: each => each.spec?.storageCapacity ?? false },
    { header: 'TokenRequests', cell: each => ((each.spec?.tokenRequests ?? []) as Draft[]).map(one => one.audience).join(',') || '<unset>' },
    { header: 'RequiresRepublish', type: 'boolean', cell: each => each.spec?.requiresRepublish ?? false },
    { header: 'Modes', cell: each => (each.spec?.volumeLifecycleModes ?? []).join(',') || '<none>' },
    ageColumn,
  ],
});

export const csiNode = defineKind({
  kind: 'CSINode', apiVersion: 'storage.k8s.io/v1',
  columns: [nameColumn, { header: 'Drivers', type: 'integer', cell: each => (each.spec?.drivers ?? []).length }, ageColumn],
});

export const volumeAttributesClass = defineKind({
  kind: 'VolumeAttributesClass', apiVersion: 'storage.k8s.io/v1',
  prepareCreate(object) { object.metadata.finalizers = [...new Set([...(object.metadata.finalizers ?? []), 'kubernetes.io/vac-protection'])]; },
  columns: [nameColumn, { header: 'DriverName', cell: each => each.driverName ?? '' }, ageColumn],
});
