import type { Container } from 'kubernetes-types/core/v1.d.ts';
import { PULL_RATE } from '../facts/kubelet.ts';
import type { ImageDefinition, ImageSource } from '../images/contract.ts';
import { parseImageReference } from '../images/reference.ts';
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

  constructor(private readonly kernel: Kernel, private readonly source: ImageSource) {}

  /** Puts an image on the disk without a pull: what is baked into the machine image. */
  preload(reference: string): void {
    const answer = this.source.pull(reference);
    const parsed = parseImageReference(reference);
    if (answer.ok && typeof parsed !== 'string') this.cache.set(parsed.full, answer);
  }

  /** Full names with their sizes, for `node.status.images`. */
  list(): { name: string; sizeBytes: number }[] {
    return [...this.cache].map(([name, { image }]) => ({ name, sizeBytes: image.sizeBytes }));
  }

  /**
   * Makes the container's image available.
   *
   * @param onPulling called when a pull really starts, before its time passes
   */
  ensure(container: Container, onPulling: () => void, finish: (outcome: PullOutcome) => void): void {
    const parsed = parseImageReference(container.image ?? '');
    if (typeof parsed === 'string') {
      finish({ kind: 'invalid-name', error: parsed });
      return;
    }
    const cached = this.cache.get(parsed.full);
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
    const answer = this.source.pull(container.image ?? '');
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
}

/** Go's `time.Duration` rounded to milliseconds: `1.234s`, `845ms`, `1m2.5s`. */
export function goDuration(durationMs: number): string {
  const rounded = Math.round(durationMs);
  if (rounded < 1000) return `${rounded}ms`;
  const minutes = Math.floor(rounded / 60_000);
  const seconds = (rounded % 60_000) / 1000;
  return minutes > 0 ? `${minutes}m${seconds}s` : `${seconds}s`;
}
