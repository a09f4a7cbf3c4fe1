/** ipamd of one node: keeps a pool of VPC addresses as its targets want, and hands them to pods. Source: pkg/ipamd/ipamd.go, rpc_handler.go. */
import type { Reader } from '../../api-server/contract.ts';
import type { AwsClient } from '../../aws/contract.ts';
import type { NetworkInterface } from '../../aws/ec2/contract.ts';
import { INSTANCE_TYPES } from '../../facts/ec2.ts';
import { INTERFACE_ATTACH_MS, IPAMD_MS, IPAMD_START_MS } from '../../facts/vpc-cni.ts';
import { rfc3339 } from '../../kernel/calendar.ts';
import type { ScheduledEvent } from '../../kernel/event-queue.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import type { PodNetwork, SandboxOwner } from '../../kubelet/contract.ts';
import { Ec2Calls, isInsufficient } from './ec2-calls.ts';
import { discoverSubnets, eniConfigOf, type Placement } from './interface-placement.ts';
import { NodeLog } from './node-log.ts';
import { AddressPool } from './pool.ts';
import { settingsOf, settingsProblem, type IpamdSettings } from './settings.ts';
import { excess, isDispensable, isPoolLow, mayDropInterface, wantedOn, withRoom, type PoolLimits } from './targets.ts';

/** The machine that ipamd runs on, as the instance metadata tell. */
export interface IpamdNode {
  readonly nodeName: string;
  readonly instanceId: string;
  readonly instanceType: string;
  readonly zone: string;
  readonly subnetId: string;
  readonly vpcId: string;
  readonly securityGroupIds: readonly string[];
  /** Interfaces of the machine with what they hold, by device index. */
  attached(): readonly NetworkInterface[];
}

export interface IpamdParts {
  readonly kernel: Kernel;
  readonly reader: Reader;
  /** EC2 with the credentials of the machine. */
  readonly aws: AwsClient;
  /** Warns about a permission that the role lacks. */
  warn(reason: string, message: string): void;
  /** The plugin's configuration is in place: the node may take pods. */
  initialised(): void;
}

const GRPC_DOWN = 'add cmd: Error received from AddNetwork gRPC call: rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial tcp 127.0.0.1:50051: connect: connection refused"';
const PLUGIN = 'plugin type="aws-cni" name="aws-cni" failed (add): ';
const SUBNET_FULL = 'Unable to attach IPs/Prefixes for the ENI, subnet doesn\'t seem to have enough IPs/Prefixes. Consider using new subnet or carve a reserved range using create-subnet-cidr-reservation';

export class Ipamd implements PodNetwork {
  readonly pool: AddressPool;
  readonly log: NodeLog;
  readonly pluginLog: NodeLog;
  settings: IpamdSettings = settingsOf(new Map());
  /** How often no address could be given: `awscni_no_available_ip_addresses`. */
  failedAssignments = 0;
  initialised = false;
  private state: 'down' | 'starting' | 'up' = 'down';
  private readonly calls: Ec2Calls;
  private next: ScheduledEvent | undefined;
  private comparison: ScheduledEvent | undefined;
  private busy = false;
  private lastDecreaseMs = Number.NEGATIVE_INFINITY;
  private lastInsufficientMs = Number.NEGATIVE_INFINITY;
  private poweredOff = false;

  constructor(readonly node: IpamdNode, private readonly parts: IpamdParts) {
    const nowMs = (): number => parts.kernel.nowMs;
    this.pool = new AddressPool(nowMs, () => this.settings.cooldownMs);
    this.log = new NodeLog(nowMs);
    this.pluginLog = new NodeLog(nowMs);
    this.calls = new Ec2Calls(parts.kernel, parts.aws, operation => parts.warn('MissingIAMPermissions',
      `Unauthorized operation: failed to call ec2:${operation} due to missing permissions. Please refer https://github.com/aws/amazon-vpc-cni-k8s/blob/master/docs/iam-policy.md to attach relevant policy to IAM role`));
  }

  get isUp(): boolean {
    return this.state === 'up';
  }

  get limits(): PoolLimits {
    const facts = INSTANCE_TYPES.get(this.node.instanceType)!;
    const pods = this.parts.reader.get<{ status?: { capacity?: { pods?: string } } }>('Node', '', this.node.nodeName)?.status?.capacity?.pods;
    return {
      interfaces: Math.min(facts.interfaces, this.settings.maxEni ?? facts.interfaces), slotsPerInterface: facts.addressesPerInterface - 1,
      maxPods: pods === undefined ? Number.POSITIVE_INFINITY : Number(pods),
    };
  }

