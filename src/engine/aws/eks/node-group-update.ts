import { NODE_UPDATE, TEXT } from '../../facts/eks.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import type { AutoScaling } from '../autoscaling/auto-scaling.ts';
import { isLeaving, staying } from '../autoscaling/balance.ts';
import type { AutoScalingGroup, Member } from '../autoscaling/contract.ts';
import type { EksUpdate, Nodegroup } from './contract.ts';
import { isNodeReady, type Drain, type NodeManager } from './in-cluster.ts';
import type { GroupHand } from './group-hand.ts';
import { surgeOf, surplusAfterFailure, unavailableAtOnce } from './surge.ts';

export type UpdateEnd = { readonly ok: true } | { readonly ok: false; readonly error: EksUpdate['errors'][number] };

export interface UpdateParts {
  readonly kernel: Kernel;
  readonly autoScaling: AutoScaling;
  readonly hand: GroupHand;
  readonly manager: NodeManager;
  /** The node group as it stands. */
  readonly nodegroup: () => Nodegroup;
  /** The launch template version of the target; made in the setup phase. */
  readonly prepareTemplate: () => number;
  readonly force: boolean;
  readonly done: (end: UpdateEnd) => void;
}

export type UpdatePhase = 'setup' | 'scale-up' | 'upgrade' | 'scale-down' | 'ended';

/**
 * One managed node group update: setup, scale up, upgrade, scale down (or, with MINIMAL, the upgrade alone, machines going before
 * others come). Source: user guide, "managed node update behavior". A failure leaves old and new nodes side by side; the next
 * update goes on from there.
 */
export class NodeGroupUpdate {
  phase: UpdatePhase = 'setup';
  private target = 0;
  /** Machines beyond the surge, for zones that got none of it. */
  private extra = 0;
  private phaseSinceMs: number;
  /** Old machines in work: instance id → its drain. */
  private readonly inWork = new Map<string, Drain | undefined>();

  constructor(private readonly parts: UpdateParts) {
    this.phaseSinceMs = parts.kernel.nowMs;
    parts.kernel.after(NODE_UPDATE.setupMs, 'eks/update-setup', this.name, () => this.setUp());
  }

  private get name(): string {
    return this.parts.nodegroup().name;
  }

  private get group(): AutoScalingGroup {
    return this.parts.autoScaling.groups.get(this.parts.nodegroup().groupName)!;
  }

  private get minimal(): boolean {
    return this.parts.nodegroup().updateConfig.updateStrategy === 'MINIMAL';
  }

  private get old(): readonly Member[] {
    return staying(this.group).filter(member => member.launchTemplateVersion !== this.target);
  }

  private get fresh(): readonly Member[] {
    return staying(this.group).filter(member => member.launchTemplateVersion === this.target);
  }

  private enter(phase: UpdatePhase): void {
    this.phase = phase;
    this.phaseSinceMs = this.parts.kernel.nowMs;
    this.parts.kernel.trace.record(`eks node group ${this.name} update: ${phase}`);
  }

  private look(): void {
    this.parts.kernel.after(NODE_UPDATE.lookMs, 'eks/update', this.name, () => {
      if (this.phase === 'scale-up') this.awaitSurge();
      else if (this.phase === 'upgrade') this.upgrade();
      else if (this.phase === 'scale-down') this.scaleDown();
    });
  }

  private setUp(): void {
    const { hand, nodegroup } = this.parts;
    this.target = this.parts.prepareTemplate();
    hand.useTemplate(this.group, this.target);
    if (this.minimal) {
      this.enter('upgrade');
      this.upgrade();
      return;
    }
    const { group } = this;
    const zones = this.old.length === 0 ? 0 : this.parts.autoScaling.zonesOf(group).length;
    const { desiredSize } = nodegroup().scaling;
    const surge = zones === 0 ? 0 : surgeOf(zones, unavailableAtOnce(nodegroup().updateConfig, desiredSize), Math.max(0, group.desired - desiredSize));
    hand.resize(group, { max: Math.max(group.max, group.desired + surge), desired: group.desired + surge });
    this.enter('scale-up');
    this.look();
  }

  private awaitSurge(): void {
    const { kernel, manager } = this.parts;
    const nodes = manager.nodesByInstance();
    const { old, fresh } = this;
    const waitedMs = kernel.nowMs - this.phaseSinceMs;
    const unready = fresh.filter(({ instanceId }) => !isNodeReady(nodes.get(instanceId)));
    const covered = old.every(({ zone }) => fresh.some(each => each.zone === zone && isNodeReady(nodes.get(each.instanceId))));
    const complete = staying(this.group).length >= this.group.desired;
    // A surge cut short by a refusal of EC2 is enough as long as every zone got a machine.
    if (covered && unready.length === 0 && (complete || waitedMs >= NODE_UPDATE.creationLimitMs / 4)) {
      for (const { instanceId } of old) {
        const node = nodes.get(instanceId);
        if (node) manager.setAside(node.metadata.name, true);
      }
      this.enter('upgrade');
      this.upgrade();
      return;
    }
    // A group with most of its machines in one zone fills up the others first: it grows until every zone has had its turn.
    if (!covered && complete && unready.length === 0 && this.extra < old.length) {
      const missing = new Set(old.map(({ zone }) => zone).filter(zone => !fresh.some(each => each.zone === zone))).size;
      this.extra += missing;
      this.parts.hand.resize(this.group, { max: Math.max(this.group.max, this.group.desired + missing), desired: this.group.desired + missing });
    }
    if (waitedMs >= NODE_UPDATE.creationLimitMs) {
      this.fail({ errorCode: 'NodeCreationFailure', errorMessage: TEXT.creationFailed, resourceIds: unready.length > 0 ? unready.map(({ instanceId }) => instanceId) : [this.group.name] }, new Set());
      return;
    }
    this.look();
  }

