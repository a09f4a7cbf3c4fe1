/** Words: recorded refusals of a v1.35 control plane (`admission`, policy cases). */
import { describe, expect, test } from 'vitest';
import { Kernel } from '../../kernel/kernel.ts';
import { createApiServer } from '../api-server.ts';

// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Json = any;

const API = '/apis/admissionregistration.k8s.io/v1';
const RULES = { resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE', 'DELETE'], resources: ['configmaps'] }], namespaceSelector: { matchLabels: { strict: 'yes' } } };

function dock(spec: Json, binding: Json = {}) {
  const api = createApiServer({ kernel: new Kernel({ seed: 1 }) });
  const ask = (method: 'POST' | 'DELETE', path: string, body?: Json): { code: number; message: string; warning: string } => {
    const { code, body: answer, headers } = api.handle({ method, path, user: { name: 'ann', groups: ['system:masters'] }, ...(body && { body }) });
    return { code, message: (answer as Json).message ?? '', warning: headers.warning ?? '' };
  };
  ask('POST', '/api/v1/namespaces', { metadata: { name: 'a', labels: { strict: 'yes' } } });
  ask('POST', '/api/v1/namespaces', { metadata: { name: 'b' } });
  const policy = ask('POST', `${API}/validatingadmissionpolicies`, { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingAdmissionPolicy', metadata: { name: 'p' }, spec: { matchConstraints: RULES, ...spec } });
  ask('POST', `${API}/validatingadmissionpolicybindings`, { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingAdmissionPolicyBinding', metadata: { name: 'pb' }, spec: { policyName: 'p', validationActions: ['Deny'], ...binding } });
  const map = (data: Json, namespace = 'a', name = 'x') => ask('POST', `/api/v1/namespaces/${namespace}/configmaps`, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data });
  return { ask, map, policy };
}

const DENIED = 'configmaps "x" is forbidden: ValidatingAdmissionPolicy \'p\' with binding \'pb\' denied request: ';

describe('a policy', () => {
  test.each<[string, Json, Json, number, string]>([
    ['with a message', { validations: [{ expression: "!('big' in object.data)", message: 'too big', reason: 'RequestEntityTooLarge' }] }, { big: '1' }, 413, 'too big'],
    ['without one', { validations: [{ expression: "object.data.mode == 'x'" }] }, { mode: 'z' }, 422, "failed expression: object.data.mode == 'x'"],
    ['with a message that is worked out', { variables: [{ name: 'mode', expression: 'object.data.mode' }], validations: [{ expression: "variables.mode == 'x'", messageExpression: "'mode ' + variables.mode", reason: 'Forbidden' }] }, { mode: 'z' }, 403, 'mode z'],
    ['that asks for what is not there', { validations: [{ expression: "object.data.mode == 'x'" }] }, { other: '' }, 422, "expression 'object.data.mode == 'x'' resulted in error: no such key: mode"],
    ['about who asks', { validations: [{ expression: "request.userInfo.username != 'ann' || request.operation != 'CREATE'", message: 'not you' }] }, {}, 422, 'not you'],
  ])('%s refuses', (_what, spec, data, code, words) => {
    expect(dock(spec).map(data)).toMatchObject({ code, message: DENIED + words });
  });

  test('holds where its selectors and conditions say, and not elsewhere', () => {
    const { map } = dock({ matchConditions: [{ name: 'named', expression: "object.metadata.name.startsWith('x')" }], validations: [{ expression: 'false' }] });
    expect([map({}).code, map({}, 'a', 'y').code, map({}, 'b').code]).toEqual([422, 201, 201]);
  });

  test('lets errors pass when it is told to, and only warns when bound so', () => {
    expect(dock({ failurePolicy: 'Ignore', validations: [{ expression: "object.data.mode == 'x'" }] }).map({ a: 'b' }).code).toBe(201);
    const warned = dock({ validations: [{ expression: 'false', message: 'mind' }] }, { validationActions: ['Warn', 'Audit'] }).map({});
    expect([warned.code, warned.warning]).toEqual([201, '299 - "Validation failed for ValidatingAdmissionPolicy \'p\' with binding \'pb\': mind"']);
  });

  test('sees deletions and parameters', () => {
    const { ask, map } = dock(
      { paramKind: { apiVersion: 'v1', kind: 'ConfigMap' }, validations: [{ expression: "request.operation != 'DELETE' || params.data.removable == oldObject.metadata.name", message: 'it stays' }] },
      { paramRef: { name: 'rules', namespace: 'b', parameterNotFoundAction: 'Allow' } });
    map({ removable: 'y' }, 'b', 'rules');
    map({});
    map({}, 'a', 'y');
    expect(ask('DELETE', '/api/v1/namespaces/a/configmaps/x').message).toBe(`${DENIED}it stays`);
    expect(ask('DELETE', '/api/v1/namespaces/a/configmaps/y').code).toBe(200);
  });

  test('knows three reasons', () => {
    expect(dock({ validations: [{ expression: 'true', reason: 'Unauthorized' }] }).policy.message)
      .toContain('spec.validations[0].reason: Unsupported value: "Unauthorized": supported values: "Forbidden", "Invalid", "RequestEntityTooLarge"');
  });
});
