import { describe, expect, test } from 'vitest';
import { utf8Base64 } from '../../src/engine/apimachinery/base64.ts';
import type { ImageDefinition } from '../../src/engine/images/contract.ts';
import { genericImage } from '../../src/engine/images/generic-image.ts';
import { ClusterDriver } from '../../src/testing/cluster-driver.ts';

const HOST = '111122223333.dkr.ecr.eu-west-1.amazonaws.com';
const REPOSITORY = `${HOST}/kfo/checkout`;
const IMAGE = `${REPOSITORY}:sha-1`;
const PULL_ONLY = 'arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryPullOnly';
const NO_CREDENTIALS = `Failed to pull image "${IMAGE}": failed to pull and unpack image "${IMAGE}": failed to resolve reference "${IMAGE}": pull access denied, repository does not exist or may require authorization: authorization failed: no basic auth credentials`;
const FORBIDDEN = `Failed to pull image "${IMAGE}": failed to pull and unpack image "${IMAGE}": failed to resolve reference "${IMAGE}": unexpected status from HEAD request to https://${HOST}/v2/kfo/checkout/manifests/sha-1: 403 Forbidden`;

class Registry extends ClusterDriver {
  readonly role = 'drydock-node';
  constructor() {
    super({ nodes: 1 });
    const image: ImageDefinition = { ...genericImage(REPOSITORY), tags: ['sha-1', 'sha-2'] };
    this.cluster.images.add(image);
    this.cluster.aws.ecr.stock([image]);
  }
  aws(service: 'iam' | 'ecr', operation: string, parameters: Record<string, unknown>): Record<string, any> {
    const { aws } = this.cluster;
    const answer = aws.api.call(aws.roleSession('drydock-admin', 'test'), service, operation, parameters);
    return answer.ok ? answer.value : { error: `${answer.error.code}: ${answer.error.message}` };
  }
  pod(name: string, image = IMAGE, spec: object = {}): void {
    this.create({ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default' }, spec: { containers: [{ name: 'app', image }], ...spec } });
  }
  failures(name: string): string[] {
    return this.events(name).filter(line => line.startsWith('Failed: Failed to pull')).map(line => line.slice('Failed: '.length));
  }
  trail(): string[] {
    return this.cluster.aws.api.trail.filter(({ principal, service }) => principal.roleName === this.role && service === 'ecr').map(({ operation, error }) => `${operation}${error ? ` ${error.code}` : ''}`);
  }
}

describe('who pulls from ECR', () => {
  test('the node, with its role: one token, then manifest and layer', () => {
    const world = new Registry();
    world.pod('a');
    world.pass(30);
    expect(world.podWords()).toEqual(['Running 1/1 r0']);
    expect(world.trail()).toEqual(['GetAuthorizationToken', 'BatchGetImage', 'GetDownloadUrlForLayer']);
    world.pod('b', `${REPOSITORY}:sha-2`);
    world.pass(30);
    expect(world.trail().filter(line => line === 'GetAuthorizationToken')).toHaveLength(1);
  });

  test('without a right to tokens the registry sees nobody; after the policy is attached the next try works', () => {
    const world = new Registry();
    world.aws('iam', 'DetachRolePolicy', { RoleName: world.role, PolicyArn: PULL_ONLY });
    world.pass(10);
    world.pod('a');
    world.pass(20);
    expect(world.podWords()[0]).toMatch(/ErrImagePull|ImagePullBackOff/);
    expect(world.failures('a')[0]).toBe(NO_CREDENTIALS);
    expect(world.trail()[0]).toBe('GetAuthorizationToken AccessDeniedException');
    world.aws('iam', 'AttachRolePolicy', { RoleName: world.role, PolicyArn: PULL_ONLY });
    world.pass(120);
    expect(world.podWords()).toEqual(['Running 1/1 r0']);
  });

  test('a change of policies takes some seconds to reach the registry', () => {
    const world = new Registry();
    world.aws('iam', 'DetachRolePolicy', { RoleName: world.role, PolicyArn: PULL_ONLY });
    world.pass(1);
    world.pod('a');
    world.pass(30);
    expect(world.podWords()).toEqual(['Running 1/1 r0']);
  });

  test.each([
    ['the role may have tokens but no images', (world: Registry) => {
      world.aws('iam', 'DetachRolePolicy', { RoleName: world.role, PolicyArn: PULL_ONLY });
      world.aws('iam', 'PutRolePolicy', { RoleName: world.role, PolicyName: 'tokens', PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'ecr:GetAuthorizationToken', Resource: '*' }] }) });
    }],
    ['the repository denies the role', (world: Registry) => {
      world.aws('ecr', 'SetRepositoryPolicy', { repositoryName: 'kfo/checkout', policyText: JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Deny', Principal: { AWS: `arn:aws:iam::111122223333:role/${world.role}` }, Action: ['ecr:BatchGetImage'] }] }) });
    }],
  ])('403 when %s', (_title, forbid) => {
    const world = new Registry();
    forbid(world);
    world.pass(10);
    world.pod('a');
    world.pass(20);
    expect(world.failures('a')[0]).toBe(FORBIDDEN);
  });

  test('a repository policy alone admits a role of the same account', () => {
    const world = new Registry();
    world.aws('iam', 'DetachRolePolicy', { RoleName: world.role, PolicyArn: PULL_ONLY });
    world.aws('iam', 'PutRolePolicy', { RoleName: world.role, PolicyName: 'tokens', PolicyDocument: JSON.stringify({ Statement: [{ Effect: 'Allow', Action: 'ecr:GetAuthorizationToken', Resource: '*' }] }) });
    world.aws('ecr', 'SetRepositoryPolicy', { repositoryName: 'kfo/checkout', policyText: JSON.stringify({ Statement: [{ Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::111122223333:root' }, Action: ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'] }] }) });
    world.pass(10);
    world.pod('a');
    world.pass(30);
    expect(world.podWords()).toEqual(['Running 1/1 r0']);
  });

