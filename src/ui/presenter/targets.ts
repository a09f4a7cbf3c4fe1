/** What can be broken here, and what is broken now: from the snapshot and the log. */
import type { Deployment } from 'kubernetes-types/apps/v1.d.ts';
import type { ConfigMap, Container, Node, Pod } from 'kubernetes-types/core/v1.d.ts';
import type { KubeObject } from '../../engine/apimachinery/object.ts';
import type { LoggedInput } from '../../hosts/protocol.ts';
import { TROUBLES, type TargetKind, type Trouble } from '../../trainer/staging/break-things.ts';
import { awsFacts, get, getSlug, list, ownerOf, type Slug, type Snapshot } from '../snapshot.ts';

export interface Target { readonly value: string; readonly label: string; /** The object on the map. */ readonly slug?: Slug }

/** Everything a trouble of this kind can be done to, in the order of the list. */
export function targetsOf(snapshot: Snapshot, kind: TargetKind): Target[] {
  switch (kind) {
    case 'none': return [];
    case 'node': return nodes(snapshot).map(node => ({ value: node.metadata.name, label: `${node.metadata.name} · ${zoneOf(node)}`, slug: `Node//${node.metadata.name}` }));
    case 'zone': return [...new Set(nodes(snapshot).map(zoneOf))].filter(Boolean).sort().map(zone => ({ value: zone, label: `${zone} · ${nodes(snapshot).filter(node => zoneOf(node) === zone).length} nodes` }));
    case 'subnet': return awsFacts(snapshot, 'subnet').filter(subnet => !subnet.public).map(({ id, free, zone }) => ({ value: id, label: `${id} · ${zone} · ${free} free` }));
    case 'deployment': return deployments(snapshot).map(targetOfDeployment);
    case 'own-build': return deployments(snapshot).filter(deployment => container(deployment)?.image?.includes('.dkr.ecr.')).map(targetOfDeployment);
    case 'config-key': return deployments(snapshot).flatMap(deployment => keysReadBy(snapshot, deployment));
  }
}

/** The one that is chosen until somebody chooses: what is selected on the map, when it fits. */
export function firstTarget(targets: readonly Target[], aims: readonly Slug[]): string {
  return (targets.find(target => target.slug !== undefined && aims.includes(target.slug)) ?? targets[0])?.value ?? '';
}

/** What a selection on the map stands for: a pod also for its node and its Deployment. */
export function aimsOf(snapshot: Snapshot, selected: Slug | undefined): Slug[] {
  if (selected === undefined) return [];
  const pod = selected.startsWith('Pod/') ? getSlug(snapshot, selected) as (Pod & KubeObject) | undefined : undefined;
  const set = pod && ownerOf(pod);
  const replicaSet = set?.kind === 'ReplicaSet' ? get(snapshot, 'ReplicaSet', pod?.metadata.namespace, set.name) : undefined;
  const deployment = replicaSet && ownerOf(replicaSet);
  return [selected, ...(pod?.spec?.nodeName ? [`Node//${pod.spec.nodeName}`] : []), ...(deployment ? [`${deployment.kind}/${pod?.metadata.namespace ?? ''}/${deployment.name}`] : [])];
}

export interface Broken { /** Its place among the acts of the log. */ readonly act: number; readonly atMs: number; readonly trouble: Trouble; readonly target: string }

/** What was broken on purpose and not mended since, oldest first. */
export function brokenNow(inputs: readonly LoggedInput[]): Broken[] {
  const acts = inputs.filter(({ input }) => input.type === 'act');
  const mended = new Set(inputs.flatMap(({ input }) => (input.type === 'mend' ? [input.act] : [])));
  return acts.flatMap(({ atMs, input }, act) => {
    const trouble = input.type === 'act' && TROUBLES.find(entry => entry.id === input.trouble);
    return trouble && !mended.has(act) && !trouble.mendsItself ? [{ act, atMs, trouble, target: input.target }] : [];
  });
}

/** A target in few words: its last part. */
export const shortTarget = (target: string): string => {
  const parts = target.split('/');
  return parts.length === 4 ? `${parts[1]} ${parts[2]}` : parts.at(-1) ?? '';
};

const nodes = (snapshot: Snapshot) => list<Node>(snapshot, 'Node').sort((a, b) => a.metadata.name.localeCompare(b.metadata.name));
const zoneOf = (node: { metadata: { labels?: Readonly<Record<string, string>> } }): string => node.metadata.labels?.['topology.kubernetes.io/zone'] ?? '';
const container = (deployment: Deployment): Container | undefined => deployment.spec?.template.spec?.containers[0];

/** Workloads of the people here; the platform's own are not in the list. */
function deployments(snapshot: Snapshot) {
  return list<Deployment>(snapshot, 'Deployment').filter(({ metadata, spec }) => metadata.namespace !== 'kube-system' && (spec?.replicas ?? 1) > 0)
    .sort((a, b) => `${a.metadata.namespace}/${a.metadata.name}`.localeCompare(`${b.metadata.namespace}/${b.metadata.name}`));
}

function targetOfDeployment({ metadata: { namespace = '', name } }: { metadata: { namespace?: string; name: string } }): Target {
  return { value: `${namespace}/${name}`, label: `${name} in ${namespace}`, slug: `Deployment/${namespace}/${name}` };
}

/** Keys that become environment of its container. */
function keysReadBy(snapshot: Snapshot, deployment: Deployment & { metadata: { namespace?: string; name: string } }): Target[] {
  const { namespace = '', name } = deployment.metadata;
  const whole = (container(deployment)?.envFrom ?? []).flatMap(({ configMapRef }) => {
    const config = configMapRef?.name && get<ConfigMap>(snapshot, 'ConfigMap', namespace, configMapRef.name);
    return config ? Object.keys(config.data ?? {}).map(key => [configMapRef!.name!, key] as const) : [];
  });
  const single = (container(deployment)?.env ?? []).flatMap(({ valueFrom }) => (valueFrom?.configMapKeyRef ? [[valueFrom.configMapKeyRef.name ?? '', valueFrom.configMapKeyRef.key] as const] : []));
  return [...whole, ...single].map(([config, key]) => ({ value: `${namespace}/${config}/${key}/${name}`, label: `${key} in ${config}`, slug: `Deployment/${namespace}/${name}` }));
}
