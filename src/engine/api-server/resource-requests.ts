/** The verbs on resources, as HTTP requests ask for them. */
import { forbidden, invalid } from '../apimachinery/field-problem.ts';
import { isObject, type Draft } from '../apimachinery/json.ts';
import { parseSelector, selectorMatches, type Labels } from '../apimachinery/label-selector.ts';
import type { KubeObject } from '../apimachinery/object.ts';
import { refuse, type Refusal, type Result } from '../apimachinery/status.ts';
import { answer, isTrue, queryValue, refusalAnswer } from './answers.ts';
import type { ApiRequest, ApiResponse, WatchEvent } from './contract.ts';
import { parseFieldSelector } from './field-selector.ts';
import { patched, type PatchType } from './patching.ts';
import { badRequest, expired, invalidError, notFoundError } from './refusals.ts';
import { metadataOf, presented, representationOf, showOne } from './representation.ts';
import { checkedBody, deleteBody, deleteOptionsOf, patchOf, typed, writeContext } from './request-bodies.ts';
import { deleteOptionsProblem, listParameterProblem } from './request-checks.ts';
import type { RequestInfo } from './request-info.ts';
import type { ServedResource } from './resources.ts';
import { answerReview, isReview } from './reviews.ts';
import type { ServerParts } from './server-parts.ts';
import { tableOf } from './tables.ts';
import { typedPatchProblem } from './typed-patch.ts';
import { openWatch } from './watch.ts';

const stored = (parts: ServerParts, resource: ServedResource, info: RequestInfo): KubeObject | undefined =>
  parts.store.collection(resource.storage).get(resource.namespaced ? info.namespace : '', info.name);

export function getOne(parts: ServerParts, request: ApiRequest, info: RequestInfo, resource: ServedResource): ApiResponse {
  const object = stored(parts, resource, info);
  return object ? showOne(parts, request, resource, object, 200) : refusalAnswer(notFoundError(resource.group, resource.name, info.name));
}

type Selection = { readonly ok: true; readonly test: (object: Draft) => boolean } | Refusal;

function selectionOf(request: ApiRequest, resource: ServedResource, info: RequestInfo): Selection {
  const tests: ((object: Draft) => boolean)[] = [];
  const labelText = queryValue(request, 'labelSelector');
  if (labelText) {
    const selector = parseSelector(labelText);
    if (typeof selector === 'string') return refuse(400, 'BadRequest', selector);
    tests.push(object => selectorMatches(selector, object.metadata.labels as Labels | undefined));
  }
  const fieldText = queryValue(request, 'fieldSelector');
  if (fieldText) {
    const test = parseFieldSelector(resource, fieldText);
    if (typeof test === 'string') return refuse(400, 'BadRequest', test);
    tests.push(test);
  }
  if (info.name !== '') tests.push(object => object.metadata.name === info.name);
  return { ok: true, test: object => tests.every(test => test(object)) };
}

