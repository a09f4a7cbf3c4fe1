import type { PodTemplateSpec } from 'kubernetes-types/core/v1.d.ts';

/** The alphabet of `rand.SafeEncodeString`. */
const SAFE_ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

/**
 * The `pod-template-hash`: FNV-1a over the template, in upstream's form (a decimal hash, each character mapped into the
 * safe alphabet). Upstream hashes Go's dump of the struct, so the digits differ from a real cluster's; the same template
 * always gives the same hash.
 */
export function podTemplateHash(template: PodTemplateSpec, collisionCount = 0): string {
  let hash = 0x811c9dc5;
  const text = canonicalTemplate(template) + (collisionCount > 0 ? String(collisionCount) : '');
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return [...String(hash >>> 0)].map(digit => SAFE_ALPHABET[digit.charCodeAt(0) % SAFE_ALPHABET.length]).join('');
}

/** Whether two templates ask for the same pods, the hash label aside. */
export function sameTemplate(a: PodTemplateSpec, b: PodTemplateSpec): boolean {
  return a === b || canonicalTemplate(a) === canonicalTemplate(b);
}

const known = new WeakMap<PodTemplateSpec, string>();

/** Stored templates are frozen, so their text is worked out once. */
function canonicalTemplate(template: PodTemplateSpec): string {
  let text = known.get(template);
  if (text === undefined) {
    text = canonicalJson(withoutHashLabel(template));
    if (Object.isFrozen(template)) known.set(template, text);
  }
  return text;
}

function withoutHashLabel(template: PodTemplateSpec): PodTemplateSpec {
  const { 'pod-template-hash': _, ...labels } = template.metadata?.labels ?? {};
  return { ...template, metadata: { ...template.metadata, labels } };
}

/** Maps that are the same empty or absent; an empty struct (`emptyDir: {}`) is not. */
const MAPS = new Set(['labels', 'annotations', 'nodeSelector', 'limits', 'requests', 'matchLabels']);

function isAbsent(key: string, member: unknown): boolean {
  if (member === undefined || member === null) return true;
  if (Array.isArray(member)) return member.length === 0;
  return MAPS.has(key) && typeof member === 'object' && Object.keys(member).length === 0;
}

/** JSON with sorted keys and without absent members, equal where upstream's semantic comparison is. */
function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (value && typeof value === 'object') {
    const members = Object.entries(value).filter(([key, member]) => !isAbsent(key, member))
      .sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
    return `{${members.join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}
