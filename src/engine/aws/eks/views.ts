/** EKS resources in the shapes of its API, members in the order of the service model. */
import type { AwsFoundation } from '../foundation.ts';
import type { AutoScaling } from '../autoscaling/auto-scaling.ts';
import { preciseTime } from '../time.ts';
import type { Addon, EksCluster, EksUpdate, Nodegroup } from './contract.ts';

type Account = Pick<AwsFoundation, 'account' | 'region' | 'vpc'>;

export const clusterArn = ({ account, region }: Account, name: string): string => `arn:aws:eks:${region}:${account}:cluster/${name}`;
export const nodegroupArn = ({ account, region }: Account, nodegroup: Nodegroup): string => `arn:aws:eks:${region}:${account}:nodegroup/${nodegroup.clusterName}/${nodegroup.name}/${nodegroup.id}`;
export const addonArn = ({ account, region }: Account, cluster: string, addon: Addon): string => `arn:aws:eks:${region}:${account}:addon/${cluster}/${addon.name}/${addon.id}`;
export const roleArn = ({ account }: Account, roleName: string): string => `arn:aws:iam::${account}:role/${roleName}`;

export function clusterView(account: Account, cluster: EksCluster, certificate: string) {
  const { region } = account;
  return {
    name: cluster.name, arn: clusterArn(account, cluster.name), createdAt: preciseTime(cluster.createdAtMs), version: cluster.version,
    endpoint: `https://${cluster.id}.gr7.${region}.eks.amazonaws.com`, roleArn: roleArn(account, cluster.roleName),
    resourcesVpcConfig: {
      subnetIds: cluster.subnetIds, securityGroupIds: [], clusterSecurityGroupId: cluster.securityGroupId, vpcId: account.vpc.id,
      endpointPublicAccess: true, endpointPrivateAccess: true, publicAccessCidrs: ['0.0.0.0/0'],
    },
    kubernetesNetworkConfig: { serviceIpv4Cidr: cluster.serviceCidr, ipFamily: 'ipv4', elasticLoadBalancing: { enabled: false } },
    logging: { clusterLogging: [{ types: ['api', 'audit'], enabled: true }, { types: ['authenticator', 'controllerManager', 'scheduler'], enabled: false }] },
    identity: { oidc: { issuer: `https://oidc.eks.${region}.amazonaws.com/id/${cluster.id}` } },
    status: cluster.status, certificateAuthority: { data: certificate }, platformVersion: cluster.platformVersion, tags: cluster.tags, health: { issues: [] },
    accessConfig: { authenticationMode: 'API' }, upgradePolicy: { supportType: cluster.supportType }, deletionProtection: false, controlPlaneScalingConfig: { tier: 'standard' },
  };
}

export function nodegroupView(account: Account, nodegroup: Nodegroup, autoScaling: AutoScaling) {
  const { minSize, maxSize, desiredSize } = nodegroup.scaling;
  const group = autoScaling.groups.get(nodegroup.groupName);
  return {
    nodegroupName: nodegroup.name, nodegroupArn: nodegroupArn(account, nodegroup), clusterName: nodegroup.clusterName, version: nodegroup.version, releaseVersion: nodegroup.releaseVersion,
    createdAt: preciseTime(nodegroup.createdAtMs), modifiedAt: preciseTime(nodegroup.modifiedAtMs), status: nodegroup.status, capacityType: nodegroup.capacityType,
    scalingConfig: { minSize, maxSize, desiredSize }, instanceTypes: nodegroup.instanceTypes, subnets: nodegroup.subnetIds, amiType: nodegroup.amiType, nodeRole: roleArn(account, nodegroup.roleName),
    ...(Object.keys(nodegroup.labels).length > 0 && { labels: nodegroup.labels }),
    ...(nodegroup.taints.length > 0 && { taints: nodegroup.taints }),
    resources: { ...(group && { autoScalingGroups: [{ name: nodegroup.groupName }] }) },
    diskSize: nodegroup.diskGib, health: { issues: nodegroup.issues },
    updateConfig: {
      ...(nodegroup.updateConfig.maxUnavailable !== undefined && { maxUnavailable: nodegroup.updateConfig.maxUnavailable }),
      ...(nodegroup.updateConfig.maxUnavailablePercentage !== undefined && { maxUnavailablePercentage: nodegroup.updateConfig.maxUnavailablePercentage }),
      ...(nodegroup.updateConfig.updateStrategy !== undefined && { updateStrategy: nodegroup.updateConfig.updateStrategy }),
    },
    tags: nodegroup.tags,
  };
}

export const updateView = ({ id, status, type, params, createdAtMs, errors }: EksUpdate) => ({ id, status, type, params, createdAt: preciseTime(createdAtMs), errors });

export const addonView = (account: Account, cluster: string, addon: Addon) => ({
  addonName: addon.name, clusterName: cluster, status: addon.status, addonVersion: addon.version, health: { issues: addon.issues }, addonArn: addonArn(account, cluster, addon),
  createdAt: preciseTime(addon.createdAtMs), modifiedAt: preciseTime(addon.modifiedAtMs),
  ...(addon.serviceAccountRoleArn !== undefined && { serviceAccountRoleArn: addon.serviceAccountRoleArn }), tags: addon.tags,
  ...(addon.configurationValues !== undefined && { configurationValues: addon.configurationValues }),
});
