/** `eksctl create|delete|scale|drain nodegroup`. */
import type { Task } from '../../../engine/kernel/task.ts';
import { EksctlFailure, type EksctlCommand } from '../command.ts';
import { describeNodeGroup, drainNodeGroup, waitUntilActive, waitUntilGone } from '../node-group.ts';
import type { EksctlSession } from '../session.ts';
import { APPROVE, CLUSTER, CONFIG_FILE, NO_CONFIG_FILE, nodegroupName, PROFILE, REGION, timeout } from '../shared-flags.ts';

const DISABLE_EVICTION = { name: 'disable-eviction', kind: 'bool', fallback: 'false', help: 'Force drain to use delete, even if eviction is supported. This will bypass checking PodDisruptionBudgets, use with caution.' } as const;

const number = (session: EksctlSession, flag: string): number | undefined => (session.given(flag) === undefined ? undefined : Number(session.given(flag)));

const scaleNodegroup: EksctlCommand = {
  path: 'scale nodegroup', aliases: ['ng'], summary: 'Scale a nodegroup', refused: NO_CONFIG_FILE,
  flags: [
    CLUSTER, nodegroupName('Name of the nodegroup to scale'), CONFIG_FILE, { name: 'nodes', short: 'N', kind: 'int', help: 'desired number of nodes (required)' },
    { name: 'nodes-max', short: 'M', kind: 'int', help: 'maximum number of nodes' }, { name: 'nodes-min', short: 'm', kind: 'int', help: 'minimum number of nodes' }, REGION, timeout(),
    { name: 'wait', kind: 'bool', fallback: 'false', help: 'wait for scaling' }, PROFILE,
  ],
  * run(session) {
    const clusterName = session.clusterFlag();
    const name = session.name('name');
    const [desired, max, min] = [number(session, 'nodes'), number(session, 'nodes-max'), number(session, 'nodes-min')];
    if (desired === undefined && max === undefined && min === undefined) throw new EksctlFailure('at least one of minimum, maximum and desired nodes must be set');
    if (desired !== undefined && desired < 0) throw new EksctlFailure('number of nodes must be 0 or greater');
    if (max !== undefined && max < 0) throw new EksctlFailure('maximum number of nodes must be 0 or greater');
    if (min !== undefined && min < 0) throw new EksctlFailure('minimum number of nodes must be 0 or greater');
    if (desired !== undefined && max !== undefined && min !== undefined && (min > desired || max < desired)) throw new EksctlFailure('number of nodes must be within range of min nodes and max nodes');
    if (desired !== undefined && max !== undefined && max < desired) throw new EksctlFailure('maximum number of nodes must be greater than or equal to number of nodes');
    if (desired !== undefined && min !== undefined && min > desired) throw new EksctlFailure('minimum number of nodes must be less than or equal to number of nodes');
    yield* session.cluster(clusterName);
    yield* session.info(`scaling nodegroup ${JSON.stringify(name)} in cluster ${clusterName}`);
    const answer = yield* session.try('eks', 'UpdateNodegroupConfig', {
      clusterName, nodegroupName: name, scalingConfig: { ...(min !== undefined && { minSize: min }), ...(max !== undefined && { maxSize: max }), ...(desired !== undefined && { desiredSize: desired }) },
    });
    if (!answer.ok) throw new EksctlFailure(`failed to scale nodegroup for cluster ${JSON.stringify(clusterName)}, error: ${session.sdkError('eks', 'UpdateNodegroupConfig', answer.error)}`);
    yield* waitUntilActive(session, clusterName, name, `waiting for scaling of nodegroup ${JSON.stringify(name)} to complete`);
    yield* session.info('nodegroup successfully scaled');
  },
};

function* planned(session: EksctlSession, plan: boolean, action: string): Task<void> {
  yield* session.info(plan ? `(plan) would ${action}` : `will ${action}`);
}

