import { request } from 'node:https';
import { afterEach, describe, expect, test } from 'vitest';
import { createApiServer } from '../../engine/api-server/api-server.ts';
import { Kernel } from '../../engine/kernel/kernel.ts';
import { kubeconfigFor, startHttpHost, type HttpHost } from './http-host.ts';

let host: HttpHost | undefined;
afterEach(async () => {
  await host?.close();
  host = undefined;
});

async function running(tls = false) {
  const kernel = new Kernel({ seed: 1 });
  const api = createApiServer({ kernel });
  host = await startHttpHost({ api, port: 0, tls, pump: () => { kernel.run({ untilMs: kernel.nowMs + 10 }); } });
  return { kernel, api, host };
}

const json = { 'content-type': 'application/json' };

describe('the HTTP host', () => {
  test('serves the API over plain HTTP', async () => {
    const { host: { url } } = await running();
    const made = await fetch(`${url}/api/v1/namespaces/default/configmaps`, { method: 'POST', headers: json, body: JSON.stringify({ metadata: { name: 'a' }, data: { k: 'v' } }) });
    expect(made.status).toBe(201);
    const read = await fetch(`${url}/api/v1/namespaces/default/configmaps/a`);
    expect(await read.json()).toMatchObject({ kind: 'ConfigMap', metadata: { name: 'a' }, data: { k: 'v' } });
  });

  test('and over TLS with a certificate that its kubeconfig trusts, on the same port', async () => {
    const { host: running_ } = await running(true);
    const body = await new Promise<string>((resolve, reject) => {
      request(`${running_.url}/version`, { ca: running_.certificate, servername: 'localhost' }, response => {
        let text = '';
        response.on('data', chunk => { text += String(chunk); });
        response.on('end', () => resolve(text));
      }).on('error', reject).end();
    });
    expect(JSON.parse(body)).toMatchObject({ gitVersion: 'v1.35.6' });
    const plain = await fetch(`http://127.0.0.1:${running_.port}/readyz`);
    expect(await plain.text()).toBe('ok');
    expect(kubeconfigFor(running_)).toContain('certificate-authority-data');
  });

  test('streams a watch, one JSON event a line', async () => {
    const { api, kernel, host: { url } } = await running();
    const response = await fetch(`${url}/api/v1/namespaces/default/configmaps?watch=1`);
    const reader = response.body!.getReader();
    api.as({ name: 'admin', groups: ['system:masters'] }).create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'b', namespace: 'default' } });
    kernel.run({ untilMs: kernel.nowMs + 100 });
    const { value } = await reader.read();
    expect(JSON.parse(Buffer.from(value!).toString('utf8'))).toMatchObject({ type: 'ADDED', object: { metadata: { name: 'b' } } });
    await reader.cancel();
  });

  test.each([
    // token                                                                 answer
    ['nobody-knows-it', 401],
    ['drydock-admin', 200],
  ])('token %s: %i', async (token, code) => {
    const { host: { url } } = await running();
    expect((await fetch(`${url}/api/v1/nodes`, { headers: { authorization: `Bearer ${token}` } })).status).toBe(code);
  });
});
