import { describe, expect, test } from 'vitest';
import { readDocument } from './documents.ts';
import { documentOf, verdictOf, type PrincipalNames, type Statement, type Verdict } from './policy.ts';

const bucket = 'arn:aws:s3:::orders';
const allow = (more: Partial<Statement>): Statement => ({ Effect: 'Allow', Action: '*', Resource: '*', ...more });
const deny = (more: Partial<Statement>): Statement => ({ ...allow(more), Effect: 'Deny' });

describe('what a set of statements says about a call', () => {
  test.each<[string, Statement[], string, string, Verdict]>([
    ['nothing allows', [], 's3:GetObject', bucket, 'none'],
    ['an allow for the action', [allow({ Action: 's3:GetObject' })], 's3:GetObject', bucket, 'allow'],
    ['actions are compared without case', [allow({ Action: 'S3:getobject' })], 's3:GetObject', bucket, 'allow'],
    ['a star at the end', [allow({ Action: 's3:Get*' })], 's3:GetObject', bucket, 'allow'],
    ['a star does not reach other verbs', [allow({ Action: 's3:Get*' })], 's3:PutObject', bucket, 'none'],
    ['a question mark is one character', [allow({ Action: 'ec2:?escribeVpcs' })], 'ec2:DescribeVpcs', '*', 'allow'],
    ['NotAction is everything else', [allow({ NotAction: ['iam:*'], Action: undefined })], 's3:GetObject', bucket, 'allow'],
    ['NotAction leaves out what it names', [allow({ NotAction: ['iam:*'], Action: undefined })], 'iam:CreateRole', '*', 'none'],
    ['resources are compared with case', [allow({ Resource: 'arn:aws:s3:::Orders' })], 's3:GetObject', bucket, 'none'],
    ['a resource pattern', [allow({ Resource: 'arn:aws:s3:::ord*' })], 's3:GetObject', bucket, 'allow'],
    ['NotResource', [allow({ NotResource: 'arn:aws:s3:::orders', Resource: undefined })], 's3:GetObject', bucket, 'none'],
    ['a call on no single resource needs a statement on all', [allow({ Resource: 'arn:aws:ecr:*:*:repository/*' })], 'ecr:GetAuthorizationToken', '*', 'none'],
    ['an explicit deny wins', [allow({}), deny({ Action: 's3:DeleteObject' })], 's3:DeleteObject', bucket, 'deny'],
    ['a deny before the allow wins as well', [deny({ Action: 's3:*' }), allow({})], 's3:GetObject', bucket, 'deny'],
    ['a deny of something else does not', [allow({}), deny({ Action: 's3:DeleteObject' })], 's3:GetObject', bucket, 'allow'],
  ])('%s', (_title, statements, action, resource, verdict) => {
    expect(verdictOf([documentOf(statements)], { action, resource, context: {} })).toBe(verdict);
  });
});

describe('conditions', () => {
  const context = { 'aws:RequestedRegion': 'eu-west-1', 'aws:PrincipalTag/team': 'shop', 'aws:TagKeys': ['a', 'b'], 'aws:CurrentTime': '2026-11-23T09:00:00Z' };
  test.each<[string, Statement['Condition'], boolean]>([
    ['equals', { StringEquals: { 'aws:RequestedRegion': 'eu-west-1' } }, true],
    ['keys are compared without case', { StringEquals: { 'AWS:requestedregion': 'eu-west-1' } }, true],
    ['one of several values', { StringEquals: { 'aws:RequestedRegion': ['us-east-1', 'eu-west-1'] } }, true],
    ['all operators must hold', { StringEquals: { 'aws:RequestedRegion': 'eu-west-1' }, StringLike: { 'aws:PrincipalTag/team': 'data-*' } }, false],
    ['not equals', { StringNotEquals: { 'aws:RequestedRegion': ['us-east-1'] } }, true],
    ['not equals holds for a missing key', { StringNotEquals: { 'aws:SourceVpce': 'vpce-1' } }, true],
    ['equals does not', { StringEquals: { 'aws:SourceVpce': 'vpce-1' } }, false],
    ['unless IfExists', { StringEqualsIfExists: { 'aws:SourceVpce': 'vpce-1' } }, true],
    ['Null asks whether the key is missing', { Null: { 'aws:SourceVpce': 'true' } }, true],
    ['for all values', { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['a', 'b', 'c'] } }, true],
    ['for any value', { 'ForAnyValue:StringEquals': { 'aws:TagKeys': ['z'] } }, false],
    ['dates', { DateLessThan: { 'aws:CurrentTime': '2026-12-01T00:00:00Z' } }, true],
  ])('%s', (_title, Condition, holds) => {
    expect(verdictOf([documentOf([allow({ Condition })])], { action: 's3:GetObject', resource: bucket, context })).toBe(holds ? 'allow' : 'none');
  });
});

describe('trust', () => {
  const trusts = (principal: unknown, names: PrincipalNames): boolean =>
    verdictOf([documentOf([{ Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole' }])], { action: 'sts:AssumeRole', resource: '*', context: {}, principal: names }) === 'allow';
  test.each<[string, unknown, PrincipalNames, boolean]>([
    ['a service', { Service: 'ec2.amazonaws.com' }, { Service: ['ec2.amazonaws.com'] }, true],
    ['another service', { Service: 'eks.amazonaws.com' }, { Service: ['ec2.amazonaws.com'] }, false],
    ['the account', { AWS: 'arn:aws:iam::111122223333:root' }, { AWS: ['arn:aws:iam::111122223333:root'] }, true],
    ['a role, not a service of that name', { AWS: 'arn:aws:iam::111122223333:role/ci' }, { Service: ['arn:aws:iam::111122223333:role/ci'] }, false],
  ])('%s', (_title, principal, names, yes) => { expect(trusts(principal, names)).toBe(yes); });
});

describe('a document that somebody wrote', () => {
  const statement = { Effect: 'Allow', Action: 'ecr:*', Resource: '*' };
  test.each<[string, unknown, 'identity' | 'trust', string | undefined]>([
    ['a good one', JSON.stringify({ Version: '2012-10-17', Statement: [statement] }), 'identity', undefined],
    ['one statement without a list', JSON.stringify({ Version: '2012-10-17', Statement: statement }), 'identity', undefined],
    ['not JSON', '{', 'identity', 'Syntax errors in policy.'],
    ['a trust policy that is not JSON', '{', 'trust', 'This policy contains invalid Json'],
    ['an unknown element', { Statement: [{ ...statement, Actions: 'x' }] }, 'identity', 'Syntax errors in policy.'],
    ['no resource', { Statement: [{ Effect: 'Allow', Action: 'ecr:*' }] }, 'identity', 'Policy statement must contain resources.'],
    ['an action without its service', { Statement: [{ ...statement, Action: 'GetAuthorizationToken' }] }, 'identity', 'Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.'],
    ['a resource that is no ARN', { Statement: [{ ...statement, Resource: 'kfo/orders' }] }, 'identity', 'Resource kfo/orders must be in ARN format or "*".'],
    ['a trust policy with a resource', { Statement: [{ ...statement, Principal: '*', Action: 'sts:AssumeRole' }] }, 'trust', 'Has prohibited field Resource'],
    ['a principal that is none', { Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2' }, Action: 'sts:AssumeRole' }] }, 'trust', 'Invalid principal in policy: "SERVICE":"ec2"'],
  ])('%s', (_title, text, use, message) => {
    const read = readDocument(text, use);
    expect(read.ok ? undefined : read.error.message).toBe(message);
  });
});
