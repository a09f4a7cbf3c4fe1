import { describe, expect, test } from 'vitest';
import { applyFrame, EMPTY_SNAPSHOT, get, type Snapshot } from '../../snapshot.ts';
import { FAKE_NOW_MS, fakeObjects, object } from '../../testing/fake-objects.ts';
import { fields, heading } from './select.ts';
import { backOffOf, why } from './why.ts';

const { objects, podStatus } = fakeObjects();
const shop: Snapshot = applyFrame(EMPTY_SNAPSHOT, { reset: true, upserts: objects, deletes: [], podStatus });

function chain(snapshot: Snapshot, kind: string, name: string): string[] {
  const found = get(snapshot, kind, kind === 'Node' ? '' : 'shop', name);
  if (!found) throw new Error(`no ${kind} ${name}`);
  return why(snapshot, found, FAKE_NOW_MS, 'shop').steps.map(step => `${step.text} | ${step.source}`);
}

/** A pod of its own, in one given state. */
function withPod(status: object, word: string, spec: object = { nodeName: 'ip-10-20-0-11', containers: [{ name: 'app', image: 'shop/app:sha-1' }] }): Snapshot {
  const pod = object('v1', 'Pod', 'shop', 'lone', { spec, status }, { labels: { app: 'lone' } });
  return applyFrame(shop, { reset: false, upserts: [pod], deletes: [], podStatus: [{ uid: pod.metadata.uid, status: word, ready: '0/1', restarts: 0 }] });
}

describe('why chain', () => {
  test('runs from the promise down to the last fact', () => {
    expect(chain(shop, 'Pod', 'orders-7c9d8f6b5-2xkqp')).toEqual([
      'Service orders has no ready address | 3 endpoints, 0 ready',
      'Container orders is not running | Ready = False since 03:02:41',
      'The kubelet waits 5 min before the next start | back-off at its maximum · next try in 2m49s',
      'Its last run ended after 2 s with exit code 1 | Reason: Error · the program ended by itself',
    ]);
  });

  test('starts from a Service or a Deployment just as well', () => {
    expect(chain(shop, 'Service', 'orders')[0]).toBe('Service orders has no ready address | 3 endpoints, 0 ready');
    expect(chain(shop, 'Deployment', 'orders')[0]).toBe('Deployment orders has 0 of 3 pods ready | spec.replicas 3, status.readyReplicas 0');
    expect(chain(shop, 'Deployment', 'orders').at(-1)).toContain('exit code 1');
  });

  test('says nothing of a healthy pod', () => {
    expect(chain(shop, 'Pod', 'media-9b8c7d6f5-vv9kt')).toEqual([]);
  });

  test.each([
    ['no node', 'Pending', { conditions: [{ type: 'PodScheduled', status: 'False', message: '0/6 nodes are available: 6 Insufficient cpu.' }] }, { containers: [] },
      'No node has taken it | 0/6 nodes are available: 6 Insufficient cpu.'],
    ['an image that does not come', 'ImagePullBackOff', { containerStatuses: [{ name: 'app', ready: false, state: { waiting: { reason: 'ImagePullBackOff', message: 'Back-off pulling image "shop/app:sha-1"' } } }] }, undefined,
      'The last pull failed | Back-off pulling image "shop/app:sha-1"'],
    ['killed by the kernel', 'OOMKilled', { containerStatuses: [{ name: 'app', ready: false, state: { terminated: { exitCode: 137, reason: 'OOMKilled', startedAt: '2026-11-23T03:10:00Z', finishedAt: '2026-11-23T03:12:00Z' } } }] }, undefined,
      'It ended after 2 min with exit code 137 | Reason: OOMKilled · it met its memory limit'],
    ['not created yet', 'ContainerCreating', { phase: 'Pending', containerStatuses: [{ name: 'app', ready: false, state: { waiting: { reason: 'ContainerCreating' } } }] }, undefined,
      'The pod is placed, but not started | containers not created'],
  ])('%s', (_, word, status, spec, last) => {
    expect(chain(withPod(status, word, spec), 'Pod', 'lone').at(-1)).toBe(last);
  });

  test('offers the same lines for the same status, in the same order', () => {
    const pod = get(shop, 'Pod', 'shop', 'orders-7c9d8f6b5-2xkqp');
    const lines = (namespace: string): readonly string[] => (pod ? why(shop, pod, FAKE_NOW_MS, namespace).lines : []);
    expect(lines('shop')).toEqual(['kubectl describe pod orders-7c9d8f6b5-2xkqp', 'kubectl logs orders-7c9d8f6b5-2xkqp --previous', 'kubectl get events --sort-by=.lastTimestamp']);
    expect(lines('default')[1]).toBe('kubectl logs orders-7c9d8f6b5-2xkqp --previous -n shop');
  });

  test.each([['back-off 5m0s restarting failed container=a pod=b', 300_000], ['back-off 10s restarting failed container=a', 10_000], [undefined, 0], ['Back-off pulling image', 0]])('%s waits %i ms', (message, ms) => {
    expect(backOffOf(message)).toBe(ms);
  });
});

describe('heading and fields', () => {
  test('facts of a pod in the order of the pane', () => {
    const pod = get(shop, 'Pod', 'shop', 'orders-7c9d8f6b5-2xkqp');
    expect(pod && heading(shop, pod, FAKE_NOW_MS).facts.slice(0, 4)).toEqual([['Node', 'ip-10-20-0-11'], ['Owner', 'rs/orders-7c9d8f6b5'], ['Address', expect.stringMatching(/^10\.20\.0\./)], ['Restarts', '7, last 2m11s ago']]);
  });

  test('fields name every leaf by its path', () => {
    const map = object('v1', 'ConfigMap', 'shop', 'c', { data: { A: '1', B: '' }, list: [{ x: 1 }], none: {} });
    const rows = fields(map).map(row => `${row.path}=${row.value}`);
    expect(rows).toContain('data.A=1');
    expect(rows).toContain('list[0].x=1');
    expect(rows).toContain('none={}');
  });
});
