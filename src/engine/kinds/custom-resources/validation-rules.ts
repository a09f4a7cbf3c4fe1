/** `x-kubernetes-validations`: rules in CEL about one place of an object. Source: apiextensions' schema/cel/validation.go. */
import { Environment } from '@marcbachmann/cel-js';
import { deepEqual, isObject, type Draft } from '../../apimachinery/json.ts';
import { duplicate, forbidden, invalid, required, type FieldProblem } from '../../apimachinery/field-problem.ts';
import { compareQuantities, parseQuantity } from '../../apimachinery/quantity.ts';
import { isIp } from '../field-checks.ts';
import type { JsonSchema, Rule } from './json-schema.ts';

type Program = (variables: Record<string, unknown>) => unknown;

/** A quantity inside an expression. */
class CelQuantity {
  constructor(readonly text: string) {}
}

let shared: Environment | undefined;
const programs = new Map<string, Program | string>();

const sameKind = (list: readonly unknown[]): { value: unknown }[] => list.map(value => ({ value }));
const least = (list: readonly unknown[], sign: 1 | -1): unknown => {
  const [first, ...rest] = sameKind(list);
  if (!first) throw new Error('min/max called on empty list');
  return rest.reduce((best, each) => (sign > 0 === (each.value as number) < (best.value as number) ? each : best), first).value;
};

/** CEL with what Kubernetes adds to it. Source: apiserver/pkg/cel/library. */
function environment(): Environment {
  shared ??= new Environment({ unlistedVariablesAreDyn: true, enableOptionalTypes: true, homogeneousAggregateLiterals: false })
    .registerType('Quantity', CelQuantity)
    .registerFunction('list.isSorted(): bool', (list: unknown[]) => list.every((each, i) => i === 0 || (list[i - 1] as number) <= (each as number)))
    .registerFunction('list.sum(): dyn', (list: unknown[]) => list.reduce((sum: unknown, each) => (typeof each === 'bigint' ? (sum as bigint) + each : Number(sum) + Number(each)), typeof list[0] === 'number' ? 0 : 0n))
    .registerFunction('list.min(): dyn', (list: unknown[]) => least(list, 1))
    .registerFunction('list.max(): dyn', (list: unknown[]) => least(list, -1))
    .registerFunction('list.indexOf(dyn): int', (list: unknown[], wanted: unknown) => BigInt(list.findIndex(each => deepEqual(each, wanted))))
    .registerFunction('string.find(string): string', (text: string, pattern: string) => new RegExp(pattern).exec(text)?.[0] ?? '')
    .registerFunction('string.findAll(string): list', (text: string, pattern: string) => text.match(new RegExp(pattern, 'g')) ?? [])
    .registerFunction('isURL(string): bool', (text: string) => /^([a-zA-Z][a-zA-Z0-9+.-]*:\/\/[^\s]*|\/[^\s]*)$/.test(text))
    .registerFunction('isIP(string): bool', (text: string) => isIp(text))
    .registerFunction('isCIDR(string): bool', (text: string) => /^[^/]+\/\d{1,3}$/.test(text) && isIp(text.split('/')[0]!))
    .registerFunction('isQuantity(string): bool', (text: string) => parseQuantity(text) !== undefined)
    .registerFunction('quantity(string): Quantity', (text: string) => new CelQuantity(text))
    .registerFunction('Quantity.isGreaterThan(Quantity): bool', (a: CelQuantity, b: CelQuantity) => compareQuantities(a.text, b.text) > 0)
    .registerFunction('Quantity.isLessThan(Quantity): bool', (a: CelQuantity, b: CelQuantity) => compareQuantities(a.text, b.text) < 0)
    .registerFunction('Quantity.compareTo(Quantity): int', (a: CelQuantity, b: CelQuantity) => BigInt(Math.sign(compareQuantities(a.text, b.text))));
  return shared;
}

/** @returns the program, or why there is none */
export function compileRule(text: string): Program | string {
  let program = programs.get(text);
  if (program === undefined) {
    try {
      const parsed = environment().parse(text);
      const checked = parsed.check();
      program = checked.valid ? variables => parsed(variables) as unknown : String(checked.error?.message ?? 'not a valid expression').split('\n')[0]!;
    } catch (thrown) {
      program = String((thrown as Error).message).split('\n')[0]!;
    }
    if (programs.size > 5_000) programs.clear();
    programs.set(text, program);
  }
  return program;
}

const RESERVED = new Set(['true', 'false', 'null', 'in', 'as', 'break', 'const', 'continue', 'else', 'for', 'function', 'if', 'import', 'let', 'loop', 'package', 'namespace', 'return', 'var', 'void', 'while']);

/** How a field is called in an expression. */
function celName(name: string): string {
  if (RESERVED.has(name)) return `__${name}__`;
  return name.replaceAll('__', '__underscores__').replaceAll('.', '__dot__').replaceAll('-', '__dash__').replaceAll('/', '__slash__');
}

/** A value as expressions see it: whole numbers are `int`, by the schema and not by how they are written. */
export function celValue(value: unknown, schema: JsonSchema | undefined): unknown {
  if (typeof value === 'number') return schema?.type === 'number' || !Number.isInteger(value) ? value : BigInt(value);
  if (Array.isArray(value)) return value.map(item => celValue(item, schema?.items));
  if (!isObject(value)) return value;
  const others = typeof schema?.additionalProperties === 'object' ? schema.additionalProperties : undefined;
  const result: Draft = {};
  for (const key of Object.keys(value)) {
    const member = schema?.properties?.[key];
    result[member ? celName(key) : key] = celValue(value[key], member ?? others);
  }
  return result;
}

