/** `eksctl get cluster|nodegroup|addon`. */
import { EksctlFailure, type EksctlCommand } from '../command.ts';
import { describeNodeGroup, type NodeGroupView } from '../node-group.ts';
import type { ClusterView } from '../session.ts';
import { CLUSTER, CONFIG_FILE, NO_CONFIG_FILE, nodegroupName, OUTPUT, PROFILE, REGION, timeout } from '../shared-flags.ts';
import { printList } from '../table.ts';

/** RFC 3339 without fractions. */
const seconds = (time: string | undefined): string => (time ?? '').replace(/\.\d+/, '').replace(/\+00:00$/, 'Z');
const joined = (names: readonly string[] | undefined): string => [...(names ?? [])].sort().join(',') || '-';

const getCluster: EksctlCommand = {
  path: 'get cluster', aliases: ['clusters'], summary: 'Get cluster(s)', refused: { ...NO_CONFIG_FILE, 'all-regions': 'the account has one region' },
  flags: [{ name: 'name', short: 'n', kind: 'string', help: 'EKS cluster name' }, { name: 'all-regions', short: 'A', kind: 'bool', help: 'List clusters across all supported regions' }, REGION, OUTPUT, timeout(), CONFIG_FILE, PROFILE],
  * run(session) {
    const wanted = session.given('name') !== undefined || session.args.length > 0 ? session.name('name') : undefined;
    if (wanted === undefined) {
      const { clusters } = yield* session.call<{ clusters: string[] }>('eks', 'ListClusters', {});
      const rows = clusters.map(Name => ({ Name, Region: session.region, Owned: 'False' }));
      yield* printList(session, 'clusters', rows, [['NAME', row => row.Name], ['REGION', row => row.Region], ['EKSCTL CREATED', row => row.Owned]]);
      return;
    }
    const answer = yield* session.try('eks', 'DescribeCluster', { name: wanted });
    if (!answer.ok) throw new EksctlFailure(`unable to describe control plane ${JSON.stringify(wanted)}: ${session.sdkError('eks', 'DescribeCluster', answer.error)}`);
    yield* printList(session, 'clusters', [answer.value.cluster as ClusterView], [
      ['NAME', row => row.name], ['VERSION', row => row.version], ['STATUS', row => row.status], ['CREATED', row => seconds(row.createdAt)], ['VPC', row => row.resourcesVpcConfig?.vpcId ?? '-'],
      ['SUBNETS', row => joined(row.resourcesVpcConfig?.subnetIds)], ['SECURITYGROUPS', row => joined(row.resourcesVpcConfig?.securityGroupIds)], ['PROVIDER', () => 'EKS'],
    ]);
  },
};

const getNodegroup: EksctlCommand = {
  path: 'get nodegroup', aliases: ['ng', 'nodegroups'], summary: 'Get nodegroup(s)', refused: NO_CONFIG_FILE,
  flags: [CLUSTER, nodegroupName('Name of the nodegroup'), REGION, OUTPUT, timeout(), CONFIG_FILE, PROFILE],
  * run(session) {
    const clusterName = session.clusterFlag();
    yield* session.cluster(clusterName);
    const one = session.given('name') ?? session.args[0];
    const names = one !== undefined ? [one] : (yield* session.call<{ nodegroups: string[] }>('eks', 'ListNodegroups', { clusterName })).nodegroups;
    const groups: NodeGroupView[] = [];
    for (const name of names) groups.push(yield* describeNodeGroup(session, clusterName, name));
    if (groups.length === 0 && session.text('output') === 'table') throw new EksctlFailure('No nodegroups found');
    yield* printList(session, 'nodegroups', groups, [
      ['CLUSTER', group => group.clusterName], ['NODEGROUP', group => group.nodegroupName], ['STATUS', group => group.status], ['CREATED', group => seconds(group.createdAt)],
      ['MIN SIZE', group => String(group.scalingConfig?.minSize ?? 0)], ['MAX SIZE', group => String(group.scalingConfig?.maxSize ?? 0)], ['DESIRED CAPACITY', group => String(group.scalingConfig?.desiredSize ?? 0)],
      ['INSTANCE TYPE', group => group.instanceTypes?.join(',') ?? ''], ['IMAGE ID', group => group.amiType ?? ''], ['ASG NAME', group => asgName(group)], ['TYPE', () => 'managed'],
    ], group => ({
      StackName: '', Cluster: group.clusterName, Name: group.nodegroupName, Status: group.status, MaxSize: group.scalingConfig?.maxSize ?? 0, MinSize: group.scalingConfig?.minSize ?? 0,
      DesiredCapacity: group.scalingConfig?.desiredSize ?? 0, InstanceType: group.instanceTypes?.join(',') ?? '', ImageID: group.amiType ?? '', CreationTime: seconds(group.createdAt),
      NodeInstanceRoleARN: group.nodeRole ?? '', AutoScalingGroupName: asgName(group), Version: group.version ?? '', NodeGroupType: 'managed',
    }));
  },
};

