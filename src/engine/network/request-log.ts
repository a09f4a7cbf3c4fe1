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
  /** Failures by the word for them. */
  results: ReadonlyMap<string, number>;
  refusedBy: string;
  slowestMs: number;
  totalMs: number;
  /** How many took {@link SLOW_MS} or longer. */
  slow: number;
}

/** The shop's promise: 95 % of requests are faster (curriculum 2.8). */
export const SLOW_MS = 300;

export interface ChangedSecond {
  readonly route: string;
  readonly second: number;
  readonly counted: RouteSecond;
}

/** How long counts and failures are kept. */
const KEEP_SECONDS = 3_600;
const KEEP_FAILURES = 500;
/** Seconds kept for a page that may never ask. */
const KEEP_CHANGED = 50_000;

const NO_RESULTS: ReadonlyMap<string, number> = new Map();

/** One route's counts by second, the newest at hand. */
class RouteCounts {
  readonly seconds = new Map<number, RouteSecond>();
  private newest = -1;
  private counted: RouteSecond | undefined;

  constructor(readonly route: string, private readonly begun: ((changed: ChangedSecond) => void) | undefined) {}

  add(entry: RequestRecord): void {
    const counted = this.at(Math.floor(entry.atMs / 1000));
    if (entry.ok) counted.ok += 1;
    else {
      counted.failed += 1;
      counted.refusedBy = entry.refusedBy;
      counted.results = new Map(counted.results).set(entry.result, (counted.results.get(entry.result) ?? 0) + 1);
    }
    counted.totalMs += entry.tookMs;
    if (entry.tookMs >= SLOW_MS) counted.slow += 1;
    if (entry.tookMs > counted.slowestMs) counted.slowestMs = entry.tookMs;
  }

  private at(second: number): RouteSecond {
    if (second === this.newest && this.counted) return this.counted;
    const counted: RouteSecond = { ok: 0, failed: 0, results: NO_RESULTS, refusedBy: '', slowestMs: 0, totalMs: 0, slow: 0 };
    this.newest = second;
    this.counted = counted;
    this.seconds.set(second, counted);
    if (this.seconds.size > KEEP_SECONDS) this.seconds.delete(this.seconds.keys().next().value!);
    this.begun?.({ route: this.route, second, counted });
    return counted;
  }
}

/** Counts requests by route and virtual second, and keeps the last failures whole. */
export class RequestLog {
  readonly failures: RequestRecord[] = [];
  /** `from→to` and `METHOD /path→to`. */
  private readonly routes = new Map<string, RouteCounts>();
  /** The same counts by target and then by client, and by target, method and path: no name is put together for a request. */
  private readonly byClient = new Map<string, Map<string, RouteCounts>>();
  private readonly byRequest = new Map<string, Map<string, Map<string, RouteCounts>>>();
  private changed: ChangedSecond[] = [];

  record(entry: RequestRecord): void {
    const { to, fromGroup, method, path } = entry;
    const clients = within(this.byClient, to);
    let client = clients.get(fromGroup);
    if (!client) clients.set(fromGroup, client = this.open(`${fromGroup}→${to}`, true));
    client.add(entry);
    const paths = within(within(this.byRequest, to), method);
    let request = paths.get(path);
    if (!request) paths.set(path, request = this.open(`${method} ${path}→${to}`, false));
    request.add(entry);
    if (!entry.ok) {
      this.failures.push(entry);
      if (this.failures.length > KEEP_FAILURES) this.failures.shift();
    }
  }

  /** Requests on one route: `METHOD /path→target` or `client→target`. */
  between(route: string, fromMs: number, toMs: number): { total: number; failed: number; slow: number; slowestMs: number } {
    const sum = { total: 0, failed: 0, slow: 0, slowestMs: 0 };
    const counts = this.routes.get(route);
    if (!counts) return sum;
    for (let second = Math.floor(fromMs / 1000); second <= Math.floor(toMs / 1000); second += 1) {
      const counted = counts.seconds.get(second);
      if (!counted) continue;
      sum.total += counted.ok + counted.failed;
      sum.failed += counted.failed;
      sum.slow += counted.slow;
      sum.slowestMs = Math.max(sum.slowestMs, counted.slowestMs);
    }
    return sum;
  }

  /** Seconds of client→service routes that began since the last call, for the page. */
  takeChanged(): ChangedSecond[] {
    const { changed } = this;
    this.changed = [];
    return changed;
  }

  private open(route: string, shown: boolean): RouteCounts {
    const counts = new RouteCounts(route, shown ? changed => this.begun(changed) : undefined);
    this.routes.set(route, counts);
    return counts;
  }

  private begun(changed: ChangedSecond): void {
    if (this.changed.length >= KEEP_CHANGED) this.changed = this.changed.slice(KEEP_CHANGED / 2);
    this.changed.push(changed);
  }
}

function within<V>(map: Map<string, Map<string, V>>, key: string): Map<string, V> {
  let inner = map.get(key);
  if (!inner) map.set(key, inner = new Map<string, V>());
  return inner;
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
