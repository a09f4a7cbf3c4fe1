import { useEffect, useMemo, useRef, useState } from 'react';
import type { Speed } from '../../../hosts/protocol.ts';
import { nextEvent, pass, rewind, say, setSpeed, useSession } from '../../session.ts';
import { clockText, dayText, spanText } from '../../words.ts';
import { eventMarks, inputMarks, lastChange, markWidth, minutes, promiseLine, timeAt, windowOf, xOf } from './select.ts';
import './timeline.css';

const SPEEDS: readonly { speed: Speed; label: string; name: string }[] = [
  { speed: 0, label: '❙❙', name: 'Pause' }, { speed: 1, label: '1×', name: 'Real time' }, { speed: 10, label: '10×', name: 'Ten times' }, { speed: 60, label: '60×', name: 'Sixty times' },
];

export function TimelineStrip() {
  const nowMs = useSession(state => Math.floor(state.nowMs / 1000) * 1000);
  const startMs = useSession(state => state.startMs);
  const pagedAtMs = useSession(state => state.scenario?.pagedAtMs);
  const ready = useSession(state => state.phase === 'open');
  const origin = pagedAtMs ?? startMs;
  return (
    <footer className="strip" data-pane="time" aria-label="Time">
      <div className="row when">
        <div className="clock" role="timer" aria-label={ready ? `${clockText(nowMs)}, ${dayText(nowMs)}` : 'not started'}>{ready ? clockText(nowMs) : '--:--:--'}<small>{ready ? `${dayText(nowMs)} · ${spanText(nowMs - origin)} in` : 'opening'}</small></div>
        <SpeedControl />
      </div>
      <Chart />
      <div className="row acts">
        <div className="seg" role="group" aria-label="Step">
          <button type="button" disabled={!ready} title="To the next event (.)" onClick={() => nextEvent()}>Step <kbd>.</kbd></button>
          <button type="button" disabled={!ready} aria-label="Step one second" title="One second (,)" onClick={() => pass(1000)}>1 s</button>
          <button type="button" disabled={!ready} aria-label="Step one minute" title="One minute (M)" onClick={() => pass(60_000)}>1 min</button>
        </div>
        <button type="button" className="btn" onClick={rewindToLastChange} disabled={!ready}>Rewind <kbd>⌫</kbd></button>
        <button type="button" className="btn" onClick={fork} disabled={!ready}>Fork</button>
      </div>
    </footer>
  );
}

function SpeedControl() {
  const speed = useSession(state => state.speed);
  return (
    <div className="seg" role="group" aria-label="Speed">
      {SPEEDS.map(entry => <button type="button" key={entry.speed} aria-pressed={speed === entry.speed} aria-label={entry.name} title={entry.name} onClick={() => setSpeed(entry.speed)}>{entry.label}</button>)}
      <button type="button" onClick={() => nextEvent()} title="Run to the next event (Shift+→)">→ next event</button>
    </div>
  );
}

export function rewindToLastChange(): void {
  const { snapshot, inputs, nowMs, startMs } = useSession.getState();
  rewind(lastChange(snapshot, inputs, nowMs, startMs));
}

/** A fork is this moment in a tab of its own: both go on from here. */
export function fork(): void {
  void import('../../share-link.ts').then(async ({ currentRun, runLink }) => {
    const opened = window.open(await runLink(await currentRun()), '_blank');
    if (!opened) say('The browser kept the new tab closed. Allow pop-ups for this page, or use Share this moment.');
  });
}

const HEIGHT = 52;
const EDGE = 26;

