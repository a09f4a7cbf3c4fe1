/** What the definitions of well-known projects use: forms that appear in Argo CD, cert-manager, Gateway API, Karpenter, Prometheus Operator. */
import { describe, expect, test } from 'vitest';
import { Kernel } from '../../kernel/kernel.ts';
import { createApiServer } from '../api-server.ts';

// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Json = any;

function serverWith(schema: Json, more: Json = {}, scope = 'Namespaced') {
  const api = createApiServer({ kernel: new Kernel({ seed: 1 }) });
  const user = { name: 'admin', groups: ['system:masters'] };
  const post = (path: string, body: Json): { code: number; body: Json; headers: Readonly<Record<string, string>> } => {
    const { code, body: answer, headers } = api.handle({ method: 'POST', path, body, user });
    return { code, body: answer, headers };
  };
  const definition = post('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
    apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: 'things.example.com' },
    spec: { group: 'example.com', scope, names: { kind: 'Thing', listKind: 'ThingList', plural: 'things', singular: 'thing' }, preserveUnknownFields: false, versions: [{ name: 'v1alpha1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object', ...schema } }, ...more }] },
    status: { acceptedNames: { kind: '', plural: '' }, conditions: [], storedVersions: [] },
  });
  const make = (spec: Json) => post(scope === 'Cluster' ? '/apis/example.com/v1alpha1/things' : '/apis/example.com/v1alpha1/namespaces/default/things', { apiVersion: 'example.com/v1alpha1', kind: 'Thing', metadata: { name: 't' }, spec });
  return { definition, make, api };
}

const ofSpec = (properties: Json, more: Json = {}): Json => ({ properties: { apiVersion: { type: 'string' }, kind: { type: 'string' }, metadata: { type: 'object' }, spec: { type: 'object', properties, ...more } } });