const asgName = (group: NodeGroupView): string => group.resources?.autoScalingGroups?.map(({ name }) => name).join(',') ?? '';

interface AddonView {
  readonly addonName: string;
  readonly addonVersion: string;
  readonly status: string;
  readonly serviceAccountRoleArn?: string;
  readonly configurationValues?: string;
  readonly health?: { readonly issues?: readonly { readonly code?: string; readonly message?: string }[] };
}

const getAddon: EksctlCommand = {
  path: 'get addon', aliases: ['addons'], summary: 'Get an Addon', refused: NO_CONFIG_FILE,
  flags: [{ name: 'name', kind: 'string', help: 'Addon name' }, CLUSTER, REGION, CONFIG_FILE, OUTPUT, timeout(), PROFILE],
  * run(session) {
    const clusterName = session.clusterFlag();
    const cluster = yield* session.cluster(clusterName);
    yield* session.info(`Kubernetes version ${JSON.stringify(cluster.version)} in use by cluster ${JSON.stringify(clusterName)}`);
    const one = session.given('name');
    if (one === undefined) yield* session.info('getting all addons');
    const names = one !== undefined ? [one] : (yield* session.call<{ addons: string[] }>('eks', 'ListAddons', { clusterName })).addons;
    const addons: (AddonView & { newer: string })[] = [];
    for (const addonName of names) {
      const { addon } = yield* session.call<{ addon: AddonView }>('eks', 'DescribeAddon', { clusterName, addonName });
      const versions = yield* session.call<{ addons: readonly { addonVersions: readonly { addonVersion: string }[] }[] }>('eks', 'DescribeAddonVersions', { addonName, kubernetesVersion: cluster.version });
      const offered = versions.addons[0]?.addonVersions.map(({ addonVersion }) => addonVersion) ?? [];
      addons.push({ ...addon, newer: offered.slice(0, Math.max(0, offered.indexOf(addon.addonVersion))).join(',') });
    }
    if (addons.length > 0) yield* session.info('to see issues for an addon run `eksctl get addon --name <addon-name> --cluster <cluster-name>`');
    yield* printList(session, 'addons', addons, [
      ['NAME', addon => addon.addonName], ['VERSION', addon => addon.addonVersion], ['STATUS', addon => addon.status], ['ISSUES', addon => String(addon.health?.issues?.length ?? 0)],
      ['IAMROLE', addon => addon.serviceAccountRoleArn ?? ''], ['UPDATE AVAILABLE', addon => addon.newer], ['CONFIGURATION VALUES', addon => addon.configurationValues ?? ''],
    ], addon => ({
      Name: addon.addonName, Version: addon.addonVersion, NewerVersion: addon.newer, IAMRole: addon.serviceAccountRoleArn ?? '', Status: addon.status,
      ConfigurationValues: addon.configurationValues ?? '', Issues: addon.health?.issues ?? null,
    }));
    if (one !== undefined) for (const issue of addons[0]?.health?.issues ?? []) yield* session.out(`Issue: {Code:${issue.code ?? ''} Message:${issue.message ?? ''} ResourceIDs:[]}\n`);
  },
};

export const getCommands: readonly EksctlCommand[] = [getCluster, getNodegroup, getAddon];
