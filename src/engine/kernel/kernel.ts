import { assert } from './assert.ts';
import { EventQueue, type ScheduledEvent } from './event-queue.ts';
import { Random } from './random.ts';
import { Trace } from './trace.ts';

/** Monday 23 November 2026, 09:00 UTC: where the calendar of every run starts unless a scenario says otherwise. */
export const CALENDAR_START_MS = 1_795_424_400_000;

/** Work that only the host can do (a WebAssembly filter, the learner's editor). It takes no virtual time. */
export interface HostCall {
  readonly id: number;
  readonly name: string;
  readonly input: unknown;
}

export interface RunOptions {
  /** Virtual Unix milliseconds to reach; events due exactly then still run. */
  untilMs: number;
  /** At most this many events, so that a host can stay responsive. */
  maxEvents?: number;
}

/** Why `run` came back: it got there, it used up its events, or the host has to answer first. */
export type RunEnd = 'reached' | 'budget' | 'host-call';

export interface ScheduleOptions {
  /** See {@link ScheduledEvent.periodic}. */
  periodic?: boolean;
}

/**
 * The one clock, the one queue, the one source of chance. Synchronous: nothing in the world moves outside `run`,
 * except as the direct effect of an input.
 */
export class Kernel {
  readonly random: Random;
  readonly trace = new Trace();
  private readonly queue = new EventQueue();
  private readonly leapListeners: ((shiftMs: number) => void)[] = [];
  private readonly hostCalls = new Map<number, { call: HostCall; resume: (answer: unknown) => void }>();
  private currentMs: number;
  private nextSeq = 0;
  private nextHostCall = 1;
  private executed = 0;
  private leapDuties: { readonly toMs: number; readonly held: ScheduledEvent[] } | undefined;

  constructor(options: { seed: number; startMs?: number }) {
    this.random = new Random(options.seed);
    this.currentMs = options.startMs ?? CALENDAR_START_MS;
  }

  /** Virtual Unix milliseconds. */
  get nowMs(): number {
    return this.currentMs;
  }

  /** Events executed since the start. */
  get eventCount(): number {
    return this.executed;
  }

  /** Runs `act` after `delayMs` (0 or more) of virtual time. */
  after(delayMs: number, name: string, key: string, act: () => void, options?: ScheduleOptions): ScheduledEvent {
    assert(delayMs >= 0 && Number.isFinite(delayMs), `${name}: delay ${delayMs}`);
    return this.at(this.currentMs + delayMs, name, key, act, options);
  }

  /** Runs `act` at `atMs`, which must not lie in the past. */
  at(atMs: number, name: string, key: string, act: () => void, options?: ScheduleOptions): ScheduledEvent {
    assert(atMs >= this.currentMs, `${name}: ${atMs} lies before ${this.currentMs}`);
    const event: ScheduledEvent = {
      atMs, seq: this.nextSeq++, name, key, act, periodic: options?.periodic === true, cancelled: false,
    };
    if (event.periodic && this.leapDuties) {
      // Begun while the clock leaps: it keeps its delay, counted from where the leap ends.
      event.atMs += this.leapDuties.toMs - this.currentMs;
      this.leapDuties.held.push(event);
    } else {
      this.queue.push(event);
    }
    return event;
  }

  /** The event will not run; cancelling twice, or after it ran, changes nothing. */
  cancel(event: ScheduledEvent | undefined): void {
    if (event) this.queue.cancel(event);
  }

  /** When the next event is due, if any. */
  nextEventMs(): number | undefined {
    return this.queue.peek()?.atMs;
  }

  /** Executes due events in order until `untilMs`, the budget, or a host call stops it. */
  run(options: RunOptions): RunEnd {
    let budget = options.maxEvents ?? Number.POSITIVE_INFINITY;
    for (;;) {
      if (this.hostCalls.size > 0) return 'host-call';
      const next = this.queue.peek();
      if (!next || next.atMs > options.untilMs) {
        this.currentMs = Math.max(this.currentMs, options.untilMs);
        return 'reached';
      }
      if (budget <= 0) return 'budget';
      budget -= 1;
      this.queue.pop();
      this.currentMs = next.atMs;
      this.executed += 1;
      next.act();
    }
  }

  /**
   * Moves to `toMs` as if every periodic duty had gone on as before: other events run in order, periodic ones keep
   * their phase and are shifted past the leap. Only staging uses it, to give an estate its history without paying
   * for days of probes.
   */
  leap(toMs: number): void {
    assert(toMs >= this.currentMs, 'a leap goes forward');
    assert(!this.leapDuties, 'one leap at a time');
    const startMs = this.currentMs;
    const held: ScheduledEvent[] = [];
    for (const event of this.queue.drain()) {
      if (event.periodic) {
        event.atMs += toMs - startMs;
        held.push(event);
      } else {
        this.queue.push(event);
      }
    }
    this.leapDuties = { toMs, held };
    const end = this.run({ untilMs: toMs });
    assert(end !== 'host-call', 'no host call during a leap');
    this.leapDuties = undefined;
    for (const duty of held) if (!duty.cancelled) this.queue.push(duty);
    for (const listener of this.leapListeners) listener(toMs - startMs);
  }

  /** Components that remember when they last saw something move that memory along with a leap. */
  onLeap(listener: (shiftMs: number) => void): void {
    this.leapListeners.push(listener);
  }

  /** Asks the host for something; time stands still until {@link answerHostCall}. */
  callHost(name: string, input: unknown, resume: (answer: unknown) => void): HostCall {
    const call: HostCall = { id: this.nextHostCall++, name, input };
    this.hostCalls.set(call.id, { call, resume });
    return call;
  }

  /** The host calls that wait for an answer, oldest first. */
  pendingHostCalls(): HostCall[] {
    return [...this.hostCalls.values()].map(entry => entry.call);
  }

  /** Answers a host call; an id that no longer waits (its process was killed) is ignored. */
  answerHostCall(id: number, answer: unknown): void {
    const entry = this.hostCalls.get(id);
    this.hostCalls.delete(id);
    entry?.resume(answer);
  }

  /** The caller no longer waits for this host call. */
  cancelHostCall(id: number): void {
    this.hostCalls.delete(id);
  }
}
