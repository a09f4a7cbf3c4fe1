/** Pods and what makes them. */
import { cloneJson } from '../../../engine/apimachinery/json.ts';
import type { Container, ContainerStatus, Pod, Volume } from 'kubernetes-types/core/v1.d.ts';
import type { AnyObject, Json } from '../client/api-client.ts';
import { selectorText } from '../objects/selector.ts';
import { findAll, parseJsonPath } from '../printers/jsonpath.ts';
import type { DescribeContext, Describer } from './describer.ts';
import { containersLines, metadataLines, spreadLines, templateLines, tolerationLines, volumeLines } from './pod-template.ts';
import { annotationLines, type Description, eventLines, keyValueLines, labelLines, longTime } from './writer.ts';
import { formatDuration, humanDuration } from '../flags/duration.ts';
import { parseRfc3339 } from '../../../engine/kernel/calendar.ts';

const controllerOf = (object: AnyObject): { kind: string; name: string } | undefined =>
  (object.metadata.ownerReferences as { kind: string; name: string; controller?: boolean }[] | undefined)?.find(owner => owner.controller);

export const pod: Describer = function* (w, object, context) {
  const { metadata, spec, status } = object as Pod & AnyObject;
  w.line(0, `Name:\t${metadata.name}`);
  w.line(0, `Namespace:\t${metadata.namespace ?? ''}`);
  if (spec!.priority !== undefined) w.line(0, `Priority:\t${spec!.priority}`);
  if (spec!.priorityClassName) w.line(0, `Priority Class Name:\t${spec!.priorityClassName}`);
  if (spec!.runtimeClassName) w.line(0, `Runtime Class Name:\t${spec!.runtimeClassName}`);
  if (spec!.serviceAccountName) w.line(0, `Service Account:\t${spec!.serviceAccountName}`);
  w.line(0, spec!.nodeName ? `Node:\t${spec!.nodeName}/${status?.hostIP ?? ''}` : 'Node:\t<none>');
  if (status?.startTime) w.line(0, `Start Time:\t${longTime(status.startTime)}`);
  labelLines(w, 'Labels', metadata.labels);
  annotationLines(w, metadata.annotations);
  if (metadata.deletionTimestamp) {
    const ended = parseRfc3339(String(metadata.deletionTimestamp)) ?? 0;
    w.line(0, `Status:\tTerminating (lasts ${humanDuration(w.nowMs - ended)})`);
    w.line(0, `Termination Grace Period:\t${String((metadata as unknown as Json).deletionGracePeriodSeconds ?? 0)}s`);
  } else w.line(0, `Status:\t${status?.phase ?? ''}`);
  if (status?.reason) w.line(0, `Reason:\t${status.reason}`);
  if (status?.message) w.line(0, `Message:\t${status.message}`);
  if (spec!.securityContext?.seccompProfile) w.line(0, `SeccompProfile:\t${spec!.securityContext.seccompProfile.type}`);
  w.line(0, `IP:\t${status?.podIP ?? ''}`);
  const ips = status?.podIPs ?? [];
  if (ips.length === 0) w.line(0, 'IPs:\t<none>');
  else {
    w.line(0, 'IPs:');
    for (const { ip } of ips) w.line(1, `IP:\t${ip ?? ''}`);
  }
  const controller = controllerOf(object);
  if (controller) w.line(0, `Controlled By:\t${controller.kind}/${controller.name}`);
  if (status?.nominatedNodeName) w.line(0, `NominatedNodeName:\t${status.nominatedNodeName}`);
  const fieldOf = (path: string): string => fieldValue(object, path);
  if ((spec!.initContainers ?? []).length > 0) containersLines(w, 0, 'Init Containers', spec!.initContainers as Container[], (status?.initContainerStatuses ?? []) as ContainerStatus[], { fieldOf });
  containersLines(w, 0, 'Containers', spec!.containers as Container[], (status?.containerStatuses ?? []) as ContainerStatus[], { fieldOf });
  if ((spec!.ephemeralContainers ?? []).length > 0) containersLines(w, 0, 'Ephemeral Containers', spec!.ephemeralContainers as unknown as Container[], (status?.ephemeralContainerStatuses ?? []) as ContainerStatus[], { fieldOf });
  const gates = spec!.readinessGates ?? [];
  if (gates.length > 0) {
    w.line(0, 'Readiness Gates:\n  Type\tStatus');
    for (const gate of gates) w.line(1, `${gate.conditionType} \t${status?.conditions?.find(condition => condition.type === gate.conditionType)?.status ?? '<none>'} `);
  }
  const conditions = status?.conditions ?? [];
  if (conditions.length > 0) {
    w.line(0, 'Conditions:\n  Type\tStatus');
    for (const condition of conditions) w.line(1, `${condition.type} \t${condition.status} `);
  }
  volumeLines(w, 0, (spec!.volumes ?? []) as Volume[]);
  w.line(0, `QoS Class:\t${status?.qosClass ?? ''}`);
  keyValueLines(w, 0, 'Node-Selectors', spec!.nodeSelector, '=');
  tolerationLines(w, 0, 'Tolerations', (spec!.tolerations ?? []) as unknown as Json[]);
  spreadLines(w, 0, spec as unknown as Json);
  yield* endWithEvents(w, context);
};

