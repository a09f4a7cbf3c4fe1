/** Addresses: subnet → interface → slot, from what EC2 and each node's address book say. Every count here is EC2's or a sum over what is drawn. */
import { parseCidr } from '../../engine/apimachinery/cidr.ts';
import type { InterfaceFact, InterfaceUse, MachineFact, PoolFact, SubnetFact } from '../../hosts/protocol.ts';
import { awsFacts, type Snapshot } from '../snapshot.ts';
import { NO_ADDRESS, type MapModel, type NodeMark, type PodMark } from './model.ts';

/** `warm`: held by a node for pods to come; `cooling`: given back a moment ago and not handed out yet. */
export type SlotUse = 'pod' | 'warm' | 'cooling' | InterfaceUse | 'free' | 'reserved';

export interface Slot {
  readonly ip: string;
  readonly use: SlotUse;
  readonly pod: PodMark | undefined;
  /** The node that holds it, when it is a node's. */
  readonly node: string;
  readonly interfaceId: string;
  readonly description: string;
  /** The /28 that it came with. */
  readonly prefix: string;
}

export interface SubnetPicture {
  readonly fact: SubnetFact;
  readonly name: string;
  /** Addresses that anybody can hold: all but the five that AWS keeps. */
  readonly usable: number;
  /** Every address in order; empty for a subnet too large to draw. */
  readonly slots: readonly Slot[];
  readonly counts: ReadonlyMap<SlotUse, number>;
  /** /28 blocks that are wholly free: what a prefix needs. */
  readonly freeBlocks: number;
}

export interface InterfacePicture { readonly fact: InterfaceFact; readonly own: Slot; readonly slots: readonly Slot[] }
export interface Waiting { readonly pod: PodMark; readonly why: string }

export interface NodePicture {
  readonly name: string;
  readonly node: NodeMark | undefined;
  readonly machine: MachineFact | undefined;
  readonly subnetId: string;
  readonly interfaces: readonly InterfacePicture[];
  readonly pool: PoolFact | undefined;
  readonly held: number;
  readonly used: number;
  /** Pods on it that have no address. */
  readonly waiting: readonly Waiting[];
}

export interface AddressPicture {
  readonly subnets: readonly SubnetPicture[];
  readonly nodes: readonly NodePicture[];
  /** Pods that no node takes for want of a place on it. */
  readonly adrift: readonly Waiting[];
}

/** A subnet of more addresses is drawn as a bar. */
export const DRAWN_MAX = 256;
/** The first four and the last address of each subnet are AWS's. */
const AWS_FIRST = 4;
const PREFIX_SIZE = 16;

export function addressPicture(snapshot: Snapshot, model: MapModel): AddressPicture {
  const machines = new Map(awsFacts(snapshot, 'machine').map(machine => [machine.id, machine]));
  const pools = new Map(awsFacts(snapshot, 'pool').map(pool => [pool.id, pool]));
  const pods = new Map(model.pods.map(pod => [pod.uid, pod]));
  const interfaces = awsFacts(snapshot, 'interface').map((fact): InterfacePicture => interfacePicture(fact, machines.get(fact.machineId), pools, pods));
  const rank = ({ fact, counts }: SubnetPicture): number => (counts.has('node') ? 0 : fact.public ? 2 : 1);
  const subnets = awsFacts(snapshot, 'subnet').map(fact => subnetPicture(fact, interfaces.filter(each => each.fact.subnetId === fact.id)))
    .sort((a, b) => rank(a) - rank(b) || a.fact.zone.localeCompare(b.fact.zone) || a.fact.id.localeCompare(b.fact.id));
  const free = new Map(subnets.map(({ fact }) => [fact.id, fact.free]));
  return { subnets, nodes: nodePictures(model, machines, pools, interfaces, free), adrift: withoutPlace(snapshot, model) };
}

