import { cidrText, holds, ipToNumber, parseCidr } from '../../apimachinery/cidr.ts';
import { INSTANCE_TYPES } from '../../facts/ec2.ts';
import { awsError, type AwsResult } from '../contract.ts';
import type { NetworkInterface, Tags } from './contract.ts';
import type { Ec2Service } from './ec2.ts';

export interface NewInterface {
  readonly subnetId: string;
  readonly description: string;
  readonly type?: string;
  readonly securityGroupIds: readonly string[];
  readonly privateIp?: string;
  readonly secondaryCount?: number;
  readonly prefixCount?: number;
  readonly requesterManaged?: boolean;
  readonly attachment?: NetworkInterface['attachment'];
  readonly tags?: Tags;
}

/** What an interface is asked to hold besides its primary address: so many drawn, or these very ones. */
export interface AddressWish {
  readonly count?: number;
  readonly addresses?: readonly string[];
  readonly prefixCount?: number;
  readonly prefixes?: readonly string[];
}

const NO_ADDRESSES = 'The specified subnet does not have enough free addresses to satisfy the request.';
const NO_BLOCKS = 'The specified subnet does not have enough free cidr blocks to satisfy the request.';

/** Interfaces and the addresses they hold. Texts as EC2 words them (public logs of ipamd, cilium and terraform). */
export class Interfaces {
  constructor(private readonly ec2: Ec2Service) {}

  find(id: string): AwsResult<NetworkInterface> {
    const known = this.ec2.interfaces.get(id);
    return known ? { ok: true, value: known } : awsError('InvalidNetworkInterfaceID.NotFound', `The networkInterface ID '${id}' does not exist`);
  }

  create(wish: NewInterface): AwsResult<NetworkInterface> {
    const { ec2 } = this;
    const subnet = ec2.subnets.get(wish.subnetId);
    if (!subnet) return awsError('InvalidSubnetID.NotFound', `The subnet ID '${wish.subnetId}' does not exist`);
    for (const group of wish.securityGroupIds) if (!ec2.securityGroups.get(group)) return awsError('InvalidGroup.NotFound', `The security group '${group}' does not exist`);
    const ledger = ec2.ledger(wish.subnetId);
    const { secondaryCount = 0, prefixCount = 0 } = wish;
    if (wish.privateIp !== undefined && !ledger.covers(wish.privateIp)) return awsError('InvalidParameterValue', `Address ${wish.privateIp} does not fall within the subnet's address range`);
    if (wish.privateIp !== undefined && !ledger.isFree(wish.privateIp)) return awsError('InvalidIPAddress.InUse', `Address ${wish.privateIp} is in use.`);
    const drawn = ledger.draw(secondaryCount + (wish.privateIp === undefined ? 1 : 0));
    if (!drawn) return prefixCount > 0 ? awsError('InvalidParameterValue', 'There aren\'t sufficient free Ipv4 addresses or prefixes') : awsError('InsufficientFreeAddressesInSubnet', NO_ADDRESSES);
    const privateIp = wish.privateIp ?? drawn[0]!;
    // The primary address is taken first, so that it cannot lie in a prefix.
    ledger.hold([ipToNumber(privateIp)]);
    const prefixes = ledger.drawPrefixes(prefixCount);
    ledger.release([ipToNumber(privateIp)]);
    if (prefixes.length < prefixCount) return awsError('InvalidParameterValue', 'There aren\'t sufficient free Ipv4 addresses or prefixes');
    const id = ec2.newId('eni');
    return {
      ok: true,
      value: ec2.interfaces.put(id, {
        id, subnetId: wish.subnetId, description: wish.description, type: wish.type ?? 'interface', status: wish.attachment ? 'in-use' : 'available',
        privateIp, secondaryIps: wish.privateIp === undefined ? drawn.slice(1) : drawn, prefixes, securityGroupIds: wish.securityGroupIds,
        macAddress: ec2.newMacAddress(), ...(wish.attachment && { attachment: wish.attachment }), requesterManaged: wish.requesterManaged === true, tags: wish.tags ?? {},
      }),
    };
  }

  /** AssignPrivateIpAddresses. @returns what was added */
  assign(id: string, wish: AddressWish): AwsResult<{ readonly addresses: readonly string[]; readonly prefixes: readonly string[] }> {
    const found = this.find(id);
    if (!found.ok) return found;
    const owner = found.value;
    const { count = 0, addresses: named = [], prefixCount = 0, prefixes: namedPrefixes = [] } = wish;
    const asked = count + named.length + prefixCount + namedPrefixes.length;
    const limit = this.slotsOf(owner);
    if (limit !== undefined && 1 + owner.secondaryIps.length + owner.prefixes.length + asked > limit) return awsError('PrivateIpAddressLimitExceeded', 'Number of private addresses will exceed limit.');
    const ledger = this.ec2.ledger(owner.subnetId);
    for (const address of named) {
      if (!ledger.covers(address)) return awsError('InvalidParameterValue', `Address ${address} does not fall within the subnet's address range`);
      if (!ledger.isFree(address)) return awsError('InvalidParameterValue', `[${address}] is in use`);
    }
    const range = parseCidr(this.ec2.subnets.get(owner.subnetId)!.cidr)!;
    for (const prefix of namedPrefixes) {
      const block = parseCidr(prefix);
      if (!block || block.length !== 28 || cidrText(block) !== prefix || !holds(range, block)) return awsError('InvalidParameterValue', `The prefix ${prefix} is not a valid /28 block of subnet ${owner.subnetId}`);
      if (!ledger.isBlockFree(block.first)) return awsError('InvalidParameterValue', `The prefix ${prefix} is in use`);
    }
    const drawn = ledger.draw(count);
    if (!drawn) return awsError('InsufficientFreeAddressesInSubnet', NO_ADDRESSES);
    const blocks = ledger.drawPrefixes(prefixCount);
    if (blocks.length < prefixCount) return ledger.freeCount < 16 * prefixCount ? awsError('InvalidParameterValue', 'There aren\'t sufficient free Ipv4 addresses or prefixes') : awsError('InsufficientCidrBlocks', NO_BLOCKS);
    const addresses = [...named, ...drawn];
    const prefixes = [...namedPrefixes, ...blocks];
    this.ec2.interfaces.put(id, { ...owner, secondaryIps: [...owner.secondaryIps, ...addresses], prefixes: [...owner.prefixes, ...prefixes] });
    return { ok: true, value: { addresses, prefixes } };
  }

