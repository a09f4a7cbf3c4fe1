/** Requests for a part of an object, or for something one does to it. */
import { isObject, type Draft } from '../apimachinery/json.ts';
import type { KubeObject } from '../apimachinery/object.ts';
import { refuse, type Result, type Status } from '../apimachinery/status.ts';
import type { ApiRequest, ApiResponse, ExecOptions, LogOptions } from './contract.ts';
import { answer, isTrue, queryValue, refusalAnswer } from './answers.ts';
import { patched } from './patching.ts';
import { badRequest, methodNotAllowed, notFoundError, resourceNotFound } from './refusals.ts';
import type { RequestInfo } from './request-info.ts';
import { presented, showOne } from './representation.ts';
import { bodyOf, deleteOptionsOf, patchOf, writeContext } from './request-bodies.ts';
import { patch } from './resource-requests.ts';
import type { ServedResource } from './resources.ts';
import { rfc3339 } from '../kernel/calendar.ts';
import { mintToken } from './tokens.ts';
import { readScale, withScale } from './scale.ts';
import type { ServerParts } from './server-parts.ts';

export function serveSubresource(parts: ServerParts, request: ApiRequest, info: RequestInfo, resource: ServedResource): ApiResponse {
  const { subresource } = info;
  const declared = resource.subresources.find(each => each.name === subresource);
  if (!declared) return refusalAnswer(resourceNotFound());
  const { namespace } = info;
  const object = parts.store.collection(resource.storage).get(resource.namespaced ? namespace : '', info.name);
  if (!object && !(subresource === 'status' && info.verb === 'patch')) return refusalAnswer(notFoundError(resource.group, resource.name, info.name));
  switch (`${resource.storage} ${subresource}`) {
    case '/pods log': return podLog(parts, request, object!);
    case '/pods exec': return podExec(parts, request, object!, 'exec');
    case '/pods attach': return podExec(parts, request, object!, 'attach');
    case '/pods binding': return podBinding(parts, request, info);
    case '/serviceaccounts token': return requestToken(parts, request, object!);
    case '/pods eviction': return podEviction(parts, request, info);
  }
  switch (subresource) {
    case 'status': return statusRequest(parts, request, info, resource, object);
    case 'scale': return scaleRequest(parts, request, info, resource, object!);
    case 'finalize': case 'approval': case 'ephemeralcontainers': case 'resize': return sectionRequest(parts, request, info, resource, object!);
    default: return refusalAnswer(refuse(501, 'InternalError', `${resource.name}/${subresource} is not modelled; pods/exec, pods/log and pods/attach are`, {}));
  }
}

function statusRequest(parts: ServerParts, request: ApiRequest, info: RequestInfo, resource: ServedResource, object: KubeObject | undefined): ApiResponse {
  if (info.verb === 'get') return object ? showOne(parts, request, resource, object, 200) : refusalAnswer(notFoundError(resource.group, resource.name, info.name));
  if (info.verb === 'patch') return patch(parts, request, info, resource, 'status');
  if (info.verb !== 'update') return refusalAnswer(methodNotAllowed());
  const context = writeContext(request, info);
  if ('ok' in context) return refusalAnswer(context);
  const body = bodyOf(request);
  if (!body.ok) return refusalAnswer(body);
  const result = parts.writer.update(resource, resource.namespaced ? info.namespace : '', info.name, body.value, 'status', context);
  return result.ok ? showOne(parts, request, resource, result.value, 200) : refusalAnswer(result);
}

