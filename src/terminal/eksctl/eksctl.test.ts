/** eksctl against AWS and Kubernetes played by functions: what it asks, prints, and refuses. */
import { describe, expect, test } from 'vitest';
import { awsError, type AwsResult } from '../../engine/aws/contract.ts';
import type { ApiResponse } from '../../engine/api-server/contract.ts';
import { Kernel } from '../../engine/kernel/kernel.ts';
import type { Descriptor } from '../../engine/kernel/pipe.ts';
import type { AwsRequest } from '../aws/contract.ts';
import type { TransportRequest } from '../contract.ts';
import { createLaptop } from '../laptop.ts';
import { completeEksctl } from './complete.ts';
import { flagUsages, parseFlags } from './flags.ts';
import { createEksctl } from './program.ts';
import { tabbedTable } from './table.ts';

type Aws = (request: AwsRequest) => AwsResult;
type Kube = (request: TransportRequest) => ApiResponse;

const SERVED = ['DescribeCluster', 'ListClusters', 'ListNodegroups', 'DescribeNodegroup', 'UpdateNodegroupVersion', 'UpdateNodegroupConfig', 'CreateNodegroup', 'DeleteNodegroup', 'UpdateClusterVersion', 'DescribeUpdate', 'DescribeClusterVersions'];

function run(line: string, aws: Aws, kube: Kube = () => ({ code: 200, headers: {}, body: { items: [] } })) {
  const kernel = new Kernel({ seed: 1 });
  const laptop = createLaptop({ kernel });
  laptop.files.makeDirectory(`${laptop.home}/.aws`, { recursive: true });
  laptop.files.write(`${laptop.home}/.aws/config`, '[default]\nregion = eu-west-1\n');
  laptop.files.write(`${laptop.home}/.aws/credentials`, '[default]\naws_access_key_id = A\naws_secret_access_key = B\n');
  const asked: string[] = [];
  const texts = ['', ''];
  const collect = (at: number): Descriptor => ({ * read() { return null; }, * write(text: string) { texts[at] += text; }, retain() {}, release() {} });
  const program = createEksctl({
    version: '0.217.0',
    aws: { region: 'eu-west-1', served: () => SERVED, * send(request) { asked.push(`${request.operation} ${JSON.stringify(request.parameters)}`); return aws(request); } },
    kubernetes: { * send(request) { asked.push(`${request.method} ${request.path}`); return kube(request); } },
  });
  const process = laptop.system.processes.spawn({ program, argv: ['eksctl', ...line.split(' ').filter(word => word !== '')], cwd: laptop.home, env: new Map([['HOME', laptop.home]]), uid: 1000, gid: 1000, descriptors: new Map([[1, collect(0)], [2, collect(1)]]) });
  kernel.run({ untilMs: kernel.nowMs + 24 * 3_600_000 });
  return { stdout: texts[0]!.replaceAll(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d /gm, ''), stderr: texts[1]!, code: process.exitCode, asked };
}

const CLUSTER = { name: 'kfo-prod', arn: 'arn:c', endpoint: 'https://x', version: '1.34', status: 'ACTIVE' };
const group = (more: object = {}) => ({ nodegroupName: 'apps', clusterName: 'kfo-prod', version: '1.34', status: 'ACTIVE', createdAt: '2026-11-16T09:00:00.123000+00:00', scalingConfig: { minSize: 2, maxSize: 8, desiredSize: 4 }, instanceTypes: ['m5.large'], amiType: 'AL2023_x86_64_STANDARD', nodeRole: 'arn:r', subnets: ['s-a'], resources: { autoScalingGroups: [{ name: 'eks-apps-1' }] }, ...more });
const answers = (more: Readonly<Record<string, (request: AwsRequest) => AwsResult | Record<string, unknown>>> = {}): Aws => request => {
  const made = more[request.operation]?.(request) ?? ({
    DescribeCluster: { cluster: CLUSTER }, ListNodegroups: { nodegroups: ['apps'] }, DescribeNodegroup: { nodegroup: group() }, ListClusters: { clusters: ['kfo-prod'] },
    DescribeClusterVersions: { clusterVersions: [{ clusterVersion: '1.34' }, { clusterVersion: '1.35' }] },
  } as Record<string, Record<string, unknown>>)[request.operation] ?? {};
  return 'ok' in made ? made as AwsResult : { ok: true, value: made };
};

