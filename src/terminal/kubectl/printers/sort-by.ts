/** `--sort-by`: objects in order of one field, as kubectl compares them. */
import { fail } from '../client/failure.ts';
import { findAll, JsonPathError, parseJsonPath, relaxedPath } from './jsonpath.ts';

/**
 * Rows in order of the field each one's object has at `expression`. When no object has it, tables come out empty
 * (`missing: 'none'`, as kubectl's do).
 *
 * @throws CliFailure
 */
export function sortedBy<T>(rows: readonly T[], objectOf: (row: T) => unknown, expression: string, options: { missing?: 'none' } = {}): T[] {
  const path = (() => {
    try {
      return parseJsonPath(relaxedPath(expression));
    } catch (error) {
      if (error instanceof JsonPathError) return fail(error.message);
      throw error;
    }
  })();
  const keyed = rows.map(row => {
    try {
      return { row, key: findAll(path, objectOf(row), { allowMissing: true })[0]?.[0] };
    } catch (error) {
      if (error instanceof JsonPathError) return fail(error.message);
      throw error;
    }
  });
  if (rows.length > 0 && keyed.every(({ key }) => key === undefined)) {
    if (options.missing === 'none') return [];
    fail(`couldn't find any field with path "${path.source}" in the list of objects`);
  }
  return keyed.sort((a, b) => compare(a.key, b.key)).map(({ row }) => row);
}

function compare(a: unknown, b: unknown): number {
  if (a === undefined || a === null) return b === undefined || b === null ? 0 : -1;
  if (b === undefined || b === null) return 1;
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'string' && typeof b === 'string') {
    const left = quantity(a);
    const right = quantity(b);
    return left !== undefined && right !== undefined ? left - right : naturalOrder(a, b);
  }
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b);
  return String(a) < String(b) ? -1 : 1;
}

const SUFFIXES: Readonly<Record<string, number>> = {
  '': 1, n: 1e-9, u: 1e-6, m: 1e-3, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18,
  Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50, Ei: 2 ** 60,
};

/** A quantity's value for comparing, or `undefined` when the text is none. */
export function quantity(text: string): number | undefined {
  const match = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:[eE]([+-]?\d+)|([numkMGTPE]|[KMGTPE]i)?)$/.exec(text);
  if (!match) return undefined;
  return Number(match[1]) * (match[2] === undefined ? SUFFIXES[match[3] ?? '']! : 10 ** Number(match[2]));
}

/** Runs of digits compare as numbers. */
function naturalOrder(a: string, b: string): number {
  const left = a.match(/\d+|\D+/g) ?? [];
  const right = b.match(/\d+|\D+/g) ?? [];
  for (let i = 0; i < left.length && i < right.length; i += 1) {
    if (left[i] === right[i]) continue;
    if (/^\d/.test(left[i]!) && /^\d/.test(right[i]!)) {
      const difference = Number(left[i]) - Number(right[i]);
      if (difference !== 0) return difference;
      return left[i]!.length - right[i]!.length;
    }
    return left[i]! < right[i]! ? -1 : 1;
  }
  return left.length - right.length;
}
