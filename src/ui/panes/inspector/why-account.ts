/** Steps of the why chain that lead out of the cluster: into the address book of a node, EC2's counts, a node group's update, a role's refusals. */
import type { Node, Pod } from 'kubernetes-types/core/v1.d.ts';
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1.d.ts';
import type { KubeObject } from '../../../engine/apimachinery/object.ts';
import { addressPicture, holders, type NodePicture, type SubnetPicture } from '../../map/addresses.ts';
import { model } from '../../map/model.ts';
import { awsFacts, fits, get, list, ownerOf, statusOf, type Snapshot } from '../../snapshot.ts';
import { clockText, msOf, plural } from '../../words.ts';
import type { Because } from './why.ts';

type Budget = PodDisruptionBudget & KubeObject;

/** Why a node could give a pod no address: its book, its interfaces, its subnet, and who holds that. */
export function withoutAddress(snapshot: Snapshot, nodeName: string): Because[] {
  const picture = addressPicture(snapshot, model(snapshot));
  const node = picture.nodes.find(({ name }) => name === nodeName);
  if (!node?.pool) return [];
  if (!node.pool.answers) return networkSilent(snapshot, nodeName);
  const warm = node.held - node.used - node.pool.cooling.length;
  const cooling = node.pool.cooling.length > 0 ? `, ${node.pool.cooling.length} cooling down` : '';
  const steps: Because[] = [{ glyph: 'noaddr', text: warm > 0 ? `Its node ${nodeName} has ${plural(warm, 'address', 'addresses')} again` : `Its node ${nodeName} has no address to give`, source: `ipamd: ${node.held} held, ${node.used} in use${cooling}` }];
  if (warm > 0) return steps;
  const { interfacesMax, slotsEach, prefixes, interfaceTakes } = node.pool;
  const blocks = node.interfaces.reduce((sum, { fact }) => sum + fact.addresses.length - 1 + fact.prefixes.length, 0);
  if (blocks >= interfacesMax * slotsEach) {
    return [...steps, { glyph: 'nodebad', text: 'Every interface that the machine can have is full', source: `${plural(node.interfaces.length, 'interface')} of ${interfacesMax}, ${slotsEach} ${prefixes ? 'prefixes' : 'addresses'} each beside its own` }];
  }
  const refused = refusalsOf(snapshot, node.machine?.id, 'ec2:');
  const denied = refused.filter(({ code }) => code === 'UnauthorizedOperation');
  if (denied.length > 0) return [...steps, ...denied.slice(-1)];
  const subnet = picture.subnets.find(({ fact }) => fact.id === node.subnetId);
  return subnet ? [...steps, ...subnetSteps(subnet, node, blocks < node.interfaces.length * slotsEach ? (prefixes ? 16 : 1) : interfaceTakes)] : steps;
}

function subnetSteps(subnet: SubnetPicture, { interfaces, pool }: NodePicture, needed: number): Because[] {
  const { fact, usable } = subnet;
  if (fact.free >= needed) return [{ glyph: 'wait', text: `Subnet ${fact.id} has ${fact.free} free; its ipamd asks again within two minutes`, source: 'ec2 describe-subnets' }];
  const what = needed === (pool?.prefixes ? 16 : 1) ? (pool?.prefixes ? 'a prefix takes 16' : 'it needs one') : `interface ${interfaces.length} would take ${needed}`;
  return [
    { glyph: 'missing', text: fact.free === 0 ? `Subnet ${fact.id} is full` : `Subnet ${fact.id} has ${fact.free} left; ${what}`, source: `AvailableIpAddressCount ${fact.free} of ${usable} in ${fact.cidr}` },
    { glyph: 'set', text: `${usable - fact.free} addresses of it are held`, source: holders(subnet).join(' · ') },
  ];
}

