import type { Ipamd } from '../../engine/addons/vpc-cni/ipamd.ts';
import { wantedOn } from '../../engine/addons/vpc-cni/targets.ts';
import type { VpcCni } from '../../engine/addons/vpc-cni/vpc-cni.ts';
import type { AwsAccount } from '../../engine/aws/account.ts';
import type { AwsCallRecord } from '../../engine/aws/contract.ts';
import type { Instance, NetworkInterface, Subnet } from '../../engine/aws/ec2/contract.ts';
import type { EksUpdate, Nodegroup } from '../../engine/aws/eks/contract.ts';
import type { TargetGroup } from '../../engine/aws/elbv2/contract.ts';
import { PREFIX } from '../../engine/facts/ec2.ts';
import { nodeNameOf } from '../../engine/machines.ts';
import type { AwsChanges, AwsFact, AwsFactKind, InterfaceUse, NodegroupFact, PoolFact, RefusalFact } from '../aws-facts.ts';

/** Refusals worth keeping; older ones make room. */
const REFUSALS_MAX = 60;
/** How far back free counts are kept, and how close two of them are kept apart. */
const HISTORY_MS = 3_600_000;
const HISTORY_STEP_MS = 10_000;
const NODEGROUP_TAG = 'eks:nodegroup-name';

type Key = `${AwsFactKind}/${string}`;

/**
 * What changed in the account since the page last looked. The tables tell which rows did; a node's address book is looked at
 * only when its revision moved or an address of it came out of its cool-down.
 */
export class AwsFeed {
  private readonly dirty = new Set<Key>();
  private readonly refusals = new Map<string, RefusalFact>();
  /** By node name: what was told last, and when it will be different by itself. */
  private readonly pools = new Map<string, { ipamd: Ipamd; revision: number; answers: boolean; settings: Ipamd['settings']; staleAtMs: number }>();

  /** By subnet: when it had how many free addresses. */
  private readonly counts = new Map<string, [atMs: number, free: number][]>();

  constructor(private readonly aws: AwsAccount, private readonly vpcCni: Pick<VpcCni, 'ipamds'>, private readonly nowMs: () => number) {
    const { ec2, eks, elbv2, autoScaling, api } = aws;
    const mark = (kind: AwsFactKind, id: string | undefined): void => { if (id !== undefined) this.dirty.add(`${kind}/${id}`); };
    ec2.subnets.onChange(({ id }) => mark('subnet', id));
    ec2.routeTables.onChange(() => ec2.subnets.list().forEach(subnet => mark('subnet', subnet.subnetId)));
    ec2.interfaces.onChange(({ id, before, after }) => {
      mark('interface', id);
      mark('subnet', before?.subnetId);
      mark('subnet', after?.subnetId);
      for (const subnetId of new Set([before?.subnetId, after?.subnetId])) if (subnetId !== undefined) this.count(subnetId);
    });
    for (const { subnetId } of ec2.subnets.list()) this.count(subnetId);
    ec2.instances.onChange(({ id }) => mark('machine', id));
    eks.nodegroups.table.onChange(({ id }) => mark('nodegroup', id));
    eks.updates.onChange(({ before, after }) => mark('nodegroup', (after ?? before)?.nodegroupName));
    autoScaling.groups.onChange(({ id }) => mark('nodegroup', eks.nodegroups.table.list().find(group => group.groupName === id)?.name));
    elbv2.targetGroups.onChange(({ id }) => mark('targets', id));
    elbv2.targets.onChange(({ before, after }) => mark('targets', (after ?? before)?.targetGroupArn));
    for (const record of api.trail) this.noteCall(record);
    api.onCall(record => this.noteCall(record));
  }

  /** Everything there is, for a page that knows nothing yet. */
  all(): AwsChanges {
    const { ec2, eks, elbv2 } = this.aws;
    this.dirty.clear();
    this.pools.clear();
    return {
      facts: [
        ...ec2.subnets.list().map(subnet => this.subnetFact(subnet, true)), ...ec2.interfaces.list().map(interfaceFact), ...ec2.instances.list().flatMap(machineFact),
        ...eks.nodegroups.table.list().map(group => this.nodegroupFact(group)), ...elbv2.targetGroups.list().map(group => this.targetsFact(group)), ...this.refusals.values(), ...this.changedPools(),
      ],
      gone: [],
    };
  }