export function list(parts: ServerParts, request: ApiRequest, info: RequestInfo, resource: ServedResource): ApiResponse {
  const problem = listParameterProblem(request, parts.store.resourceVersion, parts.store.collection(resource.storage).forgottenVersion);
  if (problem) return refusalAnswer(problem);
  const selection = selectionOf(request, resource, info);
  if (!selection.ok) return refusalAnswer(selection);
  const all = parts.store.collection(resource.storage).list(info.namespace || undefined);
  const selected = all.filter(object => selection.test(object as Draft));
  let start = 0;
  let version = parts.store.resourceVersion;
  const token = queryValue(request, 'continue');
  if (token) {
    const place = decodeContinue(token);
    if (!place) return refusalAnswer(badRequest('continue key is not valid: illegal base64 data at input byte 0'));
    if (place.version < parts.store.collection(resource.storage).forgottenVersion) {
      return refusalAnswer(expired('The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.'));
    }
    version = place.version;
    const at = selected.findIndex(object => `${object.metadata.namespace ?? ''}/${object.metadata.name}` > place.after);
    start = at < 0 ? selected.length : at;
  }
  const limit = Number(queryValue(request, 'limit') ?? 0) || 0;
  const page = limit > 0 ? selected.slice(start, start + limit) : selected.slice(start);
  const left = selected.length - start - page.length;
  const last = page.at(-1);
  const metadata: Draft = { resourceVersion: String(version) };
  if (left > 0 && last) {
    metadata.continue = encodeContinue(version, `${last.metadata.namespace ?? ''}/${last.metadata.name}`);
    if (!queryValue(request, 'labelSelector') && !queryValue(request, 'fieldSelector')) metadata.remainingItemCount = left;
  }
  const objects = page.map(object => presented(parts, resource, object));
  const representation = representationOf(request);
  if (representation.table) return answer(200, tableOf(resource, objects, metadata, representation.include, { nowMs: parts.kernel.nowMs }));
  if (representation.metadataOnly) {
    return answer(200, { kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1', metadata, items: objects.map(metadataOf) });
  }
  return answer(200, { kind: resource.custom?.listKind ?? `${resource.kind}List`, apiVersion: resource.apiVersion, metadata, items: resource.custom ? objects : objects.map(withoutType) });
}

/** Items of a list do not repeat their type. */
const withoutType = ({ apiVersion: _apiVersion, kind: _kind, ...rest }: Draft): Draft => rest;

/** The place where a list goes on: opaque to clients. */
function encodeContinue(version: number, after: string): string {
  return [...`${version}:${after}`].map(char => char.charCodeAt(0).toString(16).padStart(4, '0')).join('');
}

function decodeContinue(token: string): { version: number; after: string } | undefined {
  if (!/^([0-9a-f]{4})+$/.test(token)) return undefined;
  const text = token.match(/.{4}/g)!.map(code => String.fromCharCode(Number.parseInt(code, 16))).join('');
  const colon = text.indexOf(':');
  const version = Number(text.slice(0, colon));
  return colon > 0 && Number.isInteger(version) ? { version, after: text.slice(colon + 1) } : undefined;
}

export function watch(parts: ServerParts, request: ApiRequest, info: RequestInfo, resource: ServedResource): ApiResponse {
  const selection = selectionOf(request, resource, info);
  if (!selection.ok) return refusalAnswer(selection);
  const versionText = queryValue(request, 'resourceVersion') ?? '';
  const sendInitial = queryValue(request, 'sendInitialEvents');
  if (sendInitial !== undefined && queryValue(request, 'resourceVersionMatch') !== 'NotOlderThan') {
    return refusalAnswer(invalidError('meta.k8s.io', 'ListOptions', '', [forbidden('resourceVersionMatch', 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan')]));
  }
  const fromStart = versionText === '' || versionText === '0' || isTrue(sendInitial);
  const sinceVersion = fromStart && sendInitial !== 'false' ? undefined : Number(versionText || parts.store.resourceVersion);
  if (sinceVersion !== undefined && !Number.isInteger(sinceVersion)) {
    return refusalAnswer(badRequest(`invalid resource version "${versionText}": strconv.ParseUint: parsing "${versionText}": invalid syntax`));
  }
  const representation = representationOf(request);
  let first = true;
  const show = (event: WatchEvent): WatchEvent => {
    const object = presented(parts, resource, event.object as KubeObject);
    if (representation.metadataOnly) return { type: event.type, object: metadataOf(object) };
    if (!representation.table) return { type: event.type, object };
    const table = tableOf(resource, [object], { resourceVersion: object.metadata.resourceVersion }, representation.include, { nowMs: parts.kernel.nowMs }, first);
    first = false;
    return { type: event.type, object: table };
  };
  const timeoutSeconds = Number(queryValue(request, 'timeoutSeconds') ?? 0);
  const stream = openWatch(parts.kernel, parts.store.collection(resource.storage), parts.store.resourceVersion, {
    namespace: info.namespace, selects: selection.test, sinceVersion, initialBookmark: isTrue(sendInitial),
    timeoutMs: timeoutSeconds > 0 ? timeoutSeconds * 1000 : undefined, show,
    bookmark: (resourceVersion, initial) => ({
      type: 'BOOKMARK',
      object: {
        kind: resource.kind, apiVersion: resource.apiVersion,
        metadata: { resourceVersion, creationTimestamp: null, ...(initial && { annotations: { 'k8s.io/initial-events-end': 'true' } }) },
      },
    }),
  });
  return { code: 200, headers: { 'content-type': 'application/json' }, watch: stream };
}

export function create(parts: ServerParts, request: ApiRequest, info: RequestInfo, resource: ServedResource): ApiResponse {
  const context = writeContext(request, info);
  if ('ok' in context) return refusalAnswer(context);
  const body = checkedBody(request, resource, context);
  if (!body.ok) return refusalAnswer(body);
  if (isReview(resource.kind)) return answer(201, answerReview(parts, request, resource.kind, { ...body.value, kind: resource.kind, apiVersion: resource.apiVersion }, info.namespace));
  const result = parts.writer.create(resource, resource.namespaced ? info.namespace : '', body.value, context);
  return result.ok ? showOne(parts, request, resource, result.value, 201, context.warnings) : refusalAnswer(result);
}

const RBAC = ['roles', 'rolebindings', 'clusterroles', 'clusterrolebindings'].map(name => `rbac.authorization.k8s.io/${name}`);

/** Where an update of what is not there makes it. Source: `AllowCreateOnUpdate` of each strategy. */
const CREATED_BY_UPDATE: ReadonlySet<string> = new Set(['/endpoints', '/services', '/events', '/limitranges', 'coordination.k8s.io/leases', 'node.k8s.io/runtimeclasses', ...RBAC]);

/** Where an update has to say which version it replaces, besides custom resources. Source: `AllowUnconditionalUpdate`. */
const UPDATED_BY_VERSION: ReadonlySet<string> = new Set([
  'storage.k8s.io/csinodes', 'storage.k8s.io/csidrivers', 'apiextensions.k8s.io/customresourcedefinitions', ...['validating', 'mutating'].flatMap(kind => [`admissionregistration.k8s.io/${kind}admissionpolicies`, `admissionregistration.k8s.io/${kind}admissionpolicybindings`]),
]);

export function replace(parts: ServerParts, request: ApiRequest, info: RequestInfo, resource: ServedResource): ApiResponse {
  const context = writeContext(request, info);
  if ('ok' in context) return refusalAnswer(context);
  const body = checkedBody(request, resource, context);
  if (!body.ok) return refusalAnswer(body);
  const { name } = body.value.metadata ?? {};
  if (name !== info.name) {
    return refusalAnswer(badRequest(name ? `the name of the object (${name}) does not match the name on the URL (${info.name})` : 'name must be provided'));
  }
  const namespace = resource.namespaced ? info.namespace : '';
  const exists = parts.store.collection(resource.storage).get(namespace, info.name) !== undefined;
  if (!exists && CREATED_BY_UPDATE.has(resource.storage)) {
    const created = parts.writer.create(resource, namespace, body.value, { ...context, verb: 'update' });
    return created.ok ? showOne(parts, request, resource, created.value, 201, context.warnings) : refusalAnswer(created);
  }
  if (exists && !body.value.metadata?.resourceVersion && (resource.custom || UPDATED_BY_VERSION.has(resource.storage))) {
    return refusalAnswer(invalidError(resource.group, resource.name, info.name, [invalid('metadata.resourceVersion', 0, 'must be specified for an update')]));
  }
  const result = parts.writer.update(resource, namespace, info.name, body.value, 'main', context);
  return result.ok ? showOne(parts, request, resource, result.value, 200, context.warnings) : refusalAnswer(result);
}

const PATCH_TYPES: Readonly<Record<string, PatchType | 'apply'>> = {
  'application/json-patch+json': 'json', 'application/merge-patch+json': 'merge', 'application/strategic-merge-patch+json': 'strategic',
  'application/apply-patch+yaml': 'apply',
};

/** A patch may not give the object another name or namespace. */
function patchedName(resource: ServedResource, info: RequestInfo, { metadata }: Draft): Refusal | undefined {
  if (!metadata?.name) return badRequest(`the name of the object (${info.name} based on URL) was undeterminable: name must be provided`);
  if (metadata.name !== info.name) return badRequest(`the name of the object (${metadata.name}) does not match the name on the URL (${info.name})`);
  if (resource.namespaced && metadata.namespace && metadata.namespace !== info.namespace) return badRequest('the namespace of the provided object does not match the namespace sent on the request');
  return undefined;
}

export function patch(parts: ServerParts, request: ApiRequest, info: RequestInfo, resource: ServedResource, subresource: '' | 'status'): ApiResponse {
  const context = writeContext(request, info);
  if ('ok' in context) return refusalAnswer(context);
  const type = PATCH_TYPES[(request.headers?.['content-type'] ?? '').split(';')[0]!.trim()];
  if (!type) {
    return refusalAnswer(refuse(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {}));
  }
  const namespace = resource.namespaced ? info.namespace : '';
  const read = patchOf(request);
  if (!read.ok) return refusalAnswer(read);
  const body = read.value;
  if (type === 'apply') {
    const named = isObject(body) ? patchedName(resource, info, body) : undefined;
    if (named) return refusalAnswer(named);
    const mistyped = isObject(body) ? typedPatchProblem(resource, body) : undefined;
    if (mistyped) return refusalAnswer(mistyped);
    const managed = { ...context, fieldManager: queryValue(request, 'fieldManager') ?? '' };
    const existed = parts.store.collection(resource.storage).get(namespace, info.name) !== undefined;
    const result = parts.apply(resource, { namespace, name: info.name }, body, subresource, isTrue(queryValue(request, 'force')), managed);
    return result.ok ? showOne(parts, request, resource, result.value, existed ? 200 : 201, context.warnings) : refusalAnswer(result);
  }
  const before = parts.store.collection(resource.storage).get(namespace, info.name);
  if (!before) return refusalAnswer(notFoundError(resource.group, resource.name, info.name));
  const after = patched(resource, presented(parts, resource, before), type, body);
  if (!after.ok) return refusalAnswer(after);
  const named = patchedName(resource, info, after.value);
  if (named) return refusalAnswer(named);
  const whole = typed(request, resource, after.value, context);
  if (!whole.ok) return refusalAnswer(whole);
  const result = parts.writer.update(resource, namespace, info.name, whole.value, subresource === 'status' ? 'status' : 'main', context);
  return result.ok ? showOne(parts, request, resource, result.value, 200, context.warnings) : refusalAnswer(result);
}

export function remove(parts: ServerParts, request: ApiRequest, info: RequestInfo, resource: ServedResource): ApiResponse {
  const context = writeContext(request, info);
  if ('ok' in context) return refusalAnswer(context);
  const wrong = deleteOptionsProblem({ ...deleteBody(request), ...(queryValue(request, 'propagationPolicy') && { propagationPolicy: queryValue(request, 'propagationPolicy') }) });
  if (wrong) return refusalAnswer(wrong);
  const options = deleteOptionsOf(request);
  const result = parts.writer.delete(resource, resource.namespaced ? info.namespace : '', info.name, options, { ...context, dryRun: context.dryRun || options.dryRun === true });
  return result.ok ? deletedAnswer(parts, request, resource, result) : refusalAnswer(result);
}

/** A pod or a held object is shown as it is now; others are acknowledged with a Status. */
function deletedAnswer(parts: ServerParts, request: ApiRequest, resource: ServedResource, result: Result<KubeObject> & { ok: true }): ApiResponse {
  const object = result.value;
  const gone = parts.store.collection(resource.storage).get(object.metadata.namespace ?? '', object.metadata.name) === undefined;
  if (!gone || resource.storage === '/pods') return showOne(parts, request, resource, object, 200);
  return answer(200, {
    kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success',
    details: { name: object.metadata.name, ...(resource.group !== '' && { group: resource.group }), kind: resource.name, uid: object.metadata.uid },
  });
}

export function removeAll(parts: ServerParts, request: ApiRequest, info: RequestInfo, resource: ServedResource): ApiResponse {
  const context = writeContext(request, info);
  if ('ok' in context) return refusalAnswer(context);
  const selection = selectionOf(request, resource, info);
  if (!selection.ok) return refusalAnswer(selection);
  const options = deleteOptionsOf(request);
  const targets = parts.store.collection(resource.storage).list(info.namespace || undefined).filter(object => selection.test(object as Draft));
  for (const object of targets) parts.writer.delete(resource, object.metadata.namespace ?? '', object.metadata.name, options, context);
  return answer(200, {
    kind: `${resource.kind}List`, apiVersion: resource.apiVersion, metadata: { resourceVersion: String(parts.store.resourceVersion) },
    items: targets.map(withoutType),
  });
}
