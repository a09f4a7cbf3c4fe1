/** `config …`: reading and changing kubeconfig files. */
import { utf8Base64 } from '../../../engine/apimachinery/base64.ts';
import type { Task } from '../../../engine/kernel/task.ts';
import { fail } from '../client/failure.ts';
import { changeConfig, configDocument, type KubeConfig, loadConfig } from '../client/kubeconfig.ts';
import { type Command, defineCommand } from '../command.ts';
import { printerFor } from '../printers/output.ts';
import { alignTabs, TABLE_STOPS } from '../printers/tabwriter.ts';
import type { Session } from '../session.ts';

type Stanza = 'clusters' | 'contexts' | 'users';

const load = (session: Session): KubeConfig => loadConfig(session.process, session.files);

function change(session: Session, owns: (config: KubeConfig) => boolean, edit: (config: KubeConfig) => void): string {
  return changeConfig(session.process, session.files, owns, edit);
}

function listing(path: string, stanza: Stanza): Command {
  return defineCommand({
    path,
    *run(session) {
      const names = Object.keys(load(session)[stanza]).sort();
      yield* session.out(['NAME', ...names, ''].join('\n'));
      return 0;
    },
  });
}

function deleting(path: string, stanza: Stanza, noun: string, shown: string): Command {
  return defineCommand({
    path,
    *run(session) {
      const name = session.args[0];
      if (session.args.length !== 1 || name === undefined) return yield* showUsage(session);
      const files = session.files.paths[0]!;
      if (!load(session)[stanza][name]) fail(`cannot delete ${noun} ${name}, not in ${files}`);
      if (stanza === 'contexts' && load(session).currentContext === name) {
        yield* session.err(`warning: this removed your active context, use "kubectl config use-context" to select a different one\n`);
      }
      const file = change(session, config => name in config[stanza], config => { delete config[stanza][name]; });
      yield* session.out(`deleted ${shown} ${name} from ${file}\n`);
      return 0;
    },
  });
}

// eslint-disable-next-line require-yield
function* showUsage(session: Session): Task<number> {
  return session.usage(`Unexpected args: [${session.args.join(' ')}]`);
}

/** Values that must not be shown. */
function redacted(config: KubeConfig, raw: boolean): KubeConfig {
  if (raw) return config;
  const hide = (entry: Record<string, unknown>, fields: readonly string[], word: string): Record<string, unknown> =>
    Object.fromEntries(Object.entries(entry).map(([key, value]) => [key, fields.includes(key) ? word : value]));
  const users = Object.fromEntries(Object.entries(config.users).map(([name, user]) =>
    [name, hide(hide(user, ['token', 'password'], 'REDACTED'), ['client-certificate-data', 'client-key-data'], 'DATA+OMITTED')]));
  const clusters = Object.fromEntries(Object.entries(config.clusters).map(([name, cluster]) => [name, hide(cluster, ['certificate-authority-data'], 'DATA+OMITTED')]));
  return { ...config, users, clusters };
}

function minified(config: KubeConfig, name: string): KubeConfig {
  if (name === '') fail('current-context must exist in order to minify');
  const context = config.contexts[name];
  if (!context) fail(`cannot locate context ${name}`);
  const only = <T>(entries: Record<string, T>, key: string | undefined): Record<string, T> => (key !== undefined && key in entries ? { [key]: entries[key]! } : {});
  return { currentContext: name, contexts: { [name]: context }, clusters: only(config.clusters, context.cluster), users: only(config.users, context.user) };
}

const view = defineCommand({
  path: 'config view',
  *run(session) {
    const { flags } = session;
    let config = redacted(load(session), flags.bool('raw'));
    if (flags.bool('minify')) config = minified(config, flags.str('context') || config.currentContext);
    yield* session.out(printerFor(session)!(configDocument(config)));
    return 0;
  },
});

