import { Component, lazy, Suspense, useEffect, type ReactNode } from 'react';
import { Dialogs } from './keys/dialogs.tsx';
import { useKeys } from './keys/use-keys.ts';
import { Landing } from './pages/landing.tsx';
import { noteResult, noteSeed, results } from './progress.ts';
import { go, useRoute, type Route } from './route.ts';
import { dropFile, open, restore, say, useSession } from './session.ts';
import { GlyphSprite } from './theme/glyph.tsx';

const Workbench = lazy(() => import('./pages/workbench.tsx').then(module => ({ default: module.Workbench })));
const DebriefPage = lazy(() => import('./pages/debrief.tsx').then(module => ({ default: module.DebriefPage })));
const EditorDialog = lazy(() => import('./panes/editor/view.tsx').then(module => ({ default: module.EditorDialog })));

export const SANDBOX = { kind: 'estate', estate: 'kubeflow-ops', slice: 'core' } as const;

export function App() {
  const route = useRoute();
  useWorldFor(route);
  useKeys();
  useDrops(route.page !== 'landing');
  useResults();
  const editing = useSession(state => state.editor !== undefined);
  return (
    <StopWall>
      <GlyphSprite />
      <Suspense fallback={<div className="frame" />}>
        {route.page === 'landing' ? <Landing /> : route.page === 'debrief' ? <DebriefPage scenarioKey={route.key} /> : <Workbench sandbox={route.page === 'sandbox'} />}
      </Suspense>
      <Suspense fallback={null}>{editing && <EditorDialog />}</Suspense>
      <Dialogs />
      <Toast />
      <Crash />
    </StopWall>
  );
}

/** Opens the world that the address asks for, once per address. */
function useWorldFor(route: Route): void {
  const key = route.page === 'scenario' || route.page === 'debrief' ? route.key : '';
  const data = route.page === 'run' ? route.data : '';
  useEffect(() => {
    const { source, phase } = useSession.getState();
    if (key !== '') {
      if (source?.kind !== 'scenario' || source.key !== key || phase === 'idle') open({ kind: 'scenario', key }, results()[key]?.seed);
    } else if (data !== '') {
      void import('./share-link.ts').then(async ({ decodeRun }) => {
        const run = await decodeRun(data);
        if (run) restore(run);
        else {
          say('This link does not hold a run. It may have been cut on the way.');
          go('/');
        }
      });
    } else if (route.page === 'sandbox') open(SANDBOX);
  }, [route.page, key, data]);
}

/** Files dropped anywhere on the page. */
function useDrops(active: boolean): void {
  useEffect(() => {
    if (!active) return;
    const over = (event: DragEvent): void => { if (event.dataTransfer?.types.includes('Files')) event.preventDefault(); };
    const drop = (event: DragEvent): void => {
      const files = [...(event.dataTransfer?.files ?? [])];
      if (files.length === 0) return;
      event.preventDefault();
      for (const file of files) {
        if (file.size > 2_000_000) say(`${file.name} is larger than 2 MB and stays outside.`);
        else void file.text().then(text => dropFile(file.name, text));
      }
    };
    addEventListener('dragover', over);
    addEventListener('drop', drop);
    return () => {
      removeEventListener('dragover', over);
      removeEventListener('drop', drop);
    };
  }, [active]);
}

function useResults(): void {
  const key = useSession(state => state.scenario?.key);
  const stars = useSession(state => state.scenario?.debrief?.stars);
  const epoch = useSession(state => state.epoch);
  useEffect(() => {
    const { scenario, seed } = useSession.getState();
    if (key && stars && scenario?.debrief) noteResult(key, { stars, spentMs: (scenario.debrief.solvedAtMs ?? scenario.pagedAtMs + scenario.debrief.minutes * 60_000) - scenario.pagedAtMs, seed });
    else if (key) noteSeed(key, seed);
  }, [key, stars, epoch]);
}

function Toast() {
  const toast = useSession(state => state.toast);
  return <div aria-live="polite">{toast && <div className="toast">{toast}</div>}</div>;
}

function Crash() {
  const crash = useSession(state => state.crash);
  if (!crash) return null;
  return (
    <div className="veil"><div className="dialog" role="alertdialog" aria-label="The world stopped" style={{ padding: 20, gap: 12 }}>
      <h2 style={{ padding: 0 }}>The world stopped. Your lines did not get lost.</h2>
      <p className="c-2">This is our mistake: {crash.message}. Start over brings the same cluster back; the report holds everything needed to repeat it.</p>
      <div className="row">
        <button type="button" className="btn prime" onClick={() => open(crash.run.source.kind === 'empty' && crash.run.version === '' ? useSession.getState().source ?? SANDBOX : crash.run.source, crash.run.seed)}>Start over</button>
        <button type="button" className="btn" onClick={() => void navigator.clipboard.writeText(JSON.stringify(crash)).then(() => say('The report is on your clipboard.'))}>Copy the report</button>
      </div>
    </div></div>
  );
}

/** When drawing fails, the cluster goes on; the page says so and draws again. */
class StopWall extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };
  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }
  override render(): ReactNode {
    if (!this.state.failed) return this.props.children;
    return <div className="veil"><div className="dialog" style={{ padding: 20, gap: 12 }}><p>The page stopped drawing. Your cluster did not.</p><button type="button" className="btn prime" onClick={() => this.setState({ failed: false })}>Redraw</button></div></div>;
  }
}
