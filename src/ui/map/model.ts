/** Step 1 of the map: what stands in the snapshot, as marks. Nothing is hidden and nothing has a place yet. */
import type { Node, Pod } from 'kubernetes-types/core/v1.d.ts';
import type { KubeObject } from '../../engine/apimachinery/object.ts';
import type { MachineFact } from '../../hosts/protocol.ts';
import { awsFacts, list, ownerOf, slugOf, statusOf, type Slug, type Snapshot } from '../snapshot.ts';
import { lookOf, type StatusLook } from '../theme/status.ts';

export interface PodMark {
  readonly slug: Slug;
  readonly uid: string;
  readonly name: string;
  readonly namespace: string;
  /** The app it belongs to: what a healthy chip says. */
  readonly app: string;
  /** `orders-2xkqp`: what a chip in trouble says. */
  readonly short: string;
  readonly status: string;
  readonly ready: string;
  readonly restarts: number;
  readonly look: StatusLook;
  readonly node: string;
  readonly ip: string;
  /** One of its kind on every node. */
  readonly daemon: boolean;
  readonly createdAt: string;
}

export interface NodeMark {
  readonly slug: Slug;
  readonly name: string;
  readonly short: string;
  readonly zone: string;
  /** Node group, or the instance type, or `node`. */
  readonly group: string;
  readonly status: string;
  readonly look: StatusLook;
  readonly ip: string;
  readonly cpuMillis: number;
  readonly cpuAskedMillis: number;
  /** `1.34`, of its kubelet. */
  readonly version: string;
  /** Pods that take a place on it, and the places it has. */
  readonly podsUsed: number;
  readonly podsMax: number;
  /** It is a Node object; otherwise a machine that boots. */
  readonly joined: boolean;
}

export interface MapModel {
  readonly nodes: readonly NodeMark[];
  readonly pods: readonly PodMark[];
}

export function model(snapshot: Snapshot): MapModel {
  const pods = list<Pod>(snapshot, 'Pod');
  const asked = new Map<string, number>();
  const places = new Map<string, number>();
  for (const pod of pods) {
    const node = pod.spec?.nodeName ?? '';
    if (pod.status?.phase !== 'Succeeded' && pod.status?.phase !== 'Failed') places.set(node, (places.get(node) ?? 0) + 1);
    for (const container of pod.spec?.containers ?? []) {
      asked.set(node, (asked.get(node) ?? 0) + cpuMillis(container.resources?.requests?.['cpu']));
    }
  }
  const nodes = list<Node>(snapshot, 'Node').map(node => nodeMark(node, asked.get(node.metadata.name) ?? 0, places.get(node.metadata.name) ?? 0));
  const refused = refusedPods(snapshot);
  const joined = new Set(nodes.map(({ name }) => name));
  const booting = awsFacts(snapshot, 'machine').filter(machine => !joined.has(machine.node) && (machine.state === 'pending' || machine.state === 'running')).map(bootingMark);
  return {
    nodes: [...nodes, ...booting].sort(byZoneAndName),
    pods: pods.map(pod => escalated(podMark(snapshot, pod), refused)),
  };
}

function podMark(snapshot: Snapshot, pod: Pod & KubeObject): PodMark {
  const { status, ready, restarts } = statusOf(snapshot, pod);
  const owner = ownerOf(pod);
  const app = appOf(pod);
  const suffix = pod.metadata.name.split('-').at(-1) ?? '';
  return {
    slug: slugOf(pod), uid: pod.metadata.uid, name: pod.metadata.name, namespace: pod.metadata.namespace ?? '', app,
    short: owner ? `${app}-${suffix}` : pod.metadata.name, status, ready, restarts, look: lookOf(status, ready), node: pod.spec?.nodeName ?? '',
    ip: pod.status?.podIP ?? '', daemon: owner?.kind === 'DaemonSet', createdAt: pod.metadata.creationTimestamp,
  };
}

/** A pod on its way is in trouble only once an event says that it failed. */
function escalated(mark: PodMark, refused: ReadonlySet<string>): PodMark {
  return mark.ip === '' && mark.look.glyph === 'creating' && refused.has(mark.uid) ? { ...mark, look: NO_ADDRESS } : mark;
}

