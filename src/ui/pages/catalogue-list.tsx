/** The catalogue: by symptom and level, with what this browser remembers of each row. */
import { useEffect, useMemo, useRef, useState } from 'react';
import type { CatalogueRow, Level, Symptom } from '../../trainer/contract.ts';
import { keepResults, mergeResults, progressFile, readProgressFile, results, type Result } from '../progress.ts';
import { go } from '../route.ts';
import { say, useSession } from '../session.ts';
import { Glyph, type GlyphName } from '../theme/glyph.tsx';
import { plural, spanText } from '../words.ts';
import { filterRows, groupRows, SYMPTOMS } from './catalogue.ts';

const LEVELS: readonly { level: Level | ''; title: string; bars: number }[] = [
  { level: '', title: 'Any level', bars: 3 }, { level: 'junior', title: 'Junior', bars: 1 }, { level: 'mid', title: 'Mid', bars: 2 }, { level: 'senior', title: 'Senior', bars: 3 },
];

function Bars({ count }: { count: number }) {
  return (
    <svg width="14" height="12" viewBox="0 0 14 12" aria-hidden="true">
      {[0, 1, 2].map(index => <rect key={index} x={index * 5} y={8 - index * 4} width="3.4" height={4 + index * 4} fill={index < count ? 'var(--ink-2)' : 'none'} stroke="var(--ink-3)" strokeWidth=".8" />)}
    </svg>
  );
}

/** Arrows walk along the controls that match, as in a toolbar. */
function walk(event: React.KeyboardEvent<HTMLElement>, among: string, back: string, on: string): void {
  const step = event.key === on ? 1 : event.key === back ? -1 : 0;
  if (step === 0 || (event.target instanceof HTMLInputElement && on !== 'ArrowDown')) return;
  const stops = [...event.currentTarget.querySelectorAll<HTMLElement>(among)];
  const next = stops[stops.indexOf(document.activeElement as HTMLElement) + step];
  if (!next) return;
  next.focus();
  event.preventDefault();
}

export function Catalogue({ search }: { search: React.RefObject<HTMLInputElement | null> }) {
  const rows = useSession(state => state.catalogue);
  const [symptom, setSymptom] = useState<Symptom | ''>('');
  const [level, setLevel] = useState<Level | ''>('');
  const [text, setText] = useState('');
  const [open, setOpen] = useState(false);
  const [done, setDone] = useState(results);
  const solved = useMemo(() => new Set(Object.entries(done).flatMap(([key, { stars }]) => (stars > 0 ? [key] : []))), [done]);
  const shown = filterRows(rows ?? [], { symptom, level, text, ...(open && { without: solved }) });
  const groups = groupRows(shown);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== '/' || (event.target instanceof HTMLElement && event.target.closest('input, textarea, .xterm'))) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      search.current?.focus();
    };
    window.addEventListener('keydown', onKey, true);
    return () => window.removeEventListener('keydown', onKey, true);
  }, [search]);
  const count = (wanted: Partial<{ symptom: Symptom | ''; level: Level | '' }>): number => filterRows(rows ?? [], { symptom, level, text, ...wanted, ...(open && { without: solved }) }).length;
  const clear = (): void => { setSymptom(''); setLevel(''); setText(''); setOpen(false); };
  return (
    <section className="cat" id="scenarios" aria-label="Scenarios"><div className="wrap" onKeyDown={event => walk(event, '.search, .li', 'ArrowUp', 'ArrowDown')}>
      <div className="filters">
        <div className="row pills" role="group" aria-label="You see" onKeyDown={event => walk(event, '.pill', 'ArrowLeft', 'ArrowRight')}>
          <span className="cap">You see</span>
          <button type="button" className="pill" aria-pressed={symptom === ''} onClick={() => setSymptom('')}>Anything <b>{rows ? count({ symptom: '' }) : ''}</b></button>
          {SYMPTOMS.filter(entry => rows?.some(row => row.symptom === entry.id)).map(entry => (
            <button type="button" key={entry.id} className="pill" aria-pressed={symptom === entry.id} onClick={() => setSymptom(symptom === entry.id ? '' : entry.id)}>
              {entry.glyph && <Glyph name={entry.glyph} size={13} />}{entry.title} <b>{count({ symptom: entry.id })}</b>
            </button>
          ))}
        </div>
        <span className="sp" />
        <div className="row pills" role="group" aria-label="Level" onKeyDown={event => walk(event, '.pill', 'ArrowLeft', 'ArrowRight')}>
          {LEVELS.filter(entry => entry.level !== '').map(entry => (
            <button type="button" key={entry.level} className="pill" aria-pressed={level === entry.level} onClick={() => setLevel(level === entry.level ? '' : entry.level)}><Bars count={entry.bars} />{entry.title}</button>
          ))}
          {solved.size > 0 && <button type="button" className="pill" aria-pressed={open} onClick={() => setOpen(!open)}>Not solved yet</button>}
        </div>
        <input ref={search} className="search" type="search" placeholder="Search" aria-label="Search scenarios" value={text} onChange={event => setText(event.target.value)}
          onKeyDown={event => { if (event.key === 'Escape') { if (text === '') event.currentTarget.blur(); setText(''); } }} />
      </div>
      <span className="unseen" role="status">{rows ? `${plural(shown.length, 'scenario')} shown` : ''}</span>
      {groups.map(group => (
        <section key={group.symptom.id} aria-label={group.symptom.title}>
          {symptom === '' && <h2 className="group"><Glyph name={(group.symptom.glyph ?? 'unknown') satisfies GlyphName} size={14} />{group.symptom.title}<span>{group.rows.length}</span></h2>}
          <ul>{group.rows.map(row => <Row key={row.key} row={row} result={done[row.key]} />)}</ul>
        </section>
      ))}
      {rows && shown.length === 0 && <p className="empty">No scenario looks like that. <button type="button" className="link c-act" onClick={clear}>Show all {rows.length}</button></p>}
      <section aria-label="Sandbox">
        <h2 className="group"><Glyph name="node" size={14} />Free water</h2>
        <ul><li>
          <a className="li" href="#/sandbox"><span /><span className="t">A healthy shop on six nodes</span><span className="d">Break it yourself, mend it again, or bring your own manifests.</span><span className="k row">Sandbox</span><span className="m" /><b className="k c-act r">Open →</b></a>
        </li></ul>
      </section>
      <Kept done={done} onChange={setDone} />
    </div></section>
  );
}

