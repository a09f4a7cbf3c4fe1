/** The wall between eksctl's command line and its commands: one declared object each, found by the registry. */
import type { Task } from '../../engine/kernel/task.ts';
import type { EksctlSession } from './session.ts';

export interface FlagSpec {
  readonly name: string;
  readonly short?: string;
  readonly kind: 'string' | 'bool' | 'int' | 'duration' | 'list' | 'map';
  /** As written on a command line; absent: unset. */
  readonly fallback?: string;
  readonly help: string;
}

export interface EksctlCommand {
  /** `get nodegroup`. */
  readonly path: string;
  readonly aliases?: readonly string[];
  readonly summary: string;
  readonly flags: readonly FlagSpec[];
  /** Flags that are known and refused, with the nearest thing that works. */
  readonly refused?: Readonly<Record<string, string>>;
  /** @throws EksctlFailure */
  run(session: EksctlSession): Task<void>;
}

/** Ends the run with `Error: …` and exit code 1. */
export class EksctlFailure extends Error {}

export const mustBeSet = (what: string): EksctlFailure => new EksctlFailure(`${what} must be set`);
