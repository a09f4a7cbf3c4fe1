/** Checks a value against a schema, in the words of kube-openapi's validator. Source: pkg/validation/{validate,errors}, apiextensions' validation.go. */
import { duplicate, invalid, notSupported, required, tooLong, type FieldProblem } from '../../apimachinery/field-problem.ts';
import { deepEqual, isObject, type Draft } from '../../apimachinery/json.ts';
import { parseRfc3339 } from '../../kernel/calendar.ts';
import { isIp } from '../field-checks.ts';
import type { JsonSchema } from './json-schema.ts';

/** Everything wrong with a value. @param path `spec.size`, empty for the object itself */
export function valueProblems(value: unknown, schema: JsonSchema, path: string): FieldProblem[] {
  const problems: FieldProblem[] = [];
  if (value === null && schema.nullable === true) return problems;
  checkType(value, schema, path, problems);
  checkCombined(value, schema, path, problems);
  if (typeof value === 'string') checkString(value, schema, path, problems);
  else if (typeof value === 'number') checkNumber(value, schema, path, problems);
  else if (Array.isArray(value)) checkItems(value, schema, path, problems);
  if (schema.enum && !schema.enum.some(each => deepEqual(each, value))) {
    problems.push(notSupported(path, value, schema.enum.map(each => (typeof each === 'string' ? each : JSON.stringify(each)))));
  }
  if (isObject(value)) checkMembers(value, schema, path, problems);
  return problems;
}

/** The name of a value's type in messages. */
function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

const typeInvalid = (path: string, value: unknown, wanted: string): FieldProblem =>
  ({ ...invalid(path, value, `${path} in body must be of type ${wanted}: ${JSON.stringify(value)}`), type: 'TypeInvalid' });

function checkType(value: unknown, schema: JsonSchema, path: string, problems: FieldProblem[]): void {
  const name = typeName(value);
  if (schema['x-kubernetes-int-or-string']) {
    if (name !== 'integer' && name !== 'string') problems.push(typeInvalid(path, name, 'integer,string'));
    return;
  }
  const { type } = schema;
  if (!type || name === type || (type === 'number' && name === 'integer')) return;
  problems.push(typeInvalid(path, name, type));
}

/** `allOf`, `anyOf`, `oneOf`, `not`: these complaints belong to no field. */
function checkCombined(value: unknown, schema: JsonSchema, path: string, problems: FieldProblem[]): void {
  const say = (text: string): void => { problems.push(invalid('<nil>', '', `${JSON.stringify(path)} must ${text}`)); };
  const tried = (alternatives: readonly JsonSchema[]): FieldProblem[][] => alternatives.map(each => valueProblems(value, each, path));
  const nearest = (results: readonly FieldProblem[][]): FieldProblem[] => [...results].sort((a, b) => a.length - b.length)[0] ?? [];
  if (schema.anyOf?.length) {
    const results = tried(schema.anyOf);
    if (results.every(each => each.length > 0)) {
      say('validate at least one schema (anyOf)');
      problems.push(...nearest(results));
    }
  }
  if (schema.oneOf?.length) {
    const results = tried(schema.oneOf);
    const valid = results.filter(each => each.length === 0).length;
    if (valid === 0) {
      say('validate one and only one schema (oneOf). Found none valid');
      problems.push(...nearest(results));
    } else if (valid > 1) say(`validate one and only one schema (oneOf). Found ${valid} valid alternatives`);
  }
  if (schema.allOf?.length) {
    const results = tried(schema.allOf);
    const failed = results.filter(each => each.length > 0);
    problems.push(...failed.flat());
    if (failed.length > 0) say(`validate all the schemas (allOf)${failed.length === results.length ? '. None validated' : ''}`);
  }
  if (schema.not && valueProblems(value, schema.not, path).length === 0) say('not validate the schema (not)');
}

function checkString(value: string, schema: JsonSchema, path: string, problems: FieldProblem[]): void {
  const length = [...value].length;
  if (schema.maxLength !== undefined && length > schema.maxLength) problems.push(tooLong(path, schema.maxLength));
  if (schema.minLength !== undefined && length < schema.minLength) problems.push(invalid(path, value, `${path} in body should be at least ${schema.minLength} chars long`));
  if (schema.pattern !== undefined && patternOf(schema.pattern)?.test(value) === false) problems.push(invalid(path, value, `${path} in body should match '${schema.pattern}'`));
  const test = schema.format === undefined || schema['x-kubernetes-int-or-string'] ? undefined : FORMATS[schema.format];
  if (test && !test(value)) problems.push(typeInvalid(path, value, schema.format!));
}

const patterns = new Map<string, RegExp | undefined>();

/** Go's syntax as far as JavaScript knows it; a pattern beyond that does not restrict. */
function patternOf(text: string): RegExp | undefined {
  if (!patterns.has(text)) {
    let found: RegExp | undefined;
    const flagged = /^\(\?([ims]+)\)/.exec(text);
    try {
      found = new RegExp((flagged ? text.slice(flagged[0].length) : text).replaceAll('[[:alnum:]]', '[a-zA-Z0-9]').replaceAll('\\A', '^').replaceAll('\\z', '$'), flagged?.[1]);
    } catch {
      found = undefined;
    }
    patterns.set(text, found);
  }
  return patterns.get(text);
}

const UUID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;
const HOST = /^([a-zA-Z0-9_]|[a-zA-Z0-9_][a-zA-Z0-9_-]*[a-zA-Z0-9_])(\.([a-zA-Z0-9_]|[a-zA-Z0-9_][a-zA-Z0-9_-]*[a-zA-Z0-9_]))*\.?$/;