/** Subresources that take the whole object and keep one section of it. */
function sectionRequest(parts: ServerParts, request: ApiRequest, info: RequestInfo, resource: ServedResource, object: KubeObject): ApiResponse {
  if (info.verb === 'get') return showOne(parts, request, resource, object, 200);
  const context = writeContext(request, info);
  if ('ok' in context) return refusalAnswer(context);
  let draft: Draft;
  if (info.verb === 'patch') {
    const type = (request.headers?.['content-type'] ?? '').includes('strategic') ? 'strategic' : (request.headers?.['content-type'] ?? '').includes('json-patch') ? 'json' : 'merge';
    const change = patchOf(request);
    if (!change.ok) return refusalAnswer(change);
    const result = patched(resource, presented(parts, resource, object), type, change.value);
    if (!result.ok) return refusalAnswer(result);
    draft = result.value;
  } else {
    const body = bodyOf(request);
    if (!body.ok) return refusalAnswer(body);
    draft = body.value;
  }
  const scope = info.subresource === 'approval' ? 'status' : info.subresource as 'finalize' | 'ephemeralcontainers' | 'resize';
  const result = parts.writer.update(resource, resource.namespaced ? info.namespace : '', info.name, draft, scope, context);
  return result.ok ? showOne(parts, request, resource, result.value, 200) : refusalAnswer(result);
}

function scaleRequest(parts: ServerParts, request: ApiRequest, info: RequestInfo, resource: ServedResource, object: KubeObject): ApiResponse {
  if (info.verb === 'get') return answer(200, readScale(resource, object));
  const context = writeContext(request, info);
  if ('ok' in context) return refusalAnswer(context);
  let scale: Draft;
  if (info.verb === 'patch') {
    const type = (request.headers?.['content-type'] ?? '').includes('json-patch') ? 'json' : 'merge';
    const change = patchOf(request);
    if (!change.ok) return refusalAnswer(change);
    const result = patched(resource, readScale(resource, object), type, change.value);
    if (!result.ok) return refusalAnswer(result);
    scale = result.value;
  } else {
    const body = bodyOf(request);
    if (!body.ok) return refusalAnswer(body);
    scale = body.value;
  }
  const result = parts.writer.update(resource, info.namespace, info.name, withScale(resource, object, scale), 'main', context);
  return result.ok ? answer(200, readScale(resource, result.value)) : refusalAnswer(result);
}

function podBinding(parts: ServerParts, request: ApiRequest, info: RequestInfo): ApiResponse {
  const context = writeContext(request, info);
  if ('ok' in context) return refusalAnswer(context);
  const body = bodyOf(request);
  if (!body.ok) return refusalAnswer(body);
  return statusAnswer(parts.pods.bind({ namespace: info.namespace, name: info.name }, body.value.target, context), 201);
}

function podEviction(parts: ServerParts, request: ApiRequest, info: RequestInfo): ApiResponse {
  const context = writeContext(request, info);
  if ('ok' in context) return refusalAnswer(context);
  const options = isObject(request.body) && isObject(request.body.deleteOptions) ? deleteOptionsOf({ ...request, body: request.body.deleteOptions }) : {};
  return statusAnswer(parts.pods.evict({ namespace: info.namespace, name: info.name }, options, { ...context, dryRun: context.dryRun || options.dryRun === true }), 201);
}

const statusAnswer = (result: Result<Status>, code: number): ApiResponse => (result.ok ? answer(code, result.value) : refusalAnswer(result));

const numberOf = (request: ApiRequest, name: string): number | undefined => {
  const text = queryValue(request, name);
  return text === undefined ? undefined : Number(text);
};

function containerProblem(pod: KubeObject, asked: string | undefined, verb: string): string | undefined {
  const spec = pod.spec as Draft;
  const names: string[] = (spec.containers ?? []).map((each: Draft) => each.name);
  const inits: string[] = (spec.initContainers ?? []).map((each: Draft) => each.name);
  const { name } = pod.metadata;
  if (asked === undefined || asked === '') {
    if (names.length === 1) return undefined;
    const initText = inits.length > 0 ? ` or one of the init containers: [${inits.join(' ')}]` : '';
    return `a container name must be specified for pod ${name}, choose one of: [${names.join(' ')}]${initText}`;
  }
  const ephemeral: string[] = (spec.ephemeralContainers ?? []).map((each: Draft) => each.name);
  if (![...names, ...inits, ...ephemeral].includes(asked)) return `container ${asked} is not valid for pod ${name}`;
  void verb;
  return undefined;
}