  test('a pull secret with a token serves for twelve hours', () => {
    const world = new Registry();
    const token = world.aws('ecr', 'GetAuthorizationToken', {})['authorizationData'][0].authorizationToken as string;
    world.aws('iam', 'DetachRolePolicy', { RoleName: world.role, PolicyArn: PULL_ONLY });
    world.create({ apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/dockerconfigjson', metadata: { name: 'ecr', namespace: 'default' }, data: { '.dockerconfigjson': utf8Base64(JSON.stringify({ auths: { [HOST]: { auth: token } } })) } });
    world.pass(10);
    world.pod('a', IMAGE, { imagePullSecrets: [{ name: 'ecr' }] });
    world.pass(30);
    expect(world.podWords()).toEqual(['Running 1/1 r0']);
    world.pass(13 * 3600);
    world.pod('b', `${REPOSITORY}:sha-2`, { imagePullSecrets: [{ name: 'ecr' }] });
    world.pass(30);
    expect(world.failures('b')[0]).toMatch(/403 Forbidden$/);
    world.pod('c', IMAGE, { imagePullSecrets: [{ name: 'ecr' }] });
    world.pass(30);
    expect(world.get<{ status: { phase: string } }>('Pod', 'c')?.status.phase, 'what is on the disk needs no one').toBe('Running');
  });

  test('a pull secret that is not there is a warning; the node pulls', () => {
    const world = new Registry();
    world.pod('a', IMAGE, { imagePullSecrets: [{ name: 'gone' }] });
    world.pass(30);
    expect(world.events('a')).toContain('FailedToRetrieveImagePullSecret: Unable to retrieve some image pull secrets (gone); attempting to pull the image may not succeed.');
    expect(world.podWords()).toEqual(['Running 1/1 r0']);
  });

  test('an image that was deleted is not found, though a node that has it runs it on', () => {
    const world = new Registry();
    world.pod('a');
    world.pass(30);
    expect(world.aws('ecr', 'BatchDeleteImage', { repositoryName: 'kfo/checkout', imageIds: [{ imageTag: 'sha-1' }] })['imageIds']).toHaveLength(1);
    world.pod('b');
    world.pod('c', IMAGE, { containers: [{ name: 'app', image: IMAGE, imagePullPolicy: 'Always' }] });
    world.pass(30);
    expect(world.podWords()[0]).toMatch(/ErrImagePull|ImagePullBackOff/);
    expect(world.failures('c')[0]).toMatch(/^Failed to pull image .*: rpc error: code = NotFound desc = .*: not found$/);
    expect(world.failures('b')).toEqual([]);
  });

  test('the digest that a pod runs is the one that ECR lists', () => {
    const world = new Registry();
    world.pod('a');
    world.pass(30);
    const detail = world.aws('ecr', 'DescribeImages', { repositoryName: 'kfo/checkout', imageIds: [{ imageTag: 'sha-1' }] })['imageDetails'][0];
    expect(world.pods()[0]!.status!.containerStatuses![0]!.imageID).toBe(`${REPOSITORY}@${detail.imageDigest}`);
  });

  test.each([
    ['no such repository', 'DescribeImages', { repositoryName: 'kfo/catalouge' }, "RepositoryNotFoundException: The repository with name 'kfo/catalouge' does not exist in the registry with id '111122223333'"],
    ['no such tag', 'DescribeImages', { repositoryName: 'kfo/checkout', imageIds: [{ imageTag: 'x' }] }, "ImageNotFoundException: The image with imageId {imageDigest:'null', imageTag:'x'} does not exist within the repository with name 'kfo/checkout' in the registry with id '111122223333'"],
    ['no policy', 'GetRepositoryPolicy', { repositoryName: 'kfo/checkout' }, "RepositoryPolicyNotFoundException: Repository policy does not exist for the repository with name 'kfo/checkout' in the registry with id '111122223333'"],
    ['not empty', 'DeleteRepository', { repositoryName: 'kfo/checkout' }, "RepositoryNotEmptyException: The repository with name 'kfo/checkout' in registry with id '111122223333' cannot be deleted because it still contains images"],
  ])('%s', (_title, operation, parameters, error) => {
    expect(new Registry().aws('ecr', operation, parameters)).toEqual({ error });
  });
});
