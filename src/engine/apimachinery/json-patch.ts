/** JSON patch (RFC 6902), refusing in the words of the Go library the API server uses (evanphx/json-patch v4). */
import { cloneJson, deepEqual, isObject } from './json.ts';

export interface JsonPatchOperation {
  readonly op: string;
  readonly path: string;
  readonly from?: string;
  readonly value?: unknown;
}

export type JsonPatchResult = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly message: string };

const decode = (part: string): string => part.replaceAll('~1', '/').replaceAll('~0', '~');

class Refused extends Error {}

function childOf(container: unknown, key: string): unknown {
  if (Array.isArray(container)) return container[arrayIndex(key, container.length, false)];
  return isObject(container) ? container[key] : undefined;
}

function arrayIndex(key: string, length: number, adding: boolean): number {
  if (adding && key === '-') return length;
  if (!/^-?\d+$/.test(key)) throw new Refused(`strconv.Atoi: parsing ${JSON.stringify(key)}: invalid syntax`);
  let index = Number(key);
  if (index < 0) index += length + (adding ? 1 : 0);
  if (index < 0 || index > length || (!adding && index >= length)) throw new Refused(`Unable to access invalid index: ${key}: index out of range`);
  return index;
}

function parentOf(document: unknown, path: string): { container: unknown; key: string } | undefined {
  const parts = path.split('/').slice(1).map(decode);
  const key = parts.pop();
  if (key === undefined) return undefined;
  let container = document;
  for (const part of parts) {
    container = Array.isArray(container) && !(Number(part) < container.length) ? undefined : childOf(container, part);
    if (typeof container !== 'object' || container === null) return undefined;
  }
  return { container, key };
}

function valueAt(document: unknown, path: string): { found: boolean; value: unknown } {
  if (path === '') return { found: true, value: document };
  const parent = parentOf(document, path);
  if (!parent) return { found: false, value: undefined };
  const { container, key } = parent;
  if (Array.isArray(container)) return { found: true, value: container[arrayIndex(key, container.length, false)] };
  return { found: isObject(container) && Object.hasOwn(container, key), value: isObject(container) ? container[key] : undefined };
}

function add(document: unknown, op: string, path: string, value: unknown): void {
  const parent = parentOf(document, path);
  if (!parent) throw new Refused(`${op} operation does not apply: doc is missing path: "${path}": missing value`);
  const { container, key } = parent;
  if (Array.isArray(container)) container.splice(arrayIndex(key, container.length, true), 0, value);
  else (container as Record<string, unknown>)[key] = value;
}

function remove(document: unknown, op: string, path: string): void {
  const parent = parentOf(document, path);
  if (!parent) throw new Refused(`${op} operation does not apply: doc is missing path: "${path}": missing value`);
  const { container, key } = parent;
  if (Array.isArray(container)) {
    container.splice(arrayIndex(key, container.length, false), 1);
    return;
  }
  const object = container as Record<string, unknown>;
  if (!Object.hasOwn(object, key)) throw new Refused(`Unable to remove nonexistent key: ${key}: missing value`);
  delete object[key];
}

/** Applies the operations to a copy of `target`. */
export function jsonPatch(target: unknown, operations: readonly JsonPatchOperation[]): JsonPatchResult {
  const box = { root: cloneJson(target) };
  try {
    for (const { op, path, from = '', value } of operations) applyOne(box, op, path, from, value);
  } catch (error) {
    if (error instanceof Refused) return { ok: false, message: error.message };
    throw error;
  }
  return { ok: true, value: box.root };
}

function applyOne(box: { root: unknown }, op: string, path: string, from: string, value: unknown): void {
  switch (op) {
    case 'add':
      if (path === '') box.root = cloneJson(value);
      else add(box.root, op, path, cloneJson(value));
      return;
    case 'remove': remove(box.root, op, path); return;
    case 'replace': {
      if (path === '') {
        box.root = cloneJson(value);
        return;
      }
      const parent = parentOf(box.root, path);
      if (!parent) throw new Refused(`replace operation does not apply: doc is missing path: ${path}: missing value`);
      const { container, key } = parent;
      if (Array.isArray(container)) container[arrayIndex(key, container.length, false)] = cloneJson(value);
      else {
        if (!Object.hasOwn(container as object, key)) throw new Refused(`replace operation does not apply: doc is missing key: ${path}: missing value`);
        (container as Record<string, unknown>)[key] = cloneJson(value);
      }
      return;
    }
    case 'move': case 'copy': {
      const source = valueAt(box.root, from);
      if (!source.found) throw new Refused(`${op} operation does not apply: doc is missing ${op === 'move' ? 'from path' : 'from path'}: ${from}: missing value`);
      const moved = cloneJson(source.value);
      if (op === 'move') remove(box.root, op, from);
      add(box.root, op, path, moved);
      return;
    }
    case 'test': {
      const at = valueAt(box.root, path);
      if (!at.found && value !== null && value !== undefined) throw new Refused(`testing value ${path} failed: test failed`);
      if (!deepEqual(at.value ?? null, value ?? null)) throw new Refused(`testing value ${path} failed: test failed`);
      return;
    }
    default: throw new Refused(`Unexpected kind: ${op}`);
  }
}
