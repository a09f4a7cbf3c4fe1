/** Where, drawn again and again: it remembers berths and columns, so that what stays keeps its place. */
import { awsFacts, list, type Snapshot } from '../snapshot.ts';
import { drawWhere, type Drawing } from './draw.ts';
import { filter } from './filter.ts';
import { group, type Berths } from './group.ts';
import { layoutWhere, type Level } from './layout.ts';
import { model } from './model.ts';

export interface WhereAsked {
  readonly namespace: string;
  readonly level: Level;
  readonly pane: { readonly width: number; readonly height: number };
  /** The pointer is over the map: columns stay as they are. */
  readonly still: boolean;
}

export function whereDrafter(): (snapshot: Snapshot, asked: WhereAsked) => Drawing {
  let berths: Berths = new Map();
  let columns: ReadonlyMap<string, number> | undefined;
  return (snapshot, { namespace, level, pane, still }) => {
    const grouped = group(filter(model(snapshot), { namespace }), berths);
    berths = grouped.berths;
    const layout = layoutWhere(grouped, level, pane, still ? columns : undefined);
    columns = layout.columns;
    return drawWhere({ ...layout, zones: layout.zones.map(zone => ({ ...zone, subnet: subnetWords(snapshot, zone.zone) })) }, level, list(snapshot, 'Pod').length);
  };
}

/** The subnets in a zone that nodes stand in, with what is left of each. */
function subnetWords(snapshot: Snapshot, zone: string): string {
  const used = new Set(awsFacts(snapshot, 'machine').filter(machine => machine.zone === zone && machine.state !== 'terminated').map(({ subnetId }) => subnetId));
  return awsFacts(snapshot, 'subnet').filter(({ id }) => used.has(id)).map(({ id, free }) => `${id.replace(/^subnet-/, '')} · ${free} free`).join(', ');
}
