import type { Kernel } from '../../kernel/kernel.ts';

/** Remembers what a value was until a change has reached everyone: IAM's eventual consistency. */
export class Settled<T> {
  private readonly past = new Map<string, { readonly sinceMs: number; readonly value: T | undefined }[]>();

  constructor(private readonly kernel: Kernel, private readonly delayMs: number) {}

  /** A value that counts from now on, or in `delayMs` when others have to hear of it. */
  set(key: string, value: T | undefined, atOnce = false): void {
    const entries = this.past.get(key) ?? [];
    if (atOnce) entries.length = 0;
    entries.push({ sinceMs: atOnce ? Number.NEGATIVE_INFINITY : this.kernel.nowMs + this.delayMs, value });
    const current = entries.findLastIndex(entry => entry.sinceMs <= this.kernel.nowMs);
    this.past.set(key, current > 0 ? entries.slice(current) : entries);
  }

  /** What the world goes by now. */
  get(key: string): T | undefined {
    return this.past.get(key)?.findLast(entry => entry.sinceMs <= this.kernel.nowMs)?.value;
  }
}
