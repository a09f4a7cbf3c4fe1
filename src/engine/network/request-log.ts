import type { NetOutcome } from './contract.ts';

/** One finished exchange, as load balancers and clients would have logged it. */
export interface RequestRecord {
  readonly atMs: number;
  /** `load/checkout`, `shop/checkout-5d9…` (pod), `laptop`. */
  readonly from: string;
  /** The workload behind `from`, stable over restarts: `shop/checkout`. */
  readonly fromGroup: string;
  /** `shop/orders` when it went to a Service, otherwise the host name. */
  readonly to: string;
  readonly method: string;
  readonly path: string;
  readonly ok: boolean;
  /** `200`, `502`, `refused`, `timeout`, `reset`, `no-answer`, `dns`. */
  readonly result: string;
  /** The hop that said no: `shop/orders` (no endpoints), a pod, a name server. Empty when it was delivered. */
  readonly refusedBy: string;
  readonly tookMs: number;
}

export interface RouteSecond {
  ok: number;
  failed: number;
  readonly results: Map<string, number>;
  refusedBy: string;
  slowestMs: number;
  totalMs: number;
}

/** How long counts and failures are kept. */
const KEEP_SECONDS = 3_600;
const KEEP_FAILURES = 500;

/** Counts requests by route and virtual second, and keeps the last failures whole. */
export class RequestLog {
  /** `from→to` and `METHOD /path` by second. */
  readonly routes = new Map<string, Map<number, RouteSecond>>();
  readonly failures: RequestRecord[] = [];
  private dirtySeconds = new Set<string>();

  record(entry: RequestRecord): void {
    this.count(`${entry.fromGroup}→${entry.to}`, entry);
    this.count(`${entry.method} ${entry.path}→${entry.to}`, entry);
    if (!entry.ok) {
      this.failures.push(entry);
      if (this.failures.length > KEEP_FAILURES) this.failures.shift();
    }
  }

  /** Requests of `METHOD /path` to a Service from `fromMs` on. */
  between(route: string, fromMs: number, toMs: number): { total: number; failed: number; slowestMs: number } {
    const sum = { total: 0, failed: 0, slowestMs: 0 };
    const seconds = this.routes.get(route);
    if (!seconds) return sum;
    for (let second = Math.floor(fromMs / 1000); second <= Math.floor(toMs / 1000); second += 1) {
      const counted = seconds.get(second);
      if (!counted) continue;
      sum.total += counted.ok + counted.failed;
      sum.failed += counted.failed;
      sum.slowestMs = Math.max(sum.slowestMs, counted.slowestMs);
    }
    return sum;
  }

  /** Seconds of client→service routes that changed since the last call, for the page. */
  takeChanged(): { route: string; second: number; counted: RouteSecond }[] {
    const changed = [...this.dirtySeconds].flatMap(key => {
      const at = key.lastIndexOf('@');
      const route = key.slice(0, at);
      const second = Number(key.slice(at + 1));
      const counted = this.routes.get(route)?.get(second);
      return counted ? [{ route, second, counted }] : [];
    });
    this.dirtySeconds = new Set();
    return changed;
  }

  private count(route: string, entry: RequestRecord): void {
    const second = Math.floor(entry.atMs / 1000);
    let seconds = this.routes.get(route);
    if (!seconds) this.routes.set(route, seconds = new Map());
    let counted = seconds.get(second);
    if (!counted) {
      counted = { ok: 0, failed: 0, results: new Map(), refusedBy: '', slowestMs: 0, totalMs: 0 };
      seconds.set(second, counted);
      if (seconds.size > KEEP_SECONDS) seconds.delete(seconds.keys().next().value!);
      if (!route.includes(' ')) this.dirtySeconds.add(`${route}@${second}`);
    }
    if (entry.ok) counted.ok += 1;
    else {
      counted.failed += 1;
      counted.refusedBy = entry.refusedBy;
      counted.results.set(entry.result, (counted.results.get(entry.result) ?? 0) + 1);
    }
    counted.totalMs += entry.tookMs;
    counted.slowestMs = Math.max(counted.slowestMs, entry.tookMs);
  }
}

/** The word for an outcome in counts and on the map. */
export function resultWord(outcome: NetOutcome): string {
  if (outcome.kind === 'response') return String(outcome.status);
  return outcome.kind === 'name-error' ? 'dns' : outcome.kind;
}

/** Whether a client is content: connected, or an answer below 500. */
export function isSuccess(outcome: NetOutcome): boolean {
  return outcome.kind === 'connected' || (outcome.kind === 'response' && outcome.status < 500);
}
