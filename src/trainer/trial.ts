import type { Cluster } from '../engine/cluster.ts';
import type { ContainerRecord } from '../engine/kubelet/container-record.ts';
import type { RunningContainer } from '../engine/kubelet/container.ts';
import type { StoredPod } from '../engine/kubelet/pod.ts';
import type { CheckEnvironment } from './checks/environment.ts';
import type { ObjectiveState } from './contract.ts';
import { PromiseObjective, type Objective } from './objective.ts';
import type { TrialTask } from './staging/scenario-schema.ts';

/** What can be asked about a trial, see `trial('id')` in checks/environment.ts. Seconds; -1 for what has not happened. */
export interface TrialFacts {
  readonly started: boolean;
  readonly seconds: number;
  readonly pod: string;
  readonly killedAfter: number;
  readonly goneAfter: number;
}

export const NO_TRIAL: TrialFacts = { started: false, seconds: 0, pod: '', killedAfter: -1, goneAfter: -1 };

/** After a trial that went wrong the learner has this long before the next. */
const AGAIN_AFTER_MS = 60_000;
const CHECKER = { name: 'drydock:checker', groups: ['system:masters', 'system:authenticated'] };

/**
 * The checker's own move: it waits until everything it needs holds, does one thing to the world, and asks whether the
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
  private restore: () => void = () => {};
  private failures = 0;

  constructor(private readonly task: TrialTask, environment: CheckEnvironment, private readonly cluster: Cluster) {
    this.promise = new PromiseObjective(task, environment);
    cluster.api.onChange(({ type, object, atMs }) => {
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
      if (needsMet && nowMs >= this.notBeforeMs && this.act()) this.startedMs = nowMs;
      return;
    }
    if (this.isDone) return;
    this.watchFrozen(nowMs);
    this.promise.look(nowMs, true);
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
    return { started: true, seconds: after(this.cluster.kernel.nowMs), pod: this.pod?.name ?? '', killedAfter: after(this.givenUpMs), goneAfter: after(this.goneMs) };
  }

  state(): ObjectiveState {
    const state = this.promise.state();
    if (this.isDone) return state;
    if (this.startedMs !== undefined) return { ...state, state: 'holding', note: this.task.says.replaceAll('${pod}', this.pod?.name ?? '') };
    const waits = this.task.needs.length > 0 ? `Drydock tries it once these hold: ${this.task.needs.join(', ')}` : 'Drydock tries it soon';
    return { ...state, state: 'waiting', note: this.failures > 0 ? `It did not hold when it was tried. ${waits}.` : waits };
  }

  /** Does what the trial is about. @returns false when there is nothing to do it to yet */
  private act(): boolean {
    const { kernel, api, kubelets, loads } = this.cluster;
    const action = this.task.trial;
    kernel.trace.record(`trial ${this.task.id} ${kernel.nowMs}`);
    this.goneMs = undefined;
    this.givenUpMs = undefined;
    this.restore = () => {};
    if ('load' in action) {
      const changed = action.load.profiles.flatMap(name => loads.get(name) ?? []);
      const before = changed.map(load => load.factor);
      for (const load of changed) load.setFactor(action.load.factor);
      this.restore = () => { for (const [index, load] of changed.entries()) load.setFactor(before[index]!); };
      return changed.length > 0;
    }
    const pod = this.readyPod('freeze' in action ? action.freeze : action.remove);
    if (!pod) return false;
    this.pod = { uid: pod.metadata.uid, namespace: pod.metadata.namespace ?? '', name: pod.metadata.name };
    if ('freeze' in action) {
      const records = kubelets.get(pod.spec?.nodeName ?? '')?.workers.get(pod.metadata.uid)?.records ?? [];
      for (const { running } of records) running?.signal('SIGSTOP');
      this.frozen = records.flatMap(record => (record.running && record.probes.length > 0 ? [{ record, run: record.running }] : []));
    } else {
      api.as(CHECKER).delete('Pod', this.pod);
    }
    return true;
  }

  private readyPod(key: string): StoredPod | undefined {
    const [namespace = '', name = ''] = key.split('/');
    const { reader } = this.cluster.api;
    const owner = reader.get('Deployment', namespace, name);
    if (!owner) return undefined;
    return reader.ownedBy(owner.metadata.uid, 'ReplicaSet').flatMap(set => reader.ownedBy<StoredPod>(set.metadata.uid, 'Pod'))
      .find(pod => !pod.metadata.deletionTimestamp && pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True'));
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
