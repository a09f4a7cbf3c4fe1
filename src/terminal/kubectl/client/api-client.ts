/** Requests as client-go makes them: credentials from the kubeconfig, warnings to standard error, refusals thrown. */
import type { ApiResponse } from '../../../engine/api-server/contract.ts';
import { calendarOf } from '../../../engine/kernel/calendar.ts';
import type { Task } from '../../../engine/kernel/task.ts';
import type { KubeObject } from '../../../engine/apimachinery/object.ts';
import type { Status } from '../../../engine/apimachinery/status.ts';
import type { SystemProcess } from '../../../engine/userland/contract.ts';
import type { Transport, TransportRequest } from '../../contract.ts';
import { ApiFailure, ConnectionFailure } from './failure.ts';
import type { ResourceType } from './discovery.ts';

export interface Connection {
  readonly server: string;
  readonly credentials: TransportRequest['credentials'];
  /** `impersonate-*` and the user agent. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface SendOptions {
  readonly query?: Readonly<Record<string, string | readonly string[]>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export type PatchKind = 'json' | 'merge' | 'strategic' | 'apply';
const PATCH_TYPES: Readonly<Record<PatchKind, string>> = {
  json: 'application/json-patch+json', merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json', apply: 'application/apply-patch+yaml',
};

export type Json = Record<string, unknown>;
export type AnyObject = KubeObject & Json;

/** An API server as one kubectl run sees it. */
export class ApiClient {
  private readonly warned = new Set<string>();
  /** Warnings the server sent during this run. */
  warningCount = 0;

  constructor(
    private readonly transport: Transport,
    readonly connection: Connection,
    private readonly process: SystemProcess,
  ) {}

  /** @throws ApiFailure for a refusal, ConnectionFailure when nobody answers */
  *send(method: TransportRequest['method'], path: string, options: SendOptions = {}): Task<ApiResponse> {
    const { server, credentials, headers } = this.connection;
    const response = yield* this.transport.send({
      method, path, server, credentials,
      ...(options.query && { query: options.query }),
      headers: {
        accept: 'application/json', ...(options.body !== undefined && { 'content-type': 'application/json' }), ...headers, ...options.headers,
      },
      ...(options.body !== undefined && { body: options.body }),
    });
    if ('failure' in response) {
      const host = server.replace(/^https?:\/\//, '').replace(/\/.*$/, '');
      if (response.failure === 'refused') {
        throw new ConnectionFailure(`The connection to the server ${host} was refused - did you specify the right host or port?`);
      }
      throw new ConnectionFailure(`Unable to connect to the server: ${response.message}`);
    }
    yield* this.showWarnings(response.headers.warning ?? '');
    if (response.code >= 400) throw new ApiFailure(statusOf(response, method));
    return response;
  }

  *json<T = AnyObject>(method: TransportRequest['method'], path: string, options?: SendOptions): Task<T> {
    return (yield* this.send(method, path, options)).body as T;
  }

  /** `undefined` when there is no such object. */
  *find(type: ResourceType, namespace: string, name: string): Task<AnyObject | undefined> {
    try {
      return yield* this.json('GET', pathOf(type, namespace, name));
    } catch (failure) {
      if (failure instanceof ApiFailure && failure.status.code === 404) return undefined;
      throw failure;
    }
  }

  *get(type: ResourceType, namespace: string, name: string): Task<AnyObject> {
    return yield* this.json('GET', pathOf(type, namespace, name));
  }

  /** Items of a list, with `apiVersion` and `kind` filled in as kubectl does. */
  *list(type: ResourceType, namespace: string, query: Record<string, string> = {}): Task<AnyObject[]> {
    let list: { items?: AnyObject[] };
    try {
      list = yield* this.json('GET', pathOf(type, namespace), { query: { limit: '500', ...query } });
    } catch (failure) {
      throw listFailure(failure, type, query);
    }
    return (list.items ?? []).map(item => ({ ...item, apiVersion: apiVersionOf(type), kind: type.kind }));
  }

  *create(type: ResourceType, namespace: string, object: unknown, query: Record<string, string> = {}): Task<AnyObject> {
    return yield* this.json('POST', pathOf(type, namespace), { body: object, query });
  }

  *replace(type: ResourceType, namespace: string, name: string, object: unknown, query: Record<string, string> = {}): Task<AnyObject> {
    return yield* this.json('PUT', pathOf(type, namespace, name), { body: object, query });
  }

  *patch(
    type: ResourceType, namespace: string, name: string, kind: PatchKind, patch: unknown,
    query: Record<string, string> = {}, subresource = '',
  ): Task<AnyObject> {
    return yield* this.json('PATCH', pathOf(type, namespace, name, subresource), {
      body: patch, query, headers: { 'content-type': PATCH_TYPES[kind] },
    });
  }

  *delete(type: ResourceType, namespace: string, name: string, body: unknown, query: Record<string, string> = {}): Task<AnyObject> {
    return yield* this.json('DELETE', pathOf(type, namespace, name), { body, query });
  }

  /** One line in klog's form, as client-go logs its own troubles. */
  *log(level: 'E' | 'W' | 'I', source: string, text: string): Task<void> {
    const t = calendarOf(this.process.kernel.nowMs);
    const two = (value: number): string => String(value).padStart(2, '0');
    const stamp = `${two(t.month)}${two(t.day)} ${two(t.hour)}:${two(t.minute)}:${two(t.second)}.${String(t.millisecond * 1000).padStart(6, '0')}`;
    yield* this.process.write(2, `${level}${stamp} ${String(this.process.pid).padStart(7)} ${source}] ${text}\n`);
  }

  /** A warning of kubectl's own, in the form of the server's. */
  *warn(text: string): Task<void> {
    this.warningCount += 1;
    yield* this.process.write(2, `Warning: ${text}\n`);
  }

  private *showWarnings(header: string): Task<void> {
    for (const match of header.matchAll(/299 \S+ "((?:[^"\\]|\\.)*)"/g)) {
      const text = match[1]!.replace(/\\(.)/g, '$1');
      this.warningCount += 1;
      if (this.warned.has(text)) continue;
      this.warned.add(text);
      yield* this.process.write(2, `Warning: ${text}\n`);
    }
  }
}

