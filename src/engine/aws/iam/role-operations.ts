import { IAM_QUOTAS } from '../../facts/iam.ts';
import { rfc3339 } from '../../kernel/calendar.ts';
import { awsTime, type AwsOperation, type AwsParameters, type AwsResult } from '../contract.ts';
import { readDocument, sizeOf } from './documents.ts';
import type { Iam, Role } from './iam.ts';
import { alreadyExists, badName, conflict, noSuchPolicy, noSuchRole, noSuchRolePolicy, notAttachable, overQuota } from './refusals.ts';

type Tag = { readonly Key: string; readonly Value: string };

export const tagsOf = (list: unknown): Record<string, string> => Object.fromEntries(((list as Tag[] | undefined) ?? []).map(({ Key, Value }) => [Key, Value]));
export const tagList = (tags: Readonly<Record<string, string>>): Tag[] => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

/** A role in the shape of the API. @param detailed as GetRole shows it; lists leave tags out */
export function roleShape(iam: Iam, role: Role, detailed = false): Record<string, unknown> {
  return {
    Path: role.path, RoleName: role.roleName, RoleId: role.roleId, Arn: iam.roleArn(role), CreateDate: awsTime(rfc3339(role.createdAtMs)),
    AssumeRolePolicyDocument: role.trust, ...(role.description !== undefined && { Description: role.description }), MaxSessionDuration: role.maxSessionSeconds,
    ...(detailed && Object.keys(role.tags).length > 0 && { Tags: tagList(role.tags) }),
    ...(detailed && { RoleLastUsed: {} }),
  };
}

const OK: AwsResult = { ok: true, value: {} };
const value = (result: Record<string, unknown>): AwsResult => ({ ok: true, value: result });