const drain: EksctlCommand = {
  path: 'drain nodegroup', aliases: ['ng'], summary: 'Cordon and drain a nodegroup', refused: { ...NO_CONFIG_FILE, 'node-drain-wait-period': 'kubectl drain drains one node at a time', parallel: 'nodes are drained one after the other' },
  flags: [
    CLUSTER, REGION, nodegroupName('Name of the nodegroup to drain'), CONFIG_FILE, APPROVE, { name: 'undo', kind: 'bool', fallback: 'false', help: 'Uncordon the nodegroup' },
    { name: 'max-grace-period', kind: 'duration', fallback: '10m0s', help: 'Maximum pods termination grace period' }, DISABLE_EVICTION, timeout(),
    { name: 'node-drain-wait-period', kind: 'duration', help: 'Amount of time to wait between draining nodes in a nodegroup' }, { name: 'parallel', kind: 'int', help: 'Number of nodes to drain in parallel. Max 25' }, PROFILE,
  ],
  * run(session) {
    const clusterName = session.clusterFlag();
    const name = session.name('name');
    const cluster = yield* session.cluster(clusterName);
    yield* describeNodeGroup(session, clusterName, name);
    yield* session.info(`1 nodegroup (${name}) was included (based on the include/exclude rules)`);
    yield* planned(session, false, `${session.bool('undo') ? 'uncordon' : 'drain'} 1 managed nodegroup(s) in cluster ${JSON.stringify(clusterName)}`);
    yield* drainNodeGroup(session, cluster, name, { undo: session.bool('undo'), deletePods: session.bool('disable-eviction') });
  },
};

const deleteNodegroup: EksctlCommand = {
  path: 'delete nodegroup', aliases: ['ng'], summary: 'Delete a nodegroup', refused: NO_CONFIG_FILE,
  flags: [
    CLUSTER, REGION, nodegroupName('Name of the nodegroup to delete'), CONFIG_FILE, APPROVE, { name: 'drain', kind: 'bool', fallback: 'true', help: 'Drain and cordon all nodes in the nodegroup before deletion' },
    { name: 'max-grace-period', kind: 'duration', fallback: '10m0s', help: 'Maximum pods termination grace period' }, DISABLE_EVICTION, { name: 'wait', short: 'w', kind: 'bool', fallback: 'false', help: 'wait for deletion of all resources before exiting' },
    timeout(), PROFILE,
  ],
  * run(session) {
    const clusterName = session.clusterFlag();
    const name = session.name('name');
    const cluster = yield* session.cluster(clusterName);
    yield* describeNodeGroup(session, clusterName, name);
    yield* session.info(`1 nodegroup (${name}) was included (based on the include/exclude rules)`);
    if (session.bool('drain')) {
      yield* planned(session, false, `drain 1 nodegroup(s) in cluster ${JSON.stringify(clusterName)}`);
      yield* drainNodeGroup(session, cluster, name, { undo: false, deletePods: session.bool('disable-eviction') });
    }
    yield* planned(session, false, `delete 1 nodegroups from cluster ${JSON.stringify(clusterName)}`);
    yield* session.call('eks', 'DeleteNodegroup', { clusterName, nodegroupName: name });
    if (session.bool('wait')) yield* waitUntilGone(session, clusterName, name);
    yield* session.success(`deleted 1 nodegroup(s) from cluster ${JSON.stringify(clusterName)}`);
  },
};

