/** What the page and the world say to each other. Everything here survives `structuredClone`. */
import type { KubeObject, ObjectRef } from '../engine/apimachinery/object.ts';
import type { Completion } from '../terminal/contract.ts';
import type { AwsChanges } from './aws-facts.ts';
import type { CatalogueRow, ScenarioState } from '../trainer/contract.ts';
import type { WorldAction } from '../trainer/staging/world-action.ts';

export type * from './aws-facts.ts';

/** What a world is made from. */
export type WorldSource =
  | { readonly kind: 'scenario'; readonly key: string }
  | { readonly kind: 'estate'; readonly estate: string; readonly slice: string }
  | { readonly kind: 'empty'; readonly nodes: number };

/** 0 is paused. */
export type Speed = 0 | 1 | 10 | 60;

/** Whatever enters the world from outside. With the source and the seed, the list of these *is* the saved game. */
export type WorldInput =
  | { readonly type: 'terminal-open'; readonly terminal: string; readonly columns: number; readonly rows: number }
  | { readonly type: 'terminal-close'; readonly terminal: string }
  | { readonly type: 'terminal-resize'; readonly terminal: string; readonly columns: number; readonly rows: number }
  | { readonly type: 'line'; readonly terminal: string; readonly line: string }
  | { readonly type: 'key'; readonly terminal: string; readonly data: string }
  | { readonly type: 'interrupt' | 'suspend' | 'end-of-file'; readonly terminal: string }
  | { readonly type: 'write-file'; readonly path: string; readonly content: string }
  | { readonly type: 'host-answer'; readonly id: number; readonly answer: unknown }
  | { readonly type: 'answer'; readonly objective: string; readonly text: string }
  | { readonly type: 'hint' }
  /** Somebody breaks something on purpose. `trouble` and `target` are for those who read the log; the actions say it all. */
  | { readonly type: 'act'; readonly trouble: string; readonly target: string; readonly actions: readonly WorldAction[] }
  /** Takes back what the n-th `act` of the log did, counted from 0. */
  | { readonly type: 'mend'; readonly act: number }
  /** From here on it is somebody else's run: what was typed before is history, and going back ends here. */
  | { readonly type: 'begin' };

export interface LoggedInput {
  readonly atMs: number;
  readonly input: WorldInput;
}

/** The one save format. */
export interface SavedRun {
  readonly format: 1;
  readonly version: string;
  readonly source: WorldSource;
  readonly seed: number;
  readonly inputs: readonly LoggedInput[];
  readonly untilMs: number;
}

/** Page → world. */
export type PageMessage =
  | { readonly type: 'open'; readonly source: WorldSource; readonly seed: number }
  | { readonly type: 'restore'; readonly run: SavedRun }
  | { readonly type: 'speed'; readonly speed: Speed }
  /** Runs to the next thing that a learner would see, ten virtual minutes at most, then pauses; `stopped` says at what. */
  | { readonly type: 'next-event' }
  /** Lets so much virtual time pass at once, then pauses. */
  | { readonly type: 'pass'; readonly ms: number }
  | { readonly type: 'rewind'; readonly atMs: number }
  | { readonly type: 'undo' }
  | { readonly type: 'reset' }
  /** An input of the world (`key` and `line` are made from `terminal-data`, not sent by the page). */
  | { readonly type: 'input'; readonly input: WorldInput }
  /** Raw bytes from xterm; the line editor lives beside the world. */
  | { readonly type: 'terminal-data'; readonly terminal: string; readonly data: string }
  /** Puts a line at the prompt without running it. */
  | { readonly type: 'place'; readonly terminal: string; readonly line: string }
  /** Shows a line dimmed behind an empty prompt; `→` takes it. */
  | { readonly type: 'suggest'; readonly terminal: string; readonly line: string }
  | { readonly type: 'complete'; readonly terminal: string; readonly request: number; readonly line: string; readonly cursor: number }
  | { readonly type: 'save'; readonly request: number };

