/**
 * Simple JSON paths, as printer columns and subresources of custom resources use them: `.spec.size`, `.status.conditions[?(@.type=="Ready")].status`,
 * `.metadata.labels.app\.io/name`, `.items[*].name`, `.list[0]`.
 */
import { isObject, type Draft } from './json.ts';

type Step =
  | { readonly do: 'member'; readonly name: string }
  | { readonly do: 'index'; readonly at: number }
  | { readonly do: 'slice'; readonly from: number | undefined; readonly to: number | undefined }
  | { readonly do: 'all' }
  | { readonly do: 'filter'; readonly path: readonly Step[]; readonly operator: string; readonly value: unknown };

/** Reads a path once. */
export type JsonPath = (value: unknown) => unknown[];

const known = new Map<string, JsonPath | undefined>();

/** @returns what finds all values at the path; `undefined` when the text is no such path */
export function parseJsonPath(text: string): JsonPath | undefined {
  if (!known.has(text)) {
    const steps = stepsOf(text);
    if (known.size > 2_000) known.clear();
    known.set(text, steps && (value => walk(value, steps)));
  }
  return known.get(text);
}

function stepsOf(given: string): Step[] | undefined {
  const steps: Step[] = [];
  let rest = given.startsWith('.') || given.startsWith('[') ? given : `.${given}`;
  while (rest !== '') {
    let match: RegExpExecArray | null;
    if ((match = /^\.((?:[^.[\]\\]|\\.)+)/.exec(rest))) steps.push(match[1] === '*' ? { do: 'all' } : { do: 'member', name: match[1]!.replaceAll(/\\(.)/g, '$1') });
    else if ((match = /^\[(-?\d+)\]/.exec(rest))) steps.push({ do: 'index', at: Number(match[1]) });
    else if ((match = /^\[(-?\d*):(-?\d*)\]/.exec(rest))) steps.push({ do: 'slice', from: match[1] === '' ? undefined : Number(match[1]), to: match[2] === '' ? undefined : Number(match[2]) });
    else if ((match = /^\[\*\]/.exec(rest))) steps.push({ do: 'all' });
    else if ((match = /^\[(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\]/.exec(rest))) steps.push({ do: 'member', name: (match[1] ?? match[2]!).replaceAll(/\\(.)/g, '$1') });
    else if ((match = /^\[\?\(\s*@((?:\.[^\s=!<>)]+|\[[^\]]+\])*)\s*(?:(==|!=|<=|>=|<|>)\s*("[^"]*"|'[^']*'|[^)\s]+)\s*)?\)\]/.exec(rest))) {
      const path = match[1] === '' ? [] : stepsOf(match[1]!);
      if (!path) return undefined;
      steps.push({ do: 'filter', path, operator: match[2] ?? 'exists', value: match[3] === undefined ? undefined : literal(match[3]) });
    } else if (rest === '.') return steps;
    else return undefined;
    rest = rest.slice(match[0].length);
  }
  return steps;
}

function literal(text: string): unknown {
  if (/^["']/.test(text)) return text.slice(1, -1);
  if (text === 'true' || text === 'false') return text === 'true';
  return Number.isNaN(Number(text)) ? text : Number(text);
}

function walk(value: unknown, steps: readonly Step[]): unknown[] {
  let found: unknown[] = [value];
  for (const step of steps) found = found.flatMap(each => next(each, step));
  return found;
}

function next(value: unknown, step: Step): unknown[] {
  switch (step.do) {
    case 'member': {
      const member = isObject(value) ? (value as Draft)[step.name] : undefined;
      return member === undefined ? [] : [member];
    }
    case 'index': {
      const item = Array.isArray(value) ? value.at(step.at) as unknown : undefined;
      return item === undefined ? [] : [item];
    }
    case 'slice': return Array.isArray(value) ? value.slice(step.from, step.to) : [];
    case 'all': return Array.isArray(value) ? value : isObject(value) ? Object.values(value) : [];
    default: return Array.isArray(value) ? value.filter(item => keeps(item, step)) : [];
  }
}

function keeps(item: unknown, { path, operator, value }: Step & { do: 'filter' }): boolean {
  const [found] = walk(item, path);
  switch (operator) {
    case 'exists': return found !== undefined;
    case '==': return found === value || (found !== undefined && String(found) === String(value));
    case '!=': return found !== value;
    case '<': return (found as number) < (value as number);
    case '<=': return (found as number) <= (value as number);
    case '>': return (found as number) > (value as number);
    default: return (found as number) >= (value as number);
  }
}