describe('what is wrong with a line', () => {
  test.each([
    ['get nodegroup', '--cluster must be set'],
    ['get nodegroup --cluster', 'flag needs an argument: --cluster'],
    ['get nodegroup --clutser x', 'unknown flag: --clutser'],
    ['get nodegroup -z', "unknown shorthand flag: 'z' in -z"],
    ['frobnicate', 'unknown command "frobnicate" for "eksctl"'],
    ['scale nodegroup --cluster kfo-prod --name apps --nodes many', 'invalid argument "many" for "-N, --nodes" flag: strconv.ParseInt: parsing "many": invalid syntax'],
    ['scale nodegroup --cluster kfo-prod --name apps --nodes 5 --nodes-max 3', 'maximum number of nodes must be greater than or equal to number of nodes'],
    ['scale nodegroup apps --cluster kfo-prod --name apps --nodes 5', '--name=apps and argument apps cannot be used at the same time'],
    ['upgrade nodegroup --cluster kfo-prod', 'name must be set'],
    ['upgrade cluster --name kfo-prod --version 1.33', 'cannot upgrade to a lower version. Found given target version "1.33", current cluster version "1.34"'],
    ['get iamidentitymapping --cluster kfo-prod', 'eksctl get iamidentitymapping is not modelled; aws eks list-access-entries shows who may enter'],
    ['utils update-cluster-vpc-config', 'eksctl utils update-cluster-vpc-config is not modelled; eksctl utils write-kubeconfig is'],
    ['get nodegroup --cluster kfo-prod -f x.yaml', '--config-file is not modelled; the same can be said with flags'],
    ['get nodegroup --cluster kfo-prod --region us-east-1', 'region us-east-1 is not modelled; everything is in eu-west-1'],
  ])('eksctl %s', (line, message) => {
    const { stderr, code } = run(line, answers());
    expect([stderr, code]).toEqual([`Error: ${message}\n`, 1]);
  });
});

describe('get', () => {
  test('node groups stand in a table with tab stops', () => {
    expect(run('get ng --cluster kfo-prod', answers()).stdout).toBe(
      'CLUSTER\t\tNODEGROUP\tSTATUS\tCREATED\t\t\tMIN SIZE\tMAX SIZE\tDESIRED CAPACITY\tINSTANCE TYPE\tIMAGE ID\t\tASG NAME\tTYPE\n'
      + 'kfo-prod\tapps\t\tACTIVE\t2026-11-16T09:00:00Z\t2\t\t8\t\t4\t\t\tm5.large\tAL2023_x86_64_STANDARD\teks-apps-1\tmanaged\n');
  });
  test('AWS refuses in the words of its Go SDK', () => {
    const { stderr } = run('get nodegroup --cluster x', answers({ DescribeCluster: () => awsError('ResourceNotFoundException', 'No cluster found for name: x.', 404) }));
    expect(stderr).toMatch(/^Error: unable to describe cluster control plane: operation error EKS: DescribeCluster, https response error StatusCode: 404, RequestID: [0-9a-f-]{36}, ResourceNotFoundException: No cluster found for name: x\.\n$/);
  });
});

describe('upgrade', () => {
  test('a control plane only plans without --approve', () => {
    const { stdout, asked } = run('upgrade cluster kfo-prod', answers());
    expect(stdout).toBe('[ℹ]  (plan) would upgrade cluster "kfo-prod" control plane from current version "1.34" to "1.35"\n[!]  no changes were applied, run again with \'--approve\' to apply the changes\n');
    expect(asked.some(call => call.startsWith('Update'))).toBe(false);
  });
  test('a node group is followed until it is active again', () => {
    let looks = 0;
    const { stdout, code } = run('upgrade nodegroup --cluster kfo-prod --name apps --kubernetes-version 1.35', answers({ DescribeNodegroup: () => ({ nodegroup: group(++looks === 2 ? { status: 'UPDATING' } : looks > 2 ? { version: '1.35' } : {}) }) }));
    const waiting = '[ℹ]  waiting for upgrade of nodegroup "apps" to complete\n';
    expect([stdout, code]).toEqual([`[ℹ]  will upgrade nodes to Kubernetes version: 1.35\n[ℹ]  upgrade of nodegroup "apps" in progress\n${waiting}${waiting}[ℹ]  nodegroup successfully upgraded\n`, 0]);
  });
  test('a node group whose update failed is no success', () => {
    expect(run('upgrade nodegroup --cluster kfo-prod --name apps --kubernetes-version 1.35', answers()).code).toBe(1);
  });
});

