/** `set image|env|resources|serviceaccount|selector|subject`. */
import { canonicalQuantity, parseQuantity } from '../../../engine/apimachinery/quantity.ts';
import type { Task } from '../../../engine/kernel/task.ts';
import { changeAll, podSpecOf } from '../change.ts';
import type { Json } from '../client/api-client.ts';
import { fail } from '../client/failure.ts';
import { type Command, defineCommand } from '../command.ts';
import { fromFiles, type Info, NO_RESOURCES, selectObjects } from '../resource-builder/builder.ts';
import type { Session } from '../session.ts';
import { labelMap } from './create-one.ts';

const list = (value: unknown): Json[] => (value ?? []) as Json[];

/** Words before the first that changes something. */
function split(session: Session, isChange: (word: string) => boolean): { resources: string[]; changes: string[] } {
  const at = session.args.findIndex(isChange);
  return at < 0 ? { resources: [...session.args], changes: [] } : { resources: session.args.slice(0, at), changes: session.args.slice(at) };
}

function* chosen(session: Session, resources: readonly string[]): Task<Info[]> {
  const { flags } = session;
  return yield* selectObjects(session, {
    args: resources, selector: flags.has('selector') ? flags.str('selector') : '', all: flags.bool('all'), latest: !flags.bool('local'),
  });
}

function glob(pattern: string): (name: string) => boolean {
  const match = new RegExp(`^${pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*').replaceAll('?', '.')}$`);
  return name => match.test(name);
}

const image = defineCommand({
  path: 'set image',
  *run(session) {
    const { resources, changes } = split(session, word => word.includes('=') && !word.startsWith('='));
    const failures: string[] = [];
    if (resources.length === 0 && !fromFiles(session)) failures.push('one or more resources must be specified as <resource> <name> or <resource>/<name>');
    if (changes.length === 0) failures.push('at least one image update is required');
    if (failures.length > 0) fail(failures.length === 1 ? failures[0]! : `[${failures.join(', ')}]`);
    const images = new Map(changes.map(word => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]));
    if (images.has('*') && images.size > 1) fail('all containers are already specified by *, but saw more than one container_name=container_image pairs');
    const infos = yield* chosen(session, resources);
    return yield* changeAll(session, infos, 'image updated', copy => {
      const spec = podSpecOf(copy);
      if (!spec) fail(`${copy.kind.toLowerCase()}/${copy.metadata.name} the object is not a pod or does not have a pod template: ${copy.kind}`);
      for (const [name, value] of images) {
        let found = false;
        for (const container of [...list(spec.initContainers), ...list(spec.containers)]) {
          if (container.name !== name && name !== '*') continue;
          found = true;
          container.image = value;
        }
        if (!found) fail(`unable to find container named ${JSON.stringify(name)}`);
      }
    });
  },
});

const env = defineCommand({
  path: 'set env',
  refused: { resolve: '--list shows where values come from' },
  *run(session) {
    const { flags } = session;
    const { resources, changes } = split(session, word => word === '-' || /^[^/]*=|-$/.test(word));
    const words = [...changes, ...flags.list('env')];
    if (resources.length === 0 && !fromFiles(session)) fail('one or more resources must be specified as <resource> <name> or <resource>/<name>');
    const set: Json[] = [];
    const remove: string[] = [];
    for (const word of words) {
      if (word === '-') {
        for (const line of (yield* session.process.readAll(0)).split('\n')) if (line.includes('=')) set.push(pairOf(line));
      } else if (word.includes('=')) set.push(pairOf(word));
      else if (word.endsWith('-')) remove.push(word.slice(0, -1));
      else fail(`environment variables must be of the form key=value and can not mix with resources: ${word}`);
    }
    const imported = yield* importedFrom(session);
    if (!flags.bool('list') && set.length + remove.length + imported.length === 0) fail('at least one environment variable must be provided');
    const infos = yield* chosen(session, resources);
    const wanted = glob(flags.str('containers'));
    if (flags.bool('list')) { yield* listEnv(session, infos, wanted); return 0; }
    return yield* changeAll(session, infos, 'env updated', copy => {
      const spec = podSpecOf(copy);
      if (!spec) fail(`${copy.kind} ${copy.metadata.name} is not a pod or does not have a pod template`);
      for (const container of [...list(spec.initContainers), ...list(spec.containers)]) {
        if (!wanted(String(container.name))) continue;
        const current = list(container.env);
        if (!flags.bool('overwrite')) {
          const taken = set.find(each => current.some(known => known.name === each.name));
          if (taken) fail(`'${String(taken.name)}' already has a value (${String(current.find(known => known.name === taken.name)!.value ?? '')}), and --overwrite is false`);
        }
        const next = current.filter(each => !remove.includes(String(each.name)));
        for (const each of [...imported, ...set]) {
          const at = next.findIndex(known => known.name === each.name);
          if (at < 0) next.push(each);
          else next[at] = each;
        }
        if (next.length > 0) container.env = next;
        else delete container.env;
      }
    });
  },
});

