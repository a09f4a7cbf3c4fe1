import { useEffect, useMemo, useRef, useState } from 'react';
import type { CatalogueRow, Level, Symptom } from '../../trainer/contract.ts';
import { FoldedPods, NodeHead, PodChip } from '../map/chips.tsx';
import { filter } from '../map/filter.ts';
import { group } from '../map/group.ts';
import { model } from '../map/model.ts';
import { terminalBus } from '../panes/terminal/bus.ts';
import { TerminalScreen } from '../panes/terminal/screen.tsx';
import { results } from '../progress.ts';
import { go } from '../route.ts';
import { restore, send, useSession } from '../session.ts';
import { Brand, Glyph, type GlyphName } from '../theme/glyph.tsx';
import { ThemeButton } from '../top-bar.tsx';
import { FIRST_WIN_MS, firstWin, firstWinValue } from './first-win.ts';
import { filterRows, SYMPTOMS } from './catalogue.ts';
import '../map/map.css';
import '../panes/terminal/terminal.css';
import './landing.css';

export function Landing() {
  useEffect(() => {
    document.title = 'Drydock · break a cluster, nothing sinks';
    restore(firstWin());
  }, []);
  const search = useRef<HTMLInputElement>(null);
  return (
    <div className="landing">
      <header className="top"><div className="wrap row">
        <a className="brand" href="#/" aria-label="Drydock, to the start"><Brand /><span>Drydock</span></a>
        <span className="sp" />
        <nav className="row" aria-label="Site">
          <button type="button" className="link" onClick={() => document.getElementById('scenarios')?.scrollIntoView({ behavior: 'smooth' })}>Scenarios</button>
          <a className="link" href="#/sandbox">Sandbox</a>
        </nav>
        <button type="button" className="btn" onClick={() => search.current?.focus()}>Search <kbd>/</kbd></button>
        <ThemeButton />
      </div></header>
      <main>
        <div className="wrap"><section className="hero" aria-label="First win">
          <div>
            <h1>Break a cluster.<br /><em>Nothing sinks.</em></h1>
            <p>A Kubernetes and EKS cluster that lives in this tab, already broken. Type what you would type at work. You are judged by the state of the cluster, never by your keystrokes.</p>
            <div className="row acts">
              <button type="button" className="btn prime" onClick={() => terminalBus.focus('t1')}>Mend the one on the right</button>
              <button type="button" className="btn" onClick={() => document.getElementById('scenarios')?.scrollIntoView({ behavior: 'smooth' })}>Pick another ↓</button>
            </div>
            <p className="fine">No account · no install · nothing leaves this machine</p>
          </div>
          <Board />
        </section></div>
        <Catalogue search={search} />
      </main>
    </div>
  );
}

function Board() {
  const snapshot = useSession(state => state.snapshot);
  const ready = useSession(state => state.phase === 'open');
  const more = useSession(state => state.catalogue?.length ?? 0);
  const elapsed = useSession(state => (state.phase === 'open' ? Math.floor((state.nowMs - state.startMs - FIRST_WIN_MS) / 1000) : 0));
  const zones = useMemo(() => group(filter(model(snapshot), { namespace: 'default' })).zones, [snapshot]);
  const { ready: up, wanted, won } = firstWinValue(snapshot);
  useEffect(() => {
    if (!ready) return;
    send({ type: 'suggest', terminal: 't1', line: 'kubectl rollout undo deploy/web' });
    if (matchMedia('(min-width: 1000px)').matches) terminalBus.focus('t1');
  }, [ready]);
  const seconds = Math.max(0, elapsed);
  return (
    <div className="board" data-won={won}>
      <div className="bh">
        <Glyph name={won ? 'tick' : 'wait'} size={14} /><b>First win</b><span className="c-3 what">web should have {wanted} of {wanted} pods ready</span><span className="sp" />
        <span className={`mono ${won ? 'c-ok' : 'c-bad'}`} style={{ fontWeight: 600 }}>{ready ? `${up}/${wanted}` : ''}</span>
        <span className="mono c-3" style={{ fontSize: 11 }}>{Math.floor(seconds / 60)}:{String(seconds % 60).padStart(2, '0')}</span>
      </div>
      <div className="map">
        {zones.flatMap(zone => zone.nodes).map(({ node, trouble, calm, folded }) => node && (
          <div className="node" key={node.slug}>
            <NodeHead node={node} />
            <div className="pods">
              {trouble.map(pod => <PodChip key={pod.uid} pod={pod} wide />)}
              {calm.map(pod => pod && <PodChip key={pod.uid} pod={pod} wide full={pod.namespace === 'default'} />)}
              <FoldedPods pods={folded} wide />
            </div>
          </div>
        ))}
      </div>
      <div className="board-term">
        <TerminalScreen id="t1" title="Terminal of the first win" visible size={11.5} />
        <p className="remark-line" role="status">{won
          ? <>That was a rollback. {more === 1 ? 'Here is one more.' : `Here are ${more} more.`} <button type="button" className="link" onClick={() => document.getElementById('scenarios')?.scrollIntoView({ behavior: 'smooth' })}>Pick one ↓</button></>
          : <>Something new was rolled out and it cannot start.<br />Press <kbd>→</kbd> to take the grey line, <kbd>↵</kbd> to run it. Or type your own.</>}</p>
      </div>
    </div>
  );
}

