import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { HostCall } from '../engine/kernel/kernel.ts';
import { LineEditor } from '../terminal/line-editor/line-editor.ts';
import { ownCommand } from './own-commands.ts';
import { contentFromFiles } from './content-files.ts';
import { LineRunner, type LineResult } from './line-runner.ts';
import { openWorld, readFolder, worldProblem } from './open-world.ts';
import type { HostArguments } from './world-choice.ts';
import { answerJq } from './worker/host-calls.ts';

const TERMINAL = '1';

/** What one line did, with the state of the scenario for `:status`. */
type ShellResult = LineResult & { readonly status?: unknown };
type Echo = (stream: 'stdout' | 'stderr', text: string) => void;

/** A line runner that also knows the `:` commands of `npm run shell`. */
export class ShellHost {
  private constructor(private readonly runner: LineRunner, private readonly echo: Echo | undefined) {}

  /** @returns one line of what is wrong when the world or the folder does not exist */
  static async open(given: Pick<HostArguments, 'source' | 'seed' | 'lineTimeoutMs' | 'mount'>, echo?: Echo): Promise<ShellHost | string> {
    const problem = worldProblem(given.source);
    if (problem !== undefined) return problem;
    const folder = given.mount === undefined ? undefined : readFolder(given.mount);
    if (typeof folder === 'string') return folder;
    const runner = LineRunner.in(given.source, given.seed, contentFromFiles(), { lineTimeoutMs: given.lineTimeoutMs, columns: 160, ...(echo && { echo }) });
    if (folder) {
      for (const [path, content] of folder.files) runner.world.input({ type: 'write-file', path: `${folder.name}/${path}`, content });
      await runner.run(changeDirectory(folder.name));
    }
    return new ShellHost(runner, echo);
  }

  get ended(): boolean {
    return this.runner.closed;
  }

  get nowMs(): number {
    return this.runner.world.kernel.nowMs;
  }

  /** Runs one line, or a `:` command, to its end. */
  async run(line: string): Promise<ShellResult> {
    const own = /^:[a-z]/.test(line) ? ownCommand(this.runner.world, line) : undefined;
    if (!own) return await this.runner.run(line);
    if ('advanceMs' in own) await this.runner.advance(own.advanceMs);
    const text = 'text' in own ? own.text : '';
    this.echo?.(own.code === 0 ? 'stdout' : 'stderr', text);
    return {
      line, stdout: own.code === 0 ? text : '', stderr: own.code === 0 ? '' : text, exitCode: own.code, atMs: this.nowMs,
      ...('status' in own && own.status !== undefined ? { status: own.status } : {}),
    };
  }
}

const changeDirectory = (folder: string): string => `cd -- '${folder.replace(/'/g, `'\\''`)}'`;

/** `npm run shell`. */
export async function runShell(given: HostArguments): Promise<number> {
  const interactive = process.stdin.isTTY && process.stdout.isTTY && !given.json;
  if (interactive) return await runOnTerminal(given);
  const host = await ShellHost.open(given, given.json ? undefined : (stream, text) => { process[stream].write(text); });
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
      process.stdout.write(`${JSON.stringify({ line: input, stdout: '', stderr: 'drydock: each line of input is a JSON object {"line": "…"}\n', exitCode: 2, atMs: host.nowMs })}\n`);
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
    world.input({ type: 'line', terminal: TERMINAL, line: changeDirectory(basename(given.mount)) });
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
