import type { Job, PodFailurePolicyOnExitCodesRequirement } from 'kubernetes-types/batch/v1.d.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import type { StoredPod } from '../pods.ts';
import { INDEX_FAILURES, parseIndexes } from './indexes.ts';

export type StoredJob = Job & KubeObject;

/** What a pod failure means for the Job. */
export interface FailureRuling {
  readonly action: 'FailJob' | 'FailIndex' | 'Ignore' | 'Count';
  readonly message: string;
}

/** The first rule that matches a failed pod decides; none: it counts. Source: pkg/controller/job/pod_failure_policy.go. */
export function rulingFor(job: Job, pod: StoredPod): FailureRuling {
  const rules = job.spec?.podFailurePolicy?.rules ?? [];
  const where = `pod ${pod.metadata.namespace}/${pod.metadata.name}`;
  for (const [index, { action, onExitCodes, onPodConditions }] of rules.entries()) {
    if (onExitCodes) {
      const found = exitCodeMatch(pod, onExitCodes);
      if (found) return { action: action as FailureRuling['action'], message: `Container ${found.name} for ${where} failed with exit code ${found.exitCode} matching ${action} rule at index ${index}` };
    } else {
      const found = onPodConditions?.find(wanted => pod.status?.conditions?.some(condition => condition.type === wanted.type && condition.status === (wanted.status ?? 'True')));
      if (found) return { action: action as FailureRuling['action'], message: `Pod ${pod.metadata.namespace}/${pod.metadata.name} has condition ${found.type} matching ${action} rule at index ${index}` };
    }
  }
  return { action: 'Count', message: '' };
}

function exitCodeMatch(pod: StoredPod, { containerName, operator, values }: PodFailurePolicyOnExitCodesRequirement) {
  for (const { name, state } of [...pod.status?.containerStatuses ?? [], ...pod.status?.initContainerStatuses ?? []]) {
    const exitCode = state?.terminated?.exitCode;
    if (exitCode === undefined || exitCode === 0 || (containerName !== undefined && containerName !== name)) continue;
    if (values.includes(exitCode) === (operator === 'In')) return { name, exitCode };
  }
  return undefined;
}

/** The success rule that the finished indexes fulfil, in upstream's words. */
export function successRuleMet(job: Job, completed: ReadonlySet<number>): string | undefined {
  for (const [index, { succeededIndexes, succeededCount }] of (job.spec?.successPolicy?.rules ?? []).entries()) {
    const wanted = succeededIndexes === undefined ? undefined : parseIndexes(succeededIndexes);
    const hit = wanted ? [...wanted].filter(each => completed.has(each)).length : completed.size;
    if (hit >= (succeededCount ?? wanted?.size ?? Number.POSITIVE_INFINITY)) return `Matched rules at index ${index}`;
  }
  return undefined;
}

/** How often the index of this pod had failed before it. */
export const earlierFailures = (pod: StoredPod): number => Number(pod.metadata.annotations?.[INDEX_FAILURES] ?? 0);
