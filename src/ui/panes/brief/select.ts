import type { ObjectiveState } from '../../../trainer/contract.ts';
import { spanText } from '../../words.ts';

/** Colour of the current value; `3` is third ink, for what cannot be judged yet. */
export function objectiveTone(objective: ObjectiveState): 'ok' | 'bad' | '3' {
  if (objective.state === 'waiting' || objective.ask) return objective.state === 'done' ? 'ok' : '3';
  return objective.state === 'open' ? 'bad' : 'ok';
}

/** How much of the time it has to hold has passed, 0 to 1. */
export function holding(objective: ObjectiveState): number {
  return objective.holdMs > 0 ? Math.min(1, objective.heldMs / objective.holdMs) : 0;
}

/** What it waits for, or how long it holds already. */
export function waitWords(objective: ObjectiveState): string {
  if (objective.state === 'holding' && objective.holdMs > 0) return `holding ${Math.floor(objective.heldMs / 1000)} of ${objective.holdMs <= 120_000 ? `${objective.holdMs / 1000} s` : spanText(objective.holdMs)}`;
  return '';
}

/** A line through samples of 0 to 1, in a box of 100 by 14. */
export function sparkPath(samples: readonly number[]): string {
  const last = samples.length - 1;
  return samples.map((value, index) => `${index === 0 ? 'M' : 'L'}${Number(((index / last) * 100).toFixed(1))} ${Number((13 - Math.min(1, Math.max(0, value)) * 11).toFixed(1))}`).join('');
}
