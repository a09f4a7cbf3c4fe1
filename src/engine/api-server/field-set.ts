/**
 * Sets of fields, in the form of `fieldsV1`: `{"f:spec":{"f:replicas":{}}}`. A `"."` says that the thing itself
 * belongs to the set, not only what is inside it.
 */
import { deepEqual, isObject, type Draft } from '../apimachinery/json.ts';
import { resolved, type FieldSchema } from './schema.ts';

export type FieldSet = Draft;

/** Members nobody owns: they are the server's, or name the object. */
const UNOWNED: ReadonlySet<string> = new Set(['apiVersion', 'kind']);
const UNOWNED_METADATA: ReadonlySet<string> = new Set([
  'name', 'namespace', 'uid', 'creationTimestamp', 'selfLink', 'generation', 'resourceVersion', 'managedFields', 'deletionTimestamp', 'deletionGracePeriodSeconds',
]);

type Shape = 'leaf' | 'members' | 'items' | 'set';

/** How ownership of such a field is divided. */
function shapeOf(field: FieldSchema | undefined, value: unknown): Shape {
  if (Array.isArray(value)) return field?.l === 'map' && field.m ? 'items' : field?.l === 'set' ? 'set' : 'leaf';
  if (!isObject(value)) return 'leaf';
  if (field?.a === 'atomic' || (field?.r !== undefined && resolved(field).a === 'atomic')) return 'leaf';
  return 'members';
}

function memberField(field: FieldSchema | undefined, key: string): FieldSchema | undefined {
  if (!field) return undefined;
  const type = resolved(field);
  return type.p?.[key] ?? type.v ?? field.v;
}

/** `k:{"name":"c"}`: how an item of a list is named. Defaults of the keys count. */
export function itemKey(item: Draft, field: FieldSchema): string {
  const key: Draft = {};
  for (const name of [...field.m!].sort()) {
    const value = item[name] ?? (field.i ? resolved(field.i).p?.[name]?.d : undefined);
    if (value !== undefined) key[name] = value;
  }
  return `k:${JSON.stringify(key)}`;
}

const isOwnable = (key: string, depth: number, parent: string): boolean =>
  !(depth === 0 && UNOWNED.has(key)) && !(depth === 1 && parent === 'metadata' && UNOWNED_METADATA.has(key));

/** Every field an applied configuration speaks about. */
export function fieldsOf(value: unknown, field: FieldSchema | undefined, depth = 0, parent = ''): FieldSet {
  const set: FieldSet = {};
  switch (shapeOf(field, value)) {
    case 'members':
      for (const [key, member] of Object.entries(value as Draft)) {
        if (member === undefined || !isOwnable(key, depth, parent)) continue;
        const inner = fieldsOf(member, memberField(field, key), depth + 1, key);
        if (depth === 0 && key === 'metadata' && Object.keys(inner).length === 0) continue;
        set[`f:${key}`] = inner;
      }
      break;
    case 'items':
      for (const item of value as Draft[]) set[itemKey(item, field!)] = { '.': {}, ...fieldsOf(item, field!.i, depth + 1) };
      break;
    case 'set':
      for (const item of value as unknown[]) set[`v:${JSON.stringify(item)}`] = {};
      break;
    default:
  }
  return set;
}

/** Fields that a write added or changed, and those it removed. */
export function changedFields(before: unknown, after: unknown, field: FieldSchema | undefined): { changed: FieldSet; removed: FieldSet } {
  const changed: FieldSet = {};
  const removed: FieldSet = {};
  compare(before, after, field, changed, removed, 0, '');
  return { changed, removed };
}