describe('a definition may use', () => {
  test('numbers or texts, with what either may be', () => {
    const { definition, make } = serverWith(ofSpec({ port: { anyOf: [{ type: 'integer' }, { type: 'string' }], 'x-kubernetes-int-or-string': true }, size: { anyOf: [{ type: 'integer' }, { type: 'string' }], pattern: '^([0-9]+)(Mi|Gi)?$', 'x-kubernetes-int-or-string': true } }));
    expect(definition.code).toBe(201);
    expect(make({ port: 80, size: '1Gi' }).body.spec).toEqual({ port: 80, size: '1Gi' });
    expect(make({ size: '1 GB' }).body.message).toContain("spec.size in body should match '^([0-9]+)(Mi|Gi)?$'");
  });

  test('defaults that are false, empty or whole objects', () => {
    const { make } = serverWith(ofSpec({ on: { type: 'boolean', default: false }, text: { type: 'string', default: '' }, none: { type: 'integer', default: 0, minimum: 0 }, template: { type: 'object', default: {}, properties: { kind: { type: 'string', default: 'Pod' } }, required: ['kind'] } }));
    expect(make({}).body.spec).toEqual({ on: false, text: '', none: 0, template: { kind: 'Pod' } });
  });

  test('whole objects of other kinds, kept as they are', () => {
    const { make } = serverWith(ofSpec({ object: { type: 'object', 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true }, values: { 'x-kubernetes-preserve-unknown-fields': true } }));
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c', labels: { a: 'b' } }, data: { k: 'v' } };
    expect(make({ object, values: { deep: [{ any: 1 }] } }).body.spec).toEqual({ object, values: { deep: [{ any: 1 }] } });
  });

  test('rules over names, lists, sizes and other fields', () => {
    const rules = [
      { rule: 'self.hosts.all(host, host.startsWith("*.") || !host.contains("*"))', message: 'wildcards come first' },
      { rule: "has(self.a) != has(self.b)", message: 'either a or b' },
      { rule: 'self.hosts.size() <= 2 && self.hosts.exists_one(host, host == "a.example.com")', messageExpression: '"has " + string(self.hosts.size()) + " hosts"' },
    ];
    const { definition, make } = serverWith(ofSpec({ hosts: { type: 'array', maxItems: 16, items: { type: 'string', maxLength: 253 } }, a: { type: 'string' }, b: { type: 'string' } }, { 'x-kubernetes-validations': rules }));
    expect(definition.headers['warning']).toBeUndefined();
    expect(make({ hosts: ['a.example.com'], a: '' }).code).toBe(201);
    expect(make({ hosts: ['b.*'], a: '' }).body.message).toBe('Thing.example.com "t" is invalid: [spec: Invalid value: "object": wildcards come first, spec: Invalid value: "object": has 1 hosts]');
    expect(make({ hosts: ['a.example.com'] }).body.message).toContain('either a or b');
  });

  test('rules at the root, about names, and about fields with odd names', () => {
    const { definition, make } = serverWith({
      ...ofSpec({ 'max-size': { type: 'integer' }, namespace: { type: 'string' } }, { 'x-kubernetes-validations': [{ rule: '!has(self.__namespace__) || self.max__dash__size > 1' }] }),
      'x-kubernetes-validations': [{ rule: 'self.metadata.name.size() < 3', message: 'short names only' }],
    });
    expect([definition.code, definition.headers['warning']]).toEqual([201, undefined]);
    expect(make({ 'max-size': 2, namespace: 'x' }).code).toBe(201);
    expect(make({ 'max-size': 1, namespace: 'x' }).body.message).toContain('spec: Invalid value: "object": failed rule: !has(self.__namespace__) || self.max__dash__size > 1');
  });

  test('columns that filter, count from the end, or look into labels', () => {
    const columns = [
      { name: 'State', type: 'string', jsonPath: '.spec.conditions[-1:].type' }, { name: 'Ready', type: 'string', jsonPath: ".spec.conditions[?(@.type=='Ready')].status" },
      { name: 'App', type: 'string', jsonPath: '.metadata.labels.app\\.kubernetes\\.io/name', priority: 1 }, { name: 'List', type: 'string', jsonPath: '.spec.list' },
    ];
    const { api, make } = serverWith(ofSpec({ conditions: { type: 'array', items: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } }, list: { type: 'array', items: { type: 'string' } } }), { additionalPrinterColumns: columns }, 'Cluster');
    expect(make({ conditions: [{ type: 'Ready', status: 'False' }, { type: 'Done', status: 'True' }], list: ['a', 'b'] }).code).toBe(201);
    const table = api.handle({ method: 'GET', path: '/apis/example.com/v1alpha1/things', headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' }, user: { name: 'admin', groups: ['system:masters'] } }).body as Json;
    expect(table.rows[0].cells).toEqual(['t', 'Done', 'False', null, '["a","b"]']);
  });

  test('the name of a kind that an add-on brought: it takes its place, and gives it back', () => {
    const api = createApiServer({ kernel: new Kernel({ seed: 1 }) });
    const kernelUser = { name: 'admin', groups: ['system:masters'] };
    api.serve({ group: 'example.com', version: 'v1', name: 'nets', singular: 'net', kind: 'Net', namespaced: false });
    const client = api.as(kernelUser);
    client.create({ apiVersion: 'example.com/v1', kind: 'Net', metadata: { name: 'n' }, spec: { any: 1 } });
    client.create({
      apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: 'nets.example.com' },
      spec: { group: 'example.com', scope: 'Cluster', names: { kind: 'Net', plural: 'nets' }, versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', required: ['subnet'], properties: { subnet: { type: 'string' } } } } } } }] },
    });
    const resources = (): Json[] => (api.handle({ method: 'GET', path: '/apis/example.com/v1', user: kernelUser }).body as Json).resources;
    expect(resources().map(each => each.name)).toEqual(['nets']);
    expect(client.create({ apiVersion: 'example.com/v1', kind: 'Net', metadata: { name: 'm' }, spec: {} }).ok).toBe(false);
    expect(api.reader.list('Net').map(each => each.metadata.name)).toEqual(['n']);
  });
});