function fieldValue(object: AnyObject, path: string): string {
  const keyed = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(path);
  if (keyed) return String(((object.metadata as unknown as Json)[keyed[1]!] as Json | undefined)?.[keyed[2]!] ?? '');
  const found = findAll(parseJsonPath(`{.${path}}`), object, { allowMissing: true })[0] ?? [];
  return found.length === 0 ? '' : String(found[0]);
}

function* endWithEvents(w: Description, context: DescribeContext): ReturnType<Describer> {
  eventLines(w, yield* context.events());
}

function statusLine(pods: readonly AnyObject[]): string {
  const count = (phase: string): number => pods.filter(each => (each.status as Json | undefined)?.phase === phase).length;
  return `${count('Running')} Running / ${count('Pending')} Waiting / ${count('Succeeded')} Succeeded / ${count('Failed')} Failed`;
}

/** Pods of a controller. */
function* ownPods(context: DescribeContext, object: AnyObject): Generator<never, AnyObject[]> | ReturnType<DescribeContext['list']> {
  const pods = yield* context.list('pods', (object.spec as Json).selector as Json);
  return pods.filter(each => (each.metadata.ownerReferences as { uid: string; controller?: boolean }[] | undefined)?.some(owner => owner.controller && owner.uid === object.metadata.uid));
}

export const replicaSet: Describer = function* (w, object, context) {
  const spec = object.spec as Json;
  const status = (object.status ?? {}) as Json;
  w.line(0, `Name:\t${object.metadata.name}`);
  w.line(0, `Namespace:\t${object.metadata.namespace ?? ''}`);
  w.line(0, `Selector:\t${selectorText(spec.selector as Json)}`);
  labelLines(w, 'Labels', object.metadata.labels);
  annotationLines(w, object.metadata.annotations);
  const controller = controllerOf(object);
  if (controller) w.line(0, `Controlled By:\t${controller.kind}/${controller.name}`);
  w.line(0, `Replicas:\t${String(status.replicas ?? 0)} current / ${String(spec.replicas ?? 0)} desired`);
  w.line(0, `Pods Status:\t${statusLine(yield* ownPods(context, object))}`);
  templateLines(w, spec.template as Json);
  conditionTable(w, status, false);
  yield* endWithEvents(w, context);
};

function conditionTable(w: Description, status: Json, reasons: boolean): void {
  const conditions = (status.conditions ?? []) as Json[];
  if (conditions.length === 0) return;
  w.line(0, 'Conditions:\n  Type\tStatus\tReason');
  w.line(1, '----\t------\t------');
  for (const condition of conditions) w.line(1, `${String(condition.type)} \t${String(condition.status)}\t${String(condition.reason ?? '')}`);
  if (reasons) return;
}

