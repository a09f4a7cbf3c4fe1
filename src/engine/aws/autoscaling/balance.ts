/** Which zone a group launches into and which instance it gives up: rules without state. Source: EC2 Auto Scaling user guide, "Availability Zone rebalancing", "termination policies". */
import type { AutoScalingGroup, Member } from './contract.ts';

export const isLeaving = ({ lifecycle }: Member): boolean => lifecycle.startsWith('Terminating');

/** What the group counts against its desired capacity. */
export const staying = ({ members }: AutoScalingGroup): readonly Member[] => members.filter(member => !isLeaving(member));

/**
 * The zone with the fewest instances, in the order of the group's zones; zones in `shunned` only when there is no other.
 *
 * @returns undefined when there are no zones to choose from
 */
export function zoneToGrow(members: readonly Member[], zones: readonly string[], shunned: ReadonlySet<string>): string | undefined {
  const open = zones.filter(zone => !shunned.has(zone));
  const count = (zone: string): number => members.filter(member => member.zone === zone).length;
  return [...open].sort((a, b) => count(a) - count(b) || zones.indexOf(a) - zones.indexOf(b))[0];
}

/**
 * The instance to give up: in the zone with the most instances, of the oldest launch template version, then launched first.
 * The termination policies of managed node groups: AllocationStrategy, OldestLaunchTemplate, OldestInstance.
 *
 * @param launchedAtMs of an instance, virtual ms
 */
export function memberToEnd(members: readonly Member[], launchedAtMs: (instanceId: string) => number): Member | undefined {
  const open = members.filter(member => !member.protectedFromScaleIn);
  const count = (zone: string): number => members.filter(member => member.zone === zone).length;
  const most = Math.max(...open.map(({ zone }) => count(zone)));
  return open.filter(({ zone }) => count(zone) === most)
    .sort((a, b) => a.launchTemplateVersion - b.launchTemplateVersion || launchedAtMs(a.instanceId) - launchedAtMs(b.instanceId) || (a.instanceId < b.instanceId ? -1 : 1))[0];
}
