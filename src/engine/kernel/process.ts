import { assert } from './assert.ts';
import type { Kernel } from './kernel.ts';
import { nullDescriptor, type Descriptor, type TerminalDevice } from './pipe.ts';
import { BrokenPipe, Exited, Killed, SIGNAL_NUMBERS, type SignalName } from './signal.ts';
import { suspend, type Task } from './task.ts';

/** A program: what an executable does when it runs. Returns its exit code. `S` is the operating system it needs. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Program<S = any> = (process: Process<S>) => Task<number>;

export interface SpawnOptions<S> {
  program: Program<S>;
  /** `argv[0]` is the name the program was called by. */
  argv: readonly string[];
  env?: ReadonlyMap<string, string>;
  cwd?: string;
  /** By number; 0, 1 and 2 default to `/dev/null`. Each is retained for the life of the process. */
  descriptors?: ReadonlyMap<number, Descriptor>;
  parent?: Process<S>;
  /** Signals sent to the group reach every member. Defaults to the parent's group, or the own pid. */
  group?: number;
  /** Numeric user; 0 is root. */
  uid?: number;
  gid?: number;
}

export type ProcessState = 'running' | 'stopped' | 'exited';

/**
 * A running program: a coroutine with descriptors, environment, working directory and signals.
 *
 * Programs use the `*` methods (`yield* process.write(1, 'hello\n')`); everything outside uses `signal`, `state` and
 * `onExit`. A process never runs outside `Kernel.run` or the direct effect of an input.
 */
export class Process<S = unknown> {
  readonly env: Map<string, string>;
  readonly descriptors = new Map<number, Descriptor>();
  readonly children = new Set<Process<S>>();
  readonly startedAtMs: number;
  cwd: string;
  uid: number;
  gid: number;
  group: number;
  state: ProcessState = 'running';
  /** 0–255 once exited; 128 + n when signal n ended it. */
  exitCode: number | undefined;
  /** The signal that ended it, if one did. */
  endedBy: SignalName | undefined;

  private readonly task: Task<number>;
  private readonly handlers = new Map<SignalName, 'ignore' | (() => void)>();
  private readonly exitListeners: ((code: number) => void)[] = [];
  private readonly stateListeners = new Set<() => void>();
  private giveUp: (() => void) | void = undefined;
  private pendingResume: { value: unknown } | undefined;
  private running = false;
  private killedWhileRunning: SignalName | undefined;

  /** Only {@link ProcessTable.spawn} makes processes. */
  constructor(
    readonly table: ProcessTable<S>,
    readonly pid: number,
    /** The words it was called with; `exec` replaces them. */
    public argv: readonly string[],
    options: SpawnOptions<S>,
  ) {
    const { parent } = options;
    this.env = new Map(options.env ?? parent?.env ?? []);
    this.cwd = options.cwd ?? parent?.cwd ?? '/';
    this.uid = options.uid ?? parent?.uid ?? 0;
    this.gid = options.gid ?? parent?.gid ?? 0;
    this.group = options.group ?? parent?.group ?? pid;
    this.startedAtMs = table.kernel.nowMs;
    for (const fd of [0, 1, 2]) this.setDescriptor(fd, options.descriptors?.get(fd) ?? nullDescriptor);
    for (const [fd, descriptor] of options.descriptors ?? []) if (fd > 2) this.setDescriptor(fd, descriptor);
    this.task = options.program(this);
  }

  /** The operating system this process runs on: files, network, users, programs. */
  get system(): S {
    return this.table.system;
  }

  get kernel(): Kernel {
    return this.table.kernel;
  }

  /** The terminal at standard input, if it is one. */
  get terminal(): TerminalDevice | undefined {
    return this.descriptors.get(0)?.terminal;
  }

  // ---- for the program itself -------------------------------------------------------------------------------------

  /** The next chunk from a descriptor; `null` at its end. */
  *read(fd = 0): Task<string | null> {
    const descriptor = this.descriptors.get(fd);
    return descriptor ? yield* descriptor.read() : null;
  }

  /** Everything up to the end of the stream. */
  *readAll(fd = 0): Task<string> {
    const chunks: string[] = [];
    for (;;) {
      const chunk = yield* this.read(fd);
      if (chunk === null) return chunks.join('');
      chunks.push(chunk);
    }
  }

  /** Writes to a descriptor; a closed one swallows nothing and ends the process as SIGPIPE does. */
  *write(fd: number, text: string): Task<void> {
    const descriptor = this.descriptors.get(fd);
    if (!descriptor) throw new BrokenPipe();
    yield* descriptor.write(text);
  }

