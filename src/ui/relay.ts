/**
 * Worlds kept ready beside the one that is played, so that going back in time is a change of worker and not a replay from nothing.
 */
import type { LoggedInput, PageMessage, StandbyOrder, StandbyReport, WayBack, WorldMessage, WorldSource } from '../hosts/protocol.ts';

/** What a page's wire needs of a worker. */
export interface WorldPort {
  postMessage(message: PageMessage | StandbyOrder): void;
  onmessage: ((event: { readonly data: WorldMessage | StandbyReport }) => void) | null;
  onerror: ((event: { readonly message?: string }) => void) | null;
  terminate(): void;
}

export interface RelayOptions {
  open(): WorldPort;
  later(act: () => void, delayMs: number): void;
  /** How many worlds may be kept ready: one at the start, and one just before the last input. */
  standbys: 0 | 1 | 2;
}

/** How long a world that was opened has the machine to itself, real ms. */
const SETTLE_MS = 3_000;

interface Standby {
  readonly port: WorldPort;
  ready: boolean;
  /** What it has been told to play: this many inputs, up to this moment. */
  inputs: number;
  untilMs: number;
}

const isWayBack = (message: PageMessage): message is WayBack => message.type === 'reset' || message.type === 'undo' || message.type === 'rewind';

/** One world for the page, whichever worker holds it. */
export class WorldRelay {
  private active: WorldPort;
  /** At the start of the page's world. */
  private fresh: Standby | undefined;
  /** Just before the last input of the page's world that can be taken back. */
  private trailing: Standby | undefined;
  private world: { readonly source: WorldSource; readonly seed: number } | undefined;
  /** Worlds are counted, so that what was arranged for one that was left does nothing. */
  private epoch = 0;
  private settled: { readonly inputs: readonly LoggedInput[]; readonly untilMs: number } | undefined;
  /** The next world to open is this one at another moment. */
  private arriving = false;
  /** What the page says while a world is handed over; the next one hears it. */
  private waiting: PageMessage[] | undefined;

  constructor(private readonly options: RelayOptions, private readonly forward: (message: WorldMessage) => void) {
    this.active = this.openPort();
  }

  send(message: PageMessage): void {
    if (this.waiting) {
      this.waiting.push(message);
    } else if (isWayBack(message) && this.fresh?.ready) {
      this.waiting = [];
      this.active.postMessage({ type: 'hand-over', back: message });
    } else {
      this.active.postMessage(message);
    }
  }

  close(): void {
    this.epoch += 1;
    for (const port of [this.active, this.fresh?.port, this.trailing?.port]) port?.terminate();
  }

  private openPort(): WorldPort {
    const port = this.options.open();
    port.onmessage = ({ data }) => this.hear(port, data);
    port.onerror = ({ message }) => this.hear(port, { type: 'crashed', message: message ?? 'The world did not load.', run: NO_RUN });
    return port;
  }

  private hear(port: WorldPort, message: WorldMessage | StandbyReport): void {
    if (port !== this.active) {
      for (const role of ['fresh', 'trailing'] as const) {
        const standby = this[role];
        if (standby?.port !== port) continue;
        if (message.type === 'prepared') this.isReady(standby);
        // One that cannot be staged is not tried again; the page's own world tells if there is something wrong with it.
        if (message.type === 'crashed') this.drop(role);
      }
      return;
    }
    switch (message.type) {
      case 'handed-over': this.takeOver(message.kept); return;
      case 'settled':
        this.settled = message;
        this.follow();
        return;
      case 'prepared': return;
      case 'opened':
        this.opened(message.source, message.seed);
        break;
      case 'crashed':
        // Nobody hands over any more.
        this.takeOver(undefined);
        break;
      default: break;
    }
    this.forward(message);
  }

  private opened(source: WorldSource, seed: number): void {
    const same = this.world?.seed === seed && JSON.stringify(this.world.source) === JSON.stringify(source);
    this.world = { source, seed };
    if (this.arriving) {
      this.arriving = false;
      return;
    }
    this.settled = undefined;
    this.drop('trailing');
    if (same) return;
    this.epoch += 1;
    this.drop('fresh');
    const { epoch } = this;
    if (this.options.standbys > 0) this.options.later(() => { if (this.epoch === epoch) this.fresh = this.prepare(this.openPort()); }, SETTLE_MS);
  }

  private prepare(port: WorldPort): Standby {
    port.postMessage({ type: 'prepare', ...this.world! });
    return { port, ready: false, inputs: 0, untilMs: Number.NEGATIVE_INFINITY };
  }

  private isReady(standby: Standby): void {
    standby.ready = true;
    this.follow();
  }

  /** Keeps one world just behind the learner, once there is something to take back and the other one stands. */
  private follow(): void {
    const { settled, trailing } = this;
    if (!settled || !this.fresh?.ready || this.options.standbys < 2) return;
    if (!trailing) {
      this.trailing = this.prepare(this.openPort());
    } else if (trailing.ready && trailing.untilMs < settled.untilMs) {
      trailing.inputs = settled.inputs.length;
      trailing.untilMs = settled.untilMs;
      trailing.port.postMessage({ type: 'follow', inputs: settled.inputs, untilMs: settled.untilMs });
    }
  }

  private takeOver(kept: Extract<StandbyReport, { type: 'handed-over' }>['kept']): void {
    const waiting = this.waiting ?? [];
    this.waiting = undefined;
    if (kept && this.fresh) {
      const { inputs, untilMs, speed } = kept;
      const { trailing } = this;
      const near = trailing?.ready && trailing.inputs <= inputs.length && trailing.untilMs <= untilMs;
      const next = near ? trailing : this.fresh;
      const left = this.active;
      this.active = next.port;
      this.settled = undefined;
      this.arriving = true;
      next.port.postMessage({ type: 'take-over', inputs, untilMs, speed });
      // The world that was left makes room for the next one to be kept ready. One that is ahead now is of no use any more.
      if (near) {
        this.trailing = this.prepare(left);
      } else {
        this.fresh = this.prepare(left);
        this.drop('trailing');
      }
    }
    for (const message of waiting) this.send(message);
  }

  private drop(role: 'fresh' | 'trailing'): void {
    this[role]?.port.terminate();
    this[role] = undefined;
  }
}

const NO_RUN = { format: 1, version: '', source: { kind: 'empty', nodes: 0 }, seed: 0, inputs: [], untilMs: 0 } as const;
