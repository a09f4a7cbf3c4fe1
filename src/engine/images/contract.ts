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

export interface ImageSource {
  pull(reference: string): PullAnswer;
}
