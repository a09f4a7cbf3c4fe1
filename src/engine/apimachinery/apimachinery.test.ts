import { describe, expect, test } from 'vitest';
import { humanDuration } from './age.ts';
import { base64Text, utf8Base64 } from './base64.ts';
import { jsonPatch } from './json-patch.ts';
import { parseSelector, selectorMatches } from './label-selector.ts';
import { mergePatch } from './merge-patch.ts';
import { addQuantities, canonicalQuantity, compareQuantities, milliValue, parseQuantity, unitValue } from './quantity.ts';

describe('quantities', () => {
  test.each([
    // given    canonical   millis          whole, rounded up
    ['1',       '1',        1_000,          1],
    ['0.5',     '500m',     500,            1],
    ['100m',    '100m',     100,            1],
    ['1500m',   '1500m',    1_500,          2],
    ['1000m',   '1',        1_000,          1],
    ['1Gi',     '1Gi',      1024 ** 3 * 1e3, 1024 ** 3],
    ['1024Mi',  '1Gi',      1024 ** 3 * 1e3, 1024 ** 3],
    ['1.5Gi',   '1536Mi',   1.5 * 1024 ** 3 * 1e3, 1.5 * 1024 ** 3],
    ['1e3',     '1e3',      1e6,            1_000],
    ['2000',    '2k',       2e6,            2_000],
    ['100u',    '100u',     1,              1],
  ])('%s is %s', (given, canonical, millis, whole) => {
    expect([canonicalQuantity(given), milliValue(given), unitValue(given)]).toEqual([canonical, millis, whole]);
  });

  test.each(['', 'x', '1 Gi', '1GiB', '--1', '1.2.3'])('%j is none', text => {
    expect(parseQuantity(text)).toBeUndefined();
  });

  test('add and compare across suffixes', () => {
    expect(addQuantities('500m', '1')).toBe('1500m');
    expect(addQuantities('0', '64Mi')).toBe('64Mi');
    expect(compareQuantities('1Gi', '1G')).toBeGreaterThan(0);
    expect(compareQuantities('1000m', '1')).toBe(0);
  });
});

describe('label selectors', () => {
  const labels = { app: 'web', tier: 'front' };
  test.each([
    ['app=web', true], ['app==web,tier!=back', true], ['app!=web', false], ['app in (web, api)', true], ['app notin (web)', false],
    ['missing notin (x)', true], ['missing!=x', true], ['app', true], ['!app', false], ['!missing', true], ['', true],
  ])('%s: %s', (text, expected) => {
    const selector = parseSelector(text);
    expect(typeof selector === 'string' ? selector : selectorMatches(selector, labels)).toBe(expected);
  });

  test.each(['app in', 'app=a=b', 'a b', ',', 'app in (a'])('%s is refused', text => {
    expect(typeof parseSelector(text)).toBe('string');
  });
});

describe('ages', () => {
  test.each([
    [-5_000, '<invalid>'], [0, '0s'], [119_000, '119s'], [120_000, '2m'], [185_000, '3m5s'], [600_000, '10m'], [3 * 3600_000, '3h'], [3 * 3600_000 + 60_000, '3h1m'],
    [47 * 3600_000, '47h'], [48 * 3600_000, '2d'], [50 * 3600_000, '2d2h'], [400 * 86_400_000, '400d'], [800 * 86_400_000, '2y70d'],
  ])('%i ms: %s', (durationMs, expected) => {
    expect(humanDuration(durationMs)).toBe(expected);
  });
});

describe('patches', () => {
  test('a merge patch removes with null and replaces lists', () => {
    expect(mergePatch({ a: { b: 1, c: 2 }, l: [1, 2] }, { a: { b: null, d: 3 }, l: [3] })).toEqual({ a: { c: 2, d: 3 }, l: [3] });
  });

  test.each([
    [[{ op: 'add', path: '/l/-', value: 3 }], { l: [1, 2, 3], m: {} }],
    [[{ op: 'remove', path: '/l/0' }], { l: [2], m: {} }],
    [[{ op: 'test', path: '/l/0', value: 1 }, { op: 'move', from: '/l/1', path: '/m/a~1b' }], { l: [1], m: { 'a/b': 2 } }],
    [[{ op: 'test', path: '/l/0', value: 9 }], 'testing value /l/0 failed: test failed'],
    [[{ op: 'remove', path: '/nope' }], 'Unable to remove nonexistent key: nope: missing value'],
  ])('a JSON patch %j', (operations, expected) => {
    const result = jsonPatch({ l: [1, 2], m: {} }, operations);
    expect(result.ok ? result.value : result.message).toEqual(expected);
  });
});

test.each(['', 'a', 'ab', 'abc', 'héllo ✓ 🚢'])('base64 of %j reads back', text => {
  expect(base64Text(utf8Base64(text))).toBe(text);
});
