import type { KubeObject } from '../../engine/apimachinery/object.ts';
import type { ApiServer } from '../../engine/api-server/contract.ts';
import type { Kernel } from '../../engine/kernel/kernel.ts';
import type { TerminalEvents, TerminalSession } from '../../terminal/contract.ts';
import type { ScenarioState } from '../../trainer/contract.ts';
import type { LoggedInput, SavedRun, TrafficSample, WorldInput, WorldMessage, WorldSource } from '../protocol.ts';
import { Desk } from './desk.ts';
import { FrameFeed } from './frames.ts';

/** What the browser's host needs of a world. */
export interface PlayableWorld {
  readonly kernel: Kernel;
  readonly api: ApiServer;
  readonly startMs: number;
  readonly context: string;
  readonly namespace: string;
  openTerminal(id: string, columns: number, rows: number, events: TerminalEvents): TerminalSession;
  terminal(id: string): TerminalSession | undefined;
  /** Every input but `terminal-open`. */
  apply(input: WorldInput): void;
  podStatus(pod: KubeObject): { status: string; ready: string; restarts: number };
  /** Samples since the last call. */
  takeTraffic(): readonly TrafficSample[];
  scenario(): ScenarioState | undefined;
}

export type MakeWorld = (source: WorldSource, seed: number) => PlayableWorld;

/** Replay runs in slices of this many events between looks at what waits. */
const REPLAY_EVENTS = 20_000;

/** One world in play with its log: what the page sees is made from here, and any moment of it can be made again. */
export class Run {
  readonly world: PlayableWorld;
  readonly desk: Desk;
  readonly frames: FrameFeed;
  readonly log: LoggedInput[] = [];
  private toldInputs = -1;

  constructor(make: MakeWorld, readonly source: WorldSource, readonly seed: number, readonly version: string, private readonly post: (message: WorldMessage) => void) {
    this.world = make(source, seed);
    const { world } = this;
    this.desk = new Desk({
      input: input => this.enter(input),
      output: (terminal, data) => post({ type: 'terminal-output', terminal, data }),
      prompt: (terminal, exitCode) => post({ type: 'prompt', terminal, exitCode, context: world.context, namespace: world.namespace }),
      closed: terminal => post({ type: 'terminal-closed', terminal }),
    });
    this.frames = new FrameFeed(world.api.reader, pod => world.podStatus(pod));
    world.api.onChange(change => this.frames.note(change));
  }

  get nowMs(): number {
    return this.world.kernel.nowMs;
  }

  /** An input of now: logged, then given to the world. */
  enter(input: WorldInput): void {
    if (input.type === 'terminal-open' && this.desk.has(input.terminal)) {
      this.enter({ type: 'terminal-resize', terminal: input.terminal, columns: input.columns, rows: input.rows });
      return;
    }
    this.log.push({ atMs: this.nowMs, input });
    this.give(input);
  }

  private give(input: WorldInput): void {
    if (input.type === 'terminal-open') {
      const session = this.world.openTerminal(input.terminal, input.columns, input.rows, this.desk.events(input.terminal));
      this.desk.seatSession(input.terminal, session, input.columns);
      return;
    }
    if (input.type === 'terminal-resize') this.desk.resize(input.terminal, input.columns);
    this.world.apply(input);
  }

  /** Plays logged inputs again, each at its moment, and runs on to `untilMs`. */
  replay(inputs: readonly LoggedInput[], untilMs: number): void {
    for (const { atMs, input } of inputs) {
      if (atMs > untilMs) break;
      this.runTo(atMs);
      this.log.push({ atMs, input });
      this.desk.drawReplayed(input);
      this.give(input);
    }
    this.runTo(untilMs);
  }

  private runTo(untilMs: number): void {
    const { kernel } = this.world;
    while (kernel.nowMs < untilMs) {
      // A host call is answered by the log; without an answer the run ends where it was asked.
      if (kernel.run({ untilMs, maxEvents: REPLAY_EVENTS }) === 'host-call') return;
    }
  }

  saved(): SavedRun {
    return { format: 1, version: this.version, source: this.source, seed: this.seed, inputs: this.log, untilMs: this.nowMs };
  }

  /** Tells the page of a world it does not know yet. */
  announce(speed: 0 | 1 | 10 | 60): void {
    const { world } = this;
    this.post({ type: 'opened', source: this.source, seed: this.seed, startMs: world.startMs, context: world.context, namespace: world.namespace });
    this.tell(speed, true);
    this.desk.flush();
  }

  /** One frame, if there is anything to tell. */
  tell(speed: 0 | 1 | 10 | 60, reset = false): void {
    const scenario = this.world.scenario();
    const inputs = this.log.length !== this.toldInputs ? { inputs: this.log.filter(({ input }) => input.type !== 'key' && input.type !== 'host-answer') } : {};
    this.toldInputs = this.log.length;
    this.post({
      type: 'frame', nowMs: this.nowMs, speed, reset, ...(reset ? this.frames.all() : this.frames.take()), traffic: this.world.takeTraffic(), ...(scenario ? { scenario } : {}), ...inputs,
    });
  }
}
