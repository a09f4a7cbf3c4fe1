import { MINOR_VERSIONS, minorOf, NODE_RELEASES, TEXT } from '../../facts/eks.ts';
import { INSTANCE_TYPES } from '../../facts/ec2.ts';
import type { AwsOperation, AwsParameters, AwsResult } from '../contract.ts';
import type { Nodegroup, NodegroupTaint, UpdateConfig } from './contract.ts';
import { newestRelease, type Eks } from './eks.ts';
import { clusterNamed, inUse, invalidParameter, invalidRequest, nodegroupNamed, notFound } from './refusals.ts';
import { clusterArn, nodegroupArn, nodegroupView, updateView } from './views.ts';

type Parameters<T> = Partial<T> & AwsParameters;

interface Create {
  clusterName: string; nodegroupName: string; scalingConfig: Partial<Nodegroup['scaling']>; diskSize: number; subnets: string[]; instanceTypes: string[]; amiType: string; nodeRole: string;
  labels: Record<string, string>; taints: NodegroupTaint[]; tags: Record<string, string>; launchTemplate: object; remoteAccess: object; updateConfig: UpdateConfig; capacityType: 'ON_DEMAND' | 'SPOT'; version: string; releaseVersion: string;
}

interface Configure {
  clusterName: string; nodegroupName: string; scalingConfig: Partial<Nodegroup['scaling']>; updateConfig: UpdateConfig;
  labels: { addOrUpdateLabels?: Record<string, string>; removeLabels?: string[] }; taints: { addOrUpdateTaints?: NodegroupTaint[]; removeTaints?: NodegroupTaint[] };
}

/** Sizes that fit together, or the refusal. Texts from public transcripts. */
function sizes(scaling: Nodegroup['scaling']): ReturnType<typeof invalidParameter> | undefined {
  const { minSize, maxSize, desiredSize } = scaling;
  if (maxSize < 1) return invalidParameter('maxSize must be greater than or equal to 1');
  if (minSize > maxSize) return invalidParameter(`Minimum capacity ${minSize} can't be greater than maximum size ${maxSize}`);
  if (desiredSize < minSize) return invalidParameter(`Minimum capacity ${minSize} can't be greater than desired size ${desiredSize}`);
  if (desiredSize > maxSize) return invalidParameter(`desired capacity ${desiredSize} can't be greater than max size ${maxSize}`);
  return undefined;
}

/** The release a call asks for: by release, by minor version, or (neither given) the newest of the cluster's version. */
function releaseFor(eks: Eks, wanted: { version?: string; releaseVersion?: string }, current: string): { ok: true; value: string } | ReturnType<typeof invalidParameter> {
  const version = wanted.version ?? (wanted.releaseVersion === undefined ? eks.cluster.version : minorOf(wanted.releaseVersion));
  if (!MINOR_VERSIONS.some(({ minor }) => minor === version)) return invalidParameter(TEXT.unsupported);
  const number = (minor: string): number => Number(minor.split('.')[1]);
  if (number(version) > number(eks.cluster.version)) return invalidRequest(`Nodegroup version ${version} is greater than the cluster version ${eks.cluster.version}`);
  if (number(version) < number(current)) return invalidRequest(`Nodegroup Kubernetes version ${version} cannot be lower than its current version ${current}`);
  if (wanted.releaseVersion === undefined) return { ok: true, value: newestRelease(version)!.release };
  const release = NODE_RELEASES.find(each => each.release === wanted.releaseVersion);
  return release && minorOf(release.release) === version ? { ok: true, value: release.release } : invalidParameter(TEXT.releaseMismatch(wanted.releaseVersion, version));
}

