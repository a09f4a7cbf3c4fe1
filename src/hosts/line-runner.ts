import type { HostCall } from '../engine/kernel/kernel.ts';
import type { Content } from '../trainer/content.ts';
import type { SavedRun, WorldSource } from './protocol.ts';
import { answerJq } from './worker/host-calls.ts';
import { World } from './world.ts';

/** What a line did. */
export interface LineResult {
  readonly line: string;
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
  readonly atMs: number;
}

export interface LineRunnerOptions {
  readonly source: WorldSource;
  readonly seed: number;
  readonly content: Content;
  /** Virtual time after which a line that waits for ever is ended with exit code 124. */
  readonly lineTimeoutMs?: number;
  /** Output as it comes, for hosts that show it live. */
  readonly onOutput?: (text: string, isError: boolean) => void;
  readonly columns?: number;
  readonly rows?: number;
}

const TERMINAL = 'main';
/** `timeout(1)` ends with this code. */
const TIMED_OUT = 124;
/** Virtual time is run in slices of this size while a line waits, so that a line's end is seen soon. */
const SLICE_MS = 50;

/** One terminal of a world, driven line by line, with virtual time running as fast as it can while a line waits. */
export class LineRunner {
  readonly world: World;
  private stdout = '';
  private stderr = '';
  private lastExitCode = 0;
  private isClosed = false;

  constructor(private readonly options: LineRunnerOptions) {
    this.world = new World(options.source, options.seed, options.content, {
      output: (_, text) => this.take(text, false),
      errorOutput: (_, text) => this.take(text, true),
      prompt: (_, exitCode) => { this.lastExitCode = exitCode; },
      closed: () => { this.isClosed = true; },
    });
    this.world.input({ type: 'terminal-open', terminal: TERMINAL, columns: options.columns ?? 200, rows: options.rows ?? 50 });
    this.stdout = '';
    this.stderr = '';
  }

  get closed(): boolean {
    return this.isClosed;
  }

  /** Runs a line to its end. Lines that ask for more input (a heredoc) are given whole, with newlines inside. */
  async run(line: string): Promise<LineResult> {
    const { world } = this;
    this.stdout = '';
    this.stderr = '';
    const atMs = world.kernel.nowMs;
    for (const part of line.split('\n')) {
      world.input({ type: 'line', terminal: TERMINAL, line: part });
      await this.untilPrompt(atMs + (this.options.lineTimeoutMs ?? 600_000));
      if (this.isClosed) break;
    }
    return { line, stdout: this.stdout, stderr: this.stderr, exitCode: this.lastExitCode, atMs };
  }

  async advance(durationMs: number): Promise<void> {
    const untilMs = this.world.kernel.nowMs + durationMs;
    while (this.world.advance(untilMs) === 'host-call') await this.answerHost();
  }

  save(): SavedRun {
    return this.world.save();
  }

  private async untilPrompt(deadlineMs: number): Promise<void> {
    const { world } = this;
    for (;;) {
      const terminal = world.terminals.get(TERMINAL);
      if (this.isClosed || !terminal || terminal.atPrompt) return;
      if (world.kernel.nowMs >= deadlineMs) {
        world.input({ type: 'interrupt', terminal: TERMINAL });
        world.advance(world.kernel.nowMs + SLICE_MS);
        this.lastExitCode = TIMED_OUT;
        return;
      }
      if (world.advance(Math.min(world.kernel.nowMs + SLICE_MS, deadlineMs)) === 'host-call') await this.answerHost();
    }
  }

  private async answerHost(): Promise<void> {
    for (const call of this.world.pendingHostCalls()) this.world.input({ type: 'host-answer', id: call.id, answer: await answerFor(call) });
  }

  private take(text: string, isError: boolean): void {
    // A terminal ends lines with CR LF; a pipe would have seen LF.
    const plain = text.replaceAll('\r\n', '\n');
    if (isError) this.stderr += plain;
    else this.stdout += plain;
    this.options.onOutput?.(text, isError);
  }
}

/** Without a page there is no editor to open: the file stays as it is. */
async function answerFor(call: HostCall): Promise<unknown> {
  return call.name === 'jq' ? await answerJq(call) : { content: undefined };
}