/** Nodes that have room, but no place for one more pod. */
export function nodesFull(snapshot: Snapshot, message: string): Because[] {
  if (!message.includes('Too many pods')) return [];
  const full = list<Node>(snapshot, 'Node').map(node => ({ node, ...podPlaces(snapshot, node) })).filter(({ used, most }) => used >= most);
  if (full.length === 0) return [];
  const first = full[0]!;
  const type = first.node.metadata.labels?.['node.kubernetes.io/instance-type'] ?? 'machine';
  return [
    { glyph: 'nodebad', text: `${plural(full.length, 'node has', 'nodes have')} no place for one more pod`, source: full.map(({ node, used, most }) => `${node.metadata.name}: ${used} of ${most}`).join(' · ') },
    { glyph: 'set', text: `A ${type} was given ${first.most} places when it joined`, source: 'Node status.capacity.pods, from its interfaces and addresses or set by its launch template' },
  ];
}

/** Pods on a node that take a place, and the places it has. */
export function podPlaces(snapshot: Snapshot, node: Node & KubeObject): { used: number; most: number } {
  const used = list<Pod>(snapshot, 'Pod').filter(pod => pod.spec?.nodeName === node.metadata.name && pod.status?.phase !== 'Succeeded' && pod.status?.phase !== 'Failed').length;
  return { used, most: Number(node.status?.allocatable?.['pods'] ?? node.status?.capacity?.['pods'] ?? 0) };
}

/** What the registry's side said to the role of the pod's machine. */
export function pullDenied(snapshot: Snapshot, nodeName: string, image: string): Because[] {
  if (!/\.dkr\.ecr\./.test(image)) return [];
  const machine = awsFacts(snapshot, 'machine').find(({ node, state }) => node === nodeName && state !== 'terminated');
  return refusalsOf(snapshot, machine?.id, 'ecr:').slice(-1);
}

function refusalsOf(snapshot: Snapshot, machineId: string | undefined, prefix: string): (Because & { code: string })[] {
  return awsFacts(snapshot, 'refusal').filter(refusal => refusal.machineId === machineId && refusal.operation.startsWith(prefix)).sort((a, b) => a.atMs - b.atMs)
    .map(({ role, operation, message, atMs, code }) => ({ code, glyph: 'guardbad', text: `AWS refuses ${operation} to the node role ${role}`, source: `${code} at ${clockText(atMs)}: ${message}` }));
}

/** aws-node of a node does not answer: why, as far as its pod tells. */
export function networkSilent(snapshot: Snapshot, nodeName: string): Because[] {
  const agent = list<Pod>(snapshot, 'Pod', 'kube-system').find(pod => pod.spec?.nodeName === nodeName && ownerOf(pod)?.name === 'aws-node');
  const steps: Because[] = [{ glyph: 'nodebad', text: `aws-node does not answer on ${nodeName}`, source: 'ipamd, 127.0.0.1:50051' }];
  if (!agent) return [...steps, { glyph: 'missing', text: 'No pod of aws-node is on it', source: 'DaemonSet kube-system/aws-node' }];
  const { status, ready, restarts } = statusOf(snapshot, agent);
  const waiting = agent.status?.containerStatuses?.map(container => container.state?.waiting?.message).find(Boolean) ?? agent.status?.initContainerStatuses?.map(container => container.state?.waiting?.message).find(Boolean);
  steps.push({ glyph: 'notready', text: `Its pod ${agent.metadata.name} is ${status}, ${ready} ready`, source: waiting ?? `${plural(restarts, 'restart')} · kubectl logs -n kube-system ${agent.metadata.name}` });
  const machine = awsFacts(snapshot, 'machine').find(({ node, state }) => node === nodeName && state !== 'terminated');
  return [...steps, ...refusalsOf(snapshot, machine?.id, 'ec2:').filter(({ code }) => code === 'UnauthorizedOperation').slice(-1)];
}

/** A budget that lets none of these pods go now. */
export function budgetStep(budget: Budget): Because {
  const { disruptionsAllowed = 0, currentHealthy = 0, desiredHealthy = 0 } = budget.status ?? {};
  const rule = budget.spec?.minAvailable !== undefined ? `minAvailable ${String(budget.spec.minAvailable)}` : `maxUnavailable ${String(budget.spec?.maxUnavailable ?? 0)}`;
  return { glyph: disruptionsAllowed > 0 ? 'ready' : 'pdb', text: `Budget ${budget.metadata.name} lets ${disruptionsAllowed === 0 ? 'no pod' : plural(disruptionsAllowed, 'pod')} go now`, source: `${currentHealthy} healthy, ${desiredHealthy} required (${rule})` };
}

