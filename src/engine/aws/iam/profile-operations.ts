import { rfc3339 } from '../../kernel/calendar.ts';
import { awsTime, type AwsOperation, type AwsParameters, type AwsResult } from '../contract.ts';
import type { Iam, InstanceProfile } from './iam.ts';
import { alreadyExists, badName, conflict, invalid, noSuchProfile, noSuchRole, overQuota } from './refusals.ts';
import { roleShape } from './role-operations.ts';

const value = (result: Record<string, unknown>): AwsResult => ({ ok: true, value: result });

/** Instance profiles, and the few questions about users and identity providers that a role session asks. */
export function profileOperations(iam: Iam): AwsOperation[] {
  const shape = (profile: InstanceProfile): Record<string, unknown> => {
    const role = profile.roleName === undefined ? undefined : iam.roles.get(profile.roleName);
    return {
      Path: profile.path, InstanceProfileName: profile.name, InstanceProfileId: profile.id, Arn: arnOf(profile.name),
      CreateDate: awsTime(rfc3339(profile.createdAtMs)), Roles: role ? [withoutLimits(roleShape(iam, role))] : [],
    };
  };
  const arnOf = (name: string): string => `arn:aws:iam::${iam.accountId}:instance-profile${iam.profiles.get(name)?.path ?? '/'}${name}`;
  const onProfile = (name: string, run: (profile: InstanceProfile, parameters: AwsParameters) => AwsResult): AwsOperation => ({
    service: 'iam', name, resources: ({ InstanceProfileName }) => [arnOf(String(InstanceProfileName))],
    run: (_call, parameters) => {
      const profile = iam.profiles.get(String(parameters['InstanceProfileName']));
      return profile ? run(profile, parameters) : noSuchProfile(String(parameters['InstanceProfileName']));
    },
  });
  return [
    onProfile('GetInstanceProfile', profile => value({ InstanceProfile: { ...shape(profile), Tags: [] } })),
    {
      service: 'iam', name: 'ListInstanceProfiles', resources: () => [`arn:aws:iam::${iam.accountId}:instance-profile/`],
      run: (_call, { PathPrefix }) => value({ InstanceProfiles: iam.profiles.list().filter(({ path }) => path.startsWith(String(PathPrefix ?? '/'))).map(shape), IsTruncated: false }),
    },
    {
      service: 'iam', name: 'ListInstanceProfilesForRole', resources: ({ RoleName }) => [`arn:aws:iam::${iam.accountId}:role/${String(RoleName)}`],
      run: (_call, { RoleName }) => iam.roles.get(String(RoleName))
        ? value({ InstanceProfiles: iam.profiles.list().filter(({ roleName }) => roleName === RoleName).map(shape), IsTruncated: false }) : noSuchRole(String(RoleName)),
    },
    {
      service: 'iam', name: 'CreateInstanceProfile', resources: ({ InstanceProfileName }) => [arnOf(String(InstanceProfileName))],
      run: ({ nowMs }, { InstanceProfileName, Path }) => {
        const name = String(InstanceProfileName);
        const wrong = badName('instanceProfileName', name, 128);
        if (wrong) return wrong;
        if (iam.profiles.get(name)) return alreadyExists(`Instance Profile ${name} already exists.`);
        return value({ InstanceProfile: shape(iam.profiles.put(name, { name, id: iam.newId('AIPA'), path: String(Path ?? '/'), createdAtMs: nowMs })) });
      },
    },
    onProfile('AddRoleToInstanceProfile', (profile, { RoleName }) => {
      if (!iam.roles.get(String(RoleName))) return noSuchRole(String(RoleName));
      if (profile.roleName !== undefined) return overQuota('InstanceSessionsPerInstanceProfile', 1);
      iam.profiles.put(profile.name, { ...profile, roleName: String(RoleName) });
      return value({});
    }),
    onProfile('RemoveRoleFromInstanceProfile', (profile, { RoleName }) => {
      if (profile.roleName !== RoleName) return noSuchRole(String(RoleName));
      const { roleName: _gone, ...rest } = profile;
      iam.profiles.put(profile.name, rest);
      return value({});
    }),
    onProfile('DeleteInstanceProfile', profile => {
      if (profile.roleName !== undefined) return conflict('Cannot delete entity, must remove roles from instance profile first.');
      iam.profiles.delete(profile.name);
      return value({});
    }),
    {
      service: 'iam', name: 'GetUser', resources: ({ UserName }) => [`arn:aws:iam::${iam.accountId}:user/${String(UserName ?? '')}`],
      run: (_call, { UserName }) => UserName === undefined ? invalid('Must specify userName when calling with non-User credentials')
        : { ok: false, error: { code: 'NoSuchEntity', message: `The user with name ${String(UserName)} cannot be found.`, status: 404 } },
    },
    { service: 'iam', name: 'ListUsers', resources: () => [`arn:aws:iam::${iam.accountId}:user/`], run: () => value({ Users: [], IsTruncated: false }) },
    { service: 'iam', name: 'ListOpenIDConnectProviders', resources: () => [`arn:aws:iam::${iam.accountId}:oidc-provider/*`], run: () => value({ OpenIDConnectProviderList: iam.providers.map(Arn => ({ Arn })) }) },
  ];
}

/** Inside a profile a role shows no session limit. */
function withoutLimits(role: Record<string, unknown>): Record<string, unknown> {
  const { MaxSessionDuration: _limit, Description: _text, ...rest } = role;
  return rest;
}
