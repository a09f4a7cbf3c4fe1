/** `metrics.k8s.io`: what the nodes last measured. */
import type { Draft } from '../apimachinery/json.ts';
import { parseSelector, selectorMatches, type Labels } from '../apimachinery/label-selector.ts';
import { rfc3339 } from '../kernel/calendar.ts';
import type { KubeObject } from '../apimachinery/object.ts';
import type { ApiRequest, ApiResponse } from './contract.ts';
import { answer, queryValue, refusalAnswer } from './answers.ts';
import { badRequest, notFoundError, resourceNotFound } from './refusals.ts';
import type { RequestInfo } from './request-info.ts';
import type { ServerParts } from './server-parts.ts';

const GROUP = 'metrics.k8s.io';
const VERSION = `${GROUP}/v1beta1`;

const usage = (cpuMillis: number, memoryBytes: number): Draft => ({ cpu: `${Math.round(cpuMillis * 1e6)}n`, memory: `${Math.ceil(memoryBytes / 1024)}Ki` });

export function serveMetrics(parts: ServerParts, request: ApiRequest, info: RequestInfo): ApiResponse {
  const isPods = info.resource === 'pods';
  if (info.version !== 'v1beta1' || (!isPods && info.resource !== 'nodes') || (info.verb !== 'get' && info.verb !== 'list')) return refusalAnswer(resourceNotFound());
  const measure = isPods ? podMetrics : nodeMetrics;
  const collection = parts.store.collection(isPods ? '/pods' : '/nodes');
  if (info.verb === 'get') {
    const object = collection.get(isPods ? info.namespace : '', info.name);
    const metrics = object && measure(parts, object);
    return metrics ? answer(200, metrics) : refusalAnswer(notFoundError(GROUP, info.resource, isPods ? `${info.namespace}/${info.name}` : info.name));
  }
  const selector = parseSelector(queryValue(request, 'labelSelector') ?? '');
  if (typeof selector === 'string') return refusalAnswer(badRequest(selector));
  const items = collection.list(info.namespace || undefined)
    .filter(object => selectorMatches(selector, object.metadata.labels as Labels | undefined))
    .map(object => measure(parts, object)).filter(metrics => metrics !== undefined);
  return answer(200, { kind: isPods ? 'PodMetricsList' : 'NodeMetricsList', apiVersion: VERSION, metadata: {}, items });
}

function header(parts: ServerParts, kind: string, object: KubeObject): Draft {
  const { name, namespace, labels } = object.metadata;
  const now = rfc3339(parts.kernel.nowMs);
  return { kind, apiVersion: VERSION, metadata: { name, ...(namespace && { namespace }), creationTimestamp: now, ...(labels && { labels }) }, timestamp: now, window: '15s' };
}

function podMetrics(parts: ServerParts, pod: KubeObject): Draft | undefined {
  const measured = parts.nodes?.podMetrics(pod);
  if (!measured) return undefined;
  return { ...header(parts, 'PodMetrics', pod), containers: measured.map(each => ({ name: each.container, usage: usage(each.cpuMillis, each.memoryBytes) })) };
}

function nodeMetrics(parts: ServerParts, node: KubeObject): Draft | undefined {
  const measured = parts.nodes?.nodeMetrics(node.metadata.name);
  return measured && { ...header(parts, 'NodeMetrics', node), usage: usage(measured.cpuMillis, measured.memoryBytes) };
}
