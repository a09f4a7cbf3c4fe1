import { useMemo } from 'react';
import { select, useSession, type MapView } from '../session.ts';
import type { Slug } from '../snapshot.ts';
import { Glyph, type GlyphName } from '../theme/glyph.tsx';
import { Middle } from '../theme/middle.tsx';
import type { Tone } from '../theme/status.ts';
import { addressPicture, useWords, USES } from './addresses.ts';
import { filter } from './filter.ts';
import { group } from './group.ts';
import { model } from './model.ts';
import { ownsGraph } from './owns.ts';
import { wireLabel } from './talks-layout.ts';
import { talksGraph } from './talks.ts';
import type { Snapshot } from '../snapshot.ts';
import type { TrafficSample } from '../../hosts/protocol.ts';

export interface Row { readonly key: string; readonly slug: Slug | undefined; readonly glyph: GlyphName; readonly tone: Tone; readonly cells: readonly string[] }
export interface Table { readonly headers: readonly string[]; readonly rows: readonly Row[] }

/** The same rows as the picture, in the same order. */
export function tableOf(view: MapView, snapshot: Snapshot, namespace: string, traffic: readonly TrafficSample[], nowMs: number): Table {
  if (view === 'where') {
    const { zones, adrift } = group(filter(model(snapshot), { namespace }));
    const rows: Row[] = zones.flatMap(zone => zone.nodes.flatMap(({ node, trouble, calm, folded }) => [...trouble, ...calm, ...folded].flatMap(pod => (!pod ? [] : [{
      key: pod.uid, slug: pod.slug, glyph: pod.look.glyph, tone: pod.look.tone, cells: [pod.name, pod.status, pod.ready, String(pod.restarts), pod.namespace, node?.short ?? '', zone.zone],
    }]))));
    for (const pod of adrift) rows.push({ key: pod.uid, slug: pod.slug, glyph: pod.look.glyph, tone: pod.look.tone, cells: [pod.name, pod.status, pod.ready, String(pod.restarts), pod.namespace, 'none', ''] });
    return { headers: ['Pod', 'Status', 'Ready', 'Restarts', 'Namespace', 'Node', 'Zone'], rows };
  }
  if (view === 'owns') {
    const { boxes, edges } = ownsGraph(snapshot, namespace);
    const titles = new Map(boxes.map(box => [box.id, box]));
    return {
      headers: ['Name', 'Kind', 'State', 'Owned or named by'],
      rows: [...boxes].sort((a, b) => a.row - b.row || a.column - b.column).map(box => ({
        key: box.id, slug: box.slug, glyph: box.glyph, tone: box.tone,
        cells: [box.title, box.kind, box.note, edges.filter(edge => (edge.owns ? edge.to : edge.from) === box.id).map(edge => titles.get(edge.owns ? edge.from : edge.to)?.title ?? '').join(', ')],
      })),
    };
  }
  if (view === 'talks') {
    const { boxes, wires } = talksGraph(snapshot, traffic, nowMs, namespace);
    const rows: Row[] = wires.map(wire => ({ key: wire.id, slug: boxes.find(box => box.id === wire.to)?.slug, glyph: wire.failed > 0 ? 'svc' : 'svcok', tone: wire.failed > 0 ? 'bad' : 'ok', cells: [wire.to, wire.from, wireLabel(wire)] }));
    const called = new Set(wires.map(wire => wire.to));
    for (const box of boxes) if (box.kind === 'service' && !called.has(box.id)) rows.push({ key: box.id, slug: box.slug, glyph: box.ready > 0 ? 'svcok' : 'svc', tone: box.ready > 0 ? 'ok' : 'bad', cells: [box.id, 'nobody in the last 10 s', box.note] });
    for (const box of boxes) for (const { name, words, tone } of box.targets) rows.push({ key: `${box.id} ${name}`, slug: undefined, glyph: tone === 'bad' ? 'svc' : 'svcok', tone, cells: [box.id, `targets of ${name}`, words] });
    return { headers: ['Service', 'Called by', 'Last 10 s'], rows };
  }
  const { subnets, nodes, adrift } = addressPicture(snapshot, model(snapshot));
  const waiting = [...nodes.flatMap(({ name, waiting: on }) => on.map(entry => ({ ...entry, node: name }))), ...adrift.map(entry => ({ ...entry, node: 'none' }))];
  return {
    headers: ['Address', 'Use', 'Held by', 'Node', 'Interface', 'Subnet'],
    rows: [
      ...waiting.map(({ pod, why, node }): Row => ({ key: pod.uid, slug: pod.slug, glyph: 'noaddr', tone: 'bad', cells: ['none', why, pod.name, node, '', ''] })),
      ...subnets.flatMap(({ fact, slots }) => slots.filter(({ use }) => use !== 'free' && use !== 'reserved').map((slot): Row => ({
        key: slot.ip, slug: slot.pod?.slug ?? (slot.node ? `Node//${slot.node}` : undefined), glyph: slot.pod?.look.glyph ?? 'node', tone: slot.pod?.look.tone ?? 'wait',
        cells: [slot.ip, useWords(slot.use), slot.pod?.name ?? (slot.use === 'other' ? slot.description : ''), slot.node, slot.interfaceId, fact.id],
      }))),
    ],
  };
}

