/** Node and Namespace. */
import type { Draft } from '../apimachinery/json.ts';
import { ageColumn, nameColumn } from './columns.ts';
import { defineKind } from './kind.ts';
import { canonicalResources, fill } from './pod-template.ts';

const NODE_INFO = ['machineID', 'systemUUID', 'bootID', 'kernelVersion', 'osImage', 'containerRuntimeVersion', 'kubeletVersion', 'kubeProxyVersion', 'operatingSystem', 'architecture'];

/** The STATUS column of a node. */
export function nodeStatus(node: Draft): string {
  const ready = (node.status?.conditions ?? []).find((each: Draft) => each.type === 'Ready');
  const words = [ready ? (ready.status === 'True' ? 'Ready' : 'NotReady') : 'Unknown'];
  if (node.spec?.unschedulable) words.push('SchedulingDisabled');
  return words.join(',');
}

/** The roles in a node's labels, sorted. */
export function nodeRoles(node: Draft): string[] {
  const roles = new Set<string>();
  for (const [key, value] of Object.entries<string>(node.metadata.labels ?? {})) {
    if (key.startsWith('node-role.kubernetes.io/') && key.length > 24) roles.add(key.slice(24));
    else if (key === 'kubernetes.io/role' && value !== '') roles.add(value);
  }
  return [...roles].sort();
}

const address = (node: Draft, type: string): string =>
  (node.status?.addresses ?? []).find((each: Draft) => each.type === type)?.address ?? '<none>';

export const node = defineKind({
  kind: 'Node', apiVersion: 'v1',
  defaults(object) {
    fill(object, 'spec', {});
    fill(object, 'status', {});
    // A status taken over from the stored object is frozen, and its own update's business.
    if (Object.isFrozen(object.status)) return;
    fill(object.status, 'daemonEndpoints', {});
    fill(object.status.daemonEndpoints, 'kubeletEndpoint', {});
    fill(object.status.daemonEndpoints.kubeletEndpoint, 'Port', 0);
    fill(object.status, 'nodeInfo', {});
    for (const key of NODE_INFO) fill(object.status.nodeInfo, key, '');
    canonicalResources(object.status.capacity);
    if (object.status.capacity) fill(object.status, 'allocatable', { ...object.status.capacity });
    canonicalResources(object.status.allocatable);
  },
  fieldSelectors: { 'spec.unschedulable': each => String(each.spec?.unschedulable === true) },
  columns: [
    nameColumn,
    { header: 'Status', cell: nodeStatus },
    { header: 'Roles', cell: each => nodeRoles(each).join(',') || '<none>' },
    ageColumn,
    { header: 'Version', cell: each => each.status?.nodeInfo?.kubeletVersion ?? '' },
    { header: 'Internal-IP', wide: true, cell: each => address(each, 'InternalIP') },
    { header: 'External-IP', wide: true, cell: each => address(each, 'ExternalIP') },
    { header: 'OS-Image', wide: true, cell: each => each.status?.nodeInfo?.osImage || '<unknown>' },
    { header: 'Kernel-Version', wide: true, cell: each => each.status?.nodeInfo?.kernelVersion || '<unknown>' },
    { header: 'Container-Runtime', wide: true, cell: each => each.status?.nodeInfo?.containerRuntimeVersion || '<unknown>' },
  ],
});

export const namespace = defineKind({
  kind: 'Namespace', apiVersion: 'v1', nameRule: 'dns-label',
  defaults(object) {
    const { name, labels } = object.metadata;
    if (name && labels?.['kubernetes.io/metadata.name'] !== name) object.metadata.labels = { ...labels, 'kubernetes.io/metadata.name': name };
    fill(object, 'spec', {});
  },
  prepareCreate(object) {
    if (object.metadata.name) object.metadata.labels['kubernetes.io/metadata.name'] = object.metadata.name;
    if (!object.spec.finalizers?.includes('kubernetes')) object.spec.finalizers = [...(object.spec.finalizers ?? []), 'kubernetes'];
    object.status = { phase: 'Active' };
  },
  fieldSelectors: { 'status.phase': each => each.status?.phase ?? '', name: each => each.metadata.name },
  columns: [nameColumn, { header: 'Status', cell: each => each.status?.phase ?? '' }, ageColumn],
});
