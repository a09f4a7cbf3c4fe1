import { describe, expect, test } from 'vitest';
import type { ServiceModel } from '../../src/engine/images/service/model.ts';
import { interpreterProgram, serviceProgram } from '../../src/engine/images/service/program.ts';
import { aPod, ClusterDriver } from '../../src/testing/cluster-driver.ts';

const MIB = 1024 * 1024;
const model = (change: Partial<ServiceModel>): ServiceModel => ({
  name: 'app', startupMs: 1000, startupCpuMs: 0, startupThreads: 1, failAfterMs: 100, bootLog: ['starting', 'ready'], settings: [], dependencies: {}, connectsAtStart: [],
  ports: [{ port: 8080, routes: [{ method: 'GET', path: '/', latencyMs: 1, needs: [], calls: [], failedStatus: 502, status: 200, body: 'ok', logged: true }] }], tcpPorts: [],
  accessLog: 'none', cpuIdleMillis: 1, cpuMsPerRequest: 1, memoryMiB: 40, shutdownLog: ['bye'], exitCodeOnTerm: 0, ...change,
});

/** A cluster whose registry has `example.com/app:1`, a service of this model. */
function worldWith(change: Partial<ServiceModel>): ClusterDriver {
  const world = new ClusterDriver();
  world.cluster.images.add({ repository: 'example.com/app', tags: ['1'], sizeBytes: 5 * MIB, userland: 'debian', entrypoint: ['/app'], programs: { '/app': serviceProgram(model(change)) } });
  return world;
}
const app = (container: object, spec: object = {}): object => aPod('app', { container: { image: 'example.com/app:1', command: undefined, ...container }, spec });
const statusOf = (world: ClusterDriver) => world.pods()[0]!.status!.containerStatuses![0]!;
const endOf = (world: ClusterDriver) => statusOf(world).lastState?.terminated ?? statusOf(world).state?.terminated;

describe('a start that computes', () => {
  test.each([
    // CPU limit   seconds until it serves: 10 s of waiting and 12 CPU seconds on two threads
    ['500m', 34],
    ['1', 22],
    ['2', 16],
    ['4', 16], // no more threads than two
    [undefined, 16],
  ])('under a CPU limit of %s takes %i s', (cpu, seconds) => {
    const world = worldWith({ startupMs: 10_000, startupCpuMs: 12_000, startupThreads: 2 });
    world.create(app({ ...(cpu && { resources: { limits: { cpu }, requests: { cpu: '100m' } } }), readinessProbe: { tcpSocket: { port: 8080 }, periodSeconds: 1 } }));
    world.pass(seconds - 1);
    expect(world.podWords()).toEqual(['Running 0/1 r0']);
    world.pass(7); // pull, sandbox, probe
    expect(world.podWords()).toEqual(['Running 1/1 r0']);
  });

  test('ends at once when it is told to stop meanwhile, without the words of a running service', () => {
    const world = worldWith({ startupMs: 60_000, exitCodeOnTerm: 143 });
    world.create(app({ livenessProbe: { tcpSocket: { port: 8080 }, initialDelaySeconds: 5, periodSeconds: 1, failureThreshold: 1 } }));
    world.pass(12);
    expect(endOf(world)).toMatchObject({ exitCode: 143, reason: 'Error' });
    expect(world.cluster.api.reader.list('Pod')).toHaveLength(1);
  });
});

