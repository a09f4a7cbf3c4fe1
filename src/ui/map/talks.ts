/** Who talks: client → Service → pods, one column a hop, from the requests of the last seconds. */
import type { Pod, Service } from 'kubernetes-types/core/v1.d.ts';
import type { TargetsFact, TrafficSample } from '../../hosts/protocol.ts';
import { awsFacts, fits, list, slugOf, type Slug, type Snapshot } from '../snapshot.ts';
import type { Tone } from '../theme/status.ts';
import { model, type PodMark } from './model.ts';

export interface TalkBox {
  readonly id: string;
  /** `outside`: a load balancer, a database, a partner; nothing the cluster's API holds. */
  readonly kind: 'client' | 'service' | 'outside';
  readonly slug: Slug | undefined;
  readonly title: string;
  readonly note: string;
  readonly column: number;
  readonly ready: number;
  readonly pods: readonly PodMark[];
  /** Of a load balancer: its target groups, with what it thinks of their targets. */
  readonly targets: readonly TargetHealth[];
}

export interface TargetHealth { readonly name: string; readonly words: string; readonly tone: Tone; /** Target by target, for who looks closer. */ readonly detail: string }

export interface Wire {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly perSecond: number;
  readonly failed: number;
  readonly total: number;
  readonly failure: string;
  /** The target itself said no: the cross stands there. Otherwise it only passed on what lies behind it. */
  readonly refusedHere: boolean;
  readonly latencyMsP95: number;
}

export interface TalksGraph { readonly boxes: readonly TalkBox[]; readonly wires: readonly Wire[]; readonly columns: number }

/** How far back a rate looks, virtual ms. */
const WINDOW_MS = 10_000;

export function talksGraph(snapshot: Snapshot, traffic: readonly TrafficSample[], nowMs: number, namespace: string): TalksGraph {
  const wires = wiresOf(traffic.filter(sample => sample.atMs > nowMs - WINDOW_MS && sample.atMs <= nowMs && concerns(sample, namespace)));
  const services = list<Service>(snapshot, 'Service', namespace).filter(service => service.spec?.selector);
  const ids = new Set(services.map(service => `${service.metadata.namespace ?? ''}/${service.metadata.name}`));
  for (const wire of wires) ids.add(wire.to);
  const health = targetHealth(snapshot, namespace);
  for (const id of health.keys()) ids.add(id);
  const clients = [...new Set(wires.map(wire => wire.from))].filter(from => !ids.has(from));
  const depth = depths(wires, clients, ids);
  const pods = list<Pod>(snapshot, 'Pod');
  const marks = new Map(model(snapshot).pods.map(mark => [mark.uid, mark]));
  const boxes: TalkBox[] = clients.map(id => ({ id, kind: 'client', slug: undefined, title: id.split('/').at(-1) ?? id, note: id.split('/')[0] ?? '', column: 0, ready: 0, pods: [], targets: [] }));
  for (const id of ids) {
    const [ns = '', name = ''] = id.split('/');
    const service = list<Service>(snapshot, 'Service', ns).find(entry => entry.metadata.name === name);
    if (!service) {
      const balancer = ns === 'alb';
      const inCluster = !balancer && name !== '' && snapshot.kinds.get('Namespace')?.has(`/${ns}`) === true;
      boxes.push({
        id, kind: inCluster ? 'service' : 'outside', slug: undefined, title: balancer ? name : inCluster ? name : id, note: balancer ? 'load balancer' : inCluster ? 'no such Service' : 'outside',
        column: depth.get(id) ?? 1, ready: 0, pods: [], targets: health.get(id) ?? [],
      });
      continue;
    }
    const behind = pods.filter(pod => pod.metadata.namespace === ns && fits(service.spec?.selector, pod.metadata.labels)).flatMap(pod => marks.get(pod.metadata.uid) ?? []);
    const ready = readyAddresses(snapshot, ns, name);
    boxes.push({ id, kind: 'service', slug: slugOf(service), title: name, note: `${behind.length === 1 ? '1 pod' : `${behind.length} pods`}, ${ready} ready`, column: depth.get(id) ?? 1, ready, pods: behind, targets: [] });
  }
  // What fails or is called stands above what is quiet.
  const weight = (id: string): number => wires.reduce((sum, wire) => (wire.from === id || wire.to === id ? Math.max(sum, wire.failed > 0 ? 2 : 1) : sum), 0);
  return { boxes: boxes.sort((a, b) => a.column - b.column || weight(b.id) - weight(a.id) || a.title.localeCompare(b.title)), wires, columns: Math.max(0, ...boxes.map(box => box.column)) + 1 };
}

const STATES = ['unhealthy', 'draining', 'initial', 'unused', 'healthy'];

