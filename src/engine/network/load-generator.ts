import type { Kernel } from '../kernel/kernel.ts';
import type { Network } from './network.ts';
import { isSuccess } from './request-log.ts';
import type { Stack } from './stack.ts';

export interface LoadProfile {
  /** `browse`, `checkout`. */
  readonly name: string;
  readonly ratePerSecond: number;
  readonly method: string;
  /** `http://shop.kfo.example/`. */
  readonly host: string;
  readonly port: number;
  readonly path: string;
}

/** A request that takes longer has failed (curriculum G-traffic). */
const PATIENCE_MS = 5_000;

/** People outside the cluster: requests at a steady mean rate, slightly uneven, for as long as it runs. */
export class LoadGenerator {
  private readonly stack: Stack;
  private running = false;
  /** How many times its usual rate. */
  factor = 1;
  /** Requests that ended since it began, and those of them that were lost: an error above 499, no connection, no answer in time. */
  total = 0;
  lost = 0;
  private paused = false;

  constructor(private readonly kernel: Kernel, private readonly network: Network, private readonly profile: LoadProfile, address: string) {
    this.stack = network.createStack({
      name: `load/${profile.name}`, group: `load/${profile.name}`, kind: 'load', addresses: [address],
      resolver: { nameservers: ['10.20.0.2'], search: [], ndots: 1 },
    });
  }

  get name(): string {
    return this.profile.name;
  }

  get host(): string {
    return this.profile.host;
  }

  start(): void {
    if (this.running) return;
    this.running = true;
    this.next();
  }

  stop(): void {
    this.running = false;
  }

  /** People wait: no request until {@link resume}. */
  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
  }

  /** Multiplies the rate: 2 for peak, 4 for a sale. */
  setFactor(factor: number): void {
    this.factor = factor;
  }

  private next(): void {
    const meanMs = 1000 / (this.profile.ratePerSecond * this.factor);
    this.kernel.after(meanMs * (0.5 + this.kernel.random.fraction()), 'load/request', this.profile.name, () => {
      if (!this.running) return;
      this.next();
      if (this.paused) return;
      const { host, port, path, method } = this.profile;
      this.network.send(this.stack, { protocol: 'http', host, port, path, method, timeoutMs: PATIENCE_MS }, outcome => {
        this.total += 1;
        if (!isSuccess(outcome)) this.lost += 1;
      }, { routine: true });
    }, { periodic: true });
  }
}
