import { suspend } from '../kernel/task.ts';
import type { SystemProgram } from '../userland/contract.ts';
import type { ImageDefinition } from './contract.ts';

const MIB = 1024 * 1024;

/**
 * What runs for an image that Drydock does not know: it says so, serves its declared ports with 200, and ends on
 * SIGTERM. The ports come from the pod's manifest, which the kubelet hands over in DRYDOCK_DECLARED_PORTS.
 */
const genericServer: SystemProgram = function* generic(process) {
  const ports = (process.env.get('DRYDOCK_DECLARED_PORTS') ?? '').split(',').filter(Boolean).map(Number);
  const image = process.env.get('DRYDOCK_IMAGE') ?? 'this image';
  yield* process.write(1, `drydock: ${image} is not modelled; a generic program runs in its place\n`);
  yield* process.sleep(800);
  for (const port of ports) {
    process.system.network.listen(port, (request, respond) => {
      respond({ status: 200, headers: { 'content-type': 'text/plain' }, body: `${request.method} ${request.path} answered by a generic program in place of ${image}\n` });
    });
  }
  yield* process.write(1, ports.length > 0 ? `drydock: serving HTTP 200 on port${ports.length > 1 ? 's' : ''} ${ports.join(', ')}\n` : 'drydock: no port is declared, nothing is served\n');
  yield* suspend<void>(resume => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.onSignal(signal, () => resume());
  });
  yield* process.write(1, 'drydock: stopped by signal\n');
  return 0;
};

export function genericImage(repository: string): ImageDefinition {
  return {
    repository, tags: 'any', sizeBytes: 85 * MIB, userland: 'busybox',
    entrypoint: ['/drydock/generic'], programs: { '/drydock/generic': genericServer },
  };
}
