import { ConnectionFailure, fail } from '../client/failure.ts';
import type { Json } from '../client/api-client.ts';
import { type Command, defineCommand } from '../command.ts';

/** Name, address, and back to plain. */
const COLOURS = ['\u001b[0;32m', '\u001b[0;33m', '\u001b[0m'] as const;

const clusterInfo = defineCommand({
  path: 'cluster-info',
  *run(session) {
    const { server } = session.api.connection;
    const onTerminal = session.process.descriptors.get(1)?.terminal !== undefined;
    const [BOLD_GREEN, BOLD_YELLOW, PLAIN] = onTerminal ? COLOURS : ['', '', ''];
    try {
      const type = yield* session.discovery.resolve('services');
      const services = yield* session.api.list(type, 'kube-system', { labelSelector: 'kubernetes.io/cluster-service=true' });
      yield* session.out(`${BOLD_GREEN}Kubernetes control plane${PLAIN} is running at ${BOLD_YELLOW}${server}${PLAIN}\n`);
      for (const service of services) {
        const ports = ((service.spec as Json).ports ?? []) as Json[];
        const labels = (service.metadata.labels ?? {}) as Record<string, string>;
        const port = ports[0]?.name ? `:${String(ports[0].name)}` : '';
        const link = `${server}/api/v1/namespaces/${service.metadata.namespace}/services/${service.metadata.name}${port}/proxy`;
        yield* session.out(`${BOLD_GREEN}${labels['kubernetes.io/name'] ?? service.metadata.name}${PLAIN} is running at ${BOLD_YELLOW}${link}${PLAIN}\n`);
      }
    } catch (failure) {
      if (failure instanceof ConnectionFailure) yield* session.out("\nTo further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.\n");
      throw failure;
    }
    yield* session.out("\nTo further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.\n");
    return 0;
  },
});

const pluginList = defineCommand({
  path: 'plugin list',
  *run(session) {
    const { files } = session.process.system;
    const found = (session.process.env.get('PATH') ?? '').split(':').filter(folder => folder !== '' && files.stat(folder)?.type === 'directory')
      .flatMap(folder => files.list(folder).filter(name => name.startsWith('kubectl-')).map(name => (session.flags.bool('name-only') ? name : `${folder}/${name}`)));
    if (found.length === 0) fail('unable to find any kubectl plugins in your PATH');
    yield* session.out(`The following compatible plugins are available:\n\n${found.join('\n')}\n`);
    return 0;
  },
});

export const informative: readonly Command[] = [clusterInfo, pluginList];
