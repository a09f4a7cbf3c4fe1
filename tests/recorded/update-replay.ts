/** Replays recorded updates: the object as it was posted, then the change, as a dry run. */
import type { RunningApiServer } from '../../src/engine/api-server/api-server.ts';
import { casesOf, difference, documentOf, recordingServer, send } from './cases.ts';

// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Json = any;

/** Members whose values are drawn: an update that keeps them has to keep ours. */
const DRAWN = new Set(['clusterIP', 'clusterIPs', 'nodePort', 'healthCheckNodePort', 'uid', 'resourceVersion', 'creationTimestamp', 'time']);

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}$/;

export function replayUpdates(): Map<string, string> {
  const bases: Json = { ...documentOf('updates-bases'), crd: documentOf('patches-bases').crd };
  const cases = casesOf('updates');
  const usual = usualValues(cases);
  const api = recordingServer();
  const results = new Map<string, string>();
  const created = new Map<string, string>();
  for (const each of cases) {
    const base = each.baseObject ?? bases[each.base];
    const place = each.base ?? `object ${JSON.stringify(each.baseObject)}`;
    const path: string = each.path.replace(/\/(status|scale|finalize|approval|ephemeralcontainers|resize|eviction|binding)$/, '');
    // A base stays once it is there: later ones (a quota) would not let it in again.
    if (created.get(path) !== place) create(api, path, base);
    created.set(path, place);
    const stored = send(api, { method: 'GET', path }).body as Json;
    const body = each.method === 'PUT' ? withOurs(each.body, stored, usual.get(each.base) ?? new Map(), '') : each.body;
    const answer = send(api, { ...each, body });
    results.set(each.id, each.res.code < 300 && !each.res.object ? (answer.code === each.res.code ? '' : `code ${answer.code} instead of ${each.res.code}: ${(answer.body as Json)?.message}`) : difference(each.res, { ...answer, body: withoutStatus(answer.body as Json, each.res.object) }));
  }
  return results;
}

/** The recorder left most statuses out. */
function withoutStatus(body: Json, wanted: Json): Json {
  return wanted && wanted.status === undefined && typeof body?.status === 'object' ? { ...body, status: undefined } : body;
}

function create(api: RunningApiServer, path: string, base: Json): void {
  send(api, { method: 'DELETE', path, query: { gracePeriodSeconds: '0' } });
  send(api, { method: 'POST', path: path.slice(0, path.lastIndexOf('/')), body: base });
}

/** For each base, what its drawn members were on the recorded server: the value most updates kept. */
function usualValues(cases: readonly Json[]): Map<string, Map<string, string>> {
  const counts = new Map<string, Map<string, Map<string, number>>>();
  for (const each of cases) {
    if (each.method !== 'PUT') continue;
    const ofBase = counts.get(each.base) ?? new Map<string, Map<string, number>>();
    counts.set(each.base, ofBase);
    visit(each.body, '', (path, value) => {
      const seen = ofBase.get(path) ?? new Map<string, number>();
      ofBase.set(path, seen.set(JSON.stringify(value), (seen.get(JSON.stringify(value)) ?? 0) + 1));
    });
  }
  return new Map([...counts].map(([base, paths]) => [base, new Map([...paths].map(([path, seen]) => [path, [...seen].sort((a, b) => b[1] - a[1])[0]![0]]))]));
}

function visit(value: Json, path: string, tell: (path: string, value: Json) => void): void {
  if (typeof value !== 'object' || value === null) return;
  for (const key of Object.keys(value)) {
    if (DRAWN.has(key)) tell(`${path}.${key}`, value[key]);
    else visit(value[key], `${path}.${key}`, tell);
  }
}

/** The recorded object with our drawn values; the certificate that only the recorded cluster published is left out. */
function withOurs(value: Json, ours: Json, usual: ReadonlyMap<string, string>, path: string): Json {
  if (typeof value === 'string' && /^kube-api-access-[a-z0-9]{5}$/.test(value)) return typeof ours === 'string' ? ours : (ours?.name ?? value);
  if (typeof value === 'string' && UUID.test(value) && typeof ours === 'string' && UUID.test(ours)) return ours;
  if (Array.isArray(value)) {
    const items = path.endsWith('.sources') ? value.filter(each => each?.configMap?.name !== 'openshift-service-ca.crt') : value;
    return items.map((item, i) => withOurs(item, ours?.[i] ?? ours?.find?.((each: Json) => each?.name === item?.name), usual, `${path}.${i}`));
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.keys(value).map(key => {
    const at = `${path}.${key}`;
    if (DRAWN.has(key) && usual.get(at) === JSON.stringify(value[key]) && ours?.[key] !== undefined) return [key, ours[key]];
    return [key, withOurs(value[key], ours?.[key], usual, at)];
  }));
}
