/**
 * The why chain: from the promise that fails down to the last fact, using only what an API returned. Where the API
 * stops, the chain stops, and the usual lines for *that status* follow, the same in every scenario and in fixed order.
 */
import type { Container, ContainerStatus, Node, Pod, Service } from 'kubernetes-types/core/v1.d.ts';
import type { Deployment } from 'kubernetes-types/apps/v1.d.ts';
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1.d.ts';
import type { KubeObject } from '../../../engine/apimachinery/object.ts';
import { readyAddresses } from '../../map/talks.ts';
import { fits, list, statusOf, type Snapshot } from '../../snapshot.ts';
import type { GlyphName } from '../../theme/glyph.tsx';
import { lookOf } from '../../theme/status.ts';
import { ageText, clockText, msOf, plural, spanText } from '../../words.ts';
import { eventsOf } from './events.ts';
import { budgetStep, evictionBlocked, heldBack, nodesFull, notReadyNetwork, pullDenied, withoutAddress } from './why-account.ts';

export interface Because {
  readonly glyph: GlyphName;
  readonly text: string;
  readonly source: string;
}

export interface Why {
  readonly steps: readonly Because[];
  /** Lines to place, ready to run. */
  readonly lines: readonly string[];
}

export function why(snapshot: Snapshot, object: KubeObject, nowMs: number, currentNamespace: string): Why {
  const name = object.metadata.name;
  const ns = object.metadata.namespace && object.metadata.namespace !== currentNamespace ? ` -n ${object.metadata.namespace}` : '';
  switch (object.kind) {
    case 'Pod': return { steps: [...promiseOf(snapshot, object), ...podSteps(snapshot, object as Pod & KubeObject, nowMs)], lines: podLines(snapshot, object, ns) };
    case 'Service': {
      const pods = podsBehind(snapshot, object as Service & KubeObject);
      const worst = worstPod(snapshot, pods);
      return {
        steps: [...serviceSteps(snapshot, object as Service & KubeObject, pods.length), ...(worst ? podSteps(snapshot, worst, nowMs) : [])],
        lines: [`kubectl describe service ${name}${ns}`, `kubectl get endpointslice -l kubernetes.io/service-name=${name}${ns}`, `kubectl get pods -o wide --show-labels${ns}`],
      };
    }
    case 'Deployment': case 'StatefulSet': case 'ReplicaSet': case 'DaemonSet': {
      const worst = worstPod(snapshot, podsOf(snapshot, object));
      return {
        steps: [...workloadSteps(object as Deployment & KubeObject), ...(worst ? podSteps(snapshot, worst, nowMs) : [])],
        lines: [
          `kubectl describe ${object.kind.toLowerCase()} ${name}${ns}`,
          object.kind === 'ReplicaSet' ? `kubectl get replicaset ${name} -o yaml${ns}` : `kubectl rollout status ${object.kind.toLowerCase()}/${name}${ns}`,
          `kubectl get events --sort-by=.lastTimestamp${ns}`,
        ],
      };
    }
    case 'PodDisruptionBudget': {
      const budget = object as PodDisruptionBudget & KubeObject;
      const covered = list<Pod>(snapshot, 'Pod', budget.metadata.namespace).filter(pod => fits(budget.spec?.selector?.matchLabels, pod.metadata.labels));
      const unready = covered.find(pod => toneOf(snapshot, pod) !== 'ok');
      return { steps: (budget.status?.disruptionsAllowed ?? 0) > 0 ? [] : [budgetStep(budget), ...(unready ? podSteps(snapshot, unready, nowMs) : [])], lines: [`kubectl describe poddisruptionbudget ${name}${ns}`, `kubectl get poddisruptionbudget ${name} -o yaml${ns}`] };
    }
    case 'Node': return { steps: [...nodeSteps(object as Node & KubeObject), ...notReadyNetwork(snapshot, object as Node & KubeObject), ...heldBack(snapshot, object as Node & KubeObject)], lines: [`kubectl describe node ${name}`, `kubectl get pods -A -o wide --field-selector spec.nodeName=${name}`] };
    default: return { steps: [], lines: [`kubectl describe ${object.kind.toLowerCase()} ${name}${ns}`, `kubectl get ${object.kind.toLowerCase()} ${name} -o yaml${ns}`] };
  }
}

