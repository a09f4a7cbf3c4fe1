/**
 * kubectl's JSONPath dialect: text with `{…}` actions, `range`/`end`, filters, slices, unions, recursive descent, and Go's
 * way of printing what is found. After client-go `util/jsonpath`.
 */
import { compactJson } from '../objects/json.ts';

type Node =
  | { kind: 'text'; text: string }
  | { kind: 'list'; steps: Step[]; source: string }
  | { kind: 'range'; steps: Step[]; body: Node[] };

type Step =
  | { kind: 'field'; name: string }
  | { kind: 'array'; start: number | undefined; end: number | undefined; step: number | undefined; single: boolean }
  | { kind: 'filter'; left: Step[]; op: string; right: Step[] }
  | { kind: 'wildcard' } | { kind: 'recursive' } | { kind: 'root' } | { kind: 'current' }
  | { kind: 'union'; paths: Step[][] }
  | { kind: 'literal'; value: unknown };

/** The template or the walk failed; kubectl's words. */
export class JsonPathError extends Error {}

export interface JsonPath {
  readonly nodes: readonly Node[];
  readonly source: string;
}

/** @throws JsonPathError */
export function parseJsonPath(template: string): JsonPath {
  const parser = new Parser(template);
  return { nodes: parser.parse(), source: template };
}

/** `x.y`, `.x.y`, `{x.y}` and `{.x.y}` all mean `{.x.y}` where kubectl takes a field (`--sort-by`, custom columns). @throws JsonPathError */
export function relaxedPath(text: string): string {
  if (text === '') return text;
  const match = /^\{\.?([^{}]+)\}$|^\.?([^{}]+)$/.exec(text);
  if (!match) throw new JsonPathError(`unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'`);
  return `{.${match[1] ?? match[2] ?? ''}}`;
}

class Parser {
  private at = 0;

  constructor(private readonly text: string) {}

  parse(): Node[] {
    const { nodes, ended } = this.body(false);
    if (ended) throw new JsonPathError('not in range, nothing to end');
    return nodes;
  }

