import { writeFileSync } from 'node:fs';
import { kubeconfigFor, startHttpHost } from './http/http-host.ts';
import { openWorld } from './open-world.ts';
import type { HostArguments } from './world-choice.ts';

const TICK_MS = 20;

/** `npm run serve`: the API server of a running cluster on a loopback port, until it is interrupted. */
export async function runServer(given: HostArguments): Promise<number> {
  const world = openWorld(given.source, given.seed, { output() {}, prompt() {}, closed() {} });
  if (typeof world === 'string') {
    process.stderr.write(`drydock: ${world}\n`);
    return 2;
  }
  const host = await startHttpHost({
    api: world.cluster.api, port: given.port, tls: given.tls,
    // An answer that takes virtual time (a watch event, a container's output) should not wait for the next tick.
    pump: () => { world.advance(world.kernel.nowMs + 1); },
  });
  const file = given.kubeconfig ?? 'drydock.kubeconfig';
  writeFileSync(file, kubeconfigFor(host, { context: world.context, namespace: world.namespace }), { mode: 0o600 });
  process.stdout.write(`${host.url} is ready; kubectl --kubeconfig ${file} get pods\n`);
  let stopped = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => { stopped = true; });
  let lastMs = performance.now();
  while (!stopped) {
    await new Promise(wake => setTimeout(wake, TICK_MS));
    const nowMs = performance.now();
    world.advance(world.kernel.nowMs + (nowMs - lastMs) * given.speed);
    lastMs = nowMs;
  }
  await host.close();
  return 0;
}
