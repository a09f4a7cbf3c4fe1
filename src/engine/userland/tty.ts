import type { Descriptor, TerminalDevice } from '../kernel/pipe.ts';
import type { SignalName } from '../kernel/signal.ts';
import { suspend, type Task } from '../kernel/task.ts';
import type { System } from './contract.ts';

/** A terminal with job control: the process group that Ctrl-C and Ctrl-Z reach. */
export interface ForegroundTerminal extends TerminalDevice {
  foregroundGroup: number;
}

/**
 * The line discipline of a terminal, without echo: whoever drives it (a line editor, a test) shows what is typed.
 * Cooked, a program reads whole lines; raw, it reads keys.
 */
export class Tty implements ForegroundTerminal {
  columns: number;
  rows: number;
  foregroundGroup = 0;
  raw = false;
  private readonly chunks: (string | null)[] = [];
  private waiting: ((chunk: string | null) => void) | undefined;
  private readonly system: System;
  private readonly output: (text: string) => void;

  constructor(system: System, options: { columns: number; rows: number; output: (text: string) => void }) {
    this.system = system;
    this.columns = options.columns;
    this.rows = options.rows;
    this.output = options.output;
  }

  /** For descriptors 0, 1 and 2 of the session's first process. */
  readonly descriptor: Descriptor = {
    read: () => this.read(),
    write: text => this.write(text),
    retain: () => {},
    release: () => {},
    terminal: this,
  };

  setRaw(raw: boolean): void {
    this.raw = raw;
  }

  /** A finished line, without its end, for whoever reads standard input. */
  submit(line: string): void {
    this.push(`${line}\n`);
  }

  /** Keys for a raw reader. */
  key(data: string): void {
    this.push(data);
  }

  endOfFile(): void {
    this.push(null);
  }

  interrupt(): void {
    this.signal('SIGINT');
  }

  suspend(): void {
    this.signal('SIGTSTP');
  }

  resize(columns: number, rows: number): void {
    this.columns = columns;
    this.rows = rows;
    this.signal('SIGWINCH');
  }

  /** A line typed before anybody read it; `null` is a typed end of file. */
  takePending(): string | null | undefined {
    return this.chunks.shift();
  }

  /** Forgets typed lines nobody has read. */
  discardInput(): void {
    this.chunks.length = 0;
  }

  /** Whether a program waits for input now. */
  get isRead(): boolean {
    return this.waiting !== undefined;
  }

  private signal(signal: SignalName): void {
    if (this.foregroundGroup <= 0) return;
    // Last stage first: the end of a pipe must not be mistaken for the end of its input.
    const members = this.system.processes.list().filter(process => process.group === this.foregroundGroup);
    for (const process of members.reverse()) process.signal(signal);
  }

  private push(chunk: string | null): void {
    const reader = this.waiting;
    if (reader) {
      this.waiting = undefined;
      reader(chunk);
    } else this.chunks.push(chunk);
  }

  private *read(): Task<string | null> {
    if (this.chunks.length > 0) return this.chunks.shift()!;
    return yield* suspend<string | null>(resume => {
      this.waiting = resume;
      return () => { if (this.waiting === resume) this.waiting = undefined; };
    });
  }

  // eslint-disable-next-line require-yield
  private *write(text: string): Task<void> {
    this.output(this.raw ? text : text.replace(/\r?\n/g, '\r\n'));
  }
}