/** What changed since the last frame, at most one a display frame. */
export interface Frame {
  readonly type: 'frame';
  readonly nowMs: number;
  readonly speed: Speed;
  /** A fresh world: forget everything before applying. */
  readonly reset: boolean;
  readonly upserts: readonly KubeObject[];
  readonly deletes: readonly ObjectRef[];
  readonly traffic: readonly TrafficSample[];
  /** What changed in the AWS account around the cluster. */
  readonly aws?: AwsChanges;
  readonly scenario?: ScenarioState;
  /** Inputs logged so far, for the timeline's own marks. */
  readonly inputs?: readonly LoggedInput[];
  /** Why each object's STATUS word is what it is: uid → the text of the STATUS column and its tone. */
  readonly podStatus: readonly { readonly uid: string; readonly status: string; readonly ready: string; readonly restarts: number }[];
}

/** Requests of one client over one virtual second, for the wires of the map and the timeline's line. */
export interface TrafficSample {
  readonly atMs: number;
  /** `load/checkout`, `shop/checkout` … */
  readonly from: string;
  /** `shop/orders` (a Service). */
  readonly to: string;
  readonly ok: number;
  readonly failed: number;
  /** The commonest failure: `502`, `refused`, `timeout`. */
  readonly failure: string;
  /** The hop that refused. */
  readonly at: string;
  readonly latencyMsP95: number;
}

/** World → page. */
export type WorldMessage =
  | Frame
  | { readonly type: 'catalogue'; readonly rows: readonly CatalogueRow[] }
  | { readonly type: 'opened'; readonly source: WorldSource; readonly seed: number; readonly startMs: number; readonly context: string; readonly namespace: string }
  | { readonly type: 'terminal-output'; readonly terminal: string; readonly data: string }
  | { readonly type: 'terminal-closed'; readonly terminal: string }
  /** A prompt is showing: exit code of the line before. */
  | { readonly type: 'prompt'; readonly terminal: string; readonly exitCode: number; readonly context: string; readonly namespace: string }
  | { readonly type: 'editor'; readonly id: number; readonly path: string; readonly content: string; readonly flavour: 'vim' | 'nano' }
  | { readonly type: 'completions'; readonly request: number; readonly completion: Completion }
  /** The search for the next event is over and time stands: what came, or empty when nothing did. */
  | { readonly type: 'stopped'; readonly words: string }
  | { readonly type: 'saved'; readonly request: number; readonly run: SavedRun }
  /** Our own mistake stopped the world. The page offers to start over and to copy the report. */
  | { readonly type: 'crashed'; readonly message: string; readonly run: SavedRun };

// ---- worlds kept ready: what the page's wire and the workers say about them; the page itself knows of one world only ----

/** A way back that the page may ask for. */
export type WayBack = Extract<PageMessage, { type: 'reset' | 'undo' | 'rewind' }>;

/** Wire → worker, beside what the page says. */
export type StandbyOrder =
  /** Stage this world and let its clock stand. Whatever the worker held before is dropped. */
  | { readonly type: 'prepare'; readonly source: WorldSource; readonly seed: number }
  /** Play a prepared world on to `untilMs`; `inputs` is the whole log up to there. */
  | { readonly type: 'follow'; readonly inputs: readonly LoggedInput[]; readonly untilMs: number }
  /** The page goes back: say what is kept of the log, and stop. */
  | { readonly type: 'hand-over'; readonly back: WayBack }
  /** Play a prepared world to `untilMs` and be the page's world from now on. */
  | { readonly type: 'take-over'; readonly inputs: readonly LoggedInput[]; readonly untilMs: number; readonly speed: Speed };

/** Worker → wire. */
export type StandbyReport =
  | { readonly type: 'prepared' }
  /** `inputs` and `untilMs` of the world to go back to; undefined when there is nothing to take back, and this world goes on. */
  | { readonly type: 'handed-over'; readonly kept: { readonly inputs: readonly LoggedInput[]; readonly untilMs: number; readonly speed: Speed } | undefined }
  /** An input was logged that can be taken back: the log before it, and when it came. */
  | { readonly type: 'settled'; readonly inputs: readonly LoggedInput[]; readonly untilMs: number };
