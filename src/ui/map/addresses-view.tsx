import { memo, useMemo, useState } from 'react';
import { hover, select, useSession } from '../session.ts';
import { Glyph } from '../theme/glyph.tsx';
import { minuteText, plural } from '../words.ts';
import { addressPicture, slotWords, USES, useWords, type InterfacePicture, type NodePicture, type Slot, type SlotUse, type SubnetPicture, type Waiting } from './addresses.ts';
import { NodeHead } from './chips.tsx';
import { model } from './model.ts';
import { FirstStop, walk } from './walk.tsx';

/** More nodes than this, and those without trouble are one line each. */
const CARDS_MAX = 18;

/** One square, one address, in address order. Use is blue: an address is not healthy, it is taken. */
export function AddressesView() {
  const snapshot = useSession(state => state.snapshot);
  const lit = useSession(state => state.hovered);
  const chosen = useSession(state => state.selected);
  const picture = useMemo(() => addressPicture(snapshot, model(snapshot)), [snapshot]);
  const [unfolded, setUnfolded] = useState<ReadonlySet<string>>(new Set());
  const { subnets, nodes, adrift } = picture;
  const seen = useMemo(() => new Set<SlotUse>([...subnets.flatMap(({ counts, slots }) => [...counts.keys(), ...(slots.length > 0 ? ['reserved' as const] : [])])]), [subnets]);
  if (subnets.length === 0) return <div className="empty">No subnets here. They come with the account that a cluster stands in.</div>;
  const marks: Marks = { lit, chosen };
  const folds = nodes.length > CARDS_MAX;
  const isOpen = (node: NodePicture): boolean => !folds || node.waiting.length > 0 || unfolded.has(node.name) || chosen === node.node?.slug;
  // Subnets of nodes are drawn; of the rest (public ones, databases) a line each is enough.
  const isDrawn = ({ counts, fact }: SubnetPicture): boolean => (counts.get('node') ?? 0) > 0 || nodes.some(({ subnetId }) => subnetId === fact.id);
  const drawn = subnets.filter(isDrawn);
  const others = subnets.filter(subnet => !isDrawn(subnet));
  // A few subnets are columns: each node stands below the one it takes its addresses from.
  const aligned = drawn.length <= 4;
  const card = (node: NodePicture): React.ReactNode => (isOpen(node) ? <NodeCard key={node.name} picture={node} marks={marks} /> : <NodeLine key={node.name} picture={node} open={() => setUnfolded(new Set([...unfolded, node.name]))} />);
  return (
    <div className="addr-frame">
      {/* One listener for all squares: a subnet has hundreds. */}
      <div className={aligned ? 'addr aligned' : 'addr'} style={aligned ? { '--columns': drawn.length } as React.CSSProperties : undefined} tabIndex={0} role="region" aria-label="Addresses by subnet, interface and pod" onKeyDown={walk} onMouseOver={event => hover(slugAt(event.target))} onMouseLeave={() => hover(undefined)}
        onClick={event => { const slug = slugAt(event.target); if (slug) select(slug); }}>
        {drawn.map(subnet => <SubnetCard key={subnet.fact.id} subnet={subnet} marks={marks} />)}
        <div className="lg">
          {USES.filter(use => seen.has(use)).map(use => <span key={use}><i className={`s s-${use}`} />{useWords(use)}</span>)}
          {nodes.some(({ waiting }) => waiting.length > 0) && <span><i className="s s-asked" />asked for, refused</span>}
        </div>
        {adrift.length > 0 && <WaitingList title="Without a node" waiting={adrift} marks={marks} />}
        {aligned ? drawn.map(({ fact }) => <div className="under" key={fact.id}>{nodes.filter(node => node.subnetId === fact.id).map(card)}</div>) : nodes.map(card)}
        {aligned && nodes.filter(node => !drawn.some(({ fact }) => fact.id === node.subnetId)).map(card)}
        {others.length > 0 && <div className="publics">{others.map(subnet => <SubnetLine key={subnet.fact.id} subnet={subnet} />)}</div>}
      </div>
      <FirstStop />
    </div>
  );
}

interface Marks { readonly lit: string | undefined; readonly chosen: string | undefined }

const slugAt = (target: EventTarget): string | undefined => (target instanceof Element ? target.closest<HTMLElement>('[data-slug]')?.dataset['slug'] : undefined);
const slugOf = (slot: Slot): string | undefined => slot.pod?.slug ?? (slot.node ? `Node//${slot.node}` : undefined);

