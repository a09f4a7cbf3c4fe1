/** The scale subresource: replicas of anything that has them, seen as one kind. */
import type { Draft } from '../apimachinery/json.ts';
import { formatSelector } from '../apimachinery/label-selector.ts';
import type { KubeObject } from '../apimachinery/object.ts';

/** An object as an `autoscaling/v1` Scale. */
export function readScale(object: KubeObject): Draft {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const spec = object.spec as Draft;
  const status = object.status as Draft | undefined;
  const selector = spec.selector === undefined ? '' : formatSelector(spec.selector.matchLabels || spec.selector.matchExpressions ? spec.selector : { matchLabels: spec.selector });
  return {
    kind: 'Scale', apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: spec.replicas ? { replicas: spec.replicas } : {},
    status: { replicas: status?.replicas ?? 0, ...(selector !== '' && selector !== '<none>' && { selector }) },
  };
}

/** The object with the replicas of a Scale; carries its resourceVersion as a precondition. */
export function withScale(object: KubeObject, scale: Draft): Draft {
  return {
    ...object, metadata: { ...object.metadata, resourceVersion: scale.metadata?.resourceVersion ?? object.metadata.resourceVersion },
    spec: { ...(object.spec as Draft), replicas: scale.spec?.replicas ?? 0 },
  };
}
