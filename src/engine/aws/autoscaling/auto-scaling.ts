import { ACTIVITIES_MAX, HEALTH_CHECK_MS, LAUNCH_RETRY_MS, RECONCILE_MS, TERMINATION_HOOK_MS, TEXT } from '../../facts/autoscaling.ts';
import { assert } from '../../kernel/assert.ts';
import { rfc3339 } from '../../kernel/calendar.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import type { AwsFoundation } from '../foundation.ts';
import type { Ec2, Instance } from '../ec2/contract.ts';
import { AwsTable } from '../table.ts';
import { memberToEnd, staying, zoneToGrow } from './balance.ts';
import type { Activity, AutoScalingGroup, Member } from './contract.ts';
import { LaunchTemplates } from './launch-templates.ts';

export type NewGroup = Pick<AutoScalingGroup, 'name' | 'launchTemplateId' | 'instanceTypes' | 'capacityType' | 'min' | 'max' | 'desired' | 'subnetIds' | 'tags'>;

/** Why the group is about to act, until it does. */
interface Waiting { cause?: string; failures: number; readonly shunnedUntilMs: Map<string, number>; replacing: number; event?: ReturnType<Kernel['after']>; dueMs: number }

/** Groups that keep a number of instances running, spread over zones. A terminated instance is replaced. */
export class AutoScaling {
  readonly groups: AwsTable<AutoScalingGroup>;
  readonly templates: LaunchTemplates;
  private readonly activityLog: Activity[] = [];
  private readonly waiting = new Map<string, Waiting>();
  private readonly groupOf = new Map<string, string>();
  private readonly hooks: ((groupName: string, instanceId: string) => boolean)[] = [];
  private readonly activityListeners: ((activity: Activity) => void)[] = [];

  constructor(private readonly kernel: Kernel, private readonly foundation: AwsFoundation, private readonly ec2: Ec2) {
    this.groups = new AwsTable(kernel, 'autoscaling/group');
    this.templates = new LaunchTemplates(kernel);
    ec2.instances.onChange(({ after }) => { if (after) this.observe(after); });
  }

  /** A lifecycle hook before termination: true keeps the instance in `Terminating:Wait` until {@link completeTermination}. */
  onTerminating(hook: (groupName: string, instanceId: string) => boolean): void {
    this.hooks.push(hook);
  }

  /** Called with every new or changed activity. */
  onActivity(listener: (activity: Activity) => void): void {
    this.activityListeners.push(listener);
  }

  /** Newest first. */
  activities(groupName?: string): readonly Activity[] {
    return this.activityLog.filter(activity => groupName === undefined || activity.groupName === groupName);
  }

  groupOfInstance(instanceId: string): string | undefined {
    return this.groupOf.get(instanceId);
  }

  create(spec: NewGroup, options: { quiet?: boolean } = {}): AutoScalingGroup {
    const { account, region } = this.foundation;
    const group = this.groups.put(spec.name, {
      ...spec, arn: `arn:aws:autoscaling:${region}:${account}:autoScalingGroup:${this.kernel.random.uuid()}:autoScalingGroupName/${spec.name}`,
      launchTemplateVersion: 1, createdAtMs: this.kernel.nowMs, suspended: [], members: [], deleting: false,
    });
    if (!options.quiet) this.wake(spec.name, TEXT.created(this.now(), spec.desired));
    return group;
  }

  /** For staging: a machine that was always there, at its address. */
  foundMember(groupName: string, zone: string, privateIp: string): Instance {
    const made = this.launchInto(this.groups.get(groupName)!, zone, { privateIp, booted: true });
    assert(made.ok, made.ok ? '' : `${groupName} cannot found ${privateIp}: ${made.error.message}`);
    return made.value;
  }

  /** Changes what the group is; its members follow. `cause` is told in the activities that come of it. */
  update(name: string, change: Partial<Pick<AutoScalingGroup, 'min' | 'max' | 'desired' | 'launchTemplateVersion' | 'subnetIds'>>, kind: 'constraints' | 'desired' = 'constraints'): AutoScalingGroup {
    const before = this.groups.get(name)!;
    const after = this.groups.put(name, { ...before, ...change });
    if (after.desired !== before.desired) {
      this.wake(name, kind === 'desired' ? TEXT.userDesired(this.now(), before.desired, after.desired)
        : TEXT.userUpdate(this.now(), after.min, after.max, after.desired, before.desired));
    }
    return after;
  }

