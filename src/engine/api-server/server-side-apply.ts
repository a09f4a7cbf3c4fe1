/** Server-side apply: every manager owns the fields it applied, and may not take another's without force. */
import { invalid, required, tooLong, type FieldProblem } from '../apimachinery/field-problem.ts';
import { cloneJson, isObject, type Draft } from '../apimachinery/json.ts';
import type { KubeObject, ObjectKey } from '../apimachinery/object.ts';
import { refuse, type Refusal, type Result } from '../apimachinery/status.ts';
import { contested, difference, fieldsOf, mergeApplied, pathsOf, union, without, type FieldSet } from './field-set.ts';
import type { Manager } from './ownership.ts';
import { badRequest, invalidError } from './refusals.ts';
import type { ServedResource } from './resources.ts';
import type { ServerParts } from './server-parts.ts';
import type { WriteContext } from './writer.ts';

const MANAGER_BYTES_MAX = 128;

function managerProblems(manager: string): FieldProblem[] {
  if (manager === '') return [required('fieldManager', 'is required for apply patch')];
  if (manager.length > MANAGER_BYTES_MAX) return [tooLong('fieldManager', MANAGER_BYTES_MAX)];
  const bad = [...manager].findIndex(char => /[\p{C}]/u.test(char));
  if (bad < 0) return [];
  const code = manager.codePointAt(bad)!.toString(16).toUpperCase().padStart(4, '0');
  return [invalid('fieldManager', manager, `invalid character U+${code} (at position ${bad})`)];
}

export function serverSideApply(
  parts: ServerParts, resource: ServedResource, key: ObjectKey, patch: unknown, subresource: string, force: boolean, context: WriteContext,
): Result<KubeObject> {
  const problems = managerProblems(context.fieldManager);
  if (problems.length > 0) return invalidError('meta.k8s.io', 'PatchOptions', '', problems);
  if (!isObject(patch)) return badRequest('error decoding YAML: the applied configuration is not an object');
  if (patch.metadata?.managedFields) return badRequest('metadata.managedFields must be nil');
  const config: Draft = withoutNulls(cloneJson(patch));
  config.metadata ??= {};
  config.metadata.name ??= key.name;
  const { schema } = resource;
  const wanted = fieldsOf(config, schema);
  const before = parts.store.collection(resource.storage).get(key.namespace, key.name);
  const applying = { ...context, applying: true };
  if (!before) {
    const result = parts.writer.create(resource, key.namespace, cloneJson(config), applying);
    if (result.ok && !context.dryRun) parts.ownership.replace(result.value.metadata.uid, [entry(resource, context, subresource, parts.kernel.nowMs, wanted)]);
    return result;
  }
  const managers = parts.ownership.managersOf(before.metadata.uid);
  const isOwn = (each: Manager): boolean => each.operation === 'Apply' && each.manager === context.fieldManager && each.subresource === subresource;
  const conflicts = managers.filter(each => !isOwn(each))
    .map(each => ({ each, fields: contested(wanted, each.fields, config, before, schema) })).filter(({ fields }) => Object.keys(fields).length > 0);
  if (conflicts.length > 0 && !force) return applyConflict(conflicts.map(({ each, fields }) => ({ each, paths: pathsOf(fields) })));
  const own = managers.find(isOwn);
  let others: FieldSet = {};
  for (const each of managers) if (!isOwn(each)) others = union(others, each.fields);
  const given = own ? difference(difference(own.fields, wanted), others) : {};
  const merged = mergeApplied(without(before, given, schema), config, schema) as Draft;
  merged.metadata.resourceVersion = config.metadata.resourceVersion;
  const result = parts.writer.update(resource, key.namespace, key.name, merged, subresource === 'status' ? 'status' : 'main', applying);
  if (result.ok && !context.dryRun) {
    const lost = new Map(conflicts.map(({ each, fields }) => [each, fields]));
    const kept = managers.filter(each => !isOwn(each)).map(each => (lost.has(each) ? { ...each, fields: difference(each.fields, lost.get(each)!) } : each));
    const unchanged = own && JSON.stringify(own.fields) === JSON.stringify(wanted) && result.value === before;
    parts.ownership.replace(before.metadata.uid, [...kept, unchanged ? own : entry(resource, context, subresource, parts.kernel.nowMs, wanted)]);
  }
  return result;
}

const entry = (resource: ServedResource, context: WriteContext, subresource: string, atMs: number, fields: FieldSet): Manager =>
  ({ manager: context.fieldManager, operation: 'Apply', apiVersion: resource.apiVersion, subresource, atMs, fields });

/** An explicit null in an applied configuration says nothing. */
function withoutNulls(value: Draft): Draft {
  for (const [key, member] of Object.entries(value)) {
    if (member === null) delete value[key];
    else if (Array.isArray(member)) member.forEach(item => { if (isObject(item)) withoutNulls(item); });
    else if (isObject(member)) withoutNulls(member);
  }
  return value;
}

function holder({ manager, operation, apiVersion, subresource }: Manager): string {
  const sub = subresource === '' ? '' : ` with subresource ${JSON.stringify(subresource)}`;
  return `${JSON.stringify(manager)}${sub}${operation === 'Update' ? ` using ${apiVersion}` : ''}`;
}

function applyConflict(conflicts: readonly { each: Manager; paths: readonly string[] }[]): Refusal {
  const causes = conflicts.flatMap(({ each, paths }) => paths.map(field => ({ reason: 'FieldManagerConflict', message: `conflict with ${holder(each)}`, field })));
  const text = causes.length === 1
    ? `Apply failed with 1 conflict: ${causes[0]!.message}: ${causes[0]!.field}`
    : `Apply failed with ${causes.length} conflicts: ${conflicts.map(({ each, paths }) => `conflicts with ${holder(each)}:\n${paths.map(path => `- ${path}`).join('\n')}`).join('\n')}`;
  return refuse(409, 'Conflict', text, { causes });
}