function interfacePicture(fact: InterfaceFact, machine: MachineFact | undefined, pools: ReadonlyMap<string, PoolFact>, pods: ReadonlyMap<string, PodMark>): InterfacePicture {
  const node = fact.use === 'node' ? machine?.node ?? '' : '';
  const pool = pools.get(node);
  const cooling = new Set(pool?.cooling);
  const slot = (ip: string, prefix: string): Slot => {
    const uid = pool?.held[ip];
    const use: SlotUse = fact.use !== 'node' ? fact.use : uid !== undefined ? 'pod' : cooling.has(ip) ? 'cooling' : 'warm';
    return { ip, use, pod: uid === undefined ? undefined : pods.get(uid), node, interfaceId: fact.id, description: fact.description, prefix };
  };
  const [first = '', ...more] = fact.addresses;
  return {
    fact, own: { ...slot(first, ''), use: fact.use, pod: undefined },
    slots: [...more.sort((a, b) => addressNumber(a) - addressNumber(b)).map(ip => slot(ip, '')), ...fact.prefixes.flatMap(prefix => addressesOf(prefix).map(ip => slot(ip, prefix)))],
  };
}

function subnetPicture(fact: SubnetFact, interfaces: readonly InterfacePicture[]): SubnetPicture {
  const size = parseCidr(fact.cidr)?.size ?? 0;
  const held = new Map(interfaces.flatMap(each => [each.own, ...each.slots]).map(slot => [slot.ip, slot]));
  const counts = new Map<SlotUse, number>([['free', fact.free]]);
  for (const { use } of held.values()) counts.set(use, (counts.get(use) ?? 0) + 1);
  const blank = { pod: undefined, node: '', interfaceId: '', description: '', prefix: '' };
  const all = size > 4096 ? [] : addressesOf(fact.cidr);
  const slots = all.map((ip, index): Slot => held.get(ip) ?? { ip, use: index < AWS_FIRST || index === size - 1 ? 'reserved' : 'free', ...blank });
  let freeBlocks = 0;
  for (let base = 0; base < slots.length; base += PREFIX_SIZE) if (slots.slice(base, base + PREFIX_SIZE).every(({ use }) => use === 'free')) freeBlocks += 1;
  return { fact, name: fact.id.replace(/^subnet-/, ''), usable: size - AWS_FIRST - 1, slots: size > DRAWN_MAX ? [] : slots, counts, freeBlocks };
}

function nodePictures(model: MapModel, machines: ReadonlyMap<string, MachineFact>, pools: ReadonlyMap<string, PoolFact>, interfaces: readonly InterfacePicture[], free: ReadonlyMap<string, number>): NodePicture[] {
  const byNode = new Map<string, InterfacePicture[]>();
  for (const each of interfaces) if (each.own.node !== '') byNode.set(each.own.node, [...byNode.get(each.own.node) ?? [], each]);
  const marks = new Map(model.nodes.filter(({ joined }) => joined).map(node => [node.name, node]));
  const byName = new Map([...machines.values()].filter(({ state }) => state !== 'terminated').map(machine => [machine.node, machine]));
  const names = [...new Set([...marks.keys(), ...byName.keys()])];
  return names.map((name): NodePicture => {
    const own = (byNode.get(name) ?? []).sort((a, b) => a.fact.deviceIndex - b.fact.deviceIndex);
    const pool = pools.get(name);
    const slots = own.flatMap(each => each.slots);
    const subnetId = byName.get(name)?.subnetId ?? own[0]?.fact.subnetId ?? '';
    const waiting = model.pods.flatMap((pod): Waiting[] => (pod.node === name && pod.look === NO_ADDRESS ? [{ pod, why: whyNone(pool, subnetId, free, own) }] : []));
    return { name, node: marks.get(name), machine: byName.get(name), subnetId, interfaces: own, pool, held: slots.length, used: slots.filter(({ use }) => use === 'pod').length, waiting };
  }).sort((a, b) => (a.node?.zone ?? a.machine?.zone ?? '').localeCompare(b.node?.zone ?? b.machine?.zone ?? '') || a.name.localeCompare(b.name, 'en', { numeric: true }));
}