export function budgetsOf(snapshot: Snapshot, pod: KubeObject): Budget[] {
  return list<PodDisruptionBudget>(snapshot, 'PodDisruptionBudget', pod.metadata.namespace).filter(budget => fits(budget.spec?.selector?.matchLabels, pod.metadata.labels));
}

/** Why a node that is set aside is not empty: the update that waits for it, and the budgets that hold its pods. */
export function heldBack(snapshot: Snapshot, node: Node & KubeObject): Because[] {
  if (!node.spec?.unschedulable) return [];
  const pods = list<Pod>(snapshot, 'Pod').filter(pod => pod.spec?.nodeName === node.metadata.name);
  const blocking = new Map<string, { budget: Budget; pods: string[] }>();
  for (const pod of pods) for (const budget of budgetsOf(snapshot, pod)) {
    if ((budget.status?.disruptionsAllowed ?? 0) > 0) continue;
    const entry = blocking.get(budget.metadata.uid) ?? { budget, pods: [] };
    entry.pods.push(pod.metadata.name);
    blocking.set(budget.metadata.uid, entry);
  }
  const steps: Because[] = [];
  const group = nodegroupOf(snapshot, node);
  if (group?.update) {
    const { type, status, sinceMs, error } = group.update;
    steps.push({ glyph: status === 'Failed' ? 'nodebad' : 'wait', text: status === 'Failed' ? `The update of node group ${group.id} failed and left it` : `The update of node group ${group.id} waits for it to be empty`, source: error ?? `${type} since ${clockText(sinceMs)}` });
  }
  for (const { budget, pods: held } of blocking.values()) steps.push({ glyph: 'pdb', text: `${held.length === 1 ? `Pod ${held[0]} may` : `${held.length} pods may`} not be evicted`, source: held.join(', ') }, budgetStep(budget));
  return steps;
}

/** Why a pod on a node that is set aside stays. */
export function evictionBlocked(snapshot: Snapshot, pod: Pod & KubeObject): Because[] {
  const node = get<Node>(snapshot, 'Node', undefined, pod.spec?.nodeName ?? '');
  if (!node?.spec?.unschedulable) return [];
  const budgets = budgetsOf(snapshot, pod).filter(budget => (budget.status?.disruptionsAllowed ?? 0) === 0);
  if (budgets.length === 0) return [];
  const group = nodegroupOf(snapshot, node);
  const asks = group?.update?.status === 'InProgress' ? `The update of node group ${group.id} wants it off ${node.metadata.name}` : `Its node ${node.metadata.name} is set aside and the pod is still on it`;
  return [{ glyph: 'cordon', text: asks, source: `${node.metadata.name}: SchedulingDisabled` }, ...budgets.map(budgetStep)];
}

export function nodegroupOf(snapshot: Snapshot, node: KubeObject) {
  const name = node.metadata.labels?.['eks.amazonaws.com/nodegroup'];
  return awsFacts(snapshot, 'nodegroup').find(({ id }) => id === name);
}

/** What a node condition about the network means: `cni plugin not initialized` is aws-node that has not answered yet. */
export function notReadyNetwork(snapshot: Snapshot, node: Node & KubeObject): Because[] {
  const ready = node.status?.conditions?.find(({ type }) => type === 'Ready');
  if (ready?.status === 'True' || !/cni|NetworkPluginNotReady|NetworkReady=false/i.test(ready?.message ?? '')) return [];
  const created = msOf(node.metadata.creationTimestamp);
  const steps = networkSilent(snapshot, node.metadata.name);
  return steps.length > 0 ? steps : [{ glyph: 'wait', text: 'Its network is not up yet', source: `joined ${clockText(created)}` }];
}
