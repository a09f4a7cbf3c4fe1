import type { AwsService } from '../../engine/aws/contract.ts';
import type { Cluster } from '../../engine/cluster.ts';
import { assert } from '../../engine/kernel/assert.ts';
import { readManifests, type Content } from '../content.ts';
import type { Estate } from './estate-schema.ts';
import { rollOut } from './release.ts';
import { rotateNodes } from './rotate-nodes.ts';
import type { TimelineEntry } from './scenario-schema.ts';

/** What a timeline entry acts on. */
export interface Stage {
  readonly cluster: Cluster;
  readonly content: Content;
  readonly estate: Estate;
  /** The scenario's folder, for its manifests. */
  readonly folder: string;
}

/** A calm longer than this before the next entry is leapt over, as long as no load runs. */
const LEAP_OVER_MS = 3_600_000;
/** What stays to be run before an entry, so that everything is in step again. */
const RUN_UP_MS = 20_000;

/** Plays the entries that lie before the learner's arrival, and leaves the clock there. */
export function playPast(stage: Stage, entries: readonly TimelineEntry[], arriveMs: number): void {
  const { kernel } = stage.cluster;
  const past = entries.filter(entry => entry.atMs <= 0).sort((a, b) => a.atMs - b.atMs);
  let loaded = false;
  for (const entry of past) {
    const atMs = arriveMs + entry.atMs;
    assert(atMs >= kernel.nowMs, 'a timeline entry lies before the estate was ready');
    if (!loaded && atMs - kernel.nowMs > LEAP_OVER_MS) kernel.leap(atMs - RUN_UP_MS);
    kernel.run({ untilMs: atMs });
    perform(stage, entry);
    loaded ||= entry.load !== undefined;
  }
  if (!loaded && arriveMs - kernel.nowMs > LEAP_OVER_MS) kernel.leap(arriveMs - RUN_UP_MS);
  kernel.run({ untilMs: arriveMs });
}

/** Arranges for the entries that come while the learner works. */
export function scheduleFuture(stage: Stage, entries: readonly TimelineEntry[], arriveMs: number): void {
  for (const entry of entries) {
    if (entry.atMs > 0) stage.cluster.kernel.at(arriveMs + entry.atMs, 'scenario/timeline', stage.folder, () => perform(stage, entry));
  }
}

function keyOf(name: string): { namespace: string; name: string } {
  const slash = name.indexOf('/');
  return { namespace: name.slice(0, Math.max(0, slash)), name: name.slice(slash + 1) };
}

/** Does one thing to the world, as whoever did it. */
export function perform(stage: Stage, entry: TimelineEntry): void {
  const { cluster } = stage;
  const user = { name: entry.as ?? 'ci-deployer', groups: ['system:masters', 'system:authenticated'] };
  const client = cluster.api.as(user);
  if (entry.apply) {
    for (const manifest of readManifests(stage.content, `${stage.folder}/${entry.apply}`)) {
      const { name, namespace = '' } = manifest.metadata;
      const exists = cluster.api.reader.get(manifest.kind, namespace, name);
      const done = exists ? client.update({ ...manifest, metadata: { ...exists.metadata, ...manifest.metadata, resourceVersion: undefined } }, { fieldManager: entry.manager ?? 'kubectl-edit' })
        : client.create(manifest, { fieldManager: entry.manager ?? 'kubectl-create' });
      assert(done.ok, done.ok ? '' : `${entry.apply}: ${done.status.message}`);
    }
  }
  if (entry.release) rollOut(entry.release, client, cluster.api.reader);
  if (entry.patch) {
    const done = client.patch(entry.patch.kind, keyOf(entry.patch.name), 'strategic', entry.patch.with, { fieldManager: entry.manager ?? 'kubectl-patch' });
    assert(done.ok, done.ok ? '' : `patch of ${entry.patch.name}: ${done.status.message}`);
  }
  if (entry.delete) client.delete(entry.delete.kind, keyOf(entry.delete.name));
  if (entry.aws) {
    const { aws } = cluster;
    const { service, call, with: parameters } = entry.aws;
    const done = aws.api.call(aws.roleSession(aws.foundation.learner.role, entry.as ?? 'release-bot'), service as AwsService, call, parameters);
    assert(done.ok, done.ok ? '' : `${service} ${call}: ${done.error.message}`);
  }
  if (entry.rotate) rotateNodes(cluster, stage.estate, entry.rotate.nodeGroup);
  if (entry.load) {
    for (const profile of stage.estate.loads) {
      if (!entry.load.profiles.includes(profile.name)) continue;
      const load = cluster.loads.get(profile.name) ?? cluster.addLoad(profile, profile.address);
      load.setFactor(entry.load.factor);
      load.start();
    }
  }
}