  /** Writes from a handler, which cannot wait. @returns false, with nothing written, where a write might have to wait */
  writeNow(fd: number, text: string): boolean {
    const descriptor = this.descriptors.get(fd);
    if (this.state !== 'running' || !descriptor?.writeNow) return false;
    descriptor.writeNow(text);
    return true;
  }

  /** @param options `routine`: a beat that goes on for ever, at which "next event" does not stop */
  *sleep(durationMs: number, options: { routine?: boolean } = {}): Task<void> {
    yield* suspend<void>(resume => {
      const event = this.kernel.after(durationMs, 'process/sleep', this.label, () => resume(), { periodic: options.routine });
      return () => this.kernel.cancel(event);
    });
  }

  /** Waits until a child ends or, with `orStopped`, is stopped. */
  *wait(child: Process<S>, options: { orStopped?: boolean } = {}): Task<ProcessState> {
    while (child.state === 'running' || (child.state === 'stopped' && !options.orStopped)) {
      yield* suspend<void>(resume => child.onStateChange(resume));
    }
    return child.state;
  }

  /** Ends this process with `code` from any depth of its program. */
  exit(code: number): never {
    throw new Exited(code & 255);
  }

  /** Work only the host can do; takes no virtual time. */
  *callHost<T>(name: string, input: unknown): Task<T> {
    return yield* suspend<T>(resume => {
      const call = this.kernel.callHost(name, input, answer => resume(answer as T));
      return () => this.kernel.cancelHostCall(call.id);
    });
  }

  /**
   * Decides what a signal does here. `'default'` restores the default; a function runs at once when the signal comes
   * and may resume a suspension of the program. SIGKILL and SIGSTOP cannot be caught.
   */
  onSignal(signal: SignalName, action: 'ignore' | 'default' | (() => void)): void {
    if (action === 'default') this.handlers.delete(signal);
    else this.handlers.set(signal, action);
  }

  /** How this process treats a signal now; inherited by a shell's children when `ignore`. */
  signalAction(signal: SignalName): 'ignore' | 'default' | (() => void) {
    return this.handlers.get(signal) ?? 'default';
  }

  /** Puts `descriptor` at `fd`, releasing what was there. */
  setDescriptor(fd: number, descriptor: Descriptor): void {
    descriptor.retain();
    this.descriptors.get(fd)?.release();
    this.descriptors.set(fd, descriptor);
  }

  closeDescriptor(fd: number): void {
    this.descriptors.get(fd)?.release();
    this.descriptors.delete(fd);
  }

  // ---- for everybody else -----------------------------------------------------------------------------------------

  /** Sends a signal. PID 1 of a container is spared every signal it has no handler for, except SIGKILL and SIGSTOP. */
  signal(signal: SignalName): void {
    if (this.state === 'exited') return;
    if (signal === 'SIGCONT') {
      this.resumeFromStop();
      return;
    }
    const catchable = signal !== 'SIGKILL' && signal !== 'SIGSTOP';
    const action = catchable ? this.handlers.get(signal) : undefined;
    if (action === 'ignore') return;
    if (action) {
      action();
      return;
    }
    if (catchable && this.pid === 1 && this.table.protectsInit) return;
    if (signal === 'SIGSTOP' || signal === 'SIGTSTP') {
      this.state = 'stopped';
      this.notifyState();
      return;
    }
    if (signal === 'SIGCHLD' || signal === 'SIGWINCH') return;
    if (this.running) {
      this.killedWhileRunning = signal;
      return;
    }
    this.giveUp?.();
    this.giveUp = undefined;
    this.step(() => this.task.throw(new Killed(signal)));
  }

  /** Calls `listener` once with the exit code; at once if it has ended already. */
  onExit(listener: (code: number) => void): void {
    if (this.state === 'exited') listener(this.exitCode!);
    else this.exitListeners.push(listener);
  }

  /** Calls `listener` at each change of state until the returned function is called. */
  onStateChange(listener: () => void): () => void {
    this.stateListeners.add(listener);
    return () => { this.stateListeners.delete(listener); };
  }

  /** `argv` as `ps` shows it. */
  get label(): string {
    return `${this.table.label}/${this.pid}:${this.argv[0] ?? ''}`;
  }

  /** Runs the program up to its first suspension. Called once, by the table. */
  start(): void {
    this.step(() => this.task.next());
  }