describe('drain', () => {
  const pod = (name: string, owner: string) => ({ metadata: { name, namespace: 'shop', ownerReferences: [{ kind: owner }] }, status: { phase: 'Running' } });
  test('cordons, evicts all but DaemonSet pods, and says which nodes are empty', () => {
    let evicted = false;
    const { stdout, asked } = run('drain nodegroup --cluster kfo-prod --name apps', answers(), ({ method, path }) => {
      if (path.endsWith('/eviction')) evicted = true;
      if (method !== 'GET') return { code: 201, headers: {}, body: {} };
      return { code: 200, headers: {}, body: { items: path === '/api/v1/nodes' ? [{ metadata: { name: 'n1' }, spec: {} }] : [pod('agent', 'DaemonSet'), ...(evicted ? [] : [pod('web', 'ReplicaSet')])] } };
    });
    expect(stdout).toContain('[ℹ]  cordon node "n1"\n');
    expect(stdout).toContain('[✔]  drained all nodes: [n1]\n');
    expect(asked.filter(call => call.startsWith('POST'))).toEqual(['POST /api/v1/namespaces/shop/pods/web/eviction']);
  });
  test('gives up at the timeout when a budget forbids the eviction', () => {
    const { stdout, stderr } = run('drain nodegroup --cluster kfo-prod --name apps --timeout 2m', answers(), ({ method, path }) => (method === 'POST' ? { code: 429, headers: {}, body: { message: 'no' } }
      : { code: 200, headers: {}, body: { items: path === '/api/v1/nodes' ? [{ metadata: { name: 'n1' }, spec: { unschedulable: true } }] : [pod('web', 'ReplicaSet')] } }));
    expect(stdout).toContain('[!]  1 pods are unevictable from node n1\n');
    expect(stderr).toBe('Error: timed out (after 2m0s) waiting for nodegroup "apps" to be drained\n');
  });
});

test('create asks for a group in the zones named, with the role of its sibling', () => {
  const { asked } = run('create nodegroup --cluster kfo-prod --name blue --nodes 3 --nodes-max 6 --node-labels pool=blue,x=y', answers());
  expect(asked.find(call => call.startsWith('Create'))).toBe('CreateNodegroup {"clusterName":"kfo-prod","nodegroupName":"blue","nodeRole":"arn:r","subnets":["s-a"],"scalingConfig":{"minSize":3,"maxSize":6,"desiredSize":3},"instanceTypes":["m5.large"],"amiType":"AL2023_x86_64_STANDARD","labels":{"pool":"blue","x":"y"}}');
});

test('a column is one stop wider than what fills it', () => {
  expect(tabbedTable([['EIGHT__8', 'B'], ['x', 'y']])).toBe('EIGHT__8\tB\nx\t\ty\n');
});

test('flags may be joined, repeated, and stand anywhere', () => {
  const specs = [{ name: 'name', short: 'n', kind: 'string', help: 'h' }, { name: 'zones', kind: 'list', help: 'h' }] as const;
  const { values, args } = parseFlags(['a', '-nx', '--zones=1,2', '--zones', '3'], specs);
  expect([[...values], args]).toEqual([[['name', 'x'], ['zones', ['1', '2', '3']]], ['a']]);
  expect(flagUsages(specs)).toBe('  -n, --name string     h\n      --zones strings   h\n');
});

test.each([['eksctl u', ['upgrade', 'utils']], ['eksctl get ', ['cluster', 'nodegroup', 'addon']], ['eksctl get ng --cl', ['--cluster']]])('Tab after %s', (line, texts) => {
  const words = line.split(' ');
  expect(completeEksctl(words, words.length - 1).candidates.map(({ text }) => text)).toEqual(texts);
});
