import { INSTANCE_STATE_MS, INSTANCE_TYPES, TERMINATED_VISIBLE_MS } from '../../facts/ec2.ts';
import { awsError, type AwsResult } from '../contract.ts';
import type { Instance, LaunchSpec } from './contract.ts';
import type { Ec2Service } from './ec2.ts';

/** Families that the quota "Running On-Demand Standard instances" counts. */
const STANDARD = /^[acdhimrtz]\d/;

/** The life of instances: launched, running, shutting down, gone. */
export class InstanceLife {
  constructor(private readonly ec2: Ec2Service, private readonly onDemandVcpus: number) {}

  launch(spec: LaunchSpec): AwsResult<Instance> {
    const { ec2 } = this;
    const { kernel } = ec2;
    const type = INSTANCE_TYPES.get(spec.instanceType);
    if (!type) return awsError('InvalidParameterValue', `Invalid value '${spec.instanceType}' for InstanceType.`);
    const subnet = ec2.subnets.get(spec.subnetId);
    if (!subnet) return awsError('InvalidSubnetID.NotFound', `The subnet ID '${spec.subnetId}' does not exist`);
    const capacityType = spec.capacityType ?? 'ON_DEMAND';
    if (capacityType === 'ON_DEMAND' && STANDARD.test(spec.instanceType) && this.vcpusInUse() + type.vcpus > this.onDemandVcpus) {
      return awsError('VcpuLimitExceeded', `You have requested more vCPU capacity than your current vCPU limit of ${this.onDemandVcpus} allows for the instance bucket that the specified instance type belongs to. Please visit http://aws.amazon.com/contact-us/ec2-request to request an adjustment to this limit.`);
    }
    const instanceId = ec2.newId('i');
    const made = ec2.interfaceBook.create({
      subnetId: spec.subnetId, description: '', securityGroupIds: spec.securityGroupIds, ...(spec.privateIp !== undefined && { privateIp: spec.privateIp }),
      attachment: { attachmentId: ec2.newId('eni-attach'), instanceId, instanceOwnerId: ec2.accountId, deviceIndex: 0, attachedAtMs: kernel.nowMs, deleteOnTermination: true },
      tags: {},
    });
    if (!made.ok) {
      return made.error.code === 'InsufficientFreeAddressesInSubnet'
        ? awsError('InsufficientFreeAddressesInSubnet', `There are not enough free addresses in subnet '${spec.subnetId}' to satisfy the requested number of instances.`) : made;
    }
    const instance = ec2.instances.put(instanceId, {
      instanceId, imageId: spec.imageId, instanceType: spec.instanceType, state: spec.booted ? 'running' : 'pending', launchedAtMs: kernel.nowMs, zone: subnet.zone,
      subnetId: spec.subnetId, privateIp: made.value.privateIp, securityGroupIds: spec.securityGroupIds, roleName: spec.roleName, capacityType, tags: spec.tags,
      ...(spec.bootstrap && { bootstrap: spec.bootstrap }),
    });
    if (!spec.booted) {
      kernel.after(INSTANCE_STATE_MS.pending + kernel.random.fraction() * INSTANCE_STATE_MS.pendingSpread, 'ec2/running', instanceId, () => {
        if (ec2.instances.get(instanceId)?.state === 'pending') ec2.instances.update(instanceId, row => ({ ...row, state: 'running' }));
      });
    }
    return { ok: true, value: instance };
  }

  terminate(instanceId: string): boolean {
    const { ec2 } = this;
    const { kernel } = ec2;
    const instance = ec2.instances.get(instanceId);
    if (!instance) return false;
    if (instance.state === 'shutting-down' || instance.state === 'terminated') return true;
    ec2.instances.put(instanceId, { ...instance, state: 'shutting-down' });
    kernel.after(INSTANCE_STATE_MS.shuttingDown + kernel.random.fraction() * INSTANCE_STATE_MS.shuttingDownSpread, 'ec2/terminated', instanceId, () => this.end(instanceId));
    return true;
  }

  private end(instanceId: string): void {
    const { ec2 } = this;
    for (const owner of [...ec2.attachedTo(instanceId)]) {
      if (owner.attachment!.deleteOnTermination) ec2.interfaces.delete(owner.id);
      else {
        const { attachment: _gone, ...rest } = owner;
        ec2.interfaces.put(owner.id, { ...rest, status: 'available' });
      }
    }
    ec2.instances.update(instanceId, row => ({ ...row, state: 'terminated', endedAtMs: ec2.kernel.nowMs }));
    ec2.kernel.after(TERMINATED_VISIBLE_MS, 'ec2/forget', instanceId, () => ec2.instances.delete(instanceId));
  }

  private vcpusInUse(): number {
    let total = 0;
    for (const { state, capacityType, instanceType } of this.ec2.instances.list()) {
      if (capacityType === 'ON_DEMAND' && STANDARD.test(instanceType) && (state === 'pending' || state === 'running')) total += INSTANCE_TYPES.get(instanceType)?.vcpus ?? 0;
    }
    return total;
  }
}
