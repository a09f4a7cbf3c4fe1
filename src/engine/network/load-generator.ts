import type { Kernel } from '../kernel/kernel.ts';
import type { Network } from './network.ts';
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

  /** Multiplies the rate: 2 for peak, 4 for a sale. */
  setFactor(factor: number): void {
    this.factor = factor;
  }

  private next(): void {
    const meanMs = 1000 / (this.profile.ratePerSecond * this.factor);
    this.kernel.after(meanMs * (0.5 + this.kernel.random.fraction()), 'load/request', this.profile.name, () => {
      if (!this.running) return;
      const { host, port, path, method } = this.profile;
      this.network.send(this.stack, { protocol: 'http', host, port, path, method, timeoutMs: PATIENCE_MS }, () => {}, { routine: true });
      this.next();
    }, { periodic: true });
  }
}
