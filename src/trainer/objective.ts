import type { ObjectiveState } from './contract.ts';
import type { Check, CheckEnvironment } from './checks/environment.ts';
import { SparkLine } from './spark-line.ts';
import type { PromiseTask, QuestionTask } from './staging/scenario-schema.ts';

/** One row of "Done when all hold": looked at every virtual second, ticks and un-ticks by itself. */
export interface Objective {
  readonly id: string;
  readonly isDone: boolean;
  look(nowMs: number, needsMet: boolean): void;
  /** While the checker tries what was repaired, and after that went well, a tick stays: the trial's own mark does not undo it. */
  keepTick(keep: boolean): void;
  state(): ObjectiveState;
}

/** A property of the world that has to hold for a while. */
export class PromiseObjective implements Objective {
  private readonly holds: Check;
  private readonly value: Check;
  private readonly level: Check;
  private holdingSinceMs: number | undefined;
  private done = false;
  private waiting = false;
  private untickedCount = 0;
  private text = '';
  private worst = { level: Number.POSITIVE_INFINITY, text: '' };
  private heldMs = 0;
  private readonly spark = new SparkLine();
  private kept = false;

  constructor(private readonly task: PromiseTask, environment: CheckEnvironment) {
    this.holds = environment.compile(task.holds);
    this.value = environment.compile(task.value);
    this.level = environment.compile(task.level);
  }

  get id(): string {
    return this.task.id;
  }

  get isDone(): boolean {
    return this.done;
  }

  keepTick(keep: boolean): void {
    this.kept = keep;
  }

  look(nowMs: number, needsMet: boolean): void {
    this.waiting = !needsMet;
    this.text = String(this.value.evaluate());
    const level = Number(this.level.evaluate());
    this.spark.add(level);
    if (level < this.worst.level) this.worst = { level, text: this.text };
    if (this.kept && this.done) return;
    if (this.holds.evaluate() !== true) {
      if (this.done) this.untickedCount += 1;
      this.done = false;
      this.holdingSinceMs = undefined;
      this.heldMs = 0;
      return;
    }
    this.holdingSinceMs ??= nowMs;
    this.heldMs = nowMs - this.holdingSinceMs;
    if (!this.done && needsMet && this.heldMs >= this.task.for) this.done = true;
  }

  state(): ObjectiveState {
    const { task } = this;
    return {
      id: task.id, title: task.title, value: this.text, worst: this.worst.text, holdMs: task.for, heldMs: Math.min(this.heldMs, task.for),
      state: this.waiting ? 'waiting' : this.done ? 'done' : this.holdingSinceMs !== undefined ? 'holding' : 'open',
      untickedCount: this.untickedCount, note: this.waiting ? `waits for ${task.needs.join(', ')}` : '', spark: this.spark.list(),
    };
  }

  /** Starts to count anew. */
  forget(): void {
    this.holdingSinceMs = undefined;
    this.heldMs = 0;
    this.done = false;
  }
}

/** The naming question: the learner says what it was, in few words. */
export class QuestionObjective implements Objective {
  private answered = false;
  private refusals = 0;
  private waiting = false;
  private answer = '';

  constructor(private readonly task: QuestionTask) {}

  get id(): string {
    return this.task.id;
  }

  get isDone(): boolean {
    return this.answered;
  }

  keepTick(): void {}

  look(_nowMs: number, needsMet: boolean): void {
    this.waiting = !needsMet;
  }

  submit(text: string): void {
    if (this.answered) return;
    this.answer = text.trim();
    this.answered = this.task.accepts.some(pattern => {
      const insensitive = pattern.startsWith('(?i)');
      return new RegExp(insensitive ? pattern.slice(4) : pattern, insensitive ? 'i' : '').test(this.answer);
    });
    if (!this.answered) this.refusals += 1;
  }

  state(): ObjectiveState {
    const { task, refusals } = this;
    const note = this.answered || refusals === 0 ? '' : task.nudges[Math.min(refusals, task.nudges.length) - 1] ?? 'Not that. Look again.';
    return {
      id: task.id, title: task.title, state: this.answered ? 'done' : this.waiting ? 'waiting' : 'open', value: this.answered ? this.answer : '', worst: '',
      heldMs: 0, holdMs: 0, untickedCount: 0, note, spark: [], ask: { question: task.ask, answered: this.answered },
    };
  }
}