function compare(before: unknown, after: unknown, field: FieldSchema | undefined, changed: FieldSet, removed: FieldSet, depth: number, parent: string): void {
  if (before === after) return;
  const shape = shapeOf(field, after ?? before);
  const put = (set: FieldSet, name: string, inner: FieldSet): void => { if (Object.keys(inner).length > 0) set[name] = inner; };
  if (shape === 'members') {
    const old = isObject(before) ? before : {};
    const now = isObject(after) ? after : {};
    for (const key of new Set([...Object.keys(old), ...Object.keys(now)])) {
      if (!isOwnable(key, depth, parent) || old[key] === now[key]) continue;
      compareOne(`f:${key}`, old[key], now[key], memberField(field, key), changed, removed, depth + 1, key, put);
      if (depth === 0 && key === 'metadata' && changed['f:metadata'] && Object.keys(changed['f:metadata']).length === 0) delete changed['f:metadata'];
    }
  } else if (shape === 'items') {
    const byKey = (list: unknown): Map<string, Draft> => new Map((Array.isArray(list) ? list as Draft[] : []).map(item => [itemKey(item, field!), item]));
    const old = byKey(before);
    const now = byKey(after);
    for (const key of new Set([...old.keys(), ...now.keys()])) compareOne(key, old.get(key), now.get(key), field!.i, changed, removed, depth + 1, '', put);
  } else if (shape === 'set') {
    const names = (list: unknown): string[] => (Array.isArray(list) ? list.map(item => `v:${JSON.stringify(item)}`) : []);
    const old = new Set(names(before));
    const now = new Set(names(after));
    for (const name of now) if (!old.has(name)) changed[name] = {};
    for (const name of old) if (!now.has(name)) removed[name] = {};
  }
}

function compareOne(
  name: string, before: unknown, after: unknown, field: FieldSchema | undefined, changed: FieldSet, removed: FieldSet, depth: number, parent: string,
  put: (set: FieldSet, name: string, inner: FieldSet) => void,
): void {
  if (after === undefined) {
    removed[name] = withSelf(fieldsOf(before, field, depth, parent));
    return;
  }
  const shape = shapeOf(field, after);
  if (before === undefined) {
    if (shape === 'leaf') {
      changed[name] = {};
      return;
    }
    const inner: FieldSet = {};
    compare(undefined, after, field, inner, removed, depth, parent);
    // A struct that is always there is not added, only filled; maps, pointers and items are.
    const isFixedStruct = field?.r !== undefined && isObject(field.d) && !name.startsWith('k:');
    if (isFixedStruct || (depth === 1 && ['metadata', 'spec', 'status'].includes(parent))) changed[name] = inner;
    else changed[name] = Object.keys(inner).length > 0 ? { '.': {}, ...inner } : {};
    return;
  }
  if (shape === 'leaf' || shapeOf(field, before) !== shape) {
    if (!deepEqual(before, after)) changed[name] = {};
    return;
  }
  const innerChanged: FieldSet = {};
  const innerRemoved: FieldSet = {};
  compare(before, after, field, innerChanged, innerRemoved, depth, parent);
  put(changed, name, innerChanged);
  put(removed, name, innerRemoved);
}

const withSelf = (set: FieldSet): FieldSet => (Object.keys(set).length > 0 ? { '.': {}, ...set } : set);

const isLeaf = (set: FieldSet): boolean => Object.keys(set).length === 0;

/** `a` and `b` together. */
export function union(a: FieldSet, b: FieldSet): FieldSet {
  const result: FieldSet = { ...a };
  for (const [key, inner] of Object.entries(b)) result[key] = result[key] === undefined ? inner : joinOne(result[key], inner);
  return result;
}

function joinOne(a: FieldSet, b: FieldSet): FieldSet {
  if (isLeaf(a)) return isLeaf(b) ? a : b;
  return isLeaf(b) ? a : union(a, b);
}

/** What of `a` is not in `b`. A branch that becomes empty disappears. */
export function difference(a: FieldSet, b: FieldSet): FieldSet {
  const result: FieldSet = {};
  for (const [key, inner] of Object.entries(a)) {
    const other = b[key];
    if (other === undefined) result[key] = inner;
    else if (!isLeaf(inner) && !isLeaf(other)) {
      const rest = difference(inner, other);
      if (Object.keys(rest).some(name => name !== '.') || (rest['.'] !== undefined && other['.'] === undefined)) result[key] = rest;
    } else if (isLeaf(other) && !isLeaf(inner)) continue;
  }
  return result;
}

/** Paths of the leaves of a set, as conflicts name them: `.spec.containers[name="c"].image`. */
export function pathsOf(set: FieldSet, prefix = ''): string[] {
  return Object.entries(set).flatMap(([key, inner]) => {
    if (key === '.') return [];
    const path = prefix + pathPart(key);
    const below = pathsOf(inner, path);
    return below.length > 0 ? below : [path];
  });
}

