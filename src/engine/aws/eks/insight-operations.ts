import type { Node } from 'kubernetes-types/core/v1.d.ts';
import { ADDONS } from '../../facts/eks-addons.ts';
import { MINOR_VERSIONS } from '../../facts/eks.ts';
import type { AwsOperation, AwsResult } from '../contract.ts';
import { wholeSecond } from '../time.ts';
import type { Eks } from './eks.ts';
import { clusterNamed, notFound } from './refusals.ts';
import { clusterArn, roleArn } from './views.ts';

type Status = 'PASSING' | 'WARNING' | 'ERROR';
interface Insight { readonly id: string; readonly name: string; readonly description: string; readonly status: Status; readonly reason: string; readonly recommendation: string; readonly resources: readonly { uri: string; status: Status; reason: string }[] }

const minorNumber = (version: string): number => Number(version.replace(/^v/, '').split('.')[1]);
const DAY_MS = 86_400_000;

/** Upgrade insights of the cluster for its next version, worked out from its state. Names and passing reasons as EKS's; the others are assumed. */
function insightsOf(eks: Eks): { readonly next: string; readonly insights: readonly Insight[] } {
  const current = minorNumber(eks.cluster.version);
  const next = `1.${current + 1}`;
  const kubelets = eks.api.reader.list<Node>('Node').map(node => ({ uri: `/api/v1/nodes/${node.metadata.name}`, behind: current - minorNumber(node.status?.nodeInfo?.kubeletVersion ?? '') }));
  const worst = Math.max(0, ...kubelets.map(({ behind }) => behind));
  const skew: Status = worst >= 3 ? 'ERROR' : worst > 0 ? 'WARNING' : 'PASSING';
  const proxy = eks.addons.get('kube-proxy');
  const proxyBehind = proxy ? current - minorNumber(proxy.version) : 0;
  const outdated = eks.addons.list().filter(({ name, version }) => !(ADDONS.find(each => each.name === name)?.versions.find(each => each.version === version)?.clusters.includes(next) ?? true));
  const known = MINOR_VERSIONS.some(({ minor }) => minor === next);
  const insights: Omit<Insight, 'id'>[] = [
    {
      name: 'Kubelet version skew', description: 'Checks for kubelet versions of worker nodes in the cluster to see if upgrade would cause non compliance with supported Kubernetes kubelet version skew policy.', status: skew,
      reason: skew === 'PASSING' ? 'Node kubelet versions match the cluster control plane version.' : `Node kubelet versions are up to ${worst} minor version${worst === 1 ? '' : 's'} behind the cluster control plane version.`,
      recommendation: 'Upgrade your worker nodes to match the Kubernetes version of your cluster control plane.', resources: kubelets.filter(({ behind }) => behind > 0).map(({ uri, behind }) => ({ uri, status: behind >= 3 ? 'ERROR' : 'WARNING', reason: `Kubelet is ${behind} minor version${behind === 1 ? '' : 's'} behind.` })),
    },
    {
      name: 'kube-proxy version skew', description: 'Checks version of kube-proxy in cluster to see if upgrade would cause non compliance with supported Kubernetes kube-proxy version skew policy.', status: proxyBehind >= 3 ? 'ERROR' : proxyBehind > 0 ? 'WARNING' : 'PASSING',
      reason: proxyBehind > 0 ? `kube-proxy is ${proxyBehind} minor version${proxyBehind === 1 ? '' : 's'} behind the cluster control plane version.` : 'kube-proxy versions match the cluster control plane version.', recommendation: 'Upgrade kube-proxy in your cluster to match the Kubernetes version of your cluster control plane.', resources: [],
    },
    {
      name: 'EKS add-on version compatibility', description: 'Checks version of installed EKS add-ons to ensure they are compatible with the next version of Kubernetes.', status: known && outdated.length > 0 ? 'ERROR' : 'PASSING',
      reason: known && outdated.length > 0 ? `Installed EKS add-on versions are not compatible with next Kubernetes version: ${outdated.map(({ name }) => name).join(', ')}.` : 'All installed EKS add-on versions are compatible with next Kubernetes version.', recommendation: 'Verify add-on versions before upgrading.', resources: [],
    },
    { name: 'Cluster health issues', description: 'Checks for any cluster health issues that prevent successful upgrade to the next Kubernetes version on EKS.', status: 'PASSING', reason: 'No cluster health issues detected.', recommendation: 'Check cluster health issues.', resources: [] },
  ];
  return { next, insights: insights.map((insight, index) => ({ id: `${eks.cluster.id.toLowerCase().slice(0, 8)}-0000-4000-8000-${String(index + 1).padStart(12, '0')}`, ...insight })) };
}

