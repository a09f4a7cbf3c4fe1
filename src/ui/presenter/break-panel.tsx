/** Break things: ten causes to choose from, each with its target, and what is broken now with its mending. */
import { useEffect, useMemo, useRef } from 'react';
import { TROUBLES, type Trouble } from '../../trainer/staging/break-things.ts';
import { say, send, show, useSession } from '../session.ts';
import { minuteText } from '../words.ts';
import { aimsOf, brokenNow, firstTarget, shortTarget, targetsOf, type Broken } from './targets.ts';
import { TroubleMark } from './trouble-mark.tsx';
import './break.css';

export function doIt(trouble: Trouble, target: string): void {
  send({ type: 'input', input: { type: 'act', trouble: trouble.id, target, actions: trouble.actions(target) } });
  say(`${trouble.title}${target ? `: ${shortTarget(target)}` : ''}. Everything here can be rewound.`);
}

export function mendIt({ act, trouble, target }: Broken): void {
  send({ type: 'input', input: { type: 'mend', act } });
  say(`Mended: ${trouble.title.toLowerCase()}${target ? `, ${shortTarget(target)}` : ''}. It may take the cluster a while.`);
}

const keyOf = (index: number): string => String((index + 1) % 10);

export function BreakPanel() {
  const chosen = useSession(state => TROUBLES.find(trouble => trouble.id === state.breakChoice) ?? TROUBLES[0]!);
  const wanted = useSession(state => state.breakTarget);
  const selected = useSession(state => state.selected);
  const snapshot = useSession(state => state.snapshot);
  const inputs = useSession(state => state.inputs);
  const ready = useSession(state => state.phase === 'open');
  const targets = useMemo(() => targetsOf(snapshot, chosen.target), [snapshot, chosen.target]);
  const aims = useMemo(() => aimsOf(snapshot, selected), [snapshot, selected]);
  const target = targets.some(entry => entry.value === wanted) ? wanted : firstTarget(targets, aims);
  // Whoever clicks on the map aims anew.
  useEffect(() => show({ breakTarget: '' }), [selected]);
  const broken = useMemo(() => brokenNow(inputs), [inputs]);
  const box = useRef<HTMLElement>(null);
  useEffect(() => { box.current?.querySelector<HTMLElement>('[aria-checked="true"]')?.focus(); }, []);
  const can = ready && (chosen.target === 'none' || target !== '');
  const choose = (index: number): void => {
    const trouble = TROUBLES[(index + TROUBLES.length) % TROUBLES.length]!;
    show({ breakChoice: trouble.id, breakTarget: '' });
    box.current?.querySelector<HTMLElement>(`[data-trouble="${trouble.id}"]`)?.focus();
  };
  return (
    <section className="pane break-pane" aria-label="Break things" data-pane="inspector" ref={box} onKeyDown={event => {
      if (event.key === 'Escape') show({ breaking: false });
      else if (/^[0-9]$/.test(event.key) && !event.metaKey && !event.ctrlKey && !(event.target instanceof HTMLSelectElement)) choose((Number(event.key) + 9) % 10);
      else return;
      event.preventDefault();
      event.stopPropagation();
    }}>
      <header><div className="row"><h2>Break something</h2><span className="sp" /><button type="button" className="btn quiet icon" aria-label="Close" onClick={() => show({ breaking: false })}><kbd>B</kbd></button></div>
        <p className="small c-3">Everything here can be rewound.</p></header>
      {broken.length > 0 && (
        <div className="broken-now">
          <h3 className="cap">Broken now</h3>
          <ul>{broken.map(entry => (
            <li key={entry.act}><TroubleMark id={entry.trouble.id} /><span><b>{entry.trouble.title}</b><small>{minuteText(entry.atMs)}{entry.target && ` · ${shortTarget(entry.target)}`}</small></span>
              <button type="button" className="btn" onClick={() => mendIt(entry)}>Mend it</button></li>
          ))}</ul>
        </div>
      )}
      <div className="troubles" role="radiogroup" aria-label="What to break" onKeyDown={event => {
        const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
        if (step) choose(TROUBLES.indexOf(chosen) + step);
        else if (event.key === 'Enter' && can) doIt(chosen, target);
        else return;
        event.preventDefault();
        event.stopPropagation();
      }}>
        {TROUBLES.map((trouble, index) => (
          <button type="button" key={trouble.id} role="radio" data-trouble={trouble.id} aria-checked={trouble === chosen} tabIndex={trouble === chosen ? 0 : -1} onClick={() => choose(index)}>
            <TroubleMark id={trouble.id} /><span><b>{trouble.title}</b><small>{trouble.note}</small></span><kbd>{keyOf(index)}</kbd>
          </button>
        ))}
      </div>
      <form className="target" onSubmit={event => { event.preventDefault(); if (can) doIt(chosen, target); }}>
        {chosen.target !== 'none' && (
          <label><span className="row"><span className="cap">Target</span><span className="sp" />{targets.some(entry => entry.slug) && <span className="small c-3">or click it on the map</span>}</span>
            <span className="pick tag"><select value={target} onChange={event => show({ breakTarget: event.target.value })}>
              {targets.map(entry => <option key={entry.value} value={entry.value}>{entry.label}</option>)}
              {targets.length === 0 && <option value="">nothing here</option>}
            </select></span>
          </label>
        )}
        <div className="row"><button type="submit" className="btn danger" disabled={!can}>Do it <kbd>↵</kbd></button><span className="small c-3">Mending: {chosen.mend}.</span></div>
      </form>
    </section>
  );
}
