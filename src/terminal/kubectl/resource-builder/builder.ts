/** From the words of a command line to objects: `TYPE NAME…`, `TYPE/NAME…`, `TYPE -l …`, `TYPE --all`, `-f …`, `-k …`. */
import type { Task } from '../../../engine/kernel/task.ts';
import type { AnyObject, Json } from '../client/api-client.ts';
import { apiVersionOf } from '../client/api-client.ts';
import type { ResourceType } from '../client/discovery.ts';
import { ApiFailure, CliFailure, fail } from '../client/failure.ts';
import type { Session } from '../session.ts';
import { readManifests } from './files.ts';

/** One object a command is about. */
export interface Info {
  readonly type: ResourceType;
  /** Empty for cluster-scoped kinds. */
  readonly namespace: string;
  readonly name: string;
  /** What the file says, or what the server answered. */
  object: AnyObject;
  /** The file it came from; empty otherwise. */
  readonly source: string;
}

/** A request that names one object, or all of a type. */
export interface Target {
  readonly type: ResourceType;
  readonly namespace: string;
  readonly name: string | undefined;
}

export const NO_RESOURCES = 'You must provide one or more resources by argument or filename.\nExample resource specifications include:\n'
  + "   '-f rsrc.yaml'\n   '--filename=rsrc.json'\n   '<resource> <name>'\n   '<resource>'";

export interface SelectOptions {
  readonly args?: readonly string[];
  readonly selector?: string;
  readonly fieldSelector?: string;
  readonly all?: boolean;
  readonly allNamespaces?: boolean;
  /** A bare TYPE means all of it (`get`, `describe`). */
  readonly bareTypeIsAll?: boolean;
  /** Asks the server for the objects of files, too. */
  readonly latest?: boolean;
  /** Arguments may be names of this type when no type is given (`logs`, `exec`, `drain`). */
  readonly defaultType?: string;
  /** Instead of stopping, failures are collected here. */
  readonly failures?: Error[];
  /** A missing name is passed over silently. */
  readonly ignoreNotFound?: boolean;
  /** Does not ask the server for objects named on the command line. */
  readonly namesOnly?: boolean;
}

const flag = (session: Session, name: string): string => (session.flags.has(name) ? session.flags.str(name) : '');

/** Whether `-f` or `-k` was given. */
export function fromFiles(session: Session): boolean {
  return (session.flags.has('filename') && session.flags.list('filename').length > 0) || flag(session, 'kustomize') !== '';
}

/** What the arguments name. @throws CliFailure */
export function* targetsOf(session: Session, options: SelectOptions): Task<Target[]> {
  const args = (options.args ?? session.args).filter(arg => arg !== '');
  const { discovery } = session;
  const selecting = (options.selector ?? '') !== '' || (options.fieldSelector ?? '') !== '' || options.all === true;
  const spaceOf = (type: ResourceType): string => (!type.namespaced || options.allNamespaces ? '' : session.namespace);
  if (args.some(arg => arg.includes('/'))) {
    if (!args.every(arg => arg.includes('/'))) {
      fail("there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'");
    }
    const targets: Target[] = [];
    for (const arg of args) {
      const [word = '', name = '', ...more] = arg.split('/');
      if (more.length > 0) fail('arguments in resource/name form may not have more than one slash');
      if (word === '' || name === '') fail('arguments in resource/name form must have a single resource and name');
      if (word.includes(',')) fail('arguments in resource/name form must have a single resource and name');
      const type = yield* discovery.resolve(word);
      if (options.selector) fail('selectors and the all flag cannot be used when passing resource/name arguments');
      if (options.all) fail('selectors and the all flag cannot be used when passing resource/name arguments');
      if (options.allNamespaces) fail('a resource cannot be retrieved by name across all namespaces');
      targets.push({ type, namespace: spaceOf(type), name });
    }
    return targets;
  }
  if (args.length === 0) {
    if (selecting && options.all) fail('at least one resource must be specified to use a selector');
    if (selecting) fail('at least one resource must be specified to use a selector');
    fail(NO_RESOURCES);
  }
  const types = yield* typesOf(session, args[0]!);
  const names = args.slice(1);
  if (names.length === 0) {
    if (!selecting && !options.bareTypeIsAll) fail('resource(s) were provided, but no name was specified');
    return types.map(type => ({ type, namespace: spaceOf(type), name: undefined }));
  }
  if (options.selector) fail('name cannot be provided when a selector is specified');
  if (options.all) fail('name cannot be provided when a selector is specified');
  if (options.fieldSelector) fail('name cannot be provided when a selector is specified');
  if (options.allNamespaces) fail('a resource cannot be retrieved by name across all namespaces');
  return types.flatMap(type => names.map(name => ({ type, namespace: spaceOf(type), name })));
}

function* typesOf(session: Session, list: string): Task<ResourceType[]> {
  const types: ResourceType[] = [];
  for (const word of list.split(',')) {
    if (word === '') continue;
    const found = yield* session.discovery.all();
    const preferred = new Set(found.groups.map(({ group, versions }) => `${group}/${versions[0]}`));
    const members = found.resources.filter(type => type.categories.includes(word) && preferred.has(`${type.group}/${type.version}`));
    if (members.length > 0) types.push(...members);
    else types.push(yield* session.discovery.resolve(word));
  }
  return types.filter((type, index) => types.indexOf(type) === index);
}