function podsBehind(snapshot: Snapshot, service: Service & KubeObject): (Pod & KubeObject)[] {
  return list<Pod>(snapshot, 'Pod', service.metadata.namespace).filter(pod => fits(service.spec?.selector, pod.metadata.labels));
}

function podsOf(snapshot: Snapshot, workload: KubeObject): (Pod & KubeObject)[] {
  const owners = new Set([workload.metadata.uid]);
  for (const set of list(snapshot, 'ReplicaSet', workload.metadata.namespace)) if (set.metadata.ownerReferences?.some(owner => owners.has(owner.uid))) owners.add(set.metadata.uid);
  return list<Pod>(snapshot, 'Pod', workload.metadata.namespace).filter(pod => pod.metadata.ownerReferences?.some(owner => owners.has(owner.uid)));
}

function worstPod(snapshot: Snapshot, pods: readonly (Pod & KubeObject)[]): (Pod & KubeObject) | undefined {
  const rank = (pod: KubeObject): number => ['bad', 'warn', 'wait'].indexOf(toneOf(snapshot, pod));
  return pods.filter(pod => rank(pod) >= 0).sort((a, b) => rank(a) - rank(b) || a.metadata.name.localeCompare(b.metadata.name))[0];
}

function toneOf(snapshot: Snapshot, pod: KubeObject): string {
  const { status, ready } = statusOf(snapshot, pod);
  return lookOf(status, ready).tone;
}

/** The Service in front of this pod, when it has nowhere to send. */
function promiseOf(snapshot: Snapshot, pod: KubeObject): Because[] {
  if (toneOf(snapshot, pod) === 'ok') return [];
  const front = list<Service>(snapshot, 'Service', pod.metadata.namespace).filter(service => fits(service.spec?.selector, pod.metadata.labels));
  return front.flatMap(service => serviceSteps(snapshot, service, podsBehind(snapshot, service).length)).slice(0, 1);
}

function serviceSteps(snapshot: Snapshot, service: Service & KubeObject, pods: number): Because[] {
  const ready = readyAddresses(snapshot, service.metadata.namespace ?? '', service.metadata.name);
  if (!service.spec?.selector) return [{ glyph: 'svcok', text: `Service ${service.metadata.name} selects no pods by itself`, source: 'spec.selector is empty' }];
  if (pods === 0) return [{ glyph: 'svc', text: `No pod carries the labels that Service ${service.metadata.name} selects`, source: Object.entries(service.spec.selector).map(([key, value]) => `${key}=${value}`).join(', ') }];
  if (ready === 0) return [{ glyph: 'svc', text: `Service ${service.metadata.name} has no ready address`, source: `${plural(pods, 'endpoint')}, 0 ready` }];
  if (ready < pods) return [{ glyph: 'svcok', text: `Service ${service.metadata.name} sends to ${ready} of ${pods} pods`, source: `${plural(pods, 'endpoint')}, ${ready} ready` }];
  return [{ glyph: 'svcok', text: `Service ${service.metadata.name} has ${plural(ready, 'ready address', 'ready addresses')}`, source: 'EndpointSlice' }];
}

function workloadSteps(workload: Deployment & KubeObject): Because[] {
  const wanted = workload.spec?.replicas ?? 0;
  const ready = workload.status?.readyReplicas ?? 0;
  const steps: Because[] = [];
  if (workload.spec?.replicas !== undefined) {
    steps.push({ glyph: ready >= wanted ? 'ready' : 'notready', text: `${workload.kind} ${workload.metadata.name} has ${ready} of ${wanted} pods ready`, source: `spec.replicas ${wanted}, status.readyReplicas ${ready}` });
  }
  for (const condition of workload.status?.conditions ?? []) {
    const wrong = condition.type === 'ReplicaFailure' ? condition.status === 'True' : condition.status === 'False';
    if (wrong && condition.message) steps.push({ glyph: 'wait', text: condition.message.replace(/\.$/, ''), source: `${condition.type} = ${condition.status}, ${condition.reason ?? ''}` });
  }
  return steps;
}

