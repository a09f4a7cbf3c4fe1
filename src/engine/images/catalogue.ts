import type { ImageDefinition, ImageSource, PullAnswer } from './contract.ts';
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

  pull(reference: string): PullAnswer {
    const parsed = parseImageReference(reference);
    if (typeof parsed === 'string') return { ok: false, error: parsed };
    const definitions = this.images.get(parsed.repository);
    const image = definitions?.find(definition => definition.tags === 'any' || definition.tags.includes(parsed.tag) || parsed.tag === '');
    if (image) return { ok: true, image, digest: digestOf(image, parsed) };
    const failed = `failed to pull and unpack image "${parsed.full}": failed to resolve reference "${parsed.full}": `;
    if (definitions || this.closedRegistries.has(parsed.registry)) {
      return { ok: false, error: `rpc error: code = NotFound desc = ${failed}${parsed.full}: not found` };
    }
    if (parsed.registry.endsWith('.amazonaws.com')) {
      const [path, tag] = [parsed.path, parsed.tag];
      return { ok: false, error: `${failed}unexpected status from HEAD request to https://${parsed.registry}/v2/${path}/manifests/${tag}: 403 Forbidden` };
    }
    if (parsed.registry === 'docker.io' && parsed.path.startsWith('library/')) {
      return { ok: false, error: `${failed}pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed` };
    }
    return { ok: true, image: genericImage(parsed.repository), digest: digestOf(genericImage(parsed.repository), parsed) };
  }
}

/** A stable digest for a repository and tag: the same image has the same one on every node and in every run. */
function digestOf(image: ImageDefinition, reference: ImageReference): string {
  if (reference.digest) return reference.digest;
  let text = '';
  for (let part = 0; part < 8; part += 1) {
    let hash = 0x811c9dc5 ^ part;
    for (const char of `${image.repository}:${reference.tag}:${part}`) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193);
    text += (hash >>> 0).toString(16).padStart(8, '0');
  }
  return `sha256:${text}`;
}
