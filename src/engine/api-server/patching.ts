/** The four kinds of patch, all ending in an ordinary update. */
import { cloneJson, isObject, type Draft } from '../apimachinery/json.ts';
import { jsonPatch, type JsonPatchOperation } from '../apimachinery/json-patch.ts';
import { mergePatch } from '../apimachinery/merge-patch.ts';
import { refuse, type Refusal } from '../apimachinery/status.ts';
import { badRequest } from './refusals.ts';
import type { ServedResource } from './resources.ts';
import { typeOfKind } from './schema.ts';
import { PatchProblem, strategicMerge } from './strategic-merge.ts';

export type PatchType = 'json' | 'merge' | 'strategic';

/** What an object (in the version of `resource`) becomes under a patch. */
export function patched(resource: ServedResource, target: Draft, type: PatchType, patch: unknown): { ok: true; value: Draft } | Refusal {
  if (type === 'json') {
    if (!Array.isArray(patch) || !patch.every(each => isObject(each) && typeof each.path === 'string')) return badRequest('error decoding patch: json: cannot unmarshal object into Go value of type jsonpatch.Patch');
    const result = jsonPatch(target, patch as readonly JsonPatchOperation[]);
    if (!result.ok) return refuse(422, 'Invalid', `the server rejected our request due to an error in our request`, {});
    return isObject(result.value) ? { ok: true, value: result.value } : badRequest('the patched object is not an object');
  }
  if (!isObject(patch)) return badRequest(`error decoding patch: json: cannot unmarshal ${Array.isArray(patch) ? 'array' : typeof patch} into Go value of type map[string]interface {}`);
  if (type === 'merge') return { ok: true, value: mergePatch(target, patch) as Draft };
  const schema = typeOfKind(resource.apiVersion, resource.kind);
  if (!schema) return refuse(415, 'UnsupportedMediaType', 'the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml', {});
  try {
    return { ok: true, value: strategicMerge(target, cloneJson(patch), { r: schema }) };
  } catch (error) {
    if (error instanceof PatchProblem) return { ok: false, status: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message: error.message, code: 500 } };
    throw error;
  }
}
