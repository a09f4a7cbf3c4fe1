/** Only here is the cause named. */
import { useEffect, useMemo, useState } from 'react';
import Markdown from 'react-markdown';
import type { Debrief, ScenarioState } from '../../trainer/contract.ts';
import { isTyping } from '../keys/keymap.ts';
import { inline } from '../panes/brief/ticket.tsx';
import { minutes, promiseLine, xOf } from '../panes/timeline/select.ts';
import { noteAnswer, results } from '../progress.ts';
import { go } from '../route.ts';
import { playAgain, rewind, setSpeed, startOver, useSession } from '../session.ts';
import { Glyph } from '../theme/glyph.tsx';
import { shareMoment, TopBar } from '../top-bar.tsx';
import { clockText, minuteText, plural } from '../words.ts';
import { availability, beats, flagRows, sections, shareText, worstStretch } from './debrief-select.ts';
import './debrief.css';

export function DebriefPage({ scenarioKey }: { scenarioKey: string }) {
  const scenario = useSession(state => state.scenario);
  const ready = useSession(state => state.phase === 'open');
  useEffect(() => {
    // Reading takes no time of the world's.
    if (ready) setSpeed(0);
  }, [ready]);
  useEffect(() => {
    if (ready && scenario && !scenario.debrief) go(`/s/${scenarioKey}`);
  }, [ready, scenario, scenarioKey]);
  if (!scenario?.debrief) return <div className="frame"><TopBar title={scenario?.title ?? ' '} tags={['Debrief']} /></div>;
  return <Read scenario={scenario} debrief={scenario.debrief} />;
}

function Read({ scenario, debrief }: { scenario: ScenarioState; debrief: Debrief }) {
  const rows = useSession(state => state.catalogue);
  const next = useMemo(() => {
    const done = results();
    return rows?.find(row => row.key !== scenario.key && !done[row.key]?.stars) ?? rows?.find(row => row.key !== scenario.key);
  }, [rows, scenario.key]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() !== 'n' || event.metaKey || event.ctrlKey || isTyping(event.target)) return;
      go(next ? `/s/${next.key}` : '/');
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [next]);
  const { lede, parts } = useMemo(() => sections(debrief.story), [debrief.story]);
  const replay = (): void => { startOver(); go(`/s/${scenario.key}`); };
  const again = (): void => { playAgain(); go(`/s/${scenario.key}`); };
  const solvedMs = debrief.solvedAtMs ?? scenario.pagedAtMs + debrief.minutes * 60_000;
  const worst = worstStretch(debrief.traffic ?? []);
  return (
    <div className="debrief-page">
      <TopBar title={scenario.title} tags={['Debrief']}>
        <button type="button" className="btn quiet wide-only" onClick={replay}>Replay from the start</button>
        <button type="button" className="btn quiet wide-only" onClick={again} title="The same ticket, drawn anew">Another seed</button>
        <button type="button" className="btn wide-only" onClick={shareMoment}>Share this run</button>
        <a className="btn prime" href={next ? `#/s/${next.key}` : '#/'}>{next ? 'Next scenario' : 'All scenarios'} <kbd>N</kbd></a>
      </TopBar>
      <div className="doc">
        <main className="l">
          <div className="row"><span className="row c-ok" style={{ gap: 6, fontWeight: 600 }}><Glyph name="tick" size={16} />Solved by state</span><span className="c-3">{clockText(solvedMs)} · {debrief.id}</span><span className="sp" />
            <span className="stars" role="img" aria-label={`${debrief.stars} of 3 stars`}>{'★'.repeat(debrief.stars)}<span>{'★'.repeat(3 - debrief.stars)}</span></span></div>
          <h1>{beats(debrief.headline).map(beat => <span key={beat}>{inline(beat)}</span>)}</h1>
          {(debrief.starNotes ?? []).length > 0 && <ul className="star-notes">{debrief.starNotes?.map(note => <li key={note}>{inline(note)}</li>)}</ul>}
          {lede && <div className="lede"><Markdown>{lede}</Markdown></div>}
          <dl className="stats">
            <Stat value={minuteSeconds((solvedMs - scenario.pagedAtMs) / 60_000)} words="virtual minutes" />
            <Stat value={String(debrief.commands)} of={`/ ${debrief.shortestCommands}`} words="commands" more="yours / shortest known" />
            {debrief.worst && <Stat value={debrief.worst.split(': ').at(-1) ?? ''} words="worst moment" more={debrief.worst.split(': ').slice(0, -1).join(': ')} bad />}
            {worst && worst.failed > 0 && <Stat value={shareText(availability(worst))} words="worst availability" more={`in ${Math.round(worst.forMs / 1000)} s at ${clockText(worst.atMs)}`} bad />}
            <Stat value={String(debrief.hintsUsed)} of={`of ${scenario.hints.total}`} words="hints read" />
            <Stat value={String(debrief.touched.length)} words={debrief.touched.length === 1 ? 'object touched' : 'objects touched'} title={debrief.touched.join('\n')} />
          </dl>
          <RunChart scenario={scenario} debrief={debrief} />
          <div className="parts">{parts.map(part => <section key={part.title}><h2>{part.title}</h2><Markdown>{part.body}</Markdown></section>)}</div>
        </main>
        <aside className="r" aria-label="The question out loud">
          <Question scenarioKey={scenario.key} debrief={debrief} />
          <Lines debrief={debrief} />
          {next && <div className="next"><Glyph name="open" size={18} /><div><div className="small c-3">Next</div><b>{next.title}</b></div><span className="sp" /><a className="btn" href={`#/s/${next.key}`}>Open</a></div>}
        </aside>
      </div>
    </div>
  );
}

