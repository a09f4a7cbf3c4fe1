/**
 * Go's text/template over API objects: actions, pipelines, variables, `if`, `range`, `with`, `define`d nothing; with the
 * functions kubectl adds (`exists`, `base64decode`).
 */
import { base64Text } from '../../../engine/apimachinery/base64.ts';
import { goValue } from './custom-columns.ts';

/** The template cannot be read or run; Go's words. */
export class TemplateError extends Error {}

type Node =
  | { kind: 'text'; text: string }
  | { kind: 'action'; pipe: Pipe }
  | { kind: 'if' | 'with' | 'range'; pipe: Pipe; body: Node[]; otherwise: Node[] };
interface Pipe { readonly variables: readonly string[]; readonly declares: boolean; readonly commands: readonly Operand[][] }
type Operand =
  | { kind: 'value'; value: unknown }
  | { kind: 'field'; names: string[] }
  | { kind: 'variable'; name: string; names: string[] }
  | { kind: 'function'; name: string }
  | { kind: 'pipe'; pipe: Pipe; names: string[] };

export type GoTemplate = readonly Node[];

/** @throws TemplateError */
export function parseTemplate(text: string): GoTemplate {
  const tokens = tokenize(text);
  let at = 0;
  const body = (ends: readonly string[]): { nodes: Node[]; end: string } => {
    const nodes: Node[] = [];
    while (at < tokens.length) {
      const token = tokens[at]!;
      at += 1;
      if (token.kind === 'text') { nodes.push({ kind: 'text', text: token.text }); continue; }
      const source = token.text;
      if (source === '' || source.startsWith('/*')) continue;
      const word = /^(if|range|with|else|end|template|define|block|break|continue)\b\s*(.*)$/s.exec(source);
      if (!word) { nodes.push({ kind: 'action', pipe: parsePipe(source) }); continue; }
      const [, keyword = '', rest = ''] = word;
      if (keyword === 'end' || keyword === 'else') {
        if (!ends.includes(keyword)) throw new TemplateError(`template: output:1: unexpected {{${keyword}}}`);
        return { nodes, end: source };
      }
      if (keyword !== 'if' && keyword !== 'range' && keyword !== 'with') throw new TemplateError(`template: output:1: {{${keyword}}} is not modelled; if, range and with are`);
      nodes.push(branch(keyword, rest));
    }
    if (ends.length > 0) throw new TemplateError('template: output:1: unexpected EOF');
    return { nodes, end: '' };
  };
  const branch = (kind: 'if' | 'range' | 'with', rest: string): Node => {
    const pipe = parsePipe(rest);
    const first = body(['else', 'end']);
    let otherwise: Node[] = [];
    const chained = /^else\s+(if|with)\b\s*(.*)$/s.exec(first.end);
    if (chained) otherwise = [branch(chained[1] as 'if' | 'with', chained[2]!)];
    else if (first.end.startsWith('else')) otherwise = body(['end']).nodes;
    return { kind, pipe, body: first.nodes, otherwise };
  };
  return body([]).nodes;
}

function tokenize(text: string): { kind: 'text' | 'action'; text: string }[] {
  const tokens: { kind: 'text' | 'action'; text: string }[] = [];
  let at = 0;
  let trimNext = false;
  while (at < text.length) {
    const open = text.indexOf('{{', at);
    let literal = open < 0 ? text.slice(at) : text.slice(at, open);
    if (trimNext) literal = literal.trimStart();
    if (open < 0) { if (literal) tokens.push({ kind: 'text', text: literal }); break; }
    const close = text.indexOf('}}', open);
    if (close < 0) throw new TemplateError('template: output:1: unclosed action');
    let action = text.slice(open + 2, close);
    if (/^-\s/.test(action)) { literal = literal.trimEnd(); action = action.slice(1); }
    trimNext = /\s-$/.test(action);
    if (trimNext) action = action.slice(0, -1);
    if (literal) tokens.push({ kind: 'text', text: literal });
    tokens.push({ kind: 'action', text: action.trim() });
    at = close + 2;
  }
  return tokens;
}

function parsePipe(source: string): Pipe {
  const declared = /^\s*((?:\$\w+\s*,\s*)?\$\w+)\s*(:?=)(?!=)\s*(.*)$/s.exec(source);
  const variables = declared ? declared[1]!.split(',').map(name => name.trim()) : [];
  const words = lex(declared ? declared[3]! : source);
  if (words.length === 0) throw new TemplateError('template: output:1: missing value for command');
  const commands: Operand[][] = [[]];
  for (const word of words) {
    if (word === '|') commands.push([]);
    else commands.at(-1)!.push(operand(word));
  }
  return { variables, declares: declared?.[2] === ':=', commands };
}