  /** @returns undefined when nothing changed */
  take(): AwsChanges | undefined {
    const facts: AwsFact[] = [];
    const gone: { kind: AwsFactKind; id: string }[] = [];
    for (const key of this.dirty) {
      const slash = key.indexOf('/');
      const [kind, id] = [key.slice(0, slash) as AwsFactKind, key.slice(slash + 1)];
      const fact = this.factOf(kind, id);
      if (fact) facts.push(fact);
      else gone.push({ kind, id });
    }
    this.dirty.clear();
    for (const name of [...this.pools.keys()]) if (!this.vpcCni.ipamds.has(name)) {
      this.pools.delete(name);
      gone.push({ kind: 'pool', id: name });
    }
    facts.push(...this.changedPools());
    return facts.length + gone.length === 0 ? undefined : { facts, gone };
  }

  private factOf(kind: AwsFactKind, id: string): AwsFact | undefined {
    const { ec2, eks, elbv2 } = this.aws;
    const made = <T>(row: T | undefined, make: (row: T) => AwsFact | undefined): AwsFact | undefined => (row === undefined ? undefined : make(row));
    switch (kind) {
      case 'subnet': return made(ec2.subnets.get(id), row => this.subnetFact(row));
      case 'interface': return made(ec2.interfaces.get(id), interfaceFact);
      case 'machine': return made(ec2.instances.get(id), row => machineFact(row)[0]);
      case 'nodegroup': return made(eks.nodegroups.table.get(id), row => this.nodegroupFact(row));
      case 'targets': return made(elbv2.targetGroups.get(id), row => this.targetsFact(row));
      case 'refusal': return this.refusals.get(id);
      case 'pool': return undefined;
    }
  }

  private subnetFact({ subnetId, zone, cidr }: Subnet, whole = false): AwsFact {
    const { ec2 } = this.aws;
    const tables = ec2.routeTables.list();
    const table = tables.find(({ associations }) => associations.some(each => each.subnetId === subnetId)) ?? tables.find(({ main }) => main);
    const counts = this.counts.get(subnetId) ?? [];
    return {
      kind: 'subnet', id: subnetId, zone, cidr, free: ec2.freeCount(subnetId), sinceMs: counts.at(-1)?.[0] ?? this.nowMs(), ...(whole && { history: counts.slice(0, -1) }),
      public: table?.routes.some(({ target }) => target.startsWith('igw-')) === true,
    };
  }

  private count(subnetId: string): void {
    const { ec2 } = this.aws;
    if (!ec2.subnets.get(subnetId)) return;
    const atMs = this.nowMs();
    const free = ec2.freeCount(subnetId);
    const counts = this.counts.get(subnetId) ?? [];
    this.counts.set(subnetId, counts);
    const last = counts.at(-1);
    if (last?.[1] === free) return;
    if (last && atMs - last[0] < HISTORY_STEP_MS && counts.length > 1) last[1] = free;
    else counts.push([atMs, free]);
    while (counts.length > 1 && counts[1]![0] < atMs - HISTORY_MS) counts.shift();
  }

  private nodegroupFact(group: Nodegroup): NodegroupFact {
    const { eks, autoScaling } = this.aws;
    const { name, status, version, releaseVersion, scaling, issues } = group;
    const scalingGroup = autoScaling.groups.get(group.groupName);
    const update = eks.updates.list().filter(each => each.nodegroupName === name).at(-1);
    return {
      kind: 'nodegroup', id: name, status, version, releaseVersion, min: scaling.minSize, max: scaling.maxSize, desired: scaling.desiredSize, groupDesired: scalingGroup?.desired ?? 0,
      members: (scalingGroup?.members ?? []).map(member => ({ id: member.instanceId, lifecycle: member.lifecycle, current: member.launchTemplateVersion === scalingGroup!.launchTemplateVersion })),
      ...(update && (update.status === 'InProgress' || update.status === 'Failed') ? { update: updateOf(update) } : {}), issues: issues.map(({ code, message }) => ({ code, message })),
    };
  }

  private targetsFact({ arn, name, loadBalancerArns }: TargetGroup): AwsFact {
    const { loadBalancers, targets } = this.aws.elbv2;
    return {
      kind: 'targets', id: arn, name, balancers: loadBalancerArns.flatMap(each => loadBalancers.get(each)?.name ?? []),
      targets: targets.list().filter(target => target.targetGroupArn === arn).map(({ address, port, state, reason = '', description = '' }) => ({ address, port, state, reason, description })),
    };
  }

