import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { HostCall } from '../engine/kernel/kernel.ts';
import { LineEditor } from '../terminal/line-editor/line-editor.ts';
import { ownCommand } from './own-commands.ts';
import { openWorld, readFolder } from './open-world.ts';
import type { HostArguments } from './world-choice.ts';
import { answerJq } from './worker/host-calls.ts';
import type { World, WorldEvents } from './world.ts';

const TERMINAL = '1';
/** Virtual time a line gets to end after it was interrupted for having waited too long. */
const GRACE_MS = 5000;
const SLICE_EVENTS = 2000;
export const TIMED_OUT = 124;

/** What one line did. */
export interface LineResult {
  readonly line: string;
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
  /** Virtual Unix milliseconds when it ended. */
  readonly atMs: number;
  /** The state of the scenario, for `:status`. */
  readonly status?: unknown;
}

/** A world with one terminal that is driven line by line, as fast as the machine can. */
export class ShellHost {
  readonly world: World;
  private out = '';
  private errors = '';
  private closed = false;
  private readonly lineTimeoutMs: number;
  private readonly echo: ((stream: 'stdout' | 'stderr', text: string) => void) | undefined;

  private constructor(open: (events: WorldEvents) => World, options: { lineTimeoutMs: number; echo?: (stream: 'stdout' | 'stderr', text: string) => void; columns?: number; rows?: number }) {
    this.lineTimeoutMs = options.lineTimeoutMs;
    this.echo = options.echo;
    const plain = (text: string): string => text.replace(/\r\n/g, '\n');
    this.world = open({
      output: (_, text) => { this.out += plain(text); this.echo?.('stdout', plain(text)); },
      errorOutput: (_, text) => { this.errors += plain(text); this.echo?.('stderr', plain(text)); },
      prompt() {},
      closed: () => { this.closed = true; },
    });
    this.world.input({ type: 'terminal-open', terminal: TERMINAL, columns: options.columns ?? 160, rows: options.rows ?? 50 });
  }

  /** @returns one line of what is wrong when the world or the folder does not exist */
  static open(given: Pick<HostArguments, 'source' | 'seed' | 'lineTimeoutMs' | 'mount'>, echo?: (stream: 'stdout' | 'stderr', text: string) => void): ShellHost | string {
    let problem: string | undefined;
    const folder = given.mount === undefined ? undefined : readFolder(given.mount);
    if (typeof folder === 'string') return folder;
    let host: ShellHost;
    try {
      host = new ShellHost(events => {
        const world = openWorld(given.source, given.seed, events);
        if (typeof world === 'string') { problem = world; throw new Error(world); }
        return world;
      }, { lineTimeoutMs: given.lineTimeoutMs, ...(echo ? { echo } : {}) });
    } catch (thrown) {
      if (problem !== undefined) return problem;
      throw thrown;
    }
    if (folder) {
      for (const [path, content] of folder.files) host.world.input({ type: 'write-file', path: `${folder.name}/${path}`, content });
      host.startIn(folder.name);
    }
    return host;
  }

  get ended(): boolean {
    return this.closed;
  }

  /** Runs one line to its end. */
  async run(line: string): Promise<LineResult> {
    this.out = '';
    this.errors = '';
    const own = line.startsWith(':') && line.length > 1 && /^:[a-z]/.test(line) ? ownCommand(this.world, line) : undefined;
    if (own) {
      if ('advanceMs' in own) await this.advance(own.advanceMs);
      const text = 'text' in own ? own.text : '';
      this.echo?.(own.code === 0 ? 'stdout' : 'stderr', text);
      return {
        line, stdout: this.out + (own.code === 0 ? text : ''), stderr: this.errors + (own.code === 0 ? '' : text), exitCode: own.code, atMs: this.world.kernel.nowMs,
        ...('status' in own && own.status !== undefined ? { status: own.status } : {}),
      };
    }
    this.world.input({ type: 'line', terminal: TERMINAL, line });
    let exitCode: number | undefined;
    if (!(await this.untilPrompt(this.lineTimeoutMs))) {
      const { out, errors } = this;
      this.world.input({ type: 'interrupt', terminal: TERMINAL });
      await this.untilPrompt(GRACE_MS);
      // What it printed until then; the `^C` is ours.
      this.out = out;
      this.errors = errors;
      exitCode = TIMED_OUT;
    }
    if (!this.closed && this.session.promptText === '> ') {
      this.world.input({ type: 'end-of-file', terminal: TERMINAL });
      await this.untilPrompt(GRACE_MS);
    }
    return { line, stdout: this.out, stderr: this.errors, exitCode: exitCode ?? this.session.exitCode, atMs: this.world.kernel.nowMs };
  }

