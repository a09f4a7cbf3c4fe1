/** What this machine remembers of scenarios, by opaque key: stars, best time, last seed, and what was said in answer to the question. */
import { remember, remembered } from './session.ts';

export interface Result {
  /** 0 while it was only started. */
  readonly stars: number;
  /** Shortest virtual time from the page to the end, ms. */
  readonly bestMs?: number;
  /** The seed that was played last. */
  readonly seed?: number;
  /** The learner's own answer to the question out loud, and which points they ticked. */
  readonly answer?: string;
  readonly points?: readonly number[];
}

export type Results = Readonly<Record<string, Result>>;

const FORMAT = 'drydock-progress';

export function results(): Results {
  try {
    return readResults(JSON.parse(remembered('results') ?? '{}'));
  } catch {
    return {};
  }
}

function change(key: string, next: (before: Result) => Result): void {
  const all = results();
  remember('results', JSON.stringify({ ...all, [key]: next(all[key] ?? { stars: 0 }) }));
}

/** A solved run; the better of this one and the one before stays. */
export function noteResult(key: string, run: { readonly stars: number; readonly spentMs: number; readonly seed: number }): void {
  change(key, before => ({ ...better(before, { stars: run.stars, bestMs: run.spentMs }), seed: run.seed }));
}

export function noteSeed(key: string, seed: number): void {
  change(key, before => ({ ...before, seed }));
}

export function noteAnswer(key: string, answer: string, points: readonly number[]): void {
  change(key, before => ({ ...before, answer, points }));
}

/** The better of each: most stars, shortest time; words and seed of `later` where it has any. */
export function better(earlier: Result, later: Result): Result {
  const times = [earlier.bestMs, later.bestMs].filter(time => time !== undefined);
  return {
    ...earlier, ...later, stars: Math.max(earlier.stars, later.stars), ...(times.length > 0 && { bestMs: Math.min(...times) }),
    ...(later.answer ? {} : earlier.answer !== undefined && { answer: earlier.answer, ...(earlier.points && { points: earlier.points }) }),
  };
}

/** The file that is carried to another machine. */
export function progressFile(all: Results): string {
  return `${JSON.stringify({ format: FORMAT, version: 1, results: all }, null, 2)}\n`;
}

/** Reads such a file. @returns the results in it, or in words why it is none */
export function readProgressFile(text: string): { readonly results: Results } | { readonly problem: string } {
  let value: { format?: unknown; version?: unknown; results?: unknown } | null;
  try {
    value = JSON.parse(text) as typeof value;
  } catch {
    return { problem: 'This file is no JSON. It may have been cut on the way; nothing was changed.' };
  }
  if (value === null || typeof value !== 'object' || value.format !== FORMAT) return { problem: 'This file holds no progress of Drydock; nothing was changed.' };
  if (value.version !== 1) return { problem: `This file is of version ${String(value.version)}, and this page reads version 1; nothing was changed.` };
  const read = readResults(value.results);
  const given = value.results !== null && typeof value.results === 'object' ? Object.keys(value.results).length : 0;
  return given > 0 && Object.keys(read).length === 0 ? { problem: 'Not one result in this file can be read; nothing was changed.' } : { results: read };
}

/** Takes in another machine's results. Nothing is lost: the better result stays. @returns how many came or became better */
export function mergeResults(mine: Results, theirs: Results): { readonly merged: Results; readonly gained: number } {
  const merged: Record<string, Result> = { ...mine };
  let gained = 0;
  for (const [key, result] of Object.entries(theirs)) {
    const before = merged[key];
    const next = before ? better(result, before) : result;
    const kept = { ...next, ...(before?.seed !== undefined && { seed: before.seed }) };
    if (!before || kept.stars > before.stars || (kept.bestMs ?? Infinity) < (before.bestMs ?? Infinity)) gained += 1;
    merged[key] = kept;
  }
  return { merged, gained };
}

export const keepResults = (all: Results): void => remember('results', JSON.stringify(all));

/** Entries that make sense; others are left out. */
function readResults(value: unknown): Results {
  if (value === null || typeof value !== 'object') return {};
  return Object.fromEntries(Object.entries(value).flatMap(([key, entry]): [string, Result][] => {
    const { stars, bestMs, seed, answer, points } = (entry ?? {}) as Partial<Record<keyof Result, unknown>>;
    if (!/^[A-Za-z0-9_-]{1,64}$/.test(key) || key === '__proto__' || typeof stars !== 'number' || !Number.isInteger(stars) || stars < 0 || stars > 3) return [];
    return [[key, {
      stars,
      ...(typeof bestMs === 'number' && Number.isFinite(bestMs) && bestMs > 0 && { bestMs }),
      ...(typeof seed === 'number' && Number.isSafeInteger(seed) && { seed }),
      ...(typeof answer === 'string' && { answer: answer.slice(0, 4000) }),
      ...(Array.isArray(points) && { points: points.filter((point): point is number => Number.isInteger(point)) }),
    }]];
  }));
}
