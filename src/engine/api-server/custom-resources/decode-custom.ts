/** Reads a request's object as a custom resource: its metadata has a type, the rest only a schema. */
import { cloneJson, isObject, type Draft } from '../../apimachinery/json.ts';
import { applyDefaults, prune, type JsonSchema } from '../../kinds/custom-resources/json-schema.ts';
import { decode, type Decoded, type DecodeProblem } from '../decode.ts';

export function decodeCustom(given: Draft, schema: JsonSchema): Decoded | DecodeProblem {
  const value = cloneJson(given);
  const unknownFields: string[] = [];
  if (isObject(value.metadata)) {
    const metadata = decode(value.metadata, 'meta.v1.ObjectMeta');
    if ('problem' in metadata) return metadata;
    value.metadata = metadata.value;
    unknownFields.push(...metadata.unknownFields.map(field => `metadata.${field}`));
  }
  prune(value, schema, unknownFields, '', true);
  applyDefaults(value, schema);
  return { value, unknownFields: unknownFields.sort() };
}