export const deployment: Describer = function* (w, object, context) {
  const spec = object.spec as Json;
  const status = (object.status ?? {}) as Json;
  w.line(0, `Name:\t${object.metadata.name}`);
  w.line(0, `Namespace:\t${object.metadata.namespace ?? ''}`);
  w.line(0, `CreationTimestamp:\t${longTime(object.metadata.creationTimestamp)}`);
  labelLines(w, 'Labels', object.metadata.labels);
  annotationLines(w, object.metadata.annotations);
  w.line(0, `Selector:\t${selectorText(spec.selector as Json)}`);
  const count = (field: string): string => String(status[field] ?? 0);
  w.line(0, `Replicas:\t${String(spec.replicas ?? 0)} desired | ${count('updatedReplicas')} updated | ${count('replicas')} total | ${count('availableReplicas')} available | ${count('unavailableReplicas')} unavailable`);
  const strategy = (spec.strategy ?? {}) as Json;
  w.line(0, `StrategyType:\t${String(strategy.type ?? '')}`);
  w.line(0, `MinReadySeconds:\t${String(spec.minReadySeconds ?? 0)}`);
  const rolling = strategy.rollingUpdate as Json | undefined;
  if (rolling) w.line(0, `RollingUpdateStrategy:\t${String(rolling.maxUnavailable)} max unavailable, ${String(rolling.maxSurge)} max surge`);
  templateLines(w, spec.template as Json);
  conditionTable(w, status, false);
  const sets = (yield* context.list('replicasets.apps', spec.selector as Json))
    .filter(set => (set.metadata.ownerReferences as { uid: string }[] | undefined)?.some(owner => owner.uid === object.metadata.uid));
  const revision = (set: AnyObject): number => Number((set.metadata.annotations as Record<string, string> | undefined)?.['deployment.kubernetes.io/revision'] ?? 0);
  const shown = (set: AnyObject): string => `${set.metadata.name} (${String((set.status as Json | undefined)?.replicas ?? 0)}/${String((set.spec as Json).replicas ?? 0)} replicas created)`;
  const sorted = [...sets].sort((a, b) => revision(a) - revision(b));
  const newest = sorted.find(set => sameTemplate(set, object));
  const old = sets.filter(set => set !== newest);
  if (sets.length > 0) {
    w.line(0, `OldReplicaSets:\t${old.length === 0 ? '<none>' : old.map(shown).join(', ')}`);
    w.line(0, `NewReplicaSet:\t${newest ? shown(newest) : '<none>'}`);
  }
  yield* endWithEvents(w, context);
};

/** Whether a ReplicaSet carries the Deployment's template, its hash label aside. */
export function sameTemplate(set: AnyObject, owner: AnyObject): boolean {
  const strip = (object: AnyObject): string => {
    const template = cloneJson((object.spec as Json).template) as Json;
    const labels = ((template.metadata as Json | undefined)?.labels ?? {}) as Json;
    delete labels['pod-template-hash'];
    return JSON.stringify(sorted(template));
  };
  return strip(set) === strip(owner);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, sorted(inner)]));
}

export const statefulSet: Describer = function* (w, object, context) {
  const spec = object.spec as Json;
  const status = (object.status ?? {}) as Json;
  w.line(0, `Name:\t${object.metadata.name}`);
  w.line(0, `Namespace:\t${object.metadata.namespace ?? ''}`);
  w.line(0, `CreationTimestamp:\t${longTime(object.metadata.creationTimestamp)}`);
  w.line(0, `Selector:\t${selectorText(spec.selector as Json)}`);
  labelLines(w, 'Labels', object.metadata.labels);
  annotationLines(w, object.metadata.annotations);
  w.line(0, `Replicas:\t${String(spec.replicas ?? 0)} desired | ${String(status.replicas ?? 0)} total`);
  const strategy = (spec.updateStrategy ?? {}) as Json;
  w.line(0, `Update Strategy:\t${String(strategy.type ?? '')}`);
  const rolling = strategy.rollingUpdate as Json | undefined;
  if (rolling?.partition !== undefined) {
    w.line(1, `Partition:\t${String(rolling.partition)}`);
    if (rolling.maxUnavailable !== undefined) w.line(1, `MaxUnavailable:\t${String(rolling.maxUnavailable)}`);
  }
  w.line(0, `Pods Status:\t${statusLine(yield* ownPods(context, object))}`);
  templateLines(w, spec.template as Json);
  claimTemplates(w, (spec.volumeClaimTemplates ?? []) as Json[]);
  yield* endWithEvents(w, context);
};

