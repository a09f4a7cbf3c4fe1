import { holdsAddress, ipFromNumber, ipToNumber, parseCidr, type Range } from '../../apimachinery/cidr.ts';
import { PREFIX, RESERVED_ADDRESSES } from '../../facts/ec2.ts';
import { assert } from '../../kernel/assert.ts';
import type { Random } from '../../kernel/random.ts';
import type { NetworkInterface } from './contract.ts';

/** Every address an interface holds in its subnet, prefixes spelled out. */
export function addressesOf({ privateIp, secondaryIps, prefixes }: Pick<NetworkInterface, 'privateIp' | 'secondaryIps' | 'prefixes'>): number[] {
  const held = [ipToNumber(privateIp), ...secondaryIps.map(ipToNumber)];
  for (const prefix of prefixes) {
    const { first, size } = parseCidr(prefix)!;
    for (let offset = 0; offset < size; offset += 1) held.push(first + offset);
  }
  return held;
}

/** How many addresses of a subnet can be used at all: AWS keeps five. */
export function usableCount(cidr: string): number {
  const range = parseCidr(cidr);
  assert(range, `${cidr} is no range`);
  return range.size - RESERVED_ADDRESSES.first - RESERVED_ADDRESSES.last;
}

/**
 * Which addresses of one subnet are held: an index over the interfaces in it, rebuilt by each of their changes.
 * Reservations (`create-subnet-cidr-reservation`) keep ranges from being drawn for the other purpose.
 */
export class SubnetLedger {
  private readonly range: Range;
  private readonly first: number;
  private readonly last: number;
  private readonly usable: number;
  private readonly held = new Set<number>();
  private aside: ReadonlySet<number> = new Set();
  private reservedForPrefixes: readonly Range[] = [];
  private reservedForNaming: readonly Range[] = [];

  constructor(readonly cidr: string, private readonly random: Random) {
    const range = parseCidr(cidr);
    assert(range && range.length <= 28, `subnet ${cidr} is no range of /28 or wider`);
    this.range = range;
    this.usable = usableCount(cidr);
    this.first = range.first + RESERVED_ADDRESSES.first;
    this.last = range.first + range.size - 1 - RESERVED_ADDRESSES.last;
  }

  get freeCount(): number {
    return this.usable - this.held.size;
  }

  /** Whether the subnet's range covers the address at all. */
  covers(address: string): boolean {
    return holdsAddress(this.range, ipToNumber(address));
  }

  /** Whether an interface could take this very address. */
  isFree(address: string): boolean {
    const value = ipToNumber(address);
    return value >= this.first && value <= this.last && !this.held.has(value);
  }

  reserve(prefixes: readonly string[], explicit: readonly string[]): void {
    this.reservedForPrefixes = prefixes.map(cidr => parseCidr(cidr)!);
    this.reservedForNaming = explicit.map(cidr => parseCidr(cidr)!);
  }

  /** Addresses that are free but not drawn, because somebody is about to ask for them by name. */
  setAside(addresses: readonly string[]): void {
    this.aside = new Set(addresses.map(ipToNumber));
  }

  hold(addresses: readonly number[]): void {
    for (const address of addresses) {
      assert(!this.held.has(address), `${ipFromNumber(address)} is held twice in ${this.cidr}`);
      this.held.add(address);
    }
  }

  release(addresses: readonly number[]): void {
    for (const address of addresses) this.held.delete(address);
  }

  /** `count` free addresses, drawn as the VPC does: anywhere in the range. `undefined` when there are not that many. */
  draw(count: number): string[] | undefined {
    const drawn: number[] = [];
    const usable = (value: number): boolean => !this.held.has(value) && !this.aside.has(value) && !drawn.includes(value) && !this.isReserved(value);
    const span = this.last - this.first + 1;
    for (let left = count; left > 0; left -= 1) {
      if (this.held.size + drawn.length >= span) return undefined;
      const start = this.random.below(span);
      let found: number | undefined;
      for (let step = 0; step < span && found === undefined; step += 1) {
        const value = this.first + ((start + step) % span);
        if (usable(value)) found = value;
      }
      if (found === undefined) return undefined;
      drawn.push(found);
    }
    return drawn.map(ipFromNumber);
  }

  /** Free aligned /28 blocks, reserved ranges first; fewer than asked for means there are not enough. */
  drawPrefixes(count: number): string[] {
    const inReserved: number[] = [];
    const others: number[] = [];
    for (let base = this.range.first; base + PREFIX.size <= this.range.first + this.range.size; base += PREFIX.size) {
      if (!this.isBlockFree(base)) continue;
      if (this.reservedForPrefixes.some(range => holdsAddress(range, base))) inReserved.push(base);
      else if (!this.reservedForNaming.some(range => holdsAddress(range, base))) others.push(base);
      if (inReserved.length >= count) break;
    }
    return [...inReserved, ...others].slice(0, count).map(base => `${ipFromNumber(base)}/${PREFIX.length}`);
  }

  /** Whether the sixteen addresses from `base` on are all free and none of AWS's own. */
  isBlockFree(base: number): boolean {
    if (base < this.first || base + PREFIX.size - 1 > this.last) return false;
    for (let offset = 0; offset < PREFIX.size; offset += 1) if (this.held.has(base + offset) || this.aside.has(base + offset)) return false;
    return true;
  }

  private isReserved(value: number): boolean {
    return this.reservedForPrefixes.some(range => holdsAddress(range, value)) || this.reservedForNaming.some(range => holdsAddress(range, value));
  }
}
