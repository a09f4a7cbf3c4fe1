/** Step 5 of the map: layouts as React Flow nodes and edges. The last step that knows nothing of the DOM. */
import type { Edge, Node } from '@xyflow/react';
import type { Slug } from '../snapshot.ts';
import type { CardPlace, Level, WhereLayout } from './layout.ts';
import type { PodMark } from './model.ts';
import type { OwnBox, OwnsGraph } from './owns.ts';
import type { TalkBox, TalksGraph, Wire } from './talks.ts';

export type ZoneNode = Node<{ zone: string; subnet: string; adrift: readonly PodMark[] }, 'zone'>;
export type CardNode = Node<{ place: CardPlace; level: Level; onCanvas: boolean }, 'card'>;
export type OwnNode = Node<{ box: OwnBox }, 'own'>;
export type TalkNode = Node<{ box: TalkBox }, 'talk'>;
export type TalkEdge = Edge<{ wire: Wire }, 'wire'>;
export type MapNode = ZoneNode | CardNode | OwnNode | TalkNode;
export interface Drawing { readonly nodes: MapNode[]; readonly edges: Edge[]; readonly width: number; readonly height: number; /** Where trouble lies, when not all of it can be shown. */ readonly focusX?: number }

const STILL = { draggable: false, selectable: false, connectable: false, focusable: false } as const;

/** Above this many pods, chips become dots on a canvas unless one has zoomed in. */
export const CHIPS_MAX = 500;

export function drawWhere(layout: WhereLayout, level: Level, podCount: number): Drawing {
  const nodes: MapNode[] = [];
  for (const zone of layout.zones) {
    const id = `zone:${zone.zone}`;
    nodes.push({
      ...STILL, id, type: 'zone', position: { x: zone.rect.x, y: zone.rect.y }, width: zone.rect.width, height: layout.height,
      data: { zone: zone.zone, subnet: zone.subnet, adrift: zone.adrift },
    });
    for (const place of zone.cards) {
      nodes.push({
        ...STILL, id: place.group.node?.slug ?? 'adrift', type: 'card', parentId: id, position: { x: place.rect.x, y: place.rect.y }, width: place.rect.width,
        height: place.rect.height, data: { place, level, onCanvas: level === 'crowd' || (podCount > CHIPS_MAX && level === 'structure') },
      });
    }
  }
  return { nodes, edges: [], width: layout.width, height: layout.height };
}

const OWN_COLUMNS = [0, 216, 424, 640] as const;
export const OWN_WIDTH = 176;
const OWN_POD_WIDTH = 250;
const OWN_ROW = 30;

export function drawOwns(graph: OwnsGraph): Drawing {
  const nodes: MapNode[] = graph.boxes.map((box): OwnNode => ({
    ...STILL, id: box.id, type: 'own', position: { x: OWN_COLUMNS[box.column], y: box.row * OWN_ROW }, width: box.column === 3 ? OWN_POD_WIDTH : OWN_WIDTH, height: 24, data: { box },
  }));
  const edges: Edge[] = graph.edges.map(edge => ({
    id: edge.id, source: edge.from, target: edge.to, type: 'default', selectable: false, focusable: false,
    className: edge.missing ? 'edge-missing' : edge.owns ? 'edge-owns' : 'edge-refers',
  }));
  return { nodes, edges, width: OWN_COLUMNS[3] + OWN_POD_WIDTH, height: graph.rows * OWN_ROW };
}

const TALK_COLUMN = 296;
export const TALK_WIDTH = 200;

/** Height of a box: a head and one row for two pods. */
export const talkHeight = (box: TalkBox): number =>
  box.pods.length === 0 ? 40 : 44 + box.pods.filter(pod => pod.look.tone === 'bad').length * 22 + Math.ceil(box.pods.filter(pod => pod.look.tone !== 'bad').length / 6) * 18;

export function drawTalks(graph: TalksGraph): Drawing {
  const tops: number[] = [];
  const nodes: MapNode[] = graph.boxes.map((box): TalkNode => {
    const y = tops[box.column] ?? 0;
    const height = talkHeight(box);
    tops[box.column] = y + height + 22;
    return { ...STILL, id: box.id, type: 'talk', position: { x: box.column * TALK_COLUMN, y }, width: TALK_WIDTH, height, data: { box } };
  });
  const tallest = Math.max(0, ...tops);
  // Short columns are centred beside tall ones, so that wires run level.
  for (const node of nodes) {
    const column = (node as TalkNode).data.box.column;
    node.position.y += (tallest - (tops[column] ?? 0)) / 2;
  }
  const edges = graph.wires.map((wire): TalkEdge => ({ id: wire.id, source: wire.from, target: wire.to, type: 'wire', selectable: false, focusable: false, data: { wire } }));
  const failing = new Set(graph.wires.filter(wire => wire.failed > 0).flatMap(wire => [wire.from, wire.to]));
  const columns = graph.boxes.filter(box => failing.has(box.id)).map(box => box.column);
  const focusX = columns.length > 0 ? Math.max(...columns) * TALK_COLUMN + TALK_WIDTH : undefined;
  return { nodes, edges, width: graph.columns * TALK_COLUMN - (TALK_COLUMN - TALK_WIDTH), height: tallest, ...(focusX === undefined ? {} : { focusX }) };
}

/** Stroke width of a wire, in pixels: a rate reads as weight. */
export function wireWidth(perSecond: number): number {
  return Math.min(6, 1 + Math.log2(1 + perSecond) * 0.8);
}

export function wireLabel(wire: Wire): string {
  if (wire.failed === 0) return `${rate(wire.perSecond)}/s · ${Math.round(wire.latencyMsP95)} ms`;
  return `${wire.failed} of ${wire.total} fail${wire.failure ? ` · ${wire.failure}` : ''}`;
}

function rate(perSecond: number): string {
  return perSecond >= 10 ? String(Math.round(perSecond)) : perSecond.toFixed(1).replace(/\.0$/, '');
}

export interface TableRow { readonly slug: Slug; readonly cells: readonly string[]; readonly tone: PodMark['look'] }