  private body(inRange: boolean): { nodes: Node[]; ended: boolean } {
    const nodes: Node[] = [];
    while (this.at < this.text.length) {
      const open = this.text.indexOf('{', this.at);
      if (open < 0) {
        nodes.push({ kind: 'text', text: this.text.slice(this.at) });
        this.at = this.text.length;
        break;
      }
      if (open > this.at) nodes.push({ kind: 'text', text: this.text.slice(this.at, open) });
      this.at = open + 1;
      const action = this.action();
      if (/^\s*end\s*$/.test(action)) {
        if (!inRange) throw new JsonPathError('not in range, nothing to end');
        return { nodes, ended: true };
      }
      const range = /^\s*range(?=[\s.$@[*]|$)\s*(.*)$/s.exec(action);
      if (range) {
        const steps = parseSteps(range[1]!, action);
        nodes.push({ kind: 'range', steps, body: this.body(true).nodes });
        continue;
      }
      nodes.push({ kind: 'list', steps: parseSteps(action, action), source: action });
    }
    return { nodes, ended: false };
  }

  /** The text up to the closing brace, minding quotes. */
  private action(): string {
    const start = this.at;
    let quote = '';
    let depth = 0;
    for (; this.at < this.text.length; this.at += 1) {
      const char = this.text[this.at]!;
      if (quote !== '') {
        if (char === '\\') this.at += 1;
        else if (char === quote) quote = '';
      } else if (char === '"' || char === "'") quote = char;
      else if (char === '[' || char === '(') depth += 1;
      else if (char === ']' || char === ')') depth -= 1;
      else if (char === '}') {
        const action = this.text.slice(start, this.at);
        this.at += 1;
        return action;
      }
    }
    if (quote !== '') throw new JsonPathError(`unterminated quoted string`);
    if (depth > 0) throw new JsonPathError('unterminated array');
    throw new JsonPathError('unclosed action');
  }
}

function parseSteps(source: string, action: string): Step[] {
  const steps: Step[] = [];
  let at = 0;
  const rest = (): string => source.slice(at);
  while (at < source.length) {
    const char = source[at]!;
    if (/\s/.test(char)) { at += 1; continue; }
    if (char === '$') { steps.push({ kind: 'root' }); at += 1; continue; }
    if (char === '@') { steps.push({ kind: 'current' }); at += 1; continue; }
    if (char === '"' || char === "'") {
      const end = quoteEnd(source, at);
      steps.push({ kind: 'literal', value: unquote(source.slice(at, end)) });
      at = end;
      continue;
    }
    if (char === '.') {
      if (source[at + 1] === '.') {
        steps.push({ kind: 'recursive' });
        at += 2;
        if (source[at] === '*') { steps.push({ kind: 'wildcard' }); at += 1; } else if (/[\w$@-]/.test(source[at] ?? '')) at = field(source, at, steps);
        continue;
      }
      at += 1;
      if (source[at] === '*') { steps.push({ kind: 'wildcard' }); at += 1; continue; }
      if (source[at] === '[' || at >= source.length || /\s/.test(source[at]!)) continue;
      at = field(source, at, steps);
      continue;
    }
    if (char === '[') {
      const end = bracketEnd(source, at);
      if (end < 0) throw new JsonPathError('unterminated array');
      steps.push(bracket(source.slice(at + 1, end), action));
      at = end + 1;
      continue;
    }
    const number = /^-?\d+(\.\d+)?(?![\w.])/.exec(rest());
    if (number) { steps.push({ kind: 'literal', value: Number(number[0]) }); at += number[0].length; continue; }
    const word = /^[A-Za-z_][\w-]*/.exec(rest());
    if (word) {
      if (word[0] === 'true' || word[0] === 'false') steps.push({ kind: 'literal', value: word[0] === 'true' });
      else throw new JsonPathError(`unrecognized identifier ${word[0]}`);
      at += word[0].length;
      continue;
    }
    throw new JsonPathError(`unrecognized character in action: U+${char.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')} '${char}'`);
  }
  return steps;
}

function field(source: string, from: number, steps: Step[]): number {
  let at = from;
  let name = '';
  while (at < source.length && !/[\s.[\]$@{}|,<>=!()"'*]/.test(source[at]!)) {
    if (source[at] === '\\') at += 1;
    name += source[at] ?? '';
    at += 1;
  }
  steps.push({ kind: 'field', name });
  return at;
}

function quoteEnd(source: string, from: number): number {
  const quote = source[from];
  for (let at = from + 1; at < source.length; at += 1) {
    if (source[at] === '\\') at += 1;
    else if (source[at] === quote) return at + 1;
  }
  throw new JsonPathError('unterminated quoted string');
}

function bracketEnd(source: string, from: number): number {
  let depth = 0;
  for (let at = from; at < source.length; at += 1) {
    const char = source[at]!;
    if (char === '"' || char === "'") { at = quoteEnd(source, at) - 1; continue; }
    if (char === '[' || char === '(') depth += 1;
    if (char === ']' || char === ')') depth -= 1;
    if (depth === 0) return at;
  }
  return -1;
}

function unquote(text: string): string {
  return text.slice(1, -1).replace(/\\(.)/gs, (_, char: string) => ({ n: '\n', t: '\t', r: '\r' }[char] ?? char));
}

function bracket(inside: string, action: string): Step {
  const text = inside.trim();
  if (text.startsWith('?(')) {
    const end = text.lastIndexOf(')');
    if (end < 0) throw new JsonPathError('unterminated filter');
    const expression = text.slice(2, end);
    const split = splitOperator(expression);
    if (!split) return { kind: 'filter', left: parseSteps(expression, action), op: 'exists', right: [] };
    return { kind: 'filter', left: parseSteps(split.left, action), op: split.op, right: parseSteps(split.right, action) };
  }
  const parts = splitUnion(text);
  if (parts.length > 1) return { kind: 'union', paths: parts.map(part => [bracket(part, action)]) };
  if (text === '*') return { kind: 'array', start: undefined, end: undefined, step: undefined, single: false };
  if (/^(['"]).*\1$/s.test(text)) return { kind: 'field', name: unquote(text) };
  const slice = /^(-?\d*)(?::(-?\d*))?(?::(-?\d*))?$/.exec(text);
  if (!slice || text === '') throw new JsonPathError(`invalid array index ${text}`);
  const number = (value: string | undefined): number | undefined => (value === undefined || value === '' ? undefined : Number(value));
  return { kind: 'array', start: number(slice[1]), end: number(slice[2]), step: number(slice[3]), single: slice[2] === undefined };
}

function splitUnion(text: string): string[] {
  const parts: string[] = [];
  let start = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '"' || text[at] === "'") at = quoteEnd(text, at) - 1;
    else if (text[at] === ',') { parts.push(text.slice(start, at).trim()); start = at + 1; }
  }
  return [...parts, text.slice(start).trim()];
}

function splitOperator(text: string): { left: string; op: string; right: string } | undefined {
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '"' || text[at] === "'") { at = quoteEnd(text, at) - 1; continue; }
    const op = /^(==|!=|<=|>=|<|>)/.exec(text.slice(at));
    if (op) return { left: text.slice(0, at), op: op[0], right: text.slice(at + op[0].length) };
  }
  return undefined;
}

export interface WalkOptions {
  /** `--allow-missing-template-keys`. */
  readonly allowMissing: boolean;
}

/** What the whole template finds, in one list per action. @throws JsonPathError */
export function findAll(path: JsonPath, data: unknown, options: WalkOptions): unknown[][] {
  const results: unknown[][] = [];
  const visit = (nodes: readonly Node[], current: unknown): void => {
    for (const node of nodes) {
      if (node.kind === 'text') results.push([node.text]);
      else if (node.kind === 'list') results.push(walk(node.steps, [current], data, options));
      else for (const item of walk(node.steps, [current], data, options)) visit(node.body, item);
    }
  };
  visit(path.nodes, data);
  return results;
}

/** The template filled in. @throws JsonPathError */
export function renderJsonPath(path: JsonPath, data: unknown, options: WalkOptions): string {
  return findAll(path, data, options).map(found => found.map(goText).join(' ')).join('');
}

/** A value as client-go's jsonpath prints it: text plain, numbers as Go, maps and lists as JSON. */
export function goText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'object') return compactJson(value);
  return String(value);
}