  setSuspended(name: string, suspended: readonly string[]): void {
    this.groups.update(name, group => ({ ...group, suspended }));
    this.wake(name, undefined);
  }

  /** Takes all instances down, then the group itself. */
  delete(name: string): void {
    if (!this.groups.get(name)) return;
    this.groups.update(name, group => ({ ...group, deleting: true, min: 0, desired: 0 }));
    for (const member of staying(this.groups.get(name)!)) this.end(name, member.instanceId, TEXT.shrinking(this.now(), 1, 0, member.instanceId));
    this.forgetIfEmpty(name);
  }

  /** As TerminateInstanceInAutoScalingGroup. @returns undefined when the instance is in no group */
  terminate(instanceId: string, decrement: boolean): Activity | undefined {
    const name = this.groupOf.get(instanceId);
    const group = name === undefined ? undefined : this.groups.get(name);
    if (!group) return undefined;
    const from = group.desired;
    if (decrement) this.groups.put(group.name, { ...group, desired: Math.max(group.min, group.desired - 1) });
    return this.end(group.name, instanceId, TEXT.userTermination(this.now(), instanceId, from, this.groups.get(group.name)!.desired));
  }

  /** The lifecycle hook's CONTINUE: the instance goes. */
  completeTermination(instanceId: string): void {
    const name = this.groupOf.get(instanceId);
    const member = name === undefined ? undefined : this.groups.get(name)?.members.find(each => each.instanceId === instanceId);
    if (member?.lifecycle !== 'Terminating:Wait') return;
    this.setMember(name!, instanceId, { lifecycle: 'Terminating' });
    this.ec2.terminate(instanceId);
  }

  // ---- reconciling ------------------------------------------------------------------------------------------------

  private wake(name: string, cause: string | undefined, delayMs = RECONCILE_MS.base + this.kernel.random.fraction() * RECONCILE_MS.spread): void {
    const waiting = this.waitingOf(name);
    if (cause !== undefined) waiting.cause = cause;
    const dueMs = this.kernel.nowMs + delayMs;
    if (waiting.event && waiting.dueMs <= dueMs) return;
    this.kernel.cancel(waiting.event);
    waiting.dueMs = dueMs;
    waiting.event = this.kernel.after(delayMs, 'autoscaling/reconcile', name, () => {
      delete waiting.event;
      this.reconcile(name, waiting);
    });
  }

  private reconcile(name: string, waiting: Waiting): void {
    const cause = waiting.cause;
    delete waiting.cause;
    for (;;) {
      const group = this.groups.get(name);
      if (!group || group.deleting) return;
      const here = staying(group);
      if (here.length < group.desired && !group.suspended.includes('Launch')) {
        if (!this.grow(group, here, waiting, cause)) return;
      } else if (here.length > group.desired && !group.suspended.includes('Terminate')) {
        const chosen = memberToEnd(here, instanceId => this.ec2.instances.get(instanceId)?.launchedAtMs ?? 0);
        if (!chosen) return;
        this.end(name, chosen.instanceId, joined(cause, TEXT.shrinking(this.now(), here.length, group.desired, chosen.instanceId)));
      } else {
        return;
      }
    }
  }