/** Insights and access entries. */
export function insightOperations(eks: Eks): AwsOperation[] {
  const { foundation, kernel } = eks.parts;
  const resources = ({ clusterName }: Readonly<Record<string, unknown>>): string[] => [clusterArn(foundation, String(clusterName))];
  const head = ({ id, name, description, status, reason }: Insight, next: string) => {
    // Refreshed about once a day.
    const refreshed = wholeSecond(Math.max(eks.cluster.createdAtMs, kernel.nowMs - (kernel.nowMs % DAY_MS)));
    return { id, name, category: 'UPGRADE_READINESS', kubernetesVersion: next, lastRefreshTime: refreshed, lastTransitionTime: refreshed, description, insightStatus: { status, reason } };
  };
  const entries = () => {
    const roles = [...new Set(eks.nodegroups.table.list().map(({ roleName }) => roleName))];
    const createdAt = wholeSecond(eks.cluster.createdAtMs);
    const entry = (roleName: string, type: string, kubernetesGroups: readonly string[], username: string) => ({
      clusterName: eks.cluster.name, principalArn: roleArn(foundation, roleName), kubernetesGroups, accessEntryArn: `arn:aws:eks:${foundation.region}:${foundation.account}:access-entry/${eks.cluster.name}/role/${foundation.account}/${roleName}`,
      createdAt, modifiedAt: createdAt, tags: {}, username, type,
    });
    return [
      ...roles.map(role => entry(role, 'EC2_LINUX', ['system:nodes'], 'system:node:{{EC2PrivateDNSName}}')),
      entry(foundation.learner.role, 'STANDARD', [], `arn:aws:sts::${foundation.account}:assumed-role/${foundation.learner.role}/{{SessionName}}`),
    ];
  };
  return [
    {
      service: 'eks', name: 'ListInsights', resources,
      run(_call, { clusterName, filter }): AwsResult {
        const found = clusterNamed(eks, clusterName);
        if (!found.ok) return found;
        const { next, insights } = insightsOf(eks);
        const { statuses } = (filter ?? {}) as { statuses?: readonly string[] };
        return { ok: true, value: { insights: insights.filter(({ status }) => !statuses || statuses.includes(status)).map(insight => head(insight, next)) } };
      },
    },
    {
      service: 'eks', name: 'DescribeInsight', resources,
      run(_call, { clusterName, id }): AwsResult {
        const found = clusterNamed(eks, clusterName);
        if (!found.ok) return found;
        const { next, insights } = insightsOf(eks);
        const insight = insights.find(each => each.id === id);
        if (!insight) return notFound(`No insight found for id: ${String(id)}`);
        return { ok: true, value: { insight: {
          ...head(insight, next), recommendation: insight.recommendation, additionalInfo: {},
          resources: insight.resources.map(({ uri, status, reason }) => ({ insightStatus: { status, reason }, kubernetesResourceUri: uri })),
          categorySpecificSummary: { deprecationDetails: [], addonCompatibilityDetails: [] },
        } } };
      },
    },
    {
      service: 'eks', name: 'ListAccessEntries', resources,
      run(_call, { clusterName }): AwsResult {
        const found = clusterNamed(eks, clusterName);
        return found.ok ? { ok: true, value: { accessEntries: entries().map(({ principalArn }) => principalArn) } } : found;
      },
    },
    {
      service: 'eks', name: 'DescribeAccessEntry', resources,
      run(_call, { clusterName, principalArn }): AwsResult {
        const found = clusterNamed(eks, clusterName);
        if (!found.ok) return found;
        const accessEntry = entries().find(each => each.principalArn === principalArn);
        return accessEntry ? { ok: true, value: { accessEntry } } : notFound(`The specified principalArn could not be found. You can view your available access entries with 'list-access-entries'.`);
      },
    },
  ];
}