function pairOf(word: string): Json {
  const equals = word.indexOf('=');
  const name = word.slice(0, equals);
  if (!/^[-._a-zA-Z][-._a-zA-Z0-9]*$/.test(name)) fail(`${JSON.stringify(name)} is not a valid key name: a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit (e.g. 'my.env-name',  or 'MY_ENV.NAME',  or 'MyEnvName1', regex used for validation is '[-._a-zA-Z][-._a-zA-Z0-9]*')`);
  return { name, value: word.slice(equals + 1) };
}

function* importedFrom(session: Session): Task<Json[]> {
  const { flags } = session;
  const from = flags.str('from');
  if (from === '') return [];
  const [word = '', name = ''] = from.split('/');
  const type = yield* session.discovery.resolve(word);
  const source = yield* session.api.get(type, session.namespace, name);
  const keys = Object.keys((source.data ?? {}) as Json).filter(key => flags.list('keys').length === 0 || flags.list('keys').includes(key)).sort();
  const nameOf = (key: string): string => key.toUpperCase().replaceAll(/[-.]/g, '_');
  for (const key of keys) if (/[-.]/.test(key)) yield* session.err(`Warning: key ${key} transferred to ${nameOf(key)}\n`);
  return keys.map(key => ({
    name: `${flags.str('prefix')}${nameOf(key)}`,
    valueFrom: { [source.kind === 'Secret' ? 'secretKeyRef' : 'configMapKeyRef']: { name, key } },
  }));
}

function* listEnv(session: Session, infos: readonly Info[], wanted: (name: string) => boolean): Task<void> {
  for (const info of infos) {
    const spec = podSpecOf(info.object);
    for (const container of [...list(spec?.initContainers), ...list(spec?.containers)]) {
      if (!wanted(String(container.name))) continue;
      yield* session.out(`# ${info.type.kind} ${info.name}, container ${String(container.name)}\n`);
      for (const each of list(container.env)) {
        const from = each.valueFrom as Json | undefined;
        const config = from?.configMapKeyRef as Json | undefined;
        const secret = from?.secretKeyRef as Json | undefined;
        const field = from?.fieldRef as Json | undefined;
        if (config) yield* session.out(`# ${String(each.name)} from configmap ${String(config.name)}, key ${String(config.key)}\n`);
        else if (secret) yield* session.out(`# ${String(each.name)} from secret ${String(secret.name)}, key ${String(secret.key)}\n`);
        else if (field) yield* session.out(`# ${String(each.name)} from field path ${String(field.fieldPath)}\n`);
        else if (!from) yield* session.out(`${String(each.name)}=${String(each.value ?? '')}\n`);
      }
    }
  }
}

function quantities(text: string): Json {
  const out: Json = {};
  for (const pair of text.split(',').filter(Boolean)) {
    const [name = '', value] = pair.split('=');
    if (value === undefined) fail(`Invalid argument syntax ${pair}, expected <resource>=<value>`);
    if (!parseQuantity(value)) fail(`quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'`);
    out[name] = canonicalQuantity(value);
  }
  return out;
}

