/** `kubectl debug`: a container to look around with, in a running pod, in a copy of it, or on a node. */
import type { Container } from 'kubernetes-types/core/v1.d.ts';
import type { Task } from '../../../engine/kernel/task.ts';
import { type AnyObject, type Json, pathOf } from '../client/api-client.ts';
import { ApiFailure, fail } from '../client/failure.ts';
import { type Command, defineCommand } from '../command.ts';
import { mergeInto } from '../objects/merge-into.ts';
import { parseYaml } from '../objects/yaml.ts';
import { attachTo, type StoredPod } from '../pod-session.ts';
import { fromFiles, selectObjects } from '../resource-builder/builder.ts';
import type { Session } from '../session.ts';
import { watchUntil } from '../waiting.ts';
import { profileNamed, securityOf, type Target } from './debug-profiles.ts';

const IMAGE = /^[\w.-]+(:\d+)?(\/[\w.-]+)*(:[\w][\w.-]{0,127})?(@[A-Za-z][\w.+-]*:[0-9a-fA-F]{32,})?$/;
/** What a custom profile may not say. */
const FIXED = ['name', 'command', 'image', 'lifecycle', 'volumeDevices'];

interface Made { readonly pod: AnyObject; readonly container: string }

export const debug: Command = defineCommand({
  path: 'debug',
  *run(session) {
    const { flags } = session;
    const names = session.dashAt >= 0 ? session.args.slice(0, session.dashAt) : session.args;
    const profile = flags.str('profile');
    profileNamed(profile);
    const custom = customProfile(session);
    yield* validate(session, names);
    if (profile === 'legacy') yield* session.err('--profile=legacy is deprecated and will be removed in the future. It is recommended to explicitly specify a profile, for example "--profile=general".\n');
    const attach = flags.changed('attach') ? flags.bool('attach') : flags.bool('stdin');
    const words = names.flatMap(name => (name.includes('/') ? [name] : [`pods/${name}`]));
    let code = 0;
    for (const { object } of yield* selectObjects(session, { args: words, latest: true })) {
      const made = object.kind === 'Node' ? yield* onNode(session, object, custom)
        : object.kind !== 'Pod' ? fail(`${JSON.stringify(kindLabel(object))} not supported by debug`)
          : flags.str('copy-to') !== '' ? yield* byCopy(session, object as StoredPod, custom)
            : yield* inPod(session, object as StoredPod, custom);
      if (attach && made.container !== '') code = yield* joinContainer(session, made);
    }
    return code;
  },
});

const kindLabel = ({ apiVersion, kind }: AnyObject): string => `${apiVersion.includes('/') ? apiVersion : `/${apiVersion}`}, Kind=${kind}`;

/** In the order of the real one: the first that is wrong is said. */
function* validate(session: Session, names: readonly string[]): Task<void> {
  const { flags } = session;
  const [image, copyTo, container, target] = ['image', 'copy-to', 'container', 'target'].map(name => flags.str(name));
  const words = commandWords(session);
  const images = pairs(flags.list('set-image'));
  if (flags.changed('attach') && flags.bool('attach') && image === '' && container === '') fail('you must specify --container or create a new container using --image in order to attach.');
  if (copyTo !== '') {
    if (image === '' && images.size === 0 && words.length === 0) fail('you must specify --image, --set-image or command arguments.');
    if (words.length > 0 && container === '' && image === '') fail('you must specify an existing container or a new image when specifying args.');
  } else if (flags.bool('replace')) fail('--replace may only be used with --copy-to.');
  else if (flags.bool('same-node')) fail('--same-node may only be used with --copy-to.');
  else if (images.size > 0) fail('--set-image may only be used with --copy-to.');
  else if (image === '') fail('you must specify --image when not using --copy-to.');
  if (image !== '' && !IMAGE.test(image!)) fail(`invalid image name ${JSON.stringify(image)}: invalid reference format`);
  if (names.length === 0 && !fromFiles(session)) fail('NAME or filename is required for debug');
  const policy = flags.str('image-pull-policy');
  if (!['', 'Always', 'IfNotPresent', 'Never'].includes(policy)) fail(`invalid image pull policy: ${policy}`);
  for (const [name, set] of images) if (!IMAGE.test(set)) fail(`invalid image name ${JSON.stringify(set)} for container ${JSON.stringify(name)}: invalid reference format`);
  if (target !== '') {
    if (copyTo !== '') fail('--target is incompatible with --copy-to. Use --share-processes instead.');
    if (!flags.bool('quiet')) yield* session.out(`Targeting container ${JSON.stringify(target)}. If you don't see processes from this container it may be because the container runtime doesn't support this feature.\n`);
  }
  if (flags.bool('tty') && !flags.bool('stdin')) fail('-i/--stdin is required for containers with -t/--tty=true');
}

