/** Nodes and storage. */
import type { Node, Pod } from 'kubernetes-types/core/v1.d.ts';
import { addQuantities, canonicalQuantity, milliValue, unitValue } from '../../../engine/apimachinery/quantity.ts';
import type { AnyObject, Json } from '../client/api-client.ts';
import type { Describer } from './describer.ts';
import { metadataLines, sourceLines } from './pod-template.ts';
import { annotationLines, type Description, eventLines, labelLines, longTime } from './writer.ts';

const text = (value: unknown): string => String(value ?? '');
const sortedEntries = (map: unknown): [string, string][] => Object.entries((map ?? {}) as Record<string, string>).sort(([a], [b]) => (a < b ? -1 : 1));

export const node: Describer = function* (w, object, context) {
  const { metadata, spec, status } = object as Node & AnyObject;
  const lease = yield* context.find('leases.coordination.k8s.io', metadata.name, 'kube-node-lease');
  const pods = (yield* context.list('pods', undefined, { namespace: '', fieldSelector: `spec.nodeName=${metadata.name},status.phase!=Succeeded,status.phase!=Failed` })) as (Pod & AnyObject)[];
  w.line(0, `Name:\t${metadata.name}`);
  const roles = Object.keys((metadata.labels ?? {}) as Json).filter(key => key.startsWith('node-role.kubernetes.io/')).map(key => key.slice(24)).sort();
  w.line(0, `Roles:\t${roles.length === 0 ? '<none>' : roles.join(',')}`);
  labelLines(w, 'Labels', metadata.labels);
  annotationLines(w, metadata.annotations);
  w.line(0, `CreationTimestamp:\t${longTime(metadata.creationTimestamp)}`);
  const taints = spec?.taints ?? [];
  if (taints.length === 0) w.line(0, 'Taints:\t<none>');
  const shown = taints.map(taint => `${taint.key}${taint.value ? `=${taint.value}` : ''}:${taint.effect}`).sort();
  shown.forEach((taint, index) => { w.line(0, index === 0 ? `Taints:\t${taint}` : `\t${taint}`); });
  w.line(0, `Unschedulable:\t${String(spec?.unschedulable ?? false)}`);
  leaseLines(w, metadata.name, lease);
  const conditions = status?.conditions ?? [];
  if (conditions.length > 0) {
    w.line(0, 'Conditions:\n  Type\tStatus\tLastHeartbeatTime\tLastTransitionTime\tReason\tMessage');
    w.line(1, '----\t------\t-----------------\t------------------\t------\t-------');
    for (const each of conditions) {
      w.line(1, `${each.type} \t${each.status} \t${longTime(each.lastHeartbeatTime)} \t${longTime(each.lastTransitionTime)} \t${text(each.reason)} \t${text(each.message)}`);
    }
  }
  w.line(0, 'Addresses:');
  for (const address of status?.addresses ?? []) w.line(1, `${address.type}:\t${address.address}`);
  for (const [title, list] of [['Capacity', status?.capacity], ['Allocatable', status?.allocatable]] as const) {
    if (Object.keys(list ?? {}).length === 0) continue;
    w.line(0, `${title}:`);
    for (const [name, value] of sortedEntries(list)) w.line(1, `${name}:\t${canonicalQuantity(value)}`);
  }
  const info = status?.nodeInfo;
  w.line(0, 'System Info:');
  w.line(1, `Machine ID:\t${text(info?.machineID)}`);
  w.line(1, `System UUID:\t${text(info?.systemUUID)}`);
  w.line(1, `Boot ID:\t${text(info?.bootID)}`);
  w.line(1, `Kernel Version:\t${text(info?.kernelVersion)}`);
  w.line(1, `OS Image:\t${text(info?.osImage)}`);
  w.line(1, `Operating System:\t${text(info?.operatingSystem)}`);
  w.line(1, `Architecture:\t${text(info?.architecture)}`);
  w.line(1, `Container Runtime Version:\t${text(info?.containerRuntimeVersion)}`);
  w.line(1, `Kubelet Version:\t${text(info?.kubeletVersion)}`);
  w.line(1, `Kube-Proxy Version:\t${text(info?.kubeProxyVersion)}`);
  if (spec?.podCIDR) w.line(0, `PodCIDR:\t${spec.podCIDR}`);
  if ((spec?.podCIDRs ?? []).length > 0) w.line(0, `PodCIDRs:\t${spec!.podCIDRs!.join(',')}`);
  if (spec?.providerID) w.line(0, `ProviderID:\t${spec.providerID}`);
  podTable(w, pods, (status?.allocatable ?? status?.capacity ?? {}) as Json);
  eventLines(w, yield* context.events());
};