/** By balancer (`alb/kfo-prod-shop`): each target group in front of pods of the namespace. */
function targetHealth(snapshot: Snapshot, namespace: string): Map<string, TargetHealth[]> {
  const byAddress = new Map(list<Pod>(snapshot, 'Pod').flatMap(pod => (pod.status?.podIP && !pod.spec?.hostNetwork ? [[pod.status.podIP, pod] as const] : [])));
  const found = new Map<string, TargetHealth[]>();
  for (const group of awsFacts(snapshot, 'targets')) {
    const pods = group.targets.flatMap(({ address }) => byAddress.get(address) ?? []);
    if (namespace !== '' && pods.length > 0 && !pods.some(pod => pod.metadata.namespace === namespace)) continue;
    const app = pods[0]?.metadata.labels?.['app'] ?? group.name.replace(/^k8s-[^-]+-/, '').replace(/-[0-9a-f]{8,}$/, '');
    for (const balancer of group.balancers) found.set(`alb/${balancer}`, [...found.get(`alb/${balancer}`) ?? [], healthOf(group, app, byAddress)]);
  }
  return found;
}

function healthOf({ targets }: TargetsFact, name: string, pods: ReadonlyMap<string, { metadata: { name: string } }>): TargetHealth {
  const counts = STATES.map(state => ({ state, count: targets.filter(target => target.state === state).length })).filter(({ count }) => count > 0);
  const words = counts.length === 0 ? 'no targets' : counts.map(({ state, count }) => `${count} ${state}`).join(', ');
  const tone: Tone = targets.length === 0 || counts.some(({ state }) => state === 'unhealthy') ? 'bad' : counts.some(({ state }) => state !== 'healthy') ? 'wait' : 'ok';
  const detail = targets.filter(({ state }) => state !== 'healthy').map(({ address, state, reason, description }) => `${pods.get(address)?.metadata.name ?? address} ${state}${reason ? `: ${reason}` : ''}${description ? `, ${description}` : ''}`).join('\n');
  return { name, words, tone, detail };
}

/** Traffic of one namespace, and of what stands in front of it. */
function concerns({ from, to }: TrafficSample, namespace: string): boolean {
  if (namespace === '') return true;
  const near = (id: string): boolean => id.startsWith(`${namespace}/`) || id.startsWith('load/') || id.startsWith('alb/');
  return near(from) && (near(to) || from.startsWith(`${namespace}/`) || !to.includes('/'));
}

/** Ready addresses of a Service, from its EndpointSlices. */
export function readyAddresses(snapshot: Snapshot, namespace: string, service: string): number {
  let ready = 0;
  for (const slice of list<{ endpoints?: { addresses?: string[]; conditions?: { ready?: boolean } }[] }>(snapshot, 'EndpointSlice', namespace)) {
    if (slice.metadata.labels?.['kubernetes.io/service-name'] !== service) continue;
    for (const endpoint of slice.endpoints ?? []) if (endpoint.conditions?.ready !== false) ready += endpoint.addresses?.length ?? 0;
  }
  return ready;
}

function wiresOf(samples: readonly TrafficSample[]): Wire[] {
  const sums = new Map<string, { from: string; to: string; ok: number; failed: number; failure: string; at: string; latency: number }>();
  for (const sample of samples) {
    const id = `${sample.from}>${sample.to}`;
    const sum = sums.get(id) ?? { from: sample.from, to: sample.to, ok: 0, failed: 0, failure: '', at: '', latency: 0 };
    sum.ok += sample.ok;
    sum.failed += sample.failed;
    if (sample.failed > 0) [sum.failure, sum.at] = [sample.failure, sample.at];
    sum.latency = Math.max(sum.latency, sample.latencyMsP95);
    sums.set(id, sum);
  }
  // A hop that answers with an error of one behind it did not refuse by itself.
  const failsOn = new Set([...sums.values()].filter(sum => sum.failed > 0).map(sum => sum.from));
  return [...sums].map(([id, sum]) => ({
    id, from: sum.from, to: sum.to, perSecond: ((sum.ok + sum.failed) * 1000) / WINDOW_MS, failed: sum.failed, total: sum.ok + sum.failed,
    failure: sum.failure, refusedHere: sum.failed > 0 && (sum.at !== '' || !failsOn.has(sum.to)), latencyMsP95: sum.latency,
  }));
}

/** Longest way from a client, so that every wire runs to the right; circles are cut at the number of boxes. */
function depths(wires: readonly Wire[], clients: readonly string[], services: ReadonlySet<string>): Map<string, number> {
  const depth = new Map<string, number>(clients.map(id => [id, 0]));
  const called = new Set(wires.map(wire => wire.to));
  for (const id of services) if (!called.has(id)) depth.set(id, 1);
  for (let round = 0; round < services.size + 1; round += 1) {
    let moved = false;
    for (const wire of wires) {
      const next = (depth.get(wire.from) ?? 0) + 1;
      if (next > (depth.get(wire.to) ?? 0) && next <= services.size + 1) {
        depth.set(wire.to, next);
        moved = true;
      }
    }
    if (!moved) break;
  }
  return depth;
}