/** Why a node has no address to give, as far as its book and EC2's counts say. */
export function whyNone(pool: PoolFact | undefined, subnetId: string, free: ReadonlyMap<string, number>, own: readonly InterfacePicture[]): string {
  if (!pool?.answers) return 'aws-node does not answer';
  const slots = own.flatMap(each => each.slots);
  if (slots.some(({ use }) => use === 'warm')) return 'an address is free again: next try';
  const cooling = slots.filter(({ use }) => use === 'cooling').length;
  if (cooling > 0) return `${cooling} cooling down`;
  const blocks = own.reduce((sum, { fact }) => sum + fact.addresses.length - 1 + fact.prefixes.length, 0);
  if (blocks >= pool.interfacesMax * pool.slotsEach) return 'all its interfaces are full';
  const left = free.get(subnetId) ?? 0;
  // A slot on an interface it has costs one address, a new interface as many as it is made with.
  const need = blocks < own.length * pool.slotsEach ? (pool.prefixes ? PREFIX_SIZE : 1) : pool.interfaceTakes;
  const name = subnetId.replace(/^subnet-/, '');
  return left === 0 ? `${name} is full` : left < need ? `${name}: ${left} free, ${need} needed` : 'asks again soon';
}

/** Pods without a node because nodes are full of pods, whatever room they have. */
function withoutPlace(snapshot: Snapshot, model: MapModel): Waiting[] {
  const waiting = model.pods.filter(pod => pod.node === '' && pod.status === 'Pending');
  return waiting.flatMap((pod): Waiting[] => {
    const object = snapshot.kinds.get('Pod')?.get(`${pod.namespace}/${pod.name}`) as { status?: { conditions?: { type: string; message?: string }[] } } | undefined;
    const message = object?.status?.conditions?.find(({ type }) => type === 'PodScheduled')?.message ?? '';
    const full = /(\d+) Too many pods/.exec(message);
    return full ? [{ pod, why: `Too many pods on ${full[1]} nodes` }] : [];
  });
}

function addressesOf(cidr: string): string[] {
  const range = parseCidr(cidr);
  return range ? Array.from({ length: range.size }, (_, offset) => addressText(range.first + offset)) : [];
}

export const addressNumber = (ip: string): number => ip.split('.').reduce((sum, part) => sum * 256 + (Number(part) || 0), 0);
const addressText = (value: number): string => [24, 16, 8, 0].map(shift => Math.floor(value / 2 ** shift) % 256).join('.');

const USE_WORDS: Readonly<Record<SlotUse, string>> = {
  pod: 'pod', warm: 'held warm, unused', cooling: 'cooling down', node: 'node interface', 'control-plane': 'control plane', nat: 'NAT gateway', balancer: 'load balancer', other: 'other', free: 'free', reserved: 'reserved by AWS',
};
export const useWords = (use: SlotUse): string => USE_WORDS[use];

const MANY: Partial<Readonly<Record<SlotUse, string>>> = { pod: 'pods', warm: 'held warm, unused', node: 'node interfaces', nat: 'NAT gateways', balancer: 'load balancer interfaces' };

/** Who holds a subnet, largest share first: `22 pods`, `14 held warm, unused`, `16 RDS proxy`. */
export function holders({ counts, slots }: SubnetPicture): string[] {
  const named = new Map<string, number>();
  for (const { use, description } of slots) if (use === 'other') {
    const label = description.replace(/ (for )?\S*\d\S*$/, '');
    named.set(label, (named.get(label) ?? 0) + 1);
  }
  const rows = [...counts].filter(([use]) => use !== 'free' && (use !== 'other' || named.size === 0)).map(([use, count]) => [count === 1 ? useWords(use) : MANY[use] ?? useWords(use), count] as const);
  return [...rows, ...named].sort((x, y) => y[1] - x[1]).map(([words, count]) => `${count} ${words}`);
}

/** The legend, in this order; `other` names itself by its description. */
export const USES: readonly SlotUse[] = ['pod', 'warm', 'cooling', 'node', 'control-plane', 'nat', 'balancer', 'other', 'free', 'reserved'];

/** What a slot says of itself: on hover, to a screen reader, in the table. */
export function slotWords({ ip, use, pod, node, description }: Slot): string {
  const who = pod ? `${pod.name}, ${pod.status}` : use === 'pod' ? 'a pod that is coming or going' : use === 'other' || use === 'balancer' || use === 'nat' ? description || useWords(use) : useWords(use);
  return `${ip}, ${who}${node && use !== 'node' ? `, ${node}` : node ? ` of ${node}` : ''}`;
}
