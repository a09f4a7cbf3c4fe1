/** Who belongs to whom: what stays bright when one object is pointed at. */
import type { Service } from 'kubernetes-types/core/v1.d.ts';
import type { KubeObject } from '../../engine/apimachinery/object.ts';
import { fits, getSlug, list, ownerOf, slugOf, type Slug, type Snapshot } from '../snapshot.ts';

/** The object, its owners up to the top, its siblings, what it owns, its node or its pods, and the Services in front of it. */
export function related(snapshot: Snapshot, slug: Slug): ReadonlySet<Slug> {
  const found = new Set<Slug>([slug]);
  const start = getSlug(snapshot, slug);
  if (!start) return found;
  for (let at: KubeObject | undefined = start; at; at = ownerObject(snapshot, at)) found.add(slugOf(at));
  const pods = list<{ spec?: { nodeName?: string } }>(snapshot, 'Pod');
  const uids = new Set([start.metadata.uid]);
  for (const kind of ['ReplicaSet', 'Job', 'Pod']) {
    for (const object of list(snapshot, kind)) {
      if (object.metadata.ownerReferences?.some(owner => uids.has(owner.uid))) {
        found.add(slugOf(object));
        uids.add(object.metadata.uid);
      }
    }
  }
  // Pods of one owner are one thing to whoever looks.
  const owner = ownerOf(start);
  if (start.kind === 'Pod' && owner) for (const pod of pods) if (ownerOf(pod)?.uid === owner.uid) found.add(slugOf(pod));
  const node = (start as { spec?: { nodeName?: string } }).spec?.nodeName;
  if (start.kind === 'Pod' && node) found.add(`Node//${node}`);
  if (start.kind === 'Node') for (const pod of pods) if (pod.spec?.nodeName === start.metadata.name) found.add(slugOf(pod));
  for (const service of list<Service>(snapshot, 'Service')) {
    const behind = pods.filter(pod => pod.metadata.namespace === service.metadata.namespace && fits(service.spec?.selector, pod.metadata.labels));
    if (slugOf(service) === slug) for (const pod of behind) found.add(slugOf(pod));
    else if (start.kind === 'Pod' && behind.some(pod => slugOf(pod) === slug)) found.add(slugOf(service));
  }
  return found;
}

export function ownerObject(snapshot: Snapshot, object: KubeObject): KubeObject | undefined {
  const owner = ownerOf(object);
  if (!owner) return undefined;
  const namespace = object.metadata.namespace ?? '';
  return getSlug(snapshot, `${owner.kind}/${namespace}/${owner.name}`) ?? getSlug(snapshot, `${owner.kind}//${owner.name}`);
}