function nodeSteps(node: Node & KubeObject): Because[] {
  const steps: Because[] = [];
  for (const condition of node.status?.conditions ?? []) {
    const wrong = condition.type === 'Ready' ? condition.status !== 'True' : condition.status === 'True';
    if (wrong) steps.push({ glyph: 'nodebad', text: condition.message || `${condition.type} is ${condition.status}`, source: `${condition.type} = ${condition.status}, ${condition.reason ?? ''} since ${clockText(msOf(condition.lastTransitionTime))}` });
  }
  if (node.spec?.unschedulable) steps.push({ glyph: 'cordon', text: 'It takes no new pods', source: 'spec.unschedulable' });
  for (const taint of node.spec?.taints ?? []) steps.push({ glyph: 'cordon', text: `It repels pods that do not tolerate ${taint.key}`, source: `taint ${taint.key}${taint.value ? `=${taint.value}` : ''}:${taint.effect}` });
  return steps;
}

function podSteps(snapshot: Snapshot, pod: Pod & KubeObject, nowMs: number): Because[] {
  const steps: Because[] = [];
  const scheduled = pod.status?.conditions?.find(condition => condition.type === 'PodScheduled');
  if (!pod.spec?.nodeName) {
    steps.push({ glyph: 'pending', text: 'No node has taken it', source: scheduled?.message ?? 'spec.nodeName is empty' });
    return [...steps, ...nodesFull(snapshot, scheduled?.message ?? '')];
  }
  if (pod.metadata.deletionTimestamp) {
    steps.push({ glyph: 'term', text: 'It was asked to stop', source: `deletionTimestamp ${clockText(msOf(pod.metadata.deletionTimestamp))}, grace ${pod.metadata.deletionGracePeriodSeconds ?? 0} s` });
  }
  const node = list<Node>(snapshot, 'Node').find(entry => entry.metadata.name === pod.spec?.nodeName);
  if (node?.status?.conditions?.some(condition => condition.type === 'Ready' && condition.status !== 'True')) {
    steps.push({ glyph: 'nodebad', text: `Its node ${pod.spec.nodeName.split('.')[0] ?? ''} is not ready`, source: 'Node condition Ready' });
  }
  const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
  const since = pod.status?.conditions?.find(condition => condition.type === 'Ready' && condition.status === 'False')?.lastTransitionTime;
  if (statuses.length === 0 && pod.status?.phase === 'Pending') steps.push(...creating(snapshot, pod));
  for (const status of statuses) {
    if (status.ready || status.state?.terminated?.exitCode === 0) continue;
    const container = [...(pod.spec.initContainers ?? []), ...(pod.spec.containers ?? [])].find(entry => entry.name === status.name);
    steps.push(...containerSteps(snapshot, pod, status, container, since, nowMs));
    break;
  }
  return [...steps, ...evictionBlocked(snapshot, pod)];
}

function creating(snapshot: Snapshot, pod: Pod & KubeObject): Because[] {
  const failed = eventsOf(snapshot, pod).find(event => event.type === 'Warning' && event.reason.startsWith('Failed'));
  const steps: Because[] = [{ glyph: 'creating', text: 'The pod is placed, but not started', source: 'containers not created' }];
  if (failed) steps.push({ glyph: 'exit', text: failed.reason === 'FailedMount' ? 'A volume could not be mounted' : failed.reason === 'FailedCreatePodSandBox' ? 'Its sandbox could not be created' : failed.reason, source: failed.message });
  if (failed?.reason === 'FailedCreatePodSandBox' && failed.message.includes('aws-cni')) steps.push(...withoutAddress(snapshot, pod.spec?.nodeName ?? ''));
  return steps;
}

