/** One run of kubectl: its words, its streams, its configuration and its connection. */
import type { Task } from '../../engine/kernel/task.ts';
import type { SystemProcess } from '../../engine/userland/contract.ts';
import type { Transport } from '../contract.ts';
import { ApiClient, type Connection } from './client/api-client.ts';
import { Discovery, type DiscoveryCache } from './client/discovery.ts';
import { fail, failUsage } from './client/failure.ts';
import { resolvePath } from '../../engine/userland/index.ts';
import { type ConfigFiles, configFiles, type KubeConfig, loadConfig } from './client/kubeconfig.ts';
import type { CommandSpec } from './flags/catalogue.ts';
import { parseDuration } from './flags/duration.ts';
import type { FlagValues, ParsedLine } from './flags/parse.ts';

export interface SessionSetup {
  readonly transport: Transport;
  /** `v1.35.2`. */
  readonly version: string;
  readonly caches: DiscoveryCache;
}

export class Session {
  readonly spec: CommandSpec;
  readonly flags: FlagValues;
  readonly args: readonly string[];
  readonly dashAt: number;
  private loaded: { config: KubeConfig; api: ApiClient; discovery: Discovery; namespace: string } | undefined;

  constructor(readonly process: SystemProcess, readonly setup: SessionSetup, line: ParsedLine) {
    this.spec = line.spec;
    this.flags = line.flags;
    this.args = line.args;
    this.dashAt = line.dashAt;
  }

  *out(text: string): Task<void> {
    yield* this.process.write(1, text);
  }

  *err(text: string): Task<void> {
    yield* this.process.write(2, text);
  }

  /** Virtual Unix milliseconds. */
  get nowMs(): number {
    return this.process.kernel.nowMs;
  }

  get files(): ConfigFiles {
    return configFiles(this.process, this.flags.str('kubeconfig'));
  }

  get config(): KubeConfig {
    return this.connect().config;
  }

  get api(): ApiClient {
    return this.connect().api;
  }

  get discovery(): Discovery {
    return this.connect().discovery;
  }

  /** Where namespaced things are looked for: `-n`, else the context's, else `default`. */
  get namespace(): string {
    return this.connect().namespace;
  }

  /** Whether `-n` was given, so that files must agree with it. */
  get namespaceEnforced(): boolean {
    return this.global('namespace') !== '';
  }

  /** Warnings the server sent during this run; 0 when it was never asked. */
  get warningsSeen(): number {
    return this.loaded?.api.warningCount ?? 0;
  }

  /** An absolute path for a word of the command line. */
  path(word: string): string {
    return resolvePath(this.process.cwd, word.startsWith('~/') ? `${this.process.env.get('HOME') ?? ''}${word.slice(1)}` : word);
  }

  usage(message: string): never {
    failUsage(this.spec.path, message);
  }

  /** A flag every command takes; empty where the command has one of its own by that name. */
  private global(name: string): string {
    return this.spec.flags.some(flag => flag.name === name) ? '' : this.flags.str(name);
  }

  private connect(): NonNullable<Session['loaded']> {
    this.loaded ??= this.open();
    return this.loaded;
  }

  private open(): NonNullable<Session['loaded']> {
    const flags = { str: (name: string): string => this.global(name) };
    const config = loadConfig(this.process, this.files);
    const timeout = flags.str('request-timeout');
    if (!/^\d+$/.test(timeout) && typeof parseDuration(timeout) !== 'number') {
      fail('Invalid timeout value. Timeout must be a single integer in seconds, or an integer followed by a corresponding time unit (e.g. 1s | 2m | 3h)');
    }
    const contextName = flags.str('context') || config.currentContext;
    const context = config.contexts[contextName];
    if (!context && contextName !== '') fail(`Error in configuration: context was not found for specified context: ${contextName}`);
    const clusterName = flags.str('cluster') || context?.cluster || '';
    const cluster = config.clusters[clusterName];
    if (flags.str('cluster') !== '' && !cluster) fail(`cluster "${clusterName}" does not exist`);
    const userName = flags.str('user') || context?.user || '';
    const user = config.users[userName] ?? {};
    if (flags.str('user') !== '' && !config.users[userName]) fail(`auth info "${userName}" does not exist`);
    const server = flags.str('server') || String(cluster?.server ?? 'http://localhost:8080');
    const connection: Connection = {
      server: (/^https?:\/\//.test(server) ? server : `http://${server}`).replace(/\/$/, ''),
      credentials: credentialsOf(user, flags, userName),
      headers: { 'user-agent': `kubectl/${this.setup.version} (linux/amd64) kubernetes/fdc9d74`, ...impersonation(this.flags) },
    };
    const api = new ApiClient(this.setup.transport, connection, this.process);
    return {
      config, api,
      discovery: new Discovery(api, this.setup.caches, () => this.process.kernel.nowMs),
      namespace: this.global('namespace') || context?.namespace || 'default',
    };
  }
}

function credentialsOf(user: Record<string, unknown>, flags: { str(name: string): string }, name: string): Connection['credentials'] {
  const token = flags.str('token') || user.token;
  if (typeof token === 'string' && token !== '') return { token };
  const certificate = flags.str('client-certificate') || user['client-certificate-data'] || user['client-certificate'];
  if (typeof certificate === 'string' && certificate !== '') return { clientCertificate: certificate };
  const username = flags.str('username') || user.username;
  if (typeof username === 'string' && username !== '') return { username };
  return user.exec === undefined ? {} : { username: name };
}

function impersonation(flags: FlagValues): Record<string, string> {
  const headers: Record<string, string> = {};
  if (flags.str('as') !== '') headers['impersonate-user'] = flags.str('as');
  if (flags.list('as-group').length > 0) headers['impersonate-group'] = flags.list('as-group').join(',');
  if (flags.str('as-uid') !== '') headers['impersonate-uid'] = flags.str('as-uid');
  return headers;
}
