import { useState, type ReactNode } from 'react';
import { shareStart } from './presenter/class-link.ts';
import { togglePresenting } from './presenter/present.ts';
import { playAgain, say, show, startOver, undo, useSession } from './session.ts';
import { Brand } from './theme/glyph.tsx';
import { currentTheme, nextTheme, setTheme, THEME_NAMES } from './theme/theme.ts';

export const isMac = typeof navigator !== 'undefined' && /Mac|iP/.test(navigator.platform);
export const CMD = isMac ? '⌘' : 'Ctrl+';
/** Inside the terminal, plain Ctrl belongs to the shell. */
export const TERM_CMD = isMac ? '⌘' : 'Ctrl+Shift+';

export function ThemeButton() {
  const [theme, setNow] = useState(currentTheme);
  return (
    <button type="button" className="btn quiet icon" aria-label={`Theme: ${THEME_NAMES[theme]}. Change`} title={`Theme: ${THEME_NAMES[theme]}`} onClick={() => {
      const next = nextTheme(currentTheme());
      setTheme(next);
      setNow(next);
    }}><span aria-hidden="true">◐</span></button>
  );
}

export function shareMoment(): void {
  void import('./share-link.ts').then(async ({ currentRun, runLink }) => {
    const link = await runLink(await currentRun());
    try {
      await navigator.clipboard.writeText(link);
      say('The link to this moment is on your clipboard. Whoever opens it stands exactly here.');
    } catch {
      location.hash = link.split('#')[1] ?? '';
      say('The address bar now holds the link to this moment.');
    }
  });
}

export function TopBar({ title, tags, children, teaching = false }: { title: string; tags: readonly string[]; children?: ReactNode; /** Nothing is asked here: things may be broken. */ teaching?: boolean }) {
  const busy = useSession(state => state.phase !== 'open');
  const breaking = useSession(state => state.breaking);
  const presenting = useSession(state => state.presenting);
  return (
    <header className="top">
      <a className="brand" href="#/" aria-label="Drydock, to the start"><Brand /><span>Drydock</span></a>
      <span className="vr" />
      <h1 className="title">{title}</h1>
      {tags.map(tag => <span className="tag" key={tag}>{tag}</span>)}
      <span className="sp" />
      {children ?? (
        <>
          {presenting && <span className="class-seed wide-only">Same state on your laptop: <button type="button" className="btn" onClick={shareStart} disabled={busy}>Link for the class</button></span>}
          {(teaching || presenting) && <button type="button" className="btn quiet wide-only" aria-pressed={presenting} onClick={togglePresenting}>{presenting ? 'To the desk' : 'Present'} <kbd>P</kbd></button>}
          {teaching && <button type="button" className="btn quiet wide-only" aria-pressed={breaking} onClick={() => show({ breaking: !breaking, smallPane: 'map' })} disabled={busy}>Break things <kbd>B</kbd></button>}
          <button type="button" className="btn quiet wide-only" onClick={undo} disabled={busy}>Undo <kbd>{CMD}Z</kbd></button>
          <button type="button" className="btn quiet wide-only" onClick={startOver} disabled={busy}>Start over</button>
          {!teaching && <button type="button" className="btn quiet wide-only" onClick={playAgain} disabled={busy} title="The same ticket, drawn anew">Another seed</button>}
          {!presenting && <button type="button" className="btn wide-only" onClick={shareMoment} disabled={busy}>Share this moment</button>}
        </>
      )}
      <ThemeButton />
      <button type="button" className="btn quiet icon" aria-label="All keys" onClick={() => show({ dialog: 'keys' })}><span aria-hidden="true">?</span></button>
    </header>
  );
}
