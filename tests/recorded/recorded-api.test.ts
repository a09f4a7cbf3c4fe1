import { describe, expect, test } from 'vitest';
import { knownDifferences } from './cases.ts';
import { replays } from './replays.ts';

describe('the API server answers as the recorded one did', () => {
  test.each(Object.keys(replays))('%s', file => {
    const known = knownDifferences(file);
    const results = replays[file]!();
    const differing = [...results].filter(([, found]) => found !== '');
    expect(results.size).toBeGreaterThan(10);
    expect(differing.filter(([id]) => !known.has(id)).map(([id, found]) => `${id}: ${found}`), 'new differences').toEqual([]);
    expect([...known].filter(id => results.get(id) === ''), 'no longer differ: take them off known-differences.json').toEqual([]);
  });
});
