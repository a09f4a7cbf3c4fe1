import type { Cluster } from '../../engine/cluster.ts';
import type { Estate } from './estate-schema.ts';

const DAY_MS = 86_400_000;
/** A build ends this long before its image is rolled out. */
const BUILD_LEAD_MS = 11 * 60_000;
/** When ECR last went through the lifecycle policies. */
const EVALUATED_BEFORE_MS = 7 * 3_600_000;
/** When an image was pushed that no rollout has used yet, before the learner arrives. */
const UNUSED_BEFORE_MS = 50 * 60_000;

/** Gives the estate's registry its rules and its images their age: each was pushed shortly before it was rolled out. */
export function stageRegistry({ aws }: Cluster, { history, registry }: Estate, arriveMs: number): void {
  const { ecr } = aws;
  const bornMs = arriveMs - history.bornBeforeDays * DAY_MS;
  const lastMs = arriveMs - history.lastReleaseBeforeDays * DAY_MS;
  const rounds = Math.max(1, ...Object.values(history.revisions).map(tags => tags.length));
  const rolledOut = new Map(Object.entries(history.revisions).map(([key, tags]) => [key.slice(key.indexOf('/') + 1), tags]));
  for (const image of ecr.images.list()) {
    const tags = rolledOut.get(image.repository.slice(image.repository.lastIndexOf('/') + 1));
    const nth = tags?.indexOf(image.builtAs) ?? -1;
    const pushedAtMs = !tags ? bornMs : nth < 0 ? arriveMs - UNUSED_BEFORE_MS : bornMs + (lastMs - bornMs) * ((rounds - tags.length + nth + 1) / rounds) - BUILD_LEAD_MS;
    ecr.images.put(`${image.repository}@${image.digest}`, { ...image, pushedAtMs: Math.round(pushedAtMs / 1000) * 1000 });
  }
  if (!registry) return;
  const { prefix, mutability, scanOnPush, lifecycle } = registry;
  for (const repository of ecr.repositories.list().filter(({ name }) => name.startsWith(prefix))) {
    const kept = ecr.repositories.put(repository.name, { ...repository, mutability, scanOnPush });
    ecr.setLifecycle(kept, JSON.stringify(lifecycle), lifecycle, arriveMs - EVALUATED_BEFORE_MS);
  }
}