  /** Launches one instance. @returns false when the group has to wait before it tries again */
  private grow(group: AutoScalingGroup, here: readonly Member[], waiting: Waiting, cause: string | undefined): boolean {
    const { nowMs } = this.kernel;
    const zones = this.zonesOf(group);
    const shunned = new Set([...waiting.shunnedUntilMs].filter(([, untilMs]) => untilMs > nowMs).map(([zone]) => zone));
    const zone = zoneToGrow(here, zones, shunned);
    if (zone === undefined) {
      this.wake(group.name, cause, Math.max(1_000, Math.min(...waiting.shunnedUntilMs.values()) - nowMs));
      return false;
    }
    const made = this.launchInto(group, zone, {});
    const spot = group.capacityType === 'SPOT';
    const why = waiting.replacing > 0 ? TEXT.replacing(this.now()) : joined(cause, TEXT.startedFor(this.now(), here.length, group.desired));
    const place = { zone, subnetId: this.subnetIn(group, zone)! };
    if (made.ok) {
      waiting.failures = 0;
      waiting.shunnedUntilMs.delete(zone);
      waiting.replacing = Math.max(0, waiting.replacing - 1);
      this.log({ groupName: group.name, description: TEXT.launching(made.value.instanceId), cause: why, startMs: nowMs, status: 'PreInService', instanceId: made.value.instanceId, ...place });
      return true;
    }
    const { code, message } = made.error;
    const reason = TEXT.launchReason(code, message, spot);
    this.log({ groupName: group.name, description: TEXT.launchFailed(reason), cause: why, startMs: nowMs, endMs: nowMs, status: 'Failed', message: reason, failureCode: code, ...place });
    const pauseMs = Math.min(LAUNCH_RETRY_MS.max, LAUNCH_RETRY_MS.base * 2 ** waiting.failures);
    // A full account is full everywhere; a full zone sends the group to the next one.
    for (const each of code === 'VcpuLimitExceeded' ? zones : [zone]) waiting.shunnedUntilMs.set(each, nowMs + pauseMs);
    if (zones.every(each => (waiting.shunnedUntilMs.get(each) ?? 0) > nowMs)) {
      waiting.failures += 1;
      this.wake(group.name, cause, pauseMs);
      return false;
    }
    return true;
  }

  private launchInto(group: AutoScalingGroup, zone: string, extra: { privateIp?: string; booted?: boolean }) {
    const data = this.templates.data(group.launchTemplateId, group.launchTemplateVersion)!;
    const instanceType = group.instanceTypes[0]!;
    const made = this.ec2.launch({
      instanceType, imageId: data.imageId, subnetId: extra.privateIp === undefined ? this.subnetIn(group, zone)! : this.ec2.subnetOf(extra.privateIp)!.subnetId, securityGroupIds: data.securityGroupIds, roleName: data.roleName, capacityType: group.capacityType,
      tags: { ...data.tags, ...group.tags, 'aws:autoscaling:groupName': group.name, 'aws:ec2launchtemplate:id': group.launchTemplateId, 'aws:ec2launchtemplate:version': String(group.launchTemplateVersion) },
      ...(data.bootstrap && { bootstrap: data.bootstrap }), ...extra,
    });
    if (!made.ok) return made;
    const { instanceId } = made.value;
    this.groupOf.set(instanceId, group.name);
    this.groups.update(group.name, row => ({
      ...row, members: [...row.members, { instanceId, instanceType, zone, launchTemplateVersion: row.launchTemplateVersion, lifecycle: extra.booted ? 'InService' as const : 'Pending' as const, health: 'Healthy' as const, protectedFromScaleIn: false }],
    }));
    return made;
  }

  private end(name: string, instanceId: string, cause: string): Activity | undefined {
    const group = this.groups.get(name);
    const member = group?.members.find(each => each.instanceId === instanceId);
    if (!group || !member || member.lifecycle.startsWith('Terminating')) return this.activityLog.find(each => each.instanceId === instanceId && each.description.startsWith('Terminating'));
    this.setMember(name, instanceId, { lifecycle: 'Terminating:Wait' });
    const activity = this.log({ groupName: name, description: TEXT.terminating(instanceId), cause, startMs: this.kernel.nowMs, status: 'InProgress', instanceId, zone: member.zone, subnetId: this.subnetIn(group, member.zone)! });
    // The hook may be told of an instance only after the call that ends it has answered.
    this.kernel.after(0, 'autoscaling/hook', instanceId, () => {
      if (!this.hooks.some(hook => hook(name, instanceId))) this.completeTermination(instanceId);
    });
    this.kernel.after(TERMINATION_HOOK_MS, 'autoscaling/hook-timeout', instanceId, () => this.completeTermination(instanceId));
    return activity;
  }

