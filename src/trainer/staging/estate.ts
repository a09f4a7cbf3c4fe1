import type * as z from 'zod';
import { Cluster } from '../../engine/cluster.ts';
import type { ImageDefinition } from '../../engine/images/contract.ts';
import { interpreterProgram, serviceProgram } from '../../engine/images/service/program.ts';
import { assert } from '../../engine/kernel/assert.ts';
import type { Kernel } from '../../engine/kernel/kernel.ts';
import { once, readManifests, readYaml, type Content, type KubeManifest } from '../content.ts';
import { estateSchema, imagesSchema, type Estate, type EstateChange } from './estate-schema.ts';
import { stageRegistry } from './registry.ts';
import { mergePatch } from '../../engine/apimachinery/merge-patch.ts';

const DAY_MS = 86_400_000;
const MIB = 1024 * 1024;
/** Long enough for the slowest service of an estate to become ready. */
const SETTLE_MS = 150_000;

/** An estate, read and checked. */
export interface LoadedEstate {
  readonly estate: Estate;
  readonly images: readonly ImageDefinition[];
  readonly folder: string;
  /** Manifests that differ in this scenario or exist in it only, and those it lacks (`PodDisruptionBudget shop/payments`). */
  readonly changes?: readonly KubeManifest[];
  readonly without: readonly string[];
}

/** @param found the scenario's folder and how its estate differs from the healthy one, if it does */
export function loadEstate(content: Content, name: string, found?: { readonly folder: string; readonly change: EstateChange }): LoadedEstate {
  const folder = `scenarios/estates/${name}`;
  return once(content, `estate ${name} ${found?.folder ?? ''}`, () => {
    const plan = readYaml(content, `${folder}/estate.yaml`);
    const { manifests, without = [], merge } = found?.change ?? {};
    return {
      estate: estateSchema.parse(merge ? mergePatch(plan, merge) : plan), images: loadImages(content, folder), folder,
      ...(manifests !== undefined && { changes: readManifests(content, `${found!.folder}/${manifests}`) }), without,
    };
  });
}

