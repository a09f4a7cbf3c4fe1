import type { Descriptor } from '../../kernel/pipe.ts';
import type { Process } from '../../kernel/process.ts';
import type { SignalName } from '../../kernel/signal.ts';
import { suspend, type Task } from '../../kernel/task.ts';
import type { Assignment, CommandNode, Function as FunctionNode, ParsedScript, PipelineNode, AndOr } from 'unbash';
import type { System, SystemProcess } from '../contract.ts';
import { InputDescriptor, credentialsOf } from '../files/open-file.ts';
import { SPAWN_MS } from '../executable.ts';
import type { ForegroundTerminal } from '../tty.ts';
import type { Builtin } from './builtins/builtin.ts';
import { ExpansionError, FunctionReturn, Interrupted, LoopExit, ShellExit } from './control-flow.ts';
import { JobTable } from './jobs.ts';
import { Variables } from './variables.ts';

/** Which shell's words and habits: GNU bash, or busybox ash. */
export type Dialect = 'bash' | 'ash';

export interface ShellOptions {
  errexit: boolean;
  nounset: boolean;
  xtrace: boolean;
  pipefail: boolean;
  noglob: boolean;
  noclobber: boolean;
  noexec: boolean;
  verbose: boolean;
  allexport: boolean;
  monitor: boolean;
}

/** Virtual time a builtin or one step of a loop takes. */
const STEP_MS = 0.02;
const DEPTH_LIMIT = 200;
/** Processes a machine holds before fork fails, and before it slows down. */
const PROCESS_LIMIT = 200;
const CROWD = 20;

/** What runs syntax trees; given to the shell so that its parts need not know each other. */
export interface Interpreter {
  readonly builtins: ReadonlyMap<string, Builtin>;
  runScript(shell: Shell, script: ParsedScript, source: string): Task<number>;
  runNode(shell: Shell, node: PipelineNode | AndOr): Task<number>;
  runText(shell: Shell, text: string): Task<number>;
  runWords(shell: Shell, argv: readonly string[], assignments: readonly Assignment[],
    options: { tail: boolean; text: string; skipFunctions?: boolean; skipBuiltins?: boolean }): Task<number>;
  waitForeground(shell: Shell, processes: readonly SystemProcess[], text: string): Task<number[]>;
}

/** The state of one running shell: a process with variables, functions, options, traps and jobs. */
export class Shell {
  process: SystemProcess;
  variables = new Variables();
  functions = new Map<string, FunctionNode>();
  aliases = new Map<string, string>();
  options: ShellOptions = {
    errexit: false, nounset: false, xtrace: false, pipefail: false, noglob: false, noclobber: false, noexec: false,
    verbose: false, allexport: false, monitor: false,
  };
  shopt = new Map<string, boolean>([['nullglob', false], ['dotglob', false], ['expand_aliases', false], ['nocasematch', false], ['extglob', true], ['globstar', false], ['failglob', false]]);
  traps = new Map<string, string>();
  jobs = new JobTable();
  /** `$0`, and what its messages begin with. */
  name: string;
  dialect: Dialect;
  positional: string[] = [];
  status = 0;
  pipeStatus: number[] = [0];
  /** `$!`. */
  lastBackground: number | undefined;
  /** `$$`: the pid of the shell that is not a subshell. */
  shellPid: number;
  interactive = false;
  /** A script file, `-c`, or standard input: how messages name the place. */
  origin: 'interactive' | 'command' | 'script' | 'stdin' = 'command';
  line = 1;
  source = '';
  loopDepth = 0;
  /** Above 0 where a failing command does not end a `set -e` shell. */
  conditionDepth = 0;
  functionNames: string[] = [];
  /** Whether this is a forked copy that may become the last program it runs. */
  forked = false;
  depth = 0;
  history: string[] = [];
  getoptsOffset = 0;
  getoptsIndex = 1;
  directoryStack: string[] = [];
  pendingTraps: SignalName[] = [];
  readonly interpreter: Interpreter;
  /** While the prompt waits, its own handler of Ctrl-C. */
  /** `/dev/fd` numbers of process substitutions, closed after the command. */
  temporaryDescriptors: number[] = [];
  /** Exit code of the last command substitution of the running command, which an assignment alone takes as its own. */
  substitutionStatus: number | undefined;
  /** Arguments of the running `declare`, `export` … that are assignments. */
  declarations: readonly Assignment[] = [];
  /** The next program replaces this process (`exec`). */
  execNext = false;
  /** How many sourced files are being read. */
  sourceDepth = 0;
  private debtMs = 0;
  private wake: ((interrupted: 'interrupted' | 'trapped') => void) | undefined;
  private interruptPending = false;

