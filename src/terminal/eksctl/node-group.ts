/** Node groups as eksctl's commands see them: asked from EKS, waited for, drained through the Eviction API. */
import type { Task } from '../../engine/kernel/task.ts';
import { EksctlFailure } from './command.ts';
import type { ClusterView, EksctlSession } from './session.ts';

export interface NodeGroupView {
  readonly nodegroupName: string;
  readonly clusterName: string;
  readonly version?: string;
  readonly releaseVersion?: string;
  readonly status: string;
  readonly createdAt?: string;
  readonly scalingConfig?: { readonly minSize: number; readonly maxSize: number; readonly desiredSize: number };
  readonly instanceTypes?: readonly string[];
  readonly amiType?: string;
  readonly nodeRole?: string;
  readonly subnets?: readonly string[];
  readonly resources?: { readonly autoScalingGroups?: readonly { readonly name: string }[] };
  readonly health?: { readonly issues?: readonly { readonly code: string; readonly message: string }[] };
}

/** Between two looks while waiting (pkg/utils/waiters: 20 s with jitter). */
const LOOK_EVERY_MS = 20_000;
/** Before a pod that could not be evicted is tried again (pkg/drain: retryDelay). */
const EVICTION_RETRY_MS = 5_000;

export function* describeNodeGroup(session: EksctlSession, clusterName: string, nodegroupName: string): Task<NodeGroupView> {
  return (yield* session.call<{ nodegroup: NodeGroupView }>('eks', 'DescribeNodegroup', { clusterName, nodegroupName })).nodegroup;
}

/** Looks until the group is ACTIVE. @throws EksctlFailure when it fails, or the time is over */
export function* waitUntilActive(session: EksctlSession, clusterName: string, nodegroupName: string, message: string): Task<void> {
  const endMs = session.process.kernel.nowMs + session.durationMs('timeout');
  for (;;) {
    yield* session.info(message);
    const group = yield* describeNodeGroup(session, clusterName, nodegroupName);
    if (group.status === 'ACTIVE') return;
    if (['DEGRADED', 'CREATE_FAILED', 'DELETE_FAILED'].includes(group.status)) throw new EksctlFailure(`waiter state transitioned to Failure: nodegroup ${JSON.stringify(nodegroupName)} is ${group.status}`);
    if (session.process.kernel.nowMs >= endMs) throw new EksctlFailure('exceeded max wait time for waiter');
    yield* session.process.sleep(LOOK_EVERY_MS);
  }
}

/** Looks until there is no such group any more. @throws EksctlFailure when the time is over */
export function* waitUntilGone(session: EksctlSession, clusterName: string, nodegroupName: string): Task<void> {
  const endMs = session.process.kernel.nowMs + session.durationMs('timeout');
  for (;;) {
    const answer = yield* session.try('eks', 'DescribeNodegroup', { clusterName, nodegroupName });
    if (!answer.ok && answer.error.code === 'ResourceNotFoundException') return;
    if (session.process.kernel.nowMs >= endMs) throw new EksctlFailure('exceeded max wait time for waiter');
    yield* session.info(`waiting for deletion of nodegroup ${JSON.stringify(nodegroupName)}`);
    yield* session.process.sleep(LOOK_EVERY_MS);
  }
}

interface KubeObject {
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly annotations?: Record<string, string>; readonly ownerReferences?: readonly { readonly kind: string }[] };
  readonly spec?: { readonly unschedulable?: boolean };
  readonly status?: { readonly phase?: string };
}

const items = (body: unknown): readonly KubeObject[] => (body as { items?: readonly KubeObject[] } | undefined)?.items ?? [];

function* nodesOf(session: EksctlSession, cluster: ClusterView, nodegroupName: string): Task<readonly KubeObject[]> {
  const response = yield* session.kubernetes(cluster, 'GET', '/api/v1/nodes', undefined, { query: { labelSelector: `eks.amazonaws.com/nodegroup=${nodegroupName}` } });
  if (response.code >= 400) throw new EksctlFailure((response.body as { message?: string }).message ?? `status ${response.code}`);
  return items(response.body);
}