const resources = defineCommand({
  path: 'set resources',
  *run(session) {
    const { flags } = session;
    if (session.args.length === 0 && !fromFiles(session) && flags.str('selector') === '') fail(NO_RESOURCES);
    const limits = quantities(flags.str('limits'));
    const requests = quantities(flags.str('requests'));
    if (Object.keys(limits).length + Object.keys(requests).length === 0) fail('you must specify an update to requests or limits (in the form of --requests/--limits)');
    const infos = yield* chosen(session, session.args);
    const wanted = glob(flags.str('containers'));
    return yield* changeAll(session, infos, 'resource requirements updated', copy => {
      const spec = podSpecOf(copy) ?? fail(`${copy.kind} ${copy.metadata.name} is not a pod or does not have a pod template`);
      const matching = [...list(spec.containers)].filter(container => wanted(String(container.name)));
      if (matching.length === 0) fail(`unable to find container named ${flags.str('containers')}`);
      for (const container of matching) {
        const current = { ...(container.resources as Json | undefined) };
        for (const [field, change] of [['limits', limits], ['requests', requests]] as const) {
          if (Object.keys(change).length === 0) continue;
          const next: Json = { ...(current[field] as Json | undefined), ...change };
          for (const name of Object.keys(next)) if (change[name] === '0') delete next[name];
          current[field] = next;
        }
        container.resources = current;
      }
    });
  },
});

const serviceAccount = defineCommand({
  path: 'set serviceaccount',
  *run(session) {
    const words = [...session.args];
    if (words.length === 0) fail('serviceaccount is required');
    const name = words.pop()!;
    if (words.length === 0 && !fromFiles(session)) fail('serviceaccount is required');
    const infos = yield* chosen(session, words);
    return yield* changeAll(session, infos, 'serviceaccount updated', copy => {
      const spec = podSpecOf(copy) ?? fail(`${copy.kind} ${copy.metadata.name} is not a pod or does not have a pod template`);
      spec.serviceAccountName = name;
      if (spec.serviceAccount !== undefined) spec.serviceAccount = name;
    });
  },
});

const selector = defineCommand({
  path: 'set selector',
  *run(session) {
    const words = [...session.args];
    const expression = words.pop();
    if (expression === undefined || words.length === 0) fail('one or more resources must be specified as <resource> <name> or <resource>/<name>');
    const infos = yield* selectObjects(session, { args: words, latest: true });
    return yield* changeAll(session, infos, 'selector updated', copy => {
      if (copy.kind !== 'Service') fail(`setting a selector is only supported for Services`);
      (copy.spec as Json).selector = labelMap(expression);
    }, { sayUnchanged: true });
  },
});

const subject = defineCommand({
  path: 'set subject',
  *run(session) {
    const { flags } = session;
    const group = 'rbac.authorization.k8s.io';
    const added: Json[] = [
      ...flags.list('user').map(name => ({ kind: 'User', apiGroup: group, name })),
      ...flags.list('group').map(name => ({ kind: 'Group', apiGroup: group, name })),
      ...flags.list('serviceaccount').map(text => {
        const [namespace = '', name = ''] = text.split(':');
        if (namespace === '' || name === '') fail('serviceaccount must be <namespace>:<name>');
        return { kind: 'ServiceAccount', namespace, name };
      }),
    ];
    if (added.length === 0) fail('you must specify at least one value of user, group or serviceaccount');
    const infos = yield* chosen(session, session.args);
    return yield* changeAll(session, infos, 'subjects updated', copy => {
      const current = list(copy.subjects);
      const known = (each: Json): string => `${String(each.kind)}/${String(each.namespace ?? '')}/${String(each.name)}`;
      (copy as Json).subjects = [...current, ...added.filter(each => !current.some(other => known(other) === known(each)))];
    });
  },
});

export const setCommands: readonly Command[] = [image, env, resources, serviceAccount, selector, subject];
