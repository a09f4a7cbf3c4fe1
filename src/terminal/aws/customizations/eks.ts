/** `aws eks update-kubeconfig` and `aws eks get-token`. */
import { utf8Base64 } from '../../../engine/apimachinery/base64.ts';
import { FileError } from '../../../engine/userland/contract.ts';
import { rfc3339 } from '../../../engine/kernel/calendar.ts';
import type { Task } from '../../../engine/kernel/task.ts';
import { parseYaml } from '../../kubectl/objects/yaml.ts';
import type { CustomCommand } from '../custom-command.ts';
import { AwsFailure, EXIT, parameterFailure, serviceFailure } from '../failure.ts';
import type { OptionSpec } from '../line/arg-parser.ts';
import { orderedYaml } from '../output/ordered-yaml.ts';
import { pythonOsError, type AwsSession } from '../session.ts';

type Entry = Record<string, unknown>;
type Config = Record<string, unknown> & { clusters?: Entry[] | null; users?: Entry[] | null; contexts?: Entry[] | null };

const text = (name: string, required = false): OptionSpec => ({ name: `--${name}`, dest: name.replaceAll('-', '_'), takes: 'one', required });
const flag = (name: string): OptionSpec => ({ name: `--${name}`, dest: name.replaceAll('-', '_'), takes: 'none' });

interface ClusterView {
  readonly arn: string;
  readonly endpoint?: string;
  readonly status?: string;
  readonly certificateAuthority?: { readonly data?: string };
}

function* describeCluster(session: AwsSession, name: string): Task<ClusterView> {
  const answer = yield* session.call('eks', 'DescribeCluster', { name });
  if (!answer.ok) throw serviceFailure('DescribeCluster', answer.error);
  const cluster = answer.value.cluster as ClusterView;
  if (cluster.status !== 'ACTIVE' && cluster.status !== 'UPDATING') throw new AwsFailure(`Cluster status is ${cluster.status}`);
  return cluster;
}

/** The user entry: a command that asks for a token at each use. */
function userEntry(session: AwsSession, clusterName: string, arn: string, role: string | undefined): Entry {
  const args = ['--region', arn.split(':')[3]!, 'eks', 'get-token', '--cluster-name', clusterName, '--output', 'json', ...(role === undefined ? [] : ['--role', role])];
  const profile = session.chosenProfile;
  return {
    name: arn,
    user: { exec: { apiVersion: 'client.authentication.k8s.io/v1beta1', args, command: 'aws', ...(profile !== undefined && { env: [{ name: 'AWS_PROFILE', value: profile }] }) } },
  };
}

function load(session: AwsSession, path: string): Config | undefined {
  try {
    const parsed = parseYaml(session.process.system.files.read(path, session.process));
    if (!parsed.ok) throw new AwsFailure(`YamlError while loading kubeconfig: ${parsed.error}`);
    const config = parsed.values[0];
    if (config === null || config === undefined) return undefined;
    if (typeof config !== 'object' || Array.isArray(config)) throw new AwsFailure('Content not a dictionary.');
    return config as Config;
  } catch (failure) {
    if (!(failure instanceof FileError)) throw failure;
    if (failure.code === 'ENOENT') return undefined;
    throw new AwsFailure(`Can't open kubeconfig for reading: ${pythonOsError(failure, path)}`);
  }
}

const has = (config: Config | undefined, name: string): boolean => (config?.clusters ?? []).some(entry => entry.name === name);

/** The file that has the cluster, else the first. */
function chooseFile(session: AwsSession, explicit: string | undefined, clusterName: string): { path: string; config: Config | undefined } {
  const listed = (session.env('KUBECONFIG') ?? '').split(':').filter(path => path.trim() !== '');
  const paths = (explicit !== undefined ? [explicit] : listed.length > 0 ? listed : ['~/.kube/config']).map(path => session.path(path));
  for (const path of paths) {
    const config = load(session, path);
    if (has(config, clusterName)) return { path, config };
  }
  return { path: paths[0]!, config: load(session, paths[0]!) };
}

function insert(config: Config, key: 'clusters' | 'users' | 'contexts', entry: Entry): void {
  const list = (config[key] ??= []);
  const at = list.findIndex(known => known.name === entry.name);
  if (at < 0) list.push(entry);
  else list[at] = entry;
}

