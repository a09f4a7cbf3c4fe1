/** What the trainer knows of a scenario while it is played, as the page and the command line show it. */

/** Symptom groups of the catalogue; never causes. */
export type Symptom = 'restarting' | 'never-starts' | 'image' | 'unreachable' | 'stuck-change' | 'slow-or-flapping' | 'denied' | 'build';

export type Level = 'junior' | 'mid' | 'senior';

/** A row of the catalogue. `key` is opaque; ids name causes and stay hidden until solved. */
export interface CatalogueRow {
  readonly key: string;
  readonly title: string;
  /** One line of what one sees. */
  readonly seen: string;
  readonly symptom: Symptom;
  readonly level: Level;
  readonly minutes: number;
}

/** A promise that ticked or broke during a run. */
export interface RunMark { readonly atMs: number; readonly kind: 'ticked' | 'un-ticked'; readonly title: string }

/** What the customers' requests met in one stretch of a run. */
export interface TrafficBucket { readonly atMs: number; readonly forMs: number; readonly total: number; readonly failed: number }

/** One promise of "Done when all hold". */
export interface ObjectiveState {
  readonly id: string;
  readonly title: string;
  /** `waiting`: needs others first. `open`: does not hold. `holding`: holds, not yet long enough. `done`: ticked. */
  readonly state: 'waiting' | 'open' | 'holding' | 'done';
  /** The current value as text, for example `2/3` or `98 %`. */
  readonly value: string;
  readonly worst: string;
  /** How long it has held and has to hold, virtual ms. */
  readonly heldMs: number;
  readonly holdMs: number;
  readonly untickedCount: number;
  /** Why a waiting one waits, or why an answer was not accepted. */
  readonly note: string;
  /** Samples 0..1 for the spark line, oldest first, at most 120. */
  readonly spark: readonly number[];
  /** `vow`: must hold at every moment of a stretch. `trial`: Drydock tries something itself. */
  readonly kind?: 'vow' | 'trial';
  /** A trial of several steps: how many were taken. */
  readonly steps?: { readonly taken: number; readonly total: number };
  /** Present when the learner has to type an answer. */
  readonly ask?: { readonly question: string; readonly answered: boolean };
}

export interface GuardState {
  readonly id: string;
  readonly title: string;
  readonly holds: boolean;
  /** Who broke it, when, with what. */
  readonly reason: string;
  readonly brokenAtMs?: number;
}

export interface HintState {
  readonly total: number;
  readonly shown: readonly string[];
  /** What the next one costs: `costs nothing` or `third star`. */
  readonly nextPrice: string;
  /** Offered quietly after four idle minutes. */
  readonly offered: boolean;
}

export interface Debrief {
  /** Two beats: what it was, what it teaches. The first text that names the cause. */
  readonly headline: string;
  /** The scenario's id, hidden until now. */
  readonly id: string;
  readonly stars: 1 | 2 | 3;
  /** What cost or earned a star, one sentence each. */
  readonly starNotes?: readonly string[];
  readonly minutes: number;
  /** When it was solved, virtual ms. */
  readonly solvedAtMs?: number;
  /** When promises ticked and broke, oldest first. */
  readonly marks?: readonly RunMark[];
  /** The customers' requests from the page to the end. */
  readonly traffic?: readonly TrafficBucket[];
  readonly commands: number;
  readonly shortestCommands: number;
  readonly hintsUsed: number;
  readonly worst: string;
  /** Objects the learner changed. */
  readonly touched: readonly string[];
  /** Markdown: how it happened, the picture to keep, looks right but does not hold, at work next. */
  readonly story: string;
  readonly question: string;
  readonly points: readonly string[];
  /** The learner's own lines, with the one that showed the cause marked. */
  readonly lines: readonly { readonly atMs: number; readonly line: string; readonly exitCode: number; readonly showedCause: boolean }[];
}

export interface ScenarioState {
  readonly key: string;
  readonly title: string;
  readonly level: Level;
  readonly minutes: number;
  /** Markdown; the first line is the pager line. */
  readonly ticket: string;
  /** When the learner was paged, virtual ms; what lies before is history. */
  readonly pagedAtMs: number;
  readonly objectives: readonly ObjectiveState[];
  readonly guards: readonly GuardState[];
  readonly hints: HintState;
  /** A remark from the state, in Drydock's voice, or empty. */
  readonly remark: string;
  /** Present while a result holds that is worth one star although the ticket is open: what one says of it. */
  readonly partial?: string;
  readonly solved: boolean;
  /** Present once solved. */
  readonly debrief?: Debrief;
}