function* cordon(session: EksctlSession, cluster: ClusterView, nodes: readonly KubeObject[], wanted: boolean): Task<void> {
  for (const { metadata: { name }, spec } of nodes) {
    if ((spec?.unschedulable ?? false) === wanted) continue;
    const response = yield* session.kubernetes(cluster, 'PATCH', `/api/v1/nodes/${name}`, { spec: { unschedulable: wanted ? true : null } }, { type: 'application/merge-patch+json' });
    if (response.code >= 400) throw new EksctlFailure((response.body as { message?: string }).message ?? `status ${response.code}`);
    yield* session.info(`${wanted ? 'cordon' : 'uncordon'} node ${JSON.stringify(name)}`);
  }
}

/** Cordons every node and evicts what runs there, one node after the other. @throws EksctlFailure when the time is over */
export function* drainNodeGroup(session: EksctlSession, cluster: ClusterView, nodegroupName: string, options: { undo: boolean; deletePods: boolean }): Task<void> {
  const nodes = yield* nodesOf(session, cluster, nodegroupName);
  if (nodes.length === 0) {
    yield* session.warning(`no nodes found in nodegroup ${JSON.stringify(nodegroupName)} (label selector: ${JSON.stringify(`eks.amazonaws.com/nodegroup=${nodegroupName}`)})`);
    return;
  }
  if (options.undo) {
    yield* cordon(session, cluster, nodes, false);
    return;
  }
  const endMs = session.process.kernel.nowMs + session.durationMs('timeout');
  const drained: string[] = [];
  yield* session.info('starting parallel draining, max in-flight of 1');
  for (;;) {
    const present = yield* nodesOf(session, cluster, nodegroupName);
    yield* cordon(session, cluster, present, true);
    const next = present.map(node => node.metadata.name).sort().find(name => !drained.includes(name));
    if (next === undefined) break;
    yield* evictAll(session, cluster, { nodegroupName, node: next, endMs, deletePods: options.deletePods });
    drained.push(next);
  }
  yield* session.success(`drained all nodes: [${drained.join(' ')}]`);
}

interface Eviction {
  readonly nodegroupName: string;
  readonly node: string;
  readonly endMs: number;
  readonly deletePods: boolean;
}

function* evictAll(session: EksctlSession, cluster: ClusterView, { nodegroupName, node, endMs, deletePods }: Eviction): Task<void> {
  let reportedMs = session.process.kernel.nowMs;
  for (;;) {
    const response = yield* session.kubernetes(cluster, 'GET', '/api/v1/pods', undefined, { query: { fieldSelector: `spec.nodeName=${node}` } });
    const pods = items(response.body).filter(({ metadata, status }) => !metadata.ownerReferences?.some(owner => owner.kind === 'DaemonSet')
      && metadata.annotations?.['kubernetes.io/config.mirror'] === undefined && status?.phase !== 'Succeeded' && status?.phase !== 'Failed');
    if (pods.length === 0) return;
    if (session.process.kernel.nowMs >= endMs) {
      yield* session.warning(`pod eviction error (${JSON.stringify(`timed out (after ${session.durationText('timeout')}) waiting for node ${JSON.stringify(node)} to be drained`)}) on node ${node}`);
      throw new EksctlFailure(`timed out (after ${session.durationText('timeout')}) waiting for nodegroup ${JSON.stringify(nodegroupName)} to be drained`);
    }
    if (session.process.kernel.nowMs - reportedMs > 60_000) {
      yield* session.warning(`${pods.length} pods are unevictable from node ${node}`);
      reportedMs = session.process.kernel.nowMs;
    }
    for (const { metadata: { name, namespace } } of pods) {
      const path = `/api/v1/namespaces/${namespace}/pods/${name}`;
      const asked = deletePods ? yield* session.kubernetes(cluster, 'DELETE', path)
        : yield* session.kubernetes(cluster, 'POST', `${path}/eviction`, { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace } });
      const recoverable = asked.code < 400 || [404, 410, 429, 503, 504].includes(asked.code);
      if (!recoverable) throw new EksctlFailure(`unrecoverable error evicting pod: ${namespace}/${name}: ${(asked.body as { message?: string }).message ?? asked.code}`);
    }
    yield* session.process.sleep(EVICTION_RETRY_MS);
  }
}
