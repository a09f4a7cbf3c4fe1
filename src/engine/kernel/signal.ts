/** The signals Drydock knows, with their Linux numbers. */
export const SIGNAL_NUMBERS = {
  SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGABRT: 6, SIGKILL: 9, SIGUSR1: 10, SIGSEGV: 11, SIGUSR2: 12, SIGPIPE: 13, SIGALRM: 14,
  SIGTERM: 15, SIGCHLD: 17, SIGCONT: 18, SIGSTOP: 19, SIGTSTP: 20, SIGWINCH: 28,
} as const;

export type SignalName = keyof typeof SIGNAL_NUMBERS;

/** Thrown into a process that a signal ends, so that its `finally` blocks run. Never caught by a program. */
export class Killed extends Error {
  readonly signal: SignalName;

  constructor(signal: SignalName) {
    super(signal);
    this.signal = signal;
  }
}

/** Nobody is left to read what a process writes. Uncaught, it ends the process as SIGPIPE does. */
export class BrokenPipe extends Error {}

/** Thrown by `process.exit`: leaves a program from any depth. */
export class Exited extends Error {
  readonly code: number;

  constructor(code: number) {
    super(`exit ${code}`);
    this.code = code;
  }
}
