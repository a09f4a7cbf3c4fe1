/** Every key of the page, once: what it is called, when it acts, and what it does. */
import { askHint } from '../panes/brief/view.tsx';
import { terminalBus } from '../panes/terminal/bus.ts';
import { rewindToLastChange } from '../panes/timeline/view.tsx';
import { go } from '../route.ts';
import { newTerminal, nextEvent, pass, playAgain, setSpeed, shiftSpeed, show, startOver, togglePause, undo, useSession, type MapView } from '../session.ts';
import { shareMoment } from '../top-bar.tsx';
import { shareStart } from '../presenter/class-link.ts';
import { toggleBreaking, togglePresenting } from '../presenter/present.ts';
import { setTheme, type Theme } from '../theme/theme.ts';

export interface Action {
  readonly id: string;
  /** How it is named in the palette and in the list of keys. */
  readonly title: string;
  /** As on the key: `Space`, `Shift+→`, `⌘Z`. Empty: palette only. */
  readonly keys: readonly string[];
  readonly run: () => void;
}

const focusTerminal = (): void => {
  show({ smallPane: 'terminal' });
  terminalBus.focus(useSession.getState().activeTerminal);
};
const view = (mapView: MapView) => (): void => show({ mapView });
const theme = (name: Theme) => (): void => setTheme(name);
const fit = (slug?: string) => (): void => { window.dispatchEvent(new CustomEvent('drydock:fit', { detail: slug })); };

export const ACTIONS: readonly Action[] = [
  { id: 'terminal', title: 'Focus the terminal', keys: ['`', '/'], run: focusTerminal },
  { id: 'pause', title: 'Pause, play', keys: ['Space'], run: togglePause },
  { id: 'step', title: 'Step to the next event', keys: ['.', 'Shift+→'], run: nextEvent },
  { id: 'second', title: 'Step one second', keys: [','], run: () => pass(1000) },
  { id: 'minute', title: 'Step one minute', keys: ['M'], run: () => pass(60_000) },
  { id: 'back', title: 'Back to the last change', keys: ['⌫'], run: rewindToLastChange },
  { id: 'slower', title: 'Slower', keys: ['['], run: () => shiftSpeed(-1) },
  { id: 'faster', title: 'Faster', keys: [']'], run: () => shiftSpeed(1) },
  { id: 'where', title: 'Map: Where', keys: ['1'], run: view('where') },
  { id: 'owns', title: 'Map: Who owns', keys: ['2'], run: view('owns') },
  { id: 'talks', title: 'Map: Who talks', keys: ['3'], run: view('talks') },
  { id: 'addresses', title: 'Map: Addresses', keys: ['4'], run: view('addresses') },
  { id: 'table', title: 'Map or table', keys: ['T'], run: () => show({ asTable: !useSession.getState().asTable }) },
  { id: 'fit', title: 'Fit the map', keys: ['F'], run: fit() },
  { id: 'zoom', title: 'Zoom to the selection', keys: ['Z'], run: () => fit(useSession.getState().selected)() },
  { id: 'inspector', title: 'Inspector', keys: ['I'], run: () => show({ inspectorOpen: !useSession.getState().inspectorOpen }) },
  { id: 'objectives', title: 'Objectives', keys: ['O'], run: () => { show({ briefSheet: true, smallPane: 'brief' }); document.querySelector<HTMLElement>('.objs')?.focus(); } },
  { id: 'hint', title: 'Next hint', keys: ['H'], run: askHint },
  { id: 'undo', title: 'Undo the last input', keys: ['⌘Z'], run: undo },
  { id: 'split', title: 'Split the terminal', keys: ['⌘D'], run: () => newTerminal(true) },
  { id: 'tab', title: 'New terminal', keys: ['⌘T'], run: () => newTerminal(false) },
  { id: 'pane', title: 'Next pane', keys: ['F6'], run: nextPane },
  { id: 'palette', title: 'Everything by name', keys: ['⌘K'], run: () => show({ dialog: 'palette' }) },
  { id: 'keys', title: 'All keys', keys: ['?'], run: () => show({ dialog: 'keys' }) },
  { id: 'tidy', title: 'Tidy the panes', keys: ['⌘0'], run: () => show({ inspectorOpen: true, briefOpen: true, split: undefined, asTable: false, mapView: 'where' }) },
  { id: 'break', title: 'Break things', keys: ['B'], run: toggleBreaking },
  { id: 'present', title: 'Presenter: large type', keys: ['P'], run: togglePresenting },
  { id: 'real', title: 'Real time', keys: [], run: () => setSpeed(1) },
  { id: 'over', title: 'Start over', keys: [], run: startOver },
  { id: 'again', title: 'Play it again with another seed', keys: [], run: playAgain },
  { id: 'share', title: 'Share this moment', keys: [], run: shareMoment },
  { id: 'class', title: 'Link for a class: everyone starts here', keys: [], run: shareStart },
  { id: 'light', title: 'Theme: chart', keys: [], run: theme('light') },
  { id: 'dark', title: 'Theme: night watch', keys: [], run: theme('dark') },
  { id: 'contrast', title: 'Theme: storm glass', keys: [], run: theme('contrast') },
  { id: 'larger', title: 'Larger terminal text', keys: [], run: () => resizeText(1) },
  { id: 'smaller', title: 'Smaller terminal text', keys: [], run: () => resizeText(-1) },
  { id: 'reader', title: 'Screen reader mode of the terminal', keys: [], run: () => toggle('screenReader', 'screen-reader') },
  { id: 'singles', title: 'Single-letter keys on or off', keys: [], run: () => toggle('singleKeys', 'single-keys') },
  { id: 'catalogue', title: 'All scenarios', keys: [], run: () => go('/') },
  { id: 'sandbox', title: 'Sandbox', keys: [], run: () => go('/sandbox') },
];

