/** The table of a custom resource. Source: apiextensions' registry/customresource/tableconvertor. */
import { ageOf } from '../../apimachinery/age.ts';
import { parseJsonPath } from '../../apimachinery/json-path.ts';
import type { Draft } from '../../apimachinery/json.ts';
import { ageColumn, nameColumn } from '../columns.ts';
import { parseRfc3339 } from '../../kernel/calendar.ts';
import type { Cell, Column } from '../kind.ts';

export interface PrinterColumn {
  readonly name: string;
  readonly type: string;
  readonly format?: string;
  readonly description?: string;
  readonly priority?: number;
  readonly jsonPath: string;
}

/** The name, then what the definition names; without any, the age. */
export function columnsOfDefinition(declared: readonly PrinterColumn[] | undefined): Column[] {
  if (!declared?.length) return [nameColumn, { ...ageColumn, type: 'date' }];
  return [nameColumn, ...declared.map(({ name, type, format, priority, jsonPath }): Column => ({
    header: name, type, wide: (priority ?? 0) > 0, ...(format !== undefined && { format }),
    cell: (object, { nowMs }) => cellOf(parseJsonPath(jsonPath)?.(object)[0], type, nowMs),
  }))];
}

function cellOf(value: unknown, type: string, nowMs: number): Cell {
  if (value === undefined || value === null) return null;
  switch (type) {
    case 'integer': return typeof value === 'number' ? Math.trunc(value) : null;
    case 'number': return typeof value === 'number' ? value : null;
    case 'boolean': return typeof value === 'boolean' ? value : null;
    case 'date': return typeof value === 'string' && parseRfc3339(value) !== undefined ? ageOf(value, nowMs) : '<invalid>';
    default: return typeof value === 'object' ? JSON.stringify(value) : String(value as string | number | boolean);
  }
}

/** Whether an object has a value there, for selectable fields: as text, empty when there is none. */
export function textAt(jsonPath: string, object: Draft): string {
  const value = parseJsonPath(jsonPath)?.(object)[0];
  return value === undefined || value === null ? '' : String(value as string | number | boolean);
}
