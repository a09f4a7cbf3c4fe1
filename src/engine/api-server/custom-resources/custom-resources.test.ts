/** Custom resources through the HTTP door. Words: recordings (`patches`, `apply`) and kube-openapi's messages. */
import { describe, expect, test } from 'vitest';
import { Kernel } from '../../kernel/kernel.ts';
import { createApiServer } from '../api-server.ts';
import type { ApiRequest } from '../contract.ts';

// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Json = any;

const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const BOATS = '/apis/docks.example.com/v1/namespaces/default/boats';

const boatSchema = {
  type: 'object',
  properties: {
    spec: {
      type: 'object', required: ['size'],
      'x-kubernetes-validations': [{ rule: '!has(self.crew) || self.crew <= self.size', message: 'the crew has no room' }, { rule: 'self.size >= oldSelf.size', message: 'boats do not shrink' }],
      properties: {
        size: { type: 'integer', minimum: 1, maximum: 100, format: 'int32' },
        crew: { type: 'integer' },
        mode: { type: 'string', enum: ['sail', 'motor'], default: 'sail' },
        name: { type: 'string', pattern: '^[a-z]+$', maxLength: 8, minLength: 2 },
        port: { 'x-kubernetes-int-or-string': true },
        free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
        labels: { type: 'object', additionalProperties: { type: 'string' } },
        cabins: { type: 'array', maxItems: 2, 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['no'], items: { type: 'object', required: ['no'], properties: { no: { type: 'integer' }, beds: { type: 'integer', default: 2 } } } },
        one: { type: 'object', properties: { a: { type: 'string' }, b: { type: 'string' } }, oneOf: [{ required: ['a'] }, { required: ['b'] }] },
      },
    },
    status: { type: 'object', properties: { replicas: { type: 'integer' }, selector: { type: 'string' }, conditions: { type: 'array', items: { type: 'object', properties: { type: { type: 'string' }, status: { type: 'string' } } } } } },
  },
};

const boatDefinition = (): Json => ({
  apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: 'boats.docks.example.com' },
  spec: {
    group: 'docks.example.com', scope: 'Namespaced', names: { plural: 'boats', kind: 'Boat', shortNames: ['bt'], categories: ['all'] },
    versions: [
      { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: boatSchema }, subresources: { status: {}, scale: { specReplicasPath: '.spec.crew', statusReplicasPath: '.status.replicas', labelSelectorPath: '.status.selector' } },
        selectableFields: [{ jsonPath: '.spec.mode' }],
        additionalPrinterColumns: [{ name: 'Size', type: 'integer', jsonPath: '.spec.size' }, { name: 'Ready', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].status' }, { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' }] },
      { name: 'v1beta1', served: true, storage: false, deprecated: true, schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } } },
    ],
  },
});

function dock() {
  const kernel = new Kernel({ seed: 1 });
  const api = createApiServer({ kernel });
  const ask = (method: ApiRequest['method'], path: string, body?: unknown, query?: Record<string, string>, headers: Record<string, string> = {}): { code: number; body: Json; headers: Readonly<Record<string, string>> } => {
    const { code, body: answer, headers: answered } = api.handle({ method, path, headers, user: { name: 'admin', groups: ['system:masters'] }, ...(body !== undefined && { body }), ...(query && { query }) });
    return { code, body: answer, headers: answered };
  };
  const define = (definition: Json = boatDefinition()): void => { expect(ask('POST', CRDS, definition).code).toBe(201); };
  const boat = (spec: object, name = 'anna'): Json => ({ apiVersion: 'docks.example.com/v1', kind: 'Boat', metadata: { name }, spec });
  return { kernel, api, ask, define, boat };
}

