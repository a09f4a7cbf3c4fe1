import { useEffect, useMemo, useRef } from 'react';
import { FoldedPods, NodeHead, PodChip } from '../map/chips.tsx';
import { filter } from '../map/filter.ts';
import { group } from '../map/group.ts';
import { model } from '../map/model.ts';
import { terminalBus } from '../panes/terminal/bus.ts';
import { TerminalScreen } from '../panes/terminal/screen.tsx';
import { setPresenting } from '../presenter/present.ts';
import { restore, send, show, useSession } from '../session.ts';
import { Brand, Glyph } from '../theme/glyph.tsx';
import { ThemeButton } from '../top-bar.tsx';
import { FIRST_WIN_MS, firstWin, firstWinValue } from './first-win.ts';
import { Catalogue } from './catalogue-list.tsx';
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
          <a className="link" href="#/sandbox" onClick={() => { show({ breaking: true }); setPresenting(true); }}>Teach</a>
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
    // Whoever is somewhere already, in the search say, stays there.
    const idle = document.activeElement === null || document.activeElement === document.body;
    if (idle && matchMedia('(min-width: 1000px)').matches) terminalBus.focus('t1');
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
