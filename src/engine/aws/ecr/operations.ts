import { utf8Base64 } from '../../apimachinery/base64.ts';
import { rfc3339, rfc3339Micro } from '../../kernel/calendar.ts';
import { awsError, awsTime, type AwsCall, type AwsOperation, type AwsParameters, type AwsResult } from '../contract.ts';
import { readDocument } from '../iam/documents.ts';
import { layerOf, type Ecr, type RegistryImage, type Repository } from './ecr.ts';
import { readLifecycle } from './lifecycle.ts';

interface ImageId { readonly imageDigest?: string; readonly imageTag?: string }

const MANIFEST_TYPE = 'application/vnd.docker.distribution.manifest.v2+json';
const NAME = /^(?:[a-z0-9]+(?:[._-][a-z0-9]+)*\/)*[a-z0-9]+(?:[._-][a-z0-9]+)*$/;
const value = (result: Record<string, unknown>): AwsResult => ({ ok: true, value: result });
const within = (name: string, accountId: string): string => `the repository with name '${name}' in the registry with id '${accountId}'`;
const noRepository = (name: string, accountId: string) => awsError('RepositoryNotFoundException', `The repository with name '${name}' does not exist in the registry with id '${accountId}'`);
/** As the service prints the pair, with `null` for what was not given. */
const idText = ({ imageDigest, imageTag }: ImageId): string => `{imageDigest:'${imageDigest ?? 'null'}', imageTag:'${imageTag ?? 'null'}'}`;

