/**
 * Things done to the world from outside, as data: by a scenario's timeline, by the checker once the learner has mended
 * something, by a teacher who breaks things on purpose. An action sets up a cause; everything after follows.
 */
import type { Deployment } from 'kubernetes-types/apps/v1.d.ts';
import * as z from 'zod';
import { NodeManager } from '../../engine/aws/eks/in-cluster.ts';
import type { Cluster } from '../../engine/cluster.ts';
import type { KubeObject } from '../../engine/apimachinery/object.ts';
import type { StoredPod } from '../../engine/kubelet/pod.ts';
import { durationMs, readManifests, type Content } from '../content.ts';
import { cause, causeActions } from './cause-action.ts';

const workload = z.string().regex(/^[a-z0-9-]+\/[a-z0-9-]+$/, 'namespace/name of a Deployment');

export const worldActionSchema = z.union([
  /** Stops the main processes of one pod (SIGSTOP). */
  z.strictObject({ freeze: workload }),
  /** Deletes pods in order, as `kubectl delete pod` would. */
  z.strictObject({ remove: workload, count: z.number().default(1) }),
  /** Multiplies the traffic until the trial is over. */
  z.strictObject({ load: z.strictObject({ profiles: z.array(z.string()), factor: z.number() }) }),
  /** The machine under one of its pods, or the named one, fails at once. */
  z.strictObject({ killNode: z.union([z.strictObject({ under: workload }), z.strictObject({ name: z.string() })]) }),
  /** Cordons the node under one of its pods, or the named one, and evicts everything from it, as `kubectl drain` does; uncordons it afterwards. */
  z.strictObject({ drainNode: z.union([z.strictObject({ under: workload }), z.strictObject({ name: z.string() })]) }),
  /** Applies the manifests of a file of the scenario; they are taken away when the trial is over. */
  z.strictObject({ addPods: z.string() }),
  /** An update of a managed add-on to its own settings: what was changed beside them is put back. */
  z.strictObject({ updateAddon: z.string() }),
  /** People wait, and time passes. */
  z.strictObject({ fastForward: z.string().refine(text => { try { return durationMs(text) > 0; } catch { return false; } }) }),
  ...causeActions,
]);

export type WorldAction = z.infer<typeof worldActionSchema>;

export interface ActionContext {
  readonly cluster: Cluster;
  readonly content: Content;
  /** The scenario's folder, for manifests. */
  readonly folder: string;
  /** In whose name. */
  readonly user: string;
}

/** What an action did: the pod it chose, how to take it back, and when it is through (a drain takes a while). */
export interface ActionOutcome {
  readonly pod?: { readonly uid: string; readonly namespace: string; readonly name: string };
  readonly frozenPod?: StoredPod;
  undo(): void;
  isThrough(): boolean;
}

const THROUGH: ActionOutcome = { undo() {}, isThrough: () => true };
/** Until requests under way are answered. */
const LAST_ANSWERS_MS = 10_000;