/** Subnets with the numbers of the picture: free is what `describe-subnets` says. */
export function subnetTable(snapshot: Snapshot): Table {
  const { subnets } = addressPicture(snapshot, model(snapshot));
  const uses = USES.filter(use => use !== 'free' && use !== 'reserved' && subnets.some(({ counts }) => (counts.get(use) ?? 0) > 0));
  return {
    headers: ['Subnet', 'Free', 'Of', 'Zone', 'Range', ...uses.map(useWords)],
    rows: subnets.map(({ fact, usable, counts }): Row => ({
      key: fact.id, slug: undefined, glyph: 'node', tone: fact.free === 0 ? 'bad' : fact.free < usable * 0.1 ? 'warn' : 'ok',
      cells: [fact.id, String(fact.free), String(usable), fact.zone, fact.cidr, ...uses.map(use => String(counts.get(use) ?? 0))],
    })),
  };
}

export function MapTable({ view }: { view: MapView }) {
  const snapshot = useSession(state => state.snapshot);
  const namespace = useSession(state => state.mapNamespace);
  const traffic = useSession(state => (view === 'talks' ? state.traffic : EMPTY));
  const nowMs = useSession(state => (view === 'talks' ? state.nowMs : 0));
  const selected = useSession(state => state.selected);
  const table = useMemo(() => tableOf(view, snapshot, namespace, traffic, nowMs), [view, snapshot, namespace, traffic, nowMs]);
  const subnets = useMemo(() => (view === 'addresses' ? subnetTable(snapshot) : undefined), [view, snapshot]);
  return (
    <div className="table-wrap" tabIndex={0} role="region" aria-label="The map as a table">
      {subnets && <Sheet table={subnets} selected={selected} caption="Subnets" />}
      <Sheet table={table} selected={selected} {...(subnets && { caption: 'Addresses' })} />
      {table.rows.length === 0 && <p className="empty">Nothing to list here yet.</p>}
    </div>
  );
}

function Sheet({ table, selected, caption }: { table: Table; selected: Slug | undefined; caption?: string }) {
  return (
    <table className="sheet-table">
      {caption && <caption>{caption}</caption>}
      <thead><tr>{table.headers.map(header => <th key={header} scope="col">{header}</th>)}</tr></thead>
      <tbody>
        {table.rows.map(row => (
          <tr key={row.key} aria-selected={row.slug !== undefined && row.slug === selected}>
            {row.cells.map((cell, index) => (
              <td key={table.headers[index]} className={index === 1 ? `c-${row.tone}` : 'mono'}>
                {index === 0 ? <span className="row" style={{ gap: 6 }}><Glyph name={row.glyph} />{row.slug ? <button type="button" title={cell} aria-label={cell} onClick={() => select(row.slug)}><Middle text={cell} /></button> : cell}</span> : cell}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const EMPTY: readonly TrafficSample[] = [];
