import { describe, expect, test } from 'vitest';
import { Kernel } from '../kernel/kernel.ts';
import { createApiServer } from './api-server.ts';
import type { Change, WatchEvent } from './contract.ts';

const admin = { name: 'admin', groups: ['system:masters'] };

function server() {
  const kernel = new Kernel({ seed: 1 });
  const api = createApiServer({ kernel });
  const client = api.as(admin);
  client.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: 'default' } });
  return { kernel, api, client };
}

const configMap = (name: string, data?: Record<string, string>) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default' }, ...(data && { data }) });
const pod = (name: string) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default' }, spec: { containers: [{ name: 'app', image: 'nginx' }] } });

/** What a refusal says, or `ok`. */
const said = (result: { ok: boolean; status?: { message?: string } }): string => (result.ok ? 'ok' : result.status?.message ?? '');

describe('the store', () => {
  test('gives every change the next version and tells it at once, in order', () => {
    const { api, client } = server();
    const changes: Change[] = [];
    const before = api.reader.resourceVersion;
    api.onChange(change => changes.push(change));
    client.create(configMap('a'));
    client.patch('ConfigMap', { namespace: 'default', name: 'a' }, 'merge', { data: { k: 'v' } });
    client.delete('ConfigMap', { namespace: 'default', name: 'a' });
    expect(changes.map(({ type, resourceVersion }) => `${type} ${resourceVersion - before}`)).toEqual(['ADDED 1', 'MODIFIED 2', 'DELETED 3']);
  });

  test('does not count a write that changes nothing', () => {
    const { api, client } = server();
    client.create(configMap('a', { k: 'v' }));
    const before = api.reader.resourceVersion;
    client.patch('ConfigMap', { namespace: 'default', name: 'a' }, 'merge', { data: { k: 'v' } });
    expect(api.reader.resourceVersion).toBe(before);
  });

  test('hands out frozen objects', () => {
    const { api, client } = server();
    client.create(configMap('a', { k: 'v' }));
    const data = api.reader.get('ConfigMap', 'default', 'a')!['data'] as Record<string, string>;
    expect(() => { data['k'] = 'w'; }).toThrow(TypeError);
  });

  test('refuses a stale update', () => {
    const { client } = server();
    const first = client.create(configMap('a'));
    client.patch('ConfigMap', { namespace: 'default', name: 'a' }, 'merge', { data: { k: 'v' } });
    expect(said(client.update(first.ok ? first.value : {}))).toBe(
      'Operation cannot be fulfilled on configmaps "a": the object has been modified; please apply your changes to the latest version and try again');
  });
});

describe('deleting', () => {
  test('waits for finalizers', () => {
    const { api, client } = server();
    client.create({ ...configMap('a'), metadata: { name: 'a', namespace: 'default', finalizers: ['example.com/hold'] } });
    client.delete('ConfigMap', { namespace: 'default', name: 'a' });
    expect(api.reader.get('ConfigMap', 'default', 'a')?.metadata.deletionTimestamp).toBeDefined();
    client.patch('ConfigMap', { namespace: 'default', name: 'a' }, 'merge', { metadata: { finalizers: null } });
    expect(api.reader.get('ConfigMap', 'default', 'a')).toBeUndefined();
  });

  test.each([
    // the pod is      asked for    what is left
    ['not scheduled', undefined, 'gone'],
    ['on a node',     undefined, 'going within 30 s'],
    ['on a node',     5,         'going within 5 s'],
    ['on a node',     0,         'gone'],
  ])('a pod that is %s, grace %s: %s', (place, gracePeriodSeconds, expected) => {
    const { api, client } = server();
    const key = { namespace: 'default', name: 'p' };
    client.create(pod('p'));
    if (place === 'on a node') client.bind(key, 'n1');
    client.delete('Pod', key, { gracePeriodSeconds });
    const left = api.reader.get('Pod', 'default', 'p');
    expect(left ? `going within ${left.metadata.deletionGracePeriodSeconds} s` : 'gone').toBe(expected);
  });
});

describe('a watch', () => {
  const watch = (query: Record<string, string>) => {
    const world = server();
    const events: string[] = [];
    const stream = world.api.handle({ method: 'GET', path: '/api/v1/namespaces/default/configmaps', query: { watch: '1', ...query }, user: admin }).watch!;
    stream.listen((event: WatchEvent) => events.push(`${event.type} ${(event.object as { metadata: { name: string } }).metadata.name}`), () => events.push('end'));
    return { ...world, events, pass: () => world.kernel.run({ untilMs: world.kernel.nowMs + 1_000 }) };
  };

  test('sees things come into its selection and leave it', () => {
    const { client, events, pass } = watch({ labelSelector: 'app=web' });
    const key = { namespace: 'default', name: 'a' };
    client.create(configMap('a'));
    client.patch('ConfigMap', key, 'merge', { metadata: { labels: { app: 'web' } } });
    client.patch('ConfigMap', key, 'merge', { data: { k: 'v' } });
    client.patch('ConfigMap', key, 'merge', { metadata: { labels: { app: null } } });
    expect(events).toEqual([]);
    pass();
    expect(events).toEqual(['ADDED a', 'MODIFIED a', 'DELETED a']);
  });

  test('ends when its time is up', () => {
    const { events, kernel } = watch({ timeoutSeconds: '5' });
    kernel.run({ untilMs: kernel.nowMs + 6_000 });
    expect(events).toEqual(['end']);
  });

  test('that looks back too far is told so', () => {
    const { api, client } = server();
    client.create(configMap('a'));
    for (let i = 0; i < 2_500; i += 1) client.patch('ConfigMap', { namespace: 'default', name: 'a' }, 'merge', { data: { i: String(i) } });
    const stream = api.handle({ method: 'GET', path: '/api/v1/configmaps', query: { watch: '1', resourceVersion: '5' }, user: admin }).watch!;
    const first = stream.next().next();
    expect(first.value).toMatchObject({ type: 'ERROR', object: { code: 410, reason: 'Expired' } });
  });
});

describe('managedFields', () => {
  test('say who changed what', () => {
    const { api } = server();
    const request = (method: 'POST' | 'PATCH', path: string, manager: string, body: object) =>
      api.handle({ method, path, query: { fieldManager: manager }, headers: { 'content-type': method === 'POST' ? 'application/json' : 'application/merge-patch+json' }, body, user: admin });
    request('POST', '/api/v1/namespaces/default/configmaps', 'maker', configMap('a', { k: 'v', m: 'v' }));
    const { body } = request('PATCH', '/api/v1/namespaces/default/configmaps/a', 'changer', { data: { k: 'w' } });
    expect((body as { metadata: { managedFields: { manager: string; fieldsV1: object }[] } }).metadata.managedFields.map(({ manager, fieldsV1 }) => ({ manager, fieldsV1 }))).toEqual([
      { manager: 'changer', fieldsV1: { 'f:data': { 'f:k': {} } } },
      { manager: 'maker', fieldsV1: { 'f:data': { '.': {}, 'f:m': {} } } },
    ]);
  });
});
