/** What happens between a request and the store: plugins that complete an object, and plugins that refuse it. */
import type { Draft } from '../../apimachinery/json.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import type { Refusal } from '../../apimachinery/status.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import type { ServedResource } from '../resources.ts';
import type { Store } from '../store.ts';
import type { WriteContext } from '../writer.ts';

/** What a plugin may look at. */
export interface AdmissionWorld {
  readonly kernel: Kernel;
  readonly store: Store;
  readonly options: { readonly serviceCidr: string; readonly clusterDomain: string };
}

export interface AdmissionRequest {
  readonly resource: ServedResource;
  /** For a mutating plugin the object may be changed. */
  readonly object: Draft;
  /** Absent when the object is new. */
  readonly before: KubeObject | undefined;
  readonly context: WriteContext;
}

export interface AdmissionPlugin {
  readonly name: string;
  /** Completes a new or changed object; may refuse. */
  readonly mutate?: (request: AdmissionRequest, world: AdmissionWorld) => Refusal | undefined;
  readonly validate?: (request: AdmissionRequest, world: AdmissionWorld) => Refusal | undefined;
  readonly deleting?: (resource: ServedResource, object: KubeObject, context: WriteContext, world: AdmissionWorld) => Refusal | undefined;
}

/** The plugins of a server, in the order in which they run. */
export class Admission {
  constructor(private readonly world: AdmissionWorld, private readonly plugins: readonly AdmissionPlugin[]) {}

  mutate(resource: ServedResource, object: Draft, before: KubeObject | undefined, context: WriteContext): Refusal | undefined {
    for (const plugin of this.plugins) {
      const refusal = plugin.mutate?.({ resource, object, before, context }, this.world);
      if (refusal) return refusal;
    }
    return undefined;
  }

  validate(resource: ServedResource, object: Draft, before: KubeObject | undefined, context: WriteContext): Refusal | undefined {
    for (const plugin of this.plugins) {
      const refusal = plugin.validate?.({ resource, object, before, context }, this.world);
      if (refusal) return refusal;
    }
    return undefined;
  }

  deleting(resource: ServedResource, object: KubeObject, context: WriteContext): Refusal | undefined {
    for (const plugin of this.plugins) {
      const refusal = plugin.deleting?.(resource, object, context, this.world);
      if (refusal) return refusal;
    }
    return undefined;
  }

  /** After a new object is stored. */
  created(_resource: ServedResource, _object: KubeObject): void {}
}
