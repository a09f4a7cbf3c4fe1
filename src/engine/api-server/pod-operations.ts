/** Binding and eviction: what one does to a pod besides changing it. */
import type { Draft } from '../apimachinery/json.ts';
import { labelSelectorMatches, type Labels } from '../apimachinery/label-selector.ts';
import type { ObjectKey } from '../apimachinery/object.ts';
import { refuse, type Result, type Status } from '../apimachinery/status.ts';
import { rfc3339 } from '../kernel/calendar.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { DeleteOptions } from './contract.ts';
import { conflict, invalidError, notFoundError, tooManyRequests } from './refusals.ts';
import type { Resources } from './resources.ts';
import type { Store } from './store.ts';
import type { WriteContext, Writer } from './writer.ts';
import { required } from '../apimachinery/field-problem.ts';

/** A Status that says it went well. */
export const success = (code: number): Status => ({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code });

export class PodOperations {
  constructor(
    private readonly kernel: Kernel, private readonly store: Store, private readonly resources: Resources, private readonly writer: Writer,
  ) {}

  /** Sets `spec.nodeName` once, and the PodScheduled condition with it. */
  bind(key: ObjectKey, target: Draft | undefined, context: WriteContext): Result<Status> {
    const resource = this.resources.ofKind('Pod');
    if (!target?.name) return invalidError('', 'Binding', key.name, [required('target.name')]);
    const pod = this.store.collection('/pods').get(key.namespace, key.name) as Draft | undefined;
    if (!pod) return notFoundError('', 'pods', key.name);
    if (pod.metadata.deletionTimestamp) return conflict('', 'pods/binding', key.name, `pod ${key.name} is being deleted, cannot be assigned to a host`);
    if (pod.spec.nodeName) return conflict('', 'pods/binding', key.name, `pod ${key.name} is already assigned to node "${pod.spec.nodeName}"`);
    if (pod.spec.schedulingGates?.length) return conflict('', 'pods/binding', key.name, `pod ${key.name} has non-empty .spec.schedulingGates`);
    const condition = { type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime: rfc3339(this.kernel.nowMs) };
    const draft: Draft = {
      ...pod, spec: { ...pod.spec, nodeName: target.name },
      status: { ...pod.status, conditions: withCondition(pod.status?.conditions, condition) },
    };
    const result = this.writer.update(resource, key.namespace, key.name, draft, 'binding', context);
    return result.ok ? { ok: true, value: success(201) } : result;
  }

  /** Deletes a pod if every disruption budget over it allows. */
  evict(key: ObjectKey, options: DeleteOptions, context: WriteContext): Result<Status> {
    const resource = this.resources.ofKind('Pod');
    const pod = this.store.collection('/pods').get(key.namespace, key.name) as Draft | undefined;
    if (!pod) return notFoundError('', 'pods', key.name);
    const { phase } = pod.status ?? {};
    if (!pod.metadata.deletionTimestamp && phase !== 'Pending' && phase !== 'Succeeded' && phase !== 'Failed') {
      const refusal = this.spendBudget(key, pod, context);
      if (refusal) return refusal;
    }
    if (!context.dryRun && !pod.metadata.deletionTimestamp) {
      const condition = {
        type: 'DisruptionTarget', status: 'True', lastProbeTime: null, lastTransitionTime: rfc3339(this.kernel.nowMs),
        reason: 'EvictionByEvictionAPI', message: 'Eviction API: evicting',
      };
      const draft = { ...pod, status: { ...pod.status, conditions: withCondition(pod.status?.conditions, condition) } };
      this.writer.update(resource, key.namespace, key.name, draft, 'status', context);
    }
    const result = this.writer.delete(resource, key.namespace, key.name, options, context);
    return result.ok ? { ok: true, value: success(201) } : result;
  }

  private spendBudget(key: ObjectKey, pod: Draft, context: WriteContext): Extract<Result<Status>, { ok: false }> | undefined {
    const budgets = this.store.collection('policy/poddisruptionbudgets').list(key.namespace)
      .filter(each => labelSelectorMatches((each.spec as Draft | undefined)?.selector, pod.metadata.labels as Labels)) as readonly Draft[];
    if (budgets.length > 1) {
      return refuse(500, 'InternalError', 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.');
    }
    const budget = budgets[0];
    if (!budget) return undefined;
    const status: Draft = budget.status ?? {};
    const isReady = (pod.status?.conditions ?? []).some((each: Draft) => each.type === 'Ready' && each.status === 'True');
    if (!isReady) {
      if (budget.spec.unhealthyPodEvictionPolicy === 'AlwaysAllow') return undefined;
      if (status.currentHealthy >= status.desiredHealthy && status.desiredHealthy > 0) return undefined;
    }
    if ((status.observedGeneration ?? 0) < budget.metadata.generation) {
      return tooManyRequests("Cannot evict pod as it would violate the pod's disruption budget.", 10,
        [{ reason: 'DisruptionBudget', message: `The disruption budget ${budget.metadata.name} is still being processed by the server.` }]);
    }
    if (!(status.disruptionsAllowed > 0)) {
      const { name } = budget.metadata;
      const condition = (status.conditions ?? []).find((each: Draft) => each.type === 'DisruptionAllowed');
      const why = condition?.reason === 'SyncFailed' ? `The disruption budget ${name} does not allow evicting pods currently because it failed sync: ${condition.message}`
        : (status.currentHealthy ?? 0) <= (status.desiredHealthy ?? 0) ? `The disruption budget ${name} needs ${status.desiredHealthy ?? 0} healthy pods and has ${status.currentHealthy ?? 0} currently`
          : `The disruption budget ${name} does not allow evicting pods currently`;
      return tooManyRequests("Cannot evict pod as it would violate the pod's disruption budget.", 0, [{ reason: 'DisruptionBudget', message: why }]);
    }
    if (context.dryRun) return undefined;
    const disruptionsAllowed = status.disruptionsAllowed - 1;
    const disruptedPods = { ...status.disruptedPods, [key.name]: rfc3339(this.kernel.nowMs) };
    const spent = { type: 'DisruptionAllowed', status: 'False', reason: 'InsufficientPods', message: '', observedGeneration: budget.metadata.generation, lastTransitionTime: rfc3339(this.kernel.nowMs) };
    this.writer.update(this.resources.ofKind('PodDisruptionBudget'), key.namespace, budget.metadata.name,
      { ...budget, status: { ...status, disruptionsAllowed, disruptedPods, ...(disruptionsAllowed === 0 && { conditions: withCondition(status.conditions, spent) }) } }, 'status', context);
    return undefined;
  }
}

/** Replaces the condition of the same type, or adds it. */
function withCondition(conditions: readonly Draft[] | undefined, condition: Draft): Draft[] {
  const others = (conditions ?? []).filter(each => each.type !== condition.type);
  return [...others, condition];
}
