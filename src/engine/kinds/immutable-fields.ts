/** Fields that stay as they were created, for kinds that check little else on an update. Source: each kind's ValidateUpdate, and recordings. */
import { forbidden, invalid, type FieldProblem } from '../apimachinery/field-problem.ts';
import { deepEqual, type Draft } from '../apimachinery/json.ts';
import type { KindDeclaration } from './kind.ts';

/** How the refusal speaks: of the value, or that updates are forbidden. */
type Refuses = (field: string, now: unknown) => FieldProblem;

interface Fixed {
  readonly path: string;
  readonly refuses: Refuses;
  /** The value in the message, where Go shows its own form of it. */
  readonly shown?: (value: Draft | undefined) => unknown;
}

const immutable = (path: string, shown?: Fixed['shown']): Fixed => ({ path, refuses: (field, now) => invalid(field, now, 'field is immutable'), ...(shown && { shown }) });
const noUpdates = (path: string): Fixed => ({ path, refuses: field => forbidden(field, `updates to ${field} are forbidden.`) });

const attachment = (spec: Draft = {}): unknown => ({
  Attacher: spec.attacher ?? '', Source: { PersistentVolumeName: spec.source?.persistentVolumeName ?? null, InlineVolumeSpec: spec.source?.inlineVolumeSpec ?? null }, NodeName: spec.nodeName ?? '',
});
const parentRef = (ref: Draft = {}): unknown => ({ Group: ref.group ?? '', Resource: ref.resource ?? '', Namespace: ref.namespace ?? '', Name: ref.name ?? '' });
const objectRef = (ref: Draft = {}): unknown => ({
  Kind: ref.kind ?? '', Namespace: ref.namespace ?? '', Name: ref.name ?? '', UID: ref.uid ?? '', APIVersion: ref.apiVersion ?? '', ResourceVersion: ref.resourceVersion ?? '', FieldPath: ref.fieldPath ?? '',
});
const claim = ({ devices = {} }: Draft = {}): unknown => ({
  Devices: {
    Requests: ((devices.requests ?? null) as Draft[] | null)?.map(({ name, exactly, firstAvailable }) => ({
      Name: name ?? '',
      Exactly: exactly === undefined ? null : {
        DeviceClassName: exactly.deviceClassName ?? '', Selectors: exactly.selectors ?? null, AllocationMode: exactly.allocationMode ?? '', Count: exactly.count ?? 0, AdminAccess: exactly.adminAccess ?? null,
        Tolerations: exactly.tolerations ?? null, Capacity: exactly.capacity ?? null,
      },
      FirstAvailable: firstAvailable ?? null,
    })) ?? null,
    Constraints: devices.constraints ?? null, Config: devices.config ?? null,
  },
});

const FIXED: Readonly<Record<string, readonly Fixed[]>> = {
  'apps/v1/ControllerRevision': [immutable('data')],
  'storage.k8s.io/v1/VolumeAttachment': [immutable('spec', attachment)],
  'storage.k8s.io/v1/StorageClass': [noUpdates('parameters'), noUpdates('provisioner'), noUpdates('reclaimPolicy'), immutable('volumeBindingMode')],
  'storage.k8s.io/v1/VolumeAttributesClass': [noUpdates('driverName'), noUpdates('parameters')],
  'storage.k8s.io/v1/CSIStorageCapacity': [immutable('nodeTopology'), immutable('storageClassName')],
  'networking.k8s.io/v1/IPAddress': [immutable('spec.parentRef', parentRef)],
  'networking.k8s.io/v1/IngressClass': [immutable('spec.controller')],
  'discovery.k8s.io/v1/EndpointSlice': [immutable('addressType')],
  'node.k8s.io/v1/RuntimeClass': [immutable('handler')],
  'scheduling.k8s.io/v1/PriorityClass': [{ path: 'value', refuses: field => forbidden(field, 'may not be changed in an update.') }, immutable('preemptionPolicy')],
  'resource.k8s.io/v1/ResourceClaim': [immutable('spec', claim)],
  'v1/ResourceQuota': [immutable('spec.scopes')],
};

/** Events of the new API fix more than those of the old one; both are stored as one kind. */
const EVENT_FIXED: readonly Fixed[] = [
  immutable('involvedObject', objectRef), immutable('reason'), immutable('message'), immutable('type'), immutable('action'), immutable('reportingComponent'), immutable('reportingInstance'),
];

const at = (object: Draft, path: string): unknown => path.split('.').reduce<unknown>((value, key) => (value as Draft | undefined)?.[key], object);

const problemsOf = (fixed: readonly Fixed[], after: Draft, before: Draft): FieldProblem[] => fixed.flatMap(({ path, refuses, shown }) => {
  const now = at(after, path);
  return deepEqual(now, at(before, path)) ? [] : [refuses(path, shown ? shown(now as Draft | undefined) : now ?? (typeof at(before, path) === 'string' ? '' : null))];
});

/** Service ranges may grow from one family to two, never change. */
function serviceRanges(after: Draft, before: Draft): FieldProblem[] {
  const [now, then] = [after.spec?.cidrs as string[] | undefined, (before.spec?.cidrs ?? []) as string[]];
  if (!now || now.length < then.length) return [invalid('spec.cidrs', now ?? null, 'field is immutable')];
  return then.flatMap((cidr, i) => (now[i] === cidr ? [] : [invalid(`spec.cidrs[${i}]`, now[i], 'field is immutable')]));
}

function csiNodeDrivers(after: Draft, before: Draft): FieldProblem[] {
  const old = new Map(((before.spec?.drivers ?? []) as Draft[]).map(driver => [driver.name as string, driver]));
  return ((after.spec?.drivers ?? []) as Draft[]).flatMap(driver => {
    const known = old.get(driver.name);
    if (!known || deepEqual({ ...known, allocatable: 0 }, { ...driver, allocatable: 0 })) return [];
    return [invalid('spec.drivers', { Name: driver.name, NodeID: driver.nodeID ?? '', TopologyKeys: driver.topologyKeys ?? null, Allocatable: driver.allocatable ?? null }, 'field is immutable')];
  });
}

/** A declaration with what must not change. */
export function withImmutableFields(declaration: KindDeclaration): KindDeclaration {
  const name = `${declaration.apiVersion}/${declaration.kind}`;
  const fixed = FIXED[name];
  const rule = fixed ? (after: Draft, before: Draft) => problemsOf(fixed, after, before)
    : name === 'networking.k8s.io/v1/ServiceCIDR' ? serviceRanges
      : name === 'storage.k8s.io/v1/CSINode' ? csiNodeDrivers
        : name === 'v1/Event' ? (after: Draft, before: Draft) => (after.eventTime && before.eventTime ? problemsOf(EVENT_FIXED, after, before) : []) : undefined;
  if (!rule) return declaration;
  const { validateUpdate } = declaration;
  return { ...declaration, validateUpdate: (after, before) => [...(validateUpdate?.(after, before) ?? []), ...rule(after, before)] };
}
