import { base64Text, utf8Base64 } from '../../apimachinery/base64.ts';
import { ADDON_REGISTRY_ACCOUNT, ECR_HOST, ECR_TOKEN_MS, LIFECYCLE_PERIOD_MS } from '../../facts/ecr.ts';
import { imageDigest, type ImageDefinition, type RegistryAdmission, type RegistryAuthority, type RegistryCredential, type RegistryRequest } from '../../images/contract.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import type { AwsApi, AwsPrincipal } from '../contract.ts';
import type { Tags } from '../ec2/contract.ts';
import type { PolicyDocument } from '../iam/policy.ts';
import type { Iam } from '../iam/iam.ts';
import { AwsTable } from '../table.ts';
import { expiring, type LifecyclePolicy } from './lifecycle.ts';

export interface Repository {
  readonly name: string;
  readonly createdAtMs: number;
  readonly mutability: 'MUTABLE' | 'IMMUTABLE';
  readonly scanOnPush: boolean;
  readonly policy?: { readonly text: string; readonly document: PolicyDocument };
  readonly lifecycle?: { readonly text: string; readonly policy: LifecyclePolicy; readonly evaluatedAtMs: number };
  readonly tags: Tags;
}

export interface RegistryImage {
  readonly repository: string;
  readonly digest: string;
  readonly tags: readonly string[];
  /** The tag it was first pushed with: which of the declared images it is. */
  readonly builtAs: string;
  readonly sizeBytes: number;
  readonly pushedAtMs: number;
  readonly lastPulledAtMs?: number;
}

/** How the repositories of an estate are kept. */
export interface StockSettings {
  readonly mutability?: 'MUTABLE' | 'IMMUTABLE';
  readonly scanOnPush?: boolean;
  readonly lifecycle?: LifecyclePolicy;
}

/** Days between two pushes to a repository when nobody says when they were. */
const PUSH_GAP_MS = 86_400_000;

/** The account's registry: repositories, images, tokens, and the judge of pulls. */
export class Ecr implements RegistryAuthority {
  readonly repositories: AwsTable<Repository>;
  /** By `repository@digest`. */
  readonly images: AwsTable<RegistryImage>;
  readonly host: string;
  private readonly tokens = new Map<string, { readonly principal: AwsPrincipal; readonly expiresAtMs: number }>();

  constructor(private readonly kernel: Kernel, private readonly iam: Iam, private readonly api: AwsApi) {
    this.repositories = new AwsTable(kernel, 'ecr/repository');
    this.images = new AwsTable(kernel, 'ecr/image');
    this.host = `${iam.accountId}.dkr.ecr.${iam.region}.amazonaws.com`;
    iam.addResourcePolicies(arn => arn.startsWith(this.arnOf('')) ? this.repositories.get(arn.slice(this.arnOf('').length))?.policy?.document : undefined);
  }

  arnOf(repository: string): string {
    return `arn:aws:ecr:${this.iam.region}:${this.iam.accountId}:repository/${repository}`;
  }

  /** Images of one repository, the oldest first. */
  imagesOf(repository: string): readonly RegistryImage[] {
    return this.images.list().filter(image => image.repository === repository);
  }

  find(repository: string, reference: { readonly tag?: string; readonly digest?: string }): RegistryImage | undefined {
    if (reference.digest) return this.images.get(`${repository}@${reference.digest}`);
    return this.imagesOf(repository).find(image => image.tags.includes(reference.tag ?? ''));
  }

  /** Fills the registry with the images declared for it. `pushedAtMs` says when a tag was pushed; a day apart otherwise. */
  stock(definitions: readonly ImageDefinition[], settings: StockSettings = {}, pushedAtMs?: (repository: string, tag: string) => number | undefined): void {
    const counts = new Map<string, number>();
    const own = definitions.filter(({ repository }) => repository.startsWith(`${this.host}/`));
    for (const definition of own) counts.set(definition.repository, (counts.get(definition.repository) ?? 0) + (definition.tags === 'any' ? 1 : definition.tags.length));
    const pushed = new Map<string, number>();
    for (const definition of own) {
      const name = definition.repository.slice(this.host.length + 1);
      if (!this.repositories.get(name)) this.createRepository(name, settings, this.kernel.nowMs - (counts.get(definition.repository)! + 1) * PUSH_GAP_MS);
      for (const tag of definition.tags === 'any' ? ['latest'] : definition.tags) {
        const nth = pushed.get(name) ?? 0;
        pushed.set(name, nth + 1);
        this.push(name, tag, definition.sizeBytes, pushedAtMs?.(name, tag) ?? this.kernel.nowMs - (counts.get(definition.repository)! - nth) * PUSH_GAP_MS);
      }
    }
  }