function claimTemplates(w: Description, templates: readonly Json[]): void {
  if (templates.length === 0) { w.line(0, 'Volume Claims:\t<none>'); return; }
  w.line(0, 'Volume Claims:');
  for (const template of templates) {
    const metadata = (template.metadata ?? {}) as Json;
    const spec = (template.spec ?? {}) as Json;
    w.line(1, `Name:\t${String(metadata.name)}`);
    w.line(1, `StorageClass:\t${String(spec.storageClassName ?? '')}`);
    keyValueLines(w, 1, 'Labels', metadata.labels, '=');
    keyValueLines(w, 1, 'Annotations', metadata.annotations, '=');
    const storage = ((spec.resources as Json | undefined)?.requests as Json | undefined)?.storage;
    w.line(1, `Capacity:\t${storage === undefined ? '<default>' : String(storage)}`);
    w.line(1, `Access Modes:\t[${((spec.accessModes ?? []) as string[]).join(' ')}]`);
  }
}

export const daemonSet: Describer = function* (w, object, context) {
  const spec = object.spec as Json;
  const status = (object.status ?? {}) as Json;
  w.line(0, `Name:\t${object.metadata.name}`);
  w.line(0, `Namespace:\t${object.metadata.namespace ?? ''}`);
  w.line(0, `Selector:\t${selectorText(spec.selector as Json)}`);
  w.line(0, `Node-Selector:\t${nodeSelector(spec)}`);
  labelLines(w, 'Labels', object.metadata.labels);
  annotationLines(w, object.metadata.annotations);
  w.line(0, `Desired Number of Nodes Scheduled: ${String(status.desiredNumberScheduled ?? 0)}`);
  w.line(0, `Current Number of Nodes Scheduled: ${String(status.currentNumberScheduled ?? 0)}`);
  w.line(0, `Number of Nodes Scheduled with Up-to-date Pods: ${String(status.updatedNumberScheduled ?? 0)}`);
  w.line(0, `Number of Nodes Scheduled with Available Pods: ${String(status.numberAvailable ?? 0)}`);
  w.line(0, `Number of Nodes Misscheduled: ${String(status.numberMisscheduled ?? 0)}`);
  w.line(0, `Pods Status:\t${statusLine(yield* ownPods(context, object))}`);
  templateLines(w, spec.template as Json);
  yield* endWithEvents(w, context);
};

function nodeSelector(spec: Json): string {
  const selector = ((spec.template as Json).spec as Json).nodeSelector as Record<string, string> | undefined;
  return selector ? Object.keys(selector).sort().map(key => `${key}=${selector[key]}`).join(',') : '<none>';
}

