/** A JMESPath expression, ready to search. */
import { callFunction, equal, Expression, kindOf } from './functions.ts';
import { parse, type Node } from './parser.ts';

export { JmesPathError } from './lexer.ts';

export interface Query {
  readonly text: string;
  /** `null` when nothing is found. @throws JmesPathError for functions given the wrong things */
  search(value: unknown): unknown;
}

/** @throws JmesPathError when it cannot be read */
export function compile(text: string): Query {
  const node = parse(text);
  return { text, search: value => visit(node, value) ?? null };
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => kindOf(value) === 'object';

function isFalse(value: unknown): boolean {
  return value === '' || value === null || value === undefined || value === false || (Array.isArray(value) && value.length === 0) || (isObject(value) && Object.keys(value).length === 0);
}

const present = (values: readonly unknown[]): unknown[] => values.filter(value => value !== null && value !== undefined);

function visit(node: Node, value: unknown): unknown {
  switch (node.type) {
    case 'identity': return value;
    case 'literal': return node.value;
    case 'field': return isObject(value) && Object.hasOwn(value, node.name) ? value[node.name] : null;
    case 'chain': return node.parts.reduce((found, part) => visit(part, found), value);
    case 'index': return Array.isArray(value) ? value.at(node.at) ?? null : null;
    case 'slice': return Array.isArray(value) ? sliced(value, node.parts) : null;
    case 'projection': {
      const base = visit(node.of, value);
      return Array.isArray(base) ? present(base.map(element => visit(node.each, element))) : null;
    }
    case 'value-projection': {
      const base = visit(node.of, value);
      return isObject(base) ? present(Object.values(base).map(element => visit(node.each, element))) : null;
    }
    case 'filter': {
      const base = visit(node.of, value);
      return Array.isArray(base) ? present(base.filter(element => !isFalse(visit(node.when, element))).map(element => visit(node.each, element))) : null;
    }
    case 'flatten': {
      const base = visit(node.of, value);
      return Array.isArray(base) ? base.flat() : null;
    }
    case 'not': {
      const inner = visit(node.of, value);
      return inner === 0 ? false : isFalse(inner);
    }
    case 'or': {
      const left = visit(node.left, value);
      return isFalse(left) ? visit(node.right, value) : left;
    }
    case 'and': {
      const left = visit(node.left, value);
      return isFalse(left) ? left : visit(node.right, value);
    }
    case 'compare': return compared(node.by, visit(node.left, value), visit(node.right, value));
    case 'list': return isNull(value) ? null : node.items.map(item => visit(item, value) ?? null);
    case 'object': return isNull(value) ? null : Object.fromEntries(node.pairs.map(([key, inner]) => [key, visit(inner, value) ?? null]));
    case 'expref': return new Expression(inner => visit(node.of, inner));
    case 'call': return callFunction(node.name, node.args.map(arg => visit(arg, value)));
  }
}

const isNull = (value: unknown): boolean => value === null || value === undefined;

function compared(by: string, left: any, right: any): unknown {
  if (by === 'eq') return equal(left, right);
  if (by === 'ne') return !equal(left, right);
  const comparable = (value: unknown): boolean => typeof value === 'number' || typeof value === 'string';
  if (!comparable(left) || !comparable(right) || typeof left !== typeof right) return null;
  return by === 'lt' ? left < right : by === 'gt' ? left > right : by === 'lte' ? left <= right : left >= right;
}

/** As Python slices. */
function sliced(values: readonly unknown[], [start, stop, step = 1]: readonly (number | undefined)[]): unknown[] {
  const { length } = values;
  const clip = (at: number | undefined, otherwise: number): number => {
    if (at === undefined) return otherwise;
    const counted = at < 0 ? at + length : at;
    return step > 0 ? Math.min(Math.max(counted, 0), length) : Math.min(Math.max(counted, -1), length - 1);
  };
  const made: unknown[] = [];
  if (step === 0) return made;
  const [from, to] = step > 0 ? [clip(start, 0), clip(stop, length)] : [clip(start, length - 1), clip(stop, -1)];
  for (let at = from; step > 0 ? at < to : at > to; at += step) made.push(values[at]);
  return made;
}
