/** The arithmetic of a managed node group update. Source: user guide, "managed node update behavior"; the scale-back after a failure is assumed. */
import { NODE_UPDATE } from '../../facts/eks.ts';
import type { UpdateConfig } from './contract.ts';

/** How many nodes may be away at once, of a group of `size`. */
export function unavailableAtOnce(config: UpdateConfig, size: number): number {
  const { maxUnavailable, maxUnavailablePercentage } = config;
  const wanted = maxUnavailablePercentage !== undefined ? Math.max(1, Math.floor(size * maxUnavailablePercentage / 100)) : maxUnavailable ?? 1;
  return Math.min(NODE_UPDATE.maxUnavailableLimit, wanted);
}

/**
 * By how many machines the group grows before the first old one goes.
 *
 * @param left machines above the wanted size that an earlier attempt left behind
 */
export function surgeOf(zones: number, atOnce: number, left: number): number {
  return Math.max(0, Math.max(2 * zones, atOnce) - left);
}

export interface SurgeNode { readonly instanceId: string; readonly zone: string; readonly pods: number }

/**
 * Which new machines go after a failed update: those beyond the first of each zone, the emptiest first, so that the next
 * attempt finds one everywhere; never below `floor` machines in all.
 */
export function surplusAfterFailure(fresh: readonly SurgeNode[], total: number, floor: number): string[] {
  const perZone = new Map<string, SurgeNode[]>();
  for (const node of fresh) perZone.set(node.zone, [...perZone.get(node.zone) ?? [], node]);
  const beyond = [...perZone.values()].flatMap(nodes => [...nodes].sort((a, b) => b.pods - a.pods).slice(1));
  return beyond.sort((a, b) => a.pods - b.pods).slice(0, Math.max(0, total - floor)).map(({ instanceId }) => instanceId);
}
