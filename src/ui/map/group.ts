/** Step 3 of the map: zone → node → pods, each pod at a berth that it keeps. */
import type { FilteredModel } from './filter.ts';
import { isTrouble } from './filter.ts';
import type { NodeMark, PodMark } from './model.ts';

/** Node name → the uid at each berth; `''` is free. */
export type Berths = ReadonlyMap<string, readonly string[]>;

export interface NodeGroup {
  readonly node: NodeMark | undefined;
  /** In trouble, worst first: these get room. */
  readonly trouble: readonly PodMark[];
  /** In order of berths; `undefined` is a free berth between two taken ones. */
  readonly calm: readonly (PodMark | undefined)[];
  /** Only counted. */
  readonly folded: readonly PodMark[];
}

export interface ZoneGroup {
  readonly zone: string;
  readonly nodes: readonly NodeGroup[];
}

export interface Grouped {
  readonly zones: readonly ZoneGroup[];
  /** Pods without a node. */
  readonly adrift: readonly PodMark[];
  readonly berths: Berths;
}

export function group(model: FilteredModel, before: Berths = new Map()): Grouped {
  const byNode = new Map<string, PodMark[]>();
  for (const pod of model.pods) {
    const pods = byNode.get(pod.node);
    if (pods) pods.push(pod);
    else byNode.set(pod.node, [pod]);
  }
  const berths = new Map<string, readonly string[]>();
  const zones = new Map<string, NodeGroup[]>();
  for (const node of model.nodes) {
    const pods = byNode.get(node.name) ?? [];
    const shown = pods.filter(pod => !model.folded.has(pod.uid));
    const taken = berthsAfter(before.get(node.name) ?? [], shown);
    berths.set(node.name, taken);
    const byUid = new Map(shown.map(pod => [pod.uid, pod]));
    const cells = taken.map(uid => byUid.get(uid)).filter(pod => !pod || !isTrouble(pod));
    const entry: NodeGroup = {
      node, trouble: shown.filter(isTrouble).sort(worstFirst), calm: trimmed(cells),
      folded: pods.filter(pod => model.folded.has(pod.uid)),
    };
    const list = zones.get(node.zone);
    if (list) list.push(entry);
    else zones.set(node.zone, [entry]);
  }
  const known = new Set(model.nodes.map(node => node.name));
  const adrift = model.pods.filter(pod => !known.has(pod.node)).sort(oldestFirst);
  return { zones: [...zones].map(([zone, nodes]) => ({ zone, nodes })), adrift, berths };
}

/** A pod keeps its berth; a new one takes the first that is free. */
export function berthsAfter(before: readonly string[], pods: readonly PodMark[]): readonly string[] {
  const present = new Set(pods.map(pod => pod.uid));
  const after = before.map(uid => (present.has(uid) ? uid : ''));
  const placed = new Set(after);
  for (const pod of [...pods].sort(oldestFirst)) {
    if (placed.has(pod.uid)) continue;
    const free = after.indexOf('');
    if (free < 0) after.push(pod.uid);
    else after[free] = pod.uid;
  }
  while (after.at(-1) === '') after.pop();
  return after;
}

function trimmed(cells: readonly (PodMark | undefined)[]): readonly (PodMark | undefined)[] {
  let end = cells.length;
  while (end > 0 && cells[end - 1] === undefined) end -= 1;
  return cells.slice(0, end);
}

const worstFirst = (a: PodMark, b: PodMark): number => {
  const rank = (pod: PodMark): number => (pod.look.tone === 'bad' ? 0 : 1);
  return rank(a) - rank(b) || a.name.localeCompare(b.name);
};

const oldestFirst = (a: PodMark, b: PodMark): number =>
  a.createdAt.localeCompare(b.createdAt) || a.namespace.localeCompare(b.namespace) * -1 || a.name.localeCompare(b.name);