describe('a definition', () => {
  test('is established and serves its resource at once', () => {
    const { ask, define } = dock();
    define();
    const { body } = ask('GET', `${CRDS}/boats.docks.example.com`);
    expect(body.status.conditions.map((each: Json) => [each.type, each.status, each.reason])).toEqual([['NamesAccepted', 'True', 'NoConflicts'], ['Established', 'True', 'InitialNamesAccepted']]);
    expect(body.status).toMatchObject({ acceptedNames: { plural: 'boats', singular: 'boat', listKind: 'BoatList' }, storedVersions: ['v1'] });
    const list = ask('GET', '/apis/docks.example.com/v1');
    expect(list.body.resources.map((each: Json) => each.name)).toEqual(['boats', 'boats/status', 'boats/scale']);
    expect(list.body.resources[0]).toMatchObject({ singularName: 'boat', kind: 'Boat', shortNames: ['bt'], categories: ['all'], namespaced: true });
    expect(ask('GET', '/apis/docks.example.com').body.preferredVersion.version).toBe('v1');
  });

  test('waits for a name that another one holds', () => {
    const { ask, define } = dock();
    define();
    const other = boatDefinition();
    other.metadata.name = 'ferries.docks.example.com';
    other.spec.names = { plural: 'ferries', kind: 'Ferry', shortNames: ['bt'] };
    define(other);
    const conditions = ask('GET', `${CRDS}/ferries.docks.example.com`).body.status.conditions;
    expect(conditions[0]).toMatchObject({ type: 'NamesAccepted', status: 'False', reason: 'ShortNamesConflict', message: '"bt" is already in use' });
    expect(conditions[1]).toMatchObject({ type: 'Established', status: 'False', reason: 'NotAccepted', message: 'not all names are accepted' });
    expect(ask('GET', '/apis/docks.example.com/v1/ferries').code).toBe(404);
  });

  test('takes its objects with it', () => {
    const { kernel, ask, define, boat } = dock();
    define();
    ask('POST', BOATS, boat({ size: 3 }));
    ask('DELETE', `${CRDS}/boats.docks.example.com`);
    const going = ask('GET', `${CRDS}/boats.docks.example.com`).body;
    expect(going.metadata.finalizers).toEqual(['customresourcecleanup.apiextensions.k8s.io']);
    expect(going.status.conditions.at(-1)).toMatchObject({ type: 'Terminating', reason: 'InstanceDeletionPending' });
    kernel.run({ untilMs: kernel.nowMs + 1_000 });
    expect(ask('GET', `${CRDS}/boats.docks.example.com`).code).toBe(404);
    expect(ask('GET', BOATS).code).toBe(404);
    define();
    expect(ask('GET', BOATS).body.items).toEqual([]);
  });

  test('serves what its newest form says', () => {
    const { ask, define, boat } = dock();
    define();
    const patch = [{ op: 'replace', path: '/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/size/maximum', value: 5 }];
    expect(ask('PATCH', `${CRDS}/boats.docks.example.com`, patch, {}, { 'content-type': 'application/json-patch+json' }).code).toBe(200);
    expect(ask('POST', BOATS, boat({ size: 6 })).body.message).toContain('less than or equal to 5');
  });
});