  /** What became of an instance: in service, or gone with or without the group's doing. */
  private observe({ instanceId, state }: Instance): void {
    const name = this.groupOf.get(instanceId);
    const member = name === undefined ? undefined : this.groups.get(name)?.members.find(each => each.instanceId === instanceId);
    if (!member) return;
    if (state === 'running' && member.lifecycle === 'Pending') {
      this.setMember(name!, instanceId, { lifecycle: 'InService' });
      this.finish(instanceId, 'Launching');
    } else if (state === 'terminated') {
      this.groups.update(name!, group => ({ ...group, members: group.members.filter(each => each.instanceId !== instanceId) }));
      this.groupOf.delete(instanceId);
      this.finish(instanceId, 'Terminating');
      this.wake(name!, undefined);
      this.forgetIfEmpty(name!);
    } else if ((state === 'shutting-down' || state === 'stopping' || state === 'stopped') && !member.lifecycle.startsWith('Terminating')) {
      this.kernel.after(HEALTH_CHECK_MS.base + this.kernel.random.fraction() * HEALTH_CHECK_MS.spread, 'autoscaling/health', instanceId, () => this.replace(name!, instanceId));
    }
  }

  /** An instance ended without the group: it is counted out and another one comes. */
  private replace(name: string, instanceId: string): void {
    const group = this.groups.get(name);
    const member = group?.members.find(each => each.instanceId === instanceId);
    if (!group || member?.lifecycle.startsWith('Terminating')) return;
    if (!member) {
      this.waitingOf(name).replacing += 1;
      this.wake(name, undefined, 0);
      return;
    }
    this.setMember(name, instanceId, { lifecycle: 'Terminating', health: 'Unhealthy' });
    this.log({ groupName: name, description: TEXT.terminating(instanceId), cause: TEXT.unhealthy(this.now()), startMs: this.kernel.nowMs, status: 'InProgress', instanceId, zone: member.zone, subnetId: this.subnetIn(group, member.zone)! });
    this.ec2.terminate(instanceId);
    this.waitingOf(name).replacing += 1;
    this.wake(name, undefined, 1_000);
  }

  // ---- bookkeeping ------------------------------------------------------------------------------------------------

  private waitingOf(name: string): Waiting {
    let waiting = this.waiting.get(name);
    if (!waiting) this.waiting.set(name, waiting = { failures: 0, shunnedUntilMs: new Map(), replacing: 0, dueMs: 0 });
    return waiting;
  }

  private setMember(name: string, instanceId: string, change: Partial<Member>): void {
    this.groups.update(name, group => ({ ...group, members: group.members.map(member => (member.instanceId === instanceId ? { ...member, ...change } : member)) }));
  }

  private forgetIfEmpty(name: string): void {
    const group = this.groups.get(name);
    if (group?.deleting && group.members.length === 0) this.groups.delete(name);
  }

  private log(activity: Omit<Activity, 'id'>): Activity {
    const logged = { id: this.kernel.random.uuid(), ...activity };
    this.activityLog.unshift(logged);
    if (this.activityLog.length > ACTIVITIES_MAX) this.activityLog.length = ACTIVITIES_MAX;
    for (const listener of this.activityListeners) listener(logged);
    return logged;
  }

  private finish(instanceId: string, what: 'Launching' | 'Terminating'): void {
    const index = this.activityLog.findIndex(each => each.instanceId === instanceId && each.description.startsWith(what));
    if (index < 0) return;
    const done: Activity = { ...this.activityLog[index]!, endMs: this.kernel.nowMs, status: 'Successful' };
    this.activityLog[index] = done;
    for (const listener of this.activityListeners) listener(done);
  }

  /** Zones of a group's subnets, in their order. */
  zonesOf({ subnetIds }: AutoScalingGroup): string[] {
    return [...new Set(subnetIds.map(id => this.ec2.subnets.get(id)?.zone).filter(zone => zone !== undefined))];
  }

  /** The group's subnet in a zone; of several the one with the most free addresses. */
  private subnetIn({ subnetIds }: AutoScalingGroup, zone: string): string | undefined {
    return subnetIds.filter(id => this.ec2.subnets.get(id)?.zone === zone).sort((a, b) => this.ec2.freeCount(b) - this.ec2.freeCount(a))[0];
  }

  private now(): string {
    return rfc3339(this.kernel.nowMs);
  }
}

const joined = (cause: string | undefined, then: string): string => (cause === undefined ? then : `${cause}  ${then}`);
