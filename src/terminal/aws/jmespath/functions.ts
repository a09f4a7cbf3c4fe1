/** JMESPath's functions, with the checks of their arguments. */
import { pythonText } from '../line/validate.ts';
import { JmesPathError } from './lexer.ts';

/** `&expression` as an argument. */
export class Expression {
  constructor(readonly of: (value: unknown) => unknown) {}
}

type Json = unknown;
type Kind = 'number' | 'string' | 'boolean' | 'array' | 'object' | 'null' | 'expref';
/** `array-number`: an array whose elements are numbers. Empty: anything. */
type Allowed = readonly (Kind | 'array-number' | 'array-string')[];

interface Declared {
  readonly takes: readonly Allowed[];
  /** The last argument may come again. */
  readonly variadic?: boolean;
  readonly run: (...args: any[]) => Json;
}

export function kindOf(value: Json): Kind {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'array';
  if (value instanceof Expression) return 'expref';
  return typeof value as Kind;
}

const PYTHON_NAMES: Readonly<Record<Kind, string>> = { number: 'int', string: 'str', boolean: 'bool', array: 'list', object: 'dict', null: 'NoneType', expref: '_Expression' };

const pythonKind = (value: Json): string => (typeof value === 'number' && !Number.isInteger(value) ? 'float' : PYTHON_NAMES[kindOf(value)]);

const shown = (value: Json): string => pythonText(value);

