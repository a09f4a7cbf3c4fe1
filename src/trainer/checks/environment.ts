import { Environment, type ParseResult } from '@marcbachmann/cel-js';
import type { Deployment } from 'kubernetes-types/apps/v1.d.ts';
import type { ConfigMap, ContainerStateTerminated } from 'kubernetes-types/core/v1.d.ts';
import type { Cluster } from '../../engine/cluster.ts';
import { podSummary } from '../../engine/kinds/pod-status.ts';
import { assert } from '../../engine/kernel/assert.ts';
import { parseRfc3339 } from '../../engine/kernel/calendar.ts';
import type { RunningContainer } from '../../engine/kubelet/container.ts';
import type { StoredPod } from '../../engine/kubelet/pod.ts';
import type { TrialFacts } from '../trial.ts';
import { registerCloud } from './cloud.ts';

/** A CEL expression that is ready to be asked, as often as one likes. */
export interface Check {
  readonly source: string;
  evaluate(): unknown;
}

/**
 * What a scenario's expressions can ask of the world. All of it is state, over time where it says so; nothing is about
 * what the learner typed.
 *
 * - `deployment('ns/name')`: exists, desired, available, ready, updated, restarts, secondsSinceRestart, podStatus (the commonest),
 *   podStatuses, complete (rolled out: every pod is of the newest template and available), image (of the first container), template (its JSON text), strategy, mainProcesses (PID 1 of every running container)
 * - `requests('POST /path', 'ns/service', seconds)`: total, failed, successRate (0 without any request)
 * - `reached('ns/app', 'host', seconds)`: successful exchanges of a workload with a host
 * - `configMap('ns/name')`: exists, keys
 * - `traffic(seconds)`: total, failed, successRate, fastShare (below 300 ms) of the people outside the cluster
 * - `nodeGroup('name')`: exists, status, version (`1.35`), minSize, maxSize, desired, role, updateId and updateStatus of its last version update since the learner came
 * - `nodes('group')` (`''`: all): total, ready, cordoned, versions, podSlots (allocatable pods of each), names, subnets
 * - `subnet('id')`: exists, free, size, freeShare; `podSubnets()`: ids, leastFreeShare of those that hold pods; `headroom()`: share, zone: in the zone that is worst off, what the roomiest subnet for pods has free
 * - `pods('ns', 'selector')`: total, running, ready, pending (unbound), withoutAddress, hostNetwork, nodes, groups (node groups of the running ones), statuses, subnets
 * - `budget('ns/name')`: exists, keeps (pods it keeps up), allows (disruptions now), healthy, pods
 * - `roleAllows('role', 'action', 'arn')`; `unusedAddressShare()`: of the addresses nodes hold for pods, the part nobody uses
 * - `elapsed()`: seconds since the learner came
 * - `queue('name')`: sent, deleted, depth, oldestSeconds
 * - `ended('ns/app', 'OOMKilled', seconds)`: containers of a workload that ended for this reason
 * - `memoryShare('ns/app')`: the largest share of its memory limit that a container takes now; 1 without a limit
 * - `lost()`: requests of the people outside that were lost, in the stretch of the vow that asks, otherwise since the learner came
 * - `trial('id')`: started, through (every step taken), seconds since then, pod, killedAfter and goneAfter (seconds until its probe condemned it, until it was gone; -1)
 */
export class CheckEnvironment {
  private readonly environment: Environment;
  private moment = '';
  private readonly deployments = new Map<string, Record<string, unknown>>();
  /** Requests lost before each stretch began, by the vow it belongs to. */
  private readonly lostAt = new Map<string, number>();
  private asking = '';

