import { assert } from '../kernel/assert.ts';
import type { Random } from '../kernel/random.ts';

/** IPv4 text to a number and back. */
export function ipToNumber(address: string): number {
  return address.split('.').reduce((total, part) => total * 256 + Number(part), 0);
}

export function ipFromNumber(value: number): string {
  return [24, 16, 8, 0].map(shift => Math.floor(value / 2 ** shift) % 256).join('.');
}

/** The addresses of one subnet. AWS keeps the first four and the last for itself. */
export class AddressPool {
  private readonly first: number;
  private readonly last: number;
  private readonly taken = new Set<number>();

  /** @param cidr for example `10.20.0.0/24` */
  constructor(readonly cidr: string, private readonly random: Random) {
    const [base = '', prefix = ''] = cidr.split('/');
    const size = 2 ** (32 - Number(prefix));
    assert(size >= 16, `subnet ${cidr} is too small`);
    this.first = ipToNumber(base) + 4;
    this.last = ipToNumber(base) + size - 2;
  }

  get freeCount(): number {
    return this.last - this.first + 1 - this.taken.size;
  }

  has(address: string): boolean {
    const value = ipToNumber(address);
    return value >= this.first && value <= this.last;
  }

  /** Takes this very address. @returns false when it is taken already */
  reserve(address: string): boolean {
    const value = ipToNumber(address);
    if (this.taken.has(value)) return false;
    this.taken.add(value);
    return true;
  }

  /** A free address, drawn as the VPC does: anywhere in the range. `undefined` when none is left. */
  take(): string | undefined {
    if (this.freeCount === 0) return undefined;
    let value = this.first + this.random.below(this.last - this.first + 1);
    while (this.taken.has(value)) value = value === this.last ? this.first : value + 1;
    this.taken.add(value);
    return ipFromNumber(value);
  }

  release(address: string): void {
    this.taken.delete(ipToNumber(address));
  }
}
