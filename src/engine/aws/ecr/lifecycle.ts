/** Which images a lifecycle policy lets go. Source: ECR user guide, LifecyclePolicies (evaluation rules, parameters). */
import { matchesWildcard } from '../iam/wildcard.ts';
import type { RegistryImage } from './ecr.ts';

export interface LifecycleRule {
  readonly rulePriority: number;
  readonly description?: string;
  readonly selection: {
    readonly tagStatus: 'tagged' | 'untagged' | 'any';
    readonly tagPrefixList?: readonly string[];
    readonly tagPatternList?: readonly string[];
    readonly countType: 'imageCountMoreThan' | 'sinceImagePushed';
    readonly countUnit?: 'days';
    readonly countNumber: number;
  };
  readonly action: { readonly type: 'expire' };
}

export interface LifecyclePolicy { readonly rules: readonly LifecycleRule[] }

const DAY_MS = 86_400_000;

/** Images that would expire now. A rule never takes an image that a rule of higher priority (lower number) has selected. */
export function expiring(policy: LifecyclePolicy, images: readonly RegistryImage[], nowMs: number): RegistryImage[] {
  const claimed = new Set<RegistryImage>();
  const gone: RegistryImage[] = [];
  for (const { selection } of policy.rules.toSorted((a, b) => a.rulePriority - b.rulePriority)) {
    const newestFirst = images.filter(image => selects(selection, image) && !claimed.has(image)).toSorted((a, b) => b.pushedAtMs - a.pushedAtMs);
    const surplus = selection.countType === 'imageCountMoreThan' ? newestFirst.slice(selection.countNumber) : newestFirst.filter(image => nowMs - image.pushedAtMs > selection.countNumber * DAY_MS);
    for (const image of newestFirst) claimed.add(image);
    gone.push(...surplus);
  }
  return gone;
}

function selects({ tagStatus, tagPrefixList, tagPatternList }: LifecycleRule['selection'], { tags }: RegistryImage): boolean {
  if (tagStatus === 'any') return true;
  if (tagStatus === 'untagged') return tags.length === 0;
  if (tagPatternList) return tagPatternList.every(pattern => tags.some(tag => matchesWildcard(pattern, tag)));
  return (tagPrefixList ?? []).every(prefix => tags.some(tag => tag.startsWith(prefix)));
}

/** Reads a policy's text. @returns the policy, or what is wrong with it */
export function readLifecycle(text: string): LifecyclePolicy | string {
  let parsed: any;
  try {
    parsed = JSON.parse(text);
  } catch {
    return 'Lifecycle policy validation failure: could not parse the policy text as JSON';
  }
  const rules: any[] = Array.isArray(parsed?.rules) ? parsed.rules : [];
  if (rules.length === 0) return 'Lifecycle policy validation failure: object has missing required properties (["rules"])';
  const seen = new Set<number>();
  for (const rule of rules) {
    const { rulePriority, selection, action } = rule ?? {};
    if (!Number.isInteger(rulePriority) || !selection || action?.type !== 'expire') return 'Lifecycle policy validation failure: object has missing required properties (["action","rulePriority","selection"])';
    if (seen.has(rulePriority)) return `Lifecycle policy validation failure: Rule priorities must be unique, priority ${rulePriority} is used twice`;
    seen.add(rulePriority);
    const { tagStatus, countType, countUnit, countNumber, tagPrefixList, tagPatternList } = selection;
    if (!['tagged', 'untagged', 'any'].includes(tagStatus) || !['imageCountMoreThan', 'sinceImagePushed'].includes(countType) || !Number.isInteger(countNumber) || countNumber < 1) return 'Lifecycle policy validation failure: instance value not found in enum';
    if (tagStatus === 'tagged' && !tagPrefixList?.length && !tagPatternList?.length) return 'Lifecycle policy validation failure: tagPrefixList or tagPatternList is required when tagStatus is tagged';
    if (countType === 'sinceImagePushed' && countUnit !== 'days') return 'Lifecycle policy validation failure: countUnit days is required with sinceImagePushed';
  }
  if (rules.some(({ selection, rulePriority }) => selection.tagStatus === 'any' && rulePriority !== Math.max(...seen))) return 'Lifecycle policy validation failure: a rule with tagStatus any must have the highest value for rulePriority';
  return parsed as LifecyclePolicy;
}