function containerSteps(snapshot: Snapshot, pod: Pod & KubeObject, status: ContainerStatus, container: Container | undefined, since: unknown, nowMs: number): Because[] {
  const steps: Because[] = [];
  const sinceWords = since ? `Ready = False since ${clockText(msOf(since))}` : 'Ready = False';
  const waiting = status.state?.waiting;
  const dead = status.state?.terminated ?? status.lastState?.terminated;
  if (status.state?.running) {
    steps.push({ glyph: 'notready', text: `Container ${status.name} runs, but is not ready`, source: sinceWords });
    const unhealthy = eventsOf(snapshot, pod).find(event => event.reason === 'Unhealthy');
    if (unhealthy) steps.push({ glyph: 'wait', text: `${/^(\w+) probe/.exec(unhealthy.message)?.[0] ?? 'A probe'} fails`, source: unhealthy.message });
  } else if (waiting?.reason === 'ContainerCreating' || waiting?.reason === 'PodInitializing') {
    steps.push(...creating(snapshot, pod));
  } else {
    steps.push({ glyph: 'notready', text: `Container ${status.name} is not running`, source: sinceWords });
  }
  if (waiting?.reason === 'CrashLoopBackOff') {
    const backOffMs = backOffOf(waiting.message);
    const next = dead?.finishedAt ? msOf(dead.finishedAt) + backOffMs - nowMs : 0;
    steps.push({
      glyph: 'wait', text: backOffMs > 0 ? `The kubelet waits ${spanText(backOffMs)} before the next start` : 'The kubelet waits before the next start',
      source: `${backOffMs >= 300_000 ? 'back-off at its maximum' : `back-off after ${plural(status.restartCount, 'restart')}`}${next > 0 ? ` · next try in ${ageText(next)}` : ''}`,
    });
  } else if (waiting && /Image|ErrPull/.test(waiting.reason ?? '')) {
    steps.push({ glyph: 'image', text: 'Its image has not arrived', source: container?.image ?? status.image });
    if (waiting.message) steps.push({ glyph: 'wait', text: 'The last pull failed', source: waiting.message });
    steps.push(...pullDenied(snapshot, pod.spec?.nodeName ?? '', container?.image ?? status.image));
  } else if (waiting?.message && waiting.reason !== 'ContainerCreating') {
    steps.push({ glyph: 'image', text: 'The container could not be created', source: waiting.message });
  }
  if (dead) steps.push(ended(dead, status.state?.terminated !== undefined));
  return steps;
}

function ended(dead: NonNullable<NonNullable<ContainerStatus['state']>['terminated']>, current: boolean): Because {
  const lasted = dead.startedAt && dead.finishedAt ? msOf(dead.finishedAt) - msOf(dead.startedAt) : undefined;
  const after = lasted === undefined ? '' : lasted < 1000 ? ' at once' : ` after ${spanText(lasted)}`;
  const how = dead.reason === 'OOMKilled' ? 'it met its memory limit'
    : dead.exitCode === 137 ? 'killed by signal 9' : dead.exitCode === 143 ? 'asked to stop by signal 15'
      : dead.reason === 'StartError' || dead.exitCode === 128 ? 'it could not be started' : 'the program ended by itself';
  return {
    glyph: 'exit', text: `${current ? 'It' : 'Its last run'} ended${after} with exit code ${dead.exitCode}`,
    source: `Reason: ${dead.reason ?? 'none'} · ${how}${dead.message ? ` · ${dead.message}` : ''}`,
  };
}

/** Milliseconds in `back-off 5m0s restarting failed container=…`, or 0. */
export function backOffOf(message: string | undefined): number {
  const match = /back-off (?:(\d+)m)?(?:(\d+)s)? restarting/.exec(message ?? '');
  return match ? (Number(match[1] ?? 0) * 60 + Number(match[2] ?? 0)) * 1000 : 0;
}

function podLines(snapshot: Snapshot, pod: KubeObject, ns: string): string[] {
  const name = pod.metadata.name;
  const { status } = statusOf(snapshot, pod);
  const { glyph } = lookOf(status, '');
  const describe = `kubectl describe pod ${name}${ns}`;
  const events = `kubectl get events --sort-by=.lastTimestamp${ns}`;
  if (glyph === 'crash') return [describe, `kubectl logs ${name} --previous${ns}`, events];
  if (status === 'Pending') return [describe, 'kubectl get nodes', events];
  if (glyph === 'image' || glyph === 'creating') return [describe, `kubectl get pod ${name} -o yaml${ns}`, events];
  return [describe, `kubectl logs ${name}${ns}`, `kubectl exec -it ${name}${ns} -- sh`];
}