/** What `aws eks` can do with node groups. */
export function nodegroupOperations(eks: Eks): AwsOperation[] {
  const { foundation, autoScaling, ec2 } = eks.parts;
  const view = (nodegroup: Nodegroup) => ({ nodegroup: nodegroupView(foundation, nodegroup, autoScaling) });
  const arns = ({ clusterName, nodegroupName }: AwsParameters): string[] => {
    const nodegroup = eks.nodegroups.table.get(String(nodegroupName));
    return [nodegroup ? nodegroupArn(foundation, nodegroup) : clusterArn(foundation, String(clusterName))];
  };
  const ofCluster = ({ clusterName }: AwsParameters): string[] => [clusterArn(foundation, String(clusterName))];
  const active = (nodegroup: Nodegroup): boolean => nodegroup.status === 'ACTIVE' || nodegroup.status === 'DEGRADED';

  const describe: AwsOperation = {
    service: 'eks', name: 'DescribeNodegroup', resources: arns,
    run(_call, { clusterName, nodegroupName }) {
      const found = nodegroupNamed(eks, clusterName, nodegroupName);
      return found.ok ? { ok: true, value: view(found.value) } : found;
    },
  };
  const list: AwsOperation = {
    service: 'eks', name: 'ListNodegroups', resources: ofCluster,
    run(_call, { clusterName }) {
      const found = clusterNamed(eks, clusterName);
      return found.ok ? { ok: true, value: { nodegroups: eks.nodegroups.table.list().map(({ name }) => name).sort() } } : found;
    },
  };
  const updateVersion: AwsOperation = {
    service: 'eks', name: 'UpdateNodegroupVersion', resources: arns,
    run(_call, parameters): AwsResult {
      const { clusterName, nodegroupName, version, releaseVersion, launchTemplate, force } = parameters as Parameters<{ version: string; releaseVersion: string; launchTemplate: object; force: boolean }>;
      const found = nodegroupNamed(eks, clusterName, nodegroupName);
      if (!found.ok) return found;
      if (!active(found.value)) return inUse(TEXT.nodegroupBusy);
      if (launchTemplate) return invalidParameter('Custom launch templates are not modelled here; node groups follow AMI releases (--kubernetes-version, --release-version)');
      const release = releaseFor(eks, { ...(version !== undefined && { version }), ...(releaseVersion !== undefined && { releaseVersion }) }, found.value.version);
      if (!release.ok) return release;
      return { ok: true, value: { update: updateView(eks.nodegroups.updateVersion(found.value.name, release.value, force === true)) } };
    },
  };
  const updateConfig: AwsOperation = {
    service: 'eks', name: 'UpdateNodegroupConfig', resources: arns,
    run(_call, parameters): AwsResult {
      const { clusterName, nodegroupName, scalingConfig, updateConfig: settings, labels, taints } = parameters as Parameters<Configure>;
      const found = nodegroupNamed(eks, clusterName, nodegroupName);
      if (!found.ok) return found;
      const nodegroup = found.value;
      if (!active(nodegroup)) return inUse(TEXT.nodegroupBusy);
      if (!scalingConfig && !settings && !labels && !taints) return invalidParameter('No changes needed for the nodegroup config provided');
      const params: { type: string; value: string }[] = [];
      const change: { scaling?: Nodegroup['scaling']; labels?: Record<string, string>; taints?: NodegroupTaint[]; updateConfig?: UpdateConfig } = {};
      if (labels) {
        const { addOrUpdateLabels = {}, removeLabels = [] } = labels;
        change.labels = { ...Object.fromEntries(Object.entries(nodegroup.labels).filter(([key]) => !removeLabels.includes(key))), ...addOrUpdateLabels };
        if (labels.addOrUpdateLabels) params.push({ type: 'LabelsToAdd', value: JSON.stringify(addOrUpdateLabels) });
        if (labels.removeLabels) params.push({ type: 'LabelsToRemove', value: JSON.stringify(removeLabels) });
      }
      if (taints) {
        const { addOrUpdateTaints = [], removeTaints = [] } = taints;
        const same = (a: NodegroupTaint, b: NodegroupTaint): boolean => a.key === b.key && a.effect === b.effect;
        change.taints = [...nodegroup.taints.filter(taint => ![...addOrUpdateTaints, ...removeTaints].some(each => same(each, taint))), ...addOrUpdateTaints];
        if (taints.addOrUpdateTaints) params.push({ type: 'TaintsToAdd', value: JSON.stringify(addOrUpdateTaints) });
        if (taints.removeTaints) params.push({ type: 'TaintsToRemove', value: JSON.stringify(removeTaints) });
      }
      if (scalingConfig) {
        const scaling = { ...nodegroup.scaling, ...scalingConfig };
        const refused = sizes(scaling);
        if (refused) return refused;
        change.scaling = scaling;
        params.push({ type: 'MinSize', value: String(scaling.minSize) }, { type: 'MaxSize', value: String(scaling.maxSize) }, { type: 'DesiredSize', value: String(scaling.desiredSize) });
      }
      if (settings) {
        change.updateConfig = settings.maxUnavailable === undefined && settings.maxUnavailablePercentage === undefined ? { ...nodegroup.updateConfig, ...settings } : { ...(nodegroup.updateConfig.updateStrategy && { updateStrategy: nodegroup.updateConfig.updateStrategy }), ...settings };
        if (settings.maxUnavailable !== undefined) params.push({ type: 'MaxUnavailable', value: String(settings.maxUnavailable) });
        if (settings.maxUnavailablePercentage !== undefined) params.push({ type: 'MaxUnavailablePercentage', value: String(settings.maxUnavailablePercentage) });
        if (settings.updateStrategy !== undefined) params.push({ type: 'UpdateStrategy', value: settings.updateStrategy });
      }
      return { ok: true, value: { update: updateView(eks.nodegroups.updateConfig(nodegroup.name, change, params)) } };
    },
  };
  const create: AwsOperation = {
    service: 'eks', name: 'CreateNodegroup', resources: ofCluster,
    run(_call, parameters): AwsResult {
      const { clusterName, nodegroupName = '', scalingConfig = {}, diskSize = 20, subnets = [], instanceTypes = ['t3.medium'], amiType = 'AL2023_x86_64_STANDARD', nodeRole = '', labels = {}, taints = [], tags = {},
        launchTemplate, remoteAccess, updateConfig: settings = { maxUnavailable: 1 }, capacityType = 'ON_DEMAND', version, releaseVersion } = parameters as Parameters<Create>;
      const cluster = clusterNamed(eks, clusterName);
      if (!cluster.ok) return cluster;
      if (eks.nodegroups.table.get(nodegroupName)) return inUse(TEXT.nodegroupExists(nodegroupName, cluster.value.name));
      const asked = launchTemplate ? 'Custom launch templates are' : remoteAccess ? 'SSH access to nodes is' : amiType !== 'AL2023_x86_64_STANDARD' ? `AMI type ${amiType} is` : undefined;
      if (asked) return invalidParameter(`${asked} not modelled here; node groups run AL2023_x86_64_STANDARD from AMI releases, and kubectl debug node/<name> opens a shell on one`);
      const scaling = { minSize: scalingConfig.minSize ?? 1, maxSize: scalingConfig.maxSize ?? 2, desiredSize: scalingConfig.desiredSize ?? 2 };
      const refused = sizes(scaling);
      if (refused) return refused;
      const missing = subnets.find(id => !ec2.subnets.get(id));
      if (missing !== undefined) return invalidRequest(`The subnet ID '${missing}' does not exist (Service: Ec2, Status Code: 400)`);
      const unknown = instanceTypes.find(type => !INSTANCE_TYPES.has(type));
      if (unknown !== undefined) return invalidParameter(`The following supplied instance types do not exist: [${unknown}]`);
      const roleName = nodeRole.slice(nodeRole.lastIndexOf('/') + 1);
      const release = releaseFor(eks, { ...(version !== undefined && { version }), ...(releaseVersion !== undefined && { releaseVersion }) }, version ?? cluster.value.version);
      if (!release.ok) return release;
      return { ok: true, value: view(eks.nodegroups.create({ name: nodegroupName, releaseVersion: release.value, roleName, subnetIds: subnets, instanceTypes, capacityType, amiType, scaling, labels, taints, diskGib: diskSize, updateConfig: settings, tags })) };
    },
  };
  const remove: AwsOperation = {
    service: 'eks', name: 'DeleteNodegroup', resources: arns,
    run(_call, { clusterName, nodegroupName }) {
      const found = nodegroupNamed(eks, clusterName, nodegroupName);
      if (!found.ok) return found;
      if (found.value.status === 'UPDATING') return inUse('Nodegroup cannot be deleted as it is currently being updated');
      return { ok: true, value: view(found.value.status === 'DELETING' ? found.value : eks.nodegroups.delete(found.value.name)) };
    },
  };
  const describeUpdate: AwsOperation = {
    service: 'eks', name: 'DescribeUpdate', resources: ({ name }) => [clusterArn(foundation, String(name))],
    run(_call, { name, updateId, nodegroupName, addonName }): AwsResult {
      const cluster = clusterNamed(eks, name);
      if (!cluster.ok) return cluster;
      const update = eks.updates.get(String(updateId));
      if (!update || update.nodegroupName !== nodegroupName || update.addonName !== addonName) return notFound(TEXT.noUpdate(String(updateId)));
      return { ok: true, value: { update: updateView(update) } };
    },
  };
  const listUpdates: AwsOperation = {
    service: 'eks', name: 'ListUpdates', resources: ({ name }) => [clusterArn(foundation, String(name))],
    run(_call, { name, nodegroupName, addonName }): AwsResult {
      const cluster = clusterNamed(eks, name);
      if (!cluster.ok) return cluster;
      const of = eks.updates.list().filter(update => update.nodegroupName === nodegroupName && update.addonName === addonName);
      return { ok: true, value: { updateIds: of.map(({ id }) => id).reverse() } };
    },
  };
  return [describe, list, updateVersion, updateConfig, create, remove, describeUpdate, listUpdates];
}
