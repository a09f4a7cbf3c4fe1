/** Replays recorded watches: what came while things were done. */
import type { WatchEvent } from '../../src/engine/api-server/contract.ts';
import { Kernel } from '../../src/engine/kernel/kernel.ts';
import { casesOf, normal, recordingServer, send } from './cases.ts';

// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Json = any;

export function replayWatches(): Map<string, string> {
  const kernel = new Kernel({ seed: 1 });
  const api = recordingServer(kernel);
  const pass = (): void => { kernel.run({ untilMs: kernel.nowMs + 1_500 }); };
  for (let i = 0; i < 7; i += 1) {
    send(api, { method: 'POST', path: '/api/v1/namespaces/proto2/configmaps', body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `page-${i}`, labels: { set: 'page', i: String(i) } } } });
  }
  return new Map(casesOf('watch').map(each => {
    const query = { ...each.query, ...(each.query.resourceVersion === 'NOW' && { resourceVersion: String(api.reader.resourceVersion) }) };
    const answer = send(api, { method: 'GET', path: each.path, query, accept: each.accept });
    const events: Json[] = [];
    answer.watch?.listen((event: WatchEvent) => { events.push(event); }, () => {});
    pass();
    for (const act of each.acts as Json[]) {
      send(api, act);
      pass();
    }
    const got = answer.watch ? events.filter(event => event.type !== 'BOOKMARK' || each.events.some((one: Json) => one.type === 'BOOKMARK')) : [answer.body];
    answer.watch?.close();
    const shown = JSON.stringify(got.map(event => cleaned(event)));
    const wanted = JSON.stringify((each.events as Json[]).map(event => cleaned(event)));
    if (answer.code !== each.code) return [each.id as string, `code ${answer.code} instead of ${each.code}`];
    return [each.id as string, shown === wanted ? '' : `${shown.slice(0, 3000)} instead of ${wanted.slice(0, 3000)}`];
  }));
}

/** Ages in tables depend on the moment. */
const cleaned = (event: Json): Json => JSON.parse(JSON.stringify(normal(event)).replace(/"\d+m?s"/g, '"<age>"')) as Json;
