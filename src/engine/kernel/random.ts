import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** The alphabet of `k8s.io/apimachinery/pkg/util/rand`: no vowels and no 0, 1, 3, so that no words appear. */
const NAME_ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

/** The one seeded source of chance. Every draw advances the same sequence, so a run replays exactly. */
export class Random {
  private readonly generator: ReturnType<typeof xoroshiro128plus>;

  constructor(seed: number) {
    this.generator = xoroshiro128plus(seed | 0);
  }

  /** A whole number in [0, 2^32). */
  uint32(): number {
    return this.generator.next() >>> 0;
  }

  /** A number in [0, 1). */
  fraction(): number {
    return this.uint32() / 4294967296;
  }

  /** A whole number in [0, bound). */
  below(bound: number): number {
    return Math.floor(this.fraction() * bound);
  }

  /** `valueMs` plus up to `share` of it, as client-go's `wait.Jitter`. */
  jitter(valueMs: number, share: number): number {
    return valueMs * (1 + this.fraction() * share);
  }

  /** A name tail as upstream's `rand.String(n)` draws it. */
  nameSuffix(length = 5): string {
    let text = '';
    for (let i = 0; i < length; i += 1) text += NAME_ALPHABET[this.below(NAME_ALPHABET.length)];
    return text;
  }

  /** A version 4 UUID. */
  uuid(): string {
    const hex = [this.uint32(), this.uint32(), this.uint32(), this.uint32()]
      .map(word => word.toString(16).padStart(8, '0')).join('');
    const variant = '89ab'[Number.parseInt(hex[16]!, 16) & 3]!;
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
  }

  /** One of `items`. */
  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }
}
