/** Small objects: `create namespace`, `serviceaccount`, `poddisruptionbudget`, `quota`, `priorityclass`, `ingress`, `token`. */
import { canonicalQuantity, parseQuantity } from '../../../engine/apimachinery/quantity.ts';
import { type Json, pathOf } from '../client/api-client.ts';
import { fail } from '../client/failure.ts';
import { type Command, defineCommand } from '../command.ts';
import { printerFor } from '../printers/output.ts';
import { builtIn, createOne, labelMap, metaOf, nameOf } from './create-one.ts';

const NAMESPACE = builtIn('', 'v1', 'Namespace', 'namespaces', false);
const SERVICE_ACCOUNT = builtIn('', 'v1', 'ServiceAccount', 'serviceaccounts');
const PDB = builtIn('policy', 'v1', 'PodDisruptionBudget', 'poddisruptionbudgets');
const QUOTA = builtIn('', 'v1', 'ResourceQuota', 'resourcequotas');
const PRIORITY_CLASS = builtIn('scheduling.k8s.io', 'v1', 'PriorityClass', 'priorityclasses', false);
const INGRESS = builtIn('networking.k8s.io', 'v1', 'Ingress', 'ingresses');

const intOrPercent = (text: string): number | string => (/^\d+$/.test(text) ? Number(text) : text);

