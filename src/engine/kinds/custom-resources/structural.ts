/** What makes a schema structural. Source: apiextensions' apiserver/schema/validation.go and apis/apiextensions/validation. */
import { forbidden, invalid, notSupported, required, type FieldProblem } from '../../apimachinery/field-problem.ts';
import { cloneJson, type Draft } from '../../apimachinery/json.ts';
import type { JsonSchema } from './json-schema.ts';
import { applyDefaults, prune } from './json-schema.ts';
import { compileRule } from './validation-rules.ts';
import { valueProblems } from './value-validation.ts';

const TYPES = ['array', 'boolean', 'integer', 'number', 'object', 'string'];

/** Everything wrong with a schema. @param at `spec.validation.openAPIV3Schema` */
export function schemaProblems(schema: JsonSchema, at: string): FieldProblem[] {
  const problems: FieldProblem[] = [];
  if (!schema.type) problems.push(required(`${at}.type`, 'must not be empty at the root'));
  else if (schema.type !== 'object') problems.push(invalid(`${at}.type`, schema.type, 'must be object at the root'));
  if (schema.nullable) problems.push(forbidden(`${at}.nullable`, 'nullable cannot be true at the root'));
  node(schema, at, problems, true);
  return problems;
}

/** A node of the structure itself, where every field has a type. */
function node(schema: JsonSchema, at: string, problems: FieldProblem[], isRoot = false): void {
  const raw = schema as Draft;
  const { type } = schema;
  const isFree = schema['x-kubernetes-int-or-string'] === true || schema['x-kubernetes-preserve-unknown-fields'] === true;
  if (type && !TYPES.includes(type)) problems.push(notSupported(`${at}.type`, type, TYPES));
  else if (!type && !isFree && !isRoot) problems.push(required(`${at}.type`, at.endsWith('.items') ? 'must not be empty for specified array items' : 'must not be empty for specified object fields'));
  if (raw.$ref) problems.push(forbidden(`${at}.$ref`, '$ref is not supported'));
  for (const key of ['definitions', 'dependencies', 'patternProperties', 'additionalItems']) {
    if (raw[key] !== undefined) problems.push(forbidden(`${at}.${key}`, `${key} is not supported`));
  }
  if (raw.uniqueItems === true) problems.push(forbidden(`${at}.uniqueItems`, 'uniqueItems cannot be set to true since the runtime complexity becomes quadratic'));
  if (schema.properties && schema.additionalProperties !== undefined) problems.push(forbidden(`${at}.additionalProperties`, 'additionalProperties and properties are mutual exclusive'));
  if (isRoot && schema.additionalProperties !== undefined) problems.push(forbidden(`${at}.additionalProperties`, 'must not be used at the root'));
  if (type === 'array' && schema.items === undefined) problems.push(required(`${at}.items`, 'must be specified'));
  const preserve = raw['x-kubernetes-preserve-unknown-fields'];
  if (preserve === false) problems.push(invalid(`${at}.x-kubernetes-preserve-unknown-fields`, false, 'must be true or undefined'));
  if (schema['x-kubernetes-embedded-resource'] && type !== 'object') problems.push(invalid(`${at}.type`, type ?? '', 'must be object if x-kubernetes-embedded-resource is true'));
  if (schema['x-kubernetes-int-or-string'] && type) problems.push(invalid(`${at}.x-kubernetes-int-or-string`, true, `must be false if type is specified`));
  listAndMap(schema, at, problems);
  if (schema.default !== undefined) defaultProblems(schema, at, problems);
  ruleProblemsOf(schema, at, problems);
  for (const key of Object.keys(schema.properties ?? {}).sort()) node(schema.properties![key]!, `${at}.properties[${key}]`, problems);
  if (typeof schema.additionalProperties === 'object') node(schema.additionalProperties, `${at}.additionalProperties`, problems);
  if (schema.items) node(schema.items, `${at}.items`, problems);
  if (isRoot) metadataProblems(schema, at, problems);
}