/** Does one thing. @returns nothing when there is nothing to do it to yet */
export function act(action: WorldAction, context: ActionContext): ActionOutcome | undefined {
  const { cluster } = context;
  const client = cluster.api.as({ name: context.user, groups: ['system:masters', 'system:authenticated'] });
  if ('load' in action) {
    const changed = action.load.profiles.flatMap(name => cluster.loads.get(name) ?? []);
    const before = changed.map(load => load.factor);
    for (const load of changed) load.setFactor(action.load.factor);
    return changed.length === 0 ? undefined : { ...THROUGH, undo: () => { for (const [index, load] of changed.entries()) load.setFactor(before[index]!); } };
  }
  if ('freeze' in action) {
    const pod = readyPods(cluster, action.freeze)[0];
    if (!pod) return undefined;
    for (const { running } of cluster.kubelets.get(pod.spec?.nodeName ?? '')?.workers.get(pod.metadata.uid)?.records ?? []) running?.signal('SIGSTOP');
    return { ...THROUGH, pod: nameOf(pod), frozenPod: pod };
  }
  if ('remove' in action) {
    const pods = readyPods(cluster, action.remove).slice(0, action.count);
    if (pods.length < action.count) return undefined;
    for (const pod of pods) client.delete('Pod', nameOf(pod));
    return { ...THROUGH, pod: nameOf(pods[0]!) };
  }
  if ('killNode' in action) {
    const target = 'name' in action.killNode ? { node: action.killNode.name } : under(cluster, action.killNode.under);
    const machine = target && cluster.kubelets.get(target.node);
    if (!machine?.isRunning) return undefined;
    cluster.terminateNode(target!.node);
    const { zone, labels, size } = machine.description;
    return {
      ...THROUGH, ...('pod' in target! && { pod: nameOf(target.pod) }),
      // A group replaces what it loses; a machine without one is replaced by hand.
      undo: () => { if (labels['eks.amazonaws.com/nodegroup'] === undefined) cluster.addNode({ zone, instanceType: size.type, labels }); },
    };
  }
  if ('drainNode' in action) {
    if ('name' in action.drainNode) return cluster.kubelets.has(action.drainNode.name) ? drain(context, action.drainNode.name) : undefined;
    const target = under(cluster, action.drainNode.under);
    return target && { ...drain(context, target.node), pod: nameOf(target.pod) };
  }
  if ('addPods' in action) return addManifests(context, action.addPods);
  if ('fastForward' in action) return fastForward(cluster, durationMs(action.fastForward));
  if (!('updateAddon' in action)) return cause(action, context);
  const { aws } = cluster;
  aws.api.call(aws.serviceRole('AWSServiceRoleForAmazonEKS', 'AmazonEKS'), 'eks', 'UpdateAddon', { clusterName: aws.foundation.cluster.name, addonName: action.updateAddon, resolveConflicts: 'OVERWRITE' });
  return THROUGH;
}

const nameOf = ({ metadata: { uid, namespace = '', name } }: StoredPod) => ({ uid, namespace, name });

/** The Ready pods of a Deployment that are not on their way out, in order of name. */
export function readyPods(cluster: Cluster, key: string): StoredPod[] {
  const [namespace = '', name = ''] = key.split('/');
  const { reader } = cluster.api;
  const owner = reader.get<Deployment>('Deployment', namespace, name);
  if (!owner) return [];
  return reader.ownedBy(owner.metadata.uid, 'ReplicaSet').flatMap(set => reader.ownedBy<StoredPod>(set.metadata.uid, 'Pod'))
    .filter(pod => !pod.metadata.deletionTimestamp && pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True'));
}

function under(cluster: Cluster, key: string): { node: string; pod: StoredPod } | undefined {
  const pod = readyPods(cluster, key)[0];
  return pod?.spec?.nodeName ? { node: pod.spec.nodeName, pod } : undefined;
}

function drain({ cluster, user }: ActionContext, node: string): ActionOutcome {
  const manager = new NodeManager(cluster.kernel, cluster.api, { name: user, groups: ['system:masters', 'system:authenticated'] });
  let through = false;
  manager.cordon(node);
  const { stop } = manager.drain(node, { limitMs: Number.POSITIVE_INFINITY, force: false }, () => { through = true; });
  return {
    isThrough: () => through,
    undo: () => {
      stop();
      manager.uncordon(node);
    },
  };
}

function addManifests({ cluster, content, folder, user }: ActionContext, path: string): ActionOutcome {
  const client = cluster.api.as({ name: user, groups: ['system:masters', 'system:authenticated'] });
  const added: KubeObject[] = [];
  for (const manifest of readManifests(content, `${folder}/${path}`)) {
    const created = client.create(manifest);
    if (created.ok) added.push(created.value);
  }
  return {
    isThrough: () => true,
    undo: () => { for (const { kind, metadata } of added) client.delete(kind, { namespace: metadata.namespace ?? '', name: metadata.name }); },
  };
}

/** Without traffic the clock may leap; people come back when it is over. */
function fastForward(cluster: Cluster, forwardMs: number): ActionOutcome {
  const { kernel, loads } = cluster;
  let through = false;
  for (const load of loads.values()) load.pause();
  kernel.after(LAST_ANSWERS_MS, 'trainer/fast-forward', String(forwardMs), () => {
    kernel.leap(kernel.nowMs + forwardMs);
    for (const load of loads.values()) load.resume();
    through = true;
  });
  return { isThrough: () => through, undo() {} };
}
