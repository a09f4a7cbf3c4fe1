/** Plain JSON values: what travels, what is stored, what is compared. */

/** A mutable JSON object whose shape is checked elsewhere (schema, kinds). */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Draft = Record<string, any>;

export function isObject(value: unknown): value is Draft {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A deep copy without `undefined` members, as encoding and decoding would leave it. Nothing in it is frozen. */
export function cloneJson<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const copy = new Array<unknown>(value.length);
    for (let i = 0; i < value.length; i += 1) copy[i] = cloneJson(value[i]) ?? null;
    return copy as T;
  }
  const copy: Draft = {};
  for (const key in value) {
    const member = value[key];
    if (member !== undefined) copy[key] = typeof member === 'object' ? cloneJson(member) : member;
  }
  return copy as T;
}

/** Whether two JSON values are the same; members that are `undefined` count as absent. */
export function deepEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length) return false;
    for (let i = 0; i < a.length; i += 1) if (!deepEqual(a[i], b[i])) return false;
    return true;
  }
  if (Array.isArray(b)) return false;
  const left = a as Draft;
  const right = b as Draft;
  for (const key in left) if (!deepEqual(left[key], right[key])) return false;
  for (const key in right) if (right[key] !== undefined && left[key] === undefined) return false;
  return true;
}

/** Freezes what is not frozen yet; a frozen value is taken to be frozen all the way down. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  if (Array.isArray(value)) for (const item of value) deepFreeze(item);
  else for (const key in value) deepFreeze((value as Draft)[key]);
  return value;
}

/** A 32-bit hash of everything in `after` that is not the very same value in `before`. */
export function hashOfChange(before: unknown, after: unknown, hash = 0x811c9dc5): number {
  if (before === after) return hash;
  if (typeof after !== 'object' || after === null) return mix(hash, String(after));
  if (Array.isArray(after)) {
    const old = Array.isArray(before) ? before : [];
    for (let i = 0; i < after.length; i += 1) hash = hashOfChange(old[i], after[i], hash + 1 | 0);
    return hash;
  }
  const old = isObject(before) ? before : {};
  for (const key in after) {
    const value = (after as Draft)[key];
    if (value !== old[key]) hash = hashOfChange(old[key], value, mix(hash, key));
  }
  return hash;
}

function mix(hash: number, text: string): number {
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash;
}
