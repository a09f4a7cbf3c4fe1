import { describe, expect, test } from 'vitest';
import { Kernel } from '../../kernel/kernel.ts';
import { AwsAccount } from '../account.ts';
import type { AwsService } from '../contract.ts';
import { plainAccount } from '../plain-account.ts';

const TRUST = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }] });
const READ_S3 = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::kfo-media/*' }] });
const PULL_ONLY = 'arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryPullOnly';
const MINE = 'arn:aws:iam::111122223333:policy/media-read';

class Account {
  readonly kernel = new Kernel({ seed: 1 });
  readonly aws = new AwsAccount(this.kernel, plainAccount('eu-west-1', { 'eu-west-1a': '10.20.0.0/24' }));
  /** The value, or `Code: message`. */
  call(operation: string, parameters: Record<string, unknown> = {}, service: AwsService = 'iam', role = 'drydock-admin'): any {
    const answer = this.aws.api.call(this.aws.roleSession(role, 'ana'), service, operation, parameters);
    return answer.ok ? answer.value : `${answer.error.code}: ${answer.error.message}`;
  }
  do(...calls: readonly (readonly [string, Record<string, unknown>])[]): this {
    for (const [operation, parameters] of calls) {
      const answer = this.call(operation, parameters);
      if (typeof answer === 'string') throw new Error(answer);
    }
    return this;
  }
}

const made = ['CreateRole', { RoleName: 'app', AssumeRolePolicyDocument: TRUST }] as const;
const owned = ['CreatePolicy', { PolicyName: 'media-read', PolicyDocument: READ_S3 }] as const;
const attached = ['AttachRolePolicy', { RoleName: 'app', PolicyArn: MINE }] as const;
const many = Array.from({ length: 10 }, (_, index) => [['CreatePolicy', { PolicyName: `p${index}`, PolicyDocument: READ_S3 }], ['AttachRolePolicy', { RoleName: 'app', PolicyArn: `arn:aws:iam::111122223333:policy/p${index}` }]] as const).flat();

describe('what IAM refuses', () => {
  test.each<[string, readonly (readonly [string, Record<string, unknown>])[], string, Record<string, unknown>, string]>([
    ['a role that is not there', [], 'GetRole', { RoleName: 'nobody' }, 'NoSuchEntity: The role with name nobody cannot be found.'],
    ['a role that is', [made], 'CreateRole', { RoleName: 'app', AssumeRolePolicyDocument: TRUST }, 'EntityAlreadyExists: Role with name app already exists.'],
    ['a trust policy that is not JSON', [], 'CreateRole', { RoleName: 'app', AssumeRolePolicyDocument: 'x' }, 'MalformedPolicyDocument: This policy contains invalid Json'],
    ['a policy that is not there', [made], 'AttachRolePolicy', { RoleName: 'app', PolicyArn: 'arn:aws:iam::aws:policy/AmazonEcrPull' }, 'NoSuchEntity: Policy arn:aws:iam::aws:policy/AmazonEcrPull does not exist or is not attachable.'],
    ['an eleventh policy', [made, ...many], 'AttachRolePolicy', { RoleName: 'app', PolicyArn: PULL_ONLY }, 'LimitExceeded: Cannot exceed quota for PoliciesPerRole: 10'],
    ['to detach what is not attached', [made], 'DetachRolePolicy', { RoleName: 'app', PolicyArn: PULL_ONLY }, `NoSuchEntity: Policy ${PULL_ONLY} was not found.`],
    ['to delete a role with policies', [made, owned, attached], 'DeleteRole', { RoleName: 'app' }, 'DeleteConflict: Cannot delete entity, must detach all policies first.'],
    ['to delete a role of an instance profile', [], 'DeleteRole', { RoleName: 'drydock-node' }, 'DeleteConflict: Cannot delete entity, must remove roles from instance profile first.'],
    ['to delete a policy in use', [made, owned, attached], 'DeletePolicy', { PolicyArn: MINE }, 'DeleteConflict: Cannot delete a policy attached to entities.'],
    ['an inline policy that is not there', [made], 'GetRolePolicy', { RoleName: 'app', PolicyName: 'x' }, 'NoSuchEntity: The role policy with name x cannot be found.'],
    ['an inline policy without a resource', [made], 'PutRolePolicy', { RoleName: 'app', PolicyName: 'x', PolicyDocument: '{"Statement":[{"Effect":"Allow","Action":"s3:*"}]}' }, 'MalformedPolicyDocument: Policy statement must contain resources.'],
    ['another version', [], 'GetPolicyVersion', { PolicyArn: PULL_ONLY, VersionId: 'v9' }, `NoSuchEntity: Policy ${PULL_ONLY} version v9 does not exist or is not attachable.`],
    ['to say which user a role session is', [], 'GetUser', {}, 'ValidationError: Must specify userName when calling with non-User credentials'],
  ])('%s', (_title, before, operation, parameters, refusal) => {
    expect(new Account().do(...before).call(operation, parameters)).toBe(refusal);
  });

  test('a call that no policy allows', () => {
    expect(new Account().call('ListRoles', {}, 'iam', 'drydock-node')).toBe('AccessDenied: User: arn:aws:sts::111122223333:assumed-role/drydock-node/ana is not authorized to perform: iam:ListRoles on resource: arn:aws:iam::111122223333:role/ because no identity-based policy allows the iam:ListRoles action');
  });
});

