/**
 * Where the boxes and wires of Who talks stand. Every wire ends at a row of its own in the box it calls, and its words stand in that
 * row: so no label can lie over another one or over a wire. Sizes are those of `map.css`; text is 11.5 px.
 */
import type { PodMark } from './model.ts';
import type { TalkBox, TalksGraph, Wire } from './talks.ts';

export interface Port {
  readonly wire: Wire;
  /** Middle of the row from the top of the box, px. */
  readonly y: number;
  /** The words, one entry a line. */
  readonly lines: readonly string[];
}

export interface TalkPlace {
  readonly box: TalkBox;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly ports: readonly Port[];
  /** Pods in trouble say name and status on two lines where one is too short. */
  readonly tallPods: boolean;
}

export interface Run { readonly wire: Wire; readonly from: { readonly x: number; readonly y: number }; readonly to: { readonly x: number; readonly y: number } }

export interface TalksLayout { readonly places: readonly TalkPlace[]; readonly runs: readonly Run[]; readonly width: number; readonly height: number }

/** Text of 11.5 px stays readable down to here. */
export const ZOOM_MIN = 0.96;
const WIDTH_MIN = 92;
const WIDTH_MAX = 208;
const GAP_MIN = 24;
const GAP_MAX = 96;
const ROW_GAP = 14;
/** Padding and border of a box, left and right together. */
const PAD = 16;
const HEAD = 24;
const NOTE = 17;
const PORT_LINE = 15;
const CHIP = 20;
const CHIP_TALL = 32;
/** A healthy pod, with the space after it. */
const HULL = 16;

/** Width of text in the condensed face, px; digits and lower case come out a little wide, capitals a little narrow. */
const measure = (text: string, size = 11.5): number => text.length * size * 0.435;

export function layoutTalks(graph: TalksGraph, paneWidth: number): TalksLayout {
  const columns: TalkBox[][] = Array.from({ length: graph.columns }, () => []);
  for (const box of graph.boxes) columns[box.column]?.push(box);
  const incoming = new Map<string, Wire[]>();
  for (const wire of graph.wires) incoming.set(wire.to, [...(incoming.get(wire.to) ?? []), wire]);
  const { widths, gap } = shareWidth(columns.map(boxes => Math.max(WIDTH_MIN, ...boxes.map(box => naturalWidth(box, incoming.get(box.id) ?? [])))), paneWidth);
  const places = new Map<string, TalkPlace>();
  let x = 0;
  let height = 0;
  columns.forEach((boxes, column) => {
    const width = widths[column] ?? WIDTH_MIN;
    let y = 0;
    // Beside their callers, so that wires cross less; trouble stays on top.
    const callersAt = (box: TalkBox): number => mean((incoming.get(box.id) ?? []).flatMap(wire => { const place = places.get(wire.from); return place ? [place.y + place.height / 2] : []; }));
    const failing = (box: TalkBox): number => ((incoming.get(box.id) ?? []).some(wire => wire.failed > 0) ? 0 : 1);
    for (const box of boxes.toSorted((a, b) => failing(a) - failing(b) || callersAt(a) - callersAt(b))) {
      const place = placeBox(box, incoming.get(box.id) ?? [], places, x, y, width);
      places.set(box.id, place);
      y += place.height + ROW_GAP;
    }
    height = Math.max(height, y - ROW_GAP);
    x += width + gap;
  });
  // Short columns are centred beside tall ones, so that wires run level.
  const centred = columns.flatMap(boxes => {
    const own = boxes.flatMap(box => places.get(box.id) ?? []);
    const tall = Math.max(0, ...own.map(place => place.y + place.height));
    return own.map(place => ({ ...place, y: place.y + (height - tall) / 2 }));
  });
  return { places: centred, runs: runsOf(centred), width: Math.max(1, x - gap), height: Math.max(1, height) };
}

function runsOf(places: readonly TalkPlace[]): Run[] {
  const byId = new Map(places.map(place => [place.box.id, place]));
  return places.flatMap(place => place.ports.flatMap(({ wire, y }): Run[] => {
    const from = byId.get(wire.from);
    return from ? [{ wire, from: { x: from.x + from.width, y: from.y + HEAD / 2 + 2 }, to: { x: place.x, y: place.y + y } }] : [];
  }));
}

