import type { Pod } from 'kubernetes-types/core/v1.d.ts';
import type { KubeObject } from '../apimachinery/object.ts';

/** A pod as the API server stores it. */
export type StoredPod = Pod & KubeObject;

/** `orders-7c9d8f6b5-2xkqp_shop(8f1d…)`, as the kubelet names pods in messages. */
export function podLabel(pod: StoredPod): string {
  return `${pod.metadata.name}_${pod.metadata.namespace}(${pod.metadata.uid})`;
}

export function isSidecar(container: object): boolean {
  return (container as { restartPolicy?: string }).restartPolicy === 'Always';
}
