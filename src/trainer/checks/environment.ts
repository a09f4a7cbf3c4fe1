import { Environment, type ParseResult } from '@marcbachmann/cel-js';
import type { Deployment } from 'kubernetes-types/apps/v1.d.ts';
import type { ConfigMap } from 'kubernetes-types/core/v1.d.ts';
import type { Cluster } from '../../engine/cluster.ts';
import { podSummary } from '../../engine/kinds/pod-status.ts';
import { assert } from '../../engine/kernel/assert.ts';
import { parseRfc3339 } from '../../engine/kernel/calendar.ts';
import type { StoredPod } from '../../engine/kubelet/pod.ts';

/** A CEL expression that is ready to be asked, as often as one likes. */
export interface Check {
  readonly source: string;
  evaluate(): unknown;
}

/**
 * What a scenario's expressions can ask of the world. All of it is state, over time where it says so; nothing is about
 * what the learner typed.
 *
 * - `deployment('ns/name')`: exists, desired, available, ready, updated, restarts, secondsSinceRestart, podStatus
 * - `requests('POST /path', 'ns/service', seconds)`: total, failed, successRate (0 without any request)
 * - `reached('ns/app', 'host', seconds)`: successful exchanges of a workload with a host
 * - `configMap('ns/name')`: exists, keys
 */
export class CheckEnvironment {
  private readonly environment: Environment;

  constructor(private readonly cluster: Cluster) {
    this.environment = new Environment({ unlistedVariablesAreDyn: true, enableOptionalTypes: true, homogeneousAggregateLiterals: false })
      .registerFunction('deployment(string): dyn', (key: string) => this.deployment(key))
      .registerFunction('requests(string, string, int): dyn', (route: string, service: string, seconds: bigint) => this.requests(route, service, Number(seconds)))
      .registerFunction('reached(string, string, int): int', (from: string, to: string, seconds: bigint) => BigInt(this.reached(from, to, Number(seconds))))
      .registerFunction('configMap(string): dyn', (key: string) => this.configMap(key))
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

  private deployment(key: string): Record<string, unknown> {
    const [namespace = '', name = ''] = key.split('/');
    const { api: { reader }, kernel } = this.cluster;
    const found = reader.get<Deployment>('Deployment', namespace, name);
    const count = (value: number | undefined): bigint => BigInt(value ?? 0);
    if (!found) return { exists: false, desired: 0n, available: 0n, ready: 0n, updated: 0n, restarts: 0n, secondsSinceRestart: 0n, podStatus: '' };
    const pods = reader.ownedBy(found.metadata.uid, 'ReplicaSet').flatMap(owner => reader.ownedBy<StoredPod>(owner.metadata.uid, 'Pod'));
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
    };
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
