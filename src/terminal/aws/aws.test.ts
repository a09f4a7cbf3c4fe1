/** What `aws` does around the recorded lines: credentials, regions, kubeconfig, waiting in virtual time, completion, honest refusals. */
import { describe, expect, test } from 'vitest';
import type { AwsResult } from '../../engine/aws/contract.ts';
import { completeAws } from './complete.ts';
import { recordAws, recordedHome } from './testing/aws-laptop.ts';

const ok = (value: Record<string, unknown>) => (): AwsResult => ({ ok: true, value });
const CLUSTER = { cluster: { name: 'kfo-prod', arn: 'arn:aws:eks:eu-west-1:111122223333:cluster/kfo-prod', endpoint: 'https://X.gr7.eu-west-1.eks.amazonaws.com', status: 'ACTIVE', certificateAuthority: { data: 'Q0E=' } } };

describe('who calls, and where', () => {
  test.each([
    ['no credentials', { '.aws/config': '[default]\nregion = eu-west-1\n' }, 'sts get-caller-identity', 253, 'Unable to locate credentials. You can configure credentials by running "aws configure".'],
    ['no region', { '.aws/credentials': '[default]\naws_access_key_id = A\naws_secret_access_key = B\n' }, 'ec2 describe-vpcs', 253, 'You must specify a region. You can also configure your region by running "aws configure".'],
    ['a profile nobody wrote', {}, 'sts get-caller-identity --profile nope', 255, 'The config profile (nope) could not be found'],
    ['no such region', recordedHome, 'ec2 describe-vpcs --region eu-west-9a', 255, 'Could not connect to the endpoint URL: "https://ec2.eu-west-9a.amazonaws.com/"'],
    ['another region', recordedHome, 'ec2 describe-vpcs --region us-east-1', 255, 'region us-east-1 is not modelled; everything is in eu-west-1'],
    ['a service that is not modelled', recordedHome, 's3 ls', 255, 'aws s3 is not modelled; the services that are: ec2, eks, ecr, iam, sts, autoscaling, elbv2, cloudtrail, ssm, service-quotas'],
    ['debugging', recordedHome, 'ec2 describe-vpcs --debug', 255, '--debug is not modelled; aws cloudtrail lookup-events shows each call'],
  ])('%s', (_, home, line, code, message) => {
    const ran = recordAws(line, home, ok({}));
    expect({ code: ran.code, stderr: ran.stderr, calls: ran.calls }).toEqual({ code, stderr: `\n${message}\n`, calls: [] });
  });
  test('credentials and region may come from the environment', () => {
    const ran = recordAws('ec2 describe-vpcs --output text', {}, ok({ Vpcs: [{ VpcId: 'vpc-kfo' }] }), { AWS_ACCESS_KEY_ID: 'A', AWS_SECRET_ACCESS_KEY: 'B', AWS_DEFAULT_REGION: 'eu-west-1' });
    expect(ran.stdout).toBe('VPCS\tvpc-kfo\n');
  });
});

describe('aws eks update-kubeconfig', () => {
  test('adds the cluster, says so, and updates it the next time', () => {
    expect(recordAws('eks update-kubeconfig --name kfo-prod', recordedHome, ok(CLUSTER)).stdout).toBe(`Added new context ${CLUSTER.cluster.arn} to ~/.kube/config\n`);
    const before = { ...recordedHome, '.kube/config': `apiVersion: v1\nclusters:\n- cluster:\n    server: https://old\n  name: ${CLUSTER.cluster.arn}\ncontexts: []\nusers: []\n` };
    expect(recordAws('eks update-kubeconfig --name kfo-prod --alias prod', before, ok(CLUSTER)).stdout).toBe('Updated context prod in ~/.kube/config\n');
  });
  test('shows what it would write', () => {
    expect(recordAws('eks update-kubeconfig --name kfo-prod --dry-run', recordedHome, ok(CLUSTER)).stdout).toBe(`apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: Q0E=
    server: https://X.gr7.eu-west-1.eks.amazonaws.com
  name: ${CLUSTER.cluster.arn}
contexts:
- context:
    cluster: ${CLUSTER.cluster.arn}
    user: ${CLUSTER.cluster.arn}
  name: ${CLUSTER.cluster.arn}
current-context: ${CLUSTER.cluster.arn}
kind: Config
preferences: {}
users:
- name: ${CLUSTER.cluster.arn}
  user:
    exec:
      apiVersion: client.authentication.k8s.io/v1beta1
      args:
      - --region
      - eu-west-1
      - eks
      - get-token
      - --cluster-name
      - kfo-prod
      - --output
      - json
      command: aws
`);
  });
});

test('a waiter looks again after the delay of its model, in virtual time', () => {
  let looks = 0;
  const ran = recordAws('eks wait nodegroup-active --cluster-name c --nodegroup-name n', recordedHome, () => ({ ok: true, value: { nodegroup: { status: ++looks < 4 ? 'UPDATING' : 'ACTIVE' } } }));
  expect({ code: ran.code, looks, tookMs: ran.tookMs }).toEqual({ code: 0, looks: 4, tookMs: 90_000 });
});

test('the password of a registry is the second half of its token', () => {
  expect(recordAws('ecr get-login-password', recordedHome, ok({ authorizationData: [{ authorizationToken: btoa('AWS:secret') }] })).stdout).toBe('secret\n');
});

describe('the next page', () => {
  const subnets = ok({ Subnets: ['a', 'b', 'c'].map(SubnetId => ({ SubnetId })) });
  test('goes on where --max-items stopped', () => {
    const first = JSON.parse(recordAws('ec2 describe-subnets --max-items 2', recordedHome, subnets).stdout) as { NextToken: string };
    const next = recordAws(`ec2 describe-subnets --starting-token ${first.NextToken} --query Subnets[].SubnetId --output text`, recordedHome, subnets);
    expect(next.stdout).toBe('c\n');
  });
  test('is fetched while the service names one', () => {
    const ran = recordAws('eks list-nodegroups --cluster-name c --output text', recordedHome, ({ parameters }) => ({ ok: true, value: parameters.nextToken === 't' ? { nodegroups: ['b'] } : { nodegroups: ['a'], nextToken: 't' } }));
    expect([ran.stdout, ran.calls.length]).toEqual(['NODEGROUPS\ta\nNODEGROUPS\tb\n', 2]);
  });
});

describe('Tab', () => {
  const transport = { served: () => ['DescribeSubnets', 'DescribeVpcs', 'CreateTags'] };
  const offered = (line: string): string[] => {
    const words = line.split(' ');
    return completeAws(words, words.length - 1, transport).candidates.map(({ text }) => text);
  };
  test.each([
    ['aws e', ['ec2', 'ecr', 'eks', 'elbv2']],
    ['aws ec2 describe-', ['describe-subnets', 'describe-vpcs']],
    ['aws --region eu-west-1 ec2 cre', ['create-tags']],
    ['aws ec2 describe-subnets --subn', ['--subnet-ids']],
    ['aws ec2 describe-subnets --output t', ['table', 'text']],
    ['aws eks wait node', ['nodegroup-active', 'nodegroup-deleted']],
    ['aws eks update-kubeconfig --ali', ['--alias']],
    ['aws eks update-addon --resolve-conflicts O', ['OVERWRITE']],
  ])('%s', (line, candidates) => { expect(offered(line)).toEqual(candidates); });
});
