import { useEffect, useRef, useState } from 'react';
import type { GuardState, HintState, ObjectiveState, ScenarioState } from '../../../trainer/contract.ts';
import { shareStart } from '../../presenter/class-link.ts';
import { send, show, useSession } from '../../session.ts';
import { Glyph } from '../../theme/glyph.tsx';
import { clockText } from '../../words.ts';
import { holding, objectiveTone, sparkPath, waitWords } from './select.ts';
import { inline, ticketText } from './ticket.tsx';
import './brief.css';

export function BriefPane() {
  const scenario = useSession(state => state.scenario);
  return (
    <section className="pane brief-pane" aria-label="Brief" data-pane="brief">
      {scenario ? <Brief scenario={scenario} /> : <FreeWater />}
    </section>
  );
}

/** A sandbox has no ticket; it says what can be done here. */
function FreeWater() {
  return (
    <div className="brief">
      <div className="cap">Sandbox</div>
      <div className="slip free">
        <p>A healthy shop on six nodes, yours to change. Nothing is asked, nothing is counted. Drop a manifest anywhere on this page, or type as you would at work.</p>
      </div>
      <div className="row wrap-row"><button type="button" className="btn" onClick={() => show({ breaking: true })}>Break things <kbd>B</kbd></button><button type="button" className="btn" onClick={shareStart}>Link for a class</button></div>
      <p className="small c-3" style={{ marginTop: 12 }}>Everything here can be rewound. <kbd>?</kbd> shows all keys.</p>
    </div>
  );
}

export function Brief({ scenario }: { scenario: ScenarioState }) {
  const { who, where, body } = ticketText(scenario.ticket);
  const done = scenario.objectives.filter(objective => objective.state === 'done').length;
  return (
    <>
      <div className="brief">
        <div className="cap">The page</div>
        <div className="slip">
          {who && <div className="who"><span>{who}</span><span>{inline(where)}</span></div>}
          {body.split(/\n\s*\n/).map(paragraph => <p key={paragraph}>{inline(paragraph)}</p>)}
        </div>
      </div>
      <div className="objs" tabIndex={0} role="region" aria-label="Objectives">
        <div className="row"><h2 className="cap">Done when all hold</h2><span className="sp" /><span className="mono c-3 count">{done} of {scenario.objectives.length}</span></div>
        <ul>{scenario.objectives.map(objective => <Objective key={objective.id} objective={objective} />)}</ul>
      </div>
      {scenario.partial && <div className="partial" role="status"><Glyph name="wait" size={16} /><div><b>Customers are safe. The ticket is open.</b><span>{inline(scenario.partial)}</span></div></div>}
      {scenario.remark && scenario.remark !== scenario.partial && <p className="remark" role="status">{inline(scenario.remark)}</p>}
      <Hint hints={scenario.hints} />
      <Guards guards={scenario.guards} />
    </>
  );
}

function Objective({ objective }: { objective: ObjectiveState }) {
  const tone = objectiveTone(objective);
  const flash = useUnticked(objective);
  const wait = waitWords(objective);
  // Many words do not stand beside the promise; they would squeeze it.
  const long = objective.state !== 'waiting' && !objective.ask && objective.value.length > LONG_VALUE;
  const worst = objective.worst !== '' && !(objective.worst.length > LONG_VALUE && objective.worst === objective.value) ? objective.worst : '';
  return (
    <li className={`obj${flash ? ' unticked' : ''}${long ? ' long' : ''}`} data-state={objective.state}>
      <Mark objective={objective} />
      <div className="what"><b>{inline(objective.title)}</b>{KIND_WORDS[objective.kind ?? ''] && <small>{KIND_WORDS[objective.kind ?? '']}</small>}</div>
      <span className={`now c-${tone}`}>{objective.state === 'waiting' ? 'waits' : objective.ask ? (objective.state === 'done' ? 'named' : '') : objective.value}</span>
      {objective.ask && objective.state !== 'waiting' && objective.state !== 'done' && <Question objective={objective} />}
      {(objective.spark.length > 0 || worst || wait || objective.untickedCount > 0 || objective.note) && (
        <div className="sub">
          {objective.spark.length > 1 && (
            <svg viewBox="0 0 100 14" preserveAspectRatio="none" aria-hidden="true">
              <path d="M0 13.2H100" stroke="var(--line)" vectorEffect="non-scaling-stroke" />
              <path d={sparkPath(objective.spark)} fill="none" stroke={tone === '3' ? 'var(--ink-3)' : `var(--${tone}-fill)`} strokeWidth="1.5" vectorEffect="non-scaling-stroke" />
            </svg>
          )}
          {objective.steps && objective.state === 'holding' && <span>step <b className="mono">{Math.min(objective.steps.taken, objective.steps.total)} of {objective.steps.total}</b></span>}
          {worst && (objective.kind === 'vow' || objective.untickedCount === 0) && <span>worst <b className={`mono ${objective.kind === 'vow' && objective.state !== 'open' ? '' : 'c-bad'}`}>{worst}</b></span>}
          {objective.kind === 'vow' ? objective.untickedCount > 0 && <span>attempt <b className="mono">{objective.untickedCount + 1}</b></span> : objective.untickedCount > 0 && <span>un-ticked <b className="mono c-warn">{objective.untickedCount}×</b></span>}
          {wait && <span>{wait}</span>}
          {objective.note && !objective.ask && <span className={objective.kind === 'vow' && objective.state === 'open' ? 'again' : ''}>{inline(objective.note)}</span>}
        </div>
      )}
    </li>
  );
}