function placeBox(box: TalkBox, wires: readonly Wire[], places: ReadonlyMap<string, TalkPlace>, x: number, y: number, width: number): TalkPlace {
  const bad = box.pods.filter(getsChip);
  const perRow = Math.max(1, Math.floor((width - PAD) / HULL));
  const calm = box.pods.length - bad.length;
  // Hulls and words share a row where they can.
  const hullRows = calm * HULL + measure(readyWords(box)) <= width - PAD ? 1 : Math.ceil(calm / perRow) + 1;
  let at = HEAD + NOTE * hullRows;
  at += box.targets.length * PORT_LINE;
  const byCaller = wires.toSorted((a, b) => (places.get(a.from)?.y ?? 0) - (places.get(b.from)?.y ?? 0));
  const ports = byCaller.map((wire): Port => {
    const lines = wireLines(wire, width - PAD);
    const port = { wire, lines, y: at + (PORT_LINE * lines.length) / 2 };
    at += PORT_LINE * lines.length + 2;
    return port;
  });
  const tallPods = bad.some(pod => chipWidth(pod, box) > width - PAD);
  const height = at + bad.length * ((tallPods ? CHIP_TALL : CHIP) + 2) + 7;
  return { box, x, y, width, height, ports, tallPods };
}

/** `6 of 40 fail · 502`; where it is too long, what it failed with takes a line of its own. */
export function wireLines(wire: Wire, room: number): string[] {
  const label = wireLabel(wire);
  const cut = label.indexOf(' · ');
  return measure(label) <= room || cut < 0 ? [label] : [label.slice(0, cut), label.slice(cut + 3)];
}

export function wireLabel(wire: Wire): string {
  if (wire.failed === 0) return `${rate(wire.perSecond)}/s · ${Math.round(wire.latencyMsP95)} ms`;
  return `${wire.failed} of ${wire.total} fail${wire.failure ? ` · ${wire.failure}` : ''}`;
}

function rate(perSecond: number): string {
  return perSecond >= 10 ? String(Math.round(perSecond)) : perSecond.toFixed(1).replace(/\.0$/, '');
}

/** Pods in trouble are named. Those without an address take no requests and are many at once: they stay hulls. */
export const getsChip = (pod: PodMark): boolean => pod.look.tone === 'bad' && pod.look.glyph !== 'noaddr';

/** What a box says beside its hulls. */
export function readyWords(box: TalkBox): string {
  if (box.kind !== 'service' || box.pods.length === 0) return box.note;
  return box.ready === box.pods.length ? `${box.ready} ready` : `${box.ready} ready of ${box.pods.length}`;
}

/** The name of a pod inside the box of its Service: the app is said above. */
export const podName = (pod: PodMark, box: TalkBox): string => (pod.short.startsWith(`${box.title}-`) ? pod.short.slice(box.title.length + 1) : pod.short);

const chipWidth = (pod: PodMark, box: TalkBox): number => 24 + measure(`${podName(pod, box)} · ${pod.status}`);

function naturalWidth(box: TalkBox, wires: readonly Wire[]): number {
  // Names outside the cluster are long and say most in their beginning.
  const title = Math.min(box.kind === 'outside' ? 104 : 150, measure(box.title, 13.8) + 22);
  const chips = box.pods.filter(getsChip).map(pod => chipWidth(pod, box));
  return PAD + Math.ceil(Math.max(title, measure(readyWords(box)), ...wires.map(wire => measure(wireLabel(wire))), ...box.targets.map(({ name, words }) => measure(`${name} ${words}`)), ...chips));
}

/** Columns take what their words need; what the pane has left goes to the wires first, then to the boxes. */
function shareWidth(natural: readonly number[], paneWidth: number): { widths: number[]; gap: number } {
  const gaps = Math.max(1, natural.length - 1);
  const sumOf = (some: readonly number[]): number => some.reduce((total, width) => total + width, 0);
  // A little smaller than drawn still reads at 11 px; words on one line are worth that.
  const pane = sumOf(natural) + gaps * GAP_MIN > paneWidth ? paneWidth / ZOOM_MIN : paneWidth;
  let widths = natural.map(width => Math.min(width, WIDTH_MAX));
  const sum = (): number => sumOf(widths);
  while (sum() + gaps * GAP_MIN > pane) {
    const widest = Math.max(...widths);
    if (widest <= WIDTH_MIN) break;
    widths = widths.map(width => (width === widest ? Math.max(WIDTH_MIN, widest - 4) : width));
  }
  const gap = Math.max(GAP_MIN, Math.min(GAP_MAX, (pane - sum()) / gaps));
  const spare = Math.max(0, pane - sum() - gaps * gap) / Math.max(1, widths.length);
  return { widths: widths.map(width => Math.floor(Math.max(width, Math.min(WIDTH_MAX, width + spare)))), gap };
}

const mean = (numbers: readonly number[]): number => (numbers.length === 0 ? Number.POSITIVE_INFINITY : numbers.reduce((sum, number) => sum + number, 0) / numbers.length);
