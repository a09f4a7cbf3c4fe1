/** What is wrong with a request before anybody looks at objects: methods, parameters, media types. */
import type { Draft } from '../apimachinery/json.ts';
import { refuse, type Refusal } from '../apimachinery/status.ts';
import type { ApiRequest } from './contract.ts';
import { badRequest, expired, methodNotAllowed } from './refusals.ts';
import type { RequestInfo } from './request-info.ts';
import type { ServedResource } from './resources.ts';

const value = (request: ApiRequest, name: string): string | undefined => {
  const found = request.query?.[name];
  return typeof found === 'string' || found === undefined ? found : found[0];
};

/** Verbs that need a name, and verbs that may not have one. */
const ON_OBJECTS = new Set(['get', 'update', 'patch', 'delete']);
const ON_COLLECTIONS = new Set(['create', 'list', 'deletecollection']);

/** Whether this verb exists at this path. */
export function methodProblem(resource: ServedResource, info: RequestInfo): Refusal | undefined {
  const { verb, name, namespace } = info;
  if (!resource.verbs.includes(verb)) return methodNotAllowed();
  if (ON_OBJECTS.has(verb) && name === '') return methodNotAllowed();
  if (ON_COLLECTIONS.has(verb) && name !== '') return methodNotAllowed();
  if (resource.namespaced && namespace === '' && verb !== 'list' && verb !== 'watch') return methodNotAllowed();
  return undefined;
}

const optionsInvalid = (kind: string, field: string, message: string, reason = 'FieldValueNotSupported'): Refusal =>
  refuse(422, 'Invalid', `${kind}.meta.k8s.io "" is invalid: ${field}: ${message}`, { group: 'meta.k8s.io', kind, causes: [{ reason, message, field }] });

const OPTIONS_OF: Readonly<Record<string, string>> = { create: 'CreateOptions', update: 'UpdateOptions', patch: 'PatchOptions', delete: 'DeleteOptions', deletecollection: 'DeleteOptions' };
const FIELD_VALIDATION = ['', 'Ignore', 'Strict', 'Warn'];

/** Parameters of a write. */
export function writeParameterProblem(request: ApiRequest, verb: string): Refusal | undefined {
  const kind = OPTIONS_OF[verb] ?? 'CreateOptions';
  const dryRun = value(request, 'dryRun');
  if (dryRun !== undefined && dryRun !== 'All') return optionsInvalid(kind, 'dryRun', `Unsupported value: ${JSON.stringify([dryRun])}: supported values: "All"`);
  const validation = value(request, 'fieldValidation');
  if (validation !== undefined && !FIELD_VALIDATION.includes(validation)) {
    return optionsInvalid(kind, 'fieldValidation', `Unsupported value: ${JSON.stringify(validation)}: supported values: ${FIELD_VALIDATION.map(each => JSON.stringify(each)).join(', ')}`);
  }
  if (verb === 'patch' && value(request, 'force') !== undefined && !(request.headers?.['content-type'] ?? '').includes('apply-patch')) {
    return optionsInvalid(kind, 'force', 'Forbidden: may not be specified for non-apply patch', 'FieldValueForbidden');
  }
  return undefined;
}

const BODY_TYPES = /^(application\/(json|yaml|vnd\.kubernetes\.protobuf)|)\s*(;|$)/;

/** The media type of a body that is no patch. */
export function bodyTypeProblem(request: ApiRequest): Refusal | undefined {
  if (BODY_TYPES.test(request.headers?.['content-type'] ?? '')) return undefined;
  return refuse(415, 'UnsupportedMediaType', 'the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf', {});
}

const KNOWN_TYPES = /^\s*(application\/(json|yaml|vnd\.kubernetes\.protobuf|\*)|\*\/\*)\s*(;|$)/;

/** Whether the client takes anything we can give. */
export function acceptProblem(request: ApiRequest): Refusal | undefined {
  const accept = request.headers?.accept ?? '';
  if (accept === '' || accept.split(',').some(part => KNOWN_TYPES.test(part) && (!/g=meta\.k8s\.io/.test(part) || /v=v1(beta1)?(;|,|\s|$)/.test(part)))) return undefined;
  if (/g=meta\.k8s\.io/.test(accept)) return refuse(406, 'NotAcceptable', 'only the following media types are accepted: application/json, application/yaml, application/vnd.kubernetes.protobuf', {});
  return refuse(406, 'NotAcceptable', '406: Not Acceptable\n\nAvailable representations: application/json, application/yaml, application/vnd.kubernetes.protobuf', {});
}

/** Parameters of a list. `currentVersion` and `oldestVersion` bound what resourceVersion may ask for. */
export function listParameterProblem(request: ApiRequest, currentVersion: number, oldestVersion: number): Refusal | undefined {
  const limit = value(request, 'limit');
  if (limit !== undefined && !/^[+-]?\d+$/.test(limit)) return badRequest(`strconv.ParseInt: parsing ${JSON.stringify(limit)}: invalid syntax`);
  const version = value(request, 'resourceVersion') ?? '';
  const match = value(request, 'resourceVersionMatch');
  if (match && match !== 'Exact' && match !== 'NotOlderThan') {
    return optionsInvalid('ListOptions', 'resourceVersionMatch', `Unsupported value: ${JSON.stringify(match)}: supported values: "Exact", "NotOlderThan", ""`);
  }
  if (value(request, 'continue') && version !== '' && version !== '0') return badRequest('specifying resource version is not allowed when using continue');
  if (version === '') return undefined;
  if (!/^\d+$/.test(version)) {
    return badRequest(`invalid resource version: resourceVersion: Invalid value: ${JSON.stringify(version)}: strconv.ParseUint: parsing ${JSON.stringify(version)}: invalid syntax`);
  }
  if (Number(version) > currentVersion) {
    return refuse(504, 'Timeout', `Timeout: Too large resource version: ${version}, current: ${currentVersion}`, { retryAfterSeconds: 1, causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }] });
  }
  if (match === 'Exact' && version !== '0' && Number(version) < oldestVersion) return expired('The resourceVersion for the provided list is too old.');
  return undefined;
}

const POLICIES = ['Foreground', 'Background', 'Orphan'];

/** The options of a delete. */
export function deleteOptionsProblem(options: Draft): Refusal | undefined {
  const { propagationPolicy, orphanDependents } = options;
  if (orphanDependents !== undefined && propagationPolicy !== undefined) {
    return optionsInvalid('DeleteOptions', 'propagationPolicy', `Invalid value: ${JSON.stringify(propagationPolicy)}: orphanDependents and deletionPropagation cannot be both set`, 'FieldValueInvalid');
  }
  if (propagationPolicy !== undefined && !POLICIES.includes(propagationPolicy)) {
    return optionsInvalid('DeleteOptions', 'propagationPolicy', `Unsupported value: ${JSON.stringify(propagationPolicy)}: supported values: "Foreground", "Background", "Orphan", "nil"`);
  }
  return undefined;
}