function customProfile(session: Session): Json | undefined {
  const path = session.flags.str('custom');
  if (path === '') return undefined;
  const { files } = session.process.system;
  if (files.stat(session.path(path))?.type !== 'file') fail(`must pass a container spec json file for custom profile: open ${path}: no such file or directory`);
  const parsed = parseYaml(files.read(session.path(path)));
  const value = parsed.ok ? parsed.values[0] : undefined;
  if (typeof value !== 'object' || value === null) fail(`${path} does not contain a valid container spec: ${parsed.ok ? 'not an object' : parsed.error}`);
  const spec = value as Json;
  if (FIXED.some(field => field in spec)) fail('name, command, image, lifecycle and volume devices are not modifiable via custom profile');
  return spec;
}

const commandWords = (session: Session): readonly string[] => (session.dashAt >= 0 ? session.args.slice(session.dashAt) : []);

/** `a=1,b=2`, repeated. */
function pairs(given: readonly string[]): Map<string, string> {
  return new Map(given.flatMap(text => text.split(',')).filter(text => text !== '').map(text => {
    const equals = text.indexOf('=');
    if (equals < 0) fail(`invalid argument ${JSON.stringify(text)} for "--set-image" flag: ${text} must be formatted as key=value`);
    return [text.slice(0, equals), text.slice(equals + 1)];
  }));
}

/** The debug container itself. */
function containerSpec(session: Session, name: string, target: Target, custom: Json | undefined): Json {
  const { flags } = session;
  const words = commandWords(session);
  const env = [...pairs(flags.list('env'))].map(([key, value]) => ({ name: key, value }));
  const security = securityOf(flags.str('profile'), target);
  const spec: Json = {
    name, ...(words.length > 0 && { [flags.bool('arguments-only') ? 'args' : 'command']: [...words] }), ...(env.length > 0 && { env }),
    image: flags.str('image'), ...(flags.str('image-pull-policy') !== '' && { imagePullPolicy: flags.str('image-pull-policy') }), resources: {},
    ...(security && { securityContext: security }),
    ...(flags.bool('stdin') && { stdin: true }), terminationMessagePolicy: 'File', ...(flags.bool('tty') && { tty: true }),
  };
  return custom ? mergeInto(spec, custom) as Json : spec;
}

function* onNode(session: Session, node: AnyObject, custom: Json | undefined): Task<Made> {
  const { flags } = session;
  const container = flags.str('container') || 'debugger';
  const name = `node-debugger-${node.metadata.name}-${session.process.kernel.random.nameSuffix()}`;
  if (!flags.bool('quiet')) yield* session.out(`Creating debugging pod ${name} with container ${container} on node ${node.metadata.name}.\n`);
  const { hostNamespaces, hostDisk } = profileNamed(flags.str('profile'));
  const spec = containerSpec(session, container, 'node', custom);
  const type = yield* session.discovery.resolve('pods');
  const pod = yield* session.api.create(type, session.namespace, {
    kind: 'Pod', apiVersion: 'v1', metadata: { name, labels: { 'app.kubernetes.io/managed-by': 'kubectl-debug' } },
    spec: {
      ...(hostDisk && { volumes: [{ name: 'host-root', hostPath: { path: '/' } }] }),
      containers: [{ ...spec, ...(hostDisk && { volumeMounts: [...(spec.volumeMounts as Json[] | undefined) ?? [], { name: 'host-root', mountPath: '/host' }] }) }],
      restartPolicy: 'Never', nodeName: node.metadata.name, ...(hostNamespaces && { hostNetwork: true, hostPID: true, hostIPC: true }), tolerations: [{ operator: 'Exists' }],
    },
    status: {},
  });
  return { pod, container };
}

function* inPod(session: Session, pod: StoredPod, custom: Json | undefined): Task<Made> {
  const { flags } = session;
  const name = yield* containerName(session, pod);
  const target = flags.str('target');
  const spec = { ...containerSpec(session, name, 'ephemeral', custom), ...(target !== '' && { targetContainerName: target }) };
  yield* warnOfUser(session, pod, spec);
  const type = yield* session.discovery.resolve('pods');
  const patched = yield* session.api.patch(type, pod.metadata.namespace ?? '', pod.metadata.name, 'strategic', {
    spec: { ephemeralContainers: [spec] },
  }, {}, 'ephemeralcontainers');
  return { pod: patched, container: name };
}

