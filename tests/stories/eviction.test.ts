import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1.d.ts';
import { describe, expect, test } from 'vitest';
import { aDeployment, ClusterDriver } from '../../src/testing/cluster-driver.ts';

const WOULD_VIOLATE = "Cannot evict pod as it would violate the pod's disruption budget.";

/** `healthy` Ready pods of `app` and `broken` ones that never are, under a budget. */
function world(options: { healthy: number; broken?: number; budget?: object; second?: boolean }): ClusterDriver {
  const driver = new ClusterDriver();
  const make = (name: string, replicas: number, container: object): void => {
    driver.create({ ...aDeployment(name, { replicas }), spec: {
      replicas, selector: { matchLabels: { part: name } },
      template: { metadata: { labels: { app: 'web', part: name } }, spec: { terminationGracePeriodSeconds: 2, containers: [{ name: 'app', image: 'busybox:1.36', command: ['sleep', '100000'], ...container }] } },
    } });
  };
  make('good', options.healthy, {});
  if (options.broken) make('bad', options.broken, { readinessProbe: { exec: { command: ['false'] } } });
  const budget = (name: string, spec: object): void => { driver.create({ apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name, namespace: 'default' }, spec: { selector: { matchLabels: { app: 'web' } }, ...spec } }); };
  if (options.budget) budget('web', options.budget);
  if (options.second) budget('web-too', { maxUnavailable: 1 });
  return driver.pass(30);
}

/** Evicts the first pod of a part: `ok`, or code, message and cause of the refusal. */
function evict(driver: ClusterDriver, part = 'good', options: { dryRun?: boolean } = {}): unknown {
  const pod = driver.pods().find(each => each.metadata.labels?.['part'] === part && !each.metadata.deletionTimestamp)!;
  const done = driver.client.evict({ namespace: 'default', name: pod.metadata.name }, options);
  return done.ok ? 'ok' : [done.status.code, done.status.message, done.status.details?.causes?.[0]?.message];
}

const status = (driver: ClusterDriver) => driver.get<PodDisruptionBudget>('PodDisruptionBudget', 'web')!.status!;

describe('an eviction', () => {
  test.each([
    ['no budget', { healthy: 1 }, 'good', 'ok'],
    ['minAvailable 2 of 3', { healthy: 3, budget: { minAvailable: 2 } }, 'good', 'ok'],
    ['minAvailable 3 of 3', { healthy: 3, budget: { minAvailable: 3 } }, 'good', [429, WOULD_VIOLATE, 'The disruption budget web needs 3 healthy pods and has 3 currently']],
    ['minAvailable 100 %', { healthy: 2, budget: { minAvailable: '100%' } }, 'good', [429, WOULD_VIOLATE, 'The disruption budget web needs 2 healthy pods and has 2 currently']],
    ['maxUnavailable 0', { healthy: 2, budget: { maxUnavailable: 0 } }, 'good', [429, WOULD_VIOLATE, 'The disruption budget web needs 2 healthy pods and has 2 currently']],
    ['maxUnavailable 1 with one pod broken', { healthy: 2, broken: 1, budget: { maxUnavailable: 1 } }, 'good', [429, WOULD_VIOLATE, 'The disruption budget web needs 2 healthy pods and has 2 currently']],
    ['the broken pod, with enough healthy ones', { healthy: 2, broken: 1, budget: { minAvailable: 2 } }, 'bad', 'ok'],
    ['the broken pod, with too few healthy ones', { healthy: 1, broken: 1, budget: { minAvailable: 2 } }, 'bad', [429, WOULD_VIOLATE, 'The disruption budget web needs 2 healthy pods and has 1 currently']],
    ['the broken pod where unhealthy ones may always go', { healthy: 1, broken: 1, budget: { minAvailable: 2, unhealthyPodEvictionPolicy: 'AlwaysAllow' } }, 'bad', 'ok'],
    ['a healthy pod where unhealthy ones may always go', { healthy: 1, broken: 1, budget: { minAvailable: 2, unhealthyPodEvictionPolicy: 'AlwaysAllow' } }, 'good', [429, WOULD_VIOLATE, 'The disruption budget web needs 2 healthy pods and has 1 currently']],
    ['two budgets over one pod', { healthy: 3, budget: { maxUnavailable: 1 }, second: true }, 'good', [500, 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.', undefined]],
  ])('%s', (_, options, part, expected) => {
    expect(evict(world(options), part)).toEqual(expected);
  });

  test('spends the budget at once, and the budget refills when the successor is Ready', () => {
    const driver = world({ healthy: 3, budget: { maxUnavailable: 1 } });
    expect(status(driver)).toMatchObject({ disruptionsAllowed: 1, currentHealthy: 3, desiredHealthy: 2, expectedPods: 3 });
    expect(evict(driver)).toBe('ok');
    expect(status(driver)).toMatchObject({ disruptionsAllowed: 0, conditions: [{ type: 'DisruptionAllowed', status: 'False', reason: 'InsufficientPods' }] });
    expect(evict(driver)).toEqual([429, WOULD_VIOLATE, 'The disruption budget web does not allow evicting pods currently']);
    driver.pass(20);
    expect(status(driver)).toMatchObject({ disruptionsAllowed: 1, currentHealthy: 3, conditions: [{ status: 'True', reason: 'SufficientPods' }] });
    expect(evict(driver)).toBe('ok');
  });

  test('as a dry run spends nothing', () => {
    const driver = world({ healthy: 3, budget: { maxUnavailable: 1 } });
    expect(evict(driver, 'good', { dryRun: true })).toBe('ok');
    expect(status(driver).disruptionsAllowed).toBe(1);
    expect(driver.pods().every(pod => !pod.metadata.deletionTimestamp)).toBe(true);
  });

  test('is refused while the budget cannot be counted, with the reason', () => {
    const driver = world({ healthy: 1, budget: { maxUnavailable: 1 } });
    driver.create({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'bare', namespace: 'default', labels: { app: 'web', part: 'bare' } }, spec: { containers: [{ name: 'app', image: 'busybox:1.36', command: ['sleep', '100000'] }] } });
    driver.pass(30);
    expect(status(driver)).toMatchObject({ disruptionsAllowed: 0, conditions: [{ status: 'False', reason: 'SyncFailed', message: 'found no controller ref for pod "bare"' }] });
    expect(evict(driver)).toEqual([429, WOULD_VIOLATE, 'The disruption budget web does not allow evicting pods currently because it failed sync: found no controller ref for pod "bare"']);
    driver.delete('Pod', 'bare');
    driver.pass(60);
    expect(evict(driver)).toBe('ok');
  });
});
