import type { Deployment, ReplicaSet } from 'kubernetes-types/apps/v1.d.ts';
import { describe, expect, test } from 'vitest';
import { newReplicas, oldReplicas, proportionalReplicas, rolloutLimits } from './rolling-update.ts';
import { podTemplateHash, sameTemplate } from './template-hash.ts';

const deployment = (replicas: number, maxSurge: string | number = '25%', maxUnavailable: string | number = '25%'): Deployment =>
  ({ spec: { replicas, strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } }, selector: {}, template: {} } });
const set = (name: string, wanted: number, available = wanted, max = 0): ReplicaSet =>
  ({ metadata: { name, annotations: { 'deployment.kubernetes.io/max-replicas': String(max) } }, spec: { replicas: wanted, selector: {} }, status: { replicas: wanted, availableReplicas: available } });

describe('how far a rollout may go', () => {
  test.each([
    // replicas  surge  unavailable   → surge, unavailable
    [4, '25%', '25%', 1, 1],
    [3, '25%', '25%', 1, 0],     // surge rounds up, unavailable down
    [1, '25%', '25%', 1, 0],
    [10, '30%', '0%', 3, 0],
    [5, 0, 0, 0, 1],             // both zero would never move
    [5, 2, 3, 2, 3],
    [2, '100%', '100%', 2, 2],
  ])('%i replicas, surge %s, unavailable %s: %i and %i', (replicas, surge, unavailable, maxSurge, maxUnavailable) => {
    expect(rolloutLimits(deployment(replicas, surge, unavailable))).toEqual({ maxSurge, maxUnavailable });
  });
});

describe('one step of a rolling update', () => {
  test.each([
    // wants  new            old            → new becomes, old become
    [3, set('new', 0), [set('old', 3)], 1, {}],
    [3, set('new', 1, 0), [set('old', 3)], 1, {}],                       // the new pod is not available yet
    [3, set('new', 1, 1), [set('old', 3)], 1, { old: 2 }],
    [4, set('new', 0), [set('old', 4)], 1, { old: 3 }],                  // 25 % may be missing
    [4, set('new', 2, 0), [set('old', 3)], 2, {}],                       // a bad image: three old ones stay
    [4, set('new', 2, 0), [set('old', 3, 1)], 2, {}],
    [3, set('new', 1, 1), [set('old', 3, 1)], 1, { old: 2 }],            // one that is not available goes first
    [3, set('new', 3, 3), [set('old', 1)], 3, { old: 0 }],
    [3, set('new', 1, 1), [set('oldest', 1, 0), set('old', 2)], 1, { oldest: 0 }],
  ])('wants %i', (wants, fresh, old, becomes, shrink) => {
    expect(newReplicas(deployment(wants), fresh, [fresh, ...old])).toBe(becomes);
    expect(Object.fromEntries(oldReplicas(deployment(wants), fresh, old))).toEqual(shrink);
  });
});

describe('scaling in mid-rollout shares proportionally', () => {
  test.each([
    [10, [set('new', 5, 5, 10), set('old', 5, 5, 10)], { new: 7, old: 6 }],  // limit 13: three more
    [5, [set('new', 4, 4, 13), set('old', 9, 9, 13)], { new: 2, old: 5 }],
  ])('to %i', (wants, sets, expected) => {
    const sizes = proportionalReplicas(deployment(wants), sets, entry => Number(entry.metadata!.annotations!['deployment.kubernetes.io/max-replicas']));
    expect(Object.fromEntries(sizes)).toEqual(expected);
  });
});

describe('the template hash', () => {
  const template = (image: string, more: object = {}) => ({ metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image, ...more }] } });

  test('uses the safe alphabet and ignores its own label, order and absent members', () => {
    expect(podTemplateHash(template('a'))).toMatch(/^[bcdfghjklmnpqrstvwxz2456789]{7,10}$/);
    expect(sameTemplate(template('a'), { spec: template('a').spec, metadata: { labels: { 'pod-template-hash': 'x', app: 'web' }, annotations: {} } })).toBe(true);
    expect(sameTemplate(template('a', { ports: [] }), template('a'))).toBe(true);
  });

  test('tells templates apart', () => {
    expect(sameTemplate(template('a'), template('b'))).toBe(false);
    expect(podTemplateHash(template('a'))).not.toBe(podTemplateHash(template('b')));
    expect(podTemplateHash(template('a'), 1)).not.toBe(podTemplateHash(template('a')));
  });
});