  /** UnassignPrivateIpAddresses. */
  unassign(id: string, addresses: readonly string[], prefixes: readonly string[]): AwsResult<Record<string, never>> {
    const found = this.find(id);
    if (!found.ok) return found;
    const owner = found.value;
    for (const address of addresses) if (!owner.secondaryIps.includes(address)) return awsError('InvalidParameterValue', `Some of [${addresses.join(', ')}] are not assigned to interface ${id}`);
    for (const prefix of prefixes) if (!owner.prefixes.includes(prefix)) return awsError('InvalidParameterValue', `Some of [${prefixes.join(', ')}] are not assigned to interface ${id}`);
    this.ec2.interfaces.put(id, {
      ...owner, secondaryIps: owner.secondaryIps.filter(address => !addresses.includes(address)), prefixes: owner.prefixes.filter(prefix => !prefixes.includes(prefix)),
    });
    return { ok: true, value: {} };
  }

  attach(id: string, instanceId: string, deviceIndex: number): AwsResult<NetworkInterface> {
    const { ec2 } = this;
    const found = this.find(id);
    if (!found.ok) return found;
    const instance = ec2.instances.get(instanceId);
    if (!instance || instance.state === 'terminated') return awsError('InvalidInstanceID.NotFound', `The instance ID '${instanceId}' does not exist`);
    if (found.value.status === 'in-use') return awsError('InvalidParameterValue', `Interface: [${id}] in use.`);
    if (instance.zone !== ec2.subnets.get(found.value.subnetId)?.zone) return awsError('InvalidParameterCombination', 'You may not attach a network interface to an instance if they are not in the same availability zone');
    const attached = this.ofInstance(instanceId);
    const limit = INSTANCE_TYPES.get(instance.instanceType)?.interfaces ?? 2;
    if (attached.length >= limit) return awsError('AttachmentLimitExceeded', `Interface count ${attached.length + 1} exceeds the limit for ${instance.instanceType}`);
    if (attached.some(other => other.attachment?.deviceIndex === deviceIndex)) return awsError('InvalidParameterValue', `Instance '${instanceId}' already has an interface attached at device index '${deviceIndex}'.`);
    const slots = INSTANCE_TYPES.get(instance.instanceType)?.addressesPerInterface ?? 2;
    if (1 + found.value.secondaryIps.length + found.value.prefixes.length > slots) return awsError('PrivateIpAddressLimitExceeded', 'Number of private addresses will exceed limit.');
    return {
      ok: true,
      value: ec2.interfaces.put(id, {
        ...found.value, status: 'in-use',
        attachment: { attachmentId: ec2.newId('eni-attach'), instanceId, instanceOwnerId: ec2.accountId, deviceIndex, attachedAtMs: ec2.kernel.nowMs, deleteOnTermination: false },
      }),
    };
  }

  detach(attachmentId: string): AwsResult<NetworkInterface> {
    const { ec2 } = this;
    const owner = ec2.interfaces.list().find(entry => entry.attachment?.attachmentId === attachmentId);
    if (!owner) return awsError('InvalidAttachmentID.NotFound', `The attachment '${attachmentId}' does not exist`);
    if (owner.attachment!.deviceIndex === 0) return awsError('OperationNotPermitted', 'The network interface at device index 0 and networkCard index 0 cannot be detached.');
    if (owner.requesterManaged) return awsError('OperationNotPermitted', 'You are not allowed to manage \'ela-attach\' attachments.');
    const { attachment: _gone, ...rest } = owner;
    return { ok: true, value: ec2.interfaces.put(owner.id, { ...rest, status: 'available' }) };
  }

  delete(id: string): AwsResult<Record<string, never>> {
    const found = this.find(id);
    if (!found.ok) return found;
    if (found.value.status === 'in-use') return awsError('InvalidParameterValue', `Network interface '${id}' is currently in use.`);
    this.ec2.interfaces.delete(id);
    return { ok: true, value: {} };
  }

  /** Interfaces attached to an instance, in the order of their device index. */
  ofInstance(instanceId: string): readonly NetworkInterface[] {
    return this.ec2.attachedTo(instanceId);
  }

  private slotsOf(owner: NetworkInterface): number | undefined {
    const instance = owner.attachment?.instanceId === undefined ? undefined : this.ec2.instances.get(owner.attachment.instanceId);
    return instance && INSTANCE_TYPES.get(instance.instanceType)?.addressesPerInterface;
  }
}
