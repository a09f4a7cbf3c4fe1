import type { Task } from '../../../engine/kernel/task.ts';
import { type AnyObject, type Json, pathOf } from '../client/api-client.ts';
import { ApiFailure, fail } from '../client/failure.ts';
import { defineCommand } from '../command.ts';
import { dryRunOf, outcomePrinter, writeQuery } from '../mutation.ts';
import { parseYaml } from '../objects/yaml.ts';
import { mergeInto } from '../objects/merge-into.ts';
import type { Session } from '../session.ts';
import { attachTo, type StoredPod, waitForPod } from '../pod-session.ts';
import { builtIn, labelMap } from './create-one.ts';

const POD = builtIn('', 'v1', 'Pod', 'pods');
const SERVICE = builtIn('', 'v1', 'Service', 'services');

export const run = defineCommand({
  path: 'run',
  required: ['image'],
  refused: { filename: 'kubectl create -f is', kustomize: 'kubectl create -k is', recursive: 'kubectl create -f -R is' },
  *run(session) {
    const { flags } = session;
    const names = session.dashAt >= 0 ? session.args.slice(0, session.dashAt) : session.args.slice(0, 1);
    const words = session.dashAt >= 0 ? session.args.slice(session.dashAt) : session.args.slice(1);
    if (names.length === 0) session.usage('NAME is required for run');
    const interactive = flags.bool('stdin');
    const attach = flags.changed('attach') ? flags.bool('attach') : interactive;
    const dryRun = yield* dryRunOf(session);
    if (flags.bool('tty') && !interactive) session.usage('-i/--stdin is required for containers with -t/--tty=true');
    const restart = flags.str('restart');
    if (!['Always', 'OnFailure', 'Never'].includes(restart)) session.usage(`invalid restart policy: ${restart}`);
    if (!attach && flags.bool('rm')) fail('--rm should only be used for attached containers');
    if (attach && dryRun !== 'none') fail(`--dry-run=${dryRun} can't be used with attached containers options (--attach, --stdin, or --tty)`);
    if (flags.bool('expose') && flags.str('port') === '') session.usage('--port must be set when exposing a service');
    yield* session.discovery.all();
    const object = podOf(session, names[0]!, words);
    const pod = flags.str('overrides') === '' ? object : overridden(object, flags.str('overrides'));
    const print = outcomePrinter(session, dryRun, { keepOrder: true });
    const made = dryRun === 'client' ? pod as AnyObject : yield* session.api.create(POD, session.namespace, pod, writeQuery(session, dryRun));
    const service = flags.bool('expose') ? serviceOf(session, names[0]!, pod) : undefined;
    const madeService = service && (dryRun === 'client' ? service : yield* session.api.create(SERVICE, session.namespace, service, writeQuery(session, dryRun)));
    if (attach) return yield* attachAndClean(session, made);
    if (madeService) yield* print(madeService, 'created');
    yield* print(made, 'created');
    return 0;
  },
});

function podOf(session: Session, name: string, words: readonly string[]): Json {
  const { flags } = session;
  const labels = flags.str('labels') === '' ? { run: name } : labelMap(flags.str('labels'));
  const annotations = Object.fromEntries(flags.list('annotations').map(pair => [pair.split('=')[0]!, pair.slice(pair.indexOf('=') + 1)]));
  const env = flags.list('env').map(pair => {
    const equals = pair.indexOf('=');
    if (equals < 1) fail(`invalid env: ${pair}`);
    return { name: pair.slice(0, equals), value: pair.slice(equals + 1) };
  });
  const port = flags.str('port');
  if (port !== '' && !/^\d+$/.test(port)) fail(`strconv.Atoi: parsing ${JSON.stringify(port)}: invalid syntax`);
  const interactive = flags.bool('stdin');
  return {
    kind: 'Pod', apiVersion: 'v1',
    metadata: {
      name, ...(session.namespaceEnforced && { namespace: session.namespace }), labels, ...(Object.keys(annotations).length > 0 && { annotations }),
    },
    spec: {
      containers: [{
        name, image: flags.str('image'),
        ...(words.length > 0 && (flags.bool('command') ? { command: [...words] } : { args: [...words] })),
        ...(port !== '' && { ports: [{ containerPort: Number(port) }] }),
        ...(env.length > 0 && { env }),
        resources: {},
        ...(flags.str('image-pull-policy') !== '' && { imagePullPolicy: flags.str('image-pull-policy') }),
        ...(flags.bool('privileged') && { securityContext: { privileged: true } }),
        ...(interactive && { stdin: true }), ...(interactive && !flags.bool('leave-stdin-open') && { stdinOnce: true }), ...(flags.bool('tty') && { tty: true }),
      }],
      restartPolicy: flags.str('restart'), dnsPolicy: 'ClusterFirst',
    },
    status: {},
  };
}

function overridden(pod: Json, text: string): Json {
  const parsed = parseYaml(text);
  if (!parsed.ok || typeof parsed.values[0] !== 'object' || parsed.values[0] === null) fail(`Invalid JSON Patch`);
  return mergeInto(pod, parsed.values[0]) as Json;
}

function serviceOf(session: Session, name: string, pod: Json): Json {
  const port = Number(session.flags.str('port'));
  return {
    kind: 'Service', apiVersion: 'v1', metadata: { name, ...(session.namespaceEnforced && { namespace: session.namespace }) },
    spec: { ports: [{ protocol: 'TCP', port, targetPort: port }], selector: (pod.metadata as Json).labels }, status: { loadBalancer: {} },
  };
}

/** Attaches to the new pod, then deletes it when `--rm` asks for it. */
function* attachAndClean(session: Session, pod: AnyObject): Task<number> {
  const { flags } = session;
  const { name } = pod.metadata;
  const ready = yield* waitForPod(session, POD, session.namespace, name, flags.duration('pod-running-timeout'));
  // A program that ended before anybody could attach has still said something.
  const over = ready.status?.phase === 'Succeeded' || ready.status?.phase === 'Failed';
  const code = over ? yield* showLog(session, ready) : yield* attachOrLog(session, ready);
  if (flags.bool('rm')) {
    yield* session.api.delete(POD, session.namespace, name, { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Background' });
    yield* session.out(`pod ${JSON.stringify(name)} deleted from ${session.namespace} namespace\n`);
  }
  return code;
}

function* showLog(session: Session, pod: StoredPod): Task<number> {
  const response = yield* session.api.send('GET', pathOf(POD, session.namespace, pod.metadata.name, 'log'), { query: { container: pod.spec!.containers[0]!.name } });
  yield* session.out(String(response.body ?? ''));
  return 0;
}

/** The container may end between the look and the attach; then its log says what it said. */
function* attachOrLog(session: Session, pod: StoredPod): Task<number> {
  const { flags } = session;
  try {
    return yield* attachTo(session, pod, { stdin: flags.bool('stdin'), tty: flags.bool('tty'), container: '' });
  } catch (failure) {
    if (!(failure instanceof ApiFailure)) throw failure;
    yield* session.err(`warning: couldn't attach to pod/${pod.metadata.name}, falling back to streaming logs: ${failure.status.message}\n`);
    return yield* showLog(session, pod);
  }
}
