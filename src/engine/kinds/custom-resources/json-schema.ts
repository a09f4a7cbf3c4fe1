/** The schema of a custom resource, and what it does to an object before anything is checked: pruning and defaulting. */
import { cloneJson, isObject } from '../../apimachinery/json.ts';

/** `JSONSchemaProps` as far as structural schemas use them. */
export interface JsonSchema {
  readonly type?: string;
  readonly format?: string;
  readonly description?: string;
  readonly nullable?: boolean;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: JsonSchema;
  readonly required?: readonly string[];
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: boolean;
  readonly exclusiveMaximum?: boolean;
  readonly multipleOf?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly allOf?: readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly not?: JsonSchema;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
  readonly 'x-kubernetes-embedded-resource'?: boolean;
  readonly 'x-kubernetes-int-or-string'?: boolean;
  readonly 'x-kubernetes-list-type'?: 'atomic' | 'set' | 'map';
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
  readonly 'x-kubernetes-map-type'?: 'atomic' | 'granular';
  readonly 'x-kubernetes-validations'?: readonly Rule[];
}

/** One of `x-kubernetes-validations`. */
export interface Rule {
  readonly rule: string;
  readonly message?: string;
  readonly messageExpression?: string;
  readonly reason?: string;
  readonly fieldPath?: string;
  readonly optionalOldSelf?: boolean;
}

/** What every object has without its schema saying so. */
const TYPE_META: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata']);

/**
 * Drops what the schema does not know. Changes its argument.
 *
 * @param unknown collects the paths of what was dropped: `spec.bogus`
 */
export function prune(value: unknown, schema: JsonSchema | undefined, unknown: string[], path = '', isResource = false): void {
  if (!schema) return;
  if (Array.isArray(value)) {
    if (schema.items) value.forEach((item, i) => { prune(item, schema.items, unknown, `${path}[${i}]`, schema.items!['x-kubernetes-embedded-resource'] === true); });
    return;
  }
  if (!isObject(value)) return;
  const whole = isResource || schema['x-kubernetes-embedded-resource'] === true;
  const others = typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined;
  const keeps = schema['x-kubernetes-preserve-unknown-fields'] === true || schema.additionalProperties === true;
  for (const key of Object.keys(value)) {
    if (whole && TYPE_META.has(key)) continue;
    const at = path === '' ? key : `${path}.${key}`;
    const member = schema.properties?.[key] ?? others;
    if (member) prune(value[key], member, unknown, at);
    else if (!keeps) {
      delete value[key];
      unknown.push(at);
    }
  }
}

/** Puts in what is missing and has a default; a `null` where none is allowed counts as missing. Changes its argument. */
export function applyDefaults(value: unknown, schema: JsonSchema | undefined): void {
  if (!schema) return;
  if (Array.isArray(value)) {
    if (schema.items) for (const item of value) applyDefaults(item, schema.items);
    return;
  }
  if (!isObject(value)) return;
  for (const [key, member] of Object.entries(schema.properties ?? {})) {
    if (member.default !== undefined && (value[key] === undefined || (value[key] === null && member.nullable !== true))) value[key] = cloneJson(member.default);
    if (value[key] !== undefined) applyDefaults(value[key], member);
  }
  if (typeof schema.additionalProperties === 'object') {
    for (const key of Object.keys(value)) if (!schema.properties?.[key]) applyDefaults(value[key], schema.additionalProperties);
  }
}
