/** The walls inside the terminal: the shell, the programs that talk to an API server, and the session a host drives. */
import type { ApiRequest, ApiResponse } from '../engine/api-server/contract.ts';
import type { Task } from '../engine/kernel/task.ts';
import type { System, SystemProgram } from '../engine/userland/contract.ts';

/** How a kubectl reaches an API server: in the world, or over real HTTP. `user` comes from the kubeconfig's credentials. */
export interface Transport {
  send(request: TransportRequest): Task<ApiResponse | TransportFailure>;
}

export interface TransportRequest extends Omit<ApiRequest, 'user'> {
  /** `https://…` from the kubeconfig's cluster. */
  readonly server: string;
  readonly credentials: { readonly token?: string; readonly clientCertificate?: string; readonly username?: string };
}

/** The connection itself failed; `message` is what client-go would print after `Unable to connect to the server: `. */
export interface TransportFailure {
  readonly failure: 'refused' | 'timeout' | 'name' | 'tls';
  readonly message: string;
}

/** The learner's machine: a system with a home directory, whose programs include kubectl. */
export interface Laptop {
  readonly system: System;
  readonly home: string;
  readonly user: string;
  install(name: string, program: SystemProgram): void;
  /** Completion by the name of a command; without one, file names are offered. */
  readonly completers: Map<string, Completer>;
}

/**
 * The candidates for `words[index]`, the word at the cursor, as typed so far; `from` counts in that word. `words[0]` is
 * the command's own name, aliases already replaced. Without candidates, file names are offered.
 */
export type Completer = (words: readonly string[], index: number) => Completion;

/** What a completion offers: the words that would replace the text from `from` to the cursor. */
export interface Completion {
  readonly from: number;
  readonly candidates: readonly { readonly text: string; readonly note?: string }[];
  /** A file name: no space is added after a directory. */
  readonly suffix: string;
}

/** What the terminal tells its host. Everything is text for an ANSI terminal unless said otherwise. */
export interface TerminalEvents {
  output(text: string): void;
  /** The shell shows a new prompt and waits; `exitCode` of the line before. */
  prompt(state: { readonly exitCode: number; readonly cwd: string }): void;
  /** `exit`, or Ctrl-D at an empty prompt. */
  closed(): void;
}

/**
 * One terminal: a shell with its line discipline. Lines, keys and signals are inputs of the world (logged by the host);
 * completion and history are not, they change nothing.
 */
export interface TerminalSession {
  readonly id: string;
  /** Whether a program reads raw keys now (`less`, `watch`); then the host sends `key` instead of editing a line. */
  readonly raw: boolean;
  /** Whether the shell waits at a prompt. */
  readonly atPrompt: boolean;
  /** What a line editor shows before the learner's text; `continuation` for PS2. ANSI colours included. */
  readonly promptText: string;
  readonly history: readonly string[];
  /** Of the last line. */
  readonly exitCode: number;
  /** A finished line, without its line end. At a prompt it is a command; otherwise standard input of the foreground program. */
  submit(line: string): void;
  key(data: string): void;
  interrupt(): void;
  suspend(): void;
  endOfFile(): void;
  resize(columns: number, rows: number): void;
  complete(line: string, cursor: number): Completion;
  /** Ends every process of the session. */
  close(): void;
}