function* byCopy(session: Session, pod: StoredPod, custom: Json | undefined): Task<Made> {
  const { flags } = session;
  const profile = flags.str('profile');
  const legacy = profile === 'legacy';
  const keep = (flag: string): boolean => legacy || flags.bool(`keep-${flag}`);
  const { ephemeralContainers: _, nodeName, initContainers, ...rest } = pod.spec as unknown as Json & { containers: Container[] };
  const images = pairs(flags.list('set-image'));
  const containers: Json[] = rest.containers.map(container => {
    const image = images.get(container.name) ?? images.get('*');
    return { ...(container as unknown as Json), ...(image !== undefined && { image }) };
  });
  const wanted = flags.str('container');
  let name = wanted;
  const image = flags.str('image');
  const at = containers.findIndex(container => container.name === wanted);
  if (at >= 0) {
    const { args, ...same } = containers[at]!;
    const words = commandWords(session);
    const asked = containerSpec(session, wanted, 'copy', custom);
    if (image === '') delete asked.image;
    delete asked.resources;
    containers[at] = { ...same, ...(words.length === 0 && args !== undefined && { args }), ...asked };
  } else if (image !== '') {
    if (name === '') name = yield* containerName(session, pod);
    containers.push(containerSpec(session, name, 'copy', custom));
  } else if (images.size === 0) fail('you must specify image when creating new container');
  if (!legacy) for (const container of containers) {
    for (const [probe, flag] of [['livenessProbe', 'liveness'], ['readinessProbe', 'readiness'], ['startupProbe', 'startup']] as const) if (!keep(flag)) delete container[probe];
  }
  const share = flags.changed('share-processes') ? flags.bool('share-processes') : legacy ? undefined : true;
  const { labels, annotations } = pod.metadata as { labels?: Json; annotations?: Json };
  const copy: Json = {
    kind: 'Pod', apiVersion: 'v1',
    metadata: {
      name: flags.str('copy-to'), namespace: pod.metadata.namespace, ...(flags.bool('keep-labels') && labels && { labels }), ...(keep('annotations') && annotations && { annotations }),
    },
    spec: {
      ...rest, containers, ...(initContainers !== undefined && flags.bool('keep-init-containers') && { initContainers }), ...(flags.bool('same-node') && { nodeName }),
      ...(share !== undefined && { shareProcessNamespace: share }),
    },
  };
  const added = containers.find(container => container.name === name);
  if (added) yield* warnOfUser(session, pod, added);
  const type = yield* session.discovery.resolve('pods');
  const made = yield* session.api.create(type, pod.metadata.namespace ?? '', copy);
  if (flags.bool('replace')) yield* session.api.delete(type, pod.metadata.namespace ?? '', pod.metadata.name, { kind: 'DeleteOptions', apiVersion: 'v1', gracePeriodSeconds: 0 });
  return { pod: made, container: name };
}

function* containerName(session: Session, pod: StoredPod): Task<string> {
  const { flags } = session;
  const wanted = flags.str('container');
  if (wanted !== '') return wanted;
  const { containers, initContainers = [], ephemeralContainers = [] } = pod.spec!;
  const taken = new Set([...containers, ...initContainers, ...ephemeralContainers].map(container => container.name));
  let name = '';
  do name = `debugger-${session.process.kernel.random.nameSuffix()}`; while (taken.has(name));
  if (!flags.bool('quiet')) yield* session.out(`Defaulting debug container name to ${name}.\n`);
  return name;
}

/** Capabilities are worth little to a user who is not root. */
function* warnOfUser(session: Session, pod: StoredPod, container: Json): Task<void> {
  const user = pod.spec!.securityContext?.runAsUser;
  const own = container.securityContext as { runAsUser?: number; privileged?: boolean; capabilities?: { add?: string[] } } | undefined;
  if (user === undefined || user === 0 || !own || own.runAsUser === 0) return;
  if (!own.privileged && (own.capabilities?.add ?? []).length === 0) return;
  yield* session.err('Warning: Non-root user is configured for the entire target Pod, and some capabilities granted by debug profile may not work. Please consider using "--custom" with a custom profile that specifies "securityContext.runAsUser: 0".\n');
}

/** Waits until the container runs or has ended, then attaches, or shows what it said. */
function* joinContainer(session: Session, { pod, container }: Made): Task<number> {
  const { flags } = session;
  const type = yield* session.discovery.resolve('pods');
  const { namespace = '', name } = pod.metadata;
  const statusOf = ({ status }: StoredPod) => [...status?.initContainerStatuses ?? [], ...status?.containerStatuses ?? [], ...status?.ephemeralContainerStatuses ?? []].find(each => each.name === container);
  let ready: StoredPod | undefined;
  for (let said = ''; !ready;) {
    const seen = yield* watchUntil(session, { type, namespace, name }, Number.POSITIVE_INFINITY, object => {
      if (!object) return { gone: true } as const;
      const state = statusOf(object as StoredPod)?.state;
      if (state?.running || state?.terminated) return { pod: object as StoredPod } as const;
      const message = state?.waiting?.message ?? '';
      return message !== '' && message !== said ? { message } as const : undefined;
    });
    if (seen === 'timeout' || 'gone' in seen) fail(`pods ${JSON.stringify(name)} not found`);
    if ('pod' in seen) ready = seen.pod;
    else {
      said = seen.message;
      if (!flags.bool('quiet')) yield* session.err(`Warning: container ${container}: ${said}\n`);
    }
  }
  const showLog = function* (): Task<number> {
    const response = yield* session.api.send('GET', pathOf(type, namespace, name, 'log'), { query: { container } });
    yield* session.out(String(response.body ?? ''));
    return 0;
  };
  if (statusOf(ready)?.state?.terminated) return yield* showLog();
  try {
    return yield* attachTo(session, ready, { stdin: flags.bool('stdin'), tty: flags.bool('tty'), container });
  } catch (failure) {
    if (!(failure instanceof ApiFailure)) throw failure;
    yield* session.err(`warning: couldn't attach to pod/${name}, falling back to streaming logs: ${failure.status.message}\n`);
    return yield* showLog();
  }
}