function wrongType(name: string, value: Json, actual: string, expected: readonly string[]): JmesPathError {
  return new JmesPathError(`In function ${name}(), invalid type for value: ${shown(value)}, expected one of: ${pythonText(expected)}, received: "${actual}"`);
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const order = (a: any, b: any): number => (a < b ? -1 : a > b ? 1 : 0);
const best = (values: readonly any[], sign: number): Json => (values.length === 0 ? null : values.reduce((found, value) => (order(value, found) * sign > 0 ? value : found)));

/** Sort keys of an array: each must be a number or a text, `same` as the first where asked. */
function keysOf(name: string, array: readonly Json[], expression: Expression, same: boolean): any[] {
  let allowed: readonly string[] = ['number', 'string'];
  if (same) {
    const first = expression.of(array[0]);
    if (!allowed.includes(kindOf(first))) throw wrongType(name, array[0], kindOf(first), ['string', 'number']);
    allowed = [kindOf(first)];
  }
  return array.map(element => {
    const key = expression.of(element);
    if (!allowed.includes(kindOf(key))) throw wrongType(name, key, kindOf(key), allowed);
    return key;
  });
}

function bestBy(name: string, array: readonly Json[], expression: Expression, sign: number): Json {
  if (array.length === 0) return null;
  const keys = keysOf(name, array, expression, false);
  let found = 0;
  keys.forEach((key, at) => { if (order(key, keys[found]) * sign > 0) found = at; });
  return array[found];
}

/** Compact JSON as `json.dumps` writes it. */
const compact = (value: Json): string => JSON.stringify(value ?? null).replace(/[\u0080-\uffff]/g, character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);

export const equal = (a: Json, b: Json): boolean => {
  if (kindOf(a) !== kindOf(b)) return false;
  if (Array.isArray(a)) return a.length === (b as Json[]).length && a.every((item, at) => equal(item, (b as Json[])[at]));
  if (kindOf(a) !== 'object') return (a ?? null) === (b ?? null);
  const [left, right] = [a as Record<string, Json>, b as Record<string, Json>];
  return Object.keys(left).length === Object.keys(right).length && Object.keys(left).every(key => Object.hasOwn(right, key) && equal(left[key], right[key]));
};

const FUNCTIONS: Readonly<Record<string, Declared>> = {
  abs: { takes: [['number']], run: (value: number) => Math.abs(value) },
  avg: { takes: [['array-number']], run: (values: number[]) => (values.length === 0 ? null : sum(values) / values.length) },
  ceil: { takes: [['number']], run: (value: number) => Math.ceil(value) },
  contains: { takes: [['array', 'string'], []], run: (subject: Json[] | string, search: Json) => (typeof subject === 'string' ? typeof search === 'string' && subject.includes(search) : subject.some(item => equal(item, search))) },
  ends_with: { takes: [['string'], ['string']], run: (text: string, end: string) => text.endsWith(end) },
  floor: { takes: [['number']], run: (value: number) => Math.floor(value) },
  join: { takes: [['string'], ['array-string']], run: (separator: string, texts: string[]) => texts.join(separator) },
  keys: { takes: [['object']], run: (value: object) => Object.keys(value) },
  length: { takes: [['string', 'array', 'object']], run: (value: Json[] | string | object) => (typeof value === 'string' ? [...value].length : Array.isArray(value) ? value.length : Object.keys(value).length) },
  map: { takes: [['expref'], ['array']], run: (expression: Expression, array: Json[]) => array.map(item => expression.of(item) ?? null) },
  max: { takes: [['array-number', 'array-string']], run: (values: Json[]) => best(values, 1) },
  max_by: { takes: [['array'], ['expref']], run: (array: Json[], expression: Expression) => bestBy('max_by', array, expression, 1) },
  merge: { takes: [['object']], variadic: true, run: (...objects: object[]) => Object.assign({}, ...objects) },
  min: { takes: [['array-number', 'array-string']], run: (values: Json[]) => best(values, -1) },
  min_by: { takes: [['array'], ['expref']], run: (array: Json[], expression: Expression) => bestBy('min_by', array, expression, -1) },
  not_null: { takes: [[]], variadic: true, run: (...values: Json[]) => values.find(value => value !== null && value !== undefined) ?? null },
  reverse: { takes: [['array', 'string']], run: (value: Json[] | string) => (typeof value === 'string' ? [...value].reverse().join('') : [...value].reverse()) },
  sort: { takes: [['array-string', 'array-number']], run: (values: Json[]) => [...values].sort(order) },
  sort_by: {
    takes: [['array'], ['expref']],
    run(array: Json[], expression: Expression) {
      if (array.length === 0) return array;
      const keys = keysOf('sort_by', array, expression, true);
      return array.map((item, at) => ({ item, key: keys[at] })).sort((a, b) => order(a.key, b.key)).map(({ item }) => item);
    },
  },
  starts_with: { takes: [['string'], ['string']], run: (text: string, start: string) => text.startsWith(start) },
  sum: { takes: [['array-number']], run: sum },
  to_array: { takes: [[]], run: (value: Json) => (Array.isArray(value) ? value : [value]) },
  to_number: {
    takes: [[]],
    run(value: Json) {
      if (typeof value === 'number') return value;
      return typeof value === 'string' && /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(value) ? Number(value) : null;
    },
  },
  to_string: { takes: [[]], run: (value: Json) => (typeof value === 'string' ? value : compact(value)) },
  type: { takes: [[]], run: (value: Json) => kindOf(value) },
  values: { takes: [['object']], run: (value: object) => Object.values(value) },
};

/** @throws JmesPathError for an unknown function, a wrong number or a wrong type of arguments */
export function callFunction(name: string, args: readonly Json[]): Json {
  const declared = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
  if (!declared) throw new JmesPathError(`Unknown function: ${name}()`);
  const wanted = declared.takes.length;
  if (declared.variadic ? args.length < wanted : args.length !== wanted) {
    throw new JmesPathError(`Expected ${declared.variadic ? 'at least ' : ''}${wanted} ${wanted === 1 ? 'argument' : 'arguments'} for function ${name}(), received ${args.length}`);
  }
  declared.takes.forEach((allowed, at) => checkType(name, args[at], allowed));
  return declared.run(...args);
}

function checkType(name: string, value: Json, allowed: Allowed): void {
  if (allowed.length === 0) return;
  const kinds = allowed.map(kind => kind.split('-')[0]);
  if (!kinds.includes(kindOf(value))) throw wrongType(name, value, kindOf(value), allowed);
  const inner = allowed.flatMap(kind => kind.split('-')[1] ?? []);
  if (inner.length === 0 || !Array.isArray(value) || value.length === 0) return;
  const first = kindOf(value[0]);
  const expected = inner.length === 1 ? inner[0] : inner.find(kind => kind === first);
  if (expected === undefined) throw wrongType(name, value[0], pythonKind(value[0]), allowed);
  for (const element of value) if (kindOf(element) !== expected) throw wrongType(name, element, pythonKind(element), allowed);
}