  /** `trials` answers for the checker's own actions. */
  constructor(private readonly cluster: Cluster, trials: (id: string) => TrialFacts) {
    const arrivedMs = cluster.kernel.nowMs;
    this.beginStretch('');
    this.environment = registerCloud(new Environment({ unlistedVariablesAreDyn: true, enableOptionalTypes: true, homogeneousAggregateLiterals: false }), cluster, arrivedMs)
      .registerFunction('deployment(string): dyn', (key: string) => this.deployment(key))
      .registerFunction('requests(string, string, int): dyn', (route: string, service: string, seconds: bigint) => this.requests(route, service, Number(seconds)))
      .registerFunction('reached(string, string, int): int', (from: string, to: string, seconds: bigint) => BigInt(this.reached(from, to, Number(seconds))))
      .registerFunction('configMap(string): dyn', (key: string) => this.configMap(key))
      .registerFunction('elapsed(): int', () => BigInt(Math.floor((cluster.kernel.nowMs - arrivedMs) / 1000)))
      .registerFunction('traffic(int): dyn', (seconds: bigint) => this.traffic(Number(seconds)))
      .registerFunction('lost(): int', () => BigInt(this.lostSoFar() - (this.lostAt.get(this.asking) ?? 0)))
      .registerFunction('queue(string): dyn', (name: string) => this.queue(name))
      .registerFunction('ended(string, string, int): int', (key: string, reason: string, seconds: bigint) => BigInt(this.ended(key, reason, Number(seconds))))
      .registerFunction('memoryShare(string): double', (key: string) => this.memoryShare(key))
      .registerFunction('trial(string): dyn', (id: string) => {
        const { started, through, seconds, pod, killedAfter, goneAfter } = trials(id);
        return { started, through, seconds: BigInt(seconds), pod, killedAfter: BigInt(killedAfter), goneAfter: BigInt(goneAfter) };
      })
      .registerFunction('percent(double): string', (share: number) => `${Math.floor(share * 100)} %`)
      .registerFunction('share(int, int): double', (part: bigint, whole: bigint) => (whole === 0n ? 0 : Math.min(1, Number(part) / Number(whole))));
  }

  /** @throws AssertionError when the expression does not parse: a scenario's mistake, found by the proof */
  compile(source: string): Check {
    let parsed: ParseResult;
    try {
      parsed = this.environment.parse(source);
    } catch (thrown) {
      assert(false, `check does not parse: ${source}: ${String(thrown)}`);
    }
    return { source, evaluate: () => parsed({}) };
  }

  /** From now on `lost()` counts from here for this vow. */
  beginStretch(vow: string): void {
    this.lostAt.set(vow, this.lostSoFar());
  }

  /** Evaluates in the stretch of a vow. */
  within<T>(vow: string, evaluate: () => T): T {
    this.asking = vow;
    const value = evaluate();
    this.asking = '';
    return value;
  }

  private lostSoFar(): number {
    let lost = 0;
    for (const load of this.cluster.loads.values()) lost += load.lost;
    return lost;
  }

  /** One look asks for the same workload many times: it is worked out once for each moment. */
  private deployment(key: string): Record<string, unknown> {
    const { kernel: { nowMs, eventCount }, api: { reader: { resourceVersion } } } = this.cluster;
    const moment = `${nowMs} ${eventCount} ${resourceVersion}`;
    if (moment !== this.moment) {
      this.moment = moment;
      this.deployments.clear();
    }
    let known = this.deployments.get(key);
    if (!known) this.deployments.set(key, known = this.deploymentNow(key));
    return known;
  }

  private deploymentNow(key: string): Record<string, unknown> {
    const [namespace = '', name = ''] = key.split('/');
    const { api: { reader }, kernel } = this.cluster;
    const found = reader.get<Deployment>('Deployment', namespace, name);
    const count = (value: number | undefined): bigint => BigInt(value ?? 0);
    if (!found) return { exists: false, desired: 0n, available: 0n, ready: 0n, updated: 0n, restarts: 0n, secondsSinceRestart: 0n, podStatus: '', podStatuses: [], complete: false, image: '', template: '', strategy: '', mainProcesses: [] };
    const pods = this.podsOf(key);
    let restarts = 0;
    let lastMs = 0;
    const words = new Map<string, number>();
    for (const pod of pods) {
      const word = podSummary(pod).status;
      words.set(word, (words.get(word) ?? 0) + 1);
      for (const status of pod.status?.containerStatuses ?? []) {
        restarts += status.restartCount;
        const ended = status.lastState?.terminated ?? status.state?.terminated;
        if (ended) lastMs = Math.max(lastMs, parseRfc3339(String(ended.finishedAt)) ?? 0);
      }
    }
    return {
      exists: true, desired: count(found.spec?.replicas ?? 1), available: count(found.status?.availableReplicas), ready: count(found.status?.readyReplicas),
      updated: count(found.status?.updatedReplicas), restarts: BigInt(restarts),
      secondsSinceRestart: BigInt(lastMs === 0 ? 86_400 : Math.max(0, Math.floor((kernel.nowMs - lastMs) / 1000))),
      podStatus: [...words].sort((a, b) => b[1] - a[1])[0]?.[0] ?? '',
      podStatuses: [...words.keys()],
      complete: isComplete(found),
      image: found.spec?.template.spec?.containers[0]?.image ?? '',
      template: JSON.stringify(found.spec?.template ?? {}),
      strategy: found.spec?.strategy?.type ?? '',
      mainProcesses: this.runsOf(key).map(run => run.init?.argv.join(' ') ?? ''),
    };
  }