/** The formats that are checked; others say nothing. Source: apiextensions' formats.go. */
const FORMATS: Readonly<Record<string, (text: string) => boolean>> = {
  'date-time': text => parseRfc3339(text) !== undefined,
  datetime: text => parseRfc3339(text) !== undefined,
  date: text => /^\d{4}-\d\d-\d\d$/.test(text) && parseRfc3339(`${text}T00:00:00Z`) !== undefined,
  duration: text => /^([0-9]+(\.[0-9]+)?(ns|us|µs|ms|s|m|h|d|w))+$/.test(text) || /^\d+ (ns|us|ms|s|sec|seconds?|m|min|minutes?|h|hours?|d|days?|w|weeks?)$/.test(text),
  uri: text => /^([a-zA-Z][a-zA-Z0-9+.-]*:|\/)\S*$/.test(text),
  email: text => /^[^@\s<>]+@[^@\s<>]+$/.test(text),
  hostname: text => text.length <= 255 && HOST.test(text),
  ipv4: text => isIp(text) && !text.includes(':'),
  ipv6: text => isIp(text) && text.includes(':'),
  cidr: text => /^[^/]+\/\d{1,3}$/.test(text) && isIp(text.split('/')[0]!),
  mac: text => /^([0-9a-fA-F]{2}[:-]){5}[0-9a-fA-F]{2}$/.test(text),
  uuid: text => UUID.test(text), uuid3: text => UUID.test(text), uuid4: text => UUID.test(text), uuid5: text => UUID.test(text),
  byte: text => /^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text),
  hexcolor: text => /^#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$/.test(text),
};

function checkNumber(value: number, schema: JsonSchema, path: string, problems: FieldProblem[]): void {
  const { minimum, maximum, multipleOf } = schema;
  if (multipleOf !== undefined && value % multipleOf !== 0) problems.push(invalid(path, value, `${path} in body should be a multiple of ${multipleOf}`));
  if (maximum !== undefined && (schema.exclusiveMaximum ? value >= maximum : value > maximum)) {
    problems.push(invalid(path, value, `${path} in body should be less than ${schema.exclusiveMaximum ? '' : 'or equal to '}${maximum}`));
  }
  if (minimum !== undefined && (schema.exclusiveMinimum ? value <= minimum : value < minimum)) {
    problems.push(invalid(path, value, `${path} in body should be greater than ${schema.exclusiveMinimum ? '' : 'or equal to '}${minimum}`));
  }
}

const tooMany = (path: string, actual: number, max: number): FieldProblem => ({ type: 'TooMany', field: path, message: `Too many: ${actual}: must have at most ${max} item${max === 1 ? '' : 's'}` });

function checkItems(value: readonly unknown[], schema: JsonSchema, path: string, problems: FieldProblem[]): void {
  const { items } = schema;
  if (items) value.forEach((item, i) => { problems.push(...valueProblems(item, items, `${path}[${i}]`)); });
  if (schema.minItems !== undefined && value.length < schema.minItems) problems.push(invalid(path, value.length, `${path} in body should have at least ${schema.minItems} items`));
  if (schema.maxItems !== undefined && value.length > schema.maxItems) problems.push(tooMany(path, value.length, schema.maxItems));
  if (schema.uniqueItems && value.some((item, i) => value.slice(0, i).some(each => deepEqual(each, item)))) problems.push(invalid(path, '', `${path} in body shouldn't contain duplicates`));
}

function checkMembers(value: Draft, schema: JsonSchema, path: string, problems: FieldProblem[]): void {
  const count = Object.keys(value).length;
  const at = (key: string): string => (path === '' ? key : `${path}.${key}`);
  if (schema.minProperties !== undefined && count < schema.minProperties) problems.push(invalid(path, count, `${path} in body should have at least ${schema.minProperties} properties`));
  if (schema.maxProperties !== undefined && count > schema.maxProperties) problems.push(tooMany(path, count, schema.maxProperties));
  for (const key of schema.required ?? []) if (value[key] === undefined) problems.push(required(at(key)));
  const others = typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined;
  for (const key of Object.keys(value).sort()) {
    const member = schema.properties?.[key] ?? others;
    if (member) problems.push(...valueProblems(value[key], member, at(key)));
  }
}

/** Repeats in lists that are sets, or maps by some keys. Source: apiextensions' listtype/validation.go. */
export function listProblems(value: unknown, schema: JsonSchema | undefined, path: string): FieldProblem[] {
  if (!schema) return [];
  if (isObject(value)) {
    const others = typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined;
    return Object.keys(value).sort().flatMap(key => listProblems(value[key], schema.properties?.[key] ?? others, path === '' ? key : `${path}.${key}`));
  }
  if (!Array.isArray(value)) return [];
  const problems: FieldProblem[] = [];
  const type = schema['x-kubernetes-list-type'];
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  const identity = (item: unknown): unknown => (type === 'map' && isObject(item) ? Object.fromEntries(keys.filter(key => item[key] !== undefined).map(key => [key, item[key] as unknown])) : item);
  if (type === 'set' || type === 'map') {
    value.forEach((item, i) => {
      if (value.findIndex(each => deepEqual(identity(each), identity(item))) < i) problems.push(duplicate(`${path}[${i}]`, identity(item)));
    });
  }
  value.forEach((item, i) => { problems.push(...listProblems(item, schema.items, `${path}[${i}]`)); });
  return problems;
}
