/** What is going on with node groups, in one line each. */
import type { Node } from 'kubernetes-types/core/v1.d.ts';
import type { NodegroupFact } from '../../hosts/protocol.ts';
import { awsFacts, get, type Snapshot } from '../snapshot.ts';
import type { Tone } from '../theme/status.ts';
import { plural } from '../words.ts';

export interface GroupNews { readonly group: string; readonly words: string; readonly tone: Tone }

/** Groups that are changing, that failed to, or that EKS calls unhealthy; the calm ones say nothing. */
export function groupNews(snapshot: Snapshot): GroupNews[] {
  return awsFacts(snapshot, 'nodegroup').flatMap((group): GroupNews[] => {
    const { id, status, update, issues } = group;
    if (update?.status === 'Failed') return [{ group: id, words: `update failed: ${update.error?.split(':')[0] ?? 'unknown'}, ${sides(group)}`, tone: 'bad' }];
    if (update?.status === 'InProgress' && update.type === 'VersionUpdate') return [{ group: id, words: `updating: ${phaseOf(snapshot, group)}, ${sides(group)}`, tone: 'wait' }];
    if (issues[0]) return [{ group: id, words: `${status}: ${issues[0].code}`, tone: 'bad' }];
    return status === 'ACTIVE' ? [] : [{ group: id, words: status, tone: status.includes('FAILED') || status === 'DEGRADED' ? 'bad' : 'wait' }];
  });
}

const sides = ({ members }: NodegroupFact): string => `${members.filter(({ current }) => !current).length} old, ${members.filter(({ current }) => current).length} new`;

/** What an update is doing, read off its Auto Scaling group and the nodes: EKS itself says no more than InProgress. */
export function phaseOf(snapshot: Snapshot, { members, desired, groupDesired }: NodegroupFact): string {
  const machines = snapshot.aws.get('machine');
  const nodeOf = (id: string): Node | undefined => {
    const machine = machines?.get(id);
    return machine?.kind === 'machine' ? get<Node>(snapshot, 'Node', undefined, machine.node) : undefined;
  };
  const old = members.filter(({ current }) => !current);
  const leaving = old.filter(({ lifecycle }) => lifecycle.startsWith('Terminating')).length;
  if (old.length > 0) {
    const aside = old.filter(({ id }) => nodeOf(id)?.spec?.unschedulable).length;
    return aside + leaving > 0 ? `emptying old machines, ${plural(old.length, 'left', 'left')}` : `adding machines, ${groupDesired - desired} more than it keeps`;
  }
  return groupDesired > desired ? 'removing the extra machines' : 'under way';
}
