/** What leaves the normal course of a shell; thrown, and caught by the construct it concerns. */

export class LoopExit {
  readonly kind: 'break' | 'continue';
  levels: number;

  constructor(kind: 'break' | 'continue', levels: number) {
    this.kind = kind;
    this.levels = levels;
  }
}

export class FunctionReturn {
  readonly code: number;

  constructor(code: number) {
    this.code = code;
  }
}

/** The shell ends: `exit`, `set -e`, a fatal expansion error. */
export class ShellExit {
  readonly code: number;

  constructor(code: number) {
    this.code = code;
  }
}

/** Ctrl-C reached the shell itself: it drops the line and prompts again. */
export class Interrupted {
  readonly code = 130;
}

/** An expansion that cannot go on (`${x:?message}`, `set -u`, division by zero). `message` follows the shell's name. */
export class ExpansionError {
  readonly message: string;
  /** Ends a script; otherwise only the command fails. */
  readonly fatal: boolean;
  readonly code: number;

  constructor(message: string, fatal = true, code = 1) {
    this.message = message;
    this.fatal = fatal;
    this.code = code;
  }
}

/** An interactive shell gives up the line, not itself. */
export class ExpansionFailure {
  readonly code = 1;
}