function podLog(parts: ServerParts, request: ApiRequest, pod: KubeObject): ApiResponse {
  const container = queryValue(request, 'container');
  const problem = containerProblem(pod, container, 'log');
  if (problem) return refusalAnswer(badRequest(problem));
  const spec = pod.spec as Draft;
  if (!spec.nodeName) return { code: 200, headers: { 'content-type': 'text/plain' }, body: '' };
  if (!parts.nodes) return refusalAnswer(noKubelets(spec.nodeName));
  const options: LogOptions = {
    container: container || spec.containers[0].name, follow: isTrue(queryValue(request, 'follow')), previous: isTrue(queryValue(request, 'previous')),
    timestamps: isTrue(queryValue(request, 'timestamps')), sinceSeconds: numberOf(request, 'sinceSeconds'), sinceTime: queryValue(request, 'sinceTime'),
    tailLines: numberOf(request, 'tailLines'), limitBytes: numberOf(request, 'limitBytes'),
  };
  const result = parts.nodes.logs(pod, options);
  if (!result.ok) return refusalAnswer(result);
  const headers = { 'content-type': 'text/plain' };
  return 'stream' in result.value ? { code: 200, headers, stream: result.value.stream } : { code: 200, headers, body: result.value.text };
}

function podExec(parts: ServerParts, request: ApiRequest, pod: KubeObject, verb: 'exec' | 'attach'): ApiResponse {
  const container = queryValue(request, 'container');
  const problem = containerProblem(pod, container, verb);
  if (problem) return refusalAnswer(badRequest(problem));
  const spec = pod.spec as Draft;
  if (!spec.nodeName) return refusalAnswer(badRequest(`pod ${pod.metadata.name} does not have a host assigned`));
  if (!parts.nodes) return refusalAnswer(noKubelets(spec.nodeName));
  const command = request.query?.command;
  const options: ExecOptions = {
    container: container || spec.containers[0].name, command: command === undefined ? [] : typeof command === 'string' ? [command] : command,
    stdin: isTrue(queryValue(request, 'stdin')), stdout: isTrue(queryValue(request, 'stdout')), stderr: isTrue(queryValue(request, 'stderr')), tty: isTrue(queryValue(request, 'tty')),
  };
  const result = parts.nodes[verb](pod, options);
  return result.ok ? { code: 101, headers: {}, session: result.value } : refusalAnswer(result);
}

/** A token for a service account, for as long as asked. */
function requestToken(parts: ServerParts, request: ApiRequest, account: KubeObject): ApiResponse {
  const body = bodyOf(request);
  if (!body.ok) return refusalAnswer(body);
  const spec: Draft = body.value.spec ?? {};
  const expirationSeconds: number = spec.expirationSeconds ?? 3600;
  const issuedAt = Math.floor(parts.kernel.nowMs / 1000);
  const audiences: string[] = spec.audiences?.length ? spec.audiences : ['https://kubernetes.default.svc'];
  const token = mintToken({
    namespace: account.metadata.namespace ?? '', serviceAccount: account.metadata.name, uid: account.metadata.uid, audiences,
    issuedAt, expiresAt: issuedAt + expirationSeconds, issuer: 'https://kubernetes.default.svc',
  });
  return answer(201, {
    kind: 'TokenRequest', apiVersion: 'authentication.k8s.io/v1', metadata: { name: account.metadata.name, namespace: account.metadata.namespace, creationTimestamp: rfc3339(parts.kernel.nowMs) },
    spec: { audiences, expirationSeconds, boundObjectRef: spec.boundObjectRef ?? null }, status: { token, expirationTimestamp: rfc3339((issuedAt + expirationSeconds) * 1000) },
  });
}

const noKubelets = (node: string) => refuse(500, 'InternalError', `Internal error occurred: error dialing backend: dial tcp: lookup ${node}: no such host`, {});
