import './theme/fallback-fonts.css';
import './theme/tokens.css';
import './theme/base.css';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { workerLink } from './link.ts';
import { connect } from './session.ts';
import { loadFontsAfterPrompt } from './theme/fonts.ts';
import { screenText } from './panes/terminal/screen.tsx';

async function start(): Promise<void> {
  if (import.meta.env.DEV && new URLSearchParams(location.search).has('stand-in')) {
    const { fakeLink } = await import('./testing/fake-link.ts');
    connect(fakeLink(new URLSearchParams(location.search).get('stand-in') === 'solved'));
  } else {
    connect(workerLink());
  }
  const root = document.getElementById('root');
  if (root) createRoot(root).render(<App />);
}

// xterm's text is not in the DOM; assistive scripts and tests read it here.
Object.assign(window, { drydock: { screenText } });

void start();
loadFontsAfterPrompt();
