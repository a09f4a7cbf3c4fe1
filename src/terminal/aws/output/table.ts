/** `--output table`: boxes within boxes; turned on its side when it is wider than the terminal. */
import { AwsFailure } from '../failure.ts';
import { pythonText } from '../line/validate.ts';

type Fields = Readonly<Record<string, unknown>>;

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);
const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !isList(value);
const isScalar = (value: unknown): boolean => !isList(value) && !isFields(value);
/** Cells a text takes; wide characters take two. */
const width = (text: string): number => [...text].reduce((cells, character) => cells + (character.codePointAt(0)! >= 0x1100 ? 2 : 1), 0);
const PADDING = 4;

interface Section {
  readonly title: string;
  readonly indent: number;
  headers: readonly string[];
  readonly rows: string[][];
  widths: number[];
  columns: number | undefined;
}

/** @param title the operation's name. @param terminalColumns where the table must fit. @throws AwsFailure for rows of different lengths */
export function formatTable(title: string, value: unknown, terminalColumns: number): string {
  const sections: Section[] = [];
  if (!build(sections, title, value, 0)) return '';
  let shown = sections;
  if (fullWidth(sections) > terminalColumns) shown = sections.map(onItsSide);
  const total = fullWidth(shown);
  return `${'-'.repeat(total)}\n${shown.map(section => render(section, total)).join('')}`;
}

function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || value === '' || value === 0 || value === false || (isList(value) && value.length === 0) || (isFields(value) && Object.keys(value).length === 0);
}

function open(sections: Section[], title: string, indent: number): void {
  sections.push({ title, indent, headers: [], rows: [], widths: [], columns: undefined });
}

function build(sections: Section[], title: string | undefined, value: unknown, indent: number): boolean {
  if (isEmpty(value)) return false;
  if (title !== undefined) open(sections, title, indent);
  if (isList(value)) {
    if (isFields(value[0])) buildList(sections, value as readonly Fields[], indent, title!);
    else {
      for (const item of value) {
        if (isScalar(item)) addRow(sections, [item]);
        else if (isList(item) && item.every(isScalar)) addRow(sections, item);
        else build(sections, undefined, item, 0);
      }
    }
  } else if (isFields(value)) {
    const { scalars, others } = grouped([value]);
    if (scalars.length === 1) addRow(sections, [scalars[0], value[scalars[0]!]]);
    else if (scalars.length > 1) {
      addHeaders(sections, scalars);
      addRow(sections, scalars.map(key => value[key]));
    }
    for (const key of others) build(sections, key, value[key], indent + 1);
  }
  return true;
}

function buildList(sections: Section[], list: readonly Fields[], indent: number, title: string): void {
  const { scalars, others } = grouped(list);
  addHeaders(sections, scalars);
  list.forEach((item, at) => {
    if (at > 0 && others.length > 0) {
      open(sections, title, indent);
      addHeaders(sections, scalars);
    }
    addRow(sections, scalars.map(key => (Object.hasOwn(item, key) ? item[key] : '')));
    for (const key of others) if (Object.hasOwn(item, key)) build(sections, key, item[key], indent + 1);
  });
}

function grouped(list: readonly Fields[]): { scalars: string[]; others: string[] } {
  const keys = (wanted: (value: unknown) => boolean): string[] => [...new Set(list.flatMap(item => Object.keys(item).filter(key => wanted(item[key]))))].sort();
  return { scalars: keys(isScalar), others: keys(value => !isScalar(value)) };
}

function widen(section: Section, row: readonly string[]): void {
  if (section.widths.length === 0) section.widths = row.map(width);
  else row.forEach((cell, at) => { section.widths[at] = Math.max(width(cell), section.widths[at] ?? 0); });
}

function addHeaders(sections: readonly Section[], headers: readonly string[]): void {
  const section = sections.at(-1)!;
  widen(section, headers);
  section.columns ??= headers.length;
  section.headers = headers;
}

function addRow(sections: readonly Section[], cells: readonly unknown[]): void {
  const section = sections.at(-1)!;
  section.columns ??= cells.length;
  if (cells.length !== section.columns) throw new AwsFailure(`Row should have ${section.columns} elements, instead it has ${cells.length}`);
  const row = cells.map(cell => pythonText(cell));
  section.rows.push(row);
  widen(section, row);
}

/** One row with headers becomes a row a header. */
function onItsSide(section: Section): Section {
  if (section.rows.length !== 1 || section.headers.length === 0) return section;
  const turned: Section = { title: section.title, indent: section.indent, headers: [], rows: [], widths: [], columns: 2 };
  section.headers.forEach((header, at) => {
    const row = [header, section.rows[0]![at]!];
    turned.rows.push(row);
    widen(turned, row);
  });
  return turned;
}

function fullWidth(sections: readonly Section[]): number {
  return Math.max(...sections.map(({ title, widths, indent }) => Math.max(width(title) + 2 + indent * 2, widths.reduce((sum, cells) => sum + cells + PADDING, 0) + 2 + indent * 2)));
}

/** Column widths that add up to `total`. */
function scaled(widths: readonly number[], total: number): number[] {
  const padded = widths.map(cells => cells + PADDING);
  if (padded.length === 0) return padded;
  const factor = total / padded.reduce((sum, cells) => sum + cells, 0);
  const made = padded.map(cells => roundHalfEven(factor * cells));
  let over = made.reduce((sum, cells) => sum + cells, 0) - total;
  while (over !== 0) {
    const step = over > 0 ? -1 : 1;
    for (let at = 0; at < made.length && over !== 0; at += 1) {
      made[over > 0 ? at : made.length - 1 - at]! += step;
      over += step;
    }
  }
  return made;
}

function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  return value - floor === 0.5 ? floor + (floor % 2) : Math.round(value);
}

function render(section: Section, fullTotal: number): string {
  const total = fullTotal - section.indent * 2;
  const lines: string[] = [];
  if (section.title !== '') {
    lines.push(centered(section.title, total, '|'));
    if (section.headers.length === 0 && section.rows.length === 0) lines.push(`+${'-'.repeat(total - 2)}+`);
  }
  const widths = scaled(section.widths, total);
  const rule = widths.map((cells, at) => (at === 0 ? `+${'-'.repeat(Math.max(0, cells - 2))}+` : `${'-'.repeat(Math.max(0, cells - 1))}+`)).join('');
  if (section.headers.length > 0) lines.push(rule, section.headers.map((header, at) => centered(header, widths[at]!, at === 0 ? '|' : '')).join(''));
  if (section.rows.length > 0 && widths.length > 0) lines.push(rule, ...section.rows.map(row => row.map((cell, at) => aligned(cell, widths[at]!, at === 0 ? '|' : '')).join('')), rule);
  const edge = '|'.repeat(section.indent);
  return lines.map(line => `${edge}${line}${edge}\n`).join('');
}

const spaces = (count: number): string => ' '.repeat(Math.max(0, count));

function centered(text: string, total: number, left: string): string {
  const start = Math.floor(total / 2) - Math.floor(width(text) / 2) - 1;
  return `${left}${spaces(start)}${text}${spaces(total - 1 - left.length - start - width(text))}|`;
}

function aligned(text: string, total: number, left: string): string {
  const padding = total - (width(text) + 2 + left.length + 1) >= 0 ? 2 : 0;
  return `${left}${spaces(padding)}${text}${spaces(total - left.length - padding - width(text) - 1)}|`;
}