/** Operations on roles and what is attached to them or written into them. */
export function roleOperations(iam: Iam): AwsOperation[] {
  /** An operation on the role that a call names. */
  const onRole = (name: string, run: (role: Role, parameters: AwsParameters) => AwsResult): AwsOperation => ({
    service: 'iam', name,
    resources: ({ RoleName }) => [`arn:aws:iam::${iam.accountId}:role${iam.roles.get(String(RoleName))?.path ?? '/'}${String(RoleName)}`],
    run: (_call, parameters) => {
      const role = iam.roles.get(String(parameters['RoleName']));
      return role ? run(role, parameters) : noSuchRole(String(parameters['RoleName']));
    },
  });
  const underPath = (path: unknown) => (entry: { readonly path: string }): boolean => entry.path.startsWith(String(path ?? '/'));
  return [
    onRole('GetRole', role => value({ Role: roleShape(iam, role, true) })),
    {
      service: 'iam', name: 'ListRoles', resources: () => [`arn:aws:iam::${iam.accountId}:role/`],
      run: (_call, { PathPrefix }) => value({
        Roles: iam.roles.list().filter(underPath(PathPrefix)).toSorted((a, b) => (a.roleName < b.roleName ? -1 : 1)).map(role => roleShape(iam, role)), IsTruncated: false,
      }),
    },
    {
      service: 'iam', name: 'CreateRole', resources: ({ RoleName, Path }) => [`arn:aws:iam::${iam.accountId}:role${String(Path ?? '/')}${String(RoleName)}`],
      run: ({ nowMs }, parameters) => {
        const { RoleName, Path, AssumeRolePolicyDocument, Description, MaxSessionDuration, Tags } = parameters;
        const roleName = String(RoleName);
        const wrong = badName('roleName', roleName, 64);
        if (wrong) return wrong;
        const trust = readDocument(AssumeRolePolicyDocument, 'trust');
        if (!trust.ok) return trust;
        if (sizeOf(trust.document) > IAM_QUOTAS.trustBytes) return overQuota('ACLSizePerRole', IAM_QUOTAS.trustBytes);
        if (iam.roles.list().some(role => role.roleName.toLowerCase() === roleName.toLowerCase())) return alreadyExists(`Role with name ${roleName} already exists.`);
        const role = iam.roles.put(roleName, {
          roleName, roleId: iam.newId('AROA'), path: String(Path ?? '/'), createdAtMs: nowMs, trust: trust.document, attached: [], inline: {},
          maxSessionSeconds: Number(MaxSessionDuration ?? 3_600), tags: tagsOf(Tags), ...(Description !== undefined && { description: String(Description) }),
        });
        const { MaxSessionDuration: _kept, ...made } = roleShape(iam, role);
        return value({ Role: { ...made, ...(Object.keys(role.tags).length > 0 && { Tags: tagList(role.tags) }) } });
      },
    },
    onRole('DeleteRole', role => {
      if (iam.profiles.list().some(({ roleName }) => roleName === role.roleName)) return conflict('Cannot delete entity, must remove roles from instance profile first.');
      if (role.attached.length > 0) return conflict('Cannot delete entity, must detach all policies first.');
      if (Object.keys(role.inline).length > 0) return conflict('Cannot delete entity, must delete policies first.');
      iam.roles.delete(role.roleName);
      return OK;
    }),
    onRole('UpdateAssumeRolePolicy', (role, { PolicyDocument }) => {
      const trust = readDocument(PolicyDocument, 'trust');
      if (!trust.ok) return trust;
      iam.roles.put(role.roleName, { ...role, trust: trust.document });
      return OK;
    }),
    onRole('ListAttachedRolePolicies', (role, { PathPrefix }) => value({
      AttachedPolicies: role.attached.flatMap(arn => iam.policy(arn) ?? []).filter(underPath(PathPrefix)).map(({ policyName, arn }) => ({ PolicyName: policyName, PolicyArn: arn })), IsTruncated: false,
    })),
    onRole('AttachRolePolicy', (role, { PolicyArn }) => {
      const arn = String(PolicyArn);
      if (!iam.policy(arn)) return notAttachable(arn);
      if (role.attached.includes(arn)) return OK;
      if (role.attached.length >= IAM_QUOTAS.policiesPerRole) return overQuota('PoliciesPerRole', IAM_QUOTAS.policiesPerRole);
      iam.roles.put(role.roleName, { ...role, attached: [...role.attached, arn] });
      return OK;
    }),
    onRole('DetachRolePolicy', (role, { PolicyArn }) => {
      const arn = String(PolicyArn);
      if (!role.attached.includes(arn)) return noSuchPolicy(arn);
      iam.roles.put(role.roleName, { ...role, attached: role.attached.filter(entry => entry !== arn) });
      return OK;
    }),
    onRole('ListRolePolicies', role => value({ PolicyNames: Object.keys(role.inline).toSorted(), IsTruncated: false })),
    onRole('GetRolePolicy', (role, { PolicyName }) => {
      const document = role.inline[String(PolicyName)];
      return document ? value({ RoleName: role.roleName, PolicyName: String(PolicyName), PolicyDocument: document }) : noSuchRolePolicy(String(PolicyName));
    }),
    onRole('PutRolePolicy', (role, { PolicyName, PolicyDocument }) => {
      const wrong = badName('policyName', String(PolicyName), 128);
      if (wrong) return wrong;
      const read = readDocument(PolicyDocument, 'identity');
      if (!read.ok) return read;
      const inline = { ...role.inline, [String(PolicyName)]: read.document };
      const bytes = Object.values(inline).reduce((total, document) => total + sizeOf(document), 0);
      if (bytes > IAM_QUOTAS.inlineBytesPerRole) return overQuota(`policy size for role ${role.roleName}`, IAM_QUOTAS.inlineBytesPerRole);
      iam.roles.put(role.roleName, { ...role, inline });
      return OK;
    }),
    onRole('DeleteRolePolicy', (role, { PolicyName }) => {
      const { [String(PolicyName)]: gone, ...inline } = role.inline;
      if (!gone) return noSuchRolePolicy(String(PolicyName));
      iam.roles.put(role.roleName, { ...role, inline });
      return OK;
    }),
    onRole('ListRoleTags', role => value({ Tags: tagList(role.tags), IsTruncated: false })),
  ];
}
