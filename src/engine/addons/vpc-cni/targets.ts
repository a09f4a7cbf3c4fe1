/** What ipamd wants: pure rules over its pool and settings. Source: pkg/ipamd/ipamd.go, pkg/ipamd/datastore/data_store.go. */
import { PREFIX } from '../../facts/ec2.ts';
import type { AddressPool, PoolInterface } from './pool.ts';
import { usesIpTargets, type IpamdSettings } from './settings.ts';

/** What bounds a node. */
export interface PoolLimits {
  /** Interfaces the instance type (or MAX_ENI) allows. */
  readonly interfaces: number;
  /** Slots of an interface besides its primary address. */
  readonly slotsPerInterface: number;
  /** The node's `pods` capacity. */
  readonly maxPods: number;
}

const perInterface = (settings: IpamdSettings, limits: PoolLimits): number => limits.slotsPerInterface * (settings.prefixDelegation ? PREFIX.size : 1);
const blocks = (addresses: number): number => Math.ceil(addresses / PREFIX.size);

/** Addresses (or prefixes, in prefix mode) missing from and beyond the IP targets. */
export function targetState(pool: AddressPool, settings: IpamdSettings): { readonly short: number; readonly over: number } | undefined {
  if (!usesIpTargets(settings)) return undefined;
  const { warmIpTarget, minimumIpTarget } = settings;
  const { available, totalAddresses: total, assignedAddresses: assigned } = pool;
  const short = Math.max(warmIpTarget - available, minimumIpTarget - total, 0);
  if (settings.prefixDelegation) {
    const prefixes = pool.interfaces.flatMap(entry => entry.blocks).filter(block => block.isPrefix).length;
    const over = Math.min(pool.freePrefixes(), prefixes - blocks(assigned + warmIpTarget), prefixes - blocks(minimumIpTarget));
    return { short: blocks(short), over: Math.max(over, 0) };
  }
  return { short, over: Math.max(Math.min(available - warmIpTarget, total - minimumIpTarget), 0) };
}

export interface PoolVerdict { readonly low: boolean; /** The log's line. */ readonly line?: string }

export function isPoolLow(pool: AddressPool, settings: IpamdSettings, limits: PoolLimits): PoolVerdict {
  if (pool.totalAddresses >= limits.maxPods) return { low: false };
  const state = targetState(pool, settings);
  if (state) return { low: state.short > 0, line: `IP pool is too low for Network Card 0: short of ${state.short} to reach the IP targets` };
  const { available } = pool;
  const each = perInterface(settings, limits);
  if (settings.prefixDelegation) {
    const wanted = PREFIX.size * settings.warmPrefixTarget;
    return { low: available < wanted, line: `IP pool is too low for Network Card 0: available (${available}) < prefix target (${settings.warmPrefixTarget}) * IPs per prefix (${PREFIX.size})` };
  }
  const low = available < each * settings.warmEniTarget || (settings.warmEniTarget === 0 && available === 0);
  return { low, line: `IP pool is too low for Network Card 0: available (${available}) < ENI target (${settings.warmEniTarget}) * addrsPerENI (${each})` };
}

/** How many addresses (prefixes) to ask for on an interface that has room for `room`. */
export function wantedOn(room: number, pool: AddressPool, settings: IpamdSettings, limits: PoolLimits): number {
  const state = targetState(pool, settings);
  if (settings.prefixDelegation) {
    const missing = state ? state.short : Math.max(settings.warmPrefixTarget - pool.freePrefixes(), 0);
    return Math.min(room, Math.max(missing, 1));
  }
  return Math.min(room, state ? state.short : limits.slotsPerInterface);
}

/** Interfaces with room, in the order of their device index; with custom networking the primary one carries no pods. */
export function withRoom(pool: AddressPool, settings: IpamdSettings, limits: PoolLimits): { readonly owner: PoolInterface; readonly room: number }[] {
  return pool.interfaces.filter(owner => !(settings.customNetworking && owner.isPrimary))
    .map(owner => ({ owner, room: limits.slotsPerInterface - owner.blocks.length })).filter(({ room }) => room > 0);
}

/** Blocks to give back: beyond the IP targets, or free prefixes beyond WARM_PREFIX_TARGET. */
export function excess(pool: AddressPool, settings: IpamdSettings): number {
  const state = targetState(pool, settings);
  if (state) return state.over;
  return settings.prefixDelegation && settings.warmPrefixTarget > 0 ? Math.max(pool.freePrefixes() - settings.warmPrefixTarget, 0) : 0;
}

/** Whether it is worth looking for an interface to give back. */
export function mayDropInterface(pool: AddressPool, settings: IpamdSettings, limits: PoolLimits): boolean {
  if (usesIpTargets(settings)) return true;
  const target = (settings.prefixDelegation ? settings.warmPrefixTarget : settings.warmEniTarget) + 1;
  if (pool.available >= target * perInterface(settings, limits)) return true;
  return settings.prefixDelegation && pool.interfaces.some(owner => !owner.isPrimary && !pool.hasPods(owner) && pool.freePrefixes(owner) >= settings.warmPrefixTarget);
}

/** Whether the targets could do without an interface that no pod uses. */
export function isDispensable(owner: PoolInterface, pool: AddressPool, settings: IpamdSettings): boolean {
  if (owner.isPrimary || pool.hasPods(owner)) return false;
  const { prefixDelegation, warmIpTarget, minimumIpTarget, warmPrefixTarget } = settings;
  let free = 0;
  let total = 0;
  for (const other of pool.interfaces) {
    if (other === owner) continue;
    for (const block of other.blocks) {
      if (block.isPrefix !== prefixDelegation) continue;
      total += block.slots.length;
      free += block.slots.filter(slot => slot.owner === undefined).length;
    }
  }
  const rounded = (target: number): number => (prefixDelegation ? blocks(target) * PREFIX.size : target);
  if (warmIpTarget > 0 && free < rounded(warmIpTarget)) return false;
  if (minimumIpTarget > 0 && total < rounded(minimumIpTarget)) return false;
  return !(prefixDelegation && warmPrefixTarget > 0 && !usesIpTargets(settings) && pool.freePrefixes(owner) < warmPrefixTarget);
}
