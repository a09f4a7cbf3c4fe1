import { useMemo } from 'react';
import { select, useSession, type MapView } from '../session.ts';
import type { Slug } from '../snapshot.ts';
import { Glyph, type GlyphName } from '../theme/glyph.tsx';
import { Middle } from '../theme/middle.tsx';
import type { Tone } from '../theme/status.ts';
import { addresses } from './addresses.ts';
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
    return { headers: ['Service', 'Called by', 'Last 10 s'], rows };
  }
  return {
    headers: ['Address', 'Use', 'Pod', 'Node', 'Zone'],
    rows: addresses(model(snapshot)).flatMap(zone => zone.nodes.flatMap(({ node, slots }) => slots.map(slot => ({
      key: `${slot.ip}${slot.use}`, slug: slot.pod?.slug ?? node.slug, glyph: slot.pod?.look.glyph ?? node.look.glyph, tone: slot.pod?.look.tone ?? node.look.tone,
      cells: [slot.ip, slot.use === 'pod' ? 'pod' : 'node interface', slot.pod?.name ?? '', node.short, zone.zone],
    })))),
  };
}

export function MapTable({ view }: { view: MapView }) {
  const snapshot = useSession(state => state.snapshot);
  const namespace = useSession(state => state.mapNamespace);
  const traffic = useSession(state => (view === 'talks' ? state.traffic : EMPTY));
  const nowMs = useSession(state => (view === 'talks' ? state.nowMs : 0));
  const selected = useSession(state => state.selected);
  const table = useMemo(() => tableOf(view, snapshot, namespace, traffic, nowMs), [view, snapshot, namespace, traffic, nowMs]);
  return (
    <div className="table-wrap" tabIndex={0} role="region" aria-label="The map as a table">
      <table className="sheet-table">
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
      {table.rows.length === 0 && <p className="empty">Nothing to list here yet.</p>}
    </div>
  );
}

const EMPTY: readonly TrafficSample[] = [];