/** Failures that the value causes; anything else is a gap of our own and restricts nothing. */
const CAUSED_BY_VALUE = /^(no such key|index out of bounds|division by zero|integer overflow|no such overload)/i;

/** Whether a failure says something of the value, not of what is not modelled. */
export const isCausedByValue = (text: string): boolean => CAUSED_BY_VALUE.test(text);

function broken(rule: Rule, program: Program, schema: JsonSchema, path: string, variables: Record<string, unknown>): FieldProblem | undefined {
  const source = rule.message?.trim() || rule.rule.trim();
  const type = schema.type ?? '';
  try {
    if (program(variables) !== false) return undefined;
  } catch (thrown) {
    const text = String((thrown as Error).message).split('\n')[0]!;
    return CAUSED_BY_VALUE.test(text) ? invalid(path, type, `${text} evaluating rule: ${source}`) : undefined;
  }
  const at = rule.fieldPath ? `${path}${rule.fieldPath}` : path;
  const detail = explained(rule, variables) ?? (rule.message ? rule.message.trim() : `failed rule: ${source}`);
  switch (rule.reason) {
    case 'FieldValueForbidden': return forbidden(at, detail);
    case 'FieldValueRequired': return required(at, detail);
    case 'FieldValueDuplicate': return duplicate(at, type);
    default: return invalid(at, type, detail);
  }
}

function explained({ messageExpression }: Rule, variables: Record<string, unknown>): string | undefined {
  const program = messageExpression ? compileRule(messageExpression) : undefined;
  if (typeof program !== 'function') return undefined;
  try {
    const text = program(variables);
    return typeof text === 'string' && text.trim() !== '' && !text.includes('\n') ? text.trim() : undefined;
  } catch {
    return undefined;
  }
}

/** Which of the rules are asked: those that look at the value alone, or those that compare it with what it was. */
export type RuleScope = 'value' | 'transition';

const usesOldSelf = (rule: Rule): boolean => /\boldSelf\b/.test(rule.rule);

/** The rules an object breaks. @param old what it was, if it was */
export function ruleProblems(value: unknown, old: unknown, schema: JsonSchema | undefined, scope: RuleScope, path = ''): FieldProblem[] {
  if (!schema || value === undefined || value === null) return [];
  const problems: FieldProblem[] = [];
  for (const rule of schema['x-kubernetes-validations'] ?? []) {
    const compares = usesOldSelf(rule);
    if (compares !== (scope === 'transition') || (compares && (old === undefined || old === null) && !rule.optionalOldSelf)) continue;
    const program = compileRule(rule.rule);
    if (typeof program !== 'function') continue;
    const variables: Record<string, unknown> = { self: celValue(value, schema) };
    if (compares) variables.oldSelf = celValue(old, schema);
    const problem = broken(rule, program, schema, path, variables);
    if (problem) problems.push(problem);
  }
  for (const each of schema.allOf ?? []) if (each['x-kubernetes-validations']) problems.push(...ruleProblems(value, old, { ...schema, ...each, type: schema.type, allOf: [], properties: {}, items: undefined }, scope, path));
  if (Array.isArray(value)) {
    value.forEach((item, i) => { problems.push(...ruleProblems(item, counterpart(item, old, schema), schema.items, scope, `${path}[${i}]`)); });
  } else if (isObject(value)) {
    const before = isObject(old) ? old : undefined;
    const others = typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined;
    for (const key of Object.keys(value).sort()) {
      const member = schema.properties?.[key];
      const at = member ? (path === '' ? key : `${path}.${key}`) : `${path}[${key}]`;
      problems.push(...ruleProblems(value[key], before?.[key], member ?? others, scope, at));
    }
  }
  return problems;
}

/** The item of the old list with the same keys; lists that are no maps have none. */
function counterpart(item: unknown, old: unknown, schema: JsonSchema): unknown {
  const keys = schema['x-kubernetes-list-map-keys'];
  if (schema['x-kubernetes-list-type'] !== 'map' || !keys || !Array.isArray(old) || !isObject(item)) return undefined;
  return old.find(each => isObject(each) && keys.every(key => deepEqual(each[key], item[key])));
}

/** Rules of a schema that cannot be asked here, with the reason: `spec.size: reason`. */
export function rulesNotEvaluated(schema: JsonSchema | undefined, path = ''): string[] {
  if (!schema) return [];
  const own = (schema['x-kubernetes-validations'] ?? []).flatMap(({ rule }) => {
    const program = compileRule(rule);
    return typeof program === 'string' ? [`${path || 'the root'}: ${rule}: ${program}`] : [];
  });
  const below = [
    ...Object.entries(schema.properties ?? {}).flatMap(([key, member]) => rulesNotEvaluated(member, path === '' ? key : `${path}.${key}`)),
    ...rulesNotEvaluated(schema.items, `${path}[]`),
    ...(typeof schema.additionalProperties === 'object' ? rulesNotEvaluated(schema.additionalProperties, `${path}[]`) : []),
  ];
  return [...own, ...below];
}
