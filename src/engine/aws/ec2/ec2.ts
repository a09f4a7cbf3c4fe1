import { holdsAddress, ipToNumber, parseCidr } from '../../apimachinery/cidr.ts';
import { assert } from '../../kernel/assert.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import type { AwsOperation, AwsResult } from '../contract.ts';
import type { AwsFoundation } from '../foundation.ts';
import { AwsTable } from '../table.ts';
import type { Ec2, Instance, InternetGateway, LaunchSpec, NatGateway, NetworkInterface, RouteTable, SecurityGroup, Subnet, Vpc } from './contract.ts';
import { guarded } from './accepted-parameters.ts';
import { machineOperations } from './change-machines.ts';
import { networkOperations } from './change-network.ts';
import { describeOperations } from './describe.ts';
import { found } from './founding.ts';
import { Interfaces } from './interfaces.ts';
import { InstanceLife } from './machines.ts';
import { addressesOf, SubnetLedger } from './subnet-ledger.ts';

/** EC2 and the VPC of one account in one region: its tables, and the rules that hold between them. */
export class Ec2Service implements Ec2 {
  readonly accountId: string;
  readonly region: string;
  readonly vpcs: AwsTable<Vpc>;
  readonly subnets: AwsTable<Subnet>;
  readonly interfaces: AwsTable<NetworkInterface>;
  readonly instances: AwsTable<Instance>;
  readonly routeTables: AwsTable<RouteTable>;
  readonly natGateways: AwsTable<NatGateway>;
  readonly internetGateways: AwsTable<InternetGateway>;
  readonly securityGroups: AwsTable<SecurityGroup>;
  readonly interfaceBook: Interfaces;
  private readonly life: InstanceLife;
  private readonly ledgers = new Map<string, SubnetLedger>();
  private readonly byInstance = new Map<string, NetworkInterface[]>();

  constructor(readonly kernel: Kernel, foundation: AwsFoundation) {
    this.accountId = foundation.account;
    this.region = foundation.region;
    this.vpcs = new AwsTable(kernel, 'ec2/vpc');
    this.subnets = new AwsTable(kernel, 'ec2/subnet');
    this.interfaces = new AwsTable(kernel, 'ec2/network-interface');
    this.instances = new AwsTable(kernel, 'ec2/instance');
    this.routeTables = new AwsTable(kernel, 'ec2/route-table');
    this.natGateways = new AwsTable(kernel, 'ec2/nat-gateway');
    this.internetGateways = new AwsTable(kernel, 'ec2/internet-gateway');
    this.securityGroups = new AwsTable(kernel, 'ec2/security-group');
    this.subnets.onChange(({ id, after }) => {
      if (!after) {
        this.ledgers.delete(id);
        return;
      }
      const ledger = this.ledgers.get(id) ?? new SubnetLedger(after.cidr, kernel.random);
      this.ledgers.set(id, ledger);
      ledger.reserve(after.reservations.filter(entry => entry.type === 'prefix').map(({ cidr }) => cidr), after.reservations.filter(entry => entry.type === 'explicit').map(({ cidr }) => cidr));
    });
    this.interfaces.onChange(({ before, after }) => this.keepAccount(before, after));
    this.interfaceBook = new Interfaces(this);
    this.life = new InstanceLife(this, foundation.quotas.onDemandVcpus);
    found(this, foundation);
  }

  /** Everything EC2 answers to. */
  operations(): readonly AwsOperation[] {
    return [...describeOperations(this), ...networkOperations(this), ...machineOperations(this)].map(guarded);
  }

  freeCount(subnetId: string): number {
    return this.ledger(subnetId).freeCount;
  }

  subnetOf(address: string): Subnet | undefined {
    const value = ipToNumber(address);
    return this.subnets.list().find(({ cidr }) => holdsAddress(parseCidr(cidr)!, value));
  }

  launch(spec: LaunchSpec): AwsResult<Instance> {
    return this.life.launch(spec);
  }

  terminate(instanceId: string): boolean {
    return this.life.terminate(instanceId);
  }

  /** Which addresses of a subnet are held. */
  ledger(subnetId: string): SubnetLedger {
    const ledger = this.ledgers.get(subnetId);
    assert(ledger, `no subnet ${subnetId}`);
    return ledger;
  }

  /** For staging: addresses that machines to come are known by are not drawn for anything else. An empty list ends it. */
  setAside(addresses: readonly string[]): void {
    for (const ledger of this.ledgers.values()) ledger.setAside(addresses.filter(address => ledger.covers(address)));
  }

  /** Interfaces attached to an instance, in the order of their device index. */
  attachedTo(instanceId: string): readonly NetworkInterface[] {
    return this.byInstance.get(instanceId) ?? [];
  }

  /** `eni-0a1b…`: 17 hexadecimal digits, the first a zero, as EC2 draws them. */
  newId(kind: string): string {
    return `${kind}-0${this.kernel.random.uuid().replaceAll('-', '').slice(0, 16)}`;
  }

  newMacAddress(): string {
    const digits = this.kernel.random.uint32().toString(16).padStart(8, '0');
    return `06:${digits.slice(0, 2)}:${digits.slice(2, 4)}:${digits.slice(4, 6)}:${digits.slice(6)}:${this.kernel.random.below(256).toString(16).padStart(2, '0')}`;
  }

  private keepAccount(before: NetworkInterface | undefined, after: NetworkInterface | undefined): void {
    if (before && !(after && sameAddresses(before, after))) this.ledgers.get(before.subnetId)?.release(addressesOf(before));
    if (after && !(before && sameAddresses(before, after))) this.ledger(after.subnetId).hold(addressesOf(after));
    const [left, joined] = [before?.attachment?.instanceId, after?.attachment?.instanceId];
    if (left !== undefined) {
      const rest = (this.byInstance.get(left) ?? []).filter(({ id }) => id !== before!.id);
      if (rest.length > 0) this.byInstance.set(left, rest);
      else this.byInstance.delete(left);
    }
    if (joined !== undefined) this.byInstance.set(joined, [...this.byInstance.get(joined) ?? [], after!].sort((a, b) => a.attachment!.deviceIndex - b.attachment!.deviceIndex));
  }
}

const sameAddresses = (a: NetworkInterface, b: NetworkInterface): boolean =>
  a.subnetId === b.subnetId && a.privateIp === b.privateIp && a.secondaryIps === b.secondaryIps && a.prefixes === b.prefixes;
