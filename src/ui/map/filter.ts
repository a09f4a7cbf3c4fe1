/** Step 2 of the map: which pods get a chip of their own. Trouble is never folded away. */
import type { MapModel, PodMark } from './model.ts';

export interface Filter {
  /** Empty: all namespaces. */
  readonly namespace: string;
}

export interface FilteredModel extends MapModel {
  /** Pods that are only counted: one-per-node pods, and pods of other namespaces. */
  readonly folded: ReadonlySet<string>;
}

export function filter(model: MapModel, { namespace }: Filter): FilteredModel {
  const folded = new Set<string>();
  for (const pod of model.pods) {
    if (isTrouble(pod)) continue;
    if (pod.daemon || !inView(pod, namespace)) folded.add(pod.uid);
  }
  return { ...model, folded };
}

/** System pods stay in view: they carry the cluster whatever one looks at. */
function inView(pod: PodMark, namespace: string): boolean {
  return namespace === '' || pod.namespace === namespace || pod.namespace === 'kube-system';
}

export function isTrouble(pod: PodMark): boolean {
  return pod.look.tone === 'bad' || pod.look.tone === 'warn';
}
