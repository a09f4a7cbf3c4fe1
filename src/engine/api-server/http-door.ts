/** Kubernetes' HTTP surface as a function: routing, representations, and the audit log. */
import type { Draft } from '../apimachinery/json.ts';
import { isObject } from '../apimachinery/json.ts';
import { aggregatedDiscovery, groupList, groupOf, resourceList } from './discovery.ts';
import { answer, isTrue, pathNotFound, queryValue, refusalAnswer, textAnswer } from './answers.ts';
import { authorize, forbidden } from './authorization.ts';
import type { ApiRequest, ApiResponse, AuditEntry } from './contract.ts';
import { methodNotAllowed, resourceNotFound } from './refusals.ts';
import { recordedPaths } from './resources.ts';
import { requestInfoOf, type RequestInfo } from './request-info.ts';
import type { ServerParts } from './server-parts.ts';
import { serveResource } from './routing.ts';

const MUTATING = new Set(['create', 'update', 'patch', 'delete', 'deletecollection']);

/** How many audit entries are kept. */
const AUDIT_MAX = 20_000;

export function handleRequest(parts: ServerParts, given: ApiRequest): ApiResponse {
  const request = impersonated(given);
  const path = request.path.length > 1 ? request.path.replace(/\/+$/, '') || '/' : request.path;
  const info = requestInfoOf(request.method, path, isTrue(queryValue(request, 'watch')));
  const response = info.isResource ? serveResource(parts, request, info) : servePlain(parts, request, path);
  if (MUTATING.has(info.verb) && info.isResource || response.code === 401 || response.code === 403) record(parts, request, info, response);
  return response;
}

function impersonated(request: ApiRequest): ApiRequest {
  const name = request.headers?.['impersonate-user'];
  if (!name) return request;
  const groups = (request.headers?.['impersonate-group'] ?? '').split(',').map(each => each.trim()).filter(each => each !== '');
  const all = groups.includes('system:authenticated') || name === 'system:anonymous' ? groups : [...groups, 'system:authenticated'];
  if (name.startsWith('system:serviceaccount:')) {
    const [, , namespace = ''] = name.split(':');
    for (const each of ['system:serviceaccounts', `system:serviceaccounts:${namespace}`]) if (!all.includes(each)) all.unshift(each);
  }
  return { ...request, user: { name, groups: all } };
}

function record(parts: ServerParts, request: ApiRequest, info: RequestInfo, response: ApiResponse): void {
  const body = isObject(response.body) ? (response.body as Draft) : undefined;
  const entry: AuditEntry = {
    atMs: parts.kernel.nowMs, user: request.user.name, userAgent: request.headers?.['user-agent'] ?? '', verb: info.verb, path: request.path,
    resource: info.resource, namespace: info.namespace, name: info.name || (body?.metadata?.name ?? ''), subresource: info.subresource,
    code: response.code, requestObject: request.body,
  };
  parts.audit.push(entry);
  if (parts.audit.length > AUDIT_MAX) parts.audit.splice(0, AUDIT_MAX / 10);
}

function servePlain(parts: ServerParts, request: ApiRequest, path: string): ApiResponse {
  const { resources } = parts;
  const attributes = { user: request.user, verb: request.method.toLowerCase(), group: '', resource: '', subresource: '', namespace: '', name: '', path, isResource: false };
  if (!authorize(parts, attributes).allowed) return refusalAnswer(forbidden(attributes));
  if (request.method !== 'GET' && request.method !== 'HEAD') return refusalAnswer(path === '/' ? methodNotAllowed() : resourceNotFound());
  const accept = request.headers?.accept ?? '';
  const aggregated = /application\/json;(?=[^,]*g=apidiscovery\.k8s\.io)(?=[^,]*v=v2(?:;|,|\s|$))(?=[^,]*as=APIGroupDiscoveryList)/.test(accept);
  switch (path) {
    case '/': return answer(200, { paths: recordedPaths });
    case '/version': return answer(200, parts.version);
    case '/healthz': case '/livez': case '/readyz': return textAnswer(200, 'ok');
    case '/api':
      if (aggregated) return answer(200, aggregatedDiscovery(resources, '/api'), { 'content-type': AGGREGATED });
      return answer(200, { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: '10.0.0.10:443' }] });
    case '/apis':
      if (aggregated) return answer(200, aggregatedDiscovery(resources, '/apis'), { 'content-type': AGGREGATED });
      return answer(200, groupList(resources));
    case '/metrics': return textAnswer(404, 'metrics of the API server itself are not modelled; metrics.k8s.io serves pods and nodes\n');
    case '/openapi/v3': return answer(200, parts.openapi.index());
  }
  if (path.startsWith('/openapi/v3/')) {
    const document = parts.openapi.document(path.slice('/openapi/v3/'.length));
    return document ? answer(200, document) : pathNotFound();
  }
  const [root, group = '', version = ''] = path.slice(1).split('/');
  if (root === 'api' && path.split('/').length === 3) {
    const list = resourceList(resources, '', group);
    if (list) return answer(200, list);
  }
  if (root === 'apis' && version === '') {
    const document = groupOf(resources, group);
    if (document) return answer(200, document);
  }
  if (root === 'apis' && version !== '') {
    const list = resourceList(resources, group, version);
    if (list) return answer(200, list);
  }
  return root === 'api' || root === 'apis' || root === '' ? pathNotFound() : pathNotFound();
}

const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
