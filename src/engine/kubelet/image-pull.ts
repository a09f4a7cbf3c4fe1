import type { Container } from 'kubernetes-types/core/v1.d.ts';
import { PULL_RATE } from '../facts/kubelet.ts';
import { BAKED_REPOSITORIES, ECR_HOST } from '../facts/ecr.ts';
import type { CredentialProvider, ImageDefinition, ImageSource, PullAnswer, RegistryCredential } from '../images/contract.ts';
import { parseImageReference, type ImageReference } from '../images/reference.ts';
import { base64Text } from '../apimachinery/base64.ts';
import { isObject } from '../apimachinery/json.ts';
import type { Kernel } from '../kernel/kernel.ts';

/** An image on a node's disk. */
export interface CachedImage {
  readonly image: ImageDefinition;
  readonly digest: string;
}

/** What the image manager decided or found out for one container start. */
export type PullOutcome =
  | { readonly kind: 'present'; readonly cached: CachedImage }
  | { readonly kind: 'pulled'; readonly cached: CachedImage; readonly tookMs: number }
  | { readonly kind: 'invalid-name'; readonly error: string }
  | { readonly kind: 'never'; }
  | { readonly kind: 'failed'; readonly error: string };

/** The image store of one node; pulls go side by side (EKS sets `serializeImagePulls: false`). Source: pkg/kubelet/images. */
export class NodeImages {
  private readonly cache = new Map<string, CachedImage>();

  /** @param provider the node's own way to registry passwords */
  constructor(private readonly kernel: Kernel, private readonly source: ImageSource, private readonly provider?: CredentialProvider) {}

  /** Full names with their sizes, for `node.status.images`. */
  list(): { name: string; sizeBytes: number }[] {
    return [...this.cache].map(([name, { image }]) => ({ name, sizeBytes: image.sizeBytes }));
  }

  /**
   * Makes the container's image available.
   *
   * @param secrets of the pod's pull secrets, those for the image's registry; tried before the node's own
   * @param onPulling called when a pull really starts, before its time passes
   */
  ensure(container: Container, secrets: (registry: string) => readonly RegistryCredential[], onPulling: () => void, finish: (outcome: PullOutcome) => void): void {
    const parsed = parseImageReference(container.image ?? '');
    if (typeof parsed === 'string') {
      finish({ kind: 'invalid-name', error: parsed });
      return;
    }
    const cached = this.cache.get(parsed.full) ?? this.baked(parsed);
    const policy = container.imagePullPolicy ?? (parsed.tag === 'latest' ? 'Always' : 'IfNotPresent');
    if (cached && policy !== 'Always') {
      finish({ kind: 'present', cached });
      return;
    }
    if (policy === 'Never') {
      finish({ kind: 'never' });
      return;
    }
    onPulling();
    const { kernel } = this;
    const answer = this.ask(container.image ?? '', parsed.registry, secrets(parsed.registry));
    const resolveMs = PULL_RATE.resolveMs + kernel.random.fraction() * PULL_RATE.resolveSpreadMs;
    if (!answer.ok) {
      kernel.after(resolveMs, 'kubelet/pull', parsed.full, () => finish({ kind: 'failed', error: answer.error }));
      return;
    }
    const transferMs = cached ? 0 : (answer.image.sizeBytes / PULL_RATE.bytesPerSecond) * 1000 * (0.85 + kernel.random.fraction() * 0.3);
    const tookMs = resolveMs + transferMs;
    kernel.after(tookMs, 'kubelet/pull', parsed.full, () => {
      this.cache.set(parsed.full, answer);
      finish({ kind: 'pulled', cached: answer, tookMs });
    });
  }

  /** One credential after another, as the kubelet's keyring offers them; without any, as nobody. */
  private ask(image: string, registry: string, secrets: readonly RegistryCredential[]): PullAnswer {
    const own = this.provider?.lookUp(registry);
    const credentials = own ? [...secrets, own] : secrets;
    if (credentials.length === 0) return this.source.pull(image);
    const errors = new Set<string>();
    for (const credential of credentials) {
      const answer = this.source.pull(image, credential);
      if (answer.ok) return answer;
      errors.add(answer.error);
    }
    const texts = [...errors];
    return { ok: false, error: texts.length === 1 ? texts[0]! : `[${texts.join(', ')}]` };
  }

  /** What came with the machine image. */
  private baked(reference: ImageReference): CachedImage | undefined {
    if (!ECR_HOST.test(reference.registry) || !BAKED_REPOSITORIES.includes(reference.path)) return undefined;
    const answer = this.source.fromDisk(reference.full);
    if (answer) this.cache.set(reference.full, answer);
    return answer;
  }
}

/** Credentials in Docker's own format for one registry. Source: pkg/credentialprovider/config.go, keyring.go. */
export function credentialsFor(registry: string, configJson: string): RegistryCredential[] {
  let config: unknown;
  try {
    config = JSON.parse(configJson);
  } catch {
    return [];
  }
  if (!isObject(config)) return [];
  const entries = isObject(config['auths']) ? config['auths'] : config;
  return Object.entries(entries).flatMap(([server, entry]) => {
    const host = server.replace(/^https?:\/\//, '').split('/')[0]!;
    const fits = host === registry || (host.startsWith('*.') && registry.endsWith(host.slice(1)));
    if (!fits || !isObject(entry)) return [];
    const joined = typeof entry['auth'] === 'string' ? base64Text(entry['auth']) ?? '' : '';
    const colon = joined.indexOf(':');
    if (colon > 0) return [{ username: joined.slice(0, colon), password: joined.slice(colon + 1).trim() }];
    return typeof entry['username'] === 'string' && typeof entry['password'] === 'string' ? [{ username: entry['username'], password: entry['password'] }] : [];
  });
}

/** Go's `time.Duration` rounded to milliseconds: `1.234s`, `845ms`, `1m2.5s`. */
export function goDuration(durationMs: number): string {
  const rounded = Math.round(durationMs);
  if (rounded < 1000) return `${rounded}ms`;
  const minutes = Math.floor(rounded / 60_000);
  const seconds = (rounded % 60_000) / 1000;
  return minutes > 0 ? `${minutes}m${seconds}s` : `${seconds}s`;
}