function minuteSeconds(minutesSpent: number): string {
  const seconds = Math.round(minutesSpent * 60);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

function Stat({ value, of, words, more, bad = false, title }: { value: string; of?: string; words: string; more?: string; bad?: boolean; title?: string }) {
  return <div title={title}><dd className={bad ? 'c-bad' : ''}>{value} {of && <small>{of}</small>}</dd><dt>{words}{more && <><br />{more}</>}</dt></div>;
}

const WIDTH = 880;

function RunChart({ scenario, debrief }: { scenario: ScenarioState; debrief: Debrief }) {
  const samples = useSession(state => state.promise);
  const nowMs = useSession(state => state.nowMs);
  const inputs = useSession(state => state.inputs);
  const main = scenario.objectives.find(objective => !objective.ask && objective.spark.length > 0);
  const solvedMs = debrief.solvedAtMs ?? scenario.pagedAtMs + debrief.minutes * 60_000;
  const traffic = debrief.traffic ?? [];
  const all = traffic.reduce((sum, { total, failed }) => ({ total: sum.total + total, failed: sum.failed + failed }), { total: 0, failed: 0 });
  const lastMs = Math.max(Math.min(nowMs, solvedMs + 60_000), solvedMs, ...debrief.lines.map(line => line.atMs));
  const margin = Math.max(2000, (lastMs - scenario.pagedAtMs) * 0.03);
  const window = { fromMs: scenario.pagedAtMs - margin, toMs: lastMs + margin };
  const path = promiseLine(samples, window, nowMs, WIDTH, 30, 120);
  const hints = inputs.filter(({ input }) => input.type === 'hint').map(({ atMs }, index) => ({ atMs, words: `hint ${index + 1}`, tone: 'note' }));
  const lines = debrief.lines.slice(0, 14).map(line => ({ atMs: line.atMs, words: `${line.showedCause ? '◆ ' : ''}${short(line.line)}`, tone: line.showedCause ? 'note' : 'ink-2' }));
  const turns = (debrief.marks ?? []).filter(mark => mark.atMs < solvedMs).map(({ atMs, kind, title }) => ({ atMs, words: `${kind === 'ticked' ? '✓' : '✗'} ${title.replaceAll('`', '').split(' ').slice(0, 3).join(' ')}`, tone: kind === 'ticked' ? 'ok' : 'warn' }));
  const marks = [{ atMs: scenario.pagedAtMs, words: 'paged', tone: 'note' }, ...[...hints, ...lines, ...turns].sort((a, b) => a.atMs - b.atMs), { atMs: solvedMs, words: 'solved', tone: 'ok' }]
    .map(mark => ({ ...mark, x: xOf(window, mark.atMs, WIDTH) }));
  const rows = flagRows(marks);
  const steps = Number(/\/(\d+)$/.exec(main?.worst ?? '')?.[1] ?? 0);
  const visit = (event: React.MouseEvent<SVGSVGElement>): void => {
    const box = event.currentTarget.getBoundingClientRect();
    rewind(window.fromMs + (((event.clientX - box.left) / box.width) * (WIDTH + 22) - 22) / WIDTH * (window.toMs - window.fromMs));
    go(`/s/${scenario.key}`);
  };
  return (
    <div className="run-chart">
      <div className="row"><span className="cap">{main?.title ?? 'The main promise'}</span><span className="sp" /><span className="small c-3">click to visit any moment</span></div>
      <svg viewBox={`-22 0 ${WIDTH + 22} ${traffic.length > 0 ? 204 : 164}`} width="100%" role="img" aria-label={`The run from the page to the end, ${plural(debrief.lines.length, 'line')}`} onClick={visit}>
        {(steps > 0 && steps <= 6 ? Array.from({ length: steps + 1 }, (_, step) => step / steps) : [0, 0.5, 1]).map(share => (
          <g key={share}><path d={`M0 ${120 - share * 90}H${WIDTH}`} stroke="var(--line)" />{steps > 0 && <text className="tick" x="-8" y={123.5 - share * 90} textAnchor="end">{Math.round(share * steps)}</text>}</g>
        ))}
        {path.all && <path d={`${path.all}V120H${xOf(window, samples[0]?.atMs ?? window.fromMs, WIDTH)}Z`} fill="var(--ok-wash)" />}
        {path.all && <><path d={path.all} fill="none" stroke="var(--ok-fill)" strokeWidth="2.4" /><path d={path.broken} fill="none" stroke="var(--bad-fill)" strokeWidth="2.6" /></>}
        {marks.map((mark, index) => {
          const row = rows[index];
          const key = `${mark.atMs}${mark.words}`;
          return row === undefined ? <path key={key} d={`M${mark.x} 118V130`} stroke="var(--line-2)" strokeWidth="1.2" /> : <Flag key={key} x={mark.x} y={14 + row * 24} words={mark.words} tone={mark.tone} />;
        })}
        {minutes(window, nowMs, WIDTH).map(band => (
          <g key={band.x}><rect x={band.x} y="134" width={band.width} height="5" fill={band.dark ? 'var(--ink)' : 'var(--sheet)'} stroke="var(--ink)" />{band.label && band.x < WIDTH - 20 && <text className="tick" x={band.x} y="154" textAnchor={band.x < 14 ? 'start' : 'middle'}>{band.label}</text>}</g>
        ))}
        {traffic.map(({ atMs, forMs, total, failed }) => {
          const [x, end] = [xOf(window, atMs, WIDTH), xOf(window, Math.min(atMs + forMs, lastMs), WIDTH)];
          const lost = (failed / total) * 20;
          return <g key={atMs}><title>{`${clockText(atMs)}: ${failed} of ${total} requests failed`}</title><rect x={x} y={168} width={Math.max(0.8, end - x - 0.6)} height={20 - lost} fill="var(--ok-wash)" /><rect x={x} y={188 - lost} width={Math.max(0.8, end - x - 0.6)} height={lost} fill="var(--bad-fill)" /></g>;
        })}
        {traffic.length > 0 && <><path d={`M0 188.5H${WIDTH}`} stroke="var(--line-2)" /><text className="tick" x="0" y="201">customers' requests: {all.total - all.failed} answered, {all.failed} failed</text></>}
      </svg>
    </div>
  );
}

const short = (line: string): string => {
  const words = line.replace(/^kubectl\s+|^k\s+/, '').split(/\s+/);
  return words.slice(0, 2).join(' ');
};

function Flag({ x, y, words, tone }: { x: number; y: number; words: string; tone: string }) {
  const right = x > WIDTH - 90;
  return <><path d={`M${x} ${y}V130`} stroke={tone === 'ink-2' ? 'var(--line-2)' : `var(--${tone})`} strokeWidth="1.2" /><circle cx={x} cy={y} r="3" fill={`var(--${tone})`} /><text className="flag" x={right ? x - 7 : x + 7} y={y + 4} textAnchor={right ? 'end' : 'start'} fill={`var(--${tone})`}>{words}</text></>;
}

/** Say it first, then see the points: reading them first teaches nothing. */
function Question({ scenarioKey, debrief }: { scenarioKey: string; debrief: Debrief }) {
  const [before] = useState(() => results()[scenarioKey]);
  const [answer, setAnswer] = useState(before?.answer ?? '');
  const [shown, setShown] = useState((before?.points?.length ?? 0) > 0);
  const [ticked, setTicked] = useState<ReadonlySet<number>>(new Set(before?.points));
  const field = `answer-${scenarioKey}`;
  return (
    <>
      <span className="cap c-note">Say it out loud</span>
      <p className="q">{inline(debrief.question)}</p>
      <div className="ans"><label className="cap" htmlFor={field}>Your answer</label><textarea id={field} rows={shown ? 3 : 5} value={answer} onChange={event => setAnswer(event.target.value)} onBlur={() => { if (answer !== (before?.answer ?? '')) noteAnswer(scenarioKey, answer, [...ticked]); }} placeholder="As you would say it in the room" /></div>
      {!shown ? <button type="button" className="btn" style={{ marginTop: 10 }} onClick={() => setShown(true)}>{answer.trim() ? 'Now show the points' : 'I said it. Show the points'}</button> : (
        <>
          <div className="row" style={{ margin: '16px 0 2px' }}><span className="cap">Tick what you said</span><span className="sp" /><span className="mono c-3" style={{ fontSize: 11 }}>{ticked.size} of {debrief.points.length}</span></div>
          <ul>{debrief.points.map((point, index) => (
            <li key={point}><button type="button" className="pt" role="checkbox" aria-checked={ticked.has(index)} onClick={() => {
              const next = new Set(ticked);
              if (!next.delete(index)) next.add(index);
              setTicked(next);
              noteAnswer(scenarioKey, answer, [...next]);
            }}>{ticked.has(index) ? <Glyph name="tick" size={17} /> : <span className="bx" />}<span className={ticked.has(index) ? '' : 'c-2'}>{inline(point)}</span></button></li>
          ))}</ul>
        </>
      )}
    </>
  );
}

function Lines({ debrief }: { debrief: Debrief }) {
  const [all, setAll] = useState(false);
  const shown = all ? debrief.lines : debrief.lines.slice(0, 7);
  return (
    <>
      <div className="row" style={{ margin: '16px 0 6px' }}><span className="cap">Your {plural(debrief.lines.length, 'line')}</span><span className="sp" />{debrief.lines.some(line => line.showedCause) && <span className="small c-3">◆ showed the cause</span>}</div>
      <ol className="own-lines mono">{shown.map(line => <li key={`${line.atMs}${line.line}`} title={minuteText(line.atMs)} className={line.showedCause ? 'key' : ''}>{line.line}{line.exitCode !== 0 && <span className="c-bad"> ✗ {line.exitCode}</span>}{line.showedCause && ' ◆'}</li>)}</ol>
      {debrief.lines.length > shown.length && <button type="button" className="small c-3 plain" onClick={() => setAll(true)}>… {debrief.lines.length - shown.length} more</button>}
    </>
  );
}