const labelOf = ({ kind, metadata: { namespace, name } }: KubeManifest): string => `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;

/** The slice's manifests as this scenario has them: some differ, some are missing, some are new. */
function manifestsOf(content: Content, { folder, changes = [], without }: LoadedEstate, paths: readonly string[]): KubeManifest[] {
  const own = paths.flatMap(path => readManifests(content, `${folder}/${path}`)).filter(manifest => !without.includes(labelOf(manifest)));
  const changed = new Map(changes.map(manifest => [labelOf(manifest), manifest]));
  const merged = own.map(manifest => {
    const change = changed.get(labelOf(manifest));
    changed.delete(labelOf(manifest));
    return change ? mergePatch(manifest, change) as KubeManifest : manifest;
  });
  return [...merged, ...changed.values()];
}

type DeclaredImage = z.infer<typeof imagesSchema>['images'][number];

/** The images that a folder of the estates declares. */
export function loadImages(content: Content, folder: string): ImageDefinition[] {
  const { registry, images } = imagesSchema.parse(readYaml(content, `${folder}/images.yaml`));
  return images.flatMap(image => image.versions.map(({ tags, service }) => imageOf(registry, image, tags, service)));
}

/** A new build of an image that an estate declares, its service changed in these fields. @returns nothing for an image of somebody else, or fields that no service has */
export function rebuilt(content: Content, repository: string, tag: string, change: Readonly<Record<string, unknown>>): ImageDefinition | undefined {
  for (const path of content.list('scenarios/estates').filter(file => file.endsWith('/images.yaml'))) {
    const { registry, images } = readYaml(content, path) as { registry: string; images: { repository: string; service: object }[] };
    const image = images.find(entry => `${registry}/${entry.repository}` === repository);
    if (!image) continue;
    const [built] = imagesSchema.safeParse({ registry, images: [{ ...image, service: { ...image.service, ...change }, releases: [] }] }).data?.images ?? [];
    return built && imageOf(registry, built, [tag], built.versions[0]!.service);
  }
  return undefined;
}

function imageOf(registry: string, { repository, sizeMiB, user, entrypoint, workingDir, scripts }: DeclaredImage, tags: readonly string[], service: DeclaredImage['versions'][number]['service']): ImageDefinition {
  const path = entrypoint[0]!.startsWith('/') ? entrypoint[0]! : `/usr/local/bin/${entrypoint[0]!.replace(/^\.\//, '')}`;
  const model = { name: repository.slice(repository.lastIndexOf('/') + 1), ...service };
  const program = scripts && workingDir ? interpreterProgram(model, entrypoint[1]!, workingDir, scripts) : serviceProgram(model);
  return {
    repository: `${registry}/${repository}`, tags, sizeBytes: sizeMiB * MIB, entrypoint: [path, ...entrypoint.slice(1)], userland: 'debian',
    ...(user && { user }), ...(workingDir && { workingDir }), ports: service.ports.map(({ port }) => port), programs: { [path]: program },
    ...(scripts && workingDir && { files: Object.fromEntries([entrypoint[1]!, ...Object.keys(scripts)].map(file => [`${workingDir}/${file}`, ''])) }),
  };
}

/** How long before the learner arrives the estate was born, virtual ms. */
export const bornBeforeMs = ({ estate }: LoadedEstate): number => estate.history.bornBeforeDays * DAY_MS;

/** An empty cluster with the estate's network, images and surroundings. */
export function foundCluster(kernel: Kernel, { estate, images }: LoadedEstate): Cluster {
  const cluster = new Cluster({ kernel, version: estate.version, aws: estate.aws, images, ...(estate.policies && { policies: estate.policies }) });
  for (const external of estate.externals) cluster.addExternal(external);
  for (const balancer of estate.loadBalancers) cluster.addLoadBalancer(balancer);
  return cluster;
}

/**
 * Gives the cluster its past and brings the slice up, healthy: machines, platform, one revision of each workload after
 * another with nobody running yet, then the last release with all its pods. Ends `lastReleaseBeforeDays` before `arriveMs`.
 */
export function stageEstate(cluster: Cluster, content: Content, loaded: LoadedEstate, sliceName: string, arriveMs: number): void {
  const { estate } = loaded;
  const { kernel } = cluster;
  const slice = estate.slices[sliceName];
  assert(slice, `estate ${estate.name} has no slice ${sliceName}`);
  const { ec2, eks } = cluster.aws;
  ec2.setAside(slice.nodeGroups.flatMap(groupName => estate.nodeGroups[groupName]?.nodes.map(({ address }) => address) ?? []));
  for (const groupName of slice.nodeGroups) {
    const group = estate.nodeGroups[groupName];
    assert(group, `estate ${estate.name} has no node group ${groupName}`);
    eks.found(groupName, group);
  }
  ec2.setAside([]);
  const run = (durationMs: number): void => { kernel.run({ untilMs: kernel.nowMs + durationMs }); };
  run(2_000);
  const manifests = manifestsOf(content, loaded, slice.manifests);
  const withHistory = new Map<string, KubeManifest>();
  for (const manifest of inOrder(manifests)) {
    const key = `${manifest.metadata.namespace ?? ''}/${manifest.metadata.name}`;
    if (manifest.kind === 'Deployment' && estate.history.revisions[key]) withHistory.set(key, manifest);
    else apply(cluster, manifest);
    if (manifest.kind === 'Namespace') run(200);
  }
  run(SETTLE_MS);
  rollOutHistory(cluster, estate, withHistory, arriveMs);
  run(SETTLE_MS);
  stageRegistry(cluster, estate, arriveMs);
}

/** Creates every revision with no replicas, days apart, then scales to what the manifest asks for. */
function rollOutHistory(cluster: Cluster, estate: Estate, deployments: ReadonlyMap<string, KubeManifest>, arriveMs: number): void {
  const { kernel } = cluster;
  const client = cluster.api.as(RELEASER);
  const rounds = Math.max(1, ...[...deployments.keys()].map(key => estate.history.revisions[key]!.length));
  const lastMs = arriveMs - estate.history.lastReleaseBeforeDays * DAY_MS;
  const stepMs = (lastMs - kernel.nowMs) / rounds;
  for (let round = 0; round < rounds; round += 1) {
    for (const [key, manifest] of deployments) {
      const tags = estate.history.revisions[key]!;
      const at = round - (rounds - tags.length);
      if (at < 0) continue;
      const { name, namespace = '' } = manifest.metadata;
      if (at === 0) apply(cluster, manifest, older => ({ ...older, spec: { ...older.spec, replicas: 0, template: withTag(older, tags[0]!) } }));
      else client.patch('Deployment', { namespace, name }, 'merge', { spec: { template: withTag(manifest, tags[at]!) } }, { fieldManager: 'kubectl-client-side-apply' });
    }
    kernel.run({ untilMs: kernel.nowMs + 2_000 });
    if (round < rounds - 1) kernel.leap(Math.max(kernel.nowMs, kernel.nowMs + stepMs));
  }
  kernel.leap(Math.max(kernel.nowMs, lastMs));
  for (const { metadata: { name, namespace = '' }, spec } of deployments.values()) {
    client.patch('Deployment', { namespace, name }, 'merge', { spec: { replicas: spec?.['replicas'] ?? 1 } }, { fieldManager: 'kubectl-client-side-apply' });
  }
}

/** The delivery pipeline of the estate. */
const RELEASER = { name: 'ci-deployer', groups: ['kfo:deployers', 'system:masters', 'system:authenticated'] };

function withTag({ spec }: KubeManifest, tag: string): Record<string, unknown> {
  const template = spec!['template'] as { spec: { containers: { image: string }[] } };
  const [first, ...rest] = template.spec.containers;
  const image = `${first!.image.slice(0, first!.image.lastIndexOf(':'))}:${tag}`;
  return { ...template, spec: { ...template.spec, containers: [{ ...first, image }, ...rest] } };
}

/** As `kubectl apply` would have created it, with its last-applied note. */
export function apply(cluster: Cluster, manifest: KubeManifest, change: (manifest: KubeManifest) => KubeManifest = same => same): void {
  const { metadata } = manifest;
  const note = { 'kubectl.kubernetes.io/last-applied-configuration': `${JSON.stringify({ ...manifest, metadata: { annotations: {}, ...metadata } })}\n` };
  const object = change(manifest);
  const created = cluster.api.as(RELEASER).create(
    { ...object, metadata: { ...object.metadata, annotations: { ...metadata.annotations, ...note } } }, { fieldManager: 'kubectl-client-side-apply' });
  assert(created.ok, created.ok ? '' : `${manifest.kind} ${metadata.name}: ${created.status.message}`);
}

/** Namespaces first, then what others refer to. */
function inOrder(manifests: readonly KubeManifest[]): KubeManifest[] {
  const rank = ['Namespace', 'StorageClass', 'PersistentVolume', 'ResourceQuota', 'ServiceAccount', 'ConfigMap', 'Secret', 'PersistentVolumeClaim', 'Service'];
  const of = (manifest: KubeManifest): number => (rank.includes(manifest.kind) ? rank.indexOf(manifest.kind) : rank.length);
  return [...manifests].sort((a, b) => of(a) - of(b));
}

/** The files that the learner finds at home: path below the home directory → text. */
export function homeFiles(content: Content, { estate, folder }: LoadedEstate, sliceName: string): Map<string, string> {
  const files = new Map<string, string>();
  for (const [directory, source] of Object.entries(estate.slices[sliceName]!.home)) {
    for (const path of content.list(`${folder}/${source}`)) files.set(`${directory}/${path.slice(`${folder}/${source}/`.length)}`, content.read(path)!);
  }
  return files;
}
