import { FitAddon } from '@xterm/addon-fit';
import { Terminal, type ITheme } from '@xterm/xterm';
import '@xterm/xterm/css/xterm.css';
import { useEffect, useRef, useState } from 'react';
import { newTerminal, send, show, useSession } from '../../session.ts';
import { token } from '../../theme/theme.ts';
import { plural } from '../../words.ts';
import { terminalBus } from './bus.ts';
import { decorate } from './decorations.ts';

function colours(): ITheme {
  const names = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white', 'brightBlack', 'brightRed', 'brightGreen', 'brightYellow', 'brightBlue', 'brightMagenta', 'brightCyan', 'brightWhite'] as const;
  const theme: Record<string, string> = {};
  names.forEach((name, index) => { theme[name] = token(`--term-${index}`); });
  return {
    ...theme, background: token('--term-bg'), foreground: token('--term-fg'), cursor: token('--term-cursor'), cursorAccent: token('--term-bg'),
    selectionBackground: token('--term-sel'),
  };
}

const isMac = typeof navigator !== 'undefined' && /Mac|iP/.test(navigator.platform);

/** One xterm, from its opening in the world to its end. Hidden ones keep their screen. */
export function TerminalScreen({ id, title, visible, autoFocus = false, size = 12.5 }: { id: string; title: string; visible: boolean; autoFocus?: boolean; size?: number }) {
  const host = useRef<HTMLDivElement>(null);
  const terminal = useRef<{ term: Terminal; fit: FitAddon } | undefined>(undefined);
  const [below, setBelow] = useState(0);
  const epoch = useSession(state => state.epoch);
  const reader = useSession(state => state.screenReader);
  const fontSize = useSession(state => state.terminalSize) ?? size;

  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const term = new Terminal({
      fontFamily: getComputedStyle(document.documentElement).getPropertyValue('--mono'), fontSize: useSession.getState().terminalSize ?? size, lineHeight: 1.12,
      theme: colours(), cursorStyle: 'block', cursorInactiveStyle: 'outline', cursorBlink: false, scrollback: 8000, allowProposedApi: true, minimumContrastRatio: 1,
      screenReaderMode: useSession.getState().screenReader, macOptionIsMeta: true, fontWeightBold: '600', drawBoldTextInBrightColors: false,
    });
    const fit = new FitAddon();
    term.loadAddon(fit);
    term.open(element);
    term.textarea?.setAttribute('aria-label', title);
    const decorations = decorate(term);
    let lastEscape = 0;
    term.attachCustomKeyEventHandler(event => {
      if (event.type !== 'keydown') return true;
      const command = isMac ? event.metaKey : event.ctrlKey && event.shiftKey;
      if (command && event.code === 'KeyD') { newTerminal(true); event.preventDefault(); return false; }
      if (command && event.code === 'KeyT') { newTerminal(false); event.preventDefault(); return false; }
      if (command && event.code === 'KeyK') { show({ dialog: 'palette' }); event.preventDefault(); return false; }
      if (command && event.code === 'KeyC') { void navigator.clipboard?.writeText(term.getSelection()); event.preventDefault(); return false; }
      if (command && event.code === 'KeyV') return true;
      if (event.key === 'F6') return false;
      if (event.key === 'Escape') {
        const twice = event.timeStamp - lastEscape < 400;
        lastEscape = event.timeStamp;
        if (twice) {
          term.blur();
          document.querySelector<HTMLElement>('[data-pane="map"] [role="tab"][aria-selected="true"]')?.focus();
          return false;
        }
      }
      return true;
    });
    const typed = term.onData(data => {
      useSession.setState({ ghostMs: undefined });
      send({ type: 'terminal-data', terminal: id, data });
    });
    const resized = term.onResize(({ cols, rows }) => send({ type: 'input', input: { type: 'terminal-resize', terminal: id, columns: cols, rows } }));
    const follow = (): void => setBelow(Math.max(0, term.buffer.active.baseY - term.buffer.active.viewportY));
    const scrolled = term.onScroll(follow);
    const written = term.onWriteParsed(follow);
    const detach = terminalBus.attach(id, {
      write: data => term.write(data),
      reset: () => term.reset(),
      focus: () => term.focus(),
    });
    const fitNow = (): void => { if (element.clientWidth > 40 && element.clientHeight > 30) fit.fit(); };
    const watcher = new ResizeObserver(fitNow);
    watcher.observe(element);
    fitNow();
    const repaint = new MutationObserver(() => { term.options.theme = colours(); });
    repaint.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    // The mono face comes after the first measure.
    const measureAgain = (): void => {
      const family = term.options.fontFamily ?? '';
      term.options.fontFamily = family.endsWith(' ') ? family.trimEnd() : `${family} `;
      fitNow();
    };
    document.fonts?.addEventListener('loadingdone', measureAgain);
    terminal.current = { term, fit };
    screens.set(id, term);
    if (autoFocus) term.focus();
    return () => {
      screens.delete(id);
      detach();
      watcher.disconnect();
      repaint.disconnect();
      document.fonts?.removeEventListener('loadingdone', measureAgain);
      [typed, resized, scrolled, written, decorations].forEach(part => part.dispose());
      term.dispose();
      terminal.current = undefined;
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps -- a screen lives as long as its id.
  }, [id]);

  useEffect(() => {
    const term = terminal.current?.term;
    if (epoch > 0 && term) send({ type: 'input', input: { type: 'terminal-open', terminal: id, columns: term.cols, rows: term.rows } });
  }, [epoch, id]);

  useEffect(() => {
    if (terminal.current) terminal.current.term.options.screenReaderMode = reader;
  }, [reader]);

  useEffect(() => {
    if (!terminal.current) return;
    terminal.current.term.options.fontSize = fontSize;
    terminal.current.fit.fit();
  }, [fontSize]);

  return (
    <div className="screen" hidden={!visible} data-terminal={id}>
      <div ref={host} className="xterm-host" onContextMenu={event => offerLines(event)} />
      {below > 0 && <button type="button" className="below" onClick={() => terminal.current?.term.scrollToBottom()}>{plural(below, 'new line')} ↓</button>}
    </div>
  );
}

/** What is on the screens now, for tests and for the live region: xterm's text is not reliably in the DOM. */
const screens = new Map<string, Terminal>();

export function screenText(id: string): string {
  const buffer = screens.get(id)?.buffer.active;
  if (!buffer) return '';
  const lines: string[] = [];
  for (let row = 0; row < buffer.length; row += 1) lines.push(buffer.getLine(row)?.translateToString(true) ?? '');
  return lines.join('\n').trimEnd();
}

/** Right-click on a name opens the inspector there, which offers the lines. */
function offerLines(event: React.MouseEvent): void {
  const hovered = useSession.getState().hovered;
  if (!hovered) return;
  event.preventDefault();
  show({ selected: hovered, inspectorOpen: true, inspectorTab: 'why' });
}

