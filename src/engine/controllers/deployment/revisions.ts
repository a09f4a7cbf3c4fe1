import type { Deployment, ReplicaSet } from 'kubernetes-types/apps/v1.d.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { rolloutLimits } from './rolling-update.ts';
import { podTemplateHash } from './template-hash.ts';

export const REVISION = 'deployment.kubernetes.io/revision';

/** Annotations of a Deployment that do not go down to its ReplicaSets (deployment_util.go `annotationsToSkip`). */
const NOT_COPIED = new Set([
  'kubectl.kubernetes.io/last-applied-configuration', REVISION, 'deployment.kubernetes.io/revision-history',
  'deployment.kubernetes.io/desired-replicas', 'deployment.kubernetes.io/max-replicas', 'deprecated.deployment.rollback.to',
]);

export function revisionOf(replicaSet: ReplicaSet): number {
  return Number(replicaSet.metadata?.annotations?.[REVISION] ?? 0);
}

/** What a ReplicaSet was last sized for; proportional scaling reads it. */
export function sizeAnnotations(deployment: Deployment): Record<string, string> {
  const replicas = deployment.spec?.replicas ?? 1;
  return {
    'deployment.kubernetes.io/desired-replicas': String(replicas),
    'deployment.kubernetes.io/max-replicas': String(replicas + rolloutLimits(deployment).maxSurge),
  };
}

/** The ReplicaSet for the template as it is now, with the next revision. */
export function newReplicaSet(deployment: Deployment & KubeObject, all: readonly ReplicaSet[]) {
  const hash = podTemplateHash(deployment.spec!.template, deployment.status?.collisionCount);
  const { name, namespace, uid } = deployment.metadata;
  const template = deployment.spec!.template;
  const labels = { ...template.metadata?.labels, 'pod-template-hash': hash };
  const copied = Object.entries(deployment.metadata.annotations ?? {}).filter(([key]) => !NOT_COPIED.has(key));
  const annotations: Record<string, string> = {
    ...Object.fromEntries(copied), ...sizeAnnotations(deployment),
    [REVISION]: String(Math.max(0, ...all.map(revisionOf)) + 1),
  };
  const { selector, minReadySeconds } = deployment.spec!;
  return {
    apiVersion: 'apps/v1', kind: 'ReplicaSet',
    metadata: {
      name: `${name}-${hash}`, namespace, labels, annotations,
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'Deployment', name, uid, controller: true, blockOwnerDeletion: true }],
    },
    spec: {
      ...(minReadySeconds && { minReadySeconds }),
      selector: { ...selector, matchLabels: { ...selector.matchLabels, 'pod-template-hash': hash } },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  };
}