const createNodegroup: EksctlCommand = {
  path: 'create nodegroup', aliases: ['ng'], summary: 'Create a nodegroup', refused: { ...NO_CONFIG_FILE, 'dry-run': 'eksctl get nodegroup -o yaml shows the groups there are', 'ssh-access': 'kubectl debug node/… opens a shell on a node', spot: 'capacity is on demand' },
  flags: [
    CLUSTER, nodegroupName('name of the new nodegroup (generated if unspecified)'), REGION, { name: 'node-type', short: 't', kind: 'string', fallback: 'm5.large', help: 'node instance type' },
    { name: 'instance-types', kind: 'list', help: 'Comma-separated list of instance types' }, { name: 'nodes', short: 'N', kind: 'int', fallback: '2', help: 'total number of nodes (for a static ASG)' },
    { name: 'nodes-min', short: 'm', kind: 'int', help: 'minimum nodes in ASG' }, { name: 'nodes-max', short: 'M', kind: 'int', help: 'maximum nodes in ASG' },
    { name: 'node-labels', kind: 'map', help: 'extra labels to add when registering the nodes in the nodegroup' }, { name: 'node-zones', kind: 'list', help: '(inherited from the cluster if unspecified)' },
    { name: 'subnet-ids', kind: 'list', help: 'Define an optional list of subnet IDs to create the nodegroup in' }, { name: 'node-role', kind: 'string', help: 'ARN of the role of the nodes (that of another nodegroup if unspecified)' },
    { name: 'managed', kind: 'bool', fallback: 'true', help: 'Create EKS-managed nodegroup' }, { name: 'spot', kind: 'bool', help: 'create a spot nodegroup' }, { name: 'ssh-access', kind: 'bool', help: 'control SSH access for nodes' },
    { name: 'dry-run', kind: 'bool', help: 'Dry-run mode' }, timeout(), CONFIG_FILE, PROFILE,
  ],
  * run(session) {
    const clusterName = session.clusterFlag();
    if (!session.bool('managed')) throw new EksctlFailure('--managed=false is not modelled; managed nodegroups are');
    const name = session.name('name');
    const cluster = yield* session.cluster(clusterName);
    const { nodegroups } = yield* session.call<{ nodegroups: string[] }>('eks', 'ListNodegroups', { clusterName });
    if (nodegroups.includes(name)) {
      yield* session.info('1 existing nodegroup(s) (' + name + ') will be excluded');
      return;
    }
    const sibling = nodegroups[0] === undefined ? undefined : yield* describeNodeGroup(session, clusterName, nodegroups[0]);
    const nodeRole = session.given('node-role') ?? sibling?.nodeRole;
    if (nodeRole === undefined) throw new EksctlFailure('a nodegroup without --node-role is not modelled when there is no other nodegroup; give the ARN of a role');
    const desired = Number(session.text('nodes'));
    const types = session.list('instance-types');
    const labels = Object.fromEntries(session.list('node-labels').map(pair => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]));
    yield* session.info(`nodegroup ${JSON.stringify(name)} will use "" [AmazonLinux2023/${cluster.version}]`);
    yield* session.info(`1 nodegroup (${name}) was included (based on the include/exclude rules)`);
    yield* session.info(`will create 1 managed nodegroup(s) in cluster ${JSON.stringify(clusterName)}`);
    yield* session.call('eks', 'CreateNodegroup', {
      clusterName, nodegroupName: name, nodeRole, subnets: yield* subnetsOf(session, cluster.resourcesVpcConfig?.subnetIds ?? [], sibling?.subnets ?? []),
      scalingConfig: { minSize: number(session, 'nodes-min') ?? desired, maxSize: number(session, 'nodes-max') ?? desired, desiredSize: desired },
      instanceTypes: types.length > 0 ? types : [session.text('node-type')], amiType: 'AL2023_x86_64_STANDARD', ...(Object.keys(labels).length > 0 && { labels }),
    });
    yield* waitUntilActive(session, clusterName, name, `waiting for the nodegroup ${JSON.stringify(name)} to become active`);
    yield* session.success(`created 1 managed nodegroup(s) in cluster ${JSON.stringify(clusterName)}`);
  },
};

/** Those named, else those of the zones asked for, else those another node group uses. */
function* subnetsOf(session: EksctlSession, ofCluster: readonly string[], ofSibling: readonly string[]): Task<readonly string[]> {
  const named = session.list('subnet-ids');
  if (named.length > 0) return named;
  const candidates = ofSibling.length > 0 ? ofSibling : ofCluster;
  const zones = session.list('node-zones');
  if (zones.length === 0) return candidates;
  const { Subnets } = yield* session.call<{ Subnets: readonly { SubnetId: string; AvailabilityZone: string }[] }>('ec2', 'DescribeSubnets', { SubnetIds: candidates });
  const found = Subnets.filter(({ AvailabilityZone }) => zones.includes(AvailabilityZone)).map(({ SubnetId }) => SubnetId);
  if (found.length === 0) throw new EksctlFailure(`no subnets were found for zones: ${zones.join(', ')}`);
  return found;
}

export const nodeGroupCommands: readonly EksctlCommand[] = [createNodegroup, deleteNodegroup, scaleNodegroup, drain];
