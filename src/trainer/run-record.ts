/** What a run looked like from its page to its end: when promises ticked and broke, and what the customers' requests met. */
import type { Cluster } from '../engine/cluster.ts';
import type { RunMark, TrafficBucket } from './contract.ts';
import type { Objective } from './objective.ts';

/** Shortest stretch that requests are counted over, virtual ms; a longer run has longer ones. */
const BUCKET_MIN_MS = 5_000;
const BUCKETS_MAX = 120;

export class RunRecord {
  readonly marks: RunMark[] = [];
  private readonly done = new Set<string>();

  /** Notes which promises turned since the last look. */
  look(nowMs: number, objectives: readonly Objective[]): void {
    for (const objective of objectives) {
      if (objective.isDone === this.done.has(objective.id)) continue;
      if (objective.isDone) this.done.add(objective.id);
      else this.done.delete(objective.id);
      this.marks.push({ atMs: nowMs, kind: objective.isDone ? 'ticked' : 'un-ticked', title: objective.state().title });
    }
  }
}

/** Requests of the load generators between two moments, in equal stretches; those without a request are left out. */
export function customerTraffic({ loads, network: { requests } }: Cluster, fromMs: number, toMs: number): TrafficBucket[] {
  const stretchMs = Math.max(BUCKET_MIN_MS, Math.ceil((toMs - fromMs) / BUCKETS_MAX / 1000) * 1000);
  const buckets: TrafficBucket[] = [];
  for (let atMs = Math.floor(fromMs / 1000) * 1000; atMs < toMs; atMs += stretchMs) {
    let [total, failed] = [0, 0];
    for (const load of loads.values()) {
      const counted = requests.between(`load/${load.name}→${load.host}`, atMs, Math.min(toMs, atMs + stretchMs) - 1000);
      total += counted.total;
      failed += counted.failed;
    }
    if (total > 0) buckets.push({ atMs, forMs: stretchMs, total, failed });
  }
  return buckets;
}