function leaseLines(w: Description, name: string, lease: AnyObject | undefined): void {
  if (!lease) { w.line(0, `Lease:\tFailed to get lease: leases.coordination.k8s.io ${JSON.stringify(name)} not found`); return; }
  w.line(0, 'Lease:');
  const spec = (lease.spec ?? {}) as Json;
  w.line(1, `HolderIdentity:\t${spec.holderIdentity ? text(spec.holderIdentity) : '<unset>'}`);
  w.line(1, `AcquireTime:\t${spec.acquireTime ? longTime(spec.acquireTime) : '<unset>'}`);
  w.line(1, `RenewTime:\t${spec.renewTime ? longTime(spec.renewTime) : '<unset>'}`);
}

/** What a pod asks for: containers together, or its largest init container. */
function podTotals(pod: Pod, field: 'requests' | 'limits'): Record<string, string> {
  const totals: Record<string, string> = {};
  const add = (resources: Readonly<Record<string, string>> | undefined): void => {
    for (const [name, value] of Object.entries(resources ?? {})) totals[name] = totals[name] === undefined ? canonicalQuantity(value) : addQuantities(totals[name], value);
  };
  for (const container of pod.spec!.containers) add(container.resources?.[field] as Record<string, string> | undefined);
  for (const container of pod.spec!.initContainers ?? []) {
    if ((container as { restartPolicy?: string }).restartPolicy === 'Always') { add(container.resources?.[field] as Record<string, string> | undefined); continue; }
    for (const [name, value] of Object.entries((container.resources?.[field] ?? {}) as Record<string, string>)) {
      if (totals[name] === undefined || milliValue(value) > milliValue(totals[name])) totals[name] = canonicalQuantity(value);
    }
  }
  add((pod.spec as { overhead?: Record<string, string> }).overhead);
  return totals;
}

function share(value: unknown, whole: unknown, cpu: boolean): string {
  const total = cpu ? milliValue(whole ?? '0') : unitValue(whole ?? '0');
  const part = cpu ? milliValue(value) : unitValue(value);
  return String(total === 0 ? 0 : Math.trunc(part / total * 100));
}

function podTable(w: Description, pods: readonly (Pod & AnyObject)[], allocatable: Json): void {
  w.line(0, `Non-terminated Pods:\t(${pods.length} in total)`);
  w.line(1, 'Namespace\tName\t\tCPU Requests\tCPU Limits\tMemory Requests\tMemory Limits\tAge');
  w.line(1, '---------\t----\t\t------------\t----------\t---------------\t-------------\t---');
  const sums: { requests: Record<string, string>; limits: Record<string, string> } = { requests: {}, limits: {} };
  for (const pod of pods) {
    const requests = podTotals(pod, 'requests');
    const limits = podTotals(pod, 'limits');
    for (const [field, totals] of [['requests', requests], ['limits', limits]] as const) {
      for (const [name, value] of Object.entries(totals)) sums[field][name] = sums[field][name] === undefined ? value : addQuantities(sums[field][name], value);
    }
    const cell = (value: string | undefined, name: string): string => `${value ?? '0'} (${share(value ?? '0', allocatable[name], name === 'cpu')}%)`;
    w.line(1, `${text(pod.metadata.namespace)}\t${pod.metadata.name}\t\t${cell(requests.cpu, 'cpu')}\t${cell(limits.cpu, 'cpu')}\t${cell(requests.memory, 'memory')}\t${cell(limits.memory, 'memory')}\t${w.since(pod.metadata.creationTimestamp)}`);
  }
  w.line(0, 'Allocated resources:\n  (Total limits may be over 100 percent, i.e., overcommitted.)');
  w.line(1, 'Resource\tRequests\tLimits');
  w.line(1, '--------\t--------\t------');
  for (const name of ['cpu', 'memory', 'ephemeral-storage']) {
    const cell = (value: string | undefined): string => `${value ?? '0'} (${share(value ?? '0', allocatable[name], name === 'cpu')}%)`;
    w.line(1, `${name}\t${cell(sums.requests[name])}\t${cell(sums.limits[name])}`);
  }
  const standard = new Set(['cpu', 'memory', 'ephemeral-storage', 'pods']);
  for (const name of Object.keys(allocatable).sort()) {
    if (!standard.has(name)) w.line(1, `${name}\t${sums.requests[name] ?? '0'}\t${sums.limits[name] ?? '0'}`);
  }
}