function pathPart(key: string): string {
  if (key.startsWith('f:')) return `.${key.slice(2)}`;
  if (key.startsWith('v:')) return `[=${key.slice(2)}]`;
  const entries = Object.entries(JSON.parse(key.slice(2)) as Draft);
  return `[${entries.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(',')}]`;
}

/** The fields of `wanted` that are also in `held` and have another value in `live`: what an apply would take from others. */
export function contested(wanted: FieldSet, held: FieldSet, config: unknown, live: unknown, field: FieldSchema | undefined): FieldSet {
  const result: FieldSet = {};
  for (const [key, inner] of Object.entries(wanted)) {
    const other = held[key];
    if (key === '.' || other === undefined) continue;
    const [mine, mineField] = child(config, key, field);
    const [theirs] = child(live, key, field);
    if (isLeaf(inner) || isLeaf(other)) {
      if (!deepEqual(mine, theirs)) result[key] = {};
      continue;
    }
    const below = contested(inner, other, mine, theirs, mineField);
    if (!isLeaf(below)) result[key] = below;
  }
  return result;
}

/** The member or item a key names, with its schema. */
function child(value: unknown, key: string, field: FieldSchema | undefined): [unknown, FieldSchema | undefined] {
  if (key.startsWith('f:')) return [isObject(value) ? value[key.slice(2)] : undefined, memberField(field, key.slice(2))];
  if (!Array.isArray(value)) return [undefined, field?.i];
  if (key.startsWith('v:')) return [value.find(item => JSON.stringify(item) === key.slice(2)), field?.i];
  return [(value as Draft[]).find(item => itemKey(item, field!) === key), field?.i];
}

/** `live` with the configuration laid over it. */
export function mergeApplied(live: unknown, config: unknown, field: FieldSchema | undefined): unknown {
  switch (shapeOf(field, config)) {
    case 'members': {
      const result: Draft = isObject(live) ? { ...live } : {};
      for (const [key, member] of Object.entries(config as Draft)) {
        if (member === null) delete result[key];
        else result[key] = mergeApplied(result[key], member, memberField(field, key));
      }
      return result;
    }
    case 'items': {
      const items: Draft[] = Array.isArray(live) ? [...live as Draft[]] : [];
      for (const item of config as Draft[]) {
        const key = itemKey(item, field!);
        const at = items.findIndex(each => itemKey(each, field!) === key);
        if (at < 0) items.push(item);
        else items[at] = mergeApplied(items[at], item, field!.i) as Draft;
      }
      return items;
    }
    case 'set': {
      const items = Array.isArray(live) ? [...live as unknown[]] : [];
      for (const item of config as unknown[]) if (!items.some(each => deepEqual(each, item))) items.push(item);
      return items;
    }
    default: return config;
  }
}

/** `value` without the fields of a set. */
export function without(value: unknown, set: FieldSet, field: FieldSchema | undefined): unknown {
  if (isObject(value)) {
    const result: Draft = { ...value };
    for (const [key, inner] of Object.entries(set)) {
      const name = key.slice(2);
      if (!key.startsWith('f:') || result[name] === undefined) continue;
      if (isLeaf(inner)) delete result[name];
      else {
        result[name] = without(result[name], inner, memberField(field, name));
        const rest = result[name] as unknown;
        const empty = Array.isArray(rest) ? rest.length === 0 : isObject(rest) && Object.keys(rest).length === 0;
        if (empty && (inner['.'] !== undefined || Array.isArray(rest) || Object.keys(value[name] as object).length > 0)) delete result[name];
      }
    }
    return result;
  }
  if (!Array.isArray(value)) return value;
  if (field?.m) {
    return (value as Draft[]).flatMap(item => {
      const inner = set[itemKey(item, field)];
      if (inner === undefined) return [item];
      if (isLeaf(inner) || inner['.'] !== undefined) return [];
      return [without(item, inner, field.i)];
    });
  }
  return value.filter(item => set[`v:${JSON.stringify(item)}`] === undefined);
}
