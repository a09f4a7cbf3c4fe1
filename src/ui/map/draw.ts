/** Step 5 of the map: layouts as React Flow nodes and edges. The last step that knows nothing of the DOM. */
import type { Edge, Node } from '@xyflow/react';
import type { CardPlace, Level, WhereLayout } from './layout.ts';
import type { PodMark } from './model.ts';
import type { OwnBox, OwnsGraph } from './owns.ts';
import type { TalksGraph } from './talks.ts';
import { layoutTalks, type Run, type TalkPlace } from './talks-layout.ts';

export type ZoneNode = Node<{ zone: string; subnet: string; adrift: readonly PodMark[] }, 'zone'>;
export type CardNode = Node<{ place: CardPlace; level: Level; onCanvas: boolean }, 'card'>;
export type OwnNode = Node<{ box: OwnBox }, 'own'>;
export type TalkNode = Node<{ place: TalkPlace }, 'talk'>;
export type TalkEdge = Edge<{ run: Run }, 'wire'>;
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

export function drawTalks(graph: TalksGraph, paneWidth: number): Drawing {
  const layout = layoutTalks(graph, paneWidth);
  const nodes = layout.places.map((place): TalkNode => ({ ...STILL, id: place.box.id, type: 'talk', position: { x: place.x, y: place.y }, width: place.width, height: place.height, data: { place } }));
  const edges = layout.runs.map((run): TalkEdge => ({ id: run.wire.id, source: run.wire.from, target: run.wire.to, type: 'wire', selectable: false, focusable: false, data: { run } }));
  const failing = new Set(graph.wires.filter(wire => wire.failed > 0).flatMap(wire => [wire.from, wire.to]));
  const ends = layout.places.filter(place => failing.has(place.box.id)).map(place => place.x + place.width);
  return { nodes, edges, width: layout.width, height: layout.height, ...(ends.length > 0 ? { focusX: Math.max(...ends) } : {}) };
}

/** Stroke width of a wire, in pixels: a rate reads as weight. */
export function wireWidth(perSecond: number): number {
  return Math.min(6, 1 + Math.log2(1 + perSecond) * 0.8);
}