  // ---- being started ----------------------------------------------------------------------------------------------

  /**
   * aws-node starts the daemon with its environment.
   * @param finish called once it answers, or with why it does not
   */
  start(env: ReadonlyMap<string, string>, finish: (problem?: string) => void): void {
    const { kernel } = this.parts;
    this.settings = this.adopt(env);
    const problem = settingsProblem(this.settings);
    if (problem !== undefined) {
      this.state = 'down';
      this.log.write('error', 'ipamd/ipamd.go:427', problem);
      finish(problem);
      return;
    }
    this.state = 'starting';
    this.log.write('info', 'aws-k8s-agent/main.go:29', 'Starting L-IPAMD   ...');
    kernel.after(IPAMD_START_MS.base + kernel.random.fraction() * IPAMD_START_MS.spread, 'ipamd/init', this.node.nodeName, () => {
      if (this.state !== 'starting' || this.poweredOff) return;
      const failure = this.nodeInit(false);
      if (failure !== undefined) {
        this.state = 'down';
        this.log.write('error', 'aws-k8s-agent/main.go:48', `Initialization failure: ${failure}`);
        finish(failure);
        return;
      }
      this.answer();
      finish();
    });
  }

  /** For staging and for clusters without aws-node: it has been running for a while, with its pool as the targets want it. */
  prime(env: ReadonlyMap<string, string>): void {
    this.settings = this.adopt(env);
    this.nodeInit(true);
    for (let round = 0; round < 64 && isPoolLow(this.pool, this.settings, this.limits).low; round += 1) if (!this.increase(true)) break;
    this.answer();
  }

  /** The daemon ended; what it wrote down stays. */
  stop(): void {
    if (this.state === 'up') this.log.write('info', 'aws-k8s-agent/main.go:91', 'Received shutdown signal, setting \'terminating\' to true');
    this.state = 'down';
    this.parts.kernel.cancel(this.next);
    this.next = undefined;
  }

  powerOff(): void {
    this.poweredOff = true;
    this.stop();
  }

  private adopt(env: ReadonlyMap<string, string>): IpamdSettings {
    const settings = settingsOf(env);
    if (!settings.prefixDelegation || INSTANCE_TYPES.get(this.node.instanceType)!.nitro) return settings;
    this.log.write('warn', 'ipamd/ipamd.go:412', `Prefix Delegation is not supported on non-nitro instance ${this.node.instanceType} hence falling back to default (secondary IP) mode`);
    return { ...settings, prefixDelegation: false };
  }

  private answer(): void {
    this.state = 'up';
    if (!this.initialised) {
      this.initialised = true;
      this.parts.initialised();
    }
    this.wake();
  }

  /** @returns why the node cannot serve pods */
  private nodeInit(atOnce: boolean): string | undefined {
    for (const owner of this.node.attached()) {
      const { deviceIndex } = owner.attachment!;
      this.pool.addInterface(owner.id, deviceIndex, deviceIndex === 0);
      for (const cidr of [...owner.secondaryIps, ...owner.prefixes]) this.pool.addBlock(owner.id, cidr);
    }
    this.tagInterfaces();
    // A change of mode gives back what the other mode left unused.
    for (const owner of this.pool.interfaces) {
      const stale = this.pool.freeable(owner).filter(block => block.isPrefix !== this.settings.prefixDelegation);
      if (stale.length > 0) this.giveBack(owner.id, stale.map(block => block.cidr));
    }
    if (isPoolLow(this.pool, this.settings, this.limits).low) this.increase(atOnce);
    const { customNetworking } = this.settings;
    if (customNetworking && !this.busy && this.pool.totalAddresses === 0) {
      this.log.write('error', 'ipamd/ipamd.go:497', 'Failed to attach any ENIs for custom networking');
      return 'Failed to attach any ENIs for custom networking';
    }
    return undefined;
  }

  /** Interfaces that others made (the machine's own) get ipamd's tags as well. */
  private tagInterfaces(): void {
    const wanted = this.ownTags();
    for (const { id, tags } of this.node.attached()) {
      const missing = Object.entries(wanted).filter(([key, value]) => tags[key] !== value);
      if (missing.length === 0) continue;
      const tagged = this.calls.call('CreateTags', { Resources: [id], Tags: missing.map(([Key, Value]) => ({ Key, Value })) });
      if (!tagged.ok) this.log.write('warn', 'awsutils/awsutils.go:1114', `Failed to tag the newly created ENI ${id}: ${this.calls.wording('CreateTags', tagged.error)}`);
    }
  }