  constructor(process: SystemProcess, interpreter: Interpreter, options: { name: string; dialect: Dialect }) {
    this.process = process;
    this.interpreter = interpreter;
    this.name = options.name;
    this.dialect = options.dialect;
    this.shellPid = process.pid;
    for (const [name, value] of process.env) {
      if (!/^[A-Za-z_]\w*$/.test(name)) continue;
      const variable = this.variables.declare(name);
      variable.scalar = value;
      variable.exported = true;
    }
    this.makeInputRewindable();
  }

  /** A copy for a subshell that runs in `process`. */
  fork(process: SystemProcess): Shell {
    const copy = new Shell(process, this.interpreter, { name: this.name, dialect: this.dialect });
    copy.variables = this.variables.clone();
    copy.functions = new Map(this.functions);
    copy.aliases = new Map(this.aliases);
    copy.options = { ...this.options, monitor: false };
    copy.shopt = new Map(this.shopt);
    copy.positional = [...this.positional];
    copy.status = this.status;
    copy.pipeStatus = [...this.pipeStatus];
    copy.lastBackground = this.lastBackground;
    copy.shellPid = this.shellPid;
    copy.origin = this.origin === 'interactive' ? 'interactive' : this.origin;
    copy.line = this.line;
    copy.source = this.source;
    copy.loopDepth = this.loopDepth;
    copy.conditionDepth = this.conditionDepth;
    copy.functionNames = [...this.functionNames];
    copy.depth = this.depth;
    copy.forked = true;
    copy.history = this.history;
    for (const [signal, action] of this.traps) if (action === '') copy.traps.set(signal, '');
    for (const [signal, action] of copy.traps) if (action === '' && signal !== 'EXIT') process.onSignal(signal as SignalName, 'ignore');
    return copy;
  }

  get system(): System {
    return this.process.system;
  }

  get terminal(): ForegroundTerminal | undefined {
    const terminal = this.process.descriptors.get(0)?.terminal ?? this.process.descriptors.get(2)?.terminal;
    return terminal && 'foregroundGroup' in terminal ? (terminal as ForegroundTerminal) : undefined;
  }

  /** `bash: `, `bash: line 3: `, `./deploy.sh: line 3: ` or `sh: `. */
  get prefix(): string {
    if (this.origin === 'interactive') return `${this.dialect === 'bash' ? 'bash' : 'sh'}: `;
    if (this.dialect === 'ash') return this.origin === 'script' ? `${this.name}: line ${this.line}: ` : `${this.name}: `;
    return `${this.name}: line ${this.line}: `;
  }

  *print(text: string): Task<void> {
    if (text !== '') yield* this.process.write(1, text);
  }

  *complain(message: string): Task<void> {
    if (this.process.descriptors.has(2)) yield* this.process.write(2, `${this.prefix}${message}\n`);
  }

  /** Charges one step of virtual time; every command and every turn of a loop passes here, so Ctrl-C always gets in. */
  *step(): Task<void> {
    this.debtMs += STEP_MS;
    if (this.debtMs >= 1) {
      const owed = Math.floor(this.debtMs);
      this.debtMs -= owed;
      yield* this.pause(owed);
    }
    this.checkInterrupt();
    if (this.pendingTraps.length > 0) yield* this.runPendingTraps();
  }

  /** Sleeps, and wakes for Ctrl-C or a trap. */
  *pause(durationMs: number): Task<void> {
    const { kernel } = this.process;
    yield* this.waitFor<void>(resume => {
      const event = kernel.after(durationMs, 'process/step', this.process.label, () => resume());
      return () => kernel.cancel(event);
    });
  }

  /** Any suspension, given up when Ctrl-C reaches an interactive shell. `undefined` when a trap came first. */
  *waitFor<T>(start: (resume: (value: T) => void) => (() => void) | void): Task<T | undefined> {
    this.checkInterrupt();
    const outcome = yield* suspend<{ value: T } | 'interrupted' | 'trapped'>(resume => {
      const giveUp = start(value => { this.wake = undefined; resume({ value }); });
      this.wake = why => { this.wake = undefined; giveUp?.(); resume(why); };
      return () => { this.wake = undefined; giveUp?.(); };
    });
    if (outcome === 'interrupted') { this.interruptPending = false; throw new Interrupted(); }
    return outcome === 'trapped' ? undefined : outcome.value;
  }

