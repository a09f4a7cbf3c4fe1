/** ConfigMap, Secret and ServiceAccount. */
import { utf8Base64 } from '../apimachinery/base64.ts';
import { forbidden, invalid, required, type FieldProblem } from '../apimachinery/field-problem.ts';
import { deepEqual, type Draft } from '../apimachinery/json.ts';
import { configKeyProblems } from './field-checks.ts';
import { ageColumn, nameColumn } from './columns.ts';
import { defineKind } from './kind.ts';

const sizeOf = (...maps: unknown[]): number => maps.reduce<number>((sum, map) => sum + Object.keys(map ?? {}).length, 0);

const keyProblems = (data: Draft | undefined): FieldProblem[] =>
  Object.keys(data ?? {}).sort().flatMap(key => configKeyProblems(key).map(problem => invalid(`data[${key}]`, key, problem)));

function immutableProblems(after: Draft, before: Draft, keys: readonly string[]): FieldProblem[] {
  if (!before.immutable) return [];
  const problems = after.immutable ? [] : [forbidden('immutable', 'field is immutable when `immutable` is set')];
  return [...problems, ...keys.filter(key => !deepEqual(after[key], before[key])).map(key => forbidden(key, 'field is immutable when `immutable` is set'))];
}

/** Keys that a Secret of some type has to have. */
const TYPE_KEYS: Readonly<Record<string, readonly string[]>> = {
  'kubernetes.io/dockercfg': ['.dockercfg'], 'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'], 'kubernetes.io/ssh-auth': ['ssh-privatekey'], 'kubernetes.io/tls': ['tls.crt', 'tls.key'],
};

const requiredKeys = (secret: Draft): FieldProblem[] =>
  (TYPE_KEYS[secret.type] ?? []).filter(key => secret.data?.[key] === undefined).map(key => required(`data[${key}]`));

export const configMap = defineKind({
  kind: 'ConfigMap', apiVersion: 'v1',
  validate: object => keyProblems({ ...object.data, ...object.binaryData }),
  validateUpdate: (after, before) => immutableProblems(after, before, ['data', 'binaryData']),
  columns: [nameColumn, { header: 'Data', cell: each => sizeOf(each.data, each.binaryData) }, ageColumn],
});

export const secret = defineKind({
  kind: 'Secret', apiVersion: 'v1',
  defaults(object) {
    if (!object.type) object.type = 'Opaque';
    if (object.stringData) {
      object.data ??= {};
      for (const [key, text] of Object.entries<string>(object.stringData)) object.data[key] = utf8Base64(text);
      delete object.stringData;
    }
  },
  validate: object => [...keyProblems(object.data), ...requiredKeys(object)],
  validateUpdate: (after, before) => [
    ...(after.type === before.type ? [] : [invalid('type', after.type, 'field is immutable')]), ...immutableProblems(after, before, ['data']),
  ],
  fieldSelectors: { type: each => each.type ?? '' },
  columns: [nameColumn, { header: 'Type', cell: each => each.type ?? '' }, { header: 'Data', cell: each => sizeOf(each.data) }, ageColumn],
});

export const serviceAccount = defineKind({
  kind: 'ServiceAccount', apiVersion: 'v1',
  columns: [nameColumn, ageColumn],
});
