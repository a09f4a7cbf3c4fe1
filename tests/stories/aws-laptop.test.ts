/** The laptop's `aws` in the estate: one identity, one trail, one kubeconfig. */
import { beforeAll, describe, expect, test } from 'vitest';
import { contentFromFiles } from '../../src/hosts/content-files.ts';
import { LineRunner } from '../../src/hosts/line-runner.ts';

describe('aws in the estate', () => {
  let laptop: LineRunner;
  beforeAll(() => { laptop = LineRunner.in({ kind: 'estate', estate: 'kubeflow-ops', slice: 'core' }, 1, contentFromFiles()); });
  const out = async (line: string): Promise<string> => {
    const { stdout, stderr } = await laptop.run(line);
    return stdout + stderr;
  };

  test('the learner is a session of the estate’s role', async () => {
    expect(await out('aws sts get-caller-identity --query Arn --output text')).toBe('arn:aws:sts::111122223333:assumed-role/kfo-oncall/oncall\n');
  });
  test('what AWS was asked stands in CloudTrail under the same key as in the credentials file', async () => {
    const key = (await out("awk '/aws_access_key_id/ {print $3}' ~/.aws/credentials")).trim();
    expect(await out('aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=GetCallerIdentity --max-items 1 --query Events[0].AccessKeyId --output text')).toContain(`${key}\n`);
  });
  test('keys nobody handed out are refused by every service in its own words', async () => {
    const as = 'AWS_ACCESS_KEY_ID=ASIAWRONG AWS_SECRET_ACCESS_KEY=x aws';
    expect(await out(`${as} sts get-caller-identity`)).toBe('\nAn error occurred (InvalidClientTokenId) when calling the GetCallerIdentity operation: The security token included in the request is invalid.\n');
    expect(await out(`${as} ec2 describe-vpcs`)).toBe('\nAn error occurred (AuthFailure) when calling the DescribeVpcs operation: AWS was not able to validate the provided access credentials\n');
    expect(await out(`${as} eks list-clusters`)).toBe('\nAn error occurred (UnrecognizedClientException) when calling the ListClusters operation: The security token included in the request is invalid.\n');
  });
  test('a refusal names only services of which something is answered', async () => {
    expect(await out('aws s3 ls')).toBe('\naws s3 is not modelled; the services that are: ec2, eks, ecr, iam, sts, autoscaling, elbv2, cloudtrail\n');
  });
  test('kubectl works through what update-kubeconfig wrote', async () => {
    expect(await out('aws eks update-kubeconfig --name kfo-prod')).toBe('Added new context arn:aws:eks:eu-west-1:111122223333:cluster/kfo-prod to /home/you/.kube/config\n');
    expect(await out('kubectl auth whoami -o name; kubectl get namespace shop -o name')).toContain('namespace/shop\n');
    expect(await out('kubectl config use-context kfo-prod')).toBe('Switched to context "kfo-prod".\n');
  });
  test('eksctl and aws tell of the same node groups', async () => {
    const names = (await out("aws eks list-nodegroups --cluster-name kfo-prod --query 'nodegroups[]' --output text")).trim().split('\t');
    expect((await out("eksctl get nodegroup --cluster kfo-prod | awk 'NR>1 {print $2}'")).trim().split('\n')).toEqual(names);
  });
  test('a waiter takes as long as what it waits for', async () => {
    expect(await out('aws eks update-nodegroup-config --cluster-name kfo-prod --nodegroup-name apps --scaling-config desiredSize=5 --query update.status --output text')).toBe('InProgress\n');
    const before = laptop.world.kernel.nowMs;
    expect((await laptop.run('aws eks wait nodegroup-active --cluster-name kfo-prod --nodegroup-name apps')).exitCode).toBe(0);
    expect(laptop.world.kernel.nowMs - before).toBeLessThan(10 * 60_000);
    expect(await out('eksctl get nodegroup --cluster kfo-prod --name apps -o json | grep DesiredCapacity')).toContain('5');
  });
});
