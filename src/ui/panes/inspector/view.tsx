import { useEffect, useMemo, useState } from 'react';
import type { KubeObject } from '../../../engine/apimachinery/object.ts';
import { place, show, useSession, type InspectorTab } from '../../session.ts';
import { getSlug } from '../../snapshot.ts';
import { Glyph } from '../../theme/glyph.tsx';
import { ageText } from '../../words.ts';
import { eventsOf, type EventRow } from './events.ts';
import { fields, heading } from './select.ts';
import { why } from './why.ts';
import './inspector.css';

const TABS: readonly { id: InspectorTab; title: string }[] = [{ id: 'why', title: 'Why' }, { id: 'fields', title: 'Fields' }, { id: 'events', title: 'Events' }, { id: 'yaml', title: 'YAML' }];

export function InspectorPane() {
  const tab = useSession(state => state.inspectorTab);
  const object = useSession(state => (state.selected ? getSlug(state.snapshot, state.selected) : undefined));
  const selected = useSession(state => state.selected);
  return (
    <section className="pane inspector" aria-label="Inspector" data-pane="inspector">
      <div className="ph">
        <div className="row" role="tablist" aria-label="Inspector" style={{ gap: 0 }}>
          {TABS.map(({ id, title }) => <button type="button" role="tab" key={id} className="tab" aria-selected={tab === id} onClick={() => show({ inspectorTab: id })}>{title}</button>)}
        </div>
        <span className="sp" />
        <button type="button" className="btn quiet icon" aria-label="Close inspector" onClick={() => show({ inspectorOpen: false })}>×</button>
      </div>
      <div className="insp" tabIndex={0} role="region" aria-label="Details">
        {object ? <Details object={object} tab={tab} /> : selected ? <Gone slug={selected} /> : <Nothing />}
      </div>
    </section>
  );
}

function Gone({ slug }: { slug: string }) {
  const [kind = '', , name = ''] = slug.split('/');
  const machines = useSession(state => state.snapshot.aws.get('machine'));
  const machine = kind === 'Node' ? [...machines?.values() ?? []].find(fact => fact.kind === 'machine' && fact.node === name && (fact.state === 'pending' || fact.state === 'running')) : undefined;
  if (machine?.kind === 'machine') return <p className="empty">Machine <code>{machine.id}</code> ({machine.instanceType}, {machine.zone}) is {machine.state} and has not joined the cluster yet. It will be node <code>{name}</code>.</p>;
  return <p className="empty">{kind} <code>{name}</code> is gone. Its place on the map shows what came after it; rewind to see it again.</p>;
}

function Nothing() {
  return <p className="empty">Select anything: a hull on the map, a name in the terminal. Here stands why it is as it is, as far as the API knows.</p>;
}

function Details({ object, tab }: { object: KubeObject; tab: InspectorTab }) {
  const snapshot = useSession(state => state.snapshot);
  const second = useSession(state => Math.floor(state.nowMs / 1000) * 1000);
  const head = useMemo(() => heading(snapshot, object, second), [snapshot, object, second]);
  const events = useMemo(() => eventsOf(snapshot, object), [snapshot, object]);
  return (
    <>
      <span className="cap">{head.kind}</span>
      <h2>{head.name}</h2>
      {head.look && <div className={`row c-${head.look.tone} stat`}><Glyph name={head.look.glyph} size={15} />{head.status}{head.look.glyph === 'notready' && <i>not Ready</i>}{head.look.glyph === 'noaddr' && <i>no address</i>}</div>}
      {tab !== 'fields' && tab !== 'yaml' && <dl className="facts">{head.facts.slice(0, tab === 'why' ? 4 : 8).map(([label, value]) => <Fact key={label} label={label} value={value} />)}</dl>}
      {tab === 'why' && <WhyChain object={object} second={second} />}
      {tab === 'why' && events.length > 0 && <Events events={events.slice(0, 4)} second={second} title={`Events on this ${head.kind.toLowerCase()}`} foot />}
      {tab === 'events' && (events.length > 0 ? <Events events={events} second={second} title="Newest first" /> : <p className="empty">No events yet. They appear as things happen.</p>)}
      {tab === 'fields' && <Fields object={object} />}
      {tab === 'yaml' && <Yaml object={object} />}
    </>
  );
}

function Fact({ label, value }: { label: string; value: string }) {
  return <><dt>{label}</dt><dd>{value}</dd></>;
}

function WhyChain({ object, second }: { object: KubeObject; second: number }) {
  const snapshot = useSession(state => state.snapshot);
  const namespace = useSession(state => state.prompts[state.activeTerminal]?.namespace ?? state.namespace);
  const { steps, lines } = useMemo(() => why(snapshot, object, second, namespace), [snapshot, object, second, namespace]);
  return (
    <>
      <div className="cap">Why, as far as the API knows</div>
      <ol className="why">
        {steps.length === 0 && <li><Glyph name="ready" size={16} /><b>Nothing is wrong that the API knows of</b><span>status and conditions are as asked for</span></li>}
        {steps.map((step, index) => (
          <li key={`${index}${step.text}`}><Glyph name={step.glyph} size={16} />{index > 0 && <i className="bc">because</i>}<b>{step.text}</b><span>{step.source}</span></li>
        ))}
        <li className="end"><Glyph name="pencil" size={16} /><b className="c-note">The API knows no more than this</b><span>The rest of the story is outside the object. Ways to go on:</span></li>
      </ol>
      <div className="lines">
        {lines.map(line => (
          <button type="button" className="line" key={line} title={line} aria-label={`Place at the prompt: ${line}`} onClick={() => place(line)}>
            <span><b>{line.split(' ').slice(0, 2).join(' ')}</b> {line.split(' ').slice(2).join(' ')}</span><u>place ↵</u>
          </button>
        ))}
      </div>
    </>
  );
}

function Events({ events, second, title, foot = false }: { events: readonly EventRow[]; second: number; title: string; foot?: boolean }) {
  return (
    <div className={foot ? 'evs foot' : 'evs'}>
      <div className="cap">{title}</div>
      {events.map(event => (
        <div className="ev" key={event.key}>
          <span>{ageText(second - event.lastMs)}</span>
          <div>{event.type === 'Warning' ? <b>{event.reason}</b> : event.reason}{event.count > 1 && <i> ×{event.count}</i>} {event.message}</div>
        </div>
      ))}
    </div>
  );
}

function Fields({ object }: { object: KubeObject }) {
  const [wanted, setWanted] = useState('');
  const rows = useMemo(() => fields(object), [object]);
  const shown = rows.filter(row => `${row.path} ${row.value}`.toLowerCase().includes(wanted.toLowerCase()));
  return (
    <>
      <input className="find" type="search" placeholder="Find a field or a value" aria-label="Find a field or a value" value={wanted} onChange={event => setWanted(event.target.value)} />
      <dl className="fields">{shown.map(row => <div key={row.path}><dt>{row.path}</dt><dd>{row.value}</dd></div>)}</dl>
    </>
  );
}

function Yaml({ object }: { object: KubeObject }) {
  const [text, setText] = useState('');
  useEffect(() => {
    let live = true;
    const { managedFields: _hidden, ...metadata } = object.metadata;
    void import('yaml').then(({ stringify }) => live && setText(stringify({ ...object, metadata }, { lineWidth: 0 })));
    return () => { live = false; };
  }, [object]);
  return <pre className="yaml mono">{text}</pre>;
}
