import type { ClusterRoleBinding } from 'kubernetes-types/rbac/v1.d.ts';
import type { ClusterRole } from 'kubernetes-types/rbac/v1.d.ts';
import type { SecurityGroup } from '../../engine/aws/ec2/contract.ts';
import type { Cluster } from '../../engine/cluster.ts';

/** Which wildcards, admins and open doors were there before: only what is new is a breach. */
export interface CloudBaseline {
  readonly grants: ReadonlySet<string>;
  readonly openRules: ReadonlySet<string>;
}

export function takeCloudBaseline(cluster: Cluster): CloudBaseline {
  return { grants: new Set(wideGrants(cluster).map(({ key }) => key)), openRules: new Set(openRules(cluster.aws.ec2.securityGroups.list()).map(({ key }) => key)) };
}

/** G-iam: no wildcard action, no admin policy, no binding to cluster-admin and no `*` rule that was not there. */
export function iamProblem(cluster: Cluster, baseline: CloudBaseline): string | undefined {
  return wideGrants(cluster).find(({ key }) => !baseline.grants.has(key))?.say;
}

/** G-netpol: nothing new is open to the world. */
export function openDoorProblem(cluster: Cluster, baseline: CloudBaseline): string | undefined {
  return openRules(cluster.aws.ec2.securityGroups.list()).find(({ key }) => !baseline.openRules.has(key))?.say;
}

interface Finding { readonly key: string; readonly say: string }

const listOf = (value: string | readonly string[] | undefined): readonly string[] => (value === undefined ? [] : typeof value === 'string' ? [value] : value);
/** `*`, `ecr:*`: everything, or everything of a service. */
const isWide = (action: string): boolean => action === '*' || /^[a-z0-9-]+:\*$/i.test(action);
/** AWS's own policies that give everything, or everything of a service. */
const ADMIN_POLICY = /\/(AdministratorAccess|PowerUserAccess|IAMFullAccess|AmazonEC2ContainerRegistryFullAccess|AmazonEC2FullAccess)$/;

function wideGrants({ aws: { iam }, api: { reader } }: Cluster): Finding[] {
  const found: Finding[] = [];
  for (const role of iam.roles.list()) {
    for (const { name, arn, document } of iam.documentsOf(role)) {
      if (arn?.startsWith('arn:aws:iam::aws:')) {
        if (ADMIN_POLICY.test(arn)) found.push({ key: `${role.roleName} ${arn}`, say: `role ${role.roleName} has ${arn.slice(arn.lastIndexOf('/') + 1)}` });
        continue;
      }
      for (const statement of document.Statement) {
        const wide = statement.Effect === 'Allow' ? listOf(statement.Action).find(isWide) : undefined;
        if (wide !== undefined) found.push({ key: `${role.roleName} ${name} ${wide}`, say: `policy ${name} of role ${role.roleName} allows ${wide}` });
      }
    }
  }
  for (const { metadata, roleRef, subjects } of reader.list<ClusterRoleBinding>('ClusterRoleBinding')) {
    if (roleRef.name === 'cluster-admin') for (const subject of subjects ?? []) found.push({ key: `crb ${metadata.name} ${subject.kind} ${subject.name}`, say: `${metadata.name} makes ${subject.kind} ${subject.name} cluster-admin` });
  }
  for (const { metadata, rules } of reader.list<ClusterRole>('ClusterRole')) {
    if ((rules ?? []).some(({ verbs, resources = [] }) => verbs.includes('*') && resources.includes('*'))) found.push({ key: `cr ${metadata.name}`, say: `cluster role ${metadata.name} may do everything` });
  }
  return found;
}

const openRules = (groups: readonly SecurityGroup[]): Finding[] => groups.flatMap(({ groupId, rules }) => rules
  .filter(({ egress, cidr }) => !egress && cidr === '0.0.0.0/0')
  .map(({ protocol, fromPort, toPort }) => ({ key: `${groupId} ${protocol} ${fromPort}-${toPort}`, say: `${groupId} lets everybody in on ${fromPort === toPort ? fromPort : `${fromPort}–${toPort}`}` })));
