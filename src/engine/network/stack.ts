import { suspend, type Task } from '../kernel/task.ts';
import type { DnsAnswer, IncomingRequest, Listener, NetOutcome, NetRequest, NetworkStack, OutgoingResponse, RequestHandler } from './contract.ts';
import type { Network } from './network.ts';

export interface StackOptions {
  /** `shop/orders-x` for a pod, otherwise a plain name. */
  readonly name: string;
  /** The workload behind it, for counts: `shop/orders`. */
  readonly group: string;
  readonly kind: 'pod' | 'node' | 'external' | 'laptop' | 'load';
  readonly addresses: readonly string[];
  readonly zone?: string;
  readonly node?: string;
  readonly resolver: NetworkStack['resolver'];
}

interface OpenPort {
  readonly handler: RequestHandler | undefined;
  readonly loopbackOnly: boolean;
  readonly inFlight: Set<() => void>;
}

/** The sockets of one network namespace. Made by {@link Network.createStack}. */
export class Stack implements NetworkStack {
  /** Packets to a stack that is down get no answer at all. */
  up = true;
  private readonly ports = new Map<number, OpenPort>();

  constructor(private readonly network: Network, readonly options: StackOptions) {}

  get addresses(): readonly string[] {
    return this.options.addresses;
  }

  get resolver(): NetworkStack['resolver'] {
    return this.options.resolver;
  }

  *resolve(name: string): Task<DnsAnswer> {
    return yield* suspend<DnsAnswer>(resume => this.network.resolve(this, name, resume));
  }

  *exchange(request: NetRequest): Task<NetOutcome> {
    return yield* suspend<NetOutcome>(resume => this.network.send(this, request, resume, { routine: request.routine }));
  }

  listen(port: number, handler?: RequestHandler, options?: { loopbackOnly?: boolean }): Listener | undefined {
    if (this.ports.has(port)) return undefined;
    const open: OpenPort = { handler, loopbackOnly: options?.loopbackOnly === true, inFlight: new Set() };
    this.ports.set(port, open);
    const close = (): void => { if (this.ports.get(port) === open) this.ports.delete(port); };
    return {
      port, close,
      abort: () => {
        close();
        for (const reset of [...open.inFlight]) reset();
        open.inFlight.clear();
      },
    };
  }

  listening(): readonly { port: number; loopbackOnly: boolean }[] {
    return [...this.ports].map(([port, { loopbackOnly }]) => ({ port, loopbackOnly })).sort((a, b) => a.port - b.port);
  }

  /** Whether a connection to `port` is accepted. */
  accepts(port: number, fromSelf: boolean): boolean {
    const open = this.ports.get(port);
    return open !== undefined && (fromSelf || !open.loopbackOnly);
  }

  /** Hands a request to the listener. @returns false when it only accepts connections */
  serve(request: IncomingRequest, respond: (response: OutgoingResponse) => void, reset: () => void): boolean {
    const open = this.ports.get(request.port);
    if (!open?.handler) return false;
    let answered = false;
    let underWay = false;
    open.handler(request, response => {
      if (answered) return;
      answered = true;
      if (underWay) open.inFlight.delete(reset);
      respond(response);
    });
    if (!answered) {
      underWay = true;
      open.inFlight.add(reset);
    }
    return true;
  }
}