const currentContext = defineCommand({
  path: 'config current-context',
  *run(session) {
    const name = load(session).currentContext;
    if (name === '') fail('current-context is not set');
    yield* session.out(`${name}\n`);
    return 0;
  },
});

const useContext = defineCommand({
  path: 'config use-context',
  *run(session) {
    const name = session.args[0];
    if (name === undefined || session.args.length !== 1) return yield* showUsage(session);
    if (!load(session).contexts[name]) fail(`no context exists with the name: ${JSON.stringify(name)}`);
    change(session, config => config.currentContext !== '', config => { config.currentContext = name; });
    yield* session.out(`Switched to context ${JSON.stringify(name)}.\n`);
    return 0;
  },
});

const getContexts = defineCommand({
  path: 'config get-contexts',
  *run(session) {
    const { flags } = session;
    const config = load(session);
    const wanted = session.args.length > 0 ? session.args : Object.keys(config.contexts).sort();
    const missing = wanted.filter(name => !config.contexts[name]);
    const names = wanted.filter(name => config.contexts[name]);
    if (flags.str('output') === 'name') yield* session.out(names.map(name => `${name}\n`).join(''));
    else if (flags.str('output') !== '') fail(`--output ${flags.str('output')} is not available in kubectl config get-contexts; resetting to no output format`);
    else {
      const lines = names.map(name => {
        const context = config.contexts[name]!;
        return [name === config.currentContext ? '*' : '', name, context.cluster ?? '', context.user ?? '', context.namespace ?? ''].join('\t');
      });
      if (!flags.bool('no-headers')) lines.unshift('CURRENT\tNAME\tCLUSTER\tAUTHINFO\tNAMESPACE');
      if (lines.length > 0) yield* session.out(alignTabs(`${lines.join('\n')}\n`, TABLE_STOPS));
    }
    if (missing.length > 0) fail(missing.map(name => `context ${name} not found`).join(', '));
    return 0;
  },
});

const setContext = defineCommand({
  path: 'config set-context',
  *run(session) {
    const { flags, args } = session;
    if (flags.bool('current') && args.length > 0) fail('you cannot specify both a context name and --current');
    if (!flags.bool('current') && args.length !== 1) fail('you must specify a non-empty context name or --current');
    const config = load(session);
    const name = flags.bool('current') ? config.currentContext : args[0]!;
    if (name === '') fail(flags.bool('current') ? 'no current context is set' : 'you must specify a non-empty context name or --current');
    const known = config.contexts[name] !== undefined;
    change(session, each => name in each.contexts, each => {
      const context = each.contexts[name] ?? {};
      for (const field of ['cluster', 'user', 'namespace'] as const) if (flags.changed(field)) context[field] = flags.str(field);
      each.contexts[name] = context;
    });
    yield* session.out(`Context ${JSON.stringify(name)} ${known ? 'modified' : 'created'}.\n`);
    return 0;
  },
});

const setCluster = defineCommand({
  path: 'config set-cluster',
  *run(session) {
    const { flags, args } = session;
    const name = args[0];
    if (name === undefined || args.length !== 1) return yield* showUsage(session);
    change(session, config => name in config.clusters, config => {
      const cluster = config.clusters[name] ?? {};
      for (const field of ['server', 'certificate-authority', 'proxy-url', 'tls-server-name']) if (flags.changed(field)) cluster[field] = flags.str(field);
      if (flags.changed('insecure-skip-tls-verify')) cluster['insecure-skip-tls-verify'] = flags.bool('insecure-skip-tls-verify');
      config.clusters[name] = cluster;
    });
    yield* session.out(`Cluster ${JSON.stringify(name)} set.\n`);
    return 0;
  },
});