function Row({ row, result }: { row: CatalogueRow; result: Result | undefined }) {
  const level = LEVELS.find(entry => entry.level === row.level);
  const stars = result?.stars ?? 0;
  return (
    <li>
      <a className="li" href={`#/s/${row.key}`} onClick={event => { if (!event.metaKey && !event.ctrlKey) { event.preventDefault(); go(`/s/${row.key}`); } }}>
        <span>{stars > 0 && <Glyph name="tick" size={15} />}</span>
        <span className="t">{row.title}</span><span className="d">{row.seen}</span>
        <span className="k row" style={{ gap: 7 }}><Bars count={level?.bars ?? 1} />{level?.title}</span><span className="m">{row.minutes} min</span>
        <span className="k r">{stars > 0
          ? <span className="c-ok" title={result?.bestMs ? `Best: ${spanText(result.bestMs)}` : undefined}>Solved <span role="img" aria-label={`${stars} of 3 stars`}>{'★'.repeat(stars)}</span>{result?.bestMs !== undefined && <small className="best">{spanText(result.bestMs)}</small>}</span>
          : <b className="c-act">Open →</b>}</span>
      </a>
    </li>
  );
}

/** Results live in this browser; a file carries them over. */
function Kept({ done, onChange }: { done: Readonly<Record<string, Result>>; onChange: (next: Readonly<Record<string, Result>>) => void }) {
  const file = useRef<HTMLInputElement>(null);
  const take = (text: string): void => {
    const read = readProgressFile(text);
    if ('problem' in read) {
      say(read.problem);
      return;
    }
    const { merged, gained } = mergeResults(results(), read.results);
    keepResults(merged);
    onChange(merged);
    say(gained === 0 ? 'Nothing in this file was better than what is here. All is kept.' : `${plural(gained, 'result')} came with this file. Nothing here was lost.`);
  };
  const give = (): void => {
    const address = URL.createObjectURL(new Blob([progressFile(done)], { type: 'application/json' }));
    const link = document.createElement('a');
    link.href = address;
    link.download = 'drydock-progress.json';
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
  };
  return (
    <p className="kept small c-3">Your results stay in this browser.
      <button type="button" className="link" onClick={give} disabled={Object.keys(done).length === 0}>Save them to a file</button>
      <button type="button" className="link" onClick={() => file.current?.click()}>Take in a file</button>
      <input ref={file} type="file" accept="application/json,.json" hidden aria-label="A file of results" onChange={event => {
        const [chosen] = event.target.files ?? [];
        event.target.value = '';
        if (!chosen) return;
        if (chosen.size > 1_000_000) say(`${chosen.name} is larger than 1 MB: no file of results is. Nothing was changed.`);
        else void chosen.text().then(take);
      }} />
    </p>
  );
}
