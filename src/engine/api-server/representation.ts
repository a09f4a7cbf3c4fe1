/** In which form an object is answered: itself, its metadata, or a row of a table. */
import type { Draft } from '../apimachinery/json.ts';
import type { KubeObject } from '../apimachinery/object.ts';
import { answer, queryValue } from './answers.ts';
import type { ApiRequest, ApiResponse } from './contract.ts';
import type { ServedResource } from './resources.ts';
import type { ServerParts } from './server-parts.ts';
import { tableOf, type IncludeObject } from './tables.ts';
import { inVersion } from './versions.ts';

/** How the answer is to be shown. */
interface Representation {
  readonly table: boolean;
  readonly metadataOnly: boolean;
  readonly include: IncludeObject;
}

export function representationOf(request: ApiRequest): Representation {
  const accept = request.headers?.accept ?? '';
  const include = queryValue(request, 'includeObject');
  for (const part of accept.split(',')) {
    const isMeta = /g=meta\.k8s\.io/.test(part) && /v=v1(?:;|\s|$)/.test(part);
    if (isMeta && /as=Table/.test(part)) {
      return { table: true, metadataOnly: false, include: include === 'Object' ? 'Object' : include === 'None' ? 'None' : 'Metadata' };
    }
    if (isMeta && /as=PartialObjectMetadata/.test(part)) return { table: false, metadataOnly: true, include: 'None' };
    if (/^\s*(application\/json|application\/yaml|\*\/\*)/.test(part)) break;
  }
  return { table: false, metadataOnly: false, include: 'None' };
}

/** An object as this resource shows it: its own version, and managedFields. */
export function presented(parts: ServerParts, resource: ServedResource, object: KubeObject): Draft {
  const shown = inVersion(resource.apiVersion, object as Draft);
  const managedFields = parts.ownership.managedFields(object, resource);
  return managedFields.length === 0 ? shown : { ...shown, metadata: { ...shown.metadata, managedFields } };
}

/** Answers with one object in the representation asked for. */
export function showOne(parts: ServerParts, request: ApiRequest, resource: ServedResource, object: KubeObject, code: number, warnings: readonly string[] = []): ApiResponse {
  const headers: Record<string, string> = warnings.length > 0 ? { warning: warnings.map(each => `299 - ${JSON.stringify(each)}`).join(', ') } : {};
  const shown = presented(parts, resource, object);
  const representation = representationOf(request);
  if (representation.table) {
    return answer(code, tableOf(resource, [shown], { resourceVersion: object.metadata.resourceVersion }, representation.include, { nowMs: parts.kernel.nowMs }), headers);
  }
  if (representation.metadataOnly) return answer(code, metadataOf(shown), headers);
  return answer(code, shown, headers);
}

/** Only the metadata of an object. */
export const metadataOf = (object: Draft): Draft => ({ kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata });
