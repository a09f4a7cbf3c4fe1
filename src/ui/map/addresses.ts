/** Addresses: which are taken, by zone and by node, as far as the cluster's API knows them. */
import type { MapModel, NodeMark, PodMark } from './model.ts';

export interface Slot {
  readonly ip: string;
  readonly use: 'node' | 'pod' | 'asked';
  readonly pod: PodMark | undefined;
}

export interface NodeAddresses { readonly node: NodeMark; readonly slots: readonly Slot[]; readonly waiting: readonly PodMark[] }
export interface ZoneAddresses { readonly zone: string; readonly prefix: string; readonly slots: readonly Slot[]; readonly nodes: readonly NodeAddresses[] }

export function addresses(model: MapModel): ZoneAddresses[] {
  const zones = new Map<string, NodeAddresses[]>();
  for (const node of model.nodes) {
    const pods = model.pods.filter(pod => pod.node === node.name);
    // Pods on the host's network share the node's address and take none of their own.
    const own = pods.filter(pod => pod.ip !== '' && pod.ip !== node.ip && pod.look.glyph !== 'done');
    const slots: Slot[] = [{ ip: node.ip, use: 'node' as const, pod: undefined }, ...own.map(pod => ({ ip: pod.ip, use: 'pod' as const, pod }))].sort(byAddress);
    const waiting = pods.filter(pod => pod.ip === '' && (pod.status === 'ContainerCreating' || pod.status.startsWith('Init:')));
    const entry = { node, slots, waiting };
    const list = zones.get(node.zone);
    if (list) list.push(entry);
    else zones.set(node.zone, [entry]);
  }
  return [...zones].map(([zone, nodes]) => {
    const slots = nodes.flatMap(entry => entry.slots).sort(byAddress);
    return { zone, nodes, slots, prefix: commonPrefix(slots.map(slot => slot.ip)) };
  });
}

export function addressNumber(ip: string): number {
  return ip.split('.').reduce((sum, part) => sum * 256 + (Number(part) || 0), 0);
}

const byAddress = (a: Slot, b: Slot): number => addressNumber(a.ip) - addressNumber(b.ip);

/** The smallest `a.b.c.d/n` that holds all addresses: an observation, not the subnet's own size. */
export function commonPrefix(ips: readonly string[]): string {
  if (ips.length === 0) return '';
  const numbers = ips.map(addressNumber);
  const low = Math.min(...numbers);
  const high = Math.max(...numbers);
  let bits = 32;
  while (bits > 0 && Math.floor(low / 2 ** (32 - bits)) !== Math.floor(high / 2 ** (32 - bits))) bits -= 1;
  const base = Math.floor(low / 2 ** (32 - bits)) * 2 ** (32 - bits);
  return `${[24, 16, 8, 0].map(shift => Math.floor(base / 2 ** shift) % 256).join('.')}/${bits}`;
}
