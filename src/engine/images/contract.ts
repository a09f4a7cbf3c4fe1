/** What an image is: enough of one that a kubelet can run it. */
import type { SystemProgram } from '../userland/contract.ts';

export interface ImageDefinition {
  /** With registry: `docker.io/library/nginx`, `111122223333.dkr.ecr.eu-west-1.amazonaws.com/kfo/orders`. */
  readonly repository: string;
  /** Which tags exist; `any` for well-known images whose tags are too many to list. */
  readonly tags: 'any' | readonly string[];
  readonly sizeBytes: number;
  /** `USER`: a number, a name known to the image, or empty for root. */
  readonly user?: string;
  /** Names in its /etc/passwd. */
  readonly users?: Readonly<Record<string, number>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly entrypoint?: readonly string[];
  readonly cmd?: readonly string[];
  readonly workingDir?: string;
  /** `EXPOSE`. */
  readonly ports?: readonly number[];
  /** Programs of the standard userland in it, by directory. */
  readonly userland?: 'busybox' | 'debian' | 'none';
  /** Own executables: path → program. */
  readonly programs?: Readonly<Record<string, SystemProgram>>;
  readonly files?: Readonly<Record<string, string>>;
}

/** A registry's answer to a pull. `error` is containerd's text, after `Failed to pull image "…": `. */
export type PullAnswer =
  | { readonly ok: true; readonly image: ImageDefinition; readonly digest: string }
  | { readonly ok: false; readonly error: string };

/** What a registry is shown: user and password, as `docker login` keeps them. */
export interface RegistryCredential { readonly username: string; readonly password: string }

/** The kubelet's credential provider: asks for a registry's password with the node's own identity. */
export interface CredentialProvider {
  lookUp(registry: string): RegistryCredential | undefined;
}

/** An image reference's parts that a registry decides by. */
export interface RegistryRequest { readonly registry: string; readonly path: string; readonly tag: string; readonly digest?: string }

/** How a registry that asks for credentials answers: the image's digest and the tag it was built as, or why not. */
export type RegistryAdmission =
  | { readonly kind: 'image'; readonly digest: string; readonly builtAs: string }
  /** It may be pulled; which images there are, the catalogue knows. */
  | { readonly kind: 'open' }
  | { readonly kind: 'no-credentials' | 'unauthorized' | 'forbidden' | 'forbidden-layers' | 'not-found' };

/** Registries that judge who pulls (ECR). `undefined`: not one of its registries. */
export interface RegistryAuthority {
  admit(request: RegistryRequest, credential: RegistryCredential | undefined): RegistryAdmission | undefined;
}

export interface ImageSource {
  pull(reference: string, credential?: RegistryCredential): PullAnswer;
  /** An image as it lies on a disk: no registry is asked. */
  fromDisk(reference: string): { readonly image: ImageDefinition; readonly digest: string } | undefined;
}

/** The digest of the image that a tag first pointed to. */
export function imageDigest(repository: string, tag: string): string {
  let text = '';
  for (let part = 0; part < 8; part += 1) {
    let hash = 0x811c9dc5 ^ part;
    for (const char of `${repository}:${tag}:${part}`) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193);
    text += (hash >>> 0).toString(16).padStart(8, '0');
  }
  return `sha256:${text}`;
}