function Chart() {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(760);
  const [drag, setDrag] = useState<number | undefined>(undefined);
  const happened = useSession(state => state.snapshot.kinds.get('Event'));
  const nowMs = useSession(state => Math.floor(state.nowMs / 250) * 250);
  const startMs = useSession(state => state.startMs);
  const pagedAtMs = useSession(state => state.scenario?.pagedAtMs);
  const promise = useSession(state => state.promise);
  const inputs = useSession(state => state.inputs);
  const ghostMs = useSession(state => state.ghostMs);

  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const watcher = new ResizeObserver(() => setWidth(Math.max(120, element.clientWidth)));
    watcher.observe(element);
    return () => watcher.disconnect();
  }, []);

  const minuteMs = Math.floor(nowMs / 15_000) * 15_000;
  const span = useMemo(() => windowOf(startMs, pagedAtMs, Math.max(minuteMs, ghostMs ?? 0)), [startMs, pagedAtMs, minuteMs, ghostMs]);
  const bands = useMemo(() => minutes(span, nowMs, width), [span, nowMs, width]);
  const events = useMemo(() => eventMarks(happened, span, width), [happened, span, width]);
  const own = useMemo(() => inputMarks(inputs, span, width), [inputs, span, width]);
  const x = xOf(span, nowMs, width);
  const paged = pagedAtMs === undefined ? undefined : xOf(span, pagedAtMs, width);
  const line = promiseLine(promise, span, nowMs, width, 5, 23);

  const at = (clientX: number): number => {
    const rect = box.current?.getBoundingClientRect();
    return Math.min(nowMs, Math.max(startMs, timeAt(span, clientX - (rect?.left ?? 0), width)));
  };
  return (
    <div className="chart-edge" ref={box} role="slider" tabIndex={0} aria-label="Time: rewind by dragging left" aria-valuemin={startMs} aria-valuemax={nowMs} aria-valuenow={nowMs} aria-valuetext={clockText(nowMs)}
      onPointerDown={event => { event.currentTarget.setPointerCapture(event.pointerId); setDrag(at(event.clientX)); }}
      onPointerMove={event => { if (drag !== undefined) setDrag(at(event.clientX)); }}
      onPointerUp={event => {
        if (drag !== undefined && nowMs - at(event.clientX) > 2000) rewind(at(event.clientX));
        setDrag(undefined);
      }}
      onPointerCancel={() => setDrag(undefined)}
      onKeyDown={event => {
        if (event.key === 'ArrowLeft') { rewind(Math.max(startMs, nowMs - (event.shiftKey ? 60_000 : 10_000))); event.preventDefault(); }
        if (event.key === 'ArrowRight') { nextEvent(); event.preventDefault(); }
        if (event.key === 'Home') { rewind(startMs); event.preventDefault(); }
      }}>
      <svg width={width} height={HEIGHT} viewBox={`0 0 ${width} ${HEIGHT}`} aria-hidden="true">
        <defs><pattern id="before" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path d="M0 0V5" stroke="var(--line)" strokeWidth="1.4" /></pattern></defs>
        {paged !== undefined && <rect x="0" y="4" width={Math.max(0, paged)} height="22" fill="url(#before)" />}
        {bands.map(band => {
          const ink = band.past ? 'var(--ink)' : 'var(--line-2)';
          return (
            <g key={`${band.x}`}>
              <rect x={band.x} y={EDGE} width={band.width} height="5" fill={band.dark ? ink : 'var(--sheet)'} stroke={ink} strokeWidth="1" />
              {band.label && <text x={band.x} y="44" textAnchor={band.x < 14 ? 'start' : 'middle'}>{band.label}</text>}
            </g>
          );
        })}
        {line.all && <><path d={line.all} fill="none" stroke="var(--ok-fill)" strokeWidth="1.5" /><path d={line.broken} fill="none" stroke="var(--bad-fill)" strokeWidth="1.8" /></>}
        {own.map(mark => <path key={`${mark.atMs}${mark.words}`} d={`M${mark.x} 24V${EDGE + 5}`} stroke={mark.hint ? 'var(--note)' : 'var(--act)'} strokeWidth="2"><title>{mark.words}</title></path>)}
        {events.map(mark => (
          <g key={`${mark.atMs}${mark.x}`} transform={`translate(${mark.x - 6} 11)`}>
            <title>{mark.words}</title>
            <rect x="-2" y="-2" width={markWidth(mark.count) + 10} height="16" fill="var(--sheet)" opacity=".8" />
            <svg width="12" height="12" viewBox="0 0 16 16"><use href={`#g-${mark.glyph}`} /></svg>
            {mark.count > 1 && <text className="times" x="15" y="10">×{mark.count}</text>}
          </g>
        ))}
        {paged !== undefined && <><path d={`M${paged} 2V34`} stroke="var(--note)" strokeWidth="1.5" /><text className="paged" x={paged - 6} y="12" textAnchor="end">paged</text></>}
        {ghostMs !== undefined && ghostMs > nowMs && <path d={`M${xOf(span, ghostMs, width)} 0V35`} stroke="var(--ink-3)" strokeWidth="1.5" strokeDasharray="3 3" />}
        <path d={`M${x} 0V35`} stroke="var(--ink)" strokeWidth="2" /><path d={`M${x - 5} 0h10l-5 7z`} fill="var(--ink)" />
        {drag !== undefined && <><path d={`M${xOf(span, drag, width)} 0V35`} stroke="var(--note)" strokeWidth="2" /><text className="paged" x={xOf(span, drag, width) + 5} y="10">{clockText(drag)}</text></>}
      </svg>
    </div>
  );
}
