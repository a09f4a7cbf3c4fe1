import type { RequestLog, RouteSecond } from '../../engine/network/request-log.ts';
import type { TrafficSample } from '../protocol.ts';

/** Hands each second of each route to the page once, when it is over. */
export class TrafficFeed {
  private readonly open = new Map<string, { route: string; second: number; counted: RouteSecond }>();

  constructor(private readonly requests: Pick<RequestLog, 'takeChanged'>) {}

  take(nowMs: number): TrafficSample[] {
    for (const changed of this.requests.takeChanged()) this.open.set(`${changed.route}@${changed.second}`, changed);
    const samples: TrafficSample[] = [];
    for (const [key, { route, second, counted }] of this.open) {
      if ((second + 1) * 1000 > nowMs) continue;
      this.open.delete(key);
      const [from = '', to = ''] = route.split('→');
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
