import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { INERT_KINDS } from '../src/engine/facts/inert-kinds.ts';
import { ClusterDriver } from '../src/testing/cluster-driver.ts';
import { notModelled } from './not-modelled.ts';

test('docs/not-modelled.md is what the declarations say', () => {
  expect(readFileSync(join(resolve(import.meta.dirname, '..'), 'docs/not-modelled.md'), 'utf8')).toBe(notModelled());
});

test('creating a kind on which nothing acts is answered with a warning', () => {
  const world = new ClusterDriver();
  const { headers } = world.cluster.api.handle({
    method: 'POST', path: '/apis/networking.k8s.io/v1/namespaces/default/networkpolicies', user: world.client.user,
    body: { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: 'deny' }, spec: { podSelector: {} } },
  });
  expect(headers['warning']).toBe(`299 - "NetworkPolicy is stored, but ${INERT_KINDS.get('NetworkPolicy')}"`);
});
