/** Differences of objects as patches: JSON merge patches and strategic merge patches, of two or three versions. */
import type { Json } from '../client/api-client.ts';
import { deepEqual } from './deep-equal.ts';
import { listRule, retainsKeys } from './patch-keys.ts';

const isMap = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

/** RFC 7386: what turns `from` into `to`. */
export function mergePatch(from: Json, to: Json): Json {
  const patch: Json = {};
  for (const key of new Set([...Object.keys(from), ...Object.keys(to)])) {
    if (to[key] === undefined) patch[key] = null;
    else if (from[key] === undefined) patch[key] = to[key];
    else if (isMap(from[key]) && isMap(to[key])) {
      const inner = mergePatch(from[key], to[key]);
      if (Object.keys(inner).length > 0) patch[key] = inner;
    } else if (!deepEqual(from[key], to[key])) patch[key] = to[key];
  }
  return patch;
}

/** What `modified` adds to or changes in `current`, and what it dropped since `original`, as a JSON merge patch. */
export function threeWayMergePatch(original: Json, modified: Json, current: Json): Json {
  const additions = keepChanges(mergePatch(current, modified));
  return joinMaps(additions, keepDeletions(mergePatch(original, modified)));
}

function keepChanges(patch: Json): Json {
  const kept: Json = {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) continue;
    const inner = isMap(value) ? keepChanges(value) : value;
    if (!isMap(inner) || Object.keys(inner).length > 0 || Object.keys(value as Json).length === 0) kept[key] = inner;
  }
  return kept;
}

function keepDeletions(patch: Json): Json {
  const kept: Json = {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) kept[key] = null;
    else if (isMap(value)) {
      const inner = keepDeletions(value);
      if (Object.keys(inner).length > 0) kept[key] = inner;
    }
  }
  return kept;
}

function joinMaps(first: Json, second: Json): Json {
  const joined: Json = { ...first };
  for (const [key, value] of Object.entries(second)) joined[key] = isMap(joined[key]) && isMap(value) ? joinMaps(joined[key], value) : value;
  return joined;
}

interface DiffMode { readonly additions: boolean; readonly deletions: boolean }

/** What turns `from` into `to`, as a strategic merge patch for an object of `kind`. */
export function strategicPatch(kind: string, from: Json, to: Json): Json {
  return diffMaps(kind, [], from, to, { additions: true, deletions: true });
}

/** Three versions as `kubectl apply` joins them: additions against the live object, deletions against what was applied last. */
export function threeWayStrategicPatch(kind: string, original: Json, modified: Json, current: Json): Json {
  const additions = diffMaps(kind, [], current, modified, { additions: true, deletions: false });
  const deletions = diffMaps(kind, [], original, modified, { additions: false, deletions: true });
  return joinPatches(kind, [], deletions, additions);
}

function diffMaps(kind: string, parents: readonly string[], from: Json, to: Json, mode: DiffMode): Json {
  const patch: Json = {};
  for (const key of new Set([...Object.keys(from), ...Object.keys(to)])) {
    const before = from[key];
    const after = to[key];
    if (after === undefined) {
      if (mode.deletions) patch[key] = null;
    } else if (before === undefined) {
      if (mode.additions) patch[key] = after;
    } else if (isMap(before) && isMap(after)) {
      const inner = diffMaps(kind, [...parents, key], before, after, mode);
      if (Object.keys(inner).length === 0) continue;
      if (retainsKeys(kind, parents, key) && mode.additions) inner.$retainKeys = Object.keys(after).sort();
      patch[key] = inner;
    } else if (Array.isArray(before) && Array.isArray(after)) diffLists(kind, parents, key, before, after, mode, patch);
    else if (!deepEqual(before, after) && mode.additions) patch[key] = after;
  }
  return patch;
}

function diffLists(kind: string, parents: readonly string[], field: string, before: unknown[], after: unknown[], mode: DiffMode, patch: Json): void {
  if (deepEqual(before, after)) return;
  const rule = listRule(kind, parents, field);
  if (!rule) {
    if (mode.additions) patch[field] = after;
    return;
  }
  if (rule.key === undefined) {
    const added = after.filter(item => !before.includes(item));
    const removed = before.filter(item => !after.includes(item));
    if (mode.additions && added.length > 0) patch[field] = added;
    if (mode.deletions && removed.length > 0) patch[`$deleteFromPrimitiveList/${field}`] = removed;
    if (mode.additions && (added.length > 0 || removed.length > 0)) patch[`$setElementOrder/${field}`] = after;
    return;
  }
  const { key } = rule;
  const items: Json[] = [];
  for (const item of after as Json[]) {
    const known = (before as Json[]).find(other => other[key] === item[key]);
    if (!known) { if (mode.additions) items.push(item); continue; }
    const inner = diffMaps(kind, [...parents, field], known, item, mode);
    if (Object.keys(inner).length === 0) continue;
    items.push({ ...(rule.retainKeys && mode.additions && { $retainKeys: Object.keys(item).sort() }), ...inner, [key]: item[key] });
  }
  const gone = mode.deletions ? (before as Json[]).filter(item => !(after as Json[]).some(other => other[key] === item[key])) : [];
  for (const item of gone) items.push({ $patch: 'delete', [key]: item[key] });
  const moved = mode.additions && !deepEqual((before as Json[]).map(item => item[key]), (after as Json[]).map(item => item[key]))
    && (before as Json[]).every(item => (after as Json[]).some(other => other[key] === item[key]));
  if (items.length === 0 && !moved) return;
  if (items.length > 0) patch[field] = items;
  if (mode.additions || gone.length > 0) patch[`$setElementOrder/${field}`] = (after as Json[]).map(item => ({ [key]: item[key] }));
}

function joinPatches(kind: string, parents: readonly string[], first: Json, second: Json): Json {
  const joined: Json = { ...first };
  for (const [key, value] of Object.entries(second)) {
    const known = joined[key];
    if (isMap(known) && isMap(value)) joined[key] = joinPatches(kind, [...parents, key], known, value);
    else if (Array.isArray(known) && Array.isArray(value) && listRule(kind, parents, key)?.key !== undefined) {
      const name = listRule(kind, parents, key)!.key!;
      const items = [...(value as Json[])];
      for (const item of known as Json[]) {
        const at = items.findIndex(other => other[name] === item[name]);
        if (at < 0) items.push(item);
        else items[at] = joinPatches(kind, [...parents, key], item, items[at]!);
      }
      joined[key] = items;
    } else joined[key] = value;
  }
  return joined;
}