function lex(source: string): string[] {
  const words: string[] = [];
  let at = 0;
  while (at < source.length) {
    const char = source[at]!;
    if (/\s/.test(char)) { at += 1; continue; }
    if (char === '|') { words.push('|'); at += 1; continue; }
    const start = at;
    let depth = 0;
    let quote = '';
    for (; at < source.length; at += 1) {
      const next = source[at]!;
      if (quote) { if (next === '\\' && quote === '"') at += 1; else if (next === quote) quote = ''; continue; }
      if (next === '"' || next === '`') quote = next;
      else if (next === '(') depth += 1;
      else if (next === ')') depth -= 1;
      else if (depth === 0 && (/\s/.test(next) || next === '|')) break;
    }
    if (quote) throw new TemplateError('template: output:1: unterminated quoted string');
    if (depth !== 0) throw new TemplateError('template: output:1: unclosed left paren');
    words.push(source.slice(start, at));
  }
  return words;
}

function operand(word: string): Operand {
  if (word.startsWith('"')) return { kind: 'value', value: JSON.parse(word) as string };
  if (word.startsWith('`')) return { kind: 'value', value: word.slice(1, -1) };
  if (/^-?\d+(\.\d+)?$/.test(word)) return { kind: 'value', value: Number(word) };
  if (word === 'true' || word === 'false') return { kind: 'value', value: word === 'true' };
  if (word === 'nil') return { kind: 'value', value: null };
  if (word.startsWith('(')) {
    const end = word.lastIndexOf(')');
    return { kind: 'pipe', pipe: parsePipe(word.slice(1, end)), names: word.slice(end + 1).split('.').filter(Boolean) };
  }
  if (word.startsWith('$')) {
    const [name = '', ...names] = word.split('.');
    return { kind: 'variable', name, names: names.filter(Boolean) };
  }
  if (word.startsWith('.')) return { kind: 'field', names: word.split('.').filter(Boolean) };
  if (!(word in FUNCTIONS) && word !== 'and' && word !== 'or') throw new TemplateError(`template: output:1: function "${word}" not defined`);
  return { kind: 'function', name: word };
}

const truthy = (value: unknown): boolean => {
  if (value === null || value === undefined || value === false || value === 0 || value === '') return false;
  if (Array.isArray(value)) return value.length > 0;
  return typeof value === 'object' ? Object.keys(value).length > 0 : true;
};

function compared(a: unknown, b: unknown): number {
  if (typeof a !== typeof b) throw new TemplateError('incompatible types for comparison');
  return (a as never) < (b as never) ? -1 : (a as never) > (b as never) ? 1 : 0;
}

