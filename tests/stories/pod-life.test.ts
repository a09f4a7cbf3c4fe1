import { describe, expect, test } from 'vitest';
import { aPod, ClusterDriver } from '../../src/testing/cluster-driver.ts';

describe('a container that keeps ending', () => {
  test('restarts at once, then waits 10, 20, 40 s and shows CrashLoopBackOff', () => {
    const world = new ClusterDriver();
    world.create(aPod('loop', { script: 'echo going down; exit 3' }));
    world.pass(4);
    expect(world.pods()[0]!.status!.containerStatuses![0]!.restartCount).toBe(1);
    world.pass(4);
    expect(world.podWords()).toEqual(['CrashLoopBackOff 0/1 r1']);
    const status = world.pods()[0]!.status!.containerStatuses![0]!;
    expect(status.lastState!.terminated).toMatchObject({ exitCode: 3, reason: 'Error' });
    expect(status.state!.waiting!.message).toMatch(/^back-off 10s restarting failed container=app pod=loop_default\(/);
    world.pass(300);
    expect(world.pods()[0]!.status!.containerStatuses![0]!.restartCount).toBeGreaterThanOrEqual(4);
    expect(world.events('loop').some(event => event.startsWith('BackOff: Back-off restarting failed container app in pod loop_default('))).toBe(true);
  });

  test('with restartPolicy Never it stays Failed, with OnFailure an exit 0 completes it', () => {
    const world = new ClusterDriver();
    world.create(aPod('never', { script: 'exit 1', spec: { restartPolicy: 'Never' } }));
    world.create(aPod('once', { script: 'exit 0', spec: { restartPolicy: 'OnFailure' } }));
    world.pass(20);
    expect(world.podWords()).toEqual(['Completed 0/1 r0', 'Error 0/1 r0']);
    expect(world.pods().map(pod => pod.status!.phase).sort()).toEqual(['Failed', 'Succeeded']);
  });

  test('a command that does not exist never starts: StartError, exit 128', () => {
    const world = new ClusterDriver();
    world.create(aPod('typo', { container: { command: ['serverr'] } }));
    world.pass(30);
    const status = world.pods()[0]!.status!.containerStatuses![0]!;
    const ended = status.lastState?.terminated ?? status.state?.terminated;
    expect(ended).toMatchObject({ exitCode: 128, reason: 'StartError' });
    expect(ended!.message).toContain('exec: "serverr": executable file not found in $PATH: unknown');
  });
});

describe('configuration', () => {
  const withKey = (optional = false): object => aPod('app', {
    script: 'echo "$GREETING"; sleep 1000',
    container: { env: [{ name: 'GREETING', valueFrom: { configMapKeyRef: { name: 'words', key: 'hello', optional } } }] },
  });

  test.each([
    ['no ConfigMap', undefined, 'configmap "words" not found'],
    ['no such key', { other: 'x' }, "couldn't find key hello in ConfigMap default/words"],
  ])('%s: CreateContainerConfigError', (_, data, message) => {
    const world = new ClusterDriver();
    if (data) world.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'words', namespace: 'default' }, data });
    world.create(withKey());
    world.pass(10);
    expect(world.podWords()).toEqual(['CreateContainerConfigError 0/1 r0']);
    expect(world.events('app')).toContain(`Failed: Error: ${message}`);
    world.client.delete('ConfigMap', { namespace: 'default', name: 'words' });
    world.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'words', namespace: 'default' }, data: { hello: 'moin' } });
    world.pass(30);
    expect(world.podWords()).toEqual(['Running 1/1 r0']);
  });

  test('an optional key may be missing', () => {
    const world = new ClusterDriver();
    world.create(withKey(true));
    world.pass(10);
    expect(world.podWords()).toEqual(['Running 1/1 r0']);
  });

  test('a missing ConfigMap volume holds the pod in ContainerCreating with FailedMount', () => {
    const world = new ClusterDriver();
    world.create(aPod('app', { spec: { volumes: [{ name: 'flags', configMap: { name: 'flags' } }] }, container: { volumeMounts: [{ name: 'flags', mountPath: '/etc/flags' }] } }));
    world.pass(10);
    expect(world.podWords()).toEqual(['ContainerCreating 0/1 r0']);
    expect(world.events('app')).toContain('FailedMount: MountVolume.SetUp failed for volume "flags" : configmap "flags" not found');
  });

  test('environment is read once, at container start; a restart reads it anew', () => {
    const world = new ClusterDriver();
    world.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'words', namespace: 'default' }, data: { hello: 'one' } });
    world.create(aPod('app', { script: 'sleep 60; test "$GREETING" = one', container: { env: [{ name: 'GREETING', valueFrom: { configMapKeyRef: { name: 'words', key: 'hello' } } }] } }));
    world.pass(20);
    world.patch('ConfigMap', 'words', { data: { hello: 'two' } });
    world.pass(60);
    expect(world.pods()[0]!.status!.containerStatuses![0]!.lastState!.terminated!.exitCode).toBe(0);
    world.pass(70);
    expect(world.pods()[0]!.status!.containerStatuses![0]!.lastState!.terminated!.exitCode).toBe(1);
  });
});

