/** Replays recordings of a real API server against ours, and says where the two differ. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { createApiServer, type RunningApiServer } from '../../src/engine/api-server/api-server.ts';
import type { ApiRequest, ApiResponse } from '../../src/engine/api-server/contract.ts';
import { Kernel } from '../../src/engine/kernel/kernel.ts';

// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Json = any;

const DIR = join(import.meta.dirname, '../../recorded/api');
const text = (name: string): string => gunzipSync(readFileSync(join(DIR, `${name}.gz`))).toString('utf8');

export const casesOf = (name: string): Json[] => text(`${name}.jsonl`).trim().split('\n').map(line => JSON.parse(line) as Json);
export const documentOf = (name: string): Json => JSON.parse(text(`${name}.json`)) as Json;

const PATCH_TYPES: Record<string, string> = {
  merge: 'application/merge-patch+json', json: 'application/json-patch+json', strategic: 'application/strategic-merge-patch+json', apply: 'application/apply-patch+yaml',
};

/** Sends a recorded request. */
export function send(api: RunningApiServer, request: Json): ApiResponse {
  const headers: Record<string, string> = { 'user-agent': 'recorder' };
  for (const [key, value] of Object.entries<string>(request.headers ?? {})) headers[key.toLowerCase()] = value;
  if (request.type) headers['content-type'] = PATCH_TYPES[request.type] ?? request.type;
  if (request.accept) headers['accept'] = request.accept;
  const user = request.as ? { name: request.as.user, groups: request.as.groups ?? [] } : { name: 'admin', groups: ['system:masters', 'system:authenticated'] };
  return api.handle({ method: (request.method ?? 'GET') as ApiRequest['method'], path: request.path, query: request.query, headers, body: request.raw ?? request.body, user });
}

/** A server with what the recordings assume to exist. */
export function recordingServer(kernel = new Kernel({ seed: 1 })): RunningApiServer {
  const api = createApiServer({ kernel });
  const make = (path: string, body: object): void => { send(api, { method: 'POST', path, body }); };
  for (const name of ['rec', 'proto2', 'cells']) make('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  for (const name of ['rec', 'proto2', 'default']) make(`/api/v1/namespaces/${name}/serviceaccounts`, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } });
  const priorities = '/apis/scheduling.k8s.io/v1/priorityclasses';
  make(priorities, { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name: 'rec-fixed' }, value: 5000 });
  make(priorities, { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name: 'rec-nopreempt' }, value: 6000, preemptionPolicy: 'Never' });
  make('/apis/node.k8s.io/v1/runtimeclasses', {
    apiVersion: 'node.k8s.io/v1', kind: 'RuntimeClass', metadata: { name: 'rec-rt' }, handler: 'runsc', overhead: { podFixed: { cpu: '10m', memory: '20Mi' } },
    scheduling: { nodeSelector: { sandbox: 'yes' }, tolerations: [{ key: 'sandbox', operator: 'Exists' }] },
  });
  return api;
}

/** Members whose values are drawn by chance. */
const DRAWN = new Set(['clusterIP', 'clusterIPs', 'nodePort', 'healthCheckNodePort', 'resourceVersion', 'description', 'remainingItemCount']);

/** An object without what cannot be the same on two servers. */
export function normal(value: Json, key = ''): Json {
  if (Array.isArray(value)) {
    // The recorded cluster published one more certificate than Kubernetes does.
    const items = key === 'sources' ? value.filter(each => each?.configMap?.name !== 'openshift-service-ca.crt') : value;
    return DRAWN.has(key) ? '<drawn>' : items.map(each => normal(each));
  }
  if (typeof value === 'object' && value !== null) {
    const result: Json = {};
    for (const name of Object.keys(value).sort()) if (name !== 'managedFields' && name !== 'continue') result[name] = normal(value[name], name);
    return result;
  }
  if (DRAWN.has(key)) return '<drawn>';
  if (typeof value !== 'string') return value;
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value)) return '<uid>';
  if (/^202[5-9]-\d\d-\d\dT[\d:.]+Z$/.test(value)) return '<time>';
  return value.replaceAll(/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, '<uid>').replaceAll(/kube-api-access-[a-z0-9]{5}/g, 'kube-api-access-<tail>').replaceAll(/\b(gen-|job-)[bcdfghjklmnpqrstvwxz2456789]{5}\b/g, '$1<tail>');
}

/** How an answer differs from the recorded one; empty when it does not. */
export function difference(want: Json, got: ApiResponse): string {
  const body = got.body as Json;
  if (want.code !== got.code) return `code ${got.code} instead of ${want.code}: ${body?.message ?? ''}`;
  if (want.object) return firstDifference(normal(want.object), normal(body), '');
  if (want.message !== undefined && normal(want.message) !== normal(body?.message)) return `other words: ${normal(body?.message)} INSTEAD OF ${normal(want.message)}`;
  return '';
}

function firstDifference(want: Json, got: Json, path: string): string {
  if (JSON.stringify(want) === JSON.stringify(got)) return '';
  const isPair = typeof want === 'object' && typeof got === 'object' && want !== null && got !== null && Array.isArray(want) === Array.isArray(got);
  if (!isPair) return `${path} is ${JSON.stringify(got)} instead of ${JSON.stringify(want)}`;
  for (const key of new Set([...Object.keys(want), ...Object.keys(got)])) {
    const found = firstDifference(want[key], got[key], `${path}.${key}`);
    if (found) return found;
  }
  return '';
}

/** Ids of the known differences of a file. */
export function knownDifferences(file: string): Set<string> {
  const all = JSON.parse(readFileSync(join(DIR, 'known-differences.json'), 'utf8')) as Record<string, Record<string, string[]>>;
  return new Set(Object.values(all[file] ?? {}).flat());
}
