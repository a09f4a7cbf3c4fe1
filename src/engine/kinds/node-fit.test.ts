import { describe, expect, test } from 'vitest';
import { nodeAccepted, nodeMatchesTerm, tolerates } from './node-fit.ts';

describe('a toleration covers a taint', () => {
  const taint = { key: 'dedicated', value: 'data', effect: 'NoSchedule' };
  test.each([
    [{ key: 'dedicated', operator: 'Equal', value: 'data', effect: 'NoSchedule' }, true],
    [{ key: 'dedicated', value: 'data' }, true],                       // Equal by default, every effect
    [{ key: 'dedicated', operator: 'Exists' }, true],
    [{ operator: 'Exists' }, true],                                    // everything
    [{ key: 'dedicated', value: 'gpu' }, false],
    [{ key: 'dedicated', operator: 'Exists', effect: 'NoExecute' }, false],
    [{ key: 'other', operator: 'Exists' }, false],
    [{ value: 'data' }, false],                                        // no key needs Exists
  ])('%j: %s', (toleration, covered) => {
    expect(tolerates(toleration, taint)).toBe(covered);
  });
});

describe('a node matches a term', () => {
  const node = { name: 'n1', labels: { zone: 'a', cores: '8' } };
  test.each([
    [{ matchExpressions: [{ key: 'zone', operator: 'In', values: ['a', 'b'] }] }, true],
    [{ matchExpressions: [{ key: 'zone', operator: 'NotIn', values: ['a'] }] }, false],
    [{ matchExpressions: [{ key: 'gpu', operator: 'NotIn', values: ['a'] }] }, true],    // an absent label is not in any list
    [{ matchExpressions: [{ key: 'gpu', operator: 'DoesNotExist' }] }, true],
    [{ matchExpressions: [{ key: 'cores', operator: 'Gt', values: ['4'] }, { key: 'zone', operator: 'Exists' }] }, true],
    [{ matchExpressions: [{ key: 'cores', operator: 'Lt', values: ['4'] }] }, false],
    [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n1'] }] }, true],
    [{}, false],
  ])('%j: %s', (term, matched) => {
    expect(nodeMatchesTerm(term, node)).toBe(matched);
  });

  test('terms are alternatives, the selector comes on top', () => {
    const affinity = { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [
      { matchExpressions: [{ key: 'zone', operator: 'In', values: ['z'] }] }, { matchExpressions: [{ key: 'cores', operator: 'In', values: ['8'] }] },
    ] } } };
    expect(nodeAccepted({ containers: [], affinity }, node)).toBe(true);
    expect(nodeAccepted({ containers: [], affinity, nodeSelector: { zone: 'b' } }, node)).toBe(false);
  });
});