describe('probes', () => {
  test('a file makes the pod ready, its removal takes it out, without a restart', () => {
    const world = new ClusterDriver();
    world.create(aPod('web', {
      script: 'sleep 10; touch /tmp/ready; sleep 40; rm /tmp/ready; sleep 1000',
      container: { readinessProbe: { exec: { command: ['cat', '/tmp/ready'] }, periodSeconds: 2, failureThreshold: 2 } },
    }));
    world.pass(8);
    expect(world.podWords()).toEqual(['Running 0/1 r0']);
    world.pass(12);
    expect(world.podWords()).toEqual(['Running 1/1 r0']);
    world.pass(50);
    expect(world.podWords()).toEqual(['Running 0/1 r0']);
    expect(world.events('web').some(event => event.startsWith('Unhealthy: Readiness probe failed: cat:'))).toBe(true);
  });

  test('a failing liveness probe ends the container after its threshold, as SIGTERM', () => {
    const world = new ClusterDriver();
    world.create(aPod('deaf', { container: { image: 'nginx', command: undefined, livenessProbe: { httpGet: { path: '/nowhere', port: 80 }, periodSeconds: 3, failureThreshold: 2 } } }));
    world.pass(25);
    expect(world.events('deaf')).toContain('Unhealthy: Liveness probe failed: HTTP probe failed with statuscode: 404');
    expect(world.events('deaf')).toContain('Killing: Container app failed liveness probe, will be restarted');
    expect(world.pods()[0]!.status!.containerStatuses![0]!.restartCount).toBeGreaterThan(0);
  });

  test('a startup probe holds liveness and readiness back', () => {
    const world = new ClusterDriver();
    world.create(aPod('slow', {
      script: 'sleep 20; touch /tmp/up; sleep 1000',
      container: {
        startupProbe: { exec: { command: ['test', '-f', '/tmp/up'] }, periodSeconds: 5, failureThreshold: 10 },
        livenessProbe: { exec: { command: ['test', '-f', '/tmp/up'] }, periodSeconds: 1, failureThreshold: 1 },
      },
    }));
    world.pass(60);
    expect(world.podWords()).toEqual(['Running 1/1 r0']);
  });
});

describe('going down', () => {
  test.each([
    ['a shell as PID 1 ignores SIGTERM and takes its whole grace', 'sleep 1000', 6, 137],
    ['a trap ends it in order', 'trap "exit 0" TERM; sleep 1000 & wait', 6, 0],
  ])('%s', (_, script, graceSeconds, code) => {
    const world = new ClusterDriver();
    world.create(aPod('bye', { script: `${script}; true`, spec: { terminationGracePeriodSeconds: graceSeconds } }));
    world.pass(10);
    let exitCode: number | undefined;
    world.cluster.api.onChange(({ object }) => {
      const ended = (object as { status?: { containerStatuses?: { state?: { terminated?: { exitCode: number } } }[] } }).status?.containerStatuses?.[0]?.state?.terminated;
      if (object.kind === 'Pod' && ended) exitCode = ended.exitCode;
    });
    world.delete('Pod', 'bye');
    world.pass(1);
    world.pass(graceSeconds + 3);
    expect(world.pods()).toEqual([]);
    expect(exitCode).toBe(code);
  });

  test('a deleted pod of a Deployment is Terminating while its successor comes up', () => {
    const world = new ClusterDriver();
    world.create({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'default' }, spec: { selector: { matchLabels: { app: 'web' } }, template: { metadata: { labels: { app: 'web' } }, spec: { terminationGracePeriodSeconds: 20, containers: [{ name: 'app', image: 'busybox', command: ['sh', '-c', 'sleep 1000; true'] }] } } } });
    world.pass(10);
    world.delete('Pod', world.pods()[0]!.metadata.name);
    world.pass(6);
    expect(world.podWords()).toEqual(['Running 1/1 r0', 'Terminating 1/1 r0']);
    world.pass(20);
    expect(world.podWords()).toEqual(['Running 1/1 r0']);
  });
});

describe('images', () => {
  test.each([
    ['ngnix', 'ImagePullBackOff', 'pull access denied, repository does not exist or may require authorization'],
    ['Nginx', 'InvalidImageName', 'repository name (library/Nginx) must be lowercase'],
  ])('%s: %s', (image, status, words) => {
    const world = new ClusterDriver();
    world.create(aPod('web', { container: { image, command: undefined } }));
    world.pass(40);
    expect(world.podWords()[0]).toMatch(new RegExp(`^(${status}|ErrImagePull) 0/1 r0$`));
    expect(world.events('web').join('\n')).toContain(words);
  });

  test('an image nobody knows runs a generic program that says so and serves its declared ports', () => {
    const world = new ClusterDriver();
    world.create(aPod('thing', { container: { image: 'ghcr.io/acme/thing:2.1', command: undefined, ports: [{ containerPort: 7070 }], readinessProbe: { httpGet: { port: 7070 } } } }));
    world.pass(30);
    expect(world.podWords()).toEqual(['Running 1/1 r0']);
    const answer = world.cluster.api.handle({ method: 'GET', path: '/api/v1/namespaces/default/pods/thing/log', user: world.client.user });
    expect(answer.body).toContain('ghcr.io/acme/thing:2.1 is not modelled; a generic program runs in its place');
  });
});
