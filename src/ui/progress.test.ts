import { describe, expect, test } from 'vitest';
import { better, mergeResults, progressFile, readProgressFile } from './progress.ts';

describe('progress', () => {
  test.each([
    ['more stars, longer', { stars: 1, bestMs: 100 }, { stars: 3, bestMs: 200 }, { stars: 3, bestMs: 100 }],
    ['fewer stars, shorter', { stars: 3, bestMs: 300 }, { stars: 2, bestMs: 200 }, { stars: 3, bestMs: 200 }],
    ['only started before', { stars: 0, seed: 4 }, { stars: 2, bestMs: 5 }, { stars: 2, bestMs: 5, seed: 4 }],
    ['words are not overwritten by none', { stars: 1, answer: 'mine', points: [0, 2] }, { stars: 1 }, { stars: 1, answer: 'mine', points: [0, 2] }],
  ])('the better of two runs: %s', (_, earlier, later, result) => expect(better(earlier, later)).toEqual(result));

  test('a file carries everything over', () => {
    const all = { q7f2: { stars: 2, bestMs: 90_000, seed: 3, answer: 'Say “why”', points: [1] }, b81c: { stars: 0 } };
    expect(readProgressFile(progressFile(all))).toEqual({ results: all });
  });

  test('merging keeps the better result on either side and loses nothing', () => {
    const { merged, gained } = mergeResults({ a: { stars: 3, bestMs: 500, seed: 2 }, mine: { stars: 1 } }, { a: { stars: 1, bestMs: 400, seed: 9 }, theirs: { stars: 2 } });
    expect(merged).toEqual({ a: { stars: 3, bestMs: 400, seed: 2 }, mine: { stars: 1 }, theirs: { stars: 2 } });
    expect(gained).toBe(2);
  });

  test.each([
    ['a cut file', '{"format":"drydock-prog', /no JSON/],
    ['another file', '{"name":"drydock"}', /holds no progress/],
    ['nothing', 'null', /holds no progress/],
    ['a later version', '{"format":"drydock-progress","version":7,"results":{}}', /version 7/],
    ['results that are none', '{"format":"drydock-progress","version":1,"results":{"a":{"stars":"many"},"b":4}}', /Not one result/],
  ])('%s is refused in words', (_, text, words) => expect(readProgressFile(text)).toEqual({ problem: expect.stringMatching(words) as string }));

  test('of a file that is partly broken the readable part counts', () => {
    expect(readProgressFile('{"format":"drydock-progress","version":1,"results":{"good":{"stars":2,"bestMs":-4,"points":[1,"x"]},"bad key!":{"stars":1},"much":{"stars":9}}}')).toEqual({ results: { good: { stars: 2, points: [1] } } });
  });
});
