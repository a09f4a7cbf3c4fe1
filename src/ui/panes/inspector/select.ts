/** What the inspector shows of one object, apart from the why chain. */
import type { Node, Pod, Service } from 'kubernetes-types/core/v1.d.ts';
import type { Deployment } from 'kubernetes-types/apps/v1.d.ts';
import type { KubeObject } from '../../../engine/apimachinery/object.ts';
import { get, ownerOf, statusOf, type Snapshot } from '../../snapshot.ts';
import { lookOf, type StatusLook } from '../../theme/status.ts';
import { model } from '../../map/model.ts';
import { ageText, msOf } from '../../words.ts';
import { nodegroupOf, podPlaces } from './why-account.ts';

export interface Heading {
  readonly kind: string;
  readonly name: string;
  readonly status: string;
  readonly look: StatusLook | undefined;
  readonly facts: readonly (readonly [label: string, value: string])[];
}

const SHORT: Record<string, string> = { ReplicaSet: 'rs', Deployment: 'deploy', StatefulSet: 'sts', DaemonSet: 'ds', Job: 'job', CronJob: 'cj' };

export function heading(snapshot: Snapshot, object: KubeObject, nowMs: number): Heading {
  const owner = ownerOf(object);
  const facts: [string, string][] = [];
  let status = '';
  let look: StatusLook | undefined;
  if (object.kind === 'Pod') {
    const pod = object as Pod & KubeObject;
    const words = statusOf(snapshot, pod);
    status = words.status;
    look = model(snapshot).pods.find(({ uid }) => uid === pod.metadata.uid)?.look ?? lookOf(words.status, words.ready);
    facts.push(['Node', pod.spec?.nodeName?.split('.')[0] ?? 'none']);
    if (owner) facts.push(['Owner', `${SHORT[owner.kind] ?? owner.kind.toLowerCase()}/${owner.name}`]);
    facts.push(['Address', pod.status?.podIP ?? 'none']);
    const node = pod.status?.podIP === undefined && pod.spec?.nodeName ? get<Node>(snapshot, 'Node', undefined, pod.spec.nodeName) : undefined;
    if (node) facts.push(['Node room', placesText(snapshot, node)]);
    const last = Math.max(0, ...(pod.status?.containerStatuses ?? []).map(container => msOf(container.lastState?.terminated?.finishedAt)));
    facts.push(['Restarts', words.restarts > 0 && last > 0 ? `${words.restarts}, last ${ageText(nowMs - last)} ago` : String(words.restarts)]);
  } else if (object.kind === 'Node') {
    const node = object as Node & KubeObject;
    const ready = node.status?.conditions?.some(condition => condition.type === 'Ready' && condition.status === 'True') === true;
    status = `${ready ? 'Ready' : 'NotReady'}${node.spec?.unschedulable ? ',SchedulingDisabled' : ''}`;
    look = !ready ? { glyph: 'nodebad', tone: 'bad' } : node.spec?.unschedulable ? { glyph: 'cordon', tone: 'warn' } : { glyph: 'node', tone: 'ok' };
    const group = nodegroupOf(snapshot, node);
    facts.push(['Pods', placesText(snapshot, node)], ...(group ? [['Node group', group.status === 'ACTIVE' ? group.id : `${group.id}, ${group.status}`] as [string, string]] : []), ['Zone', node.metadata.labels?.['topology.kubernetes.io/zone'] ?? 'none'], ['Type', node.metadata.labels?.['node.kubernetes.io/instance-type'] ?? 'unknown'],
      ['Kubelet', node.status?.nodeInfo?.kubeletVersion ?? ''], ['Address', node.status?.addresses?.find(address => address.type === 'InternalIP')?.address ?? 'none']);
  } else if (object.kind === 'Service') {
    const service = object as Service & KubeObject;
    facts.push(['Type', service.spec?.type ?? ''], ['Address', service.spec?.clusterIP ?? 'none'], ['Ports', (service.spec?.ports ?? []).map(port => `${port.port} → ${String(port.targetPort ?? port.port)}`).join(', ')],
      ['Selects', Object.entries(service.spec?.selector ?? {}).map(([key, value]) => `${key}=${value}`).join(', ') || 'nothing']);
  } else {
    const workload = object as Deployment & KubeObject;
    if (workload.spec?.replicas !== undefined) facts.push(['Ready', `${workload.status?.readyReplicas ?? 0} of ${workload.spec.replicas}`]);
    if (owner) facts.push(['Owner', `${SHORT[owner.kind] ?? owner.kind.toLowerCase()}/${owner.name}`]);
    const data = (object as { data?: Record<string, unknown> }).data;
    if (data) facts.push(['Keys', String(Object.keys(data).length)]);
  }
  if (object.metadata.namespace) facts.push(['Namespace', object.metadata.namespace]);
  facts.push(['Age', ageText(nowMs - msOf(object.metadata.creationTimestamp))]);
  return { kind: object.kind, name: object.metadata.name, status, look, facts };
}

function placesText(snapshot: Snapshot, node: Node & KubeObject): string {
  const { used, most } = podPlaces(snapshot, node);
  return `${used} of ${most} pods`;
}

export interface FieldRow { readonly path: string; readonly value: string; readonly depth: number }

/** Every field as a path and a value, without managedFields. Secret values stay as the API returns them. */
export function fields(object: KubeObject, limit = 600): FieldRow[] {
  const rows: FieldRow[] = [];
  const walk = (value: unknown, path: string, depth: number): void => {
    if (rows.length >= limit) return;
    if (Array.isArray(value)) {
      if (value.length === 0) rows.push({ path, value: '[]', depth });
      value.forEach((entry, index) => walk(entry, `${path}[${index}]`, depth + 1));
    } else if (value !== null && typeof value === 'object') {
      const entries = Object.entries(value).filter(([key]) => !(path === 'metadata' && key === 'managedFields'));
      if (entries.length === 0) rows.push({ path, value: '{}', depth });
      for (const [key, entry] of entries) walk(entry, path ? `${path}.${key}` : key, depth + 1);
    } else rows.push({ path, value: String(value), depth });
  };
  walk(object, '', 0);
  return rows;
}
