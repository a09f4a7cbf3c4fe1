import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { replay, stories } from './stories.ts';

/** Story → why it differs. The file only shrinks. */
const known = JSON.parse(readFileSync(join(import.meta.dirname, '../../recorded/api/known-controller-differences.json'), 'utf8')) as Record<string, string>;
const told = stories();

describe('a story of a real control plane has the same events and the same end here', () => {
  test.each(told.filter(story => known[story.id] === undefined).map(story => [story.id, story] as const))('%s', (_, story) => {
    expect(replay(story)).toEqual([]);
  });

  test('what is known to differ still does', () => {
    const equal = told.filter(story => known[story.id] !== undefined && replay(story).length === 0).map(story => story.id);
    expect(equal, 'no longer differ: take them off known-controller-differences.json').toEqual([]);
    expect(Object.keys(known).filter(id => !told.some(story => story.id === id))).toEqual([]);
  });
});
