/** What a request carries: objects, patches, options, and who writes. */
import { cloneJson, isObject, type Draft } from '../apimachinery/json.ts';
import type { Refusal } from '../apimachinery/status.ts';
import { queryValue } from './answers.ts';
import { readText } from './body-text.ts';
import type { ApiRequest, DeleteOptions } from './contract.ts';
import { decodeCustom } from './custom-resources/decode-custom.ts';
import { decode } from './decode.ts';
import { badRequest } from './refusals.ts';
import { writeParameterProblem } from './request-checks.ts';
import type { RequestInfo } from './request-info.ts';
import type { ServedResource } from './resources.ts';
import { typeOfKind } from './schema.ts';
import { inStoredVersion } from './versions.ts';
import type { WriteContext } from './writer.ts';

/** Who writes, and how, as the request says. */
export function writeContext(request: ApiRequest, info: RequestInfo): WriteContext | Refusal {
  const problem = writeParameterProblem(request, info.verb);
  if (problem) return problem;
  const dryRun = queryValue(request, 'dryRun');
  const agent = request.headers?.['user-agent'] ?? '';
  return {
    user: request.user, verb: info.verb, dryRun: dryRun === 'All', warnings: [],
    fieldManager: queryValue(request, 'fieldManager') || agent.split('/')[0] || 'unknown',
  };
}

/** The object in a request's body, as a draft of our own. */
export function bodyOf(request: ApiRequest): { ok: true; value: Draft } | Refusal {
  const read = typeof request.body === 'string' ? readText(request.body) : { ok: true as const, value: request.body };
  if (!read.ok) return read;
  const body = read.value;
  if (!isObject(body)) return badRequest(`the object provided is unrecognized (must be of type ${'object'})`);
  return { ok: true, value: cloneJson(body) };
}

/** The object in the body, read as the type of `resource`. */
export function checkedBody(request: ApiRequest, resource: ServedResource, context: WriteContext): { ok: true; value: Draft } | Refusal {
  const body = bodyOf(request);
  if (!body.ok) return body;
  const { apiVersion, kind } = body.value;
  if (kind !== undefined && (kind !== resource.kind || (apiVersion !== undefined && apiVersion !== resource.apiVersion))) {
    return badRequest(`${kind} in version ${JSON.stringify(String(apiVersion).split('/').at(-1))} cannot be handled as a ${resource.kind}: no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)} in scheme`);
  }
  return typed(request, resource, body.value, context);
}

/** Reads an object as its type: wrong types are refused, unknown fields treated as `fieldValidation` asks. */
export function typed(request: ApiRequest, resource: ServedResource, object: Draft, context: WriteContext): { ok: true; value: Draft } | Refusal {
  const typeName = typeOfKind(resource.apiVersion, resource.kind);
  if (!typeName && !resource.custom) return { ok: true, value: cloneJson(object) };
  const decoded = resource.custom ? decodeCustom(object, resource.custom.schema) : decode(object, typeName!);
  const cannot = `${resource.kind} in version ${JSON.stringify(resource.version)} cannot be handled as a ${resource.kind}: `;
  if ('problem' in decoded) return badRequest(cannot + decoded.problem);
  const unknown = decoded.unknownFields.map(field => `unknown field ${JSON.stringify(field)}`);
  const validation = queryValue(request, 'fieldValidation') ?? 'Warn';
  if (unknown.length > 0 && validation === 'Strict') return badRequest(`${cannot}strict decoding error: ${unknown.join(', ')}`);
  if (validation !== 'Ignore') context.warnings.push(...unknown);
  return { ok: true, value: inStoredVersion(resource.declaration.apiVersion, resource.apiVersion, resource.kind, decoded.value) };
}

/** A patch as sent, read from text where need be. */
export function patchOf(request: ApiRequest): { readonly ok: true; readonly value: unknown } | Refusal {
  return typeof request.body === 'string' ? readText(request.body) : { ok: true, value: request.body };
}

/** `DeleteOptions` from the body, or from the query. */
export function deleteOptionsOf(request: ApiRequest): DeleteOptions {
  const body = deleteBody(request);
  const grace = body?.gracePeriodSeconds ?? queryValue(request, 'gracePeriodSeconds');
  const policy = body?.propagationPolicy ?? queryValue(request, 'propagationPolicy');
  return {
    ...(grace !== undefined && grace !== null && { gracePeriodSeconds: Number(grace) }),
    ...(policy === undefined && body?.orphanDependents === true && { propagationPolicy: 'Orphan' as const }),
    ...(policy && { propagationPolicy: policy as DeleteOptions['propagationPolicy'] }),
    ...(isObject(body?.preconditions) && { preconditions: body.preconditions }),
    ...(Array.isArray(body?.dryRun) && body.dryRun.includes('All') && { dryRun: true }),
  };
}

/** The options as sent, unchecked. */
export function deleteBody({ body }: ApiRequest): Draft {
  const read = typeof body === 'string' && body !== '' ? readText(body) : { ok: true as const, value: body };
  return read.ok && isObject(read.value) ? read.value : {};
}