const MODES: Readonly<Record<string, string>> = { ReadWriteOnce: 'RWO', ReadOnlyMany: 'ROX', ReadWriteMany: 'RWX', ReadWriteOncePod: 'RWOP' };
const modes = (list: unknown): string => ((list ?? []) as string[]).map(mode => MODES[mode] ?? mode).join(',');
const finalizers = (object: AnyObject): string => `[${((object.metadata.finalizers ?? []) as string[]).join(' ')}]`;

export const persistentVolume: Describer = function* (w, object, context) {
  const spec = object.spec as Json;
  const status = (object.status ?? {}) as Json;
  metadataLines(w, object as unknown as Json, { namespace: false });
  w.line(0, `Finalizers:\t${finalizers(object)}`);
  w.line(0, `StorageClass:\t${text(spec.storageClassName)}`);
  w.line(0, object.metadata.deletionTimestamp ? `Status:\tTerminating (lasts ${w.since(object.metadata.deletionTimestamp)})` : `Status:\t${text(status.phase)}`);
  const claim = spec.claimRef as Json | undefined;
  w.line(0, `Claim:\t${claim ? `${text(claim.namespace)}/${text(claim.name)}` : ''}`);
  w.line(0, `Reclaim Policy:\t${text(spec.persistentVolumeReclaimPolicy)}`);
  w.line(0, `Access Modes:\t${modes(spec.accessModes)}`);
  if (spec.volumeMode) w.line(0, `VolumeMode:\t${text(spec.volumeMode)}`);
  const capacity = (spec.capacity as Json | undefined)?.storage;
  w.line(0, `Capacity:\t${capacity === undefined ? '' : canonicalQuantity(capacity)}`);
  affinityLines(w, spec.nodeAffinity as Json | undefined);
  w.line(0, `Message:\t${text(status.message)}`);
  w.line(0, 'Source:');
  sourceLines(w, 2, spec);
  eventLines(w, yield* context.events());
};

function affinityLines(w: Description, affinity: Json | undefined): void {
  const terms = ((affinity?.required as Json | undefined)?.nodeSelectorTerms ?? []) as Json[];
  if (!affinity) { w.line(0, 'Node Affinity:\t<none>'); return; }
  w.line(0, 'Node Affinity:\t');
  if (terms.length === 0) { w.line(1, 'Required Terms:\t<none>'); return; }
  w.line(1, 'Required Terms:\t');
  terms.forEach((term, index) => {
    const expressions = (term.matchExpressions ?? []) as Json[];
    const shown = expressions.map(each => `${text(each.key)} ${text(each.operator).toLowerCase()} [${((each.values ?? []) as string[]).join(', ')}]`);
    w.line(2, `Term ${index}:\t${shown.length === 0 ? '<none>' : shown[0]}`);
    for (const line of shown.slice(1)) w.line(2, `\t${line}`);
  });
}