  private ownTags(): Record<string, string> {
    const { clusterName } = this.settings;
    return { 'node.k8s.amazonaws.com/instance_id': this.node.instanceId, ...(clusterName !== '' && { 'cluster.k8s.amazonaws.com/name': clusterName }) };
  }

  /** An interface of the machine changed; ipamd compares its book with the instance metadata within a minute. */
  noticeChange(): void {
    if (this.comparison && !this.comparison.cancelled && this.comparison.atMs > this.parts.kernel.nowMs) return;
    this.comparison = this.parts.kernel.after(IPAMD_MS.reconcile, 'ipamd/reconcile', this.node.nodeName, () => this.reconcile());
  }

  private reconcile(): void {
    this.comparison = undefined;
    if (this.state !== 'up' || this.poweredOff) return;
    const attached = this.node.attached().filter(owner => owner.tags['node.k8s.amazonaws.com/no_manage'] !== 'true');
    for (const owner of [...this.pool.interfaces]) if (!attached.some(({ id }) => id === owner.id)) this.pool.removeInterface(owner.id);
    for (const owner of attached) {
      const known = this.pool.addInterface(owner.id, owner.attachment!.deviceIndex, owner.attachment!.deviceIndex === 0);
      const held = [...owner.secondaryIps, ...owner.prefixes];
      for (const { cidr } of [...known.blocks]) if (!held.includes(cidr)) this.pool.removeBlock(owner.id, cidr);
      for (const cidr of held) this.pool.addBlock(owner.id, cidr);
    }
    this.wake();
  }

  // ---- the loop ---------------------------------------------------------------------------------------------------

  /** Looks at the pool at the next beat, unless it will anyway. Nothing happens between beats, so a quiet node costs nothing. */
  private wake(delayMs: number = IPAMD_MS.loop, options: { routine?: boolean } = {}): void {
    if (this.state !== 'up') return;
    const { kernel } = this.parts;
    const atMs = kernel.nowMs + delayMs;
    if (this.next && !this.next.cancelled && this.next.atMs > kernel.nowMs && this.next.atMs <= atMs) return;
    kernel.cancel(this.next);
    this.next = kernel.at(atMs, 'ipamd/pool', this.node.nodeName, () => this.look(), { periodic: options.routine });
  }

  private look(): void {
    if (this.state !== 'up') return;
    this.next = undefined;
    if (this.busy) return;
    const { low, line } = isPoolLow(this.pool, this.settings, this.limits);
    if (low) {
      this.log.write('debug', 'ipamd/ipamd.go:655', line!);
      const moved = this.increase(false);
      const leftMs = this.lastInsufficientMs + IPAMD_MS.insufficientAddresses - this.parts.kernel.nowMs;
      // Knocking at a full subnet goes on for as long as it is full.
      if (leftMs > 0) this.wake(Math.max(leftMs, IPAMD_MS.loop), { routine: true });
      else if (moved || this.pool.interfaces.length < this.limits.interfaces) this.wake();
    } else if (excess(this.pool, this.settings) > 0) this.decrease();
    if (mayDropInterface(this.pool, this.settings, this.limits)) this.dropInterface();
  }

  /** @returns whether the pool grew or is about to */
  private increase(atOnce: boolean): boolean {
    const { log, settings, limits } = this;
    const nowMs = this.parts.kernel.nowMs;
    log.write('debug', 'ipamd/ipamd.go:741', 'Starting to increase pool size for network card 0');
    if (!settings.manageNonSchedulable && this.isCordoned()) {
      log.write('debug', 'ipamd/ipamd.go:730', 'AWS CNI is on a non schedulable node, will not try to attach any new IPs or ENIs right now');
      return false;
    }
    if (nowMs - this.lastInsufficientMs < IPAMD_MS.insufficientAddresses) {
      log.write('debug', 'ipamd/ipamd.go:752', 'Recently we had InsufficientCidr error hence will wait for 2m0s before retrying');
      return false;
    }
    for (const { owner, room } of withRoom(this.pool, settings, limits)) {
      const filled = this.fill(owner.id, wantedOn(room, this.pool, settings, limits));
      if (filled !== 'full') return filled === 'filled';
    }
    if (this.pool.interfaces.length < limits.interfaces) return this.allocateInterface(atOnce);
    log.write('debug', 'ipamd/ipamd.go:783', 'Skipping ENI allocation as the max ENI limit is already reached');
    return false;
  }

