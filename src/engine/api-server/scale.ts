/** The scale subresource: replicas of anything that has them, seen as one kind. */
import { parseJsonPath } from '../apimachinery/json-path.ts';
import { cloneJson, isObject, type Draft } from '../apimachinery/json.ts';
import { formatSelector } from '../apimachinery/label-selector.ts';
import type { KubeObject } from '../apimachinery/object.ts';
import type { ServedResource } from './resources.ts';

/** An object as an `autoscaling/v1` Scale. */
export function readScale(resource: ServedResource, object: KubeObject): Draft {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const metadata = { name, namespace, uid, resourceVersion, creationTimestamp };
  const custom = resource.custom?.scale;
  if (custom) {
    const at = (path: string | undefined): unknown => (path ? parseJsonPath(path)?.(object)[0] : undefined);
    const replicas = at(custom.specReplicasPath);
    const selector = at(custom.labelSelectorPath);
    return {
      kind: 'Scale', apiVersion: 'autoscaling/v1', metadata, spec: replicas ? { replicas } : {},
      status: { replicas: at(custom.statusReplicasPath) ?? 0, ...(typeof selector === 'string' && selector !== '' && { selector }) },
    };
  }
  const spec = object.spec as Draft;
  const status = object.status as Draft | undefined;
  const selector = spec.selector === undefined ? '' : formatSelector(spec.selector.matchLabels || spec.selector.matchExpressions ? spec.selector : { matchLabels: spec.selector });
  return {
    kind: 'Scale', apiVersion: 'autoscaling/v1', metadata,
    spec: spec.replicas ? { replicas: spec.replicas } : {},
    status: { replicas: status?.replicas ?? 0, ...(selector !== '' && selector !== '<none>' && { selector }) },
  };
}

/** The object with the replicas of a Scale; carries its resourceVersion as a precondition. */
export function withScale(resource: ServedResource, object: KubeObject, scale: Draft): Draft {
  const metadata = { ...object.metadata, resourceVersion: scale.metadata?.resourceVersion ?? object.metadata.resourceVersion };
  const replicas: number = scale.spec?.replicas ?? 0;
  const custom = resource.custom?.scale;
  if (!custom) return { ...object, metadata, spec: { ...(object.spec as Draft), replicas } };
  const after: Draft = { ...cloneJson(object as Draft), metadata };
  const names = custom.specReplicasPath.split('.').slice(1);
  let place = after;
  for (const name of names.slice(0, -1)) place = isObject(place[name]) ? place[name] : place[name] = {};
  place[names.at(-1)!] = replicas;
  return after;
}
