/** What this machine remembers of solved scenarios: stars by opaque key. */
import { remember, remembered } from './session.ts';

export interface Result { readonly stars: number; readonly started: boolean }

export function results(): Record<string, Result> {
  try {
    const value: unknown = JSON.parse(remembered('results') ?? '{}');
    return value !== null && typeof value === 'object' ? value as Record<string, Result> : {};
  } catch {
    return {};
  }
}

export function noteResult(key: string, stars: number): void {
  const all = results();
  const best = Math.max(stars, all[key]?.stars ?? 0);
  remember('results', JSON.stringify({ ...all, [key]: { stars: best, started: true } }));
}