  /** Fills an interface; `full` when its subnet has nothing left and other interfaces may be tried. */
  private fill(id: string, wanted: number): 'filled' | 'full' | 'failed' {
    const { log, settings } = this;
    for (const count of [wanted, 1]) {
      log.write('info', 'awsutils/awsutils.go:1664', `Trying to allocate ${count} IP addresses on ENI ${id}`);
      const answer = this.calls.call<{ AssignedPrivateIpAddresses?: readonly { PrivateIpAddress: string }[]; AssignedIpv4Prefixes?: readonly { Ipv4Prefix: string }[] }>('AssignPrivateIpAddresses',
        { NetworkInterfaceId: id, ...(settings.prefixDelegation ? { Ipv4PrefixCount: count } : { SecondaryPrivateIpAddressCount: count }) });
      if (answer.ok) {
        for (const { PrivateIpAddress } of answer.value.AssignedPrivateIpAddresses ?? []) this.pool.addBlock(id, PrivateIpAddress);
        for (const { Ipv4Prefix } of answer.value.AssignedIpv4Prefixes ?? []) this.pool.addBlock(id, Ipv4Prefix);
        this.logStats();
        return 'filled';
      }
      const wording = this.calls.wording('AssignPrivateIpAddresses', answer.error);
      log.write('error', 'awsutils/awsutils.go:1692', `Failed to allocate a private IP/Prefix addresses on ENI ${id}: ${wording}`);
      if (count === wanted && wanted !== 1) {
        log.write('warn', 'ipamd/ipamd.go:874', `failed to allocate all available ${settings.prefixDelegation ? 'IPv4 Prefixes' : 'IP addresses'} on ENI ${id}, err: ${wording}`);
        continue;
      }
      if (isInsufficient(answer.error)) {
        if (settings.subnetDiscovery) return 'full';
        this.subnetIsFull();
      } else {
        log.write('error', 'ipamd/ipamd.go:765', `failed to allocate one IP addresses on ENI ${id}, err : ${wording}`);
      }
      return 'failed';
    }
    return 'failed';
  }

  private subnetIsFull(): void {
    this.log.write('error', 'ipamd/ipamd.go:759', SUBNET_FULL);
    this.lastInsufficientMs = this.parts.kernel.nowMs;
  }

  private allocateInterface(atOnce: boolean): boolean {
    const { log, settings, limits, node } = this;
    const { kernel, reader } = this.parts;
    let placement: Placement;
    if (settings.customNetworking) {
      const config = eniConfigOf(reader, node.nodeName, settings);
      if (!config.ok) {
        log.write('error', 'eniconfig/eniconfig.go:118', config.error);
        log.write('error', 'ipamd/ipamd.go:829', 'Failed to get pod ENI config');
        return false;
      }
      placement = config.placement;
      log.write('info', 'ipamd/ipamd.go:834', `ipamd: using custom network config: [${(placement.securityGroups ?? []).join(' ')}], ${placement.subnetIds[0]}`);
    } else {
      placement = settings.subnetDiscovery ? discoverSubnets(this.calls, log, node, settings) : { subnetIds: [node.subnetId] };
    }
    const count = wantedOn(limits.slotsPerInterface, this.pool, settings, limits);
    if (placement.subnetIds.length === 0) {
      log.write('error', 'ipamd/ipamd.go:844', 'Failed to increase pool size due to not able to allocate ENI AllocENI: failed to create ENI: no valid subnets available for ENI creation - all subnets are either not tagged or tagged with kubernetes.io/role/cni=0');
      return false;
    }
    const created = this.createInterface(placement, count);
    if (created === undefined) return false;
    const known = new Set(node.attached().map(({ attachment }) => attachment!.deviceIndex));
    let deviceIndex = 1;
    while (known.has(deviceIndex)) deviceIndex += 1;
    const attached = this.calls.call<{ AttachmentId: string }>('AttachNetworkInterface', { NetworkInterfaceId: created, InstanceId: node.instanceId, DeviceIndex: deviceIndex });
    if (!attached.ok) {
      log.write('error', 'awsutils/awsutils.go:902', `Failed to attach ENI ${created}: ${this.calls.wording('AttachNetworkInterface', attached.error)}`);
      this.calls.call('DeleteNetworkInterface', { NetworkInterfaceId: created });
      return false;
    }
    this.calls.call('ModifyNetworkInterfaceAttribute', { NetworkInterfaceId: created, Attachment: { AttachmentId: attached.value.AttachmentId, DeleteOnTermination: true } });
    log.write('info', 'awsutils/awsutils.go:799', `Successfully created and attached a new ENI ${created} to instance`);
    const adopt = (): void => {
      const owner = node.attached().find(({ id }) => id === created);
      if (!owner || this.poweredOff) return;
      this.pool.addInterface(created, deviceIndex, false);
      for (const cidr of [...owner.secondaryIps, ...owner.prefixes]) this.pool.addBlock(created, cidr);
      this.logStats();
    };
    if (atOnce) {
      adopt();
      return true;
    }
    this.busy = true;
    kernel.after(INTERFACE_ATTACH_MS.base + kernel.random.fraction() * INTERFACE_ATTACH_MS.spread, 'ipamd/attach', node.nodeName, () => {
      this.busy = false;
      adopt();
      this.wake();
    });
    return true;
  }