const FUNCTIONS: Readonly<Record<string, (...values: unknown[]) => unknown>> = {
  print: (...values) => values.map(show).join(' '),
  println: (...values) => `${values.map(show).join(' ')}\n`,
  printf: (format, ...values) => formatted(String(format), values),
  len: value => (typeof value === 'string' || Array.isArray(value) ? value.length : Object.keys((value ?? {}) as object).length),
  not: value => !truthy(value),
  eq: (first, ...rest) => rest.some(other => first === other),
  ne: (a, b) => a !== b,
  lt: (a, b) => compared(a, b) < 0,
  le: (a, b) => compared(a, b) <= 0,
  gt: (a, b) => compared(a, b) > 0,
  ge: (a, b) => compared(a, b) >= 0,
  index: (value, ...keys) => keys.reduce((current: unknown, key) => {
    if (Array.isArray(current)) {
      if (Number(key) >= current.length) throw new TemplateError(`error calling index: reflect: slice index out of range`);
      return current[Number(key)];
    }
    return (current as Record<string, unknown> | null)?.[String(key)];
  }, value),
  slice: (value, from, to) => (value as string | unknown[]).slice(Number(from ?? 0), to === undefined ? undefined : Number(to)),
  html: value => show(value).replace(/[&<>"']/g, char => `&#${char.charCodeAt(0)};`),
  urlquery: value => encodeURIComponent(show(value)).replaceAll('%20', '+'),
  js: value => JSON.stringify(show(value)).slice(1, -1),
  base64decode: value => base64Text(String(value)) ?? '',
  exists: (value, ...keys) => {
    let current: unknown = value;
    for (const key of keys) {
      if (Array.isArray(current)) { if (Number(key) >= current.length) return false; current = current[Number(key)]; continue; }
      if (typeof current !== 'object' || current === null || !Object.hasOwn(current, String(key))) return false;
      current = (current as Record<string, unknown>)[String(key)];
    }
    return true;
  },
};

function formatted(format: string, values: unknown[]): string {
  let next = 0;
  return format.replace(/%(-?)(\d*)(?:\.(\d+))?([vsdqtfxT%])/g, (_, left: string, width: string, precision: string | undefined, verb: string) => {
    if (verb === '%') return '%';
    const value = values[next];
    next += 1;
    if (next > values.length) return `%!${verb}(MISSING)`;
    let text = show(value);
    if (verb === 'q') text = JSON.stringify(text);
    if (verb === 'f') text = Number(value).toFixed(precision === undefined ? 6 : Number(precision));
    if (verb === 'x') text = typeof value === 'number' ? value.toString(16) : text;
    if (width === '') return text;
    return left ? text.padEnd(Number(width)) : text.padStart(Number(width));
  });
}

function show(value: unknown): string {
  return value === undefined || value === null ? '<no value>' : goValue(value);
}

type Scope = Map<string, { value: unknown }>;

/** Runs the template. @throws TemplateError */
export function renderTemplate(template: GoTemplate, data: unknown, options: { allowMissing: boolean }): string {
  let out = '';
  const field = (start: unknown, names: readonly string[]): unknown => names.reduce((current: unknown, name) => {
    if (current === undefined || current === null) {
      if (current === null) return undefined;
      throw new TemplateError(`nil data; no entry for key "${name}"`);
    }
    if (typeof current !== 'object' || Array.isArray(current)) {
      throw new TemplateError(`can't evaluate field ${name} in type ${Array.isArray(current) ? '[]interface {}' : 'interface {}'}`);
    }
    const map = current as Record<string, unknown>;
    if (!Object.hasOwn(map, name)) {
      if (!options.allowMissing) throw new TemplateError(`map has no entry for key "${name}"`);
      return undefined;
    }
    return map[name];
  }, start);
  const evaluate = (item: Operand, dot: unknown, scope: Scope): unknown => {
    if (item.kind === 'value') return item.value;
    if (item.kind === 'field') return field(dot, item.names);
    if (item.kind === 'variable') {
      const variable = scope.get(item.name);
      if (!variable) throw new TemplateError(`undefined variable "${item.name}"`);
      return field(variable.value, item.names);
    }
    if (item.kind === 'pipe') return field(run(item.pipe, dot, scope), item.names);
    return call(item.name, [], dot, scope);
  };
  const call = (name: string, args: (() => unknown)[], _dot: unknown, _scope: Scope): unknown => {
    if (name === 'and' || name === 'or') {
      let value: unknown;
      for (const argument of args) {
        value = argument();
        if (truthy(value) === (name === 'or')) return value;
      }
      return value;
    }
    return FUNCTIONS[name]!(...args.map(argument => argument()));
  };
  const run = (pipe: Pipe, dot: unknown, scope: Scope): unknown => {
    let value: unknown;
    pipe.commands.forEach((command, index) => {
      const [first, ...rest] = command;
      if (!first) throw new TemplateError('template: output:1: missing value for command');
      const piped = value;
      const args = rest.map(item => () => evaluate(item, dot, scope));
      if (index > 0) args.push(() => piped);
      value = first.kind === 'function' ? call(first.name, args, dot, scope) : evaluate(first, dot, scope);
    });
    return value;
  };
  const assign = (pipe: Pipe, values: readonly unknown[], scope: Scope): void => {
    const names = pipe.variables;
    names.forEach((name, index) => {
      const value = values[names.length === 1 ? values.length - 1 : index];
      const known = scope.get(name);
      if (!pipe.declares && known) known.value = value;
      else scope.set(name, { value });
    });
  };
  const walk = (nodes: readonly Node[], dot: unknown, outer: Scope): void => {
    const scope: Scope = new Map(outer);
    for (const node of nodes) {
      if (node.kind === 'text') { out += node.text; continue; }
      const value = run(node.pipe, dot, scope);
      if (node.kind === 'action') {
        if (node.pipe.variables.length > 0) assign(node.pipe, [value], scope);
        else out += show(value);
        continue;
      }
      const inner: Scope = new Map(scope);
      if (node.kind !== 'range') {
        assign(node.pipe, [value], inner);
        if (truthy(value)) walk(node.body, node.kind === 'with' ? value : dot, inner);
        else walk(node.otherwise, dot, inner);
        continue;
      }
      const entries: [unknown, unknown][] = Array.isArray(value) ? value.map((item, index) => [index, item])
        : typeof value === 'object' && value !== null ? Object.keys(value).sort().map(key => [key, (value as Record<string, unknown>)[key]]) : [];
      if (entries.length === 0) walk(node.otherwise, dot, inner);
      for (const [key, item] of entries) {
        assign(node.pipe, [key, item], inner);
        walk(node.body, item, inner);
      }
    }
  };
  walk(template, data, new Map([['$', { value: data }]]));
  return out;
}