  private get session(): { atPrompt: boolean; promptText: string; exitCode: number } {
    return this.world.terminals.get(TERMINAL) as unknown as { atPrompt: boolean; promptText: string; exitCode: number };
  }

  private startIn(folder: string): void {
    this.world.input({ type: 'line', terminal: TERMINAL, line: `cd -- '${folder.replace(/'/g, `'\\''`)}'` });
    this.world.advance(this.world.kernel.nowMs + 10);
  }

  private async untilPrompt(limitMs: number): Promise<boolean> {
    const untilMs = this.world.kernel.nowMs + limitMs;
    while (!this.closed && !this.session.atPrompt) {
      if (this.world.pendingHostCalls().length > 0) { await this.answerHostCalls(); continue; }
      const next = this.world.kernel.nextEventMs();
      if (next === undefined || next > untilMs) { this.world.advance(untilMs); break; }
      this.world.advance(Math.min(untilMs, next), SLICE_EVENTS);
    }
    return this.closed || this.session.atPrompt;
  }

  private async advance(ms: number): Promise<void> {
    const untilMs = this.world.kernel.nowMs + ms;
    while (this.world.advance(untilMs) === 'host-call') await this.answerHostCalls();
  }

  async answerHostCalls(edit: (call: HostCall) => unknown = leaveUnchanged): Promise<void> {
    for (const call of this.world.pendingHostCalls()) {
      const answer = call.name === 'jq' ? await answerJq(call) : call.name === 'editor' ? edit(call) : undefined;
      this.world.input({ type: 'host-answer', id: call.id, answer });
    }
  }
}

/** Nobody sits before an editor here: it closes without saving. */
function leaveUnchanged(): unknown {
  return { content: undefined };
}

/** `npm run shell`. */
export async function runShell(given: HostArguments): Promise<number> {
  const interactive = process.stdin.isTTY && process.stdout.isTTY && !given.json;
  if (interactive) return await runOnTerminal(given);
  const host = ShellHost.open(given, given.json ? undefined : (stream, text) => { process[stream].write(text); });
  if (typeof host === 'string') {
    process.stderr.write(`drydock: ${host}\n`);
    return 2;
  }
  let code = 0;
  for await (const input of createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (host.ended) break;
    if (!given.json) { code = (await host.run(input)).exitCode; continue; }
    if (input.trim() === '') continue;
    let line: unknown;
    try {
      line = (JSON.parse(input) as { line?: unknown }).line;
    } catch {
      line = undefined;
    }
    if (typeof line !== 'string') {
      process.stdout.write(`${JSON.stringify({ line: input, stdout: '', stderr: 'drydock: each line of input is a JSON object {"line": "…"}\n', exitCode: 2, atMs: host.world.kernel.nowMs })}\n`);
      continue;
    }
    const result = await host.run(line);
    code = result.exitCode;
    process.stdout.write(`${JSON.stringify(result)}\n`);
  }
  return given.json ? 0 : code;
}

const TICK_MS = 16;

/** The same with keys, history and completion, on a real terminal; virtual time follows the clock while a program runs. */
async function runOnTerminal(given: HostArguments): Promise<number> {
  let editor: LineEditor | undefined;
  const held: string[] = [];
  const world = openWorld(given.source, given.seed, {
    output: (_, text) => { if (editor) editor.output(text); else held.push(text); },
    prompt: () => editor?.prompt(session().promptText),
    closed: () => { ended = true; },
  });
  if (typeof world === 'string') {
    process.stderr.write(`drydock: ${world}\n`);
    return 2;
  }
  let ended = false;
  let askingHost = false;
  const session = () => world.terminals.get(TERMINAL)!;
  if (given.mount !== undefined) {
    const folder = readFolder(given.mount);
    if (typeof folder === 'string') { process.stderr.write(`drydock: ${folder}\n`); return 2; }
    for (const [path, content] of folder.files) world.input({ type: 'write-file', path: `${folder.name}/${path}`, content });
  }
  world.input({ type: 'terminal-open', terminal: TERMINAL, columns: process.stdout.columns, rows: process.stdout.rows });
  editor = new LineEditor({
    write: text => process.stdout.write(text), columns: process.stdout.columns,
    submit(line) {
      const own = /^:[a-z]/.test(line) ? ownCommand(world, line) : undefined;
      if (!own) { world.input({ type: 'line', terminal: TERMINAL, line }); return; }
      if ('advanceMs' in own) world.advance(world.kernel.nowMs + own.advanceMs);
      else editor!.output(own.text.replace(/\n/g, '\r\n'));
      editor!.prompt(session().promptText);
    },
    interrupt: () => world.input({ type: 'interrupt', terminal: TERMINAL }),
    suspend: () => world.input({ type: 'suspend', terminal: TERMINAL }),
    endOfFile: () => world.input({ type: 'end-of-file', terminal: TERMINAL }),
    key: data => world.input({ type: 'key', terminal: TERMINAL, data }),
    isRaw: () => session().raw, atPrompt: () => session().atPrompt,
    complete: (line, cursor) => session().complete(line, cursor),
    history: () => session().history,
  });
  if (given.mount !== undefined) {
    world.input({ type: 'line', terminal: TERMINAL, line: `cd -- '${basename(given.mount).replace(/'/g, `'\\''`)}'` });
    world.advance(world.kernel.nowMs + 10);
  } else editor.prompt(session().promptText);
  process.stdin.setRawMode(true);
  process.stdin.on('data', data => { if (!askingHost) editor!.feed(data.toString('utf8')); });
  process.stdout.on('resize', () => {
    editor!.resize(process.stdout.columns);
    world.input({ type: 'terminal-resize', terminal: TERMINAL, columns: process.stdout.columns, rows: process.stdout.rows });
  });
  let lastMs = performance.now();
  while (!ended) {
    await new Promise(wake => setTimeout(wake, session().atPrompt ? TICK_MS : 4));
    const nowMs = performance.now();
    const elapsedMs = nowMs - lastMs;
    lastMs = nowMs;
    const end = world.advance(world.kernel.nowMs + elapsedMs * given.speed, 50_000);
    if (end !== 'host-call') continue;
    askingHost = true;
    for (const call of world.pendingHostCalls()) world.input({ type: 'host-answer', id: call.id, answer: call.name === 'jq' ? await answerJq(call) : call.name === 'editor' ? editOnTerminal(call) : undefined });
    askingHost = false;
    lastMs = performance.now();
  }
  process.stdin.setRawMode(false);
  process.stdin.pause();
  return 0;
}

/** Opens the machine's own editor on a copy. */
function editOnTerminal(call: HostCall): unknown {
  const { path, content, flavour } = call.input as { path: string; content: string; flavour: string };
  const folder = mkdtempSync(join(tmpdir(), 'drydock-'));
  const file = join(folder, basename(path));
  try {
    writeFileSync(file, content);
    process.stdin.setRawMode(false);
    const ran = spawnSync(process.env.EDITOR ?? (flavour === 'nano' ? 'nano' : 'vi'), [file], { stdio: 'inherit' });
    process.stdin.setRawMode(true);
    const after = readFileSync(file, 'utf8');
    return { content: ran.status === 0 && after !== content ? after : undefined };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
