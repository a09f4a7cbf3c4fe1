import type { Cluster } from '../engine/cluster.ts';
import type { Check, CheckEnvironment } from './checks/environment.ts';
import type { ObjectiveState } from './contract.ts';
import type { Objective } from './objective.ts';
import { SparkLine } from './spark-line.ts';
import type { VowTask } from './staging/scenario-schema.ts';

/**
 * Something that must hold at every moment of a stretch of time: "never fewer than two ready", "no request lost". It is
 * judged after every change of the world, not sampled. The stretch begins anew whenever `since` gets another value (the id of a
 * node group update, say); while `since` is empty nothing is counted.
 */
export class VowObjective implements Objective {
  private readonly always: Check;
  private readonly since: Check;
  private readonly value: Check;
  private readonly level: Check;
  private stretch = '';
  private brokenBy = '';
  /** Stretches that were broken before this one. */
  private brokenBefore = 0;
  private needsMet = false;
  private text = '';
  private worst = { level: Number.POSITIVE_INFINITY, text: '' };
  private readonly spark = new SparkLine();

  constructor(private readonly task: VowTask, private readonly environment: CheckEnvironment, private readonly cluster: Cluster) {
    this.always = environment.compile(task.always);
    this.since = environment.compile(task.since);
    this.value = environment.compile(task.value);
    this.level = environment.compile(task.level);
    cluster.api.onChange(({ object }) => { if (WATCHED.has(object.kind)) this.judge(); });
  }

  get id(): string {
    return this.task.id;
  }

  get isDone(): boolean {
    return this.needsMet && this.stretch !== '' && this.brokenBy === '';
  }

  keepTick(): void {}

  look(_nowMs: number, needsMet: boolean): void {
    this.needsMet = needsMet;
    const stretch = String(this.since.evaluate());
    if (stretch !== this.stretch) {
      this.stretch = stretch;
      if (this.brokenBy !== '') this.brokenBefore += 1;
      this.brokenBy = '';
      this.worst = { level: Number.POSITIVE_INFINITY, text: '' };
      this.environment.beginStretch(this.task.id);
    }
    this.judge();
    this.sample();
  }

  state(): ObjectiveState {
    const { task } = this;
    const running = this.stretch !== '';
    const note = this.brokenBy !== '' ? `${this.brokenBy} ${task.again}` : running ? '' : task.begins;
    return {
      id: task.id, title: task.title, kind: 'vow', value: this.text, worst: this.worst.text, holdMs: 0, heldMs: 0, note, spark: this.spark.list(),
      state: this.brokenBy !== '' ? 'open' : !running ? 'waiting' : this.isDone ? 'done' : 'holding', untickedCount: this.brokenBefore,
    };
  }

  /** Looks at the promise itself; what is broken stays broken until the stretch begins anew. */
  private judge(): void {
    if (this.stretch === '') return;
    const broken = this.environment.within(this.task.id, () => this.always.evaluate() !== true);
    if (!broken && this.brokenBy === '') return;
    const text = this.environment.within(this.task.id, () => String(this.value.evaluate()));
    const level = this.environment.within(this.task.id, () => Number(this.level.evaluate()));
    if (level <= this.worst.level) this.worst = { level, text };
    if (broken && this.brokenBy === '') {
      this.brokenBy = `It was ${text}.`;
      this.cluster.kernel.trace.record(`vow ${this.task.id} broken ${this.cluster.kernel.nowMs}`);
    }
  }

  private sample(): void {
    this.text = this.environment.within(this.task.id, () => String(this.value.evaluate()));
    const level = this.environment.within(this.task.id, () => Number(this.level.evaluate()));
    if (level <= this.worst.level) this.worst = { level, text: this.text };
    this.spark.add(level);
  }
}

/** Kinds whose changes can break a promise. */
const WATCHED = new Set(['Pod', 'Deployment', 'ReplicaSet', 'PodDisruptionBudget', 'Node', 'EndpointSlice']);
