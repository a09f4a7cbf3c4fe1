/** Server-side apply. */
import { cloneJson, isObject, type Draft } from '../apimachinery/json.ts';
import type { KubeObject, ObjectKey } from '../apimachinery/object.ts';
import type { Result } from '../apimachinery/status.ts';
import { badRequest } from './refusals.ts';
import type { ServedResource } from './resources.ts';
import { typeOfKind } from './schema.ts';
import type { ServerParts } from './server-parts.ts';
import { strategicMerge } from './strategic-merge.ts';
import type { WriteContext } from './writer.ts';

export function serverSideApply(
  parts: ServerParts, resource: ServedResource, key: ObjectKey, patch: unknown, subresource: string, _force: boolean, context: WriteContext,
): Result<KubeObject> {
  if (!isObject(patch)) return badRequest('error decoding YAML: the applied configuration is not an object');
  const before = parts.store.collection(resource.storage).get(key.namespace, key.name);
  const applied: Draft = cloneJson(patch);
  if (!before) return parts.writer.create(resource, key.namespace, applied, context);
  const merged = strategicMerge(before, applied, { r: typeOfKind(resource.apiVersion, resource.kind) });
  return parts.writer.update(resource, key.namespace, key.name, merged, subresource === 'status' ? 'status' : 'main', context);
}
