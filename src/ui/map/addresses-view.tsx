import { useMemo } from 'react';
import { hover, select, useSession } from '../session.ts';
import { plural } from '../words.ts';
import { addresses, type Slot } from './addresses.ts';
import { NodeHead, PodChip } from './chips.tsx';
import { model } from './model.ts';

/** One square, one address, in address order. Use is blue: an address is not healthy, it is taken. */
export function AddressesView() {
  const snapshot = useSession(state => state.snapshot);
  const zones = useMemo(() => addresses(model(snapshot)), [snapshot]);
  return (
    <div className="addr" tabIndex={0} role="region" aria-label="Addresses by zone and node">
      {zones.map(zone => (
        <section className="subnet" key={zone.zone}>
          <div className="sh"><b>{zone.zone || 'no zone'}</b><span className="mono" title="The smallest block that holds every address in use">{zone.prefix}</span></div>
          <div className="big"><b>{zone.slots.length}</b><span>addresses in use<br /><span className="c-3">{plural(zone.nodes.length, 'node')}</span></span></div>
          <div className="slots">{zone.slots.map(slot => <SlotBox key={`${slot.ip}${slot.use}`} slot={slot} />)}</div>
        </section>
      ))}
      <div className="lg">
        <span><i className="s s-pod" />pod</span><span><i className="s s-node" />node interface</span><span><i className="s s-asked" />asked for, none given</span>
        <span className="c-3">How large each subnet is, the cluster’s API does not say.</span>
      </div>
      {zones.flatMap(zone => zone.nodes).map(({ node, slots, waiting }) => (
        <div className="node" key={node.slug}>
          <NodeHead node={node} />
          <div className="slots">
            {slots.map(slot => <SlotBox key={`${slot.ip}${slot.use}`} slot={slot} node={node.slug} />)}
            {waiting.map(pod => <i key={pod.uid} className="s s-asked" />)}
          </div>
          {waiting.map(pod => <PodChip key={pod.uid} pod={pod} />)}
        </div>
      ))}
    </div>
  );
}

function SlotBox({ slot, node }: { slot: Slot; node?: string }) {
  const slug = slot.pod?.slug ?? node;
  const selected = useSession(state => slug !== undefined && state.selected === slug);
  const words = slot.pod ? `${slot.ip}, ${slot.pod.name}, ${slot.pod.status}` : `${slot.ip}, node interface`;
  const classes = `s s-${slot.use}${slot.pod?.look.tone === 'bad' ? ' bad' : ''}${selected ? ' sel' : ''}`;
  if (!slug) return <i className={classes} title={words} />;
  return <button type="button" className={classes} title={words} aria-label={words} tabIndex={-1} data-slug={slug} onClick={() => select(slug)} onMouseEnter={() => hover(slug)} onMouseLeave={() => hover(undefined)} />;
}
