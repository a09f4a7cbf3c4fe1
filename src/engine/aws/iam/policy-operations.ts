import { IAM_QUOTAS } from '../../facts/iam.ts';
import { rfc3339 } from '../../kernel/calendar.ts';
import { awsError, awsTime, type AwsOperation, type AwsParameters, type AwsResult } from '../contract.ts';
import { readDocument, sizeOf } from './documents.ts';
import type { Iam, ManagedPolicy } from './iam.ts';
import { alreadyExists, badName, conflict, noSuchPolicy, noSuchVersion, overQuota } from './refusals.ts';
import { tagList, tagsOf } from './role-operations.ts';

const value = (result: Record<string, unknown>): AwsResult => ({ ok: true, value: result });
const time = (atMs: number): string => awsTime(rfc3339(atMs));

/** Operations on managed policies: AWS's own can be read, the account's also changed. */
export function policyOperations(iam: Iam): AwsOperation[] {
  const usersOf = (arn: string) => iam.roles.list().filter(role => role.attached.includes(arn));
  const shape = (policy: ManagedPolicy, detailed = false): Record<string, unknown> => ({
    PolicyName: policy.policyName, PolicyId: policy.policyId, Arn: policy.arn, Path: policy.path, DefaultVersionId: policy.defaultVersionId,
    AttachmentCount: usersOf(policy.arn).length, PermissionsBoundaryUsageCount: 0, IsAttachable: true,
    ...(detailed && policy.description !== undefined && { Description: policy.description }),
    CreateDate: time(policy.createdAtMs), UpdateDate: time(policy.updatedAtMs), ...(detailed && { Tags: tagList(policy.tags) }),
  });
  const versionShape = (policy: ManagedPolicy, id: string, document = true): Record<string, unknown> => ({
    ...(document && { Document: policy.versions[id]!.document }), VersionId: id, IsDefaultVersion: id === policy.defaultVersionId, CreateDate: time(policy.versions[id]!.createdAtMs),
  });
  /** An operation on the policy that a call names; `own` for those that change it. */
  const onPolicy = (name: string, own: boolean, run: (policy: ManagedPolicy, parameters: AwsParameters, nowMs: number) => AwsResult): AwsOperation => ({
    service: 'iam', name, resources: ({ PolicyArn }) => [String(PolicyArn)],
    run: ({ nowMs }, parameters) => {
      const arn = String(parameters['PolicyArn']);
      if (!/^arn:aws:iam::(aws|\d{12}):policy\/.+/.test(arn)) return awsError('InvalidInput', `ARN ${arn} is not valid.`, 400);
      const policy = iam.policy(arn);
      if (!policy) return noSuchPolicy(arn);
      if (own && !iam.policies.get(arn)) return awsError('AccessDenied', `Cannot modify the AWS managed policy ${arn}.`, 403);
      return run(policy, parameters, nowMs);
    },
  });
  return [
    onPolicy('GetPolicy', false, policy => value({ Policy: shape(policy, true) })),
    onPolicy('GetPolicyVersion', false, (policy, { VersionId }) => policy.versions[String(VersionId)] ? value({ PolicyVersion: versionShape(policy, String(VersionId)) }) : noSuchVersion(policy.arn, String(VersionId))),
    onPolicy('ListPolicyVersions', false, policy => value({ Versions: Object.keys(policy.versions).toReversed().map(id => versionShape(policy, id, false)), IsTruncated: false })),
    onPolicy('ListEntitiesForPolicy', false, policy => value({ PolicyGroups: [], PolicyUsers: [], PolicyRoles: usersOf(policy.arn).map(({ roleName, roleId }) => ({ RoleName: roleName, RoleId: roleId })), IsTruncated: false })),
    {
      service: 'iam', name: 'ListPolicies', resources: () => [`arn:aws:iam::${iam.accountId}:policy/`],
      run: (_call, { Scope, OnlyAttached, PathPrefix }) => value({
        Policies: iam.allPolicies()
          .filter(({ arn, path }) => (Scope !== 'AWS' || arn.startsWith('arn:aws:iam::aws:')) && (Scope !== 'Local' || !arn.startsWith('arn:aws:iam::aws:')) && path.startsWith(String(PathPrefix ?? '/')) && (OnlyAttached !== true || usersOf(arn).length > 0))
          .map(policy => shape(policy)), IsTruncated: false,
      }),
    },
    {
      service: 'iam', name: 'CreatePolicy', resources: ({ PolicyName, Path }) => [`arn:aws:iam::${iam.accountId}:policy${String(Path ?? '/')}${String(PolicyName)}`],
      run: ({ nowMs }, { PolicyName, Path, PolicyDocument, Description, Tags }) => {
        const policyName = String(PolicyName);
        const wrong = badName('policyName', policyName, 128);
        if (wrong) return wrong;
        const read = readDocument(PolicyDocument, 'identity');
        if (!read.ok) return read;
        if (sizeOf(read.document) > IAM_QUOTAS.policyBytes) return overQuota('PolicySize', IAM_QUOTAS.policyBytes);
        if (iam.policies.list().some(policy => policy.policyName.toLowerCase() === policyName.toLowerCase())) return alreadyExists(`A policy called ${policyName} already exists. Duplicate names are not allowed.`);
        const path = String(Path ?? '/');
        const arn = `arn:aws:iam::${iam.accountId}:policy${path}${policyName}`;
        const policy = iam.policies.put(arn, {
          arn, policyName, policyId: iam.newId('ANPA'), path, createdAtMs: nowMs, updatedAtMs: nowMs, defaultVersionId: 'v1',
          versions: { v1: { document: read.document, createdAtMs: nowMs } }, tags: tagsOf(Tags), ...(Description !== undefined && { description: String(Description) }),
        });
        return value({ Policy: { ...shape(policy), ...(Object.keys(policy.tags).length > 0 && { Tags: tagList(policy.tags) }) } });
      },
    },
    onPolicy('CreatePolicyVersion', true, (policy, { PolicyDocument, SetAsDefault }, nowMs) => {
      const read = readDocument(PolicyDocument, 'identity');
      if (!read.ok) return read;
      if (Object.keys(policy.versions).length >= IAM_QUOTAS.versionsPerPolicy) {
        return awsError('LimitExceeded', 'A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.', 409);
      }
      const id = `v${Math.max(...Object.keys(policy.versions).map(version => Number(version.slice(1)))) + 1}`;
      const after = iam.policies.put(policy.arn, {
        ...policy, updatedAtMs: nowMs, versions: { ...policy.versions, [id]: { document: read.document, createdAtMs: nowMs } }, ...(SetAsDefault === true && { defaultVersionId: id }),
      });
      return value({ PolicyVersion: versionShape(after, id, false) });
    }),
    onPolicy('SetDefaultPolicyVersion', true, (policy, { VersionId }, nowMs) => {
      if (!policy.versions[String(VersionId)]) return noSuchVersion(policy.arn, String(VersionId));
      iam.policies.put(policy.arn, { ...policy, updatedAtMs: nowMs, defaultVersionId: String(VersionId) });
      return value({});
    }),
    onPolicy('DeletePolicyVersion', true, (policy, { VersionId }) => {
      const { [String(VersionId)]: gone, ...versions } = policy.versions;
      if (!gone) return noSuchVersion(policy.arn, String(VersionId));
      if (VersionId === policy.defaultVersionId) return conflict('Cannot delete the default version of a policy.');
      iam.policies.put(policy.arn, { ...policy, versions });
      return value({});
    }),
    onPolicy('DeletePolicy', true, policy => {
      if (usersOf(policy.arn).length > 0) return conflict('Cannot delete a policy attached to entities.');
      if (Object.keys(policy.versions).length > 1) return conflict('This policy has more than one version. Before you delete a policy, you must delete the policy\'s versions. The default version is deleted with the policy.');
      iam.policies.delete(policy.arn);
      return value({});
    }),
  ];
}
