import type { HostCall } from '../engine/kernel/kernel.ts';
import type { Content } from '../trainer/content.ts';
import type { SavedRun, WorldSource } from './protocol.ts';
import { answerJq } from './worker/host-calls.ts';
import { World, type WorldEvents } from './world.ts';

/** What a line did. */
export interface LineResult {
  readonly line: string;
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
  /** Virtual Unix milliseconds when it ended. */
  readonly atMs: number;
}

export interface LineRunnerOptions {
  /** Virtual time after which a line that waits for ever is ended with exit code 124. */
  readonly lineTimeoutMs?: number;
  /** Output as it comes, for hosts that show it live. */
  readonly echo?: (stream: 'stdout' | 'stderr', text: string) => void;
  readonly columns?: number;
  readonly rows?: number;
}

const TERMINAL = 'main';
/** `timeout(1)` ends with this code. */
const TIMED_OUT = 124;
/** Virtual time a line gets to end after it was interrupted for having waited too long. */
const GRACE_MS = 5_000;
const SLICE_EVENTS = 2_000;

/** One terminal of a world, driven line by line, with virtual time running as fast as it can while a line waits. */
export class LineRunner {
  readonly world: World;
  private stdout = '';
  private stderr = '';
  private isClosed = false;

  /** @param open makes the world with the events this runner listens to */
  constructor(open: (events: WorldEvents) => World, private readonly options: LineRunnerOptions = {}) {
    this.world = open({
      output: (_, text) => this.take('stdout', text), errorOutput: (_, text) => this.take('stderr', text),
      prompt() {}, closed: () => { this.isClosed = true; },
    });
    this.world.input({ type: 'terminal-open', terminal: TERMINAL, columns: options.columns ?? 200, rows: options.rows ?? 50 });
  }

  /** A runner in a fresh world. */
  static in(source: WorldSource, seed: number, content: Content, options: LineRunnerOptions = {}): LineRunner {
    return new LineRunner(events => new World(source, seed, content, events), options);
  }

  get closed(): boolean {
    return this.isClosed;
  }

  /** Runs a line, which may hold newlines (a heredoc), to its end. An unfinished one is ended as Ctrl-D would. */
  async run(line: string): Promise<LineResult> {
    this.stdout = '';
    this.stderr = '';
    this.world.input({ type: 'line', terminal: TERMINAL, line });
    let exitCode: number | undefined;
    if (!(await this.untilPrompt(this.options.lineTimeoutMs ?? 600_000))) {
      const { stdout, stderr } = this;
      this.world.input({ type: 'interrupt', terminal: TERMINAL });
      await this.untilPrompt(GRACE_MS);
      // What it printed until then; the `^C` is ours.
      this.stdout = stdout;
      this.stderr = stderr;
      exitCode = TIMED_OUT;
    }
    if (!this.isClosed && this.session.promptText === '> ') {
      this.world.input({ type: 'end-of-file', terminal: TERMINAL });
      await this.untilPrompt(GRACE_MS);
    }
    return { line, stdout: this.stdout, stderr: this.stderr, exitCode: exitCode ?? this.session.exitCode, atMs: this.world.kernel.nowMs };
  }

  async advance(durationMs: number): Promise<void> {
    const untilMs = this.world.kernel.nowMs + durationMs;
    while (this.world.advance(untilMs) === 'host-call') await this.answerHost();
  }

  save(): SavedRun {
    return this.world.save();
  }

  private get session(): { readonly atPrompt: boolean; readonly promptText: string; readonly exitCode: number } {
    return this.world.terminals.get(TERMINAL)!;
  }

  private async untilPrompt(limitMs: number): Promise<boolean> {
    const { world } = this;
    const untilMs = world.kernel.nowMs + limitMs;
    while (!this.isClosed && !this.session.atPrompt) {
      if (world.pendingHostCalls().length > 0) {
        await this.answerHost();
        continue;
      }
      const next = world.kernel.nextEventMs();
      if (next === undefined || next > untilMs) {
        world.advance(untilMs);
        break;
      }
      world.advance(Math.min(untilMs, next), SLICE_EVENTS);
    }
    return this.isClosed || this.session.atPrompt;
  }

  private async answerHost(): Promise<void> {
    for (const call of this.world.pendingHostCalls()) this.world.input({ type: 'host-answer', id: call.id, answer: await answerFor(call) });
  }

  /** A terminal ends lines with CR LF; a pipe would have seen LF. */
  private take(stream: 'stdout' | 'stderr', text: string): void {
    const plain = text.replaceAll('\r\n', '\n');
    this[stream] += plain;
    this.options.echo?.(stream, plain);
  }
}

/** Nobody sits before an editor here: it closes without saving. */
async function answerFor(call: HostCall): Promise<unknown> {
  return call.name === 'jq' ? await answerJq(call) : { content: undefined };
}