const LEVELS: readonly { level: Level | ''; title: string; bars: number }[] = [
  { level: '', title: 'Any level', bars: 3 }, { level: 'junior', title: 'Junior', bars: 1 }, { level: 'mid', title: 'Mid', bars: 2 }, { level: 'senior', title: 'Senior', bars: 3 },
];

function Bars({ count }: { count: number }) {
  return (
    <svg width="14" height="12" viewBox="0 0 14 12" aria-hidden="true">
      {[0, 1, 2].map(index => <rect key={index} x={index * 5} y={8 - index * 4} width="3.4" height={4 + index * 4} fill={index < count ? 'var(--ink-2)' : 'none'} stroke="var(--ink-3)" strokeWidth=".8" />)}
    </svg>
  );
}

function Catalogue({ search }: { search: React.RefObject<HTMLInputElement | null> }) {
  const rows = useSession(state => state.catalogue);
  const [symptom, setSymptom] = useState<Symptom | ''>('');
  const [level, setLevel] = useState<Level | ''>('');
  const [text, setText] = useState('');
  const done = useMemo(() => results(), []);
  const shown = filterRows(rows ?? [], { symptom, level, text });
  const levelIndex = LEVELS.findIndex(entry => entry.level === level);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== '/' || (event.target instanceof HTMLElement && event.target.closest('input, textarea, .xterm'))) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      search.current?.focus();
    };
    window.addEventListener('keydown', onKey, true);
    return () => window.removeEventListener('keydown', onKey, true);
  }, [search]);
  return (
    <section className="cat" id="scenarios" aria-label="Scenarios"><div className="wrap">
      <div className="filters">
        <span className="cap">You see</span>
        <button type="button" className="pill" aria-pressed={symptom === ''} onClick={() => setSymptom('')}>Anything <b>{rows?.length ?? ''}</b></button>
        {SYMPTOMS.filter(entry => rows?.some(row => row.symptom === entry.id)).map(entry => (
          <button type="button" key={entry.id} className="pill" aria-pressed={symptom === entry.id} onClick={() => setSymptom(symptom === entry.id ? '' : entry.id)}>
            {entry.glyph && <Glyph name={entry.glyph} size={13} />}{entry.title} <b>{rows?.filter(row => row.symptom === entry.id).length}</b>
          </button>
        ))}
        <span className="sp" />
        <input ref={search} className="search" type="search" placeholder="Search" aria-label="Search scenarios" value={text} onChange={event => setText(event.target.value)} />
        <button type="button" className="pill" onClick={() => setLevel(LEVELS[(levelIndex + 1) % LEVELS.length]?.level ?? '')} aria-label={`Level: ${LEVELS[levelIndex]?.title ?? ''}. Change`}><Bars count={LEVELS[levelIndex]?.bars ?? 3} />{LEVELS[levelIndex]?.title}</button>
      </div>
      <ul>
        {shown.map(row => <Row key={row.key} row={row} stars={done[row.key]?.stars} />)}
        {rows && shown.length === 0 && <li className="empty">No scenario looks like that. Clear a filter to see all {rows.length}.</li>}
        <li>
          <a className="li" href="#/sandbox"><Glyph name="node" size={16} /><span className="t">Free water</span><span className="d">A healthy shop on six nodes. Break it yourself, or bring your own manifests.</span><span className="k">Sandbox</span><span className="k" /><span className="m" /><b className="k c-act r">Open →</b></a>
        </li>
      </ul>
    </div></section>
  );
}

function Row({ row, stars }: { row: CatalogueRow; stars: number | undefined }) {
  const symptom = SYMPTOMS.find(entry => entry.id === row.symptom);
  const level = LEVELS.find(entry => entry.level === row.level);
  return (
    <li>
      <a className="li" href={`#/s/${row.key}`} onClick={event => { if (!event.metaKey && !event.ctrlKey) { event.preventDefault(); go(`/s/${row.key}`); } }}>
        <Glyph name={(symptom?.glyph ?? 'unknown') satisfies GlyphName} size={16} />
        <span className="t">{row.title}</span><span className="d">{row.seen}</span><span className="k sym">{symptom?.title}</span>
        <span className="k row" style={{ gap: 7 }}><Bars count={level?.bars ?? 1} />{level?.title}</span><span className="m">{row.minutes} min</span>
        <span className="k r">{stars ? <span className="c-ok">Solved <span aria-label={`${stars} of 3 stars`}>{'★'.repeat(stars)}</span></span> : <b className="c-act">Open →</b>}</span>
      </a>
    </li>
  );
}
