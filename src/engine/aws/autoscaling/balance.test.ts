import { describe, expect, test } from 'vitest';
import { memberToEnd, zoneToGrow } from './balance.ts';
import type { Member } from './contract.ts';

/** `a1 a1 b2`: zone and launch template version of each instance, launched in this order. */
const members = (text: string): Member[] => text.split(' ').filter(Boolean).map((word, index) => ({
  instanceId: `i-${index}`, instanceType: 'm5.large', zone: word[0]!, launchTemplateVersion: Number(word[1]), lifecycle: 'InService', health: 'Healthy', protectedFromScaleIn: word.endsWith('!'),
}));

describe('a group over zones a, b, c', () => {
  test.each([
    ['', [], 'a'],
    ['a1 a1 b1', [], 'c'],
    ['a1 b1', ['c'], 'a'],
    ['a1 b1 c1', ['a', 'b', 'c'], undefined],
  ])('with "%s" and no room in %j grows in %s', (text, shunned, expected) => {
    expect(zoneToGrow(members(text), ['a', 'b', 'c'], new Set(shunned))).toBe(expected);
  });

  test.each([
    ['a1 a2 b1 c1', 'i-0'],
    ['a2 a1 b1 c1', 'i-1'],
    ['a1 b1 b1 c1', 'i-1'],
    ['a1! a2 b1', 'i-1'],
    ['a1!', undefined],
  ])('of "%s" gives up %s', (text, expected) => {
    expect(memberToEnd(members(text), instanceId => Number(instanceId.slice(2)))?.instanceId).toBe(expected);
  });
});