  /** @returns the id of a new interface in the first subnet that has room */
  private createInterface({ subnetIds, securityGroups }: Placement, count: number): string | undefined {
    const { log, settings, node } = this;
    const tags = { ...this.ownTags(), 'node.k8s.amazonaws.com/createdAt': rfc3339(this.parts.kernel.nowMs), 'eks:eni:owner': 'amazon-vpc-cni' };
    let insufficient = false;
    let last = '';
    for (const SubnetId of subnetIds) {
      const created = this.calls.call<{ NetworkInterface: { NetworkInterfaceId: string } }>('CreateNetworkInterface', {
        SubnetId, Description: `aws-K8S-${node.instanceId}`, Groups: securityGroups ?? node.securityGroupIds, ...(settings.prefixDelegation ? { Ipv4PrefixCount: count } : { SecondaryPrivateIpAddressCount: count }),
        TagSpecifications: [{ ResourceType: 'network-interface', Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) }],
      });
      if (created.ok) return created.value.NetworkInterface.NetworkInterfaceId;
      last = this.calls.wording('CreateNetworkInterface', created.error);
      insufficient = isInsufficient(created.error);
      log.write('error', 'awsutils/awsutils.go:990', `Failed to CreateNetworkInterface ${last} for subnet ${SubnetId}`);
    }
    const wording = `AllocENI: failed to create ENI: failed to create network interface: ${last}`;
    log.write('error', 'ipamd/ipamd.go:844', `Failed to increase pool size due to not able to allocate ENI ${wording}`);
    log.write('warn', 'ipamd/ipamd.go:846', `Failed to allocate ${count} IP addresses on an ENI: ${wording}`);
    if (insufficient) this.subnetIsFull();
    return undefined;
  }

  private decrease(): void {
    const { kernel } = this.parts;
    const waitMs = this.lastDecreaseMs + IPAMD_MS.decrease - kernel.nowMs;
    if (waitMs > 0) {
      this.wake(Math.max(waitMs, IPAMD_MS.loop));
      return;
    }
    this.lastDecreaseMs = kernel.nowMs;
    this.log.write('debug', 'ipamd/ipamd.go:682', 'Starting to decrease pool size for network card 0');
    let over = excess(this.pool, this.settings);
    for (const owner of this.pool.interfaces) {
      if (over <= 0) break;
      const gone = this.pool.freeable(owner).slice(0, over);
      if (gone.length === 0) continue;
      this.giveBack(owner.id, gone.map(block => block.cidr));
      over -= gone.length;
    }
    this.log.write('debug', 'ipamd/ipamd.go:685', 'Successfully decreased IP pool');
    this.logStats();
    this.wake(IPAMD_MS.decrease);
  }

  private giveBack(interfaceId: string, cidrs: readonly string[]): void {
    const [addresses, prefixes] = [cidrs.filter(cidr => !cidr.includes('/')), cidrs.filter(cidr => cidr.includes('/'))];
    for (const cidr of cidrs) this.pool.removeBlock(interfaceId, cidr);
    const answer = this.calls.call('UnassignPrivateIpAddresses', { NetworkInterfaceId: interfaceId, ...(addresses.length > 0 && { PrivateIpAddresses: addresses }), ...(prefixes.length > 0 && { Ipv4Prefixes: prefixes }) });
    if (!answer.ok) this.log.write('warn', 'ipamd/ipamd.go:1204', `Failed to decrease IP pool by removing IPs/Prefixes [${cidrs.join(' ')}] from ENI ${interfaceId}: ${this.calls.wording('UnassignPrivateIpAddresses', answer.error)}`);
  }

  private dropInterface(): void {
    const { log, pool } = this;
    if (!this.settings.manageNonSchedulable && this.isCordoned()) return;
    const spare = pool.interfaces.filter(owner => isDispensable(owner, pool, this.settings));
    if (spare.length === 0) return;
    const ready = spare.find(owner => !pool.isYoung(owner) && !pool.isCoolingOn(owner));
    this.wake();
    if (!ready) return;
    log.write('debug', 'ipamd/ipamd.go:708', `Start freeing ENI ${ready.id} from network card 0`);
    pool.removeInterface(ready.id);
    const attachmentId = this.node.attached().find(({ id }) => id === ready.id)?.attachment?.attachmentId;
    if (attachmentId === undefined) return;
    const detached = this.calls.call('DetachNetworkInterface', { AttachmentId: attachmentId, Force: true });
    if (!detached.ok) {
      log.write('error', 'ipamd/ipamd.go:712', `Failed to free ENI ${ready.id}, err: ${this.calls.wording('DetachNetworkInterface', detached.error)}`);
      return;
    }
    this.parts.kernel.after(IPAMD_MS.loop, 'ipamd/delete-interface', this.node.nodeName, () => { this.calls.call('DeleteNetworkInterface', { NetworkInterfaceId: ready.id }); });
  }

  private isCordoned(): boolean {
    const node = this.parts.reader.get<{ spec?: { taints?: readonly { key: string; effect?: string }[] } }>('Node', '', this.node.nodeName);
    return node?.spec?.taints?.some(taint => taint.key === 'node.kubernetes.io/unschedulable' && taint.effect === 'NoSchedule') === true;
  }

  private logStats(): void {
    const { total, assigned, cooling, prefixes } = this.pool.stats();
    const { slotsPerInterface } = this.limits;
    const each = slotsPerInterface * (this.settings.prefixDelegation ? 16 : 1);
    this.log.write('debug', 'ipamd/ipamd.go:1311', `${this.settings.prefixDelegation ? 'Prefix' : 'IP'} pool stats for network card 0: Total IPs/Prefixes = ${total}/${prefixes}, AssignedIPs/CooldownIPs: ${assigned}/${cooling}, c.maxIPsPerENI = ${each}`);
  }

  // ---- pods -------------------------------------------------------------------------------------------------------

  assign({ namespace, name, uid, sandboxId }: SandboxOwner): { ok: true; ip: string } | { ok: false; error: string } {
    if (!this.initialised) return { ok: false, error: 'cni plugin not initialized' };
    if (this.state !== 'up') {
      this.pluginLog.write('error', 'routed-eni-cni-plugin/cni.go:157', `Error received from AddNetwork gRPC call: rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial tcp 127.0.0.1:50051: connect: connection refused"`);
      return { ok: false, error: `${PLUGIN}${GRPC_DOWN}` };
    }
    this.log.write('info', 'rpc/rpc.pb.go:863', `Received AddNetwork for NS /var/run/netns/cni-${uid}, Sandbox ${sandboxId}, ifname eth0`);
    const ip = this.pool.assign(uid, this.settings.prefixDelegation);
    this.wake();
    if (ip === undefined) {
      this.failedAssignments += 1;
      this.log.write('error', 'datastore/data_store.go:758', 'DataStore has no available IP/Prefix addresses');
      this.log.write('error', 'ipamd/rpc_handler.go:273', 'Failed to assign IPs from network card 0: AssignPodIPAddress: no available IP/Prefix addresses');
      this.log.write('info', 'rpc/rpc.pb.go:881', 'Send AddNetworkReply: Success: false');
      this.pluginLog.write('error', 'routed-eni-cni-plugin/cni.go:283', `Failed to assign an IP address to container ${sandboxId}`);
      return { ok: false, error: `${PLUGIN}add cmd: failed to assign an IP address to container` };
    }
    this.log.write('info', 'ipamd/rpc_handler.go:341', `Send AddNetworkReply: Success: true IPv4Addr: ${ip}, pod ${namespace}/${name}`);
    return { ok: true, ip };
  }

  release({ uid }: Pick<SandboxOwner, 'uid'>): void {
    const ip = this.pool.release(uid);
    if (ip === undefined) return;
    this.log.write('info', 'ipamd/rpc_handler.go:468', `UnassignPodIPAddress: sandbox ${uid}'s ipAddr ${ip}`);
    this.wake();
  }
}