  private changedPools(): PoolFact[] {
    const nowMs = this.nowMs();
    const changed: PoolFact[] = [];
    for (const [name, ipamd] of this.vpcCni.ipamds) {
      const told = this.pools.get(name);
      const { pool: { revision }, isUp: answers, settings } = ipamd;
      if (told && told.ipamd === ipamd && told.revision === revision && told.answers === answers && told.settings === settings && nowMs < told.staleAtMs) continue;
      const held: Record<string, string> = {};
      const cooling: string[] = [];
      let staleAtMs = Number.POSITIVE_INFINITY;
      for (const { blocks } of ipamd.pool.interfaces) for (const { slots } of blocks) for (const { ip, owner, releasedAtMs } of slots) {
        const freeAtMs = releasedAtMs + settings.cooldownMs;
        if (owner !== undefined) held[ip] = owner;
        else if (nowMs < freeAtMs) {
          cooling.push(ip);
          staleAtMs = Math.min(staleAtMs, freeAtMs);
        }
      }
      this.pools.set(name, { ipamd, revision, answers, settings, staleAtMs });
      const { limits } = ipamd;
      const { interfaces, slotsPerInterface } = limits;
      const interfaceTakes = 1 + wantedOn(slotsPerInterface, ipamd.pool, settings, limits) * (settings.prefixDelegation ? PREFIX.size : 1);
      changed.push({ kind: 'pool', id: name, answers, held, cooling, prefixes: settings.prefixDelegation, interfacesMax: interfaces, slotsEach: slotsPerInterface, interfaceTakes });
    }
    return changed;
  }

  /** What a machine asked for and was refused stands until the same call of the same machine succeeds. */
  private noteCall({ principal, service, operation, error, atMs }: AwsCallRecord): void {
    const machineId = principal.arn.slice(principal.arn.lastIndexOf('/') + 1);
    if (principal.roleName === undefined || principal.service || !machineId.startsWith('i-')) return;
    const id = `${machineId} ${service}:${operation}`;
    if (!error) {
      if (this.refusals.delete(id)) this.dirty.add(`refusal/${id}`);
      return;
    }
    this.refusals.delete(id);
    this.refusals.set(id, { kind: 'refusal', id, atMs, role: principal.roleName, machineId, operation: `${service}:${operation}`, code: error.code, message: error.message });
    this.dirty.add(`refusal/${id}`);
    if (this.refusals.size <= REFUSALS_MAX) return;
    for (const [oldest] of this.refusals) {
      this.refusals.delete(oldest);
      this.dirty.add(`refusal/${oldest}`);
      break;
    }
  }
}

function useOf({ attachment, description, type }: NetworkInterface): InterfaceUse {
  if (attachment?.instanceId !== undefined) return 'node';
  if (description.startsWith('Amazon EKS ')) return 'control-plane';
  if (type === 'nat_gateway') return 'nat';
  return description.startsWith('ELB ') ? 'balancer' : 'other';
}

const interfaceFact = (row: NetworkInterface): AwsFact => ({
  kind: 'interface', id: row.id, subnetId: row.subnetId, use: useOf(row), description: row.description, machineId: row.attachment?.instanceId ?? '', deviceIndex: row.attachment?.deviceIndex ?? 0,
  addresses: [row.privateIp, ...row.secondaryIps], prefixes: row.prefixes,
});

/** Machines that are no nodes are nobody's business here. */
const machineFact = ({ instanceId, state, subnetId, zone, instanceType, privateIp, tags, bootstrap }: Instance): AwsFact[] => (!bootstrap ? [] : [{
  kind: 'machine', id: instanceId, node: nodeNameOf(privateIp), state, subnetId, zone, instanceType, nodegroup: tags[NODEGROUP_TAG] ?? bootstrap.labels['eks.amazonaws.com/nodegroup'] ?? '', version: bootstrap.kubernetesVersion,
}]);

const updateOf = ({ id, type, status, createdAtMs, errors }: EksUpdate): NonNullable<NodegroupFact['update']> => ({ id, type, status, sinceMs: createdAtMs, ...(errors[0] && { error: `${errors[0].errorCode}: ${errors[0].errorMessage}` }) });