describe('what IAM tells', () => {
  test('a role and what is attached to it', () => {
    const account = new Account().do(made, owned, attached, ['PutRolePolicy', { RoleName: 'app', PolicyName: 'in', PolicyDocument: READ_S3 }]);
    expect(account.call('GetRole', { RoleName: 'app' }).Role).toMatchObject({ RoleName: 'app', Arn: 'arn:aws:iam::111122223333:role/app', Path: '/', MaxSessionDuration: 3600, AssumeRolePolicyDocument: JSON.parse(TRUST) });
    expect(account.call('ListAttachedRolePolicies', { RoleName: 'app' }).AttachedPolicies).toEqual([{ PolicyName: 'media-read', PolicyArn: MINE }]);
    expect(account.call('ListRolePolicies', { RoleName: 'app' }).PolicyNames).toEqual(['in']);
    expect(account.call('GetPolicy', { PolicyArn: MINE }).Policy).toMatchObject({ DefaultVersionId: 'v1', AttachmentCount: 1 });
    expect(account.call('ListInstanceProfilesForRole', { RoleName: 'drydock-node' }).InstanceProfiles[0]).toMatchObject({ InstanceProfileName: 'drydock-node', Roles: [{ RoleName: 'drydock-node' }] });
  });

  test("AWS's own policies in their words", () => {
    const { Document } = new Account().call('GetPolicyVersion', { PolicyArn: PULL_ONLY, VersionId: 'v1' }).PolicyVersion;
    expect(Document.Statement[0].Action).toEqual(['ecr:GetAuthorizationToken', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer', 'ecr:BatchImportUpstreamImage']);
  });

  test('a simulation says which policy decides', () => {
    const account = new Account().do(made, owned, attached);
    const simulate = (action: string, resource: string): unknown => account.call('SimulatePrincipalPolicy', { PolicySourceArn: 'arn:aws:iam::111122223333:role/app', ActionNames: [action], ResourceArns: [resource] }).EvaluationResults[0];
    expect(simulate('s3:GetObject', 'arn:aws:s3:::kfo-media/1.png')).toMatchObject({ EvalDecision: 'allowed', MatchedStatements: [{ SourcePolicyId: 'media-read' }] });
    expect(simulate('s3:PutObject', 'arn:aws:s3:::kfo-media/1.png')).toMatchObject({ EvalDecision: 'implicitDeny', MatchedStatements: [] });
  });

  test('a role counts some seconds after it was made', () => {
    const account = new Account().do(made, owned, attached);
    const { iam } = account.aws;
    const decide = () => iam.decide(account.aws.roleSession('app', 'x'), 's3:GetObject', 'arn:aws:s3:::kfo-media/1.png');
    expect(decide()).toBe('implicit-deny');
    account.kernel.run({ untilMs: account.kernel.nowMs + 6_000 });
    expect(decide()).toBe('allowed');
  });
});

describe('sts', () => {
  test('tells who one is, whatever the policies say', () => {
    expect(new Account().call('GetCallerIdentity', {}, 'sts', 'drydock-node')).toMatchObject({ Account: '111122223333', Arn: 'arn:aws:sts::111122223333:assumed-role/drydock-node/ana' });
  });

  test('a role is taken on when it trusts the caller', () => {
    const trust = (Principal: unknown) => JSON.stringify({ Statement: [{ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' }] });
    const account = new Account().do(['CreateRole', { RoleName: 'ops', AssumeRolePolicyDocument: trust({ AWS: 'arn:aws:iam::111122223333:root' }) }]);
    const assume = (role: string, by: string) => account.call('AssumeRole', { RoleArn: `arn:aws:iam::111122223333:role/${role}`, RoleSessionName: 's' }, 'sts', by);
    expect(assume('ops', 'drydock-admin').AssumedRoleUser.Arn).toBe('arn:aws:sts::111122223333:assumed-role/ops/s');
    expect(assume('ops', 'drydock-node')).toBe('AccessDenied: User: arn:aws:sts::111122223333:assumed-role/drydock-node/ana is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::111122223333:role/ops');
    expect(assume('drydock-node', 'drydock-admin')).toMatch(/^AccessDenied/);
  });
});