export const NO_ADDRESS: StatusLook = { glyph: 'noaddr', tone: 'bad' };

interface EventView { readonly reason?: string; readonly message?: string; readonly involvedObject?: { readonly uid?: string } }

/** Pods whose sandbox could not be made for want of an address, by uid. */
export function refusedPods(snapshot: Snapshot): ReadonlySet<string> {
  const uids = new Set<string>();
  for (const event of list<EventView>(snapshot, 'Event')) {
    if (event.reason === 'FailedCreatePodSandBox' && event.message?.includes('aws-cni') && event.involvedObject?.uid) uids.add(event.involvedObject.uid);
  }
  return uids;
}

/** What people call it: the `app` label, else the owner's name without its hash. */
export function appOf(object: KubeObject): string {
  const labels = object.metadata.labels ?? {};
  const labelled = labels['app'] ?? labels['app.kubernetes.io/name'];
  if (labelled) return labelled;
  const owner = ownerOf(object);
  if (!owner) return object.metadata.name;
  return owner.kind === 'ReplicaSet' ? owner.name.replace(/-[a-z0-9]+$/, '') : owner.name;
}

/** A machine of the cluster that has not joined it yet. */
function bootingMark({ node, zone, nodegroup, version, state }: MachineFact): NodeMark {
  return {
    slug: `Node//${node}`, name: node, short: node, zone, group: nodegroup || 'node', status: state === 'pending' ? 'machine pending' : 'booting', look: { glyph: 'pending', tone: 'wait' },
    ip: '', cpuMillis: 0, cpuAskedMillis: 0, version: minorText(version), podsUsed: 0, podsMax: 0, joined: false,
  };
}

/** `v1.34.2-eks-7a6e1f9` → `1.34` */
const minorText = (version: string): string => /(\d+\.\d+)/.exec(version)?.[1] ?? '';

function nodeMark(node: Node & KubeObject, cpuAskedMillis: number, podsUsed: number): NodeMark {
  const labels = node.metadata.labels ?? {};
  const ready = node.status?.conditions?.find(condition => condition.type === 'Ready')?.status === 'True';
  const cordoned = node.spec?.unschedulable === true;
  const zone = labels['topology.kubernetes.io/zone'] ?? '';
  return {
    slug: slugOf(node), name: node.metadata.name, short: node.metadata.name.split('.')[0] ?? node.metadata.name, zone,
    group: labels['eks.amazonaws.com/nodegroup'] ?? labels['node-group'] ?? labels['node.kubernetes.io/instance-type'] ?? 'node',
    status: `${ready ? 'Ready' : 'NotReady'}${cordoned ? ',SchedulingDisabled' : ''}`,
    look: !ready ? { glyph: 'nodebad', tone: 'bad' } : cordoned ? { glyph: 'cordon', tone: 'warn' } : { glyph: 'node', tone: 'ok' },
    ip: node.status?.addresses?.find(address => address.type === 'InternalIP')?.address ?? '',
    cpuMillis: cpuMillis(node.status?.allocatable?.['cpu']), cpuAskedMillis,
    version: minorText(node.status?.nodeInfo?.kubeletVersion ?? ''), podsUsed, podsMax: Number(node.status?.allocatable?.['pods'] ?? 0), joined: true,
  };
}

/** Millicores of a CPU quantity in the two forms that estates use: `250m` and `2`. */
export function cpuMillis(quantity: unknown): number {
  const text = String(quantity ?? '');
  return text.endsWith('m') ? Number(text.slice(0, -1)) || 0 : (Number(text) || 0) * 1000;
}

function byZoneAndName(a: NodeMark, b: NodeMark): number {
  // Node pools that carry applications come first within a zone: trouble is looked for there.
  const rank = (node: NodeMark): number => (node.group === 'system' ? 1 : 0);
  return a.zone.localeCompare(b.zone) || rank(a) - rank(b) || a.name.localeCompare(b.name, 'en', { numeric: true });
}
