/** Resource quantities: `100m`, `1.5Gi`, `2e3`. Exact, in whole nano-units. */

const SUFFIX_SCALE: Readonly<Record<string, readonly [factor: bigint, divisor: bigint]>> = {
  n: [1n, 1n], u: [1_000n, 1n], m: [1_000_000n, 1n], '': [1_000_000_000n, 1n],
  k: [1_000_000_000_000n, 1n], M: [10n ** 15n, 1n], G: [10n ** 18n, 1n], T: [10n ** 21n, 1n], P: [10n ** 24n, 1n], E: [10n ** 27n, 1n],
  Ki: [1_000_000_000n << 10n, 1n], Mi: [1_000_000_000n << 20n, 1n], Gi: [1_000_000_000n << 30n, 1n],
  Ti: [1_000_000_000n << 40n, 1n], Pi: [1_000_000_000n << 50n, 1n], Ei: [1_000_000_000n << 60n, 1n],
};

export type QuantityFormat = 'BinarySI' | 'DecimalSI' | 'DecimalExponent';

export interface Quantity {
  /** Nano-units, rounded up. */
  readonly nanos: bigint;
  readonly format: QuantityFormat;
}

const QUANTITY = /^([+-]?)(\d*)(?:\.(\d*))?(n|u|m|k|Ki|Mi|Gi|Ti|Pi|Ei|M|G|T|P|E|[eE][+-]?\d+)?$/;
const cache = new Map<string, Quantity | undefined>();

/** Reads a quantity; `undefined` when the text is not one. Numbers are read as their decimal text. */
export function parseQuantity(value: unknown): Quantity | undefined {
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string') return undefined;
  const cached = cache.get(text);
  if (cached) return cached;
  const match = QUANTITY.exec(text);
  if (!match) return undefined;
  const [, sign, whole = '', fraction = '', suffix = ''] = match;
  if (whole === '' && fraction === '') return undefined;
  const exponent = /^[eE][+-]?\d+$/.test(suffix) ? Number(suffix.slice(1)) : undefined;
  const [factor] = SUFFIX_SCALE[exponent === undefined ? suffix : '']!;
  let numerator = BigInt(whole + fraction) * factor;
  let divisor = 10n ** BigInt(fraction.length);
  if (exponent !== undefined) {
    if (exponent >= 0) numerator *= 10n ** BigInt(Math.min(exponent, 60));
    else divisor *= 10n ** BigInt(Math.min(-exponent, 60));
  }
  const nanos = (numerator + divisor - 1n) / divisor;
  const format: QuantityFormat = exponent !== undefined ? 'DecimalExponent' : suffix.endsWith('i') ? 'BinarySI' : 'DecimalSI';
  const quantity = { nanos: sign === '-' ? -nanos : nanos, format };
  if (cache.size > 5_000) cache.clear();
  cache.set(text, quantity);
  return quantity;
}

const DECIMAL_UP = ['', 'k', 'M', 'G', 'T', 'P', 'E'];
const BINARY_UP = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];

/** The canonical text: the largest suffix that leaves a whole number. */
export function formatQuantity({ nanos, format }: Quantity): string {
  if (nanos === 0n) return '0';
  const sign = nanos < 0n ? '-' : '';
  const size = nanos < 0n ? -nanos : nanos;
  const one = 1_000_000_000n;
  if (format === 'BinarySI' && size % one === 0n && (size / one >= 1024n)) {
    let value = size / one;
    let step = 0;
    while (step < 6 && value % 1024n === 0n) {
      value /= 1024n;
      step += 1;
    }
    return `${sign}${value}${BINARY_UP[step]}`;
  }
  if (size % one !== 0n) {
    if (format === 'DecimalExponent') {
      if (size % 1_000_000n === 0n) return `${sign}${size / 1_000_000n}e-3`;
      return size % 1_000n === 0n ? `${sign}${size / 1_000n}e-6` : `${sign}${size}e-9`;
    }
    if (size % 1_000_000n === 0n) return `${sign}${size / 1_000_000n}m`;
    if (size % 1_000n === 0n) return `${sign}${size / 1_000n}u`;
    return `${sign}${size}n`;
  }
  let value = size / one;
  let step = 0;
  if (format === 'BinarySI') return `${sign}${value}`;
  while (step < 6 && value % 1000n === 0n) {
    value /= 1000n;
    step += 1;
  }
  if (format === 'DecimalExponent') return `${sign}${value}${step === 0 ? '' : `e${step * 3}`}`;
  return `${sign}${value}${DECIMAL_UP[step]}`;
}

/** The canonical text of a quantity as given; the text itself when it is not one. */
export function canonicalQuantity(value: unknown): string {
  const quantity = parseQuantity(value);
  return quantity ? formatQuantity(quantity) : String(value);
}

/** As {@link canonicalQuantity}, after rounding up to thousandths: how resource lists are stored. */
export function canonicalInThousandths(value: unknown): string {
  const quantity = parseQuantity(value);
  if (!quantity) return String(value);
  const { nanos, format } = quantity;
  return nanos % 1_000_000n === 0n ? formatQuantity(quantity) : formatQuantity({ nanos: (nanos + 999_999n) / 1_000_000n * 1_000_000n, format });
}

/** Thousandths, rounded up: what CPU is counted in. 0 when missing or malformed. */
export function milliValue(value: unknown): number {
  const quantity = parseQuantity(value);
  return quantity ? Number((quantity.nanos + 999_999n) / 1_000_000n) : 0;
}

/** Whole units, rounded up: bytes, pods, GPUs. 0 when missing or malformed. */
export function unitValue(value: unknown): number {
  const quantity = parseQuantity(value);
  return quantity ? Number((quantity.nanos + 999_999_999n) / 1_000_000_000n) : 0;
}

/** Negative, 0 or positive as `a` is less than, equal to or more than `b`. */
export function compareQuantities(a: unknown, b: unknown): number {
  const difference = (parseQuantity(a)?.nanos ?? 0n) - (parseQuantity(b)?.nanos ?? 0n);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** The canonical sum; keeps the format of the first that is not zero, as upstream's `Add`. */
export function addQuantities(a: unknown, b: unknown): string {
  const left = parseQuantity(a) ?? { nanos: 0n, format: 'DecimalSI' as const };
  const right = parseQuantity(b) ?? { nanos: 0n, format: 'DecimalSI' as const };
  return formatQuantity({ nanos: left.nanos + right.nanos, format: left.nanos === 0n ? right.format : left.format });
}

/** The canonical difference, in the format of `a`. */
export function subtractQuantities(a: unknown, b: unknown): string {
  const left = parseQuantity(a) ?? { nanos: 0n, format: 'DecimalSI' as const };
  return formatQuantity({ nanos: left.nanos - (parseQuantity(b)?.nanos ?? 0n), format: left.format });
}