  /** Ctrl-C for an interactive shell. */
  interrupt(): void {
    this.interruptPending = true;
    this.wake?.('interrupted');
  }

  clearInterrupt(): void {
    this.interruptPending = false;
  }

  /** A trapped signal came. */
  trapped(signal: SignalName): void {
    this.pendingTraps.push(signal);
    this.wake?.('trapped');
  }

  checkInterrupt(): void {
    if (!this.interruptPending) return;
    this.interruptPending = false;
    throw new Interrupted();
  }

  *runPendingTraps(): Task<void> {
    for (let signal = this.pendingTraps.shift(); signal; signal = this.pendingTraps.shift()) {
      const action = this.traps.get(signal);
      if (!action) continue;
      const status = this.status;
      yield* this.interpreter.runText(this, action);
      this.status = status;
    }
  }

  /** Runs the EXIT trap, once. */
  *runExitTrap(): Task<void> {
    const action = this.traps.get('EXIT');
    if (!action) return;
    this.traps.delete('EXIT');
    const status = this.status;
    try {
      yield* this.interpreter.runText(this, action);
      this.status = status;
    } catch (thrown) {
      if (!(thrown instanceof ShellExit)) throw thrown;
      this.status = thrown.code;
    }
  }

  /**
   * Starts `body` in a forked copy of this shell.
   * @param group `'own'` makes it the leader of a new process group
   */
  spawnCopy(body: (copy: Shell) => Task<number>, options: { descriptors?: ReadonlyMap<number, Descriptor>; group?: number | 'own'; argv?: readonly string[] }): SystemProcess {
    const parent = this;
    const crowd = this.process.table.list().length;
    if (crowd >= PROCESS_LIMIT) throw new ExpansionError('fork: Resource temporarily unavailable', true, 254);
    // Forking gets slower on a crowded machine, so that a fork bomb cannot eat the host's time.
    const forkMs = crowd > CROWD ? (SPAWN_MS / 2) * (crowd / CROWD) ** 3 : SPAWN_MS / 2;
    const child = this.process.table.spawn({
      argv: options.argv ?? this.process.argv,
      cwd: this.process.cwd,
      env: this.process.env,
      parent: this.process,
      descriptors: options.descriptors ?? this.process.descriptors,
      ...(typeof options.group === 'number' ? { group: options.group } : {}),
      *program(process: Process<System>): Task<number> {
        const copy = parent.fork(process);
        yield* process.sleep(forkMs);
        return yield* copy.runToEnd(body);
      },
    });
    if (options.group === 'own') child.group = child.pid;
    // A shell that runs for days must not remember every child it ever had.
    child.onExit(() => this.process.children.delete(child));
    return child;
  }

  /** Runs `body` as the whole life of this shell: exit codes, EXIT trap, stray control flow. */
  *runToEnd(body: (shell: Shell) => Task<number>): Task<number> {
    try {
      this.status = yield* body(this);
    } catch (thrown) {
      if (thrown instanceof ShellExit) this.status = thrown.code;
      else if (thrown instanceof Interrupted) this.status = 130;
      else if (thrown instanceof LoopExit) this.status = 0;
      else if (thrown instanceof FunctionReturn) this.status = thrown.code;
      else if (thrown instanceof RangeError) {
        yield* this.process.write(2, 'Segmentation fault\n');
        return 139;
      } else throw thrown;
    }
    yield* this.runExitTrap();
    return this.status;
  }

  /** @throws RangeError when functions or substitutions nest without end */
  *deeper<T>(task: Task<T>): Task<T> {
    if (this.depth >= DEPTH_LIMIT) throw new RangeError('nesting');
    this.depth += 1;
    try {
      return yield* task;
    } finally {
      this.depth -= 1;
    }
  }

  /** Makes what `read` leaves over stay readable for whoever shares standard input. */
  makeInputRewindable(): void {
    const input = this.process.descriptors.get(0);
    if (input && !(input instanceof InputDescriptor)) this.process.setDescriptor(0, new InputDescriptor(input));
  }

  credentials(): { uid: number; gid: number } {
    return credentialsOf(this.process);
  }
}

export type { CommandNode };
