/** Server-side Tables as text. */
import type { Json } from '../client/api-client.ts';
import { humanDuration } from '../flags/duration.ts';
import { parseRfc3339 } from '../../../engine/kernel/calendar.ts';

export interface TableColumn { readonly name: string; readonly type: string; readonly priority: number }
export interface TableRow { readonly cells: readonly unknown[]; readonly object?: Json }
export interface Table { readonly columns: readonly TableColumn[]; readonly rows: readonly TableRow[] }

export interface TableLook {
  readonly wide: boolean;
  readonly headers: boolean;
  readonly withNamespace: boolean;
  /** `pod`, `deployment.apps`: put before each name. */
  readonly kindPrefix: string;
  readonly showLabels: boolean;
  readonly labelColumns: readonly string[];
  /** A column of its own before all others (`--output-watch-events`). */
  readonly event?: string;
}

/** A body that came as a Table, or an object (list) turned into the table kubectl makes of what it does not know. */
export function tableOf(body: unknown, nowMs: number): Table {
  const value = body as Json;
  if (value.kind === 'Table') {
    const definitions = (value.columnDefinitions ?? []) as Json[];
    return {
      columns: definitions.map(column => ({ name: String(column.name), type: String(column.type), priority: Number(column.priority ?? 0) })),
      rows: ((value.rows ?? []) as Json[]).map(row => ({ cells: row.cells as unknown[], object: row.object as Json })),
    };
  }
  const objects = Array.isArray(value.items) ? (value.items as Json[]) : [value];
  return {
    columns: [{ name: 'Name', type: 'string', priority: 0 }, { name: 'Age', type: 'string', priority: 0 }],
    rows: objects.map(object => {
      const metadata = (object.metadata ?? {}) as Json;
      const created = parseRfc3339(String(metadata.creationTimestamp ?? ''));
      return { cells: [metadata.name ?? '', created === undefined ? '<unknown>' : humanDuration(nowMs - created)], object };
    }),
  };
}

/** Lines with cells parted by tabs, for `alignTabs`; empty when the table has no rows. */
export function tableText(table: Table, look: TableLook): string {
  if (table.rows.length === 0) return '';
  const shown = table.columns.map((column, index) => ({ column, index })).filter(({ column }) => look.wide || column.priority === 0);
  const lines: string[] = [];
  if (look.headers) {
    const header = shown.map(({ column }) => column.name.toUpperCase());
    if (look.withNamespace) header.unshift('NAMESPACE');
    if (look.event !== undefined) header.unshift('EVENT');
    header.push(...look.labelColumns.map(label => label.slice(label.lastIndexOf('/') + 1).toUpperCase()));
    if (look.showLabels) header.push('LABELS');
    lines.push(header.join('\t'));
  }
  for (const row of table.rows) {
    const metadata = (row.object?.metadata ?? {}) as { namespace?: string; labels?: Record<string, string> };
    const cells = shown.map(({ index }, position) => {
      const cell = cellText(row.cells[index]);
      return position === 0 && look.kindPrefix !== '' ? `${look.kindPrefix}/${cell}` : cell;
    });
    if (look.withNamespace) cells.unshift(metadata.namespace ?? '');
    if (look.event !== undefined) cells.unshift(look.event);
    for (const label of look.labelColumns) cells.push(metadata.labels?.[label] ?? '');
    if (look.showLabels) cells.push(labelsText(metadata.labels));
    lines.push(cells.join('\t'));
  }
  return `${lines.join('\n')}\n`;
}

/** Only the first line of a cell is shown. */
function cellText(cell: unknown): string {
  if (cell === null || cell === undefined) return '<none>';
  const text = String(cell);
  const end = text.search(/[\f\n\r]/);
  return end < 0 ? text : `${text.slice(0, end)}...`;
}

/** `a=1,b=2`, sorted; `<none>` when there are none. */
export function labelsText(labels: Readonly<Record<string, string>> | undefined): string {
  const entries = Object.entries(labels ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.length === 0 ? '<none>' : entries.map(([key, value]) => `${key}=${value}`).join(',');
}
