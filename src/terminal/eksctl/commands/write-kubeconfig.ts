/** `eksctl utils write-kubeconfig`. Source: eksctl pkg/utils/kubeconfig, pkg/ctl/utils/write_kubeconfig.go. */
import { parseYaml } from '../../kubectl/objects/yaml.ts';
import { orderedYaml } from '../../aws/output/ordered-yaml.ts';
import { EksctlFailure, type EksctlCommand } from '../command.ts';
import { CLUSTER, CONFIG_FILE, NO_CONFIG_FILE, PROFILE, REGION, timeout } from '../shared-flags.ts';
import type { EksctlSession } from '../session.ts';

type Entry = Record<string, unknown> & { name: string };
type Config = Record<string, unknown>;

function read(session: EksctlSession, path: string): Config {
  const { files } = session.process.system;
  if (files.stat(path)?.type !== 'file') return { apiVersion: 'v1', clusters: [], contexts: [], 'current-context': '', kind: 'Config', preferences: {}, users: [] };
  const parsed = parseYaml(files.read(path));
  const value = parsed.ok ? parsed.values[0] : undefined;
  if (!parsed.ok || typeof value !== 'object' || value === null) throw new EksctlFailure(`unable to read existing kubeconfig file ${JSON.stringify(path)}: ${parsed.ok ? 'not a kubeconfig' : parsed.error}`);
  return value as Config;
}

function put(config: Config, key: string, entry: Entry): void {
  const known = (Array.isArray(config[key]) ? config[key] : []) as Entry[];
  config[key] = [...known.filter(({ name }) => name !== entry.name), entry];
}

const writeKubeconfig: EksctlCommand = {
  path: 'utils write-kubeconfig', summary: 'Write kubeconfig file for a given cluster', refused: NO_CONFIG_FILE,
  flags: [
    CLUSTER, REGION, CONFIG_FILE, timeout(), PROFILE,
    { name: 'kubeconfig', kind: 'string', help: 'path to write kubeconfig (incompatible with --auto-kubeconfig)' },
    { name: 'set-kubeconfig-context', kind: 'bool', fallback: 'true', help: 'if true then current-context will be set in kubeconfig; if a context is already set then it will be overwritten' },
  ],
  * run(session) {
    const clusterName = session.clusterFlag();
    const { endpoint } = yield* session.cluster(clusterName);
    const answer = yield* session.call<{ cluster: { certificateAuthority?: { data?: string } } }>('eks', 'DescribeCluster', { name: clusterName });
    const { Arn } = yield* session.call<{ Arn: string }>('sts', 'GetCallerIdentity', {});
    const home = session.process.env.get('HOME') ?? '/root';
    const given = session.given('kubeconfig') ?? session.process.env.get('KUBECONFIG')?.split(':')[0];
    const path = given === undefined ? `${home}/.kube/config` : given.startsWith('/') ? given : `${session.process.cwd}/${given.replace(/^~\//, `${home}/`)}`;
    const name = `${clusterName}.${session.region}.eksctl.io`;
    const user = `${Arn.includes('/') ? Arn.slice(Arn.lastIndexOf('/') + 1) : 'iam-root-account'}@${name}`;
    const config = read(session, path);
    put(config, 'clusters', { cluster: { 'certificate-authority-data': answer.cluster.certificateAuthority?.data ?? '', server: endpoint }, name });
    put(config, 'contexts', { context: { cluster: name, user }, name: user });
    put(config, 'users', {
      name: user,
      user: { exec: { apiVersion: 'client.authentication.k8s.io/v1beta1', args: ['eks', 'get-token', '--output', 'json', '--cluster-name', clusterName, '--region', session.region], command: 'aws', env: [{ name: 'AWS_STS_REGIONAL_ENDPOINTS', value: 'regional' }], provideClusterInfo: false } },
    });
    if (session.bool('set-kubeconfig-context')) config['current-context'] = user;
    const { files } = session.process.system;
    files.makeDirectory(path.slice(0, path.lastIndexOf('/')) || '/', { recursive: true });
    files.write(path, orderedYaml(config), { mode: 0o600 });
    yield* session.success(`saved kubeconfig as ${JSON.stringify(path)}`);
  },
};

export const utilsCommands: readonly EksctlCommand[] = [writeKubeconfig];
