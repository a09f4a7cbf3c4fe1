import type { Rejection } from './framework.ts';
import { NOT_HELPFUL, type PreemptionResult } from './preemption.ts';

/** What a refused pod's message is made of beside the nodes' reasons. */
export interface FitErrorOptions {
  readonly minor: number;
  /** A reason that is about the pod alone: no node was looked at. */
  readonly wholePod?: string;
  readonly preemption?: PreemptionResult;
}

/**
 * The text of a FailedScheduling event. Source: pkg/scheduler/framework/types.go `FitError`, preemption.go; recorded for v1.35.
 *
 * Reasons are counted and sorted as strings, the count first, so `10 …` comes before `2 …` as upstream prints it.
 */
export function fitErrorMessage(nodeCount: number, rejections: readonly Rejection[], options: FitErrorOptions): string {
  if (nodeCount === 0) return 'no nodes available to schedule pods';
  const { wholePod, preemption } = options;
  const reasons = wholePod ?? countReasons(rejections.flatMap(rejection => rejection.reasons));
  const head = `0/${nodeCount} nodes are available: ${reasons}.`;
  return preemption?.kind === 'nominated' ? head : `${head} ${postFilterMessage(nodeCount, options)}`;
}

function postFilterMessage(nodeCount: number, { minor, wholePod, preemption }: FitErrorOptions): string {
  if (wholePod && minor >= 35) return 'not found';
  // DynamicResources' own PostFilter speaks first from v1.34 on.
  const prefix = `${minor >= 34 ? 'no new claims to deallocate, ' : ''}preemption: `;
  if (preemption?.kind === 'ineligible') return prefix + preemption.why;
  const outcomes = wholePod || !preemption || preemption.kind !== 'useless' ? Array.from({ length: nodeCount }, () => NOT_HELPFUL) : preemption.outcomes;
  return `${prefix}0/${nodeCount} nodes are available: ${countReasons(outcomes)}.`;
}

function countReasons(reasons: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts].map(([reason, count]) => `${count} ${reason}`).sort((a, b) => (a < b ? -1 : 1)).join(', ');
}
