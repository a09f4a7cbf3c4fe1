/** `create deployment`, `create job`, `create cronjob`. */
import type { Json } from '../client/api-client.ts';
import { fail } from '../client/failure.ts';
import { defineCommand } from '../command.ts';
import { builtIn, commandWords, createOne, metaOf, nameOf } from './create-one.ts';

const DEPLOYMENT = builtIn('apps', 'v1', 'Deployment', 'deployments');
const JOB = builtIn('batch', 'v1', 'Job', 'jobs');
const CRON_JOB = builtIn('batch', 'v1', 'CronJob', 'cronjobs');

/** The container name kubectl makes of an image. */
function containerName(image: string): string {
  const last = image.slice(image.lastIndexOf('/') + 1);
  return last.split(/[:@]/)[0]!.replaceAll('_', '-').toLowerCase();
}

export const createDeployment = defineCommand({
  path: 'create deployment',
  required: ['image'],
  *run(session) {
    const { flags } = session;
    const name = nameOf(session);
    const images = flags.list('image');
    const words = commandWords(session);
    if (words.length > 0 && images.length > 1) fail('cannot specify multiple --image options and command');
    const replicas = flags.int('replicas');
    const port = flags.int('port');
    const labels = { app: name };
    const seen = new Map<string, number>();
    const containers = images.map((image, index) => {
      const base = containerName(image);
      const again = seen.get(base) ?? 0;
      seen.set(base, again + 1);
      return {
        name: again === 0 ? base : `${base}-${again + 1}`, image,
        ...(words.length > 0 && { command: [...words] }),
        ...(index === 0 && port >= 0 && { ports: [{ containerPort: port }] }),
        resources: {},
      };
    });
    return yield* createOne(session, DEPLOYMENT, {
      kind: 'Deployment', apiVersion: 'apps/v1', metadata: metaOf(session, DEPLOYMENT, name, { labels }),
      spec: { replicas, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers } }, strategy: {} },
      status: {},
    });
  },
});

const container = (name: string, image: string, command: readonly string[]): Json => ({ name, image, ...(command.length > 0 && { command: [...command] }), resources: {} });

export const createJob = defineCommand({
  path: 'create job',
  *run(session) {
    const { flags } = session;
    const name = nameOf(session);
    const from = flags.str('from');
    const image = flags.str('image');
    const words = commandWords(session);
    if ((image === '') === (from === '')) fail('either --image or --from must be specified');
    if (words.length > 0 && from !== '') fail('cannot specify --from and command');
    if (from === '') {
      return yield* createOne(session, JOB, {
        kind: 'Job', apiVersion: 'batch/v1', metadata: metaOf(session, JOB, name),
        spec: { template: { metadata: {}, spec: { containers: [container(name, image, words)], restartPolicy: 'Never' } } }, status: {},
      });
    }
    const [word = '', source = ''] = from.includes('/') ? from.split('/') : ['', from];
    const type = yield* session.discovery.resolve(word === '' ? 'cronjob' : word);
    if (type.kind !== 'CronJob') fail(`from must be an existing cronjob`);
    const cron = yield* session.api.get(type, session.namespace, source);
    const template = (cron.spec as Json).jobTemplate as Json;
    const meta = (template.metadata ?? {}) as Json;
    return yield* createOne(session, JOB, {
      kind: 'Job', apiVersion: 'batch/v1',
      metadata: {
        ...metaOf(session, JOB, name), ...(meta.labels !== undefined && { labels: meta.labels }),
        annotations: { ...(meta.annotations as Json | undefined), 'cronjob.kubernetes.io/instantiate': 'manual' },
        ownerReferences: [{ apiVersion: 'batch/v1', kind: 'CronJob', name: cron.metadata.name, uid: cron.metadata.uid, controller: true }],
      },
      spec: template.spec, status: {},
    });
  },
});

export const createCronJob = defineCommand({
  path: 'create cronjob',
  required: ['image', 'schedule'],
  *run(session) {
    const { flags } = session;
    const name = nameOf(session);
    const restartPolicy = flags.str('restart') || 'OnFailure';
    return yield* createOne(session, CRON_JOB, {
      kind: 'CronJob', apiVersion: 'batch/v1', metadata: metaOf(session, CRON_JOB, name),
      spec: {
        schedule: flags.str('schedule'),
        jobTemplate: {
          metadata: { name },
          spec: { template: { metadata: {}, spec: { containers: [container(name, flags.str('image'), commandWords(session))], restartPolicy } } },
        },
      },
      status: {},
    });
  },
});
