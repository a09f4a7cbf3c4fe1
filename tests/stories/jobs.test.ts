import type { CronJob, Job } from 'kubernetes-types/batch/v1.d.ts';
import { describe, expect, test } from 'vitest';
import { ClusterDriver } from '../../src/testing/cluster-driver.ts';

function jobSpec(script: string, spec: object = {}, pod: object = {}): object {
  return { ...spec, template: { spec: { restartPolicy: 'Never', terminationGracePeriodSeconds: 1, containers: [{ name: 'app', image: 'busybox:1.37', command: ['sh', '-c', script] }], ...pod } } };
}

function aJob(name: string, script: string, spec: object = {}, pod: object = {}): object {
  return { apiVersion: 'batch/v1', kind: 'Job', metadata: { name, namespace: 'default' }, spec: jobSpec(script, spec, pod) };
}

const jobOf = (world: ClusterDriver, name = 'job'): Job => world.get<Job>('Job', name)!;
const conditionsOf = (world: ClusterDriver, name = 'job'): string[] => (jobOf(world, name).status!.conditions ?? []).filter(condition => condition.status === 'True').map(condition => `${condition.type} ${condition.reason}`);
const withoutNames = (events: string[]): string[] => events.map(event => event.replace(/pod: .*/, 'pod'));

describe('a Job', () => {
  test.each([
    // what it runs                                 spec                                            after 10 minutes
    ['exit 0', {}, {}, { succeeded: 1 }, ['SuccessCriteriaMet CompletionsReached', 'Complete CompletionsReached']],
    ['exit 0', { completions: 5, parallelism: 2 }, {}, { succeeded: 5 }, ['SuccessCriteriaMet CompletionsReached', 'Complete CompletionsReached']],
    ['exit 0', { parallelism: 3 }, {}, { succeeded: 3 }, ['SuccessCriteriaMet CompletionsReached', 'Complete CompletionsReached']],
    ['exit 1', { backoffLimit: 0 }, {}, { failed: 1 }, ['FailureTarget BackoffLimitExceeded', 'Failed BackoffLimitExceeded']],
    ['exit 1', { backoffLimit: 2 }, {}, { failed: 3 }, ['FailureTarget BackoffLimitExceeded', 'Failed BackoffLimitExceeded']],
    ['exit 1', { backoffLimit: 2 }, { restartPolicy: 'OnFailure' }, { failed: 1 }, ['FailureTarget BackoffLimitExceeded', 'Failed BackoffLimitExceeded']],
    ['sleep 1000', { activeDeadlineSeconds: 30 }, {}, { failed: 1 }, ['FailureTarget DeadlineExceeded', 'Failed DeadlineExceeded']],
    ['exit 0', { completionMode: 'Indexed', completions: 4, parallelism: 4 }, {}, { succeeded: 4, completedIndexes: '0-3' }, ['SuccessCriteriaMet CompletionsReached', 'Complete CompletionsReached']],
    ['exit $JOB_COMPLETION_INDEX', { completionMode: 'Indexed', completions: 3, parallelism: 3, backoffLimitPerIndex: 0 }, {}, { succeeded: 1, failed: 2, completedIndexes: '0', failedIndexes: '1,2' }, ['FailureTarget FailedIndexes', 'Failed FailedIndexes']],
    ['exit 42', { backoffLimit: 5, podFailurePolicy: { rules: [{ action: 'FailJob', onExitCodes: { operator: 'In', values: [42] } }] } }, {}, { failed: 1 }, ['FailureTarget PodFailurePolicy', 'Failed PodFailurePolicy']],
  ])('%s %j', (script, spec, pod, status, conditions) => {
    const world = new ClusterDriver();
    world.create(aJob('job', script, spec, pod));
    world.pass(600);
    expect(conditionsOf(world)).toEqual(conditions);
    expect(jobOf(world).status).toMatchObject(status);
    expect(world.pods().filter(each => each.metadata.finalizers?.length)).toEqual([]);
  });

  test('each failed pod is followed by another after 10 s, 20 s, 40 s, and stays for its log', () => {
    const world = new ClusterDriver();
    world.create(aJob('job', 'exit 1', { backoffLimit: 3 }));
    const created: number[] = [];
    world.cluster.api.onChange(({ type, object, atMs }) => { if (object.kind === 'Pod' && type === 'ADDED') created.push(atMs); });
    world.pass(300);
    const gaps = created.slice(1).map((atMs, index) => Math.round((atMs - created[index]!) / 1000));
    expect(gaps[0]).toBeGreaterThanOrEqual(10);
    expect(gaps[0]).toBeLessThanOrEqual(15);
    expect(gaps[1]).toBeGreaterThanOrEqual(20);
    expect(gaps[2]).toBeGreaterThanOrEqual(40);
    expect(world.pods()).toHaveLength(4);
    expect(withoutNames(world.events('job'))).toEqual([...Array.from({ length: 4 }, () => 'SuccessfulCreate: Created pod'), 'BackoffLimitExceeded: Job has reached the specified backoff limit']);
  });

  test('suspended it stops its pods and forgets none of its successes; resumed it goes on', () => {
    const world = new ClusterDriver();
    world.create(aJob('job', 'sleep 20', { completions: 3 }));
    world.pass(35);
    expect(jobOf(world).status!.succeeded).toBe(1);
    world.patch('Job', 'job', { spec: { suspend: true } });
    world.pass(10);
    expect(jobOf(world).status).toMatchObject({ succeeded: 1, ready: 0 });
    expect(jobOf(world).status!.failed).toBeUndefined();
    expect(conditionsOf(world)).toEqual(['Suspended JobSuspended']);
    world.patch('Job', 'job', { spec: { suspend: false } });
    world.pass(90);
    expect(jobOf(world).status!.succeeded).toBe(3);
    expect(world.events('job')).toEqual(expect.arrayContaining(['Suspended: Job suspended', 'Resumed: Job resumed', 'Completed: Job completed']));
  });

  test('ttlSecondsAfterFinished takes the Job and its pods away', () => {
    const world = new ClusterDriver();
    world.create(aJob('job', 'exit 0', { ttlSecondsAfterFinished: 30 }));
    world.pass(20);
    expect(jobOf(world).status!.succeeded).toBe(1);
    world.pass(40);
    expect(world.get('Job', 'job')).toBeUndefined();
    expect(world.pods()).toEqual([]);
  });

  test('deleted in the background, its running pods go too', () => {
    const world = new ClusterDriver();
    world.create(aJob('job', 'sleep 1000'));
    world.pass(10);
    world.client.delete('Job', { namespace: 'default', name: 'job' }, { propagationPolicy: 'Background' });
    world.pass(20);
    expect(world.pods()).toEqual([]);
  });
});

