import { rfc3339 } from '../../kernel/calendar.ts';
import { awsError, awsTime, type AwsOperation, type AwsResult } from '../contract.ts';
import type { Iam } from '../iam/iam.ts';

/** `aws sts`: who am I, and who may I become. */
export function stsOperations(iam: Iam): AwsOperation[] {
  return [
    {
      // Needs no permission at all: an explicit deny does not stop it either. Source: STS API reference.
      service: 'sts', name: 'GetCallerIdentity', unjudged: true,
      run: ({ principal, accountId }): AwsResult => ({ ok: true, value: { UserId: principal.userId, Account: accountId, Arn: principal.arn } }),
    },
    {
      service: 'sts', name: 'AssumeRole', unjudged: true,
      run: ({ principal, nowMs }, { RoleArn, RoleSessionName, DurationSeconds }): AwsResult => {
        const arn = String(RoleArn);
        const caller = principal.roleName === undefined ? undefined : iam.roles.get(principal.roleName);
        const role = iam.roles.list().find(entry => iam.roleArn(entry) === arn);
        const names = caller && iam.namesOf(principal, caller);
        // Inside one account a trust policy that names the caller is enough; one that names the account leaves it to the caller's policies.
        const direct = names && { AWS: [principal.arn, iam.roleArn(caller)] };
        const trusted = role && names && (iam.mayAssume(direct!, role) || (iam.mayAssume(names, role) && iam.decide(principal, 'sts:AssumeRole', arn) === 'allowed'));
        if (!role || !trusted) return awsError('AccessDenied', `User: ${principal.arn} is not authorized to perform: sts:AssumeRole on resource: ${arn}`, 403);
        const seconds = Number(DurationSeconds ?? 3_600);
        if (seconds > role.maxSessionSeconds) return awsError('ValidationError', 'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.', 400);
        return {
          ok: true, value: {
            Credentials: { AccessKeyId: iam.newId('ASIA'), SecretAccessKey: iam.secret(40), SessionToken: iam.secret(160), Expiration: awsTime(rfc3339(nowMs + seconds * 1000)) },
            AssumedRoleUser: { AssumedRoleId: `${role.roleId}:${String(RoleSessionName)}`, Arn: `arn:aws:sts::${iam.accountId}:assumed-role/${role.roleName}/${String(RoleSessionName)}` },
          },
        };
      },
    },
  ];
}
