/** The API server: the only writer of the cluster. */
import type { Kernel } from '../kernel/kernel.ts';
import { Admission, type AdmissionPlugin } from './admission/admission.ts';
import { workloadPolicies, type WorkloadPolicies } from './admission/workload-policies.ts';
import { admissionPlugins } from './admission/plugins.ts';
import type { ApiServer, AuditEntry, NodeConnections } from './contract.ts';
import { Definitions } from './custom-resources/definitions.ts';
import { bootstrap } from './bootstrap.ts';
import { handleRequest } from './http-door.ts';
import { OpenApi, type SchemaTexts } from './openapi.ts';
import { Ownership } from './ownership.ts';
import { PodOperations } from './pod-operations.ts';
import { createReader } from './reader.ts';
import { recordedVersion, Resources, type AddedKind } from './resources.ts';
import type { ServerParts } from './server-parts.ts';
import { Store } from './store.ts';
import { createClient } from './typed-client.ts';
import { Writer } from './writer.ts';
import { serverSideApply } from './server-side-apply.ts';

export interface ApiServerOptions {
  readonly kernel: Kernel;
  /** `1.34.x` or `1.35.x`; default 1.35.6. */
  readonly version?: string;
  readonly nodes?: NodeConnections;
  /** Default `cluster.local`. */
  readonly clusterDomain?: string;
  /** See facts/inert-kinds.ts; none by default. */
  readonly inertKinds?: ReadonlyMap<string, string>;
  /** Where cluster addresses are drawn from; default `172.20.0.0/16`. */
  readonly serviceCidr?: string;
  /** Field texts for `kubectl explain`; asked when the first OpenAPI document is, so that they can be loaded late. */
  readonly schemaTexts?: () => SchemaTexts | undefined;
  /** Whether to begin with the namespaces, priority classes and the Service every cluster has; default true. */
  readonly bootstrap?: boolean;
  /** The organisation's own rules for workloads; none by default. */
  readonly policies?: WorkloadPolicies;
  /** Webhooks of add-ons; they see an object before the organisation's rules do. */
  readonly webhooks?: readonly AdmissionPlugin[];
}

export interface RunningApiServer extends ApiServer {
  /** Wires logs, exec and metrics, once there are kubelets. */
  connectNodes(nodes: NodeConnections): void;
  /** Serves a kind that an add-on brings. */
  serve(kind: AddedKind): void;
  /** Gives OpenAPI documents their texts; `load` is asked when the next document is. */
  provideSchemaTexts(load: () => SchemaTexts | undefined): void;
  /** Namespaced kinds that can be deleted, one entry for each storage: what a namespace may hold. */
  namespacedKinds(): readonly { readonly kind: string; readonly resource: string }[];
  /** The servers were replaced by others of this version: `1.35.6`. What is stored and served stays. */
  upgrade(version: string): void;
}

export function createApiServer(options: ApiServerOptions): RunningApiServer {
  const { kernel } = options;
  const store = new Store(kernel);
  const resources = new Resources();
  const ownership = new Ownership();
  const admission = new Admission(
    { kernel, store, options: { serviceCidr: options.serviceCidr ?? '172.20.0.0/16', clusterDomain: options.clusterDomain ?? 'cluster.local' } },
    withWebhooks([...options.webhooks ?? [], ...options.policies ? [workloadPolicies(options.policies)] : []]),
  );
  const writer = new Writer(kernel, store, admission, ownership, options.inertKinds ?? new Map());
  const pods = new PodOperations(kernel, store, resources, writer);
  const audit: AuditEntry[] = [];
  let { schemaTexts } = options;
  const parts: ServerParts = {
    kernel, store, resources, writer, pods, ownership, audit, openapi: new OpenApi(resources, () => schemaTexts?.()), nodes: options.nodes,
    version: versionDocument(options.version ?? '1.35.6'),
    apply: (resource, key, patch, subresource, force, context) => serverSideApply(parts, resource, key, patch, subresource, force, context),
  };
  writer.definitions = new Definitions(kernel, store, resources, writer, () => parts.openapi);
  if (options.nodes) resources.addMetrics();
  if (options.bootstrap !== false) {
    const [first = ''] = (options.serviceCidr ?? '172.20.0.0/16').split('/');
    bootstrap(createClient(parts, { name: 'system:apiserver', groups: ['system:masters'] }), first.replace(/\d+$/, last => String(Number(last) + 1)));
  }
  return {
    handle: request => handleRequest(parts, request),
    as: user => createClient(parts, user),
    reader: createReader(store, resources),
    onChange: listener => store.onChange(listener),
    audit,
    provideSchemaTexts(load) {
      schemaTexts = load;
      parts.openapi.forget();
    },
    serve: kind => resources.addKind(kind),
    connectNodes(nodes) {
      parts.nodes = nodes;
      resources.addMetrics();
    },
    namespacedKinds: () => namespacedKinds(resources),
    upgrade(version) { parts.version = versionDocument(version); },
  };
}

/** Webhooks are asked before quotas are, which come last of all. */
function withWebhooks(webhooks: readonly AdmissionPlugin[]): readonly AdmissionPlugin[] {
  const last = admissionPlugins.at(-1)!;
  return [...admissionPlugins.slice(0, -1), ...webhooks, last];
}

function namespacedKinds(resources: Resources): { kind: string; resource: string }[] {
  const seen = new Set<string>();
  return resources.all.flatMap(({ namespaced, verbs, storage, kind, group, name }) => {
    if (!namespaced || !verbs.includes('delete') || seen.has(storage)) return [];
    seen.add(storage);
    return [{ kind: group === '' ? kind : `${kind}.${group}`, resource: `${name}.${group}` }];
  });
}

function versionDocument(version: string): Record<string, string> {
  const [major = '1', minor = '35'] = version.split('.');
  return {
    ...recordedVersion, major, minor, emulationMajor: major, emulationMinor: minor, minCompatibilityMajor: major, minCompatibilityMinor: String(Number(minor) - 1),
    gitVersion: `v${version}`,
  };
}