describe('a CronJob', () => {
  const aCronJob = (schedule: string, script: string, spec: object = {}): object => ({
    apiVersion: 'batch/v1', kind: 'CronJob', metadata: { name: 'tick', namespace: 'default' }, spec: { schedule, ...spec, jobTemplate: { spec: jobSpec(script) } },
  });
  const jobs = (world: ClusterDriver) => world.cluster.api.reader.list<Job>('Job', { namespace: 'default' });
  const cron = (world: ClusterDriver) => world.get<CronJob>('CronJob', 'tick')!;

  test('starts a Job at each time of its schedule and keeps the last three', () => {
    const world = new ClusterDriver();
    world.create(aCronJob('*/2 * * * *', 'exit 0'));
    world.pass(21 * 60);
    expect(jobs(world)).toHaveLength(3);
    expect(jobs(world).every(job => /^tick-\d+$/.test(job.metadata!.name!))).toBe(true);
    expect(cron(world).status!.lastSuccessfulTime).toBeDefined();
    expect(cron(world).status!.active ?? []).toEqual([]);
    expect(world.events('tick').some(event => /^SawCompletedJob: Saw completed job: tick-\d+, condition: Complete$/.test(event))).toBe(true);
  });

  test.each([
    // policy     Jobs running after 10 minutes of a Job that takes an hour
    ['Allow', 10],
    ['Forbid', 1],
    ['Replace', 1],
  ])('%s', (concurrencyPolicy, running) => {
    const world = new ClusterDriver();
    world.create(aCronJob('* * * * *', 'sleep 3600', { concurrencyPolicy }));
    world.pass(10 * 60);
    expect(cron(world).status!.active).toHaveLength(running);
    if (concurrencyPolicy === 'Forbid') expect(world.events('tick')).toContain('JobAlreadyActive: Not starting job because prior execution is running and concurrency policy is Forbid');
    if (concurrencyPolicy === 'Replace') expect(jobs(world)).toHaveLength(1);
  });

  test('suspended, it starts nothing', () => {
    const world = new ClusterDriver();
    world.create(aCronJob('* * * * *', 'exit 0', { suspend: true }));
    world.pass(300);
    expect(jobs(world)).toEqual([]);
  });

  test('a run missed by more than startingDeadlineSeconds is not made up for', () => {
    const world = new ClusterDriver();
    world.create(aCronJob('0 * * * *', 'exit 0', { suspend: true, startingDeadlineSeconds: 60 }));
    world.pass(3600 + 600);
    world.patch('CronJob', 'tick', { spec: { suspend: false } });
    world.pass(60);
    expect(jobs(world)).toEqual([]);
  });
});