describe('memory', () => {
  const limited = (memory: string): object => app({ resources: { limits: { memory } }, env: [{ name: 'CACHE_MB', value: '20' }] });
  const cached = { memoryMiB: 40, cache: { setting: 'CACHE_MB', defaultMiB: 5, kibPerRequest: 1024 } };
  const ask = (world: ClusterDriver, times: number): void => {
    const { network } = world.cluster;
    const client = network.createStack({ name: 'client', group: 'client', kind: 'external', addresses: ['198.51.100.1'], resolver: { nameservers: [], search: [], ndots: 1 } });
    for (let i = 0; i < times; i += 1) network.send(client, { protocol: 'http', host: world.pods()[0]!.status!.podIP!, port: 8080, path: '/' }, () => {});
    world.pass(3);
  };

  test.each([
    // limit   requests  how the container is afterwards
    ['128Mi', 100, 'Running 1/1 r0'], // the cache is full at 20 MiB
    ['50Mi', 5, 'Running 1/1 r0'],
    ['50Mi', 30, 'Running 1/1 r1'],
  ])('limit %s, %i requests: %s', (limit, requests, words) => {
    const world = worldWith(cached);
    world.create(limited(limit));
    world.pass(8);
    ask(world, requests);
    expect(world.podWords()).toEqual([words]);
  });

  test('past the limit the kernel ends it: OOMKilled, 137, no word in the log', () => {
    const world = worldWith(cached);
    world.create(limited('50Mi'));
    world.pass(8);
    ask(world, 30);
    expect(endOf(world)).toMatchObject({ exitCode: 137, reason: 'OOMKilled' });
    const pod = world.pods()[0]!;
    expect(world.cluster.kubelets.get(pod.spec!.nodeName!)!.workers.get(pod.metadata.uid)!.records[0]!.previousRun!.log.text({})).toBe('starting\nready\n');
  });

  test('a limit below what the start needs is met while starting', () => {
    const world = worldWith(cached);
    world.create(limited('20Mi'));
    world.pass(10);
    expect(endOf(world)).toMatchObject({ exitCode: 137, reason: 'OOMKilled' });
  });
});

describe('an interpreter with scripts', () => {
  const world = (command: string[], args?: string[]): ClusterDriver => {
    const made = new ClusterDriver();
    made.cluster.images.add({
      repository: 'example.com/app', tags: ['1'], sizeBytes: 5 * MIB, userland: 'debian', workingDir: '/app', entrypoint: ['/usr/local/bin/python', 'worker.py'],
      files: { '/app/worker.py': '', '/app/migrate.py': '' },
      programs: { '/usr/local/bin/python': interpreterProgram(model({}), 'worker.py', '/app', { 'migrate.py': { log: ['up to date'], tookMs: 300, exitCode: 0 } }) },
    });
    made.create(app({ command: command.length > 0 ? command : undefined, args }, { terminationGracePeriodSeconds: 20 }));
    made.pass(9);
    return made;
  };
  const mainProcess = (made: ClusterDriver): string => {
    const pod = made.pods()[0]!;
    return made.cluster.kubelets.get(pod.spec!.nodeName!)!.workers.get(pod.metadata.uid)!.records[0]!.running?.init?.argv.join(' ') ?? '';
  };

  test.each([
    ['the image\'s own entrypoint', [], undefined, '/usr/local/bin/python worker.py'],
    ['one string that ends in exec', ['sh', '-c'], ['python migrate.py && exec python worker.py'], 'python worker.py'],
    ['one string without exec', ['sh', '-c'], ['python migrate.py; python worker.py; exit $?'], 'sh -c python migrate.py; python worker.py; exit $?'],
  ])('%s: process 1', (_, command, args, expected) => {
    expect(mainProcess(world(command, args))).toBe(expected);
  });

  test.each([
    ['two strings for sh -c: the second is only its name', ['sh', '-c'], ['python migrate.py', 'python worker.py'], { exitCode: 0, reason: 'Completed' }],
    ['a script that is not there', ['python', 'wroker.py'], undefined, { exitCode: 2, reason: 'Error' }],
  ])('%s', (_, command, args, ended) => {
    expect(endOf(world(command, args))).toMatchObject(ended);
  });

  test.each([
    ['exec', 'python migrate.py && exec python worker.py', 4],
    ['a shell in front', 'python migrate.py; python worker.py; exit $?', 22],
  ])('told to stop, %s', (_, line, goneAfter) => {
    const made = world(['sh', '-c'], [line]);
    made.client.delete('Pod', { namespace: 'default', name: 'app' });
    made.pass(goneAfter === 4 ? 4 : 15);
    expect(made.pods()).toHaveLength(goneAfter === 4 ? 0 : 1);
    made.pass(goneAfter);
    expect(made.pods()).toHaveLength(0);
  });
});