  private resumeFromStop(): void {
    if (this.state !== 'stopped') return;
    this.state = 'running';
    this.notifyState();
    const pending = this.pendingResume;
    this.pendingResume = undefined;
    if (pending) this.step(() => this.task.next(pending.value as never));
  }

  private resume(value: unknown): void {
    if (this.state === 'exited') return;
    this.giveUp = undefined;
    if (this.state === 'stopped') this.pendingResume = { value };
    else this.step(() => this.task.next(value as never));
  }

  /** Runs the coroutine until it waits for something that has not happened yet. */
  private step(advance: () => IteratorResult<unknown, number>): void {
    assert(!this.running, `${this.label} stepped while running`);
    let next = advance;
    for (;;) {
      let result: IteratorResult<unknown, number>;
      this.running = true;
      try {
        result = next();
      } catch (thrown) {
        this.running = false;
        this.finish(thrown);
        return;
      }
      this.running = false;
      if (result.done) {
        this.end(result.value & 255, undefined);
        return;
      }
      if (this.killedWhileRunning) {
        const signal = this.killedWhileRunning;
        this.killedWhileRunning = undefined;
        next = () => this.task.throw(new Killed(signal));
        continue;
      }
      const start = result.value as (resume: (value: unknown) => void) => (() => void) | void;
      let started = false;
      let immediate: { value: unknown } | undefined;
      let used = false;
      const giveUp = start(value => {
        if (used) return;
        used = true;
        if (started) this.resume(value);
        else immediate = { value };
      });
      started = true;
      if (!immediate) {
        this.giveUp = () => { used = true; giveUp?.(); };
        return;
      }
      if (this.state === 'stopped') {
        this.pendingResume = immediate;
        return;
      }
      const { value } = immediate;
      next = () => this.task.next(value as never);
    }
  }

  private finish(thrown: unknown): void {
    if (thrown instanceof Killed) this.end(128 + SIGNAL_NUMBERS[thrown.signal], thrown.signal);
    else if (thrown instanceof BrokenPipe) this.end(128 + SIGNAL_NUMBERS.SIGPIPE, 'SIGPIPE');
    else if (thrown instanceof Exited) this.end(thrown.code, undefined);
    else throw thrown;
  }

  private end(code: number, signal: SignalName | undefined): void {
    this.state = 'exited';
    this.exitCode = code;
    this.endedBy = signal;
    for (const fd of [...this.descriptors.keys()]) this.closeDescriptor(fd);
    this.table.forget(this);
    for (const listener of this.exitListeners.splice(0)) listener(code);
    this.notifyState();
  }

  private notifyState(): void {
    for (const listener of [...this.stateListeners]) listener();
  }
}

/**
 * The processes of one PID namespace: a container's, a node's, or the learner's laptop.
 *
 * When PID 1 of a namespace that `protectsInit` ends, every other process there is killed, as the kernel does.
 */
export class ProcessTable<S = unknown> {
  private readonly processes = new Map<number, Process<S>>();
  private readonly pids = { next: 1 };

  constructor(
    readonly kernel: Kernel,
    readonly system: S,
    readonly label: string,
    /** Whether PID 1 is an init that ignores signals it does not handle (containers). */
    readonly protectsInit = false,
  ) {}

  spawn(options: SpawnOptions<S>): Process<S> {
    const pid = this.pids.next;
    this.pids.next += 1;
    const process = new Process(this, pid, options.argv, options);
    this.processes.set(pid, process);
    options.parent?.children.add(process);
    process.start();
    return process;
  }

  /** The same processes, for those that see another system around them (chroot). */
  seenFrom(makeSystem: (table: ProcessTable<S>) => S): S {
    const view: ProcessTable<S> = Object.create(this) as ProcessTable<S>;
    const system = makeSystem(view);
    Object.defineProperty(view, 'system', { value: system });
    return system;
  }

  get(pid: number): Process<S> | undefined {
    return this.processes.get(pid);
  }

  /** Living processes by pid. */
  list(): Process<S>[] {
    return [...this.processes.values()];
  }

  /** Sends a signal to every member of a group. */
  signalGroup(group: number, signal: SignalName): void {
    for (const process of this.list()) if (process.group === group) process.signal(signal);
  }

  /** Called by a process that ended. */
  forget(process: Process<S>): void {
    this.processes.delete(process.pid);
    if (process.pid === 1 && this.protectsInit) for (const other of this.list()) other.signal('SIGKILL');
  }
}
