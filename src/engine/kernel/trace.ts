/**
 * A running hash of everything that mattered: each write of the API server, each input, each line of terminal output.
 * Two runs with the same seed and the same inputs must end with the same value, in Node and in every browser.
 */
export class Trace {
  private high = 0xdeadbeef | 0;
  private low = 0x41c6ce57 | 0;
  private recorded = 0;

  /** Mixes `text` into the hash (cyrb53, a public-domain 53-bit string hash, run as a stream). */
  record(text: string): void {
    let { high, low } = this;
    for (let i = 0; i < text.length; i += 1) {
      const code = text.charCodeAt(i);
      high = Math.imul(high ^ code, 2654435761);
      low = Math.imul(low ^ code, 1597334677);
    }
    this.high = Math.imul(high ^ 10, 2654435761);
    this.low = Math.imul(low ^ 10, 1597334677);
    this.recorded += 1;
  }

  /** How many entries were recorded. */
  get length(): number {
    return this.recorded;
  }

  /** The hash so far, sixteen hexadecimal digits. */
  get hash(): string {
    return (this.high >>> 0).toString(16).padStart(8, '0') + (this.low >>> 0).toString(16).padStart(8, '0');
  }
}
