/** `--output text`: scalars of one level in a row by the order of their names, the rest below with their name in front. */
import { pythonText } from '../line/validate.ts';

type Fields = Readonly<Record<string, unknown>>;

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);
const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !isList(value);
const isScalar = (value: unknown): boolean => !isList(value) && !isFields(value);

export function formatText(value: unknown): string {
  const lines: string[] = [];
  write(value, lines);
  return lines.map(line => `${line}\n`).join('');
}

function write(value: unknown, lines: string[], name?: string, columns?: readonly string[]): void {
  if (isFields(value)) writeFields(value, lines, name, columns);
  else if (isList(value)) writeList(value, lines, name);
  else lines.push(pythonText(value));
}

function writeList(list: readonly unknown[], lines: string[], name: string | undefined): void {
  if (list.length === 0) return;
  if (list.some(isFields)) {
    const columns = [...new Set(list.filter(isFields).flatMap(item => Object.keys(item).filter(key => isScalar(item[key]))))].sort();
    for (const item of list) write(item, lines, name, columns);
  } else if (list.some(isList)) {
    const scalars = list.filter(isScalar);
    if (scalars.length > 0) writeScalars(scalars, lines, name);
    for (const item of list) if (!isScalar(item)) write(item, lines, name);
  } else writeScalars(list, lines, name);
}

function writeScalars(list: readonly unknown[], lines: string[], name: string | undefined): void {
  if (name === undefined) lines.push(list.map(item => pythonText(item)).join('\t'));
  else for (const item of list) lines.push(`${name.toUpperCase()}\t${pythonText(item)}`);
}

function writeFields(fields: Fields, lines: string[], name: string | undefined, columns: readonly string[] | undefined): void {
  const keys = Object.keys(fields).sort();
  const row = (columns ?? keys.filter(key => isScalar(fields[key]))).map(key => (Object.hasOwn(fields, key) ? pythonText(fields[key]) : ''));
  if (row.length > 0) lines.push([...(name === undefined ? [] : [name.toUpperCase()]), ...row].join('\t'));
  for (const key of keys) if (columns ? !columns.includes(key) : !isScalar(fields[key])) write(fields[key], lines, key);
}
