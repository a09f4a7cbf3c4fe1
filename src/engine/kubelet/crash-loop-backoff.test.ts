import { describe, expect, test } from 'vitest';
import { goSeconds, restartBackOff } from './crash-loop-backoff.ts';

/** The wait before each start of a container that lives for `runMs` every time. */
function waits(runMs: number, restarts: number): number[] {
  const backOff = restartBackOff();
  const seen: number[] = [];
  let nowMs = 0;
  for (let index = 0; index < restarts; index += 1) {
    nowMs += runMs;
    const waitMs = backOff.remainingMs(nowMs, nowMs);
    seen.push(waitMs / 1000);
    nowMs += waitMs;
    backOff.next(nowMs - waitMs, nowMs);
  }
  return seen;
}

describe('the back-off of a crashing container', () => {
  test('first at once, then 10 s, doubling to 300 s', () => {
    expect(waits(2_000, 9)).toEqual([0, 10, 20, 40, 80, 160, 300, 300, 300]);
  });

  test('a run of more than ten minutes forgives everything', () => {
    expect(waits(601_000, 3)).toEqual([0, 0, 0]);
  });

  test.each([[10_000, '10s'], [160_000, '2m40s'], [300_000, '5m0s'], [3_600_000, '1h0m0s']])('%i ms is written %s', (durationMs, text) => {
    expect(goSeconds(durationMs)).toBe(text);
  });
});