/** What `aws ecr` can do here. Messages: real responses in public code and the service's client tests. */
export function ecrOperations(ecr: Ecr): AwsOperation[] {
  const shape = (repository: Repository, accountId: string): Record<string, unknown> => ({
    repositoryArn: ecr.arnOf(repository.name), registryId: accountId, repositoryName: repository.name, repositoryUri: `${ecr.host}/${repository.name}`,
    createdAt: awsTime(rfc3339Micro(repository.createdAtMs)), imageTagMutability: repository.mutability,
    imageScanningConfiguration: { scanOnPush: repository.scanOnPush }, encryptionConfiguration: { encryptionType: 'AES256' },
  });
  /** An operation on the repository that a call names. */
  const onRepository = (name: string, run: (repository: Repository, parameters: AwsParameters, call: AwsCall) => AwsResult): AwsOperation => ({
    service: 'ecr', name, resources: ({ repositoryName }) => [ecr.arnOf(String(repositoryName))],
    run: (call, parameters) => {
      const { repositoryName, registryId } = parameters;
      const registry = String(registryId ?? call.accountId);
      const repository = registry === call.accountId ? ecr.repositories.get(String(repositoryName)) : undefined;
      return repository ? run(repository, parameters, call) : noRepository(String(repositoryName), registry);
    },
  });
  const lookUp = (repository: Repository, ids: unknown): { id: ImageId; image: RegistryImage | undefined }[] => ((ids as ImageId[] | undefined) ?? []).map(id => ({
    id, image: ecr.find(repository.name, { ...(id.imageDigest && { digest: id.imageDigest }), ...(id.imageTag && { tag: id.imageTag }) }),
  }));
  const failure = (id: ImageId) => ({ imageId: id, failureCode: 'ImageNotFound', failureReason: 'Requested image not found' });
  const fits = (filter: any) => (image: RegistryImage): boolean => !filter?.tagStatus || filter.tagStatus === 'ANY' || (filter.tagStatus === 'TAGGED') === image.tags.length > 0;
  return [
    {
      service: 'ecr', name: 'GetAuthorizationToken',
      run: ({ principal, accountId, region }, { registryIds }) => {
        const ids = (registryIds as string[] | undefined)?.length ? registryIds as string[] : [accountId];
        return value({ authorizationData: ids.map(id => {
          const { token, expiresAtMs } = ecr.issueToken(principal);
          return { authorizationToken: utf8Base64(`AWS:${token}`), expiresAt: awsTime(rfc3339Micro(expiresAtMs)), proxyEndpoint: `https://${id}.dkr.ecr.${region}.amazonaws.com` };
        }) });
      },
    },
    {
      service: 'ecr', name: 'DescribeRepositories',
      resources: ({ repositoryNames }) => ((repositoryNames as string[] | undefined) ?? ['*']).map(name => ecr.arnOf(name)),
      run: ({ accountId }, { repositoryNames }) => {
        const names = repositoryNames as string[] | undefined;
        const missing = names?.find(name => !ecr.repositories.get(name));
        if (missing !== undefined) return noRepository(missing, accountId);
        const chosen = names ? names.map(name => ecr.repositories.get(name)!) : ecr.repositories.list().toSorted((a, b) => (a.name < b.name ? -1 : 1));
        return value({ repositories: chosen.map(repository => shape(repository, accountId)) });
      },
    },
    {
      service: 'ecr', name: 'CreateRepository', resources: ({ repositoryName }) => [ecr.arnOf(String(repositoryName))],
      run: ({ accountId }, { repositoryName, imageTagMutability, imageScanningConfiguration }) => {
        const name = String(repositoryName);
        if (!NAME.test(name)) return awsError('InvalidParameterException', `Invalid parameter at 'repositoryName' failed to satisfy constraint: 'must satisfy regular expression '(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*''`);
        if (ecr.repositories.get(name)) return awsError('RepositoryAlreadyExistsException', `The repository with name '${name}' already exists in the registry with id '${accountId}'`);
        const scanOnPush = (imageScanningConfiguration as { scanOnPush?: boolean } | undefined)?.scanOnPush === true;
        return value({ repository: shape(ecr.createRepository(name, { mutability: imageTagMutability === 'IMMUTABLE' ? 'IMMUTABLE' : 'MUTABLE', scanOnPush }), accountId) });
      },
    },
    onRepository('DeleteRepository', (repository, { force }, { accountId }) => {
      const images = ecr.imagesOf(repository.name);
      if (images.length > 0 && force !== true) return awsError('RepositoryNotEmptyException', `The repository with name '${repository.name}' in registry with id '${accountId}' cannot be deleted because it still contains images`);
      for (const image of images) ecr.images.delete(`${repository.name}@${image.digest}`);
      ecr.repositories.delete(repository.name);
      return value({ repository: shape(repository, accountId) });
    }),
    onRepository('ListImages', (repository, { filter }) => value({
      imageIds: ecr.imagesOf(repository.name).filter(fits(filter)).flatMap(({ digest, tags }) => tags.length > 0 ? tags.map(imageTag => ({ imageDigest: digest, imageTag })) : [{ imageDigest: digest }]),
    })),
    onRepository('DescribeImages', (repository, { imageIds, filter }, { accountId }) => {
      const asked = lookUp(repository, imageIds);
      const missing = asked.find(({ image }) => !image);
      if (missing) return awsError('ImageNotFoundException', `The image with imageId ${idText(missing.id)} does not exist within ${within(repository.name, accountId)}`);
      const images = imageIds === undefined ? ecr.imagesOf(repository.name).filter(fits(filter)) : asked.map(({ image }) => image!);
      return value({ imageDetails: images.map(image => ({
        registryId: accountId, repositoryName: repository.name, imageDigest: image.digest, ...(image.tags.length > 0 && { imageTags: image.tags }), imageSizeInBytes: image.sizeBytes,
        imagePushedAt: awsTime(rfc3339(image.pushedAtMs)), imageManifestMediaType: MANIFEST_TYPE, artifactMediaType: 'application/vnd.docker.container.image.v1+json',
        ...(image.lastPulledAtMs !== undefined && { lastRecordedPullTime: awsTime(rfc3339(image.lastPulledAtMs)) }),
      })) });
    }),
    onRepository('BatchGetImage', (repository, { imageIds }, { accountId }) => {
      const asked = lookUp(repository, imageIds);
      return value({
        images: asked.flatMap(({ id, image }) => image ? [{
          registryId: accountId, repositoryName: repository.name, imageId: { imageDigest: image.digest, ...(id.imageTag && { imageTag: id.imageTag }) },
          imageManifest: manifestOf(image), imageManifestMediaType: MANIFEST_TYPE,
        }] : []),
        failures: asked.flatMap(({ id, image }) => image ? [] : [failure(id)]),
      });
    }),
    onRepository('BatchDeleteImage', (repository, { imageIds }) => {
      const asked = lookUp(repository, imageIds);
      const deleted = asked.flatMap(({ id, image }) => {
        if (!image) return [];
        const rest = id.imageDigest ? [] : image.tags.filter(tag => tag !== id.imageTag);
        // A tag is taken off; the image goes with its last one.
        if (rest.length > 0) ecr.images.put(`${repository.name}@${image.digest}`, { ...image, tags: rest });
        else ecr.images.delete(`${repository.name}@${image.digest}`);
        return id.imageDigest ? image.tags.map(imageTag => ({ imageDigest: image.digest, imageTag })) : [{ imageDigest: image.digest, imageTag: id.imageTag }];
      });
      return value({ imageIds: deleted, failures: asked.flatMap(({ id, image }) => image ? [] : [failure(id)]) });
    }),
    onRepository('GetDownloadUrlForLayer', (repository, { layerDigest }, { region }) => {
      if (!ecr.imagesOf(repository.name).some(image => layerOf(image) === layerDigest)) return awsError('LayersNotFoundException', `The layer with digest '${String(layerDigest)}' does not exist in ${within(repository.name, '')}`);
      return value({ downloadUrl: `https://prod-${region}-starport-layer-bucket.s3.${region}.amazonaws.com/${String(layerDigest).slice(7, 23)}`, layerDigest });
    }),
    onRepository('BatchCheckLayerAvailability', (repository, { layerDigests }) => {
      const known = new Map(ecr.imagesOf(repository.name).map(image => [layerOf(image), image]));
      const digests = (layerDigests as string[] | undefined) ?? [];
      return value({
        layers: digests.filter(digest => known.has(digest)).map(layerDigest => ({ layerDigest, layerAvailability: 'AVAILABLE', layerSize: known.get(layerDigest)!.sizeBytes, mediaType: 'application/vnd.docker.image.rootfs.diff.tar.gzip' })),
        failures: digests.filter(digest => !known.has(digest)).map(layerDigest => ({ layerDigest, failureCode: 'MissingLayerDigest', failureReason: 'Layer not found' })),
      });
    }),
    onRepository('PutImageTagMutability', (repository, { imageTagMutability }, { accountId }) => {
      const mutability = imageTagMutability === 'IMMUTABLE' ? 'IMMUTABLE' : 'MUTABLE';
      ecr.repositories.put(repository.name, { ...repository, mutability });
      return value({ registryId: accountId, repositoryName: repository.name, imageTagMutability: mutability });
    }),
    ...policyOperations(ecr, onRepository),
  ];
}