export const job: Describer = function* (w, object, context) {
  const spec = object.spec as Json;
  const status = (object.status ?? {}) as Json;
  w.line(0, `Name:\t${object.metadata.name}`);
  w.line(0, `Namespace:\t${object.metadata.namespace ?? ''}`);
  w.line(0, `Selector:\t${selectorText(spec.selector as Json | undefined)}`);
  labelLines(w, 'Labels', object.metadata.labels);
  annotationLines(w, object.metadata.annotations);
  const controller = controllerOf(object);
  if (controller) w.line(0, `Controlled By:\t${controller.kind}/${controller.name}`);
  if (spec.parallelism !== undefined) w.line(0, `Parallelism:\t${String(spec.parallelism)}`);
  w.line(0, `Completions:\t${spec.completions === undefined ? '<unset>' : String(spec.completions)}`);
  if (spec.completionMode !== undefined) w.line(0, `Completion Mode:\t${String(spec.completionMode)}`);
  if (spec.suspend !== undefined) w.line(0, `Suspend:\t${String(spec.suspend)}`);
  if (spec.backoffLimit !== undefined) w.line(0, `Backoff Limit:\t${String(spec.backoffLimit)}`);
  if (spec.ttlSecondsAfterFinished !== undefined) w.line(0, `TTL Seconds After Finished:\t${String(spec.ttlSecondsAfterFinished)}`);
  if (status.startTime) w.line(0, `Start Time:\t${longTime(status.startTime)}`);
  if (status.completionTime) {
    w.line(0, `Completed At:\t${longTime(status.completionTime)}`);
    w.line(0, `Duration:\t${humanDuration((parseRfc3339(String(status.completionTime)) ?? 0) - (parseRfc3339(String(status.startTime)) ?? 0))}`);
  }
  if (spec.activeDeadlineSeconds !== undefined) w.line(0, `Active Deadline Seconds:\t${String(spec.activeDeadlineSeconds)}s`);
  const ready = status.ready === undefined ? '' : ` (${String(status.ready)} Ready)`;
  w.line(0, `Pods Statuses:\t${String(status.active ?? 0)} Active${ready} / ${String(status.succeeded ?? 0)} Succeeded / ${String(status.failed ?? 0)} Failed`);
  if (spec.completionMode === 'Indexed') w.line(0, `Completed Indexes:\t${String(status.completedIndexes || '<none>')}`);
  templateLines(w, spec.template as Json);
  yield* endWithEvents(w, context);
};

export const cronJob: Describer = function* (w, object, context) {
  const spec = object.spec as Json;
  const status = (object.status ?? {}) as Json;
  const jobSpec = ((spec.jobTemplate as Json).spec ?? {}) as Json;
  metadataLines(w, object);
  w.line(0, `Schedule:\t${String(spec.schedule)}`);
  w.line(0, `Concurrency Policy:\t${String(spec.concurrencyPolicy ?? '')}`);
  w.line(0, `Suspend:\t${String(spec.suspend ?? false).replace(/^./, letter => letter.toUpperCase())}`);
  w.line(0, `Successful Job History Limit:\t${spec.successfulJobsHistoryLimit === undefined ? '<unset>' : String(spec.successfulJobsHistoryLimit)}`);
  w.line(0, `Failed Job History Limit:\t${spec.failedJobsHistoryLimit === undefined ? '<unset>' : String(spec.failedJobsHistoryLimit)}`);
  w.line(0, `Starting Deadline Seconds:\t${spec.startingDeadlineSeconds === undefined ? '<unset>' : `${String(spec.startingDeadlineSeconds)}s`}`);
  w.line(0, `Selector:\t${jobSpec.selector ? selectorText(jobSpec.selector as Json) : '<unset>'}`);
  w.line(0, `Parallelism:\t${jobSpec.parallelism === undefined ? '<unset>' : String(jobSpec.parallelism)}`);
  w.line(0, `Completions:\t${jobSpec.completions === undefined ? '<unset>' : String(jobSpec.completions)}`);
  if (jobSpec.activeDeadlineSeconds !== undefined) w.line(0, `Active Deadline Seconds:\t${formatDuration(Number(jobSpec.activeDeadlineSeconds) * 1000)}`);
  templateLines(w, jobSpec.template as Json);
  w.line(0, `Last Schedule Time:\t${status.lastScheduleTime ? longTime(status.lastScheduleTime) : '<unset>'}`);
  const active = (status.active ?? []) as Json[];
  w.line(0, `Active Jobs:\t${active.length === 0 ? '<none>' : active.map(ref => String(ref.name)).join(', ')}`);
  yield* endWithEvents(w, context);
};
