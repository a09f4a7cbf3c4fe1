import { describe, expect, test } from 'vitest';
import { surgeOf, surplusAfterFailure, unavailableAtOnce } from './surge.ts';

describe('the arithmetic of an update', () => {
  test.each([
    [{}, 4, 1],
    [{ maxUnavailable: 3 }, 4, 3],
    [{ maxUnavailable: 500 }, 1000, 100],
    [{ maxUnavailablePercentage: 33 }, 9, 2],
    [{ maxUnavailablePercentage: 10 }, 4, 1],
  ])('%j of %i nodes: %i away at once', (config, size, expected) => {
    expect(unavailableAtOnce(config, size)).toBe(expected);
  });

  test.each([
    [3, 1, 0, 6],
    [5, 1, 0, 10],
    [5, 20, 0, 20],
    [3, 1, 3, 3],
    [1, 1, 9, 0],
  ])('%i zones, %i at once, %i left from before: %i more', (zones, atOnce, left, expected) => {
    expect(surgeOf(zones, atOnce, left)).toBe(expected);
  });

  test('after a failure one new node stays in every zone, the fullest one', () => {
    const fresh = [{ instanceId: 'a1', zone: 'a', pods: 2 }, { instanceId: 'a2', zone: 'a', pods: 0 }, { instanceId: 'b1', zone: 'b', pods: 1 }, { instanceId: 'b2', zone: 'b', pods: 4 }];
    expect(surplusAfterFailure(fresh, 8, 4)).toEqual(['a2', 'b1']);
    expect(surplusAfterFailure(fresh, 5, 4)).toEqual(['a2']);
    expect(surplusAfterFailure(fresh, 4, 4)).toEqual([]);
  });
});
