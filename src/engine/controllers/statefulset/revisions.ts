import type { ControllerRevision, StatefulSet } from 'kubernetes-types/apps/v1.d.ts';
import type { PodTemplateSpec } from 'kubernetes-types/core/v1.d.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { labelSelectorMatches } from '../../apimachinery/label-selector.ts';
import { podTemplateHash, sameTemplate } from '../deployment/template-hash.ts';
import { keyOf, type Action, type View } from '../framework.ts';

export type StoredStatefulSet = StatefulSet & KubeObject;
export type StoredRevision = ControllerRevision & KubeObject;

/** One template the pods of a set can be made from. `name` is the value of their `controller-revision-hash`. */
export interface Revision {
  readonly name: string;
  readonly template: PodTemplateSpec;
}

export interface Revisions {
  /** What pods below the partition, and pods not yet updated, are made from. */
  readonly current: Revision;
  /** What `spec.template` says now. */
  readonly update: Revision;
  readonly changes: readonly Action[];
}

/**
 * Finds or makes the ControllerRevisions of a set. A template that was seen before becomes the newest revision again (a
 * rollback); history nobody uses is cut to `revisionHistoryLimit`. Source: pkg/controller/{history,statefulset}.
 *
 * @param inUse names of revisions that existing pods carry
 */
export function revisionsOf(set: StoredStatefulSet, view: View, inUse: ReadonlySet<string>): Revisions {
  const known = listRevisions(set, view);
  const template = set.spec!.template;
  const changes: Action[] = known.filter(revision => !revision.metadata.ownerReferences?.some(reference => reference.controller))
    .map(revision => ({ do: 'patch', kind: 'ControllerRevision', key: keyOf(revision), type: 'strategic', patch: { metadata: { uid: revision.metadata.uid, ownerReferences: [ownedBySet(set)] } } }));
  const next = (known.at(-1)?.revision ?? 0) + 1;
  const equal = known.filter(revision => sameTemplate(templateOf(revision), template)).at(-1);
  let update: Revision;
  if (equal) {
    update = { name: equal.metadata.name, template };
    if (equal !== known.at(-1)) changes.push({ do: 'patch', kind: 'ControllerRevision', key: keyOf(equal), type: 'merge', patch: { revision: next } });
  } else {
    const object = newRevision(set, next);
    update = { name: object.metadata.name, template };
    changes.push({ do: 'create', object });
  }
  const stored = known.find(revision => revision.metadata.name === set.status?.currentRevision);
  const current = stored ? { name: stored.metadata.name, template: templateOf(stored) } : update;
  const idle = known.filter(revision => revision.metadata.name !== current.name && revision.metadata.name !== update.name && !inUse.has(revision.metadata.name));
  const surplus = Math.max(0, idle.length - (set.spec?.revisionHistoryLimit ?? 10));
  for (const revision of idle.slice(0, surplus)) changes.push({ do: 'delete', kind: 'ControllerRevision', key: keyOf(revision) });
  return { current, update, changes };
}

export function ownedBySet(set: StoredStatefulSet) {
  return { apiVersion: 'apps/v1', kind: 'StatefulSet', name: set.metadata.name, uid: set.metadata.uid, controller: true, blockOwnerDeletion: true };
}

/** The set's own revisions and those without an owner that its selector matches, oldest first. */
function listRevisions(set: StoredStatefulSet, view: View): StoredRevision[] {
  return view.list<StoredRevision>('ControllerRevision', { namespace: set.metadata.namespace })
    .filter(revision => {
      const owner = revision.metadata.ownerReferences?.find(reference => reference.controller);
      return owner ? owner.uid === set.metadata.uid : labelSelectorMatches(set.spec!.selector, revision.metadata.labels);
    })
    .sort((a, b) => a.revision - b.revision || a.metadata.creationTimestamp.localeCompare(b.metadata.creationTimestamp) || a.metadata.name.localeCompare(b.metadata.name));
}

/** A revision holds a strategic merge patch that puts the template back. */
function newRevision(set: StoredStatefulSet, revision: number) {
  const hash = podTemplateHash(set.spec!.template, set.status?.collisionCount);
  return {
    apiVersion: 'apps/v1', kind: 'ControllerRevision', revision,
    metadata: {
      name: `${set.metadata.name}-${hash}`, namespace: set.metadata.namespace,
      labels: { ...set.spec!.template.metadata?.labels, 'controller.kubernetes.io/hash': hash },
      ...(set.metadata.annotations && { annotations: set.metadata.annotations }),
      ownerReferences: [ownedBySet(set)],
    },
    data: { spec: { template: { ...set.spec!.template, $patch: 'replace' } } },
  };
}

function templateOf(revision: StoredRevision): PodTemplateSpec {
  const { $patch: _, ...template } = (revision.data as unknown as { spec: { template: PodTemplateSpec & { $patch?: string } } }).spec.template;
  return template;
}
