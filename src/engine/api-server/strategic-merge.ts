/** Strategic merge patch: like a merge patch, but lists of objects merge by key where the type says so. */
import { cloneJson, deepEqual, isObject, type Draft } from '../apimachinery/json.ts';
import { resolved, type FieldSchema } from './schema.ts';

/** A patch that cannot be applied, in upstream's words. */
export class PatchProblem extends Error {}

/** What `target` becomes under `patch`; `schema` is the type of both. Neither is changed. */
export function strategicMerge(target: unknown, patch: Draft, schema: FieldSchema | undefined): Draft {
  return mergeObject(isObject(target) ? target : {}, patch, schema);
}

function memberSchema(schema: FieldSchema | undefined, key: string): FieldSchema | undefined {
  if (!schema) return undefined;
  const type = resolved(schema);
  return type.p?.[key] ?? type.v ?? schema.v;
}

function mergeObject(target: Draft, patch: Draft, schema: FieldSchema | undefined): Draft {
  const directive = patch.$patch;
  if (directive !== undefined) {
    if (directive === 'replace') {
      const { $patch: _, ...rest } = patch;
      return stripDirectives(rest) as Draft;
    }
    if (directive === 'delete') return {};
    if (directive !== 'merge') throw new PatchProblem(`Unknown patch type found: ${directive}`);
  }
  const result: Draft = { ...target };
  const retain: unknown = patch.$retainKeys;
  if (Array.isArray(retain)) {
    for (const key of Object.keys(patch)) {
      if (!key.startsWith('$') && patch[key] !== null && !retain.includes(key)) {
        throw new PatchProblem('incorrect $retainKeys: all the keys in patch must be in the $retainKeys list');
      }
    }
    for (const key of Object.keys(result)) if (!retain.includes(key)) delete result[key];
  }
  const orders = new Map<string, unknown[]>();
  for (const [key, value] of Object.entries(patch)) {
    if (key === '$patch' || key === '$retainKeys') continue;
    if (key.startsWith('$setElementOrder/')) {
      orders.set(key.slice(17), value as unknown[]);
      continue;
    }
    if (key.startsWith('$deleteFromPrimitiveList/')) {
      const list = key.slice(25);
      const gone = value as unknown[];
      if (Array.isArray(result[list])) result[list] = result[list].filter((item: unknown) => !gone.some(each => deepEqual(each, item)));
      continue;
    }
    if (value === null) {
      delete result[key];
      continue;
    }
    const field = memberSchema(schema, key);
    if (Array.isArray(value)) {
      result[key] = mergeList(result[key], value, field);
      // Without an order of its own, a patch puts what it names first.
      if (mergesLists(field) && patch[`$setElementOrder/${key}`] === undefined) orders.set(key, value);
    }
    else if (isObject(value)) {
      if (value.$patch === 'delete') delete result[key];
      else result[key] = mergeObject(isObject(result[key]) ? result[key] : {}, value, field);
    } else result[key] = value;
  }
  for (const [key, order] of orders) {
    if (Array.isArray(result[key])) result[key] = inOrder(result[key], order, memberSchema(schema, key)?.k, Array.isArray(target[key]) ? target[key] : []);
  }
  return result;
}

const mergesLists = (field: FieldSchema | undefined): boolean => field?.s?.split(',').includes('merge') === true;

function mergeList(target: unknown, patch: readonly unknown[], field: FieldSchema | undefined): unknown[] {
  const items = Array.isArray(target) ? target : [];
  if (!mergesLists(field)) return patch.filter(item => !(isObject(item) && item.$patch !== undefined)).map(stripDirectives);
  if (patch.some(item => isObject(item) && item.$patch === 'replace')) {
    return patch.filter(item => !(isObject(item) && item.$patch === 'replace' && Object.keys(item).length === 1)).map(stripDirectives);
  }
  const key = field!.k;
  if (key === undefined) {
    const result = [...items];
    for (const item of patch) if (!result.some(each => deepEqual(each, item))) result.push(cloneJson(item));
    return result;
  }
  const result: unknown[] = [...items];
  for (const item of patch) {
    if (!isObject(item)) throw new PatchProblem(`expected a map in the list, got ${JSON.stringify(item)}`);
    const value = item[key];
    if (value === undefined) throw new PatchProblem(`map: ${goMap(item)} does not contain declared merge key: ${key}`);
    const at = result.findIndex(each => isObject(each) && deepEqual(each[key], value));
    if (item.$patch === 'delete') {
      if (at >= 0) result.splice(at, 1);
    } else if (at < 0) result.push(mergeObject({}, item, field!.i));
    else result[at] = mergeObject(result[at] as Draft, item, field!.i);
  }
  return result;
}

/** Elements named by `order` come in that order; others keep their place relative to the neighbours they had. */
function inOrder(list: unknown[], order: readonly unknown[], key: string | undefined, live: readonly unknown[]): unknown[] {
  const keyOf = (item: unknown): unknown => (key !== undefined && isObject(item) ? item[key] : item);
  const rank = new Map(order.map((item, i) => [JSON.stringify(keyOf(item)), i]));
  const named = list.filter(item => rank.has(JSON.stringify(keyOf(item))))
    .sort((a, b) => rank.get(JSON.stringify(keyOf(a)))! - rank.get(JSON.stringify(keyOf(b)))!);
  const others = list.filter(item => !rank.has(JSON.stringify(keyOf(item))));
  const place = new Map(live.map((item, i) => [JSON.stringify(keyOf(item)), i]));
  const placeOf = (item: unknown): number => place.get(JSON.stringify(keyOf(item))) ?? -1;
  const result: unknown[] = [];
  let i = 0;
  let j = 0;
  while (i < named.length || j < others.length) {
    if (i >= named.length) result.push(others[j++]);
    else if (j >= others.length) result.push(named[i++]);
    else if (placeOf(named[i]) >= 0 && placeOf(others[j]) >= 0 && placeOf(others[j]) < placeOf(named[i])) result.push(others[j++]);
    else result.push(named[i++]);
  }
  return result;
}

/** A copy without patch directives, as it is stored when nothing was there to merge with. */
function stripDirectives(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter(item => !(isObject(item) && item.$patch === 'delete')).map(stripDirectives);
  if (!isObject(value)) return value;
  const result: Draft = {};
  for (const [key, member] of Object.entries(value)) {
    if (key.startsWith('$') || member === null) continue;
    result[key] = stripDirectives(member);
  }
  return result;
}

function goMap(item: Draft): string {
  return `map[${Object.keys(item).sort().map(key => `${key}:${String(item[key])}`).join(' ')}]`;
}
