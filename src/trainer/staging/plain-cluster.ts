import { Cluster } from '../../engine/cluster.ts';
import type { Kernel } from '../../engine/kernel/kernel.ts';
import { readManifests, type Content } from '../content.ts';
import { apply, loadImages } from './estate.ts';

const FOLDER = 'scenarios/estates/plain';
const ZONES = ['eu-west-1a', 'eu-west-1b', 'eu-west-1c'];
/** Until every namespace has its service account. */
const SETTLE_MS = 1_000;

/** A cluster with nothing on it but name servers and a storage class, to bring one's own manifests to. */
export function stagePlainCluster(kernel: Kernel, content: Content, nodes: number): Cluster {
  const cluster = new Cluster({
    kernel, version: '1.35.6', images: loadImages(content, FOLDER),
    subnets: Object.fromEntries(ZONES.map((zone, index) => [zone, `10.20.${index * 32}.0/19`])),
  });
  for (let index = 0; index < nodes; index += 1) cluster.addNode({ zone: ZONES[index % ZONES.length]!, instanceType: 'm5.large', labels: {} }, { booted: true });
  kernel.run({ untilMs: kernel.nowMs + SETTLE_MS });
  for (const manifest of readManifests(content, `${FOLDER}/manifests`)) apply(cluster, manifest);
  return cluster;
}
