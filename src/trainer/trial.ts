import { assert } from '../engine/kernel/assert.ts';
import type { ContainerRecord } from '../engine/kubelet/container-record.ts';
import type { RunningContainer } from '../engine/kubelet/container.ts';
import type { CheckEnvironment } from './checks/environment.ts';
import type { ObjectiveState } from './contract.ts';
import { PromiseObjective, type Objective } from './objective.ts';
import type { TrialTask } from './staging/scenario-schema.ts';
import { act, type ActionContext, type ActionOutcome } from './staging/world-action.ts';

/** What can be asked about a trial, see `trial('id')` in checks/environment.ts. Seconds; -1 for what has not happened. */
export interface TrialFacts {
  readonly started: boolean;
  /** Every step was taken and is through. */
  readonly through: boolean;
  readonly seconds: number;
  readonly pod: string;
  readonly killedAfter: number;
  readonly goneAfter: number;
}

export const NO_TRIAL: TrialFacts = { started: false, through: false, seconds: 0, pod: '', killedAfter: -1, goneAfter: -1 };

/** After a trial that went wrong the learner has this long before the next. */
const AGAIN_AFTER_MS = 60_000;

/**
 * The checker's own move: it waits until everything it needs holds, does something to the world, and asks whether the
 * promise holds during what follows. If it does not within its time, it waits for another try.
 */
export class TrialObjective implements Objective {
  private readonly promise: PromiseObjective;
  private startedMs: number | undefined;
  private pod: { readonly uid: string; readonly namespace: string; readonly name: string } | undefined;
  private goneMs: number | undefined;
  private givenUpMs: number | undefined;
  /** Containers that it froze, with the run that it froze; those without a probe nobody could ever give up. */
  private frozen: readonly { readonly record: ContainerRecord; readonly run: RunningContainer }[] = [];
  private notBeforeMs = 0;
  private steps: ActionOutcome[] = [];
  private failures = 0;

  constructor(private readonly task: TrialTask, environment: CheckEnvironment, private readonly context: ActionContext) {
    this.promise = new PromiseObjective(task, environment);
    context.cluster.api.onChange(({ type, object, atMs }) => {
      if (type === 'DELETED' && object.metadata.uid === this.pod?.uid) this.goneMs ??= atMs;
    });
  }

  get id(): string {
    return this.task.id;
  }

  get isDone(): boolean {
    return this.promise.isDone;
  }

  /** The checker acts, or has acted and was content. */
  get isHolding(): boolean {
    return this.startedMs !== undefined;
  }

  keepTick(): void {}

  look(nowMs: number, needsMet: boolean): void {
    if (this.startedMs === undefined) {
      if (needsMet && nowMs >= this.notBeforeMs && this.begin()) this.startedMs = nowMs;
      return;
    }
    if (this.isDone) return;
    this.watchFrozen(nowMs);
    if (this.steps.length < this.task.trial.length && this.steps.every(step => step.isThrough())) this.step();
    this.promise.look(nowMs, !this.isUnderWay);
    if (this.isDone) {
      this.restore();
    } else if (nowMs - this.startedMs > this.task.within) {
      this.restore();
      this.failures += 1;
      this.startedMs = undefined;
      this.notBeforeMs = nowMs + AGAIN_AFTER_MS;
      this.promise.forget();
    }
  }

  facts(): TrialFacts {
    if (this.startedMs === undefined) return NO_TRIAL;
    const after = (atMs: number | undefined): number => (atMs === undefined ? -1 : Math.max(0, Math.round((atMs - this.startedMs!) / 1000)));
    return { started: true, through: !this.isUnderWay, seconds: after(this.context.cluster.kernel.nowMs), pod: this.pod?.name ?? '', killedAfter: after(this.givenUpMs), goneAfter: after(this.goneMs) };
  }

  state(): ObjectiveState {
    const state: ObjectiveState = { ...this.promise.state(), kind: 'trial', ...(this.task.trial.length > 1 && { steps: { taken: this.steps.length, total: this.task.trial.length } }) };
    if (this.isDone) return state;
    if (this.startedMs !== undefined) return { ...state, state: 'holding', note: this.task.says.replaceAll('${pod}', this.pod?.name ?? '') };
    const waits = this.task.needs.length > 0 ? `Drydock tries it once these hold: ${this.task.needs.join(', ')}` : 'Drydock tries it soon';
    return { ...state, state: 'waiting', note: this.failures > 0 ? `It did not hold when it was tried. ${waits}.` : waits };
  }

  /** Takes the next step. @returns false when there is nothing to do it to yet */
  private step(): boolean {
    const action = this.task.trial[this.steps.length];
    assert(action, `trial ${this.task.id} has no further step`);
    const { cluster } = this.context;
    const done = act(action, this.context);
    if (!done) return false;
    cluster.kernel.trace.record(`trial ${this.task.id} ${this.steps.length} ${cluster.kernel.nowMs}`);
    this.steps.push(done);
    if (done.pod) {
      this.pod = done.pod;
      this.goneMs = undefined;
    }
    if (done.frozenPod) {
      const records = cluster.kubelets.get(done.frozenPod.spec?.nodeName ?? '')?.workers.get(done.frozenPod.metadata.uid)?.records ?? [];
      this.frozen = records.flatMap(record => (record.running && record.probes.length > 0 ? [{ record, run: record.running }] : []));
    }
    return true;
  }

  private begin(): boolean {
    this.goneMs = undefined;
    this.givenUpMs = undefined;
    this.pod = undefined;
    this.frozen = [];
    this.steps = [];
    return this.step();
  }

  /** Whether every step was taken and is through. */
  private get isUnderWay(): boolean {
    return this.steps.length < this.task.trial.length || !this.steps.every(step => step.isThrough());
  }

  private restore(): void {
    for (const step of this.steps) step.undo();
  }

  /**
   * Whether the kubelet gave the frozen process up: it stops probing what it has decided to end. (Its Killing event may be
   * missing: a pod that had many events is allowed only a few more.)
   */
  private watchFrozen(nowMs: number): void {
    for (const { record, run } of this.frozen) {
      if (record.running !== run || record.probes.length === 0) this.givenUpMs ??= nowMs;
    }
  }
}
