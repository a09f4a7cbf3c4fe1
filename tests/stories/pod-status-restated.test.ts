import { describe, expect, test } from 'vitest';
import { aPod, ClusterDriver } from '../../src/testing/cluster-driver.ts';

const readyOf = (driver: ClusterDriver): string | undefined =>
  driver.pods()[0]!.status?.conditions?.find(({ type }) => type === 'Ready')?.status;

describe("a pod's status is its kubelet's", () => {
  test('what somebody else writes into it is put right at the next comparison, ten seconds later', () => {
    const driver = new ClusterDriver({ nodes: 1 });
    driver.create(aPod('steady'));
    driver.pass(30);
    const [pod] = driver.pods();
    const conditions = pod!.status!.conditions!.map(condition => (condition.type === 'Ready' ? { ...condition, status: 'False' } : condition));
    const written = driver.client.updateStatus({ ...pod!, status: { ...pod!.status, conditions } });
    expect(written.ok).toBe(true);
    expect(readyOf(driver)).toBe('False');
    driver.pass(5);
    expect(readyOf(driver)).toBe('False');
    driver.pass(6);
    expect(readyOf(driver)).toBe('True');
  });
});
