/** IPv4 addresses and ranges. */

/** `10.20.0.5` → a number, and back. */
export function ipToNumber(address: string): number {
  return address.split('.').reduce((total, part) => total * 256 + Number(part), 0);
}

export function ipFromNumber(value: number): string {
  return [24, 16, 8, 0].map(shift => Math.floor(value / 2 ** shift) % 256).join('.');
}

/** A range: `size` addresses from `first` on. */
export interface Range {
  readonly first: number;
  readonly size: number;
  /** The digits after the slash. */
  readonly length: number;
}

const OCTET = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const ADDRESS = new RegExp(`^${OCTET}(?:\\.${OCTET}){3}$`);

export function isIpv4(text: string): boolean {
  return ADDRESS.test(text);
}

/** @returns undefined for text that is no IPv4 range; bits behind the mask are cleared, as AWS does */
export function parseCidr(text: string): Range | undefined {
  const [base = '', digits = '', ...rest] = text.split('/');
  const length = Number(digits);
  if (rest.length > 0 || !isIpv4(base) || !/^\d{1,2}$/.test(digits) || length > 32) return undefined;
  const size = 2 ** (32 - length);
  return { first: Math.floor(ipToNumber(base) / size) * size, size, length };
}

export function cidrText({ first, length }: Range): string {
  return `${ipFromNumber(first)}/${length}`;
}

export function holds(outer: Range, inner: Range): boolean {
  return inner.first >= outer.first && inner.first + inner.size <= outer.first + outer.size;
}

export function overlaps(a: Range, b: Range): boolean {
  return a.first < b.first + b.size && b.first < a.first + a.size;
}

export function holdsAddress(range: Range, address: number): boolean {
  return address >= range.first && address < range.first + range.size;
}