/** Letters of a value that stands beside its promise. */
const LONG_VALUE = 9;

const KIND_WORDS: Readonly<Record<string, string>> = { vow: 'at every moment', trial: 'Drydock tries it' };

/** Open ring → ring filling while it holds → tick. */
function Mark({ objective }: { objective: ObjectiveState }) {
  const share = holding(objective);
  const words = { waiting: 'waits', open: 'does not hold', holding: 'holding', done: 'holds' }[objective.state];
  return (
    <span className="mark">
      <span className="unseen">{words}: </span>
      {objective.state === 'done' ? <Glyph name="tick" size={16} /> : objective.state === 'holding' ? (
        <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
          <circle cx="8" cy="8" r="6" fill="none" stroke="var(--line-2)" strokeWidth="2.4" />
          <circle cx="8" cy="8" r="6" fill="none" stroke="var(--ok-fill)" strokeWidth="2.4" strokeDasharray={`${share * 37.7} 37.7`} transform="rotate(-90 8 8)" />
        </svg>
      ) : <Glyph name="open" size={16} />}
    </span>
  );
}

/** True for a moment when a tick breaks: the row flashes once. */
function useUnticked(objective: ObjectiveState): boolean {
  const before = useRef(objective.untickedCount);
  const [flash, setFlash] = useState(false);
  useEffect(() => {
    const broke = objective.untickedCount > before.current;
    before.current = objective.untickedCount;
    if (!broke) return;
    setFlash(true);
    const timer = setTimeout(() => setFlash(false), 1500);
    return () => clearTimeout(timer);
  }, [objective.untickedCount]);
  return flash;
}

function Question({ objective }: { objective: ObjectiveState }) {
  const [text, setText] = useState('');
  return (
    <form className="question" onSubmit={event => {
      event.preventDefault();
      if (text.trim()) send({ type: 'input', input: { type: 'answer', objective: objective.id, text: text.trim() } });
    }}>
      <label htmlFor={`ask-${objective.id}`}>{inline(objective.ask?.question ?? '')}</label>
      <div className="row">
        <input id={`ask-${objective.id}`} value={text} onChange={event => setText(event.target.value)} autoComplete="off" spellCheck={false} />
        <button type="submit" className="btn">Say</button>
      </div>
      {objective.note && <p role="status">{inline(objective.note)}</p>}
    </form>
  );
}

const STEPS = ['nudge', 'where to look', 'how'] as const;

export function askHint(): void {
  send({ type: 'input', input: { type: 'hint' } });
}

function Hint({ hints }: { hints: HintState }) {
  const [open, setOpen] = useState(true);
  if (hints.total === 0) return null;
  const count = hints.shown.length;
  const next = STEPS[Math.min(2, count)] ?? 'next';
  const more = count < hints.total;
  if (count === 0 || !open) {
    return (
      <div className={hints.offered ? 'hint closed offered' : 'hint closed'}>
        <Glyph name="pencil" size={14} />
        <button type="button" className="ask" onClick={() => (count === 0 ? askHint() : setOpen(true))}>{count === 0 ? (hints.offered ? 'Stuck? A nudge is ready' : 'A hint, when you want one') : `Hint ${count} of ${hints.total}${hints.offered && more ? '. The next is ready' : ''}`}</button>
        <span className="small c-3">{count === 0 ? <>{hints.nextPrice} <kbd>H</kbd></> : ''}</span>
      </div>
    );
  }
  return (
    <div className="hint" role="status">
      <div className="hd"><Glyph name="pencil" size={14} />Hint {count} of {hints.total}
        <span className="pips" aria-hidden="true">{Array.from({ length: hints.total }, (_, index) => <i key={index} className={index < count ? 'on' : ''} />)}</span>
        <button type="button" className="fold" aria-label="Fold the hint" onClick={() => setOpen(false)}>–</button>
      </div>
      {count > 1 && <ol className="earlier">{hints.shown.slice(0, -1).map(hint => <li key={hint}>{inline(hint)}</li>)}</ol>}
      <p>{inline(hints.shown.at(-1) ?? '')}</p>
      {more && <div className="row"><button type="button" className="btn note" onClick={askHint}>Next: {next}</button><span className="small c-3">{hints.offered ? 'ready when you are, ' : ''}{hints.nextPrice}</span></div>}
    </div>
  );
}

function Guards({ guards }: { guards: readonly GuardState[] }) {
  if (guards.length === 0) return null;
  return (
    <div className="guards">
      {guards.map(guard => (guard.holds
        ? <span key={guard.id}><Glyph name="guard" size={13} />{guard.title}</span>
        : <div key={guard.id} className="broken"><Glyph name="guardbad" size={13} /><b>{guard.title}</b><small>{inline(guard.reason)}{guard.brokenAtMs !== undefined && ` · ${clockText(guard.brokenAtMs)}`}</small></div>
      ))}
    </div>
  );
}