export const persistentVolumeClaim: Describer = function* (w, object, context) {
  const spec = object.spec as Json;
  const status = (object.status ?? {}) as Json;
  const pods = (yield* context.list('pods')).filter(pod => (((pod.spec as Json).volumes ?? []) as Json[])
    .some(volume => (volume.persistentVolumeClaim as Json | undefined)?.claimName === object.metadata.name));
  w.line(0, `Name:\t${object.metadata.name}`);
  w.line(0, `Namespace:\t${text(object.metadata.namespace)}`);
  w.line(0, `StorageClass:\t${text(spec.storageClassName)}`);
  w.line(0, object.metadata.deletionTimestamp ? `Status:\tTerminating (lasts ${w.since(object.metadata.deletionTimestamp)})` : `Status:\t${text(status.phase)}`);
  w.line(0, `Volume:\t${text(spec.volumeName)}`);
  labelLines(w, 'Labels', object.metadata.labels);
  annotationLines(w, object.metadata.annotations);
  w.line(0, `Finalizers:\t${finalizers(object)}`);
  const bound = text(spec.volumeName) !== '';
  const capacity = (status.capacity as Json | undefined)?.storage;
  w.line(0, `Capacity:\t${bound && capacity !== undefined ? canonicalQuantity(capacity) : ''}`);
  w.line(0, `Access Modes:\t${bound ? modes(status.accessModes) : ''}`);
  if (spec.volumeMode) w.line(0, `VolumeMode:\t${text(spec.volumeMode)}`);
  const source = spec.dataSource as Json | undefined;
  if (source) {
    w.line(0, 'DataSource:');
    if (source.apiGroup) w.line(1, `APIGroup:\t${text(source.apiGroup)}`);
    w.line(1, `Kind:\t${text(source.kind)}`);
    w.line(1, `Name:\t${text(source.name)}`);
  }
  if (pods.length === 0) w.line(0, 'Used By:\t<none>');
  pods.forEach((pod, index) => { w.line(0, index === 0 ? `Used By:\t${pod.metadata.name}` : `\t${pod.metadata.name}`); });
  const conditions = (status.conditions ?? []) as Json[];
  if (conditions.length > 0) {
    w.line(0, 'Conditions:\n  Type\tStatus\tLastProbeTime\tLastTransitionTime\tReason\tMessage');
    w.line(1, '----\t------\t-----------------\t------------------\t------\t-------');
    for (const each of conditions) w.line(1, `${text(each.type)} \t${text(each.status)} \t${longTime(each.lastProbeTime)} \t${longTime(each.lastTransitionTime)} \t${text(each.reason)} \t${text(each.message)}`);
  }
  eventLines(w, yield* context.events());
};

export const storageClass: Describer = function* (w, object, context) {
  const annotations = (object.metadata.annotations ?? {}) as Record<string, string>;
  const isDefault = annotations['storageclass.kubernetes.io/is-default-class'] === 'true' || annotations['storageclass.beta.kubernetes.io/is-default-class'] === 'true';
  const joined = (map: unknown): string => sortedEntries(map).map(([key, value]) => `${key}=${value}`).join(',') || '<none>';
  w.line(0, `Name:\t${object.metadata.name}`);
  w.line(0, `IsDefaultClass:\t${isDefault ? 'Yes' : 'No'}`);
  w.line(0, `Annotations:\t${joined(annotations)}`);
  w.line(0, `Provisioner:\t${text(object.provisioner)}`);
  w.line(0, `Parameters:\t${joined(object.parameters)}`);
  w.line(0, `AllowVolumeExpansion:\t${object.allowVolumeExpansion === undefined ? '<unset>' : object.allowVolumeExpansion ? 'True' : 'False'}`);
  const options = (object.mountOptions ?? []) as string[];
  if (options.length === 0) w.line(0, 'MountOptions:\t<none>');
  else {
    w.line(0, 'MountOptions:');
    for (const option of options) w.line(1, option);
  }
  w.line(0, `ReclaimPolicy:\t${text(object.reclaimPolicy)}`);
  w.line(0, `VolumeBindingMode:\t${text(object.volumeBindingMode)}`);
  eventLines(w, yield* context.events());
};