  private upgrade(): void {
    if (this.phase !== 'upgrade') return;
    const { kernel, manager, nodegroup } = this.parts;
    const nodes = manager.nodesByInstance();
    const waiting = this.old.filter(({ instanceId }) => !this.inWork.has(instanceId));
    let room = unavailableAtOnce(nodegroup().updateConfig, nodegroup().scaling.desiredSize) - this.inWork.size;
    // Without a surge, whoever went has to be back before the next one goes.
    if (this.minimal) room -= Math.max(0, this.group.desired - staying(this.group).length) + this.fresh.filter(({ instanceId }) => !isNodeReady(nodes.get(instanceId))).length;
    const creationMs = kernel.nowMs - this.phaseSinceMs;
    for (; room > 0 && waiting.length > 0; room -= 1) {
      const [chosen] = waiting.splice(kernel.random.below(waiting.length), 1);
      this.retire(chosen!.instanceId, nodes.get(chosen!.instanceId)?.metadata.name);
      this.phaseSinceMs = kernel.nowMs;
      if (this.phase !== 'upgrade') return;
    }
    if (waiting.length === 0 && this.inWork.size === 0 && !this.group.members.some(member => isLeaving(member) && member.launchTemplateVersion !== this.target)) {
      if (!this.minimal || this.fresh.every(({ instanceId }) => isNodeReady(nodes.get(instanceId))) && this.fresh.length >= this.group.desired) {
        this.enter('scale-down');
        this.scaleDown();
        return;
      }
    }
    if (this.minimal && this.inWork.size === 0 && creationMs >= NODE_UPDATE.creationLimitMs) {
      const missing = this.fresh.filter(({ instanceId }) => !isNodeReady(nodes.get(instanceId))).map(({ instanceId }) => instanceId);
      this.fail({ errorCode: 'NodeCreationFailure', errorMessage: TEXT.creationFailed, resourceIds: missing.length > 0 ? missing : [this.group.name] }, new Set());
      return;
    }
    this.look();
  }

  /** Drains one old node, lets load balancers forget it, and ends its machine. */
  private retire(instanceId: string, nodeName: string | undefined): void {
    const { kernel, manager, force, nodegroup } = this.parts;
    if (nodeName === undefined) {
      this.parts.hand.terminate(instanceId, !this.minimal && this.group.desired > nodegroup().scaling.desiredSize);
      return;
    }
    this.inWork.set(instanceId, undefined);
    manager.setAside(nodeName, true);
    const drain = manager.drain(nodeName, { limitMs: NODE_UPDATE.drainLimitMs, force }, ({ outcome, left }) => {
      if (outcome === 'timed-out') {
        this.fail({ errorCode: 'PodEvictionFailure', errorMessage: TEXT.evictionFailed(this.name), resourceIds: [nodeName, ...left] }, new Set([nodeName]));
        return;
      }
      manager.cordon(nodeName);
      kernel.after(NODE_UPDATE.settleMs, 'eks/update-terminate', nodeName, () => {
        if (this.phase !== 'upgrade') return;
        this.inWork.delete(instanceId);
        this.parts.hand.terminate(instanceId, !this.minimal && this.group.desired > nodegroup().scaling.desiredSize);
      });
    });
    if (this.inWork.has(instanceId)) this.inWork.set(instanceId, drain);
  }

  /** Back to the wanted size, one machine at a time; the group chooses which, and each is drained as at any scale-in. */
  private scaleDown(): void {
    const { hand, nodegroup } = this.parts;
    const { minSize, maxSize, desiredSize } = nodegroup().scaling;
    const { group } = this;
    if (group.members.some(isLeaving)) {
      this.look();
      return;
    }
    if (group.desired > desiredSize) {
      hand.resize(group, { desired: group.desired - 1, max: Math.max(maxSize, group.desired - 1) });
      this.look();
      return;
    }
    if (group.max !== maxSize || group.min !== minSize) hand.resize(group, { min: minSize, max: maxSize });
    if (staying(group).length > group.desired) {
      this.look();
      return;
    }
    this.enter('ended');
    this.parts.done({ ok: true });
  }

  /** What was set aside and not reached takes pods again; the node that would not empty stays cordoned; surplus machines go. */
  private fail(error: EksUpdate['errors'][number], stuck: ReadonlySet<string>): void {
    const { manager, hand, nodegroup } = this.parts;
    this.enter('ended');
    for (const drain of this.inWork.values()) drain?.stop();
    const nodes = manager.nodesByInstance();
    for (const { instanceId } of this.old) {
      const node = nodes.get(instanceId);
      if (node?.spec?.unschedulable && !stuck.has(node.metadata.name)) manager.setAside(node.metadata.name, false);
    }
    const { maxSize, desiredSize } = nodegroup().scaling;
    const here = staying(this.group);
    const fresh = this.fresh.map(({ instanceId, zone }) => {
      const node = nodes.get(instanceId);
      return { instanceId, zone, pods: node ? manager.podsToMove(node.metadata.name).length : -1 };
    });
    const surplus = this.minimal ? [] : surplusAfterFailure(fresh, here.length, desiredSize);
    const desired = Math.max(desiredSize, here.length - surplus.length);
    hand.resize(this.group, { desired: desired + surplus.length, max: Math.max(maxSize, desired + surplus.length) });
    for (const instanceId of surplus) hand.terminate(instanceId, true);
    hand.resize(this.group, { max: Math.max(maxSize, desired) });
    this.parts.done({ ok: false, error });
  }
}