function SubnetCard({ subnet, marks }: { subnet: SubnetPicture; marks: Marks }) {
  const { fact, name, usable, slots, freeBlocks } = subnet;
  const tone = fact.free === 0 ? 'full' : fact.free < usable * 0.1 ? 'low' : '';
  return (
    <section className={`subnet ${tone}`} data-subnet={fact.id} aria-label={`${fact.id}, ${fact.free} of ${usable} addresses free`}>
      <div className="sh"><b title={fact.id}>{name}</b><span className="mono">{slots.some(({ prefix }) => prefix) && <small title="blocks of 16 that are wholly free">{freeBlocks} × /28 free · </small>}{fact.cidr}</span></div>
      <div className="big">
        <b>{fact.free}</b><span>{tone === 'full' ? <strong>full</strong> : 'free'} of {usable}<br /><span className="c-3">{fact.zone}</span></span>
        <Hour subnet={subnet} />
      </div>
      {slots.length > 0 ? <div className={slots.length > 64 ? 'grid fine' : 'grid'}>{slots.map(slot => <Square key={slot.ip} slot={slot} {...on(slot, marks)} />)}</div> : <Bar subnet={subnet} tall />}
    </section>
  );
}

const on = (slot: Slot, { lit, chosen }: Marks): { lit: boolean; chosen: boolean } => {
  const slug = slugOf(slot);
  return { lit: slug !== undefined && slug === lit, chosen: slug !== undefined && slug === chosen };
};

function SubnetLine({ subnet }: { subnet: SubnetPicture }) {
  const { fact, name, usable } = subnet;
  return (
    <div className="subline" data-subnet={fact.id} aria-label={`${fact.id}, ${fact.free} of ${usable} addresses free`} role="group">
      <b title={fact.id}>{name}</b><span className="mono c-3">{fact.cidr}</span><Bar subnet={subnet} /><span><b className={fact.free === 0 ? 'c-bad' : ''}>{fact.free}</b> free of {usable}</span>
    </div>
  );
}

/** Who holds how much of a subnet, as one bar. */
function Bar({ subnet: { counts, usable }, tall = false }: { subnet: SubnetPicture; tall?: boolean }) {
  const parts = USES.filter(use => use !== 'free' && (counts.get(use) ?? 0) > 0);
  const words = parts.map(use => `${counts.get(use)} ${useWords(use)}`).join(', ');
  return (
    <div className={tall ? 'bar tall' : 'bar'} title={words}>
      {parts.map(use => <i key={use} className={`s-${use}`} style={{ inlineSize: `max(2px, ${((counts.get(use) ?? 0) / usable) * 100}%)` }} />)}
      {tall && <small>{words || 'nothing held'}</small>}
    </div>
  );
}

const WIDTH = 112;
const HEIGHT = 30;

/** The free count over the last hour; the dotted line is all of it. */
function Hour({ subnet: { fact, usable } }: { subnet: SubnetPicture }) {
  const nowMs = useSession(state => Math.floor(state.nowMs / 5000) * 5000);
  const counts = [...(fact.history ?? []), [fact.sinceMs, fact.free] as const];
  const fromMs = Math.max(counts[0]?.[0] ?? nowMs, nowMs - 3_600_000);
  const spanMs = Math.max(60_000, nowMs - fromMs);
  const x = (atMs: number): number => (Math.max(0, atMs - fromMs) / spanMs) * WIDTH;
  const y = (free: number): number => 6 + (1 - free / Math.max(1, usable)) * (HEIGHT - 8);
  let path = '';
  for (const [index, [atMs, free]] of counts.entries()) path += index === 0 ? `M${x(atMs).toFixed(1)} ${y(free).toFixed(1)}` : `H${x(atMs).toFixed(1)}V${y(free).toFixed(1)}`;
  return (
    <svg className="hour" width={WIDTH} height={HEIGHT} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={`free since ${minuteText(fromMs)}: ${counts[0]?.[1] ?? fact.free}, now ${fact.free}`}>
      <path className="all" d={`M0 6H${WIDTH}`} /><path className="run" d={`${path}H${WIDTH}`} />
    </svg>
  );
}

const Square = memo(function Square({ slot, lit, chosen }: { slot: Slot; lit: boolean; chosen: boolean }) {
  const words = slotWords(slot);
  const slug = slugOf(slot);
  const classes = ['s', `s-${slot.use}`, slot.pod?.look.tone === 'bad' ? 'bad' : '', lit ? 'lit' : '', chosen ? 'sel' : ''].filter(Boolean).join(' ');
  if (!slug) return <i className={classes} title={words} />;
  return <button type="button" className={classes} title={words} aria-label={words} aria-pressed={chosen} tabIndex={-1} data-slug={slug} />;
});