describe('objects of it', () => {
  test('are defaulted and pruned, with a warning for what was dropped', () => {
    const { ask, define, boat } = dock();
    define();
    const { code, body, headers } = ask('POST', BOATS, { ...boat({ size: 3, bogus: 1, free: { any: [1] }, labels: { a: 'b' }, cabins: [{ no: 1 }] }), status: { replicas: 4 } });
    expect(code).toBe(201);
    expect(body.spec).toEqual({ size: 3, mode: 'sail', free: { any: [1] }, labels: { a: 'b' }, cabins: [{ no: 1, beds: 2 }] });
    expect(body.status).toBeUndefined();
    expect(body.metadata.generation).toBe(1);
    expect(headers.warning).toBe('299 - "unknown field \\"spec.bogus\\""');
    expect(ask('POST', BOATS, boat({ size: 3, bogus: 1 }), { fieldValidation: 'Strict' }).body.message).toBe('Boat in version "v1" cannot be handled as a Boat: strict decoding error: unknown field "spec.bogus"');
  });

  test.each<[string, object, string]>([
    ['missing', {}, 'spec.size: Required value'],
    ['too small', { size: 0 }, 'spec.size: Invalid value: 0: spec.size in body should be greater than or equal to 1'],
    ['of another type', { size: 'x' }, 'spec.size: Invalid value: "string": spec.size in body must be of type integer: "string"'],
    ['not in the enum', { size: 1, mode: 'oar' }, 'spec.mode: Unsupported value: "oar": supported values: "sail", "motor"'],
    ['against the pattern', { size: 1, name: 'A1' }, "spec.name: Invalid value: \"A1\": spec.name in body should match '^[a-z]+$'"],
    ['too long', { size: 1, name: 'abcdefghi' }, 'spec.name: Too long: may not be more than 8 bytes'],
    ['too short', { size: 1, name: 'a' }, 'spec.name: Invalid value: "a": spec.name in body should be at least 2 chars long'],
    ['in an item', { size: 1, cabins: [{ beds: 1 }] }, 'spec.cabins[0].no: Required value'],
    ['too many items', { size: 1, cabins: [{ no: 1 }, { no: 2 }, { no: 3 }] }, 'spec.cabins: Too many: 3: must have at most 2 items'],
    ['twice in a map list', { size: 1, cabins: [{ no: 1 }, { no: 1 }] }, 'spec.cabins[1]: Duplicate value: {"no":1}'],
    ['neither of two', { size: 1, one: {} }, '"spec.one" must validate one and only one schema (oneOf). Found none valid'],
    ['against a rule', { size: 1, crew: 2 }, 'spec: Invalid value: "object": the crew has no room'],
    ['null', { size: null }, 'spec.size: Invalid value: "null": spec.size in body must be of type integer: "null"'],
    ['a port that is a list', { size: 1, port: [] }, 'spec.port: Invalid value: "array": spec.port in body must be of type integer,string: "array"'],
  ])('a value %s is refused', (_what, spec, words) => {
    const { ask, define, boat } = dock();
    define();
    const { code, body } = ask('POST', BOATS, boat(spec));
    expect(code).toBe(422);
    expect(body.message).toContain('Boat.docks.example.com "anna" is invalid: ');
    expect(body.message).toContain(words);
  });

  test('obey rules that compare with what they were, and keep old faults', () => {
    const { ask, define, boat } = dock();
    define();
    ask('POST', BOATS, boat({ size: 3 }));
    const merge = { 'content-type': 'application/merge-patch+json' };
    expect(ask('PATCH', `${BOATS}/anna`, { spec: { size: 2 } }, {}, merge).body.message).toBe('Boat.docks.example.com "anna" is invalid: spec: Invalid value: "object": boats do not shrink');
    const grown = ask('PATCH', `${BOATS}/anna`, { spec: { size: 4 } }, {}, merge).body;
    expect([grown.spec.size, grown.metadata.generation]).toEqual([4, 2]);
    const stricter = [{ op: 'add', path: '/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/size/maximum', value: 3 }];
    ask('PATCH', `${CRDS}/boats.docks.example.com`, stricter, {}, { 'content-type': 'application/json-patch+json' });
    expect(ask('PATCH', `${BOATS}/anna`, { spec: { mode: 'motor' } }, {}, merge).code).toBe(200);
    expect(ask('PATCH', `${BOATS}/anna`, { spec: {} }, {}, { 'content-type': 'application/strategic-merge-patch+json' }).code).toBe(415);
  });

  test('have a status and a scale of their own', () => {
    const { ask, define, boat } = dock();
    define();
    ask('POST', BOATS, boat({ size: 9, crew: 2 }));
    const merge = { 'content-type': 'application/merge-patch+json' };
    const told = ask('PATCH', `${BOATS}/anna/status`, { status: { replicas: 2, selector: 'a=b', bogus: 1 }, spec: { size: 50 } }, {}, merge).body;
    expect([told.spec.size, told.status, told.metadata.generation]).toEqual([9, { replicas: 2, selector: 'a=b' }, 1]);
    expect(ask('GET', `${BOATS}/anna/scale`).body).toMatchObject({ kind: 'Scale', spec: { replicas: 2 }, status: { replicas: 2, selector: 'a=b' } });
    expect(ask('PATCH', `${BOATS}/anna/scale`, { spec: { replicas: 5 } }, {}, merge).body.spec).toEqual({ replicas: 5 });
    expect(ask('GET', `${BOATS}/anna`).body.spec.crew).toBe(5);
  });

  test('are printed, selected and read in every version', () => {
    const { api, ask, define, boat } = dock();
    define();
    ask('POST', BOATS, boat({ size: 3 }));
    ask('POST', BOATS, boat({ size: 4, mode: 'motor' }, 'bert'));
    ask('PATCH', `${BOATS}/anna/status`, { status: { conditions: [{ type: 'Ready', status: 'True' }] } }, {}, { 'content-type': 'application/merge-patch+json' });
    const table = ask('GET', BOATS, undefined, {}, { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' }).body;
    expect(table.columnDefinitions.map((each: Json) => each.name)).toEqual(['Name', 'Size', 'Ready', 'Age']);
    expect(table.rows.map((each: Json) => each.cells)).toEqual([['anna', 3, 'True', '0s'], ['bert', 4, null, '0s']]);
    expect(ask('GET', BOATS, undefined, { fieldSelector: 'spec.mode=motor' }).body.items.map((each: Json) => each.metadata.name)).toEqual(['bert']);
    expect(ask('GET', BOATS, undefined, { fieldSelector: 'spec.size=3' }).body.message).toBe('field label not supported: spec.size');
    const old = ask('GET', BOATS.replace('/v1/', '/v1beta1/'));
    expect([old.body.kind, old.body.apiVersion, old.body.items[0].apiVersion]).toEqual(['BoatList', 'docks.example.com/v1beta1', 'docks.example.com/v1beta1']);
    expect(old.headers.warning).toBe('299 - "docks.example.com/v1beta1 Boat is deprecated"');
    expect(api.reader.list('Boat').map(each => each.metadata.name)).toEqual(['anna', 'bert']);
    expect(api.namespacedKinds()).toContainEqual({ kind: 'Boat.docks.example.com', resource: 'boats.docks.example.com' });
  });

  test('can be applied by field managers', () => {
    const { ask, define, boat } = dock();
    define();
    const apply = { 'content-type': 'application/apply-patch+yaml' };
    expect(ask('PATCH', `${BOATS}/anna`, boat({ size: 3 }), { fieldManager: 'a' }, apply).code).toBe(201);
    expect(ask('PATCH', `${BOATS}/anna`, boat({ size: 4 }), { fieldManager: 'b' }, apply).body.message).toBe('Apply failed with 1 conflict: conflict with "a": .spec.size');
    expect(ask('PATCH', `${BOATS}/anna`, boat({ size: 4, cabins: [{ no: 1 }] }), { fieldManager: 'b', force: 'true' }, apply).code).toBe(200);
    const fields = ask('GET', `${BOATS}/anna`).body.metadata.managedFields.find((each: Json) => each.manager === 'b').fieldsV1;
    expect(fields['f:spec']['f:cabins']['k:{"no":1}']).toEqual({ '.': {}, 'f:no': {} });
    expect(ask('PATCH', `${BOATS}/bert`, boat({ size: 'x' }, 'bert'), { fieldManager: 'a' }, apply).body.message)
      .toBe('failed to create typed patch object (/bert; docks.example.com/v1, Kind=Boat): .spec.size: expected numeric (int or float), got string');
    expect(ask('PATCH', `${BOATS}/bert`, boat({ size: 1, bogus: 2 }, 'bert'), { fieldManager: 'a' }, apply).body.message)
      .toBe('failed to create typed patch object (/bert; docks.example.com/v1, Kind=Boat): .spec.bogus: field not declared in schema');
  });

  test('are described in OpenAPI', () => {
    const { ask, define } = dock();
    define();
    expect(Object.keys(ask('GET', '/openapi/v3').body.paths)).toContain('apis/docks.example.com/v1');
    const { schemas } = ask('GET', '/openapi/v3/apis/docks.example.com/v1').body.components;
    expect(schemas['com.example.docks.v1.Boat'].properties.spec.properties.size.type).toBe('integer');
    expect(schemas['com.example.docks.v1.Boat']['x-kubernetes-group-version-kind']).toEqual([{ group: 'docks.example.com', version: 'v1', kind: 'Boat' }]);
  });
});
