/** Step 4 of the map: where everything stands. Pure arithmetic on sizes that `map.css` shares. */
import type { Grouped, NodeGroup, ZoneGroup } from './group.ts';
import type { PodMark } from './model.ts';

/** By the on-screen width of a node card: under 56 px, 56 to 220 px, above. */
export type Level = 'crowd' | 'structure' | 'detail';

export interface Rect { readonly x: number; readonly y: number; readonly width: number; readonly height: number }

export interface CardPlace { readonly group: NodeGroup; readonly rect: Rect }
export interface ZonePlace { readonly zone: string; readonly subnet: string; readonly rect: Rect; readonly cards: readonly CardPlace[]; readonly adrift: readonly PodMark[] }
export interface WhereLayout { readonly zones: readonly ZonePlace[]; readonly width: number; readonly height: number; readonly cardWidth: number; /** Columns of each zone, for a layout that is to stay as it is. */ readonly columns: ReadonlyMap<string, number> }

export const CARD_WIDTH = 176;
const CARD_WIDTH_MAX = 300;
const GAP = 8;
const ZONE_GAP = 10;
const ZONE_PAD = 8;
const ZONE_HEAD = 22;
/** Water kept free under the cards for legend and zoom. */
const ZONE_FOOT = 38;

export function levelOf(zoom: number, cardWidth: number = CARD_WIDTH): Level {
  const onScreen = zoom * cardWidth;
  return onScreen < 56 ? 'crowd' : onScreen <= 220 * Math.max(1, cardWidth / CARD_WIDTH) ? 'structure' : 'detail';
}

/** The row of version and places under a node's name. */
const META = 14;

/** Height of a node card, in the map's own pixels. */
export function cardHeight(entry: NodeGroup, level: Level): number {
  if (level === 'detail') {
    const rows = entry.calm.length + entry.folded.length;
    return 40 + META + entry.trouble.length * 34 + rows * 17;
  }
  return 36 + META + entry.trouble.length * 39 + chipRows(entry) * 22;
}

/** A pod on its way says where it stands, and takes a row for it. */
export const takesRow = (pod: PodMark | undefined): boolean => pod?.look.tone === 'wait';

/** Rows of a grid of two columns, filled in order. */
function chipRows({ calm, folded }: NodeGroup): number {
  let half = 0;
  const rows = (used: number): number => Math.ceil(used / 2);
  for (const pod of calm) half = takesRow(pod) ? rows(half) * 2 + 2 : half + 1;
  return rows(half + (folded.length > 0 ? 1 : 0));
}

/**
 * Chooses columns for each zone so that the whole comes nearest to the pane's shape, then lets cards grow into spare width.
 * With `held`, columns stay as they were: nothing reflows under a pointer.
 */
export function layoutWhere(grouped: Grouped, level: Level, pane: { width: number; height: number }, held?: ReadonlyMap<string, number>): WhereLayout {
  const zones: { zone: ZoneGroup; adrift: readonly PodMark[]; columns: number; heights: readonly number[] }[] = grouped.zones.map(zone => ({
    zone, adrift: [], columns: Math.min(held?.get(zone.zone) ?? 1, Math.max(1, zone.nodes.length)), heights: zone.nodes.map(node => cardHeight(node, level)),
  }));
  if (grouped.adrift.length > 0) {
    const unplaced: NodeGroup = { node: undefined, trouble: [], calm: grouped.adrift, folded: [] };
    zones.push({ zone: { zone: '', nodes: [unplaced] }, adrift: grouped.adrift, columns: 1, heights: [Math.min(cardHeight(unplaced, level), 400)] });
  }
  const widthAt = (cardWidth: number): number =>
    zones.reduce((sum, entry) => sum + entry.columns * (cardWidth + GAP) - GAP + 2 * ZONE_PAD + ZONE_GAP, -ZONE_GAP);
  const heightOf = (entry: (typeof zones)[number]): number => ZONE_HEAD + ZONE_FOOT + Math.max(...columnHeights(entry.heights, entry.columns), 40);
  const shape = pane.width / Math.max(1, pane.height);
  while (!held) {
    const tallest = zones.filter(entry => entry.columns < entry.heights.length).sort((a, b) => heightOf(b) - heightOf(a))[0];
    if (!tallest || tallest.columns >= tallest.heights.length) break;
    const height = Math.max(...zones.map(heightOf));
    if (height <= pane.height || widthAt(CARD_WIDTH) / height >= shape || heightOf(tallest) < height) break;
    tallest.columns += 1;
    if (widthAt(CARD_WIDTH) > pane.width * 1.12 && height <= pane.height * 1.1) {
      tallest.columns -= 1;
      break;
    }
  }
  const cards = zones.reduce((sum, entry) => sum + entry.columns, 0);
  const spare = pane.width - widthAt(CARD_WIDTH);
  const cardWidth = Math.min(CARD_WIDTH_MAX, CARD_WIDTH + Math.max(0, Math.floor(spare / Math.max(1, cards))));
  const content = Math.max(0, ...zones.map(heightOf));
  const zoom = Math.min(1, Math.max(0.1, pane.width / Math.max(1, widthAt(cardWidth))));
  const height = Math.max(content, Math.floor(pane.height / zoom));
  let x = 0;
  const placed = zones.map(entry => {
    const width = entry.columns * (cardWidth + GAP) - GAP + 2 * ZONE_PAD;
    const tops = Array.from({ length: entry.columns }, () => ZONE_HEAD);
    const cardPlaces = entry.zone.nodes.map((node, index): CardPlace => {
      const column = shortest(tops);
      const top = tops[column] ?? ZONE_HEAD;
      const cardTall = entry.heights[index] ?? 40;
      tops[column] = top + cardTall + GAP;
      return { group: node, rect: { x: ZONE_PAD + column * (cardWidth + GAP), y: top, width: cardWidth, height: cardTall } };
    });
    const place: ZonePlace = { zone: entry.zone.zone, subnet: '', rect: { x, y: 0, width, height }, cards: cardPlaces, adrift: entry.adrift };
    x += width + ZONE_GAP;
    return place;
  });
  return { zones: placed, width: Math.max(1, x - ZONE_GAP), height, cardWidth, columns: new Map(zones.map(entry => [entry.zone.zone, entry.columns])) };
}

function columnHeights(heights: readonly number[], columns: number): number[] {
  const tops = Array.from({ length: columns }, () => 0);
  for (const height of heights) {
    const column = shortest(tops);
    tops[column] = (tops[column] ?? 0) + height + GAP;
  }
  return tops;
}

/** Fills row by row while columns are level, so that neighbours stay neighbours. */
function shortest(tops: readonly number[]): number {
  let best = 0;
  for (let column = 1; column < tops.length; column += 1) if ((tops[column] ?? 0) < (tops[best] ?? 0)) best = column;
  return best;
}
