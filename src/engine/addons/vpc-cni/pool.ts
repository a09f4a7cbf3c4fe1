import { ipFromNumber, parseCidr } from '../../apimachinery/cidr.ts';
import { IPAMD_MS } from '../../facts/vpc-cni.ts';

interface Slot { readonly ip: string; owner: string | undefined; releasedAtMs: number }

/** One secondary address or one prefix of an interface. */
export interface Block { readonly cidr: string; readonly isPrefix: boolean; readonly slots: readonly Slot[] }

export interface PoolInterface {
  readonly id: string;
  readonly deviceIndex: number;
  readonly isPrimary: boolean;
  readonly addedAtMs: number;
  readonly blocks: Block[];
}

export interface PoolStats { readonly total: number; readonly assigned: number; readonly cooling: number; readonly prefixes: number }

/** ipamd's own book of a node's addresses: which it has, who holds them, which are cooling down. */
export class AddressPool {
  readonly interfaces: PoolInterface[] = [];
  private readonly byOwner = new Map<string, Slot>();
  private total = 0;
  /** Counts changes of the book, so that whoever draws it knows when to look again. */
  revision = 0;

  constructor(private readonly nowMs: () => number, private readonly cooldownMs: () => number) {}

  addInterface(id: string, deviceIndex: number, isPrimary: boolean): PoolInterface {
    const known = this.interfaces.find(entry => entry.id === id);
    if (known) return known;
    const made: PoolInterface = { id, deviceIndex, isPrimary, addedAtMs: this.nowMs(), blocks: [] };
    this.interfaces.push(made);
    this.revision += 1;
    return made;
  }

  removeInterface(id: string): void {
    const at = this.interfaces.findIndex(entry => entry.id === id);
    if (at < 0) return;
    for (const block of [...this.interfaces[at]!.blocks]) this.removeBlock(id, block.cidr);
    this.interfaces.splice(at, 1);
    this.revision += 1;
  }

  /** @param cidr an address, or a /28 */
  addBlock(interfaceId: string, cidr: string): void {
    const owner = this.interfaces.find(entry => entry.id === interfaceId);
    if (!owner || owner.blocks.some(block => block.cidr === cidr)) return;
    const isPrefix = cidr.includes('/');
    const range = isPrefix ? parseCidr(cidr)! : undefined;
    const ips = range ? Array.from({ length: range.size }, (_, offset) => ipFromNumber(range.first + offset)) : [cidr];
    owner.blocks.push({ cidr, isPrefix, slots: ips.map(ip => ({ ip, owner: undefined, releasedAtMs: Number.NEGATIVE_INFINITY })) });
    this.total += ips.length;
    this.revision += 1;
  }

  removeBlock(interfaceId: string, cidr: string): void {
    const owner = this.interfaces.find(entry => entry.id === interfaceId);
    const at = owner?.blocks.findIndex(block => block.cidr === cidr) ?? -1;
    if (!owner || at < 0) return;
    for (const slot of owner.blocks[at]!.slots) if (slot.owner !== undefined) this.byOwner.delete(slot.owner);
    this.total -= owner.blocks[at]!.slots.length;
    owner.blocks.splice(at, 1);
    this.revision += 1;
  }

  /** Gives a free address; the same again to an owner that has one. `prefer` decides which kind of block comes first. */
  assign(owner: string, preferPrefixes: boolean): string | undefined {
    const known = this.byOwner.get(owner);
    if (known) return known.ip;
    for (const kind of [preferPrefixes, !preferPrefixes]) {
      for (const { blocks } of this.interfaces) for (const block of blocks) {
        if (block.isPrefix !== kind) continue;
        for (const slot of block.slots) {
          if (slot.owner !== undefined || this.isCooling(slot)) continue;
          slot.owner = owner;
          this.byOwner.set(owner, slot);
          this.revision += 1;
          return slot.ip;
        }
      }
    }
    return undefined;
  }

  /** @returns the address, which now cools down */
  release(owner: string): string | undefined {
    const slot = this.byOwner.get(owner);
    if (!slot) return undefined;
    this.byOwner.delete(owner);
    slot.owner = undefined;
    slot.releasedAtMs = this.nowMs();
    this.revision += 1;
    return slot.ip;
  }

  holderOf(owner: string): string | undefined {
    return this.byOwner.get(owner)?.ip;
  }

  stats(): PoolStats {
    let cooling = 0;
    let prefixes = 0;
    for (const { blocks } of this.interfaces) for (const block of blocks) {
      if (block.isPrefix) prefixes += 1;
      for (const slot of block.slots) if (slot.owner === undefined && this.isCooling(slot)) cooling += 1;
    }
    return { total: this.total, assigned: this.byOwner.size, cooling, prefixes };
  }

  /** Addresses that no pod has; those that cool down count as available, although they are not handed out. */
  get available(): number {
    return this.total - this.byOwner.size;
  }

  get totalAddresses(): number {
    return this.total;
  }

  get assignedAddresses(): number {
    return this.byOwner.size;
  }

  /** Prefixes without any pod. */
  freePrefixes(except?: PoolInterface): number {
    return this.interfaces.filter(entry => entry !== except).flatMap(entry => entry.blocks).filter(block => block.isPrefix && block.slots.every(slot => slot.owner === undefined)).length;
  }

  /** Blocks that no pod holds and none left a moment ago. */
  freeable(owner: PoolInterface): Block[] {
    return owner.blocks.filter(block => block.slots.every(slot => slot.owner === undefined && !this.isCooling(slot)));
  }

  hasPods(owner: PoolInterface): boolean {
    return owner.blocks.some(block => block.slots.some(slot => slot.owner !== undefined));
  }

  isCoolingOn(owner: PoolInterface): boolean {
    return owner.blocks.some(block => block.slots.some(slot => slot.owner === undefined && this.isCooling(slot)));
  }

  isYoung(owner: PoolInterface): boolean {
    return this.nowMs() - owner.addedAtMs < IPAMD_MS.youngInterface;
  }

  private isCooling(slot: Slot): boolean {
    return this.nowMs() - slot.releasedAtMs < this.cooldownMs();
  }
}
