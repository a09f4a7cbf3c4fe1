import { describe, expect, test } from 'vitest';
import type { RegistryImage } from './ecr.ts';
import { expiring, readLifecycle, type LifecycleRule } from './lifecycle.ts';

const DAY_MS = 86_400_000;
const NOW_MS = 1_000 * DAY_MS;

/** Images `0`, `1`, … days old. */
const images = (...tags: readonly (readonly string[])[]): RegistryImage[] => tags.map((each, days) => ({ repository: 'kfo/orders', digest: `sha256:${days}`, tags: each, builtAs: each[0] ?? '', sizeBytes: 1, pushedAtMs: NOW_MS - days * DAY_MS - 1 }));
const rule = (rulePriority: number, selection: Partial<LifecycleRule['selection']>): LifecycleRule => ({ rulePriority, selection: { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 1, ...selection }, action: { type: 'expire' } });
const gone = (rules: LifecycleRule[], of: RegistryImage[]): string[] => expiring({ rules }, of, NOW_MS).map(({ digest }) => digest.slice(7));

describe('which images a lifecycle policy lets go', () => {
  test.each<[string, LifecycleRule[], RegistryImage[], string[]]>([
    ['all but the newest', [rule(1, { countNumber: 2 })], images(['a'], ['b'], ['c'], ['d']), ['2', '3']],
    ['older than so many days', [rule(1, { countType: 'sinceImagePushed', countUnit: 'days', countNumber: 2 })], images(['a'], ['b'], ['c'], ['d']), ['2', '3']],
    ['only untagged ones', [rule(1, { tagStatus: 'untagged', countNumber: 1 })], images([], ['b'], [], ['d']), ['2']],
    ['by prefix', [rule(1, { tagStatus: 'tagged', tagPrefixList: ['pr-'], countNumber: 1 })], images(['pr-3'], ['sha-1'], ['pr-2'], ['pr-1']), ['2', '3']],
    ['by pattern', [rule(1, { tagStatus: 'tagged', tagPatternList: ['*-rc*'], countNumber: 1 })], images(['1-rc1'], ['1'], ['0-rc9']), ['2']],
    ['what a rule of higher priority has chosen is not chosen again', [rule(1, { tagStatus: 'tagged', tagPrefixList: ['release-'], countNumber: 100 }), rule(2, { countNumber: 1 })], images(['sha-1'], ['release-2'], ['sha-0'], ['release-1']), ['2']],
  ])('%s', (_title, rules, of, expected) => { expect(gone(rules, of)).toEqual(expected); });

  test.each([
    ['no rules', '{}'],
    ['not JSON', '{'],
    ['a priority twice', JSON.stringify({ rules: [rule(1, {}), rule(1, {})] })],
    ['tagged without saying which', JSON.stringify({ rules: [rule(1, { tagStatus: 'tagged' })] })],
    ['any before others', JSON.stringify({ rules: [rule(1, {}), rule(2, { tagStatus: 'untagged' })] })],
  ])('%s is refused', (_title, text) => { expect(readLifecycle(text)).toMatch(/^Lifecycle policy validation failure: /); });
});