function resizeText(by: number): void {
  const next = Math.min(20, Math.max(11, (useSession.getState().terminalSize ?? 12.5) + by));
  show({ terminalSize: next });
  save('terminal-size', String(next));
}

function toggle(field: 'screenReader' | 'singleKeys', name: string): void {
  const next = !useSession.getState()[field];
  show({ [field]: next });
  save(name, next ? 'on' : 'off');
}

function save(name: string, value: string): void {
  try {
    localStorage.setItem(`drydock.${name}`, value);
  } catch {
    // Private mode: it holds for this visit.
  }
}

const PANES = ['map', 'terminal', 'inspector', 'time', 'brief'] as const;

function nextPane(): void {
  const present = PANES.filter(name => document.querySelector(`[data-pane="${name}"]`));
  const here = document.activeElement?.closest('[data-pane]')?.getAttribute('data-pane');
  const next = present[(present.findIndex(name => name === here) + 1) % present.length];
  if (next === 'terminal') focusTerminal();
  else document.querySelector<HTMLElement>(`[data-pane="${next ?? 'map'}"] :is(button,[tabindex="0"],input)`)?.focus();
}

/** The name of a key event as the list writes it. */
export function keyName(event: Pick<KeyboardEvent, 'key' | 'code' | 'metaKey' | 'ctrlKey' | 'shiftKey'>, mac: boolean, inTerminal: boolean): string {
  const command = mac ? event.metaKey : event.ctrlKey && (!inTerminal || event.shiftKey);
  if (event.key === 'F6') return 'F6';
  const plain = { ' ': 'Space', Backspace: '⌫', ArrowRight: '→', ArrowLeft: '←' }[event.key] ?? (event.key.length === 1 ? event.key.toUpperCase() : event.key);
  if (command) return `⌘${event.code.startsWith('Key') ? event.code.slice(3) : plain}`;
  if (event.metaKey || event.ctrlKey) return '';
  return event.shiftKey && event.key.startsWith('Arrow') ? `Shift+${plain}` : plain;
}

/** Is the learner typing text? Then single keys are letters. */
export function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}
