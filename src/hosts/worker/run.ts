import { podSummary } from '../../engine/kinds/pod-status.ts';
import { readKubeContext } from '../../terminal/prompt.ts';
import type { LoggedInput, SavedRun, Speed, WorldInput, WorldMessage, WorldSource } from '../protocol.ts';
import type { Content } from '../../trainer/content.ts';
import { World } from '../world.ts';
import { AwsFeed } from './aws-feed.ts';
import { Desk } from './desk.ts';
import { FrameFeed, type PodStatusOf } from './frames.ts';
import { NextEvent } from './next-event.ts';
import { schemaTexts } from './laptop-programs.ts';
import { TrafficFeed } from './traffic.ts';

/** One world in play and what the page is told of it. Any moment of it can be made again from its log. */
export class Run {
  readonly world: World;
  readonly desk: Desk;
  private readonly frames: FrameFeed;
  private readonly traffic: TrafficFeed;
  private aws!: AwsFeed;
  private toldInputs = -1;
  /** What is waited for, while time runs to the next thing to see. */
  private awaited: NextEvent | undefined;

  constructor(readonly source: WorldSource, readonly seed: number, content: Content, private readonly post: (message: WorldMessage) => void) {
    this.desk = new Desk({
      input: input => this.enter(input),
      output: (terminal, data) => post({ type: 'terminal-output', terminal, data }),
      prompt: (terminal, exitCode) => post({ type: 'prompt', terminal, exitCode, ...this.place() }),
      closed: terminal => post({ type: 'terminal-closed', terminal }),
    });
    this.world = new World(source, seed, content, {
      output: (terminal, text) => this.desk.output(terminal, text),
      prompt: (terminal, exitCode) => {
        this.desk.prompt(terminal, exitCode);
        this.awaited?.lineEnded();
      },
      closed: terminal => this.desk.closed(terminal),
      founded: ({ aws, vpcCni, kernel }) => { this.aws = new AwsFeed(aws, vpcCni, () => kernel.nowMs); },
    });
    const { api, network } = this.world.cluster;
    api.provideSchemaTexts(schemaTexts);
    this.traffic = new TrafficFeed(network.requests, host => network.stackAt(network.addressesOf(host)[0] ?? host)?.options.group ?? host);
    this.frames = new FrameFeed(api.reader, podStatus);
    api.onChange(change => {
      this.frames.note(change);
      this.awaited?.note(change);
    });
  }

  get nowMs(): number {
    return this.world.kernel.nowMs;
  }

  /** Context and namespace of the learner's kubeconfig, as it is now. */
  private place(): { context: string; namespace: string } {
    const { laptop, context, namespace } = this.world;
    return readKubeContext(laptop.system, `${laptop.home}/.kube/config`) ?? { context, namespace };
  }

  get seeking(): boolean {
    return this.awaited !== undefined;
  }

  /** Starts to run to the next thing that a learner would see. */
  seek(): void {
    this.awaited = new NextEvent(this.nowMs, podStatus);
  }

  stopSeeking(): void {
    this.awaited = undefined;
  }

  /**
   * Runs on towards the next thing to see.
   * @param more whether there is real time left to work
   * @returns `found` or `nothing` when the search is over, `host-call` when the world waits for its host
   */
  seekOn(more: () => boolean): 'found' | 'nothing' | 'host-call' | 'going' {
    const { awaited } = this;
    if (!awaited) return 'nothing';
    const { kernel } = this.world;
    while (more()) {
      if (kernel.run({ untilMs: awaited.untilMs, maxEvents: 1 }) === 'host-call') return 'host-call';
      awaited.look(this.nowMs, () => this.world.scenarioState()?.objectives ?? []);
      const over = awaited.found !== undefined || this.nowMs >= awaited.untilMs;
      if (!over) continue;
      // What happens at the same moment is the same event to whoever looks.
      kernel.run({ untilMs: this.nowMs });
      this.awaited = undefined;
      this.post({ type: 'stopped', words: awaited.found ?? '' });
      return awaited.found === undefined ? 'nothing' : 'found';
    }
    return 'going';
  }

  /** An input of now. The world logs it. */
  enter(input: WorldInput): void {
    if (input.type === 'terminal-open') {
      if (this.world.terminals.has(input.terminal)) {
        this.enter({ ...input, type: 'terminal-resize' });
        return;
      }
      this.world.input(input);
      const session = this.world.terminals.get(input.terminal);
      if (session) this.desk.seatSession(input.terminal, session, input.columns);
      return;
    }
    if (input.type === 'terminal-resize') this.desk.resize(input.terminal, input.columns);
    this.world.input(input);
  }

  /** Plays logged inputs again, each at its moment, and runs on to `untilMs`. The screens are drawn as they were. */
  replay(inputs: readonly LoggedInput[], untilMs: number): void {
    this.desk.replaying = true;
    for (const { atMs, input } of inputs) {
      if (atMs > untilMs) break;
      if (input.type !== 'host-answer') this.world.advance(atMs);
      this.desk.drawReplayed(input);
      this.enter(input);
    }
    this.world.advance(Math.max(untilMs, this.nowMs));
    this.desk.replaying = false;
  }

  saved(): SavedRun {
    return this.world.save();
  }

  /** Tells the page of a world it does not know yet. */
  announce(speed: Speed): void {
    const { world } = this;
    this.post({ type: 'opened', source: this.source, seed: this.seed, startMs: world.startMs, context: world.context, namespace: world.namespace });
    this.tell(speed, true);
    this.desk.announcePrompts();
    this.desk.flush();
  }

  /** One frame. */
  tell(speed: Speed, reset = false): void {
    const { inputs } = this.world;
    const told = inputs.length === this.toldInputs ? {} : { inputs: inputs.filter(({ input }) => TOLD.has(input.type)) };
    const scenario = reset || this.world.scenario?.takeChanged() ? this.world.scenarioState() : undefined;
    const aws = reset ? this.aws.all() : this.aws.take();
    this.toldInputs = inputs.length;
    this.post({
      type: 'frame', nowMs: this.nowMs, speed, reset, ...(reset ? this.frames.all() : this.frames.take()), traffic: this.traffic.take(this.nowMs), ...(aws ? { aws } : {}), ...(scenario ? { scenario } : {}), ...told,
    });
  }
}

/** Inputs that the page marks on its timeline or counts. */
const TOLD: ReadonlySet<string> = new Set(['line', 'hint', 'answer', 'act', 'mend']);

const podStatus: PodStatusOf = pod => {
  const { status, ready, total, restarts } = podSummary(pod);
  return { status, ready: `${ready}/${total}`, restarts };
};
