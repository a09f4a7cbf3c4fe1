import type { RequestLog, RouteSecond } from '../../engine/network/request-log.ts';
import type { TrafficSample } from '../protocol.ts';

/** Hands each second of each route to the page once, when it is over. */
export class TrafficFeed {
  private readonly open = new Map<string, { route: string; second: number; counted: RouteSecond }>();

  /** @param groupOf the workload behind an address or a public name: `shop/orders`, `alb/shop`; the name itself when there is none */
  constructor(private readonly requests: Pick<RequestLog, 'takeChanged'>, private readonly groupOf: (host: string) => string) {}

  take(nowMs: number): TrafficSample[] {
    for (const changed of this.requests.takeChanged()) this.open.set(`${changed.route}@${changed.second}`, changed);
    const samples: TrafficSample[] = [];
    for (const [key, { route, second, counted }] of this.open) {
      if ((second + 1) * 1000 > nowMs) continue;
      this.open.delete(key);
      const [from = '', host = ''] = route.split('→');
      // Probes come every few seconds for ever and are not what anybody asked for.
      if (from.startsWith('node/')) continue;
      const to = host.includes('/') ? host : this.groupOf(host);
      samples.push({ atMs: second * 1000, from, to, ok: counted.ok, failed: counted.failed, failure: commonest(counted.results), at: counted.refusedBy, latencyMsP95: counted.slowestMs });
    }
    return samples;
  }
}

function commonest(results: ReadonlyMap<string, number>): string {
  let word = '';
  let most = 0;
  for (const [result, count] of results) if (count > most) [word, most] = [result, count];
  return word;
}