/** A Status for any refusal, also one that did not come as a Status. */
function statusOf(response: ApiResponse, method: string): Status {
  const body = response.body as Partial<Status> | undefined;
  if (body && typeof body === 'object' && body.kind === 'Status') return body as Status;
  const text = typeof response.body === 'string' ? response.body : '';
  if (response.code === 404) {
    return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', reason: 'NotFound', message: 'the server could not find the requested resource', code: 404 };
  }
  return {
    kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', code: response.code,
    message: text || `an error on the server has prevented the request from succeeding (${method.toLowerCase()})`, reason: 'InternalError',
  };
}

export function apiVersionOf(type: { group: string; version: string }): string {
  return type.group === '' ? type.version : `${type.group}/${type.version}`;
}

/** `/apis/apps/v1/namespaces/shop/deployments/web/scale`; an empty namespace means all of them. */
export function pathOf(type: ResourceType, namespace: string, name = '', subresource = ''): string {
  const root = type.group === '' ? `/api/${type.version}` : `/apis/${type.group}/${type.version}`;
  const scope = type.namespaced && namespace !== '' ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  const tail = name === '' ? '' : `/${encodeURIComponent(name)}`;
  return `${root}${scope}/${type.plural}${tail}${subresource === '' ? '' : `/${subresource}`}`;
}

/** A refused list says what was looked for, as cli-runtime's visitor adds it. */
export function listFailure(failure: unknown, type: ResourceType, query: Record<string, string>): unknown {
  if (!(failure instanceof ApiFailure) || !['BadRequest', 'NotFound'].includes(failure.status.reason ?? '')) return failure;
  const resource = JSON.stringify(`${type.group}/${type.version}, Resource=${type.plural}`);
  const { labelSelector = '', fieldSelector = '' } = query;
  const message = labelSelector === '' && fieldSelector === '' ? `Unable to list ${resource}: ${failure.status.message ?? ''}`
    : `Unable to find ${resource} that match label selector ${JSON.stringify(labelSelector)}, field selector ${JSON.stringify(fieldSelector)}: ${failure.status.message ?? ''}`;
  return new ApiFailure({ ...failure.status, message });
}