function listAndMap(schema: JsonSchema, at: string, problems: FieldProblem[]): void {
  const listType = schema['x-kubernetes-list-type'];
  const keys = schema['x-kubernetes-list-map-keys'];
  const mapType = schema['x-kubernetes-map-type'];
  if (mapType !== undefined) {
    if (mapType !== 'atomic' && mapType !== 'granular') problems.push(notSupported(`${at}.x-kubernetes-map-type`, mapType, ['atomic', 'granular']));
    if (schema.type !== 'object') problems.push(invalid(`${at}.type`, schema.type ?? '', `must be object if x-kubernetes-map-type is specified`));
  }
  if (listType !== undefined) {
    if (!['atomic', 'map', 'set'].includes(listType)) problems.push(notSupported(`${at}.x-kubernetes-list-type`, listType, ['atomic', 'map', 'set']));
    if (schema.type !== 'array') problems.push(invalid(`${at}.type`, schema.type ?? '', 'must be array if x-kubernetes-list-type is specified'));
  }
  if (keys && listType !== 'map') problems.push(invalid(`${at}.x-kubernetes-list-type`, listType ?? '', 'must be map if x-kubernetes-list-map-keys is non-empty'));
  if (listType !== 'map') return;
  if (!keys?.length) problems.push(required(`${at}.x-kubernetes-list-map-keys`, 'must not be empty if x-kubernetes-list-type is map'));
  if (schema.items && schema.items.type !== 'object') problems.push(invalid(`${at}.items.type`, schema.items.type ?? '', 'must be object if parent array\'s x-kubernetes-list-type is map'));
  else if (keys?.some(key => !schema.items?.properties?.[key])) problems.push(invalid(`${at}.x-kubernetes-list-map-keys`, keys, 'entries must all be names of item properties'));
  else for (const key of keys ?? []) {
    const member = schema.items!.properties![key]!;
    if (!schema.items!.required?.includes(key) && member.default === undefined) problems.push(required(`${at}.items.properties[${key}].default`, 'this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property'));
  }
}

function defaultProblems(schema: JsonSchema, at: string, problems: FieldProblem[]): void {
  const dropped: string[] = [];
  const pruned = cloneJson(schema.default);
  prune(pruned, schema, dropped);
  if (dropped.length > 0) problems.push(invalid(`${at}.default`, schema.default, 'must not have unknown fields'));
  // What the default leaves out may have a default of its own.
  applyDefaults(pruned, schema);
  for (const problem of valueProblems(pruned, schema, '')) {
    const field = problem.field === '' || problem.field === '<nil>' ? `${at}.default` : `${at}.default.${problem.field}`;
    problems.push({ ...problem, field });
  }
}

function ruleProblemsOf(schema: JsonSchema, at: string, problems: FieldProblem[]): void {
  (schema['x-kubernetes-validations'] ?? []).forEach(({ rule }, i) => {
    if (!rule?.trim()) problems.push(required(`${at}.x-kubernetes-validations[${i}].rule`, 'rule is not specified'));
    else void compileRule(rule);
  });
}

function metadataProblems(schema: JsonSchema, at: string, problems: FieldProblem[]): void {
  const metadata = schema.properties?.metadata;
  if (!metadata) return;
  if (metadata.type !== 'object') problems.push(invalid(`${at}.properties[metadata].type`, metadata.type ?? '', 'must be object'));
  const other = Object.keys(metadata.properties ?? {}).filter(key => key !== 'name' && key !== 'generateName' && key !== 'labels' && key !== 'annotations');
  if (other.length > 0) problems.push(forbidden(`${at}.properties[metadata]`, 'must not specify anything other than name and generateName, but metadata is implicitly specified'));
}

/** Why objects cannot be selected by such a field. */
export function selectableFieldProblem(jsonPath: string, schema: JsonSchema): string | undefined {
  let place: JsonSchema | undefined = schema;
  for (const name of jsonPath.split('.').slice(1)) place = place?.properties?.[name];
  if (!jsonPath.startsWith('.') || !place) return 'is an invalid path: does not refer to a valid field';
  if (!['string', 'integer', 'boolean'].includes(place.type ?? '')) return `must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.`;
  return jsonPath.startsWith('.metadata.') ? 'must not point to fields in metadata' : undefined;
}
