import type { Draft } from '../../apimachinery/json.ts';
import type { JsonSchema } from '../../kinds/custom-resources/json-schema.ts';
import type { TypeSchema } from '../schema.ts';

/** The schema as patches and field managers read it. */
export function fieldSchemaOf(schema: JsonSchema | undefined, isResource = false): TypeSchema {
  if (!schema) return {};
  const field: Draft = {};
  if (schema.type !== undefined) field.t = schema.type;
  const embedded = isResource || schema['x-kubernetes-embedded-resource'] === true;
  if (schema.properties || embedded) {
    field.p = Object.fromEntries(Object.entries(schema.properties ?? {}).map(([key, member]) => [key, fieldSchemaOf(member)]));
    if (embedded) field.p = { ...field.p, apiVersion: { t: 'string' }, kind: { t: 'string' }, metadata: { r: 'meta.v1.ObjectMeta' } };
  }
  if (schema.items) field.i = fieldSchemaOf(schema.items);
  if (typeof schema.additionalProperties === 'object') field.v = fieldSchemaOf(schema.additionalProperties);
  if (schema.default !== undefined) field.d = schema.default;
  if (schema['x-kubernetes-list-type']) field.l = schema['x-kubernetes-list-type'];
  if (schema['x-kubernetes-list-map-keys']) field.m = schema['x-kubernetes-list-map-keys'];
  if (schema['x-kubernetes-map-type']) field.a = schema['x-kubernetes-map-type'];
  if (schema['x-kubernetes-preserve-unknown-fields'] || schema.additionalProperties === true) field.u = 1;
  if (schema['x-kubernetes-int-or-string']) field.x = 1;
  return field as TypeSchema;
}
