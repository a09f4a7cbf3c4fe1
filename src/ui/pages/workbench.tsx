/** The scenario page and the sandbox: brief, map over terminal, inspector, time. */
import { lazy, Suspense, useEffect, useState } from 'react';
import { BriefPane } from '../panes/brief/view.tsx';
import { ticketText } from '../panes/brief/ticket.tsx';
import { InspectorPane } from '../panes/inspector/view.tsx';
import { TerminalPane } from '../panes/terminal/view.tsx';
import { TimelineStrip } from '../panes/timeline/view.tsx';
import { go } from '../route.ts';
import { show, useSession, type SmallPane } from '../session.ts';
import { Glyph } from '../theme/glyph.tsx';
import { TopBar } from '../top-bar.tsx';
import { clockText } from '../words.ts';
import './workbench.css';
import '../presenter/presenter.css';

const BreakPanel = lazy(() => import('../presenter/break-panel.tsx').then(module => ({ default: module.BreakPanel })));

/** The map's library comes while the world is staged: until the worker speaks, nothing competes with it for the line. */
const MapPane = lazy(async () => {
  await workerSpoke();
  return { default: (await import('../map/view.tsx')).MapPane };
});

function workerSpoke(): Promise<void> {
  const spoke = (): boolean => useSession.getState().catalogue !== undefined;
  return new Promise(resolve => {
    if (spoke()) {
      resolve();
      return;
    }
    const stop = useSession.subscribe(() => {
      if (!spoke()) return;
      stop();
      resolve();
    });
  });
}

const LEVELS = { junior: 'Junior', mid: 'Mid', senior: 'Senior' } as const;

export function Workbench({ sandbox }: { sandbox: boolean }) {
  const title = useSession(state => state.scenario?.title);
  const level = useSession(state => state.scenario?.level);
  const minutes = useSession(state => state.scenario?.minutes);
  const inspector = useSession(state => state.inspectorOpen);
  const brief = useSession(state => state.briefOpen);
  const small = useSession(state => state.smallPane);
  const phase = useSession(state => state.phase);
  const presenting = useSession(state => state.presenting);
  const breaking = useSession(state => state.breaking) && !title;
  const side = breaking || (inspector && !presenting);
  const tags = level ? [LEVELS[level], `about ${minutes ?? 0} min`] : [];
  useEffect(() => {
    document.title = `${title ?? (sandbox ? 'Sandbox' : 'Opening')} · Drydock`;
  }, [title, sandbox]);
  return (
    <div className={presenting ? 'frame presenting' : 'frame'} data-small={small}>
      <TopBar title={title ?? (sandbox ? 'Sandbox' : ' ')} tags={sandbox ? ['free water'] : tags} teaching={!title} />
      <BriefBar />
      <main className={`deck${side ? '' : ' no-inspector'}${brief ? '' : ' no-brief'}`}>
        <BriefPane />
        <section className="mid" aria-label="Cluster">
          <Suspense fallback={<section className="pane map-pane" aria-label="Map" data-pane="map"><div className="ph" /><div className="map" /></section>}><MapPane /></Suspense>
          <TerminalPane />
        </section>
        {breaking ? <Suspense fallback={<section className="pane break-pane" aria-label="Break things" />}><BreakPanel /></Suspense> : side && <InspectorPane />}
      </main>
      <TimelineStrip />
      <SmallTabs />
      {phase === 'opening' && <Flooding />}
      <Solved />
    </div>
  );
}

/** Below 1180 px the brief is one line: the page, and the marks. */
function BriefBar() {
  const scenario = useSession(state => state.scenario);
  const open = useSession(state => state.briefSheet);
  const now = useSession(state => Math.floor(state.nowMs / 1000) * 1000);
  if (!scenario) return null;
  return (
    <div className={open ? 'brief-bar open' : 'brief-bar'}>
      <button type="button" aria-expanded={open} onClick={() => show({ briefSheet: !open })}>
        <b className="mono">{clockText(now)}</b>
        <span className="marks" aria-label={`${scenario.objectives.filter(objective => objective.state === 'done').length} of ${scenario.objectives.length} hold`} role="img">
          {scenario.objectives.map(objective => <Glyph key={objective.id} name={objective.state === 'done' ? 'tick' : 'open'} size={14} />)}
        </span>
        <span className="line-text">{ticketText(scenario.ticket).body.replaceAll('`', '')}</span>
      </button>
    </div>
  );
}

const SMALL: readonly { id: SmallPane; title: string }[] = [{ id: 'brief', title: 'Brief' }, { id: 'terminal', title: 'Terminal' }, { id: 'map', title: 'Map' }, { id: 'time', title: 'Time' }];

function SmallTabs() {
  const small = useSession(state => state.smallPane);
  return (
    <nav className="small-tabs" aria-label="Panes">
      {SMALL.map(({ id, title }) => <button type="button" key={id} aria-pressed={small === id} onClick={() => show({ smallPane: id })}>{title}</button>)}
    </nav>
  );
}

/** Sheets and rules stand at once; only when it takes longer, a word. */
function Flooding() {
  const [late, setLate] = useState(false);
  const pods = useSession(state => state.snapshot.podStatus.size);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), 1000);
    return () => clearTimeout(timer);
  }, []);
  return late ? <div className="toast" role="status">Flooding the dock…{pods > 0 ? ` ${pods} pods` : ''}</div> : null;
}

function Solved() {
  const scenario = useSession(state => state.scenario);
  const epoch = useSession(state => state.epoch);
  /** The world in which the learner chose to stay. */
  const [stayed, setStayed] = useState(0);
  const solved = scenario?.solved === true && scenario.debrief !== undefined;
  if (!solved || stayed === epoch) return null;
  return (
    <div className="solved" role="status">
      <Glyph name="tick" size={20} />
      <div><b>Solved by state</b><span>Everything held for as long as it had to.</span></div>
      <button type="button" className="btn" onClick={() => setStayed(epoch)}>Stay here</button>
      <button type="button" className="btn prime" onClick={() => go(`/s/${scenario?.key ?? ''}/debrief`)}>Read the debrief</button>
    </div>
  );
}
