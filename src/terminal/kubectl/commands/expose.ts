import type { AnyObject, Json } from '../client/api-client.ts';
import { fail } from '../client/failure.ts';
import { defineCommand } from '../command.ts';
import { dryRunOf, outcomePrinter, writeQuery } from '../mutation.ts';
import { mergeInto } from '../objects/merge-into.ts';
import { parseYaml } from '../objects/yaml.ts';
import { selectObjects } from '../resource-builder/builder.ts';
import { builtIn, labelMap } from './create-one.ts';

const SERVICE = builtIn('', 'v1', 'Service', 'services');
const EXPOSABLE = new Set(['ReplicationController', 'Service', 'Pod', 'Deployment', 'ReplicaSet']);

export const expose = defineCommand({
  path: 'expose',
  *run(session) {
    const { flags } = session;
    const dryRun = yield* dryRunOf(session);
    const print = outcomePrinter(session, dryRun, { keepOrder: true });
    const infos = yield* selectObjects(session, { selector: '', latest: true });
    if (infos.length === 0) fail('no objects passed to expose');
    for (const info of infos) {
      const { object, type } = info;
      if (!EXPOSABLE.has(type.kind)) fail(`cannot expose a ${type.kind}${type.group === '' ? '' : `.${type.group}`}`);
      const selector = flags.str('selector') === '' ? selectorOf(object) : labelMap(flags.str('selector'));
      const ports = portsOf(object);
      const given = flags.str('port') === '' ? ports.map(port => ({ port: port.port, protocol: port.protocol })) : flags.str('port').split(',').map(port => ({ port: Number(port), protocol: '' }));
      if (given.length === 0) fail("couldn't find port via --port flag or introspection\nSee 'kubectl expose -h' for help and examples");
      const target = flags.str('target-port');
      const multiple = given.length > 1;
      const servicePorts = given.map(({ port, protocol }, index) => ({
        ...(multiple && { name: `port-${index + 1}` }), protocol: flags.str('protocol') || protocol || ports.find(each => each.port === port)?.protocol || 'TCP', port,
        targetPort: target === '' ? port : /^\d+$/.test(target) ? Number(target) : target,
      }));
      const labels = flags.str('labels') === '' ? (object.metadata.labels as Json | undefined) : labelMap(flags.str('labels'));
      const serviceType = flags.str('type');
      let service: Json = {
        kind: 'Service', apiVersion: 'v1',
        metadata: {
          name: flags.str('name') || info.name, ...(session.namespaceEnforced && { namespace: session.namespace }), ...(labels && { labels }),
        },
        spec: {
          ports: servicePorts, selector, ...(flags.str('cluster-ip') !== '' && { clusterIP: flags.str('cluster-ip') }), ...(serviceType !== '' && { type: serviceType }),
          ...(flags.str('external-ip') !== '' && { externalIPs: [flags.str('external-ip')] }),
          ...(flags.str('session-affinity') !== '' && { sessionAffinity: flags.str('session-affinity') }),
          ...(flags.str('load-balancer-ip') !== '' && { loadBalancerIP: flags.str('load-balancer-ip') }),
        },
        status: { loadBalancer: {} },
      };
      if (flags.str('overrides') !== '') {
        const parsed = parseYaml(flags.str('overrides'));
        if (parsed.ok) service = mergeInto(service, parsed.values[0]) as Json;
      }
      if (dryRun === 'client') { yield* print(service, 'exposed'); continue; }
      yield* print(yield* session.api.create(SERVICE, info.namespace, service, writeQuery(session, dryRun)), 'exposed');
    }
    return 0;
  },
});

function selectorOf(object: AnyObject): Json {
  const spec = (object.spec ?? {}) as Json;
  if (object.kind === 'Pod') {
    const labels = object.metadata.labels as Json | undefined;
    if (!labels || Object.keys(labels).length === 0) fail(`couldn't retrieve selectors via --selector flag or introspection: the pod has no labels and cannot be exposed`);
    return labels;
  }
  if (object.kind === 'Service' || object.kind === 'ReplicationController') {
    if (!spec.selector) fail("couldn't retrieve selectors via --selector flag or introspection: the service has no pod selector set");
    return spec.selector as Json;
  }
  const selector = (spec.selector ?? {}) as Json;
  if (Array.isArray(selector.matchExpressions) && selector.matchExpressions.length > 0) {
    fail(`couldn't retrieve selectors via --selector flag or introspection: couldn't convert expressions - "${JSON.stringify(selector.matchExpressions)}" to map-based selector format`);
  }
  return (selector.matchLabels ?? {}) as Json;
}

function portsOf(object: AnyObject): { port: number; protocol: string }[] {
  const spec = (object.spec ?? {}) as Json;
  if (object.kind === 'Service') return ((spec.ports ?? []) as Json[]).map(port => ({ port: Number(port.port), protocol: String(port.protocol ?? 'TCP') }));
  const podSpec = (object.kind === 'Pod' ? spec : ((spec.template as Json).spec)) as Json;
  return ((podSpec.containers ?? []) as Json[]).flatMap(container => ((container.ports ?? []) as Json[])
    .map(port => ({ port: Number(port.containerPort), protocol: String(port.protocol ?? 'TCP') })));
}

