import type { Event } from 'kubernetes-types/core/v1.d.ts';
import type { Cluster } from '../engine/cluster.ts';
import { parseRfc3339 } from '../engine/kernel/calendar.ts';
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
    return { started: true, seconds: after(this.cluster.kernel.nowMs), pod: this.pod?.name ?? '', killedAfter: after(this.killedMs()), goneAfter: after(this.goneMs) };
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
      for (const { running } of kubelets.get(pod.spec?.nodeName ?? '')?.workers.get(pod.metadata.uid)?.records ?? []) running?.signal('SIGSTOP');
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

  /** When the kubelet gave the pod's container up because of a probe. */
  private killedMs(): number | undefined {
    const { pod } = this;
    if (!pod) return undefined;
    for (const event of this.cluster.api.reader.list<Event>('Event', { namespace: pod.namespace })) {
      if (event.reason !== 'Killing' || event.involvedObject.uid !== pod.uid || !/failed \w+ probe/.test(event.message ?? '')) continue;
      const atMs = parseRfc3339(String(event.lastTimestamp)) ?? 0;
      if (atMs >= this.startedMs! - 1000) return atMs;
    }
    return undefined;
  }
}