export const updateKubeconfig: CustomCommand = {
  name: 'update-kubeconfig', summary: 'Writes the cluster, its user and a context into a kubeconfig file.',
  options: [text('name', true), text('kubeconfig'), text('role-arn'), flag('dry-run'), flag('verbose'), text('alias'), text('user-alias')],
  * run(session, values) {
    const given = (name: string): string | undefined => values.get(name) as string | undefined;
    const clusterName = given('name')!;
    const cluster = yield* describeCluster(session, clusterName);
    const { path, config: found } = chooseFile(session, given('kubeconfig'), cluster.arn);
    const config: Config = found ?? { apiVersion: 'v1', clusters: [], contexts: [], 'current-context': '', kind: 'Config', preferences: {}, users: [] };
    const updating = has(found, cluster.arn);
    const clusterEntry = { cluster: { 'certificate-authority-data': cluster.certificateAuthority?.data ?? '', server: cluster.endpoint ?? '' }, name: cluster.arn };
    const user = { ...userEntry(session, clusterName, cluster.arn, given('role_arn')), ...(given('user_alias') !== undefined && { name: given('user_alias') }) };
    const context = { context: { cluster: cluster.arn, user: user.name }, name: given('alias') ?? user.name };
    insert(config, 'clusters', clusterEntry);
    insert(config, 'users', user);
    insert(config, 'contexts', context);
    config['current-context'] = context.name;
    if (values.has('dry_run')) {
      yield* session.out(orderedYaml(config));
      return 0;
    }
    write(session, path, orderedYaml(config));
    yield* session.out(`${updating ? 'Updated' : 'Added new'} context ${String(context.name)} ${updating ? 'in' : 'to'} ${path}\n`);
    if (values.has('verbose')) yield* session.out(`Entries:\n\n${[context, user, clusterEntry].map(entry => `${orderedYaml(entry)}\n`).join('')}`);
    return 0;
  },
};

function write(session: AwsSession, path: string, content: string): void {
  const { files } = session.process.system;
  try {
    const directory = path.slice(0, path.lastIndexOf('/')) || '/';
    if (!files.stat(directory)) files.makeDirectory(directory, { recursive: true, as: session.process });
    files.write(path, content, { mode: 0o600, as: session.process });
  } catch (failure) {
    if (!(failure instanceof FileError)) throw failure;
    throw new AwsFailure(`Can't open kubeconfig for writing: ${pythonOsError(failure, path)}`);
  }
}

/** Minutes a token may be used, of the fifteen its signature lasts. */
const TOKEN_MINUTES = 14;

export const getToken: CustomCommand = {
  name: 'get-token', summary: 'Prints a token for the Kubernetes API, valid for 14 minutes.',
  options: [text('cluster-name'), text('role-arn'), text('cluster-id')],
  * run(session, values) {
    const name = (values.get('cluster_name') ?? values.get('cluster_id')) as string | undefined;
    if (values.has('cluster_name') && values.has('cluster_id')) {
      throw parameterFailure('The parameters cluster-name and cluster-id are mutually exclusive. Provide only one of them.');
    }
    if (name === undefined) throw new AwsFailure('Either parameter --cluster-name or --cluster-id must be specified.');
    if (values.has('role_arn')) throw new AwsFailure('aws eks get-token --role-arn is not modelled; without it the token is for your own identity');
    if (session.region === undefined) throw new AwsFailure('You must specify a region. You can also configure your region by running "aws configure".', EXIT.configuration);
    const answer = yield* session.call('sts', 'GetCallerIdentity', {});
    if (!answer.ok) throw serviceFailure('GetCallerIdentity', answer.error);
    const { nowMs } = session.process.kernel;
    const signed = `https://sts.${session.region}.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Date=${rfc3339(nowMs).replace(/[-:]/g, '')}&X-Amz-Expires=60&X-Amz-SignedHeaders=host%3Bx-k8s-aws-id&Arn=${encodeURIComponent(String(answer.value.Arn))}&Cluster=${encodeURIComponent(name)}`;
    const token = `k8s-aws-v1.${utf8Base64(signed).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')}`;
    yield* session.out(`{"kind": "ExecCredential", "apiVersion": "client.authentication.k8s.io/v1beta1", "spec": {}, "status": {"expirationTimestamp": "${rfc3339(nowMs + TOKEN_MINUTES * 60_000)}", "token": "${token}"}}\n`);
    return 0;
  },
};
