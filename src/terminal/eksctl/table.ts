/** eksctl's three ways to print a list: a table with tab stops, JSON, YAML. */
import type { Task } from '../../engine/kernel/task.ts';
import { printYaml } from '../kubectl/objects/yaml.ts';
import { EksctlFailure } from './command.ts';
import type { EksctlSession } from './session.ts';

export type Column<T> = readonly [title: string, cell: (row: T) => string];

const TAB = 8;

/** Cells filled with tabs up to the next stop behind the widest of their column; the last column is left as it is. */
export function tabbedTable(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.ceil((Math.max(...rows.map(row => [...row[column]!].length)) + 1) / TAB) * TAB);
  return rows.map(row => `${row.map((cell, column) => (column === row.length - 1 ? cell : cell + '\t'.repeat(Math.ceil((widths[column]! - [...cell].length) / TAB)))).join('')}\n`).join('');
}

/** @param kind plural, for an empty table. @throws EksctlFailure for an output nobody knows */
export function* printList<T extends object>(session: EksctlSession, kind: string, rows: readonly T[], columns: readonly Column<T>[], asIs: (row: T) => unknown = row => row): Task<void> {
  const format = session.text('output');
  if (format === 'json') yield* session.out(`${JSON.stringify(rows.map(asIs), null, 4)}\n`);
  else if (format === 'yaml') yield* session.out(printYaml(rows.map(asIs)));
  else if (format !== 'table') throw new EksctlFailure(`unknown output printer type: expected {"yaml","json","table"} but got ${JSON.stringify(format)}`);
  else if (rows.length === 0) yield* session.out(`No ${kind} found\n`);
  else {
    const cells = rows.map(row => columns.map(([, cell]) => cell(row))).sort((a, b) => (a.join('\t') < b.join('\t') ? -1 : 1));
    yield* session.out(tabbedTable([columns.map(([title]) => title), ...cells]));
  }
}