  private podsOf(key: string): StoredPod[] {
    const [namespace = '', name = ''] = key.split('/');
    const { reader } = this.cluster.api;
    const found = reader.get<Deployment>('Deployment', namespace, name);
    return found ? reader.ownedBy(found.metadata.uid, 'ReplicaSet').flatMap(owner => reader.ownedBy<StoredPod>(owner.metadata.uid, 'Pod')) : [];
  }

  /** Its containers that run now. */
  private runsOf(key: string): RunningContainer[] {
    return this.podsOf(key).flatMap(pod => {
      const worker = this.cluster.kubelets.get(pod.spec?.nodeName ?? '')?.workers.get(pod.metadata.uid);
      return (worker?.records ?? []).flatMap(record => record.running ?? []);
    });
  }

  private traffic(seconds: number): Record<string, unknown> {
    const { network, kernel: { nowMs }, loads } = this.cluster;
    const sum = { total: 0, failed: 0, slow: 0 };
    for (const { name, host } of loads.values()) {
      const counted = network.requests.between(`load/${name}→${host}`, nowMs - seconds * 1000, nowMs);
      for (const field of ['total', 'failed', 'slow'] as const) sum[field] += counted[field];
    }
    const share = (part: number): number => (sum.total === 0 ? 0 : part / sum.total);
    return { total: BigInt(sum.total), failed: BigInt(sum.failed), successRate: share(sum.total - sum.failed), fastShare: share(sum.total - sum.slow) };
  }

  private queue(name: string): Record<string, unknown> {
    const { sent, deleted, depth, oldestMs } = this.cluster.queues.queue(name);
    return { sent: BigInt(sent), deleted: BigInt(deleted), depth: BigInt(depth), oldestSeconds: BigInt(Math.floor(oldestMs / 1000)) };
  }

  private ended(key: string, reason: string, seconds: number): number {
    const sinceMs = this.cluster.kernel.nowMs - seconds * 1000;
    const counts = (ended: ContainerStateTerminated | undefined): boolean => ended?.reason === reason && (parseRfc3339(String(ended.finishedAt)) ?? 0) >= sinceMs;
    return this.podsOf(key).flatMap(pod => pod.status?.containerStatuses ?? []).filter(status => counts(status.state?.terminated) || counts(status.lastState?.terminated)).length;
  }

  private memoryShare(key: string): number {
    const { nowMs } = this.cluster.kernel;
    return Math.max(0, ...this.runsOf(key).map(({ system: { usage, limits } }) => (limits.memoryBytes ? usage.memoryBytes(nowMs) / limits.memoryBytes : 1)));
  }

  private requests(route: string, service: string, seconds: number): Record<string, unknown> {
    const { nowMs } = this.cluster.kernel;
    const { total, failed } = this.cluster.network.requests.between(`${route}→${service}`, nowMs - seconds * 1000, nowMs);
    return { total: BigInt(total), failed: BigInt(failed), successRate: total === 0 ? 0 : (total - failed) / total };
  }

  private reached(from: string, to: string, seconds: number): number {
    const { nowMs } = this.cluster.kernel;
    const { total, failed } = this.cluster.network.requests.between(`${from}→${to}`, nowMs - seconds * 1000, nowMs);
    return total - failed;
  }

  private configMap(key: string): Record<string, unknown> {
    const [namespace = '', name = ''] = key.split('/');
    const found = this.cluster.api.reader.get<ConfigMap>('ConfigMap', namespace, name);
    return { exists: found !== undefined, keys: Object.keys(found?.data ?? {}) };
  }
}

function isComplete({ spec, status, metadata }: Deployment): boolean {
  const desired = spec?.replicas ?? 1;
  return (status?.observedGeneration ?? 0) >= (metadata?.generation ?? 0) && [status?.replicas, status?.updatedReplicas, status?.availableReplicas].every(count => (count ?? 0) === desired);
}
