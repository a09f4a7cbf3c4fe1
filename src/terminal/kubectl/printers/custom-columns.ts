/** `-o custom-columns=HEADER:path,…` and its file form. */
import { CliFailure } from '../client/failure.ts';
import { findAll, type JsonPath, JsonPathError, parseJsonPath, relaxedPath } from './jsonpath.ts';

export interface Column { readonly header: string; readonly path: JsonPath }

/** @throws CliFailure for a malformed specification */
export function parseColumns(spec: string): Column[] {
  if (spec === '') throw new CliFailure('custom-columns format specified but no custom columns given');
  return spec.split(',').map(part => {
    const colon = part.indexOf(':');
    if (colon < 0) throw new CliFailure(`unexpected custom-columns spec: ${part}, expected <header>:<json-path-expr>`);
    return columnOf(part.slice(0, colon), part.slice(colon + 1));
  });
}

/** Headers on the first line, paths on the second, parted by blanks. @throws CliFailure */
export function parseColumnsFile(text: string): Column[] {
  const [heads = '', paths = ''] = text.split('\n');
  const headers = heads.trim().split(/\s+/);
  const specs = paths.trim().split(/\s+/);
  if (headers.length !== specs.length) {
    throw new CliFailure(`number of headers (${headers.length}) and field specifications (${specs.length}) don't match`);
  }
  return headers.map((header, index) => columnOf(header, specs[index]!));
}

function columnOf(header: string, path: string): Column {
  try {
    return { header, path: parseJsonPath(relaxedPath(path)) };
  } catch (error) {
    if (error instanceof JsonPathError) throw new CliFailure(error.message);
    throw error;
  }
}

/** Lines with cells parted by tabs. */
export function columnsText(columns: readonly Column[], objects: readonly unknown[], headers: boolean): string {
  const lines = headers ? [columns.map(column => column.header).join('\t')] : [];
  for (const object of objects) {
    lines.push(columns.map(({ path }) => {
      const found = findAll(path, object, { allowMissing: true })[0] ?? [];
      return found.length === 0 ? '<none>' : found.map(goValue).join(',');
    }).join('\t'));
  }
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}

/** A value as Go's `%v` prints it. */
export function goValue(value: unknown): string {
  if (value === null || value === undefined) return '<none>';
  if (Array.isArray(value)) return `[${value.map(item => (item === null ? '<nil>' : goValue(item))).join(' ')}]`;
  if (typeof value === 'object') {
    const map = value as Record<string, unknown>;
    return `map[${Object.keys(map).sort().map(key => `${key}:${map[key] === null ? '<nil>' : goValue(map[key])}`).join(' ')}]`;
  }
  return String(value);
}
