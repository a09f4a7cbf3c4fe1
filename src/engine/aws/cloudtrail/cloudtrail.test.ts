import { expect, test } from 'vitest';
import { Kernel } from '../../kernel/kernel.ts';
import { AwsAccount } from '../account.ts';
import { plainAccount } from '../plain-account.ts';

function account() {
  const aws = new AwsAccount(new Kernel({ seed: 1 }), plainAccount('eu-west-1', { 'eu-west-1a': '10.20.0.0/24' }));
  const admin = aws.api.as(aws.roleSession('drydock-admin', 'ana'));
  return { aws, admin };
}

test('the newest call is first, and one attribute narrows them', () => {
  const { aws, admin } = account();
  admin.call('iam', 'CreateRole', { RoleName: 'empty', AssumeRolePolicyDocument: { Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }] } });
  aws.api.as(aws.roleSession('empty', 'i-0abc')).call('ecr', 'GetAuthorizationToken');
  const events = (key: string, value: string) => admin.call('cloudtrail', 'LookupEvents', { LookupAttributes: [{ AttributeKey: key, AttributeValue: value }] });
  const found = events('EventName', 'GetAuthorizationToken');
  expect(found.ok && found.value['Events']).toHaveLength(1);
  const event = found.ok ? found.value['Events'][0] : undefined;
  expect(event).toMatchObject({ Username: 'i-0abc', EventSource: 'ecr.amazonaws.com', ReadOnly: 'true' });
  expect(JSON.parse(event.CloudTrailEvent)).toMatchObject({
    errorCode: 'AccessDenied', userIdentity: { arn: 'arn:aws:sts::111122223333:assumed-role/empty/i-0abc' },
    errorMessage: 'User: arn:aws:sts::111122223333:assumed-role/empty/i-0abc is not authorized to perform: ecr:GetAuthorizationToken on resource: * because no identity-based policy allows the ecr:GetAuthorizationToken action',
  });
  const byAna = events('Username', 'ana');
  expect(byAna.ok && byAna.value['Events'].map((entry: { EventName: string }) => entry.EventName)).toEqual(['LookupEvents', 'CreateRole']);
  const onRole = events('ResourceName', 'empty');
  expect(onRole.ok && onRole.value['Events'][0].Resources).toEqual([{ ResourceType: 'AWS::IAM::Role', ResourceName: 'empty' }]);
});