  createRepository(name: string, settings: StockSettings = {}, createdAtMs = this.kernel.nowMs): Repository {
    const repository = this.repositories.put(name, { name, createdAtMs, mutability: settings.mutability ?? 'MUTABLE', scanOnPush: settings.scanOnPush ?? false, tags: {} });
    if (settings.lifecycle) this.setLifecycle(repository, JSON.stringify(settings.lifecycle), settings.lifecycle);
    return this.repositories.get(name)!;
  }

  /** What a build does at its end. A tag that another image carries moves, unless tags are immutable. @returns nothing when that forbids it */
  push(repository: string, tag: string, sizeBytes: number, pushedAtMs = this.kernel.nowMs): RegistryImage | undefined {
    const digest = imageDigest(`${this.host}/${repository}`, tag);
    const holder = this.find(repository, { tag });
    if (holder && this.repositories.get(repository)?.mutability === 'IMMUTABLE') return undefined;
    if (holder && holder.digest !== digest) this.images.put(`${repository}@${holder.digest}`, { ...holder, tags: holder.tags.filter(entry => entry !== tag) });
    const known = this.images.get(`${repository}@${digest}`);
    return this.images.put(`${repository}@${digest}`, { repository, digest, tags: [...known?.tags.filter(entry => entry !== tag) ?? [], tag], builtAs: tag, sizeBytes, pushedAtMs });
  }

  setLifecycle(repository: Repository, text: string, policy: LifecyclePolicy, evaluatedAtMs = this.kernel.nowMs): void {
    this.repositories.put(repository.name, { ...repository, lifecycle: { text, policy, evaluatedAtMs } });
    this.kernel.after(this.kernel.random.fraction() * LIFECYCLE_PERIOD_MS, 'ecr/lifecycle', repository.name, () => this.applyLifecycle(repository.name, text), { periodic: true });
  }

  // ---- pulls ------------------------------------------------------------------------------------------------------

  /** A token that lets its holder act as the caller for twelve hours. Its text has the form of ECR's. */
  issueToken(principal: AwsPrincipal): { readonly token: string; readonly expiresAtMs: number } {
    const expiresAtMs = this.kernel.nowMs + ECR_TOKEN_MS;
    const payload = { payload: utf8Base64(this.kernel.random.uuid() + this.kernel.random.uuid()), datakey: utf8Base64(this.kernel.random.uuid()), version: '2', type: 'DATA_KEY', expiration: Math.floor(expiresAtMs / 1000) };
    const token = utf8Base64(JSON.stringify(payload));
    this.tokens.set(token, { principal, expiresAtMs });
    return { token, expiresAtMs };
  }

  admit(request: RegistryRequest, credential: RegistryCredential | undefined): RegistryAdmission | undefined {
    const host = ECR_HOST.exec(request.registry);
    if (!host) return undefined;
    if (!credential) return { kind: 'no-credentials' };
    const token = credential.username === 'AWS' ? this.tokens.get(credential.password) : undefined;
    if (!token) return { kind: 'unauthorized' };
    if (token.expiresAtMs <= this.kernel.nowMs) return { kind: 'forbidden' };
    if (request.registry !== this.host) return { kind: host[1] === ADDON_REGISTRY_ACCOUNT ? 'open' : 'forbidden' };
    const client = this.api.as(token.principal);
    const asked = { repositoryName: request.path, imageIds: [request.digest ? { imageDigest: request.digest } : { imageTag: request.tag }] };
    const manifest = client.call('ecr', 'BatchGetImage', asked);
    if (!manifest.ok) return { kind: manifest.error.code === 'RepositoryNotFoundException' ? 'not-found' : 'forbidden' };
    const image = this.find(request.path, request.digest ? { digest: request.digest } : { tag: request.tag });
    if (!image) return { kind: 'not-found' };
    if (!client.call('ecr', 'GetDownloadUrlForLayer', { repositoryName: request.path, layerDigest: layerOf(image) }).ok) return { kind: 'forbidden-layers' };
    return { kind: 'image', digest: image.digest, builtAs: image.builtAs };
  }

  private applyLifecycle(name: string, text: string): void {
    const repository = this.repositories.get(name);
    if (!repository?.lifecycle || repository.lifecycle.text !== text) return;
    for (const image of expiring(repository.lifecycle.policy, this.imagesOf(name), this.kernel.nowMs)) this.images.delete(`${name}@${image.digest}`);
    this.repositories.put(name, { ...repository, lifecycle: { ...repository.lifecycle, evaluatedAtMs: this.kernel.nowMs } });
    this.kernel.after(LIFECYCLE_PERIOD_MS, 'ecr/lifecycle', name, () => this.applyLifecycle(name, text), { periodic: true });
  }
}

/** An image's only layer. */
export const layerOf = (image: Pick<RegistryImage, 'repository' | 'builtAs'>): string => imageDigest(image.repository, `${image.builtAs} layer`);

/** The password inside a `GetAuthorizationToken` answer, without `AWS:`. */
export const passwordOf = (authorizationToken: string): string => (base64Text(authorizationToken) ?? '').slice('AWS:'.length);
