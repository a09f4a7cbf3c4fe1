import { imageDigest, type ImageDefinition, type ImageSource, type PullAnswer, type RegistryAuthority, type RegistryCredential } from './contract.ts';
import { genericImage } from './generic-image.ts';
import { parseImageReference, type ImageReference } from './reference.ts';

/**
 * Every registry there is, as containerd sees them.
 *
 * Declared images are served. A registry that the estate declares images for (its ECR) holds nothing else. On public
 * registries an unknown repository is taken to exist, so that any manifest from the internet comes up; it runs the
 * generic program, which says so in its log. The exception is Docker's official library, which is known in full by name.
 */
export class ImageCatalogue implements ImageSource {
  private readonly images = new Map<string, ImageDefinition[]>();
  private readonly closedRegistries = new Set<string>();
  /** Judges pulls from its registries; without one every registry is open. */
  authority: RegistryAuthority | undefined;

  constructor(definitions: readonly ImageDefinition[]) {
    for (const definition of definitions) this.add(definition);
  }

  add(definition: ImageDefinition): void {
    const known = this.images.get(definition.repository) ?? [];
    known.unshift(definition);
    this.images.set(definition.repository, known);
    const registry = definition.repository.split('/')[0]!;
    if (registry.endsWith('.amazonaws.com')) this.closedRegistries.add(registry);
  }

  fromDisk(reference: string): { readonly image: ImageDefinition; readonly digest: string } | undefined {
    const parsed = parseImageReference(reference);
    if (typeof parsed === 'string') return undefined;
    const image = this.images.get(parsed.repository)?.find(definition => definition.tags === 'any' || definition.tags.includes(parsed.tag));
    return image && { image, digest: digestOf(image, parsed) };
  }

  pull(reference: string, credential?: RegistryCredential): PullAnswer {
    const parsed = parseImageReference(reference);
    if (typeof parsed === 'string') return { ok: false, error: parsed };
    const failed = `failed to pull and unpack image "${parsed.full}": failed to resolve reference "${parsed.full}": `;
    const url = `https://${parsed.registry}/v2/${parsed.path}/manifests/${parsed.digest ?? parsed.tag}`;
    const definitions = this.images.get(parsed.repository);
    const named = (tag: string): ImageDefinition | undefined => definitions?.find(definition => definition.tags === 'any' || definition.tags.includes(tag) || tag === '');
    const admission = this.authority?.admit(parsed, credential);
    switch (admission?.kind) {
      case 'no-credentials': return { ok: false, error: `${failed}pull access denied, repository does not exist or may require authorization: authorization failed: no basic auth credentials` };
      case 'unauthorized': return { ok: false, error: `${failed}unexpected status from HEAD request to ${url}: 401 Unauthorized` };
      case 'forbidden': return { ok: false, error: `${failed}unexpected status from HEAD request to ${url}: 403 Forbidden` };
      case 'forbidden-layers': return { ok: false, error: `failed to pull and unpack image "${parsed.full}": failed to copy: httpReadSeeker: failed open: unexpected status from GET request to https://${parsed.registry}/v2/${parsed.path}/blobs/${imageDigest(parsed.repository, `${parsed.tag} layer`)}: 403 Forbidden` };
      case 'not-found': return { ok: false, error: `rpc error: code = NotFound desc = ${failed}${parsed.full}: not found` };
      case 'image': {
        const image = named(admission.builtAs) ?? genericImage(parsed.repository);
        return { ok: true, image, digest: admission.digest };
      }
      case 'open': {
        const image = named(parsed.tag) ?? genericImage(parsed.repository);
        return { ok: true, image, digest: digestOf(image, parsed) };
      }
      default:
    }
    const image = definitions?.find(definition => definition.tags === 'any' || definition.tags.includes(parsed.tag) || parsed.tag === '');
    if (image) return { ok: true, image, digest: digestOf(image, parsed) };
    if (definitions || this.closedRegistries.has(parsed.registry)) {
      return { ok: false, error: `rpc error: code = NotFound desc = ${failed}${parsed.full}: not found` };
    }
    if (parsed.registry.endsWith('.amazonaws.com')) return { ok: false, error: `${failed}unexpected status from HEAD request to ${url}: 403 Forbidden` };
    if (parsed.registry === 'docker.io' && parsed.path.startsWith('library/')) {
      return { ok: false, error: `${failed}pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed` };
    }
    return { ok: true, image: genericImage(parsed.repository), digest: digestOf(genericImage(parsed.repository), parsed) };
  }
}

/** A stable digest for a repository and tag: the same image has the same one on every node and in every run. */
function digestOf(image: ImageDefinition, reference: ImageReference): string {
  return reference.digest ?? imageDigest(image.repository, reference.tag);
}
