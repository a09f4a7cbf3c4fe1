import type { SystemProcess } from '../engine/userland/contract.ts';
import type { Task } from '../engine/kernel/task.ts';
import { Tty, loginShell, type LineSource, type Shell } from '../engine/userland/index.ts';
import type { Completion, Laptop, TerminalEvents, TerminalSession } from './contract.ts';
import { LAPTOP_CREDENTIALS } from './laptop.ts';
import { promptOf, readKubeContext } from './prompt.ts';
import { completeLine } from './shell/completion.ts';

export interface TerminalSessionOptions {
  readonly id: string;
  readonly laptop: Laptop;
  readonly columns: number;
  readonly rows: number;
  readonly events: TerminalEvents;
  /** Replaces the prompt that shows context and namespace. */
  readonly prompt?: (state: { readonly exitCode: number; readonly cwd: string }) => string;
  /** Standard error apart from standard output, for hosts that tell them apart. A terminal mixes them. */
  readonly errorOutput?: (text: string) => void;
  readonly env?: ReadonlyMap<string, string>;
}

/**
 * Opens a terminal on the laptop: a bash with job control behind a line discipline. It waits at its first prompt when
 * this returns (`atPrompt`); `events.prompt` tells of the later ones.
 */
export function createTerminalSession(options: TerminalSessionOptions): TerminalSession & { readonly shell: Shell; readonly exitCode: number } {
  return new LaptopSession(options);
}

class LaptopSession implements TerminalSession {
  readonly id: string;
  shell!: Shell;
  private readonly tty: Tty;
  private readonly process: SystemProcess;
  private readonly options: TerminalSessionOptions;
  /** The first prompt is there before the caller has the session; it is read from `atPrompt`, not announced. */
  private ready = false;
  private waiting: { resume: (line: string | null) => void; continuation: boolean } | undefined;

  constructor(options: TerminalSessionOptions) {
    this.options = options;
    this.id = options.id;
    const { laptop } = options;
    const { kernel } = laptop.system.processes;
    const output = (text: string): void => {
      kernel.trace.record(`terminal ${options.id} ${text}`);
      options.events.output(text);
    };
    this.tty = new Tty(laptop.system, { columns: options.columns, rows: options.rows, output });
    const terminal = this.tty.descriptor;
    const { errorOutput } = options;
    const errors = errorOutput ? { ...terminal, *write(text: string): Task<void> { kernel.trace.record(`terminal ${options.id} ${text}`); errorOutput(text); } } : terminal;
    this.process = laptop.system.processes.spawn({
      argv: ['bash'], cwd: laptop.home, ...LAPTOP_CREDENTIALS,
      env: new Map([
        ['HOME', laptop.home], ['USER', laptop.user], ['LOGNAME', laptop.user], ['SHELL', '/bin/bash'], ['TERM', 'xterm-256color'], ['LANG', 'C.UTF-8'],
        ['PATH', '/usr/local/bin:/usr/bin:/bin'], ...(options.env ?? []),
      ]),
      descriptors: new Map([[0, terminal], [1, terminal], [2, errors]]),
      program: loginShell(shell => this.connect(shell)),
    });
    this.process.onExit(() => options.events.closed());
    this.ready = true;
  }

  get raw(): boolean {
    return this.tty.raw;
  }

  get atPrompt(): boolean {
    return this.waiting !== undefined;
  }

  get promptText(): string {
    if (this.waiting?.continuation) return '> ';
    const { status } = this.shell;
    const { cwd } = this.shell.process;
    if (this.options.prompt) return this.options.prompt({ exitCode: status, cwd });
    const { system, home } = this.options.laptop;
    const configured = this.shell.variables.get('KUBECONFIG')?.split(':')[0];
    return promptOf({ kube: readKubeContext(system, configured || `${home}/.kube/config`), cwd, home, exitCode: status });
  }

  get history(): readonly string[] {
    return this.shell.history;
  }

  get exitCode(): number {
    return this.shell.status;
  }

  submit(line: string): void {
    const { waiting } = this;
    if (!waiting) {
      for (const part of line.split('\n')) this.tty.submit(part);
      return;
    }
    this.waiting = undefined;
    waiting.resume(line);
  }

  key(data: string): void {
    this.tty.key(data);
  }

  interrupt(): void {
    this.tty.discardInput();
    if (!this.tty.raw) this.options.events.output('^C');
    this.tty.interrupt();
  }

  suspend(): void {
    if (this.atPrompt) return;
    this.options.events.output('^Z');
    this.tty.suspend();
  }

  endOfFile(): void {
    const { waiting } = this;
    if (!waiting) { this.tty.endOfFile(); return; }
    this.waiting = undefined;
    waiting.resume(null);
  }

  resize(columns: number, rows: number): void {
    this.tty.resize(columns, rows);
  }

  complete(line: string, cursor: number): Completion {
    return completeLine(this.shell, this.options.laptop, line, cursor);
  }

  close(): void {
    const { processes } = this.options.laptop.system;
    // A background program outlives the shell that started it, but still holds this terminal.
    const holds = (process: SystemProcess): boolean => [...process.descriptors.values()].some(descriptor => descriptor.terminal === this.tty);
    const doomed = new Set<SystemProcess>([this.process, ...processes.list().filter(holds)]);
    for (const process of doomed) for (const child of process.children) doomed.add(child);
    for (const process of [...doomed].reverse()) processes.get(process.pid)?.signal('SIGKILL');
  }

  private connect(shell: Shell): LineSource {
    this.shell = shell;
    const session = this;
    return {
      *nextLine({ continuation, exitCode }) {
        const typedAhead = session.tty.takePending();
        if (typedAhead !== undefined) return typedAhead === null ? null : typedAhead.replace(/\n$/, '');
        try {
          for (;;) {
            const line = yield* shell.waitFor<{ line: string | null }>(resume => {
              session.waiting = { continuation, resume: value => resume({ line: value }) };
              if (session.ready) session.options.events.prompt({ exitCode, cwd: shell.process.cwd });
            });
            if (line) return line.line;
            yield* shell.runPendingTraps();
          }
        } finally {
          session.waiting = undefined;
        }
      },
    };
  }
}