function walk(steps: readonly Step[], start: readonly unknown[], root: unknown, options: WalkOptions): unknown[] {
  let values: unknown[] = [...start];
  for (const step of steps) {
    if (step.kind === 'root') values = [root];
    else if (step.kind === 'current') continue;
    else if (step.kind === 'literal') values = [step.value];
    else if (step.kind === 'recursive') values = values.flatMap(descend);
    else if (step.kind === 'wildcard') values = values.flatMap(childrenOf);
    else if (step.kind === 'union') values = step.paths.flatMap(path => walk(path, values, root, options));
    else if (step.kind === 'filter') values = values.flatMap(value => filtered(step, value, root, options));
    else if (step.kind === 'array') values = values.flatMap(value => sliced(step, value));
    else values = fields(step.name, values, options);
  }
  return values;
}

const isMap = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

function fields(name: string, values: readonly unknown[], options: WalkOptions): unknown[] {
  const found: unknown[] = [];
  for (const value of values) {
    if (isMap(value) && Object.hasOwn(value, name) && value[name] !== undefined) found.push(value[name]);
  }
  if (found.length === 0 && values.length > 0 && !options.allowMissing) throw new JsonPathError(`${name} is not found`);
  return found;
}

function childrenOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  return isMap(value) ? Object.keys(value).sort().map(key => value[key]) : [];
}

function descend(value: unknown): unknown[] {
  return typeof value === 'object' && value !== null ? [value, ...childrenOf(value).flatMap(descend)] : [];
}

function sliced(step: Extract<Step, { kind: 'array' }>, value: unknown): unknown[] {
  if (value === null || value === undefined) return [];
  if (!Array.isArray(value)) throw new JsonPathError(`${goText(value)} is not array or slice`);
  const length = value.length;
  if (step.single && step.start !== undefined) {
    const index = step.start < 0 ? step.start + length : step.start;
    if (index < 0 || index >= length) throw new JsonPathError(`array index out of bounds: index ${step.start}, length ${length}`);
    return [value[index]];
  }
  const bound = (given: number | undefined, fallback: number): number => {
    const index = given ?? fallback;
    return Math.min(Math.max(index < 0 ? index + length : index, 0), length);
  };
  const from = bound(step.start, 0);
  const to = bound(step.end, length);
  if (step.start !== undefined && step.end !== undefined && from > to) {
    throw new JsonPathError(`starting index ${from} is greater than ending index ${to}`);
  }
  const stride = step.step ?? 1;
  if (stride <= 0) throw new JsonPathError('step must be > 0');
  const out: unknown[] = [];
  for (let index = from; index < to; index += stride) out.push(value[index]);
  return out;
}

function filtered(step: Extract<Step, { kind: 'filter' }>, value: unknown, root: unknown, options: WalkOptions): unknown[] {
  const items = Array.isArray(value) ? value : isMap(value) ? [value] : [];
  return items.filter(item => {
    const left = walk(step.left, [item], root, { ...options, allowMissing: true });
    if (step.op === 'exists') return left.length > 0;
    const right = walk(step.right, [item], root, { ...options, allowMissing: true });
    if (left.length === 0 || right.length === 0) return false;
    if (left.length > 1 || right.length > 1) throw new JsonPathError('can only compare one element at a time');
    return compare(left[0], step.op, right[0]);
  });
}

function compare(left: unknown, op: string, right: unknown): boolean {
  if (typeof left !== typeof right && (op !== '==' && op !== '!=')) throw new JsonPathError('incompatible types for comparison');
  const [a, b] = [left as never, right as never];
  switch (op) {
    case '==': return left === right;
    case '!=': return left !== right;
    case '<': return a < b;
    case '>': return a > b;
    case '<=': return a <= b;
    default: return a >= b;
  }
}
