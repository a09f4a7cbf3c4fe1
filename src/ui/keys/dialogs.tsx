import { useEffect, useMemo, useRef, useState } from 'react';
import { TROUBLES } from '../../trainer/staging/break-things.ts';
import { brokenNow, shortTarget } from '../presenter/targets.ts';
import { place, select, send, show, useSession } from '../session.ts';
import { CMD } from '../top-bar.tsx';
import { ACTIONS, type Action } from './keymap.ts';
import './keys.css';

export const keyLabel = (key: string): string => key.replace('⌘', CMD);

export function Dialogs() {
  const dialog = useSession(state => state.dialog);
  if (dialog === 'keys') return <KeyList />;
  if (dialog === 'palette') return <Palette />;
  return null;
}

/** A dialog that keeps the focus and gives it back. */
function Veil({ label, children }: { label: string; children: React.ReactNode }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    if (!box.current?.contains(document.activeElement)) box.current?.focus();
    return () => before?.focus?.();
  }, []);
  return (
    <div className="veil" onPointerDown={event => { if (event.target === event.currentTarget) show({ dialog: undefined }); }}>
      <div className="dialog" role="dialog" aria-modal="true" aria-label={label} tabIndex={-1} ref={box} onKeyDown={event => {
        if (event.key !== 'Tab') return;
        const stops = [...(box.current?.querySelectorAll<HTMLElement>('button, input, [tabindex="0"]') ?? [])];
        const edge = event.shiftKey ? stops[0] : stops.at(-1);
        if (document.activeElement === edge) {
          (event.shiftKey ? stops.at(-1) : stops[0])?.focus();
          event.preventDefault();
        }
      }}>{children}</div>
    </div>
  );
}

function KeyList() {
  return (
    <Veil label="All keys">
      <h2>All keys</h2>
      <div className="key-list" tabIndex={0}>
        <dl>
          {ACTIONS.filter(action => action.keys.length > 0).map(action => (
            <div key={action.id}><dt>{action.title}</dt><dd>{action.keys.map(key => <kbd key={key}>{keyLabel(key)}</kbd>)}</dd></div>
          ))}
          <div><dt>Leave the terminal</dt><dd><kbd>Esc</kbd><kbd>Esc</kbd></dd></div>
          <div><dt>Walk the map</dt><dd><kbd>↑</kbd><kbd>↓</kbd><kbd>←</kbd><kbd>→</kbd></dd></div>
        </dl>
        <p className="small c-3">Single letters act outside the terminal and outside inputs; they can be switched off in {CMD}K. In the terminal every readline key belongs to the shell; use Ctrl+Shift there on other systems than a Mac.</p>
      </div>
    </Veil>
  );
}

interface Offer { readonly id: string; readonly title: string; readonly note: string; readonly run: () => void }

const OBJECT_KINDS = ['Pod', 'Deployment', 'Service', 'Node', 'ConfigMap', 'StatefulSet', 'DaemonSet'];

function Palette() {
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const snapshot = useSession(state => state.snapshot);
  const inputs = useSession(state => state.inputs);
  const free = useSession(state => state.source?.kind !== 'scenario' && state.phase === 'open' && state.scenario === undefined);
  const offers = useMemo(() => {
    const found: Offer[] = ACTIONS.map((action: Action) => ({ id: action.id, title: action.title, note: action.keys.map(keyLabel).join(' '), run: action.run }));
    if (free) {
      for (const { act, trouble, target } of brokenNow(inputs)) found.push({ id: `mend${act}`, title: `Mend: ${trouble.title.toLowerCase()}${target ? `, ${shortTarget(target)}` : ''}`, note: trouble.mend, run: () => send({ type: 'input', input: { type: 'mend', act } }) });
      for (const trouble of TROUBLES) found.push({ id: `break${trouble.id}`, title: `Break: ${trouble.title.toLowerCase()}`, note: trouble.note, run: () => show({ breaking: true, breakChoice: trouble.id, breakTarget: '', smallPane: 'map' }) });
    }
    if (text.trim() !== '') {
      for (const kind of OBJECT_KINDS) {
        for (const object of snapshot.kinds.get(kind)?.values() ?? []) {
          found.push({ id: object.metadata.uid, title: object.metadata.name, note: `${kind}${object.metadata.namespace ? ` in ${object.metadata.namespace}` : ''}`, run: () => select(`${kind}/${object.metadata.namespace ?? ''}/${object.metadata.name}`) });
        }
      }
    }
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    const matches = found.filter(offer => words.every(word => `${offer.title} ${offer.note}`.toLowerCase().includes(word)));
    if (text.startsWith('kubectl') || text.startsWith('k ')) matches.unshift({ id: 'line', title: text, note: 'place at the prompt', run: () => place(text) });
    return matches.slice(0, 60);
  }, [text, snapshot, inputs, free]);
  const choose = (offer: Offer | undefined): void => {
    if (!offer) return;
    show({ dialog: undefined });
    setTimeout(offer.run, 0);
  };
  const active = Math.min(at, offers.length - 1);
  return (
    <Veil label="Everything by name">
      <input className="palette-input" role="combobox" aria-expanded="true" aria-controls="palette-list" aria-activedescendant={`offer-${active}`} aria-label="A command, an object, a line" placeholder="A command, an object, a line" value={text} autoFocus
        onChange={event => { setText(event.target.value); setAt(0); }}
        onKeyDown={event => {
          if (event.key === 'ArrowDown') setAt(Math.min(active + 1, offers.length - 1));
          else if (event.key === 'ArrowUp') setAt(Math.max(0, active - 1));
          else if (event.key === 'Enter') choose(offers[active]);
          else return;
          event.preventDefault();
        }} />
      <ul className="palette-list" id="palette-list" role="listbox" aria-label="Matches">
        {offers.map((offer, index) => (
          <li key={`${offer.id}${offer.note}`} id={`offer-${index}`} role="option" aria-selected={index === active} onPointerMove={() => setAt(index)} onClick={() => choose(offer)} ref={element => { if (index === active) element?.scrollIntoView({ block: 'nearest' }); }}>
            <span>{offer.title}</span><em>{offer.note}</em>
          </li>
        ))}
        {offers.length === 0 && <li className="empty">Nothing is called that.</li>}
      </ul>
    </Veil>
  );
}
