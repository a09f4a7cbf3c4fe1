/** Which requests for resources go where. */
import type { Refusal } from '../apimachinery/status.ts';
import { pathNotFound, refusalAnswer } from './answers.ts';
import { authorize, forbidden } from './authorization.ts';
import type { ApiRequest, ApiResponse } from './contract.ts';
import { serveMetrics } from './metrics.ts';
import { methodNotAllowed, resourceNotFound } from './refusals.ts';
import { acceptProblem, bodyTypeProblem, methodProblem, writeParameterProblem } from './request-checks.ts';
import type { RequestInfo } from './request-info.ts';
import { create, getOne, list, patch, remove, removeAll, replace, watch } from './resource-requests.ts';
import type { ServedResource } from './resources.ts';
import type { ServerParts } from './server-parts.ts';
import { serveSubresource } from './subresource-requests.ts';

export function serveResource(parts: ServerParts, request: ApiRequest, info: RequestInfo): ApiResponse {
  const attributes = { ...info, user: request.user };
  if (!authorize(parts, attributes).allowed) return refusalAnswer(forbidden(attributes));
  if (info.group === 'metrics.k8s.io' && parts.nodes) return serveMetrics(parts, request, info);
  const resource = parts.resources.find(info.group, info.version, info.resource);
  if (!resource) return refusalOrMux(parts, info);
  if (info.subresource !== '') return serveSubresource(parts, request, info, resource);
  const problem = (request.method === 'HEAD' ? methodNotAllowed() : methodProblem(resource, info)) ?? acceptProblem(request) ?? writeProblem(request, info);
  if (problem) return refusalAnswer(problem);
  const response = serveVerb(parts, request, info, resource);
  return resource.custom?.deprecation === undefined ? response : withWarning(response, resource.custom.deprecation);
}

function withWarning(response: ApiResponse, text: string): ApiResponse {
  const known = response.headers.warning;
  return { ...response, headers: { ...response.headers, warning: `299 - ${JSON.stringify(text)}${known ? `, ${known}` : ''}` } };
}

function serveVerb(parts: ServerParts, request: ApiRequest, info: RequestInfo, resource: ServedResource): ApiResponse {
  switch (info.verb) {
    case 'get': return getOne(parts, request, info, resource);
    case 'list': return list(parts, request, info, resource);
    case 'watch': return watch(parts, request, info, resource);
    case 'create': return create(parts, request, info, resource);
    case 'update': return replace(parts, request, info, resource);
    case 'patch': return patch(parts, request, info, resource, '');
    case 'delete': return remove(parts, request, info, resource);
    case 'deletecollection': return removeAll(parts, request, info, resource);
    default: return refusalAnswer(methodNotAllowed());
  }
}

/** What is wrong with a write as such. */
function writeProblem(request: ApiRequest, info: RequestInfo): Refusal | undefined {
  if (info.verb === 'get' || info.verb === 'list' || info.verb === 'watch') return undefined;
  const wrongBody = info.verb === 'create' || info.verb === 'update' ? bodyTypeProblem(request) : undefined;
  return wrongBody ?? writeParameterProblem(request, info.verb);
}

function refusalOrMux(parts: ServerParts, info: RequestInfo): ApiResponse {
  const groupServed = parts.resources.versionsOf(info.group).includes(info.version);
  return groupServed ? refusalAnswer(resourceNotFound()) : pathNotFound();
}
