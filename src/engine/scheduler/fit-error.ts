import type { Rejection } from './framework.ts';

/**
 * The text of a FailedScheduling event. Source: pkg/scheduler/framework/types.go `FitError`, preemption.go.
 *
 * Reasons are counted and sorted as strings, the count first, so `10 …` comes before `2 …` as upstream prints it.
 */
export function fitErrorMessage(nodeCount: number, rejections: readonly Rejection[], options: { minor: number; preemptionPolicy?: string; wholePod?: string }): string {
  if (nodeCount === 0) return 'no nodes available to schedule pods';
  const head = `0/${nodeCount} nodes are available: `;
  const reasons = options.wholePod ? options.wholePod : countReasons(rejections.flatMap(rejection => rejection.reasons));
  return `${head}${reasons}. ${postFilterMessage(nodeCount, rejections, options)}`;
}

function postFilterMessage(nodeCount: number, rejections: readonly Rejection[], { minor, preemptionPolicy, wholePod }: { minor: number; preemptionPolicy?: string; wholePod?: string }): string {
  // DynamicResources' own PostFilter speaks first from v1.34 on.
  const prefix = minor >= 34 ? 'no new claims to deallocate, ' : '';
  if (preemptionPolicy === 'Never') return `${prefix}preemption: not eligible due to preemptionPolicy=Never.`;
  const outcomes = wholePod
    ? Array.from({ length: nodeCount }, () => 'Preemption is not helpful for scheduling')
    : rejections.map(rejection => (rejection.unresolvable ? 'Preemption is not helpful for scheduling' : 'No preemption victims found for incoming pod'));
  return `${prefix}preemption: 0/${nodeCount} nodes are available: ${countReasons(outcomes)}.`;
}

function countReasons(reasons: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts].map(([reason, count]) => `${count} ${reason}`).sort((a, b) => (a < b ? -1 : 1)).join(', ');
}