/** Lists or gets what the targets name. */
export function* fetchTargets(session: Session, targets: readonly Target[], options: SelectOptions): Task<Info[]> {
  const infos: Info[] = [];
  const query = {
    ...(options.selector && { labelSelector: options.selector }), ...(options.fieldSelector && { fieldSelector: options.fieldSelector }),
  };
  for (const { type, namespace, name } of targets) {
    try {
      if (name === undefined) {
        for (const object of yield* session.api.list(type, namespace, query)) infos.push(infoOf(type, object));
      } else if (options.namesOnly) {
        const object = { apiVersion: apiVersionOf(type), kind: type.kind, metadata: { name, ...(namespace !== '' && { namespace }) } } as unknown as AnyObject;
        infos.push({ type, namespace, name, object, source: '' });
      } else infos.push(infoOf(type, yield* session.api.get(type, namespace, name)));
    } catch (failure) {
      collect(failure, options);
    }
  }
  return infos;
}

/** Passes over, remembers or throws a failure, as the options say. */
export function collect(failure: unknown, options: SelectOptions): void {
  if (options.ignoreNotFound && failure instanceof ApiFailure && failure.status.reason === 'NotFound') return;
  if (!options.failures || !(failure instanceof CliFailure || failure instanceof ApiFailure)) throw failure;
  options.failures.push(failure);
}

export function infoOf(type: ResourceType, object: AnyObject, source = ''): Info {
  return { type, namespace: type.namespaced ? object.metadata.namespace ?? '' : '', name: object.metadata.name, object, source };
}

/** The objects a command is about, from files or from the server. @throws CliFailure, ApiFailure */
export function* selectObjects(session: Session, options: SelectOptions): Task<Info[]> {
  if (!fromFiles(session)) {
    const targets = yield* targetsOf(session, options);
    return yield* fetchTargets(session, targets, options);
  }
  const args = options.args ?? session.args;
  if (args.length > 0) fail('when paths, URLs, or stdin is provided as input, you may not specify resource arguments as well');
  const infos = yield* fileInfos(session, options);
  if (!options.latest) return infos;
  const latest: Info[] = [];
  for (const info of infos) {
    try {
      latest.push({ ...info, object: yield* session.api.get(info.type, info.namespace, info.name) });
    } catch (failure) {
      collect(failure, options);
    }
  }
  return latest;
}

/** The objects of `-f` and `-k` with their resource types; namespaces are filled in and checked. */
export function* fileInfos(session: Session, options: SelectOptions = {}): Task<Info[]> {
  const filenames = session.flags.list('filename');
  const kustomize = flag(session, 'kustomize');
  if (kustomize !== '' && filenames.length > 0) fail('only one of -f or -k can be specified');
  const manifests = yield* readManifests(session, { filenames, kustomize, recursive: session.flags.has('recursive') && session.flags.bool('recursive') });
  const infos: Info[] = [];
  for (const { object, source } of manifests) {
    try {
      infos.push(yield* manifestInfo(session, object, source));
    } catch (failure) {
      collect(failure, options);
    }
  }
  return matching(infos, options.selector ?? '');
}

/** Checks one object of a file as kubectl does before it talks to the server about it. */
export function* manifestInfo(session: Session, object: Json, source: string): Task<Info> {
  const missing = [...(object.apiVersion ? [] : ['apiVersion not set']), ...(object.kind ? [] : ['kind not set'])];
  if (missing.length > 0) {
    const validating = session.flags.has('validate') && !['false', 'ignore'].includes(session.flags.str('validate'));
    if (validating) {
      const list = missing.length === 1 ? missing[0] : `[${missing.join(', ')}]`;
      fail(`error validating ${JSON.stringify(source)}: error validating data: ${list}; if you choose to ignore these errors, turn validation off with --validate=false`);
    }
    fail(`unable to decode ${JSON.stringify(source)}: Object '${object.kind ? 'apiVersion' : 'Kind'}' is missing in '${JSON.stringify(object)}'`);
  }
  const type = yield* session.discovery.forKind(String(object.apiVersion), String(object.kind));
  const metadata = { ...(object.metadata as Json | undefined) };
  const name = String(metadata.name ?? '');
  if (!type) {
    throw new CliFailure(`resource mapping not found for name: "${name}" namespace: "${String(metadata.namespace ?? '')}" from "${source}": no matches for kind "${String(object.kind)}" in version "${String(object.apiVersion)}"\nensure CRDs are installed first`);
  }
  if (type.namespaced) {
    if (session.namespaceEnforced && metadata.namespace && metadata.namespace !== session.namespace) {
      fail(`the namespace from the provided object "${String(metadata.namespace)}" does not match the namespace "${session.namespace}". You must pass '--namespace=${String(metadata.namespace)}' to perform this operation.`);
    }
    metadata.namespace ??= session.namespace;
  }
  return { type, namespace: type.namespaced ? String(metadata.namespace) : '', name, object: { ...object, metadata } as unknown as AnyObject, source };
}

/** `-l` over objects of files: equality and set terms. */
function matching(infos: Info[], selector: string): Info[] {
  if (selector === '') return infos;
  const terms = selector.split(/,(?![^(]*\))/).map(term => term.trim());
  return infos.filter(({ object }) => {
    const labels = (object.metadata.labels ?? {}) as Record<string, string>;
    return terms.every(term => {
      const set = /^(\S+)\s+(in|notin)\s+\((.*)\)$/.exec(term);
      if (set) {
        const inside = set[3]!.split(',').map(value => value.trim()).includes(labels[set[1]!] ?? '\0');
        return set[2] === 'in' ? inside : !inside;
      }
      const unequal = /^([^!=]+)!=(.*)$/.exec(term);
      if (unequal) return labels[unequal[1]!.trim()] !== unequal[2]!.trim();
      const equal = /^([^=]+)==?(.*)$/.exec(term);
      if (equal) return labels[equal[1]!.trim()] === equal[2]!.trim();
      return term.startsWith('!') ? labels[term.slice(1)] === undefined : labels[term] !== undefined;
    });
  });
}
