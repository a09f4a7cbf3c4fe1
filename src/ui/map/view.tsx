/** The map pane: four pictures of one state, or the same rows as a table. */
import { Handle, Position, ReactFlow, ReactFlowProvider, useReactFlow, useViewport, type NodeProps } from '@xyflow/react';
import '@xyflow/react/dist/base.css';
import { memo, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { hover, select, show, useSession, type MapView } from '../session.ts';
import { Glyph } from '../theme/glyph.tsx';
import { Middle } from '../theme/middle.tsx';
import { AddressesView } from './addresses-view.tsx';
import { Card } from './chips.tsx';
import { drawOwns, drawTalks, type CardNode, type OwnNode, type TalkNode, type ZoneNode } from './draw.ts';
import { levelOf, type Level } from './layout.ts';
import { Legend } from './legend.tsx';
import type { PodMark } from './model.ts';
import { ownsGraph } from './owns.ts';
import { MapTable } from './table.tsx';
import { getsChip, podName, readyWords, ZOOM_MIN } from './talks-layout.ts';
import { talksGraph } from './talks.ts';
import { useRelated } from './use-related.ts';
import { FirstStop, walk } from './walk.tsx';
import { whereDrafter } from './where.ts';
import { WireEdge } from './wire.tsx';
import './map.css';

const VIEWS: readonly { id: MapView; title: string }[] = [
  { id: 'where', title: 'Where' }, { id: 'owns', title: 'Who owns' }, { id: 'talks', title: 'Who talks' }, { id: 'addresses', title: 'Addresses' },
];

export function MapPane() {
  const view = useSession(state => state.mapView);
  const asTable = useSession(state => state.asTable);
  const ready = useSession(state => state.phase === 'open');
  return (
    <section className="pane map-pane" aria-label="Map" data-pane="map">
      <div className="ph">
        <div className="row" role="tablist" aria-label="Map view" style={{ gap: 0 }}>
          {VIEWS.map(({ id, title }, index) => (
            <button type="button" role="tab" key={id} className="tab" aria-selected={view === id} onClick={() => show({ mapView: id })}>{title}<sup aria-hidden="true">{index + 1}</sup></button>
          ))}
        </div>
        <span className="sp" />
        <NamespacePick />
        <button type="button" className="tag" aria-pressed={asTable} onClick={() => show({ asTable: !asTable })}>
          <span className={asTable ? 'c-3' : ''}>Map</span> · <span className={asTable ? '' : 'c-3'}>Table</span>
        </button>
      </div>
      <div className="map">
        {!ready ? null : asTable ? <MapTable view={view} /> : view === 'addresses' ? <AddressesView /> : (
          <ReactFlowProvider><Chart view={view} /></ReactFlowProvider>
        )}
      </div>
    </section>
  );
}

function NamespacePick() {
  const snapshot = useSession(state => state.snapshot.kinds.get('Namespace'));
  const chosen = useSession(state => state.mapNamespace);
  const names = [...(snapshot?.values() ?? [])].map(namespace => namespace.metadata.name).sort();
  return (
    <label className="tag pick">
      <span className="unseen">Namespace</span>
      <select value={chosen} onChange={event => show({ mapNamespace: event.target.value })}>
        <option value="">all namespaces</option>
        {names.map(name => <option key={name}>{name}</option>)}
      </select>
    </label>
  );
}

const nodeTypes = { zone: memo(ZoneBox), card: memo(CardBox), own: memo(OwnBoxView), talk: memo(TalkBoxView) };
const edgeTypes = { wire: WireEdge };
const MARGIN = 12;

function Chart({ view }: { view: Exclude<MapView, 'addresses'> }) {
  const frame = useRef<HTMLDivElement>(null);
  const [pane, setPane] = useState({ width: 0, height: 0 });
  const [level, setLevel] = useState<Level>('structure');
  const [pointerIn, setPointerIn] = useState(false);
  const flow = useReactFlow();
  const drawing = useDrawing(view, level, pane, pointerIn);
  const size = useRef<{ width: number; height: number; focusX?: number }>({ width: 0, height: 0 });
  useLayoutEffect(() => {
    size.current = drawing;
  }, [drawing]);

  useLayoutEffect(() => {
    const element = frame.current;
    if (!element) return;
    const watcher = new ResizeObserver(() => setPane({ width: element.clientWidth - 2 * MARGIN, height: element.clientHeight - 2 * MARGIN }));
    watcher.observe(element);
    return () => watcher.disconnect();
  }, []);

  const fit = useCallback((duration = 0, whole = false) => {
    const { width, height, focusX } = size.current;
    const across = pane.width / width;
    const down = pane.height / height;
    // A chart that does not fit stays readable and starts where trouble is; the rest is a drag or an F away.
    const readable = view === 'where' ? Math.min(1, across, down) : view === 'talks' ? Math.min(1, Math.max(across, ZOOM_MIN)) : Math.max(Math.min(1.15, across, down), Math.min(across, 0.92));
    const zoom = Math.max(0.1, whole ? Math.min(1.15, across, down) : readable);
    const over = width * zoom - pane.width;
    const x = over <= 0 ? MARGIN - over / 2 : MARGIN - Math.min(over, Math.max(0, (focusX ?? 0) * zoom - pane.width));
    const y = view === 'where' ? MARGIN : MARGIN + Math.max(0, (pane.height - height * zoom) / 2);
    void flow.setViewport({ x, y, zoom }, { duration });
  }, [flow, pane, view]);

  const empty = drawing.nodes.length === 0;
  useEffect(() => {
    if (pane.width > 0 && !empty) fit();
  }, [fit, pane, empty, view]);

  useEffect(() => {
    const onFit = (event: Event): void => {
      const slug = (event as CustomEvent<string>).detail;
      const node = slug ? flow.getNode(slug) : undefined;
      if (node) void flow.fitView({ nodes: [node], duration: 220, maxZoom: 1.6 });
      else fit(220, true);
    };
    window.addEventListener('drydock:fit', onFit);
    return () => window.removeEventListener('drydock:fit', onFit);
  }, [fit, flow]);

  return (
    <div ref={frame} style={{ position: 'absolute', inset: 0 }} onPointerEnter={() => setPointerIn(true)} onPointerLeave={() => { setPointerIn(false); hover(undefined); }} onKeyDown={walk}>
      <ReactFlow nodes={drawing.nodes} edges={drawing.edges} nodeTypes={nodeTypes} edgeTypes={edgeTypes} minZoom={0.08} maxZoom={2.4}
        nodesDraggable={false} nodesConnectable={false} nodesFocusable={false} edgesFocusable={false} elementsSelectable={false} deleteKeyCode={null} selectionKeyCode={null}
        zoomOnDoubleClick={false} onlyRenderVisibleElements={drawing.nodes.length > 60} disableKeyboardA11y
        onMove={(_, { zoom }) => { if (view === 'where') setLevel(levelOf(zoom)); }} onPaneClick={() => select(undefined)}>
        <Zoomer onFit={() => fit(220, true)} left={view === 'talks'} />
      </ReactFlow>
      {view === 'where' && <Legend />}
      {empty && <div className="empty">{emptyWords(view)}</div>}
      <FirstStop />
    </div>
  );
}

function emptyWords(view: MapView) {
  if (view === 'talks') return 'No Service here yet. It appears with its wires as soon as something calls it.';
  if (view === 'owns') return <>Nothing runs in this namespace yet. <code>kubectl create deployment web --image=nginx</code> makes something that does.</>;
  return 'No nodes yet.';
}

function useDrawing(view: Exclude<MapView, 'addresses'>, level: Level, pane: { width: number; height: number }, still: boolean) {
  const snapshot = useSession(state => state.snapshot);
  const namespace = useSession(state => state.mapNamespace);
  const traffic = useSession(state => (view === 'talks' ? state.traffic : undefined));
  const nowMs = useSession(state => (view === 'talks' ? Math.floor(state.nowMs / 1000) * 1000 : 0));
  const [drawWhere] = useState(whereDrafter);
  return useMemo(() => {
    if (view === 'owns') return drawOwns(ownsGraph(snapshot, namespace));
    if (view === 'talks') return drawTalks(talksGraph(snapshot, traffic ?? [], nowMs, namespace), pane.width);
    return drawWhere(snapshot, { namespace, level, pane, still });
  }, [view, snapshot, namespace, traffic, nowMs, level, pane, still, drawWhere]);
}

/** Where it covers nothing: clients have nothing below them, what they call at last does. */
function Zoomer({ onFit, left }: { onFit: () => void; left: boolean }) {
  const { zoom } = useViewport();
  const flow = useReactFlow();
  return (
    <div className={left ? 'hud zoomer left' : 'hud zoomer'}>
      <span className="c-3" aria-hidden="true">crowd</span>
      <input type="range" aria-label="Zoom, from crowd to detail" min={-2.2} max={0.9} step={0.05} value={Math.log(zoom)} onChange={event => void flow.zoomTo(Math.exp(Number(event.target.value)))} />
      <span className="c-3" aria-hidden="true">detail</span>
      <button type="button" onClick={onFit} title="Fit (F)">fit</button>
    </div>
  );
}

function ZoneBox({ data }: NodeProps<ZoneNode>) {
  return <div className="zone"><div className="zl"><span>{data.zone || (data.adrift.length > 0 ? 'waiting for a node' : 'no zone')}</span><em>{data.subnet}</em></div></div>;
}

function CardBox({ data }: NodeProps<CardNode>) {
  return <Card group={data.place.group} level={data.level} onCanvas={data.onCanvas} />;
}

const SHORT_KIND: Record<string, string> = { PodDisruptionBudget: 'budget', HorizontalPodAutoscaler: 'autoscaler', PersistentVolumeClaim: 'claim' };

function OwnBoxView({ data: { box } }: NodeProps<OwnNode>) {
  const selected = useSession(state => box.slug !== undefined && state.selected === box.slug);
  const faded = useRelated(box.slug);
  const classes = ['own', `k-${box.kind}`, box.tone === 'bad' || box.tone === 'warn' ? box.tone : '', selected ? 'sel' : '', faded ? 'faded' : ''].filter(Boolean).join(' ');
  const note = box.note || (box.kind === 'Pod' ? '' : SHORT_KIND[box.kind] ?? box.kind);
  return (
    <>
      <Handle type="target" position={Position.Left} /><Handle type="source" position={Position.Right} />
      {box.slug ? (
        <button type="button" className={classes} data-slug={box.slug} tabIndex={-1} aria-pressed={selected} aria-label={`${box.kind} ${box.title}${box.note ? `, ${box.note}` : ''}`} title={`${box.kind} ${box.title}`}
          onClick={() => select(box.slug)} onMouseEnter={() => hover(box.slug)} onMouseLeave={() => hover(undefined)}>
          <Glyph name={box.glyph} size={12} /><Middle text={box.title} /><em>{note}</em>
        </button>
      ) : <div className={classes} title={`${box.kind} ${box.title}: not found`}><Glyph name={box.glyph} size={12} /><span>{box.title}</span><em>{note}</em></div>}
    </>
  );
}

function TalkBoxView({ data: { place } }: NodeProps<TalkNode>) {
  const { box, ports, tallPods } = place;
  const selected = useSession(state => state.selected);
  const faded = useRelated(box.slug);
  const none = box.kind === 'service' && box.ready === 0;
  const bad = box.pods.filter(getsChip);
  const chip = (pod: PodMark): React.ReactNode => (
    <button type="button" key={pod.uid} data-slug={pod.slug} tabIndex={-1} className={['hull', getsChip(pod) ? 'bad' : '', selected === pod.slug ? 'sel' : ''].filter(Boolean).join(' ')} aria-label={`${pod.name}, ${pod.status}`} aria-pressed={selected === pod.slug} title={`${pod.name}: ${pod.status}`}
      onClick={() => select(pod.slug)} onMouseEnter={() => hover(pod.slug)} onMouseLeave={() => hover(undefined)}>
      <Glyph name={pod.look.glyph} size={12} />{getsChip(pod) && (tallPods ? <span>{podName(pod, box)}<br />{pod.status}</span> : <span>{podName(pod, box)} · {pod.status}</span>)}
    </button>
  );
  return (
    <div className={['talk', none ? 'none' : '', tallPods ? 'tall-pods' : '', box.slug && selected === box.slug ? 'sel' : '', faded ? 'faded' : ''].filter(Boolean).join(' ')} title={box.id}>
      <Handle type="target" position={Position.Left} /><Handle type="source" position={Position.Right} />
      {box.slug ? (
        <button type="button" className="tl" data-slug={box.slug} tabIndex={-1} aria-pressed={selected === box.slug} aria-label={`Service ${box.title}, ${box.note}`} onClick={() => select(box.slug)} onMouseEnter={() => hover(box.slug)} onMouseLeave={() => hover(undefined)}>
          <Glyph name={none ? 'svc' : 'svcok'} size={14} /><span>{box.title}</span>
        </button>
      ) : <div className="tl"><Glyph name={box.kind === 'service' ? 'missing' : box.kind === 'outside' ? 'set' : 'client'} size={14} /><span>{box.title}</span></div>}
      <div className="hulls">{box.pods.filter(pod => !getsChip(pod)).map(chip)}<small>{readyWords(box)}</small></div>
      {box.targets.map(({ name, words, tone, detail }) => <p key={name} className={`target c-${tone === 'ok' ? '3' : tone}`} title={detail || words}><b>{name}</b> {words}</p>)}
      {ports.map(({ wire, lines }) => <p key={wire.id} className={wire.failed > 0 ? 'wire-label bad' : 'wire-label'} title={`from ${wire.from}`}>{lines.map(line => <span key={line}>{line}</span>)}</p>)}
      {bad.map(chip)}
    </div>
  );
}