const setCredentials = defineCommand({
  path: 'config set-credentials',
  refused: { 'exec-command': 'a token is', 'auth-provider': 'a token is' },
  *run(session) {
    const { flags, args } = session;
    const name = args[0];
    if (name === undefined || args.length !== 1) return yield* showUsage(session);
    change(session, config => name in config.users, config => {
      const user = config.users[name] ?? {};
      for (const field of ['token', 'username', 'password', 'client-certificate', 'client-key']) if (flags.changed(field)) user[field] = flags.str(field);
      config.users[name] = user;
    });
    yield* session.out(`User ${JSON.stringify(name)} set.\n`);
    return 0;
  },
});

const renameContext = defineCommand({
  path: 'config rename-context',
  *run(session) {
    const [from = '', to = ''] = session.args;
    if (session.args.length !== 2) return yield* showUsage(session);
    const config = load(session);
    if (!config.contexts[from]) fail(`cannot rename the context ${JSON.stringify(from)}, it's not in ${session.files.paths[0]!}`);
    if (config.contexts[to]) fail(`cannot rename the context ${JSON.stringify(from)}, the context ${JSON.stringify(to)} already exists in ${session.files.paths[0]!}`);
    change(session, each => from in each.contexts, each => {
      each.contexts[to] = each.contexts[from]!;
      delete each.contexts[from];
      if (each.currentContext === from) each.currentContext = to;
    });
    yield* session.out(`Context ${JSON.stringify(from)} renamed to ${JSON.stringify(to)}.\n`);
    return 0;
  },
});

/** `contexts.dev.namespace` as a place in the configuration. */
function placeOf(property: string): { stanza: Stanza | 'current-context'; name: string; field: string } {
  if (property === 'current-context') return { stanza: 'current-context', name: '', field: '' };
  const [stanza = '', ...rest] = property.split('.');
  if (stanza !== 'clusters' && stanza !== 'contexts' && stanza !== 'users') fail(`unable to parse ${JSON.stringify(stanza)} at api.Config`);
  return { stanza, name: rest.slice(0, rest.length > 1 ? -1 : undefined).join('.'), field: rest.length > 1 ? rest.at(-1)! : '' };
}

const set = defineCommand({
  path: 'config set',
  *run(session) {
    const [property, value] = session.args;
    if (property === undefined || value === undefined || session.args.length !== 2) return yield* showUsage(session);
    const place = placeOf(property);
    const bytes = session.flags.bool('set-raw-bytes');
    change(session, config => (place.stanza === 'current-context' ? config.currentContext !== '' : place.name in config[place.stanza]), config => {
      if (place.stanza === 'current-context') { config.currentContext = value; return; }
      const entry = config[place.stanza][place.name] ?? {};
      entry[place.field] = value === 'true' ? true : value === 'false' ? false : place.field.endsWith('-data') && bytes ? utf8Base64(value) : value;
      config[place.stanza][place.name] = entry;
    });
    yield* session.out(`Property ${JSON.stringify(property)} set.\n`);
    return 0;
  },
});

const unset = defineCommand({
  path: 'config unset',
  *run(session) {
    const [property] = session.args;
    if (property === undefined || session.args.length !== 1) return yield* showUsage(session);
    const place = placeOf(property);
    change(session, config => (place.stanza === 'current-context' ? config.currentContext !== '' : place.name in config[place.stanza]), config => {
      if (place.stanza === 'current-context') config.currentContext = '';
      else if (place.field === '') delete config[place.stanza][place.name];
      else delete config[place.stanza][place.name]?.[place.field];
    });
    yield* session.out(`Property ${JSON.stringify(property)} unset.\n`);
    return 0;
  },
});

export const configCommands: readonly Command[] = [
  view, currentContext, useContext, getContexts, setContext, setCluster, setCredentials, renameContext, set, unset,
  listing('config get-clusters', 'clusters'), listing('config get-users', 'users'),
  deleting('config delete-context', 'contexts', 'context', 'context'), deleting('config delete-cluster', 'clusters', 'cluster', 'cluster'),
  deleting('config delete-user', 'users', 'user', 'user'),
];