/** Repository and lifecycle policies: one document each, kept with its text as written. */
function policyOperations(ecr: Ecr, onRepository: (name: string, run: (repository: Repository, parameters: AwsParameters, call: AwsCall) => AwsResult) => AwsOperation): AwsOperation[] {
  const answer = (repository: Repository, { accountId }: AwsCall, rest: Record<string, unknown>): AwsResult => value({ registryId: accountId, repositoryName: repository.name, ...rest });
  const noPolicy = (repository: Repository, { accountId }: AwsCall) => awsError('RepositoryPolicyNotFoundException', `Repository policy does not exist for ${within(repository.name, accountId)}`);
  const noLifecycle = (repository: Repository, { accountId }: AwsCall) => awsError('LifecyclePolicyNotFoundException', `Lifecycle policy does not exist for ${within(repository.name, accountId)}`);
  return [
    onRepository('GetRepositoryPolicy', (repository, _parameters, call) => repository.policy ? answer(repository, call, { policyText: repository.policy.text }) : noPolicy(repository, call)),
    onRepository('SetRepositoryPolicy', (repository, { policyText }, call) => {
      const read = readDocument(String(policyText), 'resource');
      if (!read.ok) return awsError('InvalidParameterException', "Invalid parameter at 'PolicyText' failed to satisfy constraint: 'Invalid repository policy provided'");
      const text = JSON.stringify(JSON.parse(String(policyText)), null, 2);
      ecr.repositories.put(repository.name, { ...repository, policy: { text, document: read.document } });
      return answer(repository, call, { policyText: text });
    }),
    onRepository('DeleteRepositoryPolicy', (repository, _parameters, call) => {
      const { policy, ...rest } = repository;
      if (!policy) return noPolicy(repository, call);
      ecr.repositories.put(repository.name, rest);
      return answer(repository, call, { policyText: policy.text });
    }),
    onRepository('GetLifecyclePolicy', (repository, _parameters, call) => repository.lifecycle
      ? answer(repository, call, { lifecyclePolicyText: repository.lifecycle.text, lastEvaluatedAt: awsTime(rfc3339Micro(repository.lifecycle.evaluatedAtMs)) }) : noLifecycle(repository, call)),
    onRepository('PutLifecyclePolicy', (repository, { lifecyclePolicyText }, call) => {
      const text = String(lifecyclePolicyText);
      const policy = readLifecycle(text);
      if (typeof policy === 'string') return awsError('InvalidParameterException', `Invalid parameter at 'LifecyclePolicyText' failed to satisfy constraint: '${policy}'`);
      ecr.setLifecycle(repository, JSON.stringify(policy), policy);
      return answer(repository, call, { lifecyclePolicyText: JSON.stringify(policy) });
    }),
    onRepository('DeleteLifecyclePolicy', (repository, _parameters, call) => {
      const { lifecycle, ...rest } = repository;
      if (!lifecycle) return noLifecycle(repository, call);
      ecr.repositories.put(repository.name, rest);
      return answer(repository, call, { lifecyclePolicyText: lifecycle.text, lastEvaluatedAt: awsTime(rfc3339Micro(lifecycle.evaluatedAtMs)) });
    }),
  ];
}

/** A manifest in form: one configuration, one layer. */
function manifestOf(image: RegistryImage): string {
  return JSON.stringify({
    schemaVersion: 2, mediaType: MANIFEST_TYPE, config: { mediaType: 'application/vnd.docker.container.image.v1+json', size: 7023, digest: image.digest },
    layers: [{ mediaType: 'application/vnd.docker.image.rootfs.diff.tar.gzip', size: image.sizeBytes, digest: layerOf(image) }],
  });
}
