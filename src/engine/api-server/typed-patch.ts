/** Reads an applied configuration as its type does, strictly. Source: structured-merge-diff's typed/validate.go and helpers.go. */
import { isObject, type Draft } from '../apimachinery/json.ts';
import { refuse, type Refusal, type Status } from '../apimachinery/status.ts';
import { itemKey } from './field-set.ts';
import type { ServedResource } from './resources.ts';
import { resolved, type FieldSchema } from './schema.ts';

/** What is wrong with a configuration, in the words of an apply; nothing for kinds without a structure. */
export function typedPatchProblem(resource: ServedResource, config: Draft): Refusal | undefined {
  if (!resource.schema) return undefined;
  const problems: string[] = [];
  check(config, resource.schema, '', problems);
  if (problems.length === 0) return undefined;
  const { metadata } = config;
  const subject = `${metadata?.namespace ?? ''}/${metadata?.name ?? ''}; ${resource.apiVersion}, Kind=${resource.kind}`;
  const text = problems.length === 1 ? problems[0]! : `errors:\n${problems.map(each => `  ${each}`).join('\n')}`;
  const { reason: _reason, ...status } = refuse(500, 'InternalError', `failed to create typed patch object (${subject}): ${text}`).status;
  return { ok: false, status: status as Status };
}

/** Go's name of a value's type. */
function goType(value: unknown): string {
  if (Array.isArray(value)) return '[]interface {}';
  switch (typeof value) {
    case 'boolean': return 'bool';
    case 'number': return Number.isInteger(value) ? 'int64' : 'float64';
    case 'string': return 'string';
    default: return 'map[string]interface {}';
  }
}

const goValue = (value: unknown): string => (typeof value === 'string' ? JSON.stringify(value) : typeof value === 'object' ? goType(value) : String(value as number));

function check(value: unknown, field: FieldSchema, path: string, problems: string[]): void {
  if (value === null || value === undefined) return;
  const type = resolved(field);
  const kind = field.t ?? type.t;
  if (type.p || (field.r === undefined && kind === 'object') || type.v) {
    if (!isObject(value)) {
      if (!type.o) problems.push(`${path}: expected map, got &{${goValue(value)}}`);
      return;
    }
    for (const [key, member] of Object.entries(value)) {
      const inner = type.p?.[key] ?? type.v ?? field.v;
      if (inner) check(member, inner, `${path}.${key}`, problems);
      else if (type.p && !type.u && !field.u) problems.push(`${path}.${key}: field not declared in schema`);
    }
    return;
  }
  if (kind === 'array') checkList(value, field, path, problems);
  else if (field.r !== undefined || field.x) return;
  else if ((kind === 'integer' || kind === 'number') && typeof value !== 'number') problems.push(`${path}: expected numeric (int or float), got ${goType(value)}`);
  else if (kind === 'string' && typeof value !== 'string') problems.push(`${path}: expected string, got &value.valueUnstructured{Value:${goValue(value)}}`);
  else if (kind === 'boolean' && typeof value !== 'boolean') problems.push(`${path}: expected boolean, got &{${goValue(value)}}`);
}

function checkList(value: unknown, field: FieldSchema, path: string, problems: string[]): void {
  if (!Array.isArray(value)) {
    problems.push(`${path}: expected list, got &{${goValue(value)}}`);
    return;
  }
  const seen = new Set<string>();
  value.forEach((item: unknown, i) => {
    let at = `${path}[${i}]`;
    if (field.l === 'map' && field.m && isObject(item)) {
      const key = itemKey(item, field);
      const shown = Object.entries(JSON.parse(key.slice(2)) as Draft).map(([name, each]) => `${name}=${JSON.stringify(each)}`).join(',');
      at = `${path}[${shown}]`;
      const missing = field.m.find(name => item[name] === undefined && (field.i ? resolved(field.i).p?.[name]?.d : undefined) === undefined);
      if (missing !== undefined) problems.push(`${path}: element ${i}: associative list with keys has an element that omits key field ${JSON.stringify(missing)} (and doesn't have default value)`);
      else if (seen.has(key)) problems.push(`${path}: duplicate entries for key [${shown}]`);
      seen.add(key);
    }
    if (field.i) check(item, field.i, at, problems);
  });
}
