import type { Client, Reader } from '../../engine/api-server/contract.ts';
import { strategicMerge } from '../../engine/api-server/strategic-merge.ts';
import { typeOfKind } from '../../engine/api-server/schema.ts';
import { cloneJson, type Draft } from '../../engine/apimachinery/json.ts';
import { assert } from '../../engine/kernel/assert.ts';

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** One release of a Deployment: a change of its manifest with the reason for it, applied the way the pipeline applies. */
export interface Release {
  /** `namespace/name` */
  readonly deployment: string;
  /** Shown by `kubectl rollout history`. */
  readonly because: string;
  /** A strategic merge patch. */
  readonly with: Draft;
}

/** The manifest that was applied last is changed too, so that a later `kubectl apply` finds what it expects. */
export function rollOut({ deployment, because, with: change }: Release, client: Client, reader: Reader): void {
  const [namespace = '', name = ''] = deployment.split('/');
  const before = reader.get('Deployment', namespace, name);
  assert(before, `there is no deployment ${deployment} to release`);
  const patch: Draft = { ...change, metadata: { ...change.metadata, annotations: { ...change.metadata?.annotations, 'kubernetes.io/change-cause': because } } };
  const applied = JSON.parse(before.metadata.annotations?.[LAST_APPLIED] ?? '{}') as Draft;
  const next = strategicMerge(applied, cloneJson(patch), { r: typeOfKind('apps/v1', 'Deployment')! });
  const noted: Draft = { ...patch, metadata: { ...patch.metadata, annotations: { ...patch.metadata.annotations, [LAST_APPLIED]: `${JSON.stringify(next)}\n` } } };
  const done = client.patch('Deployment', { namespace, name }, 'strategic', noted, { fieldManager: 'kubectl-client-side-apply' });
  assert(done.ok, done.ok ? '' : `release of ${deployment}: ${done.status.message}`);
}