function NodeCard({ picture, marks }: { picture: NodePicture; marks: Marks }) {
  const { node, machine, name, interfaces, held, used, waiting, pool } = picture;
  const room = pool ? pool.interfacesMax - interfaces.length : 0;
  return (
    <div className={['node', waiting.length > 0 ? 'short' : '', node?.look.tone === 'bad' ? 'down' : ''].filter(Boolean).join(' ')} data-node={name}>
      {node ? <NodeHead node={node} note={`${held} held · ${used} in use`} /> : <div className="nh"><Glyph name="pending" size={12} /><span>{name}</span><em>{machine?.state ?? 'unknown'}, no node yet</em></div>}
      {interfaces.map(each => <InterfaceRow key={each.fact.id} each={each} home={picture.subnetId} refused={each === interfaces.at(-1) ? waiting.length : 0} marks={marks} />)}
      {room > 0 && interfaces.length > 0 && <p className="room-left">room for {plural(room, 'more interface')}</p>}
      {pool && !pool.answers && <p className="room-left c-bad">aws-node does not answer</p>}
      {waiting.map(entry => <WaitingChip key={entry.pod.uid} entry={entry} marks={marks} />)}
    </div>
  );
}

function InterfaceRow({ each: { fact, own, slots }, home, refused, marks }: { each: InterfacePicture; home: string; refused: number; marks: Marks }) {
  const plain = slots.filter(({ prefix }) => prefix === '');
  return (
    <div className="eni" data-interface={fact.id}>
      <span title={`${fact.id} · ${fact.description} · ${fact.subnetId}`}>eni {fact.deviceIndex}{fact.subnetId !== home && <small>{fact.subnetId.replace(/^subnet-/, '')}</small>}</span>
      <div>
        <Square slot={own} {...on(own, marks)} />
        {plain.map(slot => <Square key={slot.ip} slot={slot} {...on(slot, marks)} />)}
        {Array.from({ length: refused }, (_, index) => <i key={`refused${index}`} className="s s-asked" title="asked for, refused" />)}
        {fact.prefixes.map(prefix => (
          <div className="block" key={prefix} title={prefix}>{slots.filter(slot => slot.prefix === prefix).map(slot => <Square key={slot.ip} slot={slot} {...on(slot, marks)} />)}</div>
        ))}
      </div>
    </div>
  );
}

function WaitingChip({ entry: { pod, why }, marks }: { entry: Waiting; marks: Marks }) {
  const chosen = marks.chosen === pod.slug;
  return (
    <button type="button" className={['pod', 'bad', chosen ? 'sel' : ''].filter(Boolean).join(' ')} data-slug={pod.slug} tabIndex={-1} aria-pressed={chosen} aria-label={`${pod.name}, ${pod.status}, no address: ${why}`} title={`${pod.name}: ${pod.status}, no address. ${why}`}>
      <Glyph name="noaddr" size={12} /><span>{pod.short}</span><em>{why}</em>
    </button>
  );
}

function WaitingList({ title, waiting, marks }: { title: string; waiting: readonly Waiting[]; marks: Marks }) {
  return <div className="node short"><div className="nh"><Glyph name="pending" size={12} /><span>{title}</span><em>{plural(waiting.length, 'pod')}</em></div>{waiting.slice(0, 24).map(entry => <WaitingChip key={entry.pod.uid} entry={entry} marks={marks} />)}</div>;
}

function NodeLine({ picture: { name, node, held, used, interfaces }, open }: { picture: NodePicture; open: () => void }) {
  return (
    <button type="button" className="node line-card" onClick={open} data-slug={node?.slug} tabIndex={-1} aria-label={`${name}: ${held} held, ${used} in use. Unfold`}>
      <Glyph name={node?.look.glyph ?? 'pending'} size={12} /><span>{node?.short ?? name}</span>
      <span className="bar"><i className="s-node" style={{ inlineSize: `${(interfaces.length / Math.max(1, held + interfaces.length)) * 100}%` }} /><i className="s-pod" style={{ inlineSize: `${(used / Math.max(1, held + interfaces.length)) * 100}%` }} /></span><em>{used} of {held}</em>
    </button>
  );
}
