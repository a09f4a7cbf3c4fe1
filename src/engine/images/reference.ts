/** An image reference in full. Source: github.com/distribution/reference. */
export interface ImageReference {
  readonly registry: string;
  /** Without the registry: `library/nginx`. */
  readonly path: string;
  readonly tag: string;
  readonly digest?: string;
  /** `docker.io/library/nginx`. */
  readonly repository: string;
  /** `docker.io/library/nginx:latest`. */
  readonly full: string;
}

const PATH = /^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*$/;
const TAG = /^[\w][\w.-]{0,127}$/;

/** @returns the reference, or the parser's complaint (`invalid reference format…`) */
export function parseImageReference(text: string): ImageReference | string {
  const [withoutDigest = '', digest] = text.split('@');
  const colon = withoutDigest.lastIndexOf(':');
  const hasTag = colon > withoutDigest.lastIndexOf('/');
  const tag = hasTag ? withoutDigest.slice(colon + 1) : digest ? '' : 'latest';
  const name = hasTag ? withoutDigest.slice(0, colon) : withoutDigest;
  const slash = name.indexOf('/');
  const first = name.slice(0, Math.max(0, slash));
  const hasRegistry = slash > 0 && (first.includes('.') || first.includes(':') || first === 'localhost');
  const registry = hasRegistry ? first : 'docker.io';
  const rest = hasRegistry ? name.slice(slash + 1) : name;
  const path = registry === 'docker.io' && !rest.includes('/') ? `library/${rest}` : rest;
  if (rest !== rest.toLowerCase()) return `invalid reference format: repository name (${path}) must be lowercase`;
  if (!PATH.test(rest) || (hasTag ? !TAG.test(tag) : false)) return 'invalid reference format';
  const repository = `${registry}/${path}`;
  return { registry, path, tag, repository, full: `${repository}${tag ? `:${tag}` : ''}${digest ? `@${digest}` : ''}`, ...(digest && { digest }) };
}
