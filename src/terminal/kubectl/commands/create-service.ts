/** `create service clusterip|nodeport|loadbalancer|externalname`. */
import type { Task } from '../../../engine/kernel/task.ts';
import type { Json } from '../client/api-client.ts';
import { fail } from '../client/failure.ts';
import { type Command, defineCommand } from '../command.ts';
import type { Session } from '../session.ts';
import { builtIn, createOne, metaOf, nameOf } from './create-one.ts';

const SERVICE = builtIn('', 'v1', 'Service', 'services');

/** `80`, `80:8080` or `80:http` as a port. @throws CliFailure */
function portOf(text: string): Json {
  const parts = text.split(':');
  const port = Number(parts[0]);
  if (!/^\d+$/.test(parts[0]!)) fail(`strconv.ParseInt: parsing ${JSON.stringify(parts[0])}: invalid syntax`);
  if (port > 65_535 || port < 0) fail(`invalid port number`);
  const target = parts.at(-1)!;
  return { name: text.replaceAll(':', '-'), protocol: 'TCP', port, targetPort: /^\d+$/.test(target) ? Number(target) : target };
}

function* service(session: Session, type: string, extra: (spec: Json) => void): Task<number> {
  const name = nameOf(session);
  const { flags } = session;
  const ports = flags.list('tcp').map(portOf);
  const headless = type === 'ClusterIP' && flags.str('clusterip') === 'None';
  if (ports.length === 0 && type !== 'ExternalName' && !headless) fail('at least one tcp port specifier must be provided');
  const spec: Json = { ...(ports.length > 0 && { ports }), selector: { app: name } };
  extra(spec);
  spec.type = type;
  return yield* createOne(session, SERVICE, {
    kind: 'Service', apiVersion: 'v1', metadata: metaOf(session, SERVICE, name, { labels: { app: name } }), spec, status: { loadBalancer: {} },
  });
}

export const createServices: readonly Command[] = [
  defineCommand({
    path: 'create service clusterip',
    *run(session) {
      return yield* service(session, 'ClusterIP', spec => { if (session.flags.str('clusterip') !== '') spec.clusterIP = session.flags.str('clusterip'); });
    },
  }),
  defineCommand({
    path: 'create service nodeport',
    *run(session) {
      return yield* service(session, 'NodePort', spec => {
        const nodePort = session.flags.int('node-port');
        if (nodePort > 0) for (const port of spec.ports as Json[]) port.nodePort = nodePort;
      });
    },
  }),
  defineCommand({ path: 'create service loadbalancer', *run(session) { return yield* service(session, 'LoadBalancer', () => {}); } }),
  defineCommand({
    path: 'create service externalname',
    required: ['external-name'],
    *run(session) {
      return yield* service(session, 'ExternalName', spec => { spec.externalName = session.flags.str('external-name'); });
    },
  }),
];
