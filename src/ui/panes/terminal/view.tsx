import { closeTerminal, newTerminal, send, show, useSession } from '../../session.ts';
import { TERM_CMD } from '../../top-bar.tsx';
import { terminalBus } from './bus.ts';
import { TerminalScreen } from './screen.tsx';
import './terminal.css';

export function TerminalPane() {
  const terminals = useSession(state => state.terminals);
  const active = useSession(state => state.activeTerminal);
  const split = useSession(state => state.split);
  const exit = useSession(state => state.prompts[state.activeTerminal]?.exitCode ?? 0);
  return (
    <section className="pane terminal-pane" aria-label="Terminal" data-pane="terminal">
      <div className="ph">
        <div className="row" role="tablist" aria-label="Terminals" style={{ gap: 0 }}>
          {terminals.map(tab => (
            <button type="button" role="tab" key={tab.id} className="tab" aria-selected={tab.id === active || tab.id === split} onClick={() => {
              if (tab.id !== split) show({ activeTerminal: tab.id });
              terminalBus.focus(tab.id);
            }} onAuxClick={() => closeTerminal(tab.id)}>{tab.title}</button>
          ))}
        </div>
        <button type="button" className="tab" aria-label="New terminal" onClick={() => newTerminal(false)}>+</button>
        <span className="sp" />
        {exit !== 0 && <span className="small c-bad mono" title="Exit code of the last line">✗ {exit}</span>}
        {terminals.length > 1 && <button type="button" className="small c-3 plain" onClick={() => closeTerminal(active)}>close</button>}
        {split
          ? <button type="button" className="small c-3 plain" onClick={() => show({ split: undefined })}>unsplit</button>
          : <button type="button" className="small c-3 plain" onClick={() => newTerminal(true)}>split <kbd>{TERM_CMD}D</kbd></button>}
      </div>
      <div className={split ? 'screens two' : 'screens'}>
        {terminals.map(tab => <TerminalScreen key={tab.id} id={tab.id} title={tab.title} visible={tab.id === active || tab.id === split} autoFocus={tab.id === active} />)}
      </div>
      <KeyRow />
      <div className="unseen" role="status" aria-live="polite">{exit === 0 ? '' : `The last command ended with exit code ${exit}`}</div>
    </section>
  );
}

const KEYS: readonly { label: string; data: string; name?: string }[] = [
  { label: 'Tab', data: '\t' }, { label: '↑', data: '\x1b[A', name: 'Up' }, { label: '↓', data: '\x1b[B', name: 'Down' }, { label: 'Ctrl-C', data: '\x03' }, { label: '|', data: '|', name: 'pipe' },
  { label: '-', data: '-', name: 'dash' }, { label: '/', data: '/', name: 'slash' }, { label: '↵', data: '\r', name: 'Enter' },
];

/** Keys that a phone's keyboard lacks. */
function KeyRow() {
  const active = useSession(state => state.activeTerminal);
  return (
    <div className="key-row">
      {KEYS.map(({ label, data, name }) => <button type="button" key={label} aria-label={name ?? label} onClick={() => send({ type: 'terminal-data', terminal: active, data })}>{label}</button>)}
    </div>
  );
}