export const createSmall: readonly Command[] = [
  defineCommand({
    path: 'create namespace',
    *run(session) {
      const name = nameOf(session);
      return yield* createOne(session, NAMESPACE, { kind: 'Namespace', apiVersion: 'v1', metadata: metaOf(session, NAMESPACE, name), spec: {}, status: {} });
    },
  }),
  defineCommand({
    path: 'create serviceaccount',
    *run(session) {
      const name = nameOf(session);
      return yield* createOne(session, SERVICE_ACCOUNT, { kind: 'ServiceAccount', apiVersion: 'v1', metadata: metaOf(session, SERVICE_ACCOUNT, name) });
    },
  }),
  defineCommand({
    path: 'create poddisruptionbudget',
    *run(session) {
      const name = nameOf(session);
      const { flags } = session;
      const min = flags.str('min-available');
      const max = flags.str('max-unavailable');
      if (flags.str('selector') === '') fail('a selector must be specified');
      if (min === '' && max === '') fail('one of min-available or max-unavailable must be specified');
      if (min !== '' && max !== '') fail('min-available and max-unavailable cannot be both specified');
      const valid = /^(\d+|\d+%)$/;
      if (min !== '' && !valid.test(min)) fail(`invalid format specified for min-available`);
      if (max !== '' && !valid.test(max)) fail(`invalid format specified for max-unavailable`);
      return yield* createOne(session, PDB, {
        kind: 'PodDisruptionBudget', apiVersion: 'policy/v1', metadata: metaOf(session, PDB, name),
        spec: { ...(min !== '' && { minAvailable: intOrPercent(min) }), selector: { matchLabels: labelMap(flags.str('selector')) }, ...(max !== '' && { maxUnavailable: intOrPercent(max) }) },
        status: { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 },
      });
    },
  }),
  defineCommand({
    path: 'create quota',
    *run(session) {
      const name = nameOf(session);
      const { flags } = session;
      const hard: Json = {};
      for (const pair of flags.str('hard').split(',').filter(Boolean)) {
        const [key = '', value, ...more] = pair.split('=');
        if (value === undefined || key === '' || more.length > 0) fail(`Invalid argument syntax ${pair}, expected <resource>=<value>`);
        if (!parseQuantity(value)) fail(`quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'`);
        hard[key] = canonicalQuantity(value);
      }
      const scopes = flags.str('scopes').split(',').filter(Boolean);
      return yield* createOne(session, QUOTA, {
        kind: 'ResourceQuota', apiVersion: 'v1', metadata: metaOf(session, QUOTA, name),
        spec: { ...(Object.keys(hard).length > 0 && { hard }), ...(scopes.length > 0 && { scopes }) }, status: {},
      });
    },
  }),
  defineCommand({
    path: 'create priorityclass',
    *run(session) {
      const name = nameOf(session);
      const { flags } = session;
      return yield* createOne(session, PRIORITY_CLASS, {
        kind: 'PriorityClass', apiVersion: 'scheduling.k8s.io/v1', metadata: metaOf(session, PRIORITY_CLASS, name), value: flags.int('value'),
        ...(flags.bool('global-default') && { globalDefault: true }), ...(flags.str('description') !== '' && { description: flags.str('description') }),
        preemptionPolicy: flags.str('preemption-policy'),
      });
    },
  }),
  defineCommand({
    path: 'create ingress',
    *run(session) {
      const name = nameOf(session);
      const { flags } = session;
      const rules = flags.list('rule');
      const fallback = flags.str('default-backend');
      if (rules.length === 0 && fallback === '') fail('not enough information provided: every ingress has to either specify a default-backend (which catches all traffic) or a list of rules (which catch specific paths)');
      const hosts = new Map<string, Json[]>();
      const tls: Json[] = [];
      for (const text of rules) {
        const match = /^([a-z0-9.*-]*)(\/[^=]*)=([^:,]+):([^,]+)(?:,(tls)(?:=([^,]*))?)?$/.exec(text);
        if (!match) fail(`rule ${text} is invalid and should be in format host/path=svcname:svcport[,tls[=secret]]`);
        const [, host = '', path = '', service = '', port = '', hasTls, secret = ''] = match;
        const prefix = path.endsWith('*');
        hosts.set(host, [...hosts.get(host) ?? [], { path: prefix ? path.slice(0, -1) : path, pathType: prefix ? 'Prefix' : 'Exact', backend: backend(service, port) }]);
        if (hasTls) tls.push({ ...(host !== '' && { hosts: [host] }), ...(secret !== '' && { secretName: secret }) });
      }
      const [service = '', port = ''] = fallback.split(':');
      const annotations = Object.fromEntries(flags.list('annotation').map(pair => [pair.split('=')[0]!, pair.slice(pair.indexOf('=') + 1)]));
      return yield* createOne(session, INGRESS, {
        kind: 'Ingress', apiVersion: 'networking.k8s.io/v1', metadata: metaOf(session, INGRESS, name, Object.keys(annotations).length > 0 ? { annotations } : {}),
        spec: {
          ...(flags.str('class') !== '' && { ingressClassName: flags.str('class') }), ...(fallback !== '' && { defaultBackend: backend(service, port) }),
          ...(tls.length > 0 && { tls }),
          ...(hosts.size > 0 && { rules: [...hosts].map(([host, paths]) => ({ ...(host !== '' && { host }), http: { paths } })) }),
        },
        status: { loadBalancer: {} },
      });
    },
  }),
  defineCommand({
    path: 'create token',
    *run(session) {
      const name = nameOf(session);
      const { flags } = session;
      const spec: Json = {
        audiences: flags.list('audience').length > 0 ? [...flags.list('audience')] : null,
        ...(flags.duration('duration') > 0 && { expirationSeconds: flags.duration('duration') / 1000 }),
      };
      const answer = yield* session.api.json<Json>('POST', pathOf(SERVICE_ACCOUNT, session.namespace, name, 'token'), {
        body: { kind: 'TokenRequest', apiVersion: 'authentication.k8s.io/v1', metadata: {}, spec },
      });
      const printer = printerFor(session);
      yield* session.out(printer ? printer(answer) : `${String((answer.status as Json | undefined)?.token ?? '')}\n`);
      return 0;
    },
  }),
];

function backend(name: string, port: string): Json {
  return { service: { name, port: /^\d+$/.test(port) ? { number: Number(port) } : { name: port } } };
}
