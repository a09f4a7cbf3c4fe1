/** What the files of the API server share; assembled in api-server.ts. */
import type { ObjectKey, KubeObject } from '../apimachinery/object.ts';
import type { Result } from '../apimachinery/status.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { AuditEntry, NodeConnections } from './contract.ts';
import type { OpenApi } from './openapi.ts';
import type { Ownership } from './ownership.ts';
import type { PodOperations } from './pod-operations.ts';
import type { Resources, ServedResource } from './resources.ts';
import type { Store } from './store.ts';
import type { WriteContext, Writer } from './writer.ts';

export interface ServerParts {
  readonly kernel: Kernel;
  readonly store: Store;
  readonly resources: Resources;
  readonly writer: Writer;
  readonly pods: PodOperations;
  readonly ownership: Ownership;
  readonly openapi: OpenApi;
  readonly audit: AuditEntry[];
  /** The document at `/version`. */
  version: Readonly<Record<string, string>>;
  /** The kubelets, once there are any. */
  nodes: NodeConnections | undefined;
  readonly apply: (resource: ServedResource, key: ObjectKey, patch: unknown, subresource: string, force: boolean, context: WriteContext) => Result<KubeObject>;
}
