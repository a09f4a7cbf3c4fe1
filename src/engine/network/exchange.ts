import type { ScheduledEvent } from '../kernel/event-queue.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { NetOutcome, NetRequest, OutgoingResponse } from './contract.ts';
import type { Stack } from './stack.ts';

/** Where an exchange goes, as the network found out when it began. */
export interface Way {
  readonly address: string;
  readonly port: number;
  readonly target: Stack;
  /** Names and half of the first round trip: when the request reaches the target. */
  readonly deliverMs: number;
  readonly roundTripMs: number;
}

/**
 * One request on its way. Most are answered within a moment, so the client's patience becomes an event of its own only
 * where the answer is not already certain to come first.
 */
export class Exchange {
  private readonly startMs: number;
  private readonly limitMs: number;
  private over = false;
  private answering = false;
  private connected = false;
  private timer: ScheduledEvent | undefined;

  constructor(
    private readonly kernel: Kernel,
    private readonly from: Stack,
    private readonly request: NetRequest,
    limitMs: number,
    private readonly routine: boolean,
    /** Told once, with the hop that said no (empty when none did). */
    private readonly finish: (outcome: NetOutcome, refusedBy: string) => void,
  ) {
    this.startMs = kernel.nowMs;
    this.limitMs = limitMs;
  }

  get tookMs(): number {
    return this.kernel.nowMs - this.startMs;
  }

  /** The client no longer waits. */
  abandon(): void {
    this.over = true;
    this.kernel.cancel(this.timer);
  }

  /** Ends with `outcome` after `delayMs`, or in a timeout if that is sooner. */
  endAfter(delayMs: number, address: string, refusedBy: string, outcome: () => NetOutcome): void {
    if (delayMs < this.limitMs) this.after(delayMs, 'network/refused', () => this.end(outcome(), refusedBy));
    else this.giveUpAfter(this.limitMs, address, refusedBy);
  }

  /** Nothing answers: the client's patience runs out. */
  vanish(address: string, refusedBy: string): void {
    this.giveUpAfter(this.limitMs, address, refusedBy);
  }

  /** Reaches a listener. */
  travel(way: Way): void {
    if (way.deliverMs < this.limitMs) this.after(way.deliverMs, 'network/deliver', () => this.deliver(way));
    else this.giveUpAfter(this.limitMs, way.address, '');
  }

  private deliver(way: Way): void {
    if (this.over) return;
    const { target, address, roundTripMs } = way;
    const { request } = this;
    const leftMs = this.limitMs - way.deliverMs;
    if (!target.up) {
      this.giveUpAfter(leftMs, address, '');
      return;
    }
    if (!target.accepts(way.port, target === this.from)) {
      this.end({ kind: 'refused', address, tookMs: this.tookMs }, target.options.name);
      return;
    }
    this.connected = true;
    if (request.protocol === 'tcp') {
      this.end({ kind: 'connected', address, tookMs: this.tookMs }, '');
      return;
    }
    const whole = request.path ?? '/';
    const mark = whole.indexOf('?');
    const served = target.serve(
      {
        method: request.method ?? 'GET', path: mark < 0 ? whole : whole.slice(0, mark), query: mark < 0 ? '' : whole.slice(mark + 1),
        headers: { host: request.host, ...request.headers }, body: request.body ?? '', clientAddress: this.from.addresses[0] ?? '', port: way.port, routine: this.routine,
      },
      response => this.answer(response, way),
      () => this.end({ kind: 'reset', address, tookMs: this.tookMs }, target.options.name),
    );
    if (!served) this.after(roundTripMs, 'network/reset', () => this.end({ kind: 'reset', address, tookMs: this.tookMs }, target.options.name));
    const comesAfterMs = !served ? roundTripMs : this.answering ? roundTripMs / 2 : Number.POSITIVE_INFINITY;
    if (!this.over && comesAfterMs >= leftMs) this.giveUpAfter(leftMs, address, '');
  }

  private answer(response: OutgoingResponse, { address, roundTripMs }: Way): void {
    this.answering = true;
    if (this.over) return;
    this.after(roundTripMs / 2, 'network/response', () => {
      this.end({ kind: 'response', status: response.status, headers: response.headers ?? NO_HEADERS, body: response.body ?? '', address, tookMs: this.tookMs }, '');
    });
  }

  private giveUpAfter(delayMs: number, address: string, refusedBy: string): void {
    this.timer = this.after(delayMs, 'network/timeout', () => this.end({ kind: this.connected ? 'no-answer' : 'timeout', address, tookMs: this.tookMs }, refusedBy));
  }

  private after(delayMs: number, name: string, act: () => void): ScheduledEvent {
    return this.kernel.after(delayMs, name, this.request.host, act, this.routine ? ROUTINE : undefined);
  }

  private end(outcome: NetOutcome, refusedBy: string): void {
    if (this.over) return;
    this.over = true;
    this.kernel.cancel(this.timer);
    this.finish(outcome, refusedBy);
  }
}

const ROUTINE = { periodic: true } as const;
const NO_HEADERS: Readonly<Record<string, string>> = {};
