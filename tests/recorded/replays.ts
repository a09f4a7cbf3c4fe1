/** One replay for each file of recordings: case id → how ours differs (empty when it does not). */
import { Resources } from '../../src/engine/api-server/resources.ts';
import { tableOf } from '../../src/engine/api-server/tables.ts';
import { parseRfc3339 } from '../../src/engine/kernel/calendar.ts';
import { replayUpdates } from './update-replay.ts';
import { replayWatches } from './watch-replay.ts';
import { casesOf, difference, documentOf, recordingServer, send } from './cases.ts';

// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Json = any;
export type Replay = () => Map<string, string>;

const PATHS: Record<string, string> = {
  Deployment: '/apis/apps/v1/namespaces/rec/deployments', Service: '/api/v1/namespaces/rec/services', ConfigMap: '/api/v1/namespaces/rec/configmaps',
  Pod: '/api/v1/namespaces/rec/pods', ServiceAccount: '/api/v1/namespaces/rec/serviceaccounts', Role: '/apis/rbac.authorization.k8s.io/v1/namespaces/rec/roles',
  Ingress: '/apis/networking.k8s.io/v1/namespaces/rec/ingresses', ResourceQuota: '/api/v1/namespaces/rec/resourcequotas',
  Widget: '/apis/rec.example.com/v1/namespaces/rec/widgets',
  HorizontalPodAutoscaler: '/apis/autoscaling/v2/namespaces/rec/horizontalpodautoscalers', Namespace: '/api/v1/namespaces', LimitRange: '/api/v1/namespaces/adm/limitranges',
};

/** The custom resource of the recordings. */
function defineWidgets(api: ReturnType<typeof recordingServer>): void {
  send(api, { method: 'POST', path: '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', body: documentOf('patches-bases').crd });
}

const single = (file: string): Replay => () => {
  const api = recordingServer();
  return new Map(casesOf(file).map(each => [each.id as string, difference(each.res ?? each, send(api, each))]));
};

const sequence = (file: string, prepare: (api: ReturnType<typeof recordingServer>) => void): Replay => () => {
  const api = recordingServer();
  prepare(api);
  const results = new Map<string, string>();
  for (const each of casesOf(file)) {
    let found = '';
    for (const step of (each.steps ?? []) as Json[]) {
      if (!step.path) continue;
      const answer = send(api, step);
      if (step.res) found ||= difference(withoutStatus(file, step.res), withoutStatus(file, { code: answer.code, headers: {}, body: answer.body }));
    }
    for (const step of (each.cleanup ?? []) as Json[]) send(api, step);
    results.set(each.id, found);
  }
  return results;
};

/** The recorder left the status out of what an apply answers. */
function withoutStatus(file: string, answer: Json): Json {
  if (file !== 'apply') return answer;
  const drop = (object: Json): Json => (object && !object.reason ? { ...object, status: undefined } : object);
  return { ...answer, ...(answer.object && { object: drop(answer.object) }), ...(answer.body && { body: drop(answer.body) }) };
}

export const replays: Readonly<Record<string, Replay>> = {
  defaults: single('defaults'),
  invalid: single('invalid'),
  admission() {
    const api = recordingServer();
    for (const object of documentOf('admission-fixtures') as Json[]) {
      const resource = new Resources().ofObject(object.apiVersion, object.kind);
      if (!resource) continue;
      const base = object.apiVersion.includes('/') ? `/apis/${object.apiVersion}` : `/api/${object.apiVersion}`;
      send(api, { method: 'POST', path: `${base}/${resource.namespaced ? `namespaces/${object.metadata.namespace}/` : ''}${resource.name}`, body: object });
      if (object.kind === 'Namespace') send(api, { method: 'POST', path: `/api/v1/namespaces/${object.metadata.name}/serviceaccounts`, body: { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } } });
    }
    send(api, { method: 'DELETE', path: '/api/v1/namespaces/adm-term' });
    return new Map(casesOf('admission').filter(each => each.res).map(each => [each.id as string, difference(each.res, send(api, each))]));
  },
  patches() {
    const api = recordingServer();
    defineWidgets(api);
    for (const object of Object.values<Json>(documentOf('patches-bases').posted)) {
      const path = PATHS[object.kind];
      if (path) send(api, { method: 'POST', path, body: object });
    }
    return new Map(casesOf('patches').map(each => [each.id as string, difference(each.res, send(api, each))]));
  },
  apply: sequence('apply', defineWidgets),
  protocol: sequence('protocol', api => {
    defineWidgets(api);
    for (let i = 0; i < 7; i += 1) {
      send(api, { method: 'POST', path: '/api/v1/namespaces/proto2/configmaps', body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `page-${i}`, labels: { set: 'page', i: String(i) } } } });
    }
  }),
  updates: replayUpdates,
  watch: replayWatches,
  'table-cells'() {
    const resources = new Resources();
    return new Map(casesOf('table-cells').map(({ id, object, cells, takenAt }) => {
      const resource = resources.ofObject(object.apiVersion, object.kind);
      if (!resource) return [id as string, 'not served'];
      const table = tableOf(resource, [object], {}, 'None', { nowMs: parseRfc3339(takenAt)! });
      const got = Object.fromEntries((table.columnDefinitions as Json[]).map((column, i) => [column.name, table.rows[0].cells[i]]));
      const wrong = [...new Set([...Object.keys(cells), ...Object.keys(got)])].find(name => JSON.stringify(cells[name]) !== JSON.stringify(got[name]));
      return [id as string, wrong === undefined ? '' : `${wrong}: ${JSON.stringify(got[wrong])} instead of ${JSON.stringify(cells[wrong])}`];
    }));
  },
};
