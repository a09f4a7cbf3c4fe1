import { ageOf } from '../apimachinery/age.ts';
import type { Draft } from '../apimachinery/json.ts';
import { compareQuantities } from '../apimachinery/quantity.ts';
import { rfc3339 } from '../kernel/calendar.ts';
import { ageColumn, nameColumn } from './columns.ts';
import { defineKind } from './kind.ts';
import { podSummary } from './pod-status.ts';
import { defaultPod } from './pod-template.ts';
import { podSpecProblems, podUpdateProblems } from './pod-validation.ts';
import { podWarnings } from './pod-warnings.ts';

/** The QoS class: `Guaranteed` when every container's CPU and memory limits equal its requests, `BestEffort` without any. */
export function qosClassOf(spec: Draft): 'Guaranteed' | 'Burstable' | 'BestEffort' {
  const all: Draft[] = [...(spec.initContainers ?? []), ...(spec.containers ?? [])];
  const counts = (list: Draft | undefined, key: string): boolean => list?.[key] !== undefined && compareQuantities(list[key], '0') > 0;
  if (spec.resources?.requests || spec.resources?.limits) {
    const { requests, limits } = spec.resources;
    if (!['cpu', 'memory'].some(key => counts(requests, key) || counts(limits, key))) return 'BestEffort';
    const guaranteed = ['cpu', 'memory'].every(key => counts(limits, key) && compareQuantities(limits[key], requests?.[key] ?? limits[key]) === 0);
    return guaranteed ? 'Guaranteed' : 'Burstable';
  }
  let any = false;
  let guaranteed = true;
  for (const { resources } of all) {
    for (const key of ['cpu', 'memory']) {
      if (counts(resources?.requests, key) || counts(resources?.limits, key)) any = true;
      if (!counts(resources?.limits, key)) guaranteed = false;
      else if (compareQuantities(resources.limits[key], resources.requests?.[key] ?? resources.limits[key]) !== 0) guaranteed = false;
    }
  }
  return !any ? 'BestEffort' : guaranteed ? 'Guaranteed' : 'Burstable';
}

function restartsCell(pod: Draft, nowMs: number): string {
  const { restarts, lastRestartAt } = podSummary(pod);
  return restarts > 0 && lastRestartAt ? `${restarts} (${ageOf(lastRestartAt, nowMs)} ago)` : String(restarts);
}

function readinessGatesCell(pod: Draft): string {
  const gates: Draft[] = pod.spec?.readinessGates ?? [];
  if (gates.length === 0) return '<none>';
  const isTrue = (type: string): boolean => (pod.status?.conditions ?? []).some((each: Draft) => each.type === type && each.status === 'True');
  return `${gates.filter(gate => isTrue(gate.conditionType)).length}/${gates.length}`;
}

export const pod = defineKind({
  kind: 'Pod', apiVersion: 'v1', generation: true,
  validate: object => podSpecProblems(object.spec, 'spec'),
  validateUpdate: podUpdateProblems,
  warnings: podWarnings,
  defaults: defaultPod,
  prepareCreate(object, { nowMs }) {
    object.status = { phase: 'Pending', qosClass: qosClassOf(object.spec) };
    if (object.spec.schedulingGates?.length) {
      object.status.conditions = [{ type: 'PodScheduled', status: 'False', lastProbeTime: null, lastTransitionTime: rfc3339(nowMs), reason: 'SchedulingGated', message: 'Scheduling is blocked due to non-empty scheduling gates' }];
    }
  },
  fieldSelectors: {
    'spec.nodeName': object => object.spec?.nodeName ?? '',
    'spec.restartPolicy': object => object.spec?.restartPolicy ?? '',
    'spec.schedulerName': object => object.spec?.schedulerName ?? '',
    'spec.serviceAccountName': object => object.spec?.serviceAccountName ?? '',
    'spec.hostNetwork': object => String(object.spec?.hostNetwork === true),
    'status.phase': object => object.status?.phase ?? '',
    'status.podIP': object => object.status?.podIP ?? '',
    'status.nominatedNodeName': object => object.status?.nominatedNodeName ?? '',
  },
  columns: [
    nameColumn,
    { header: 'Ready', cell: object => { const { ready, total } = podSummary(object); return `${ready}/${total}`; } },
    { header: 'Status', cell: object => podSummary(object).status },
    { header: 'Restarts', cell: (object, { nowMs }) => restartsCell(object, nowMs) },
    ageColumn,
    { header: 'IP', wide: true, cell: object => object.status?.podIPs?.[0]?.ip ?? object.status?.podIP ?? '<none>' },
    { header: 'Node', wide: true, cell: object => object.spec?.nodeName || '<none>' },
    { header: 'Nominated Node', wide: true, cell: object => object.status?.nominatedNodeName || '<none>' },
    { header: 'Readiness Gates', wide: true, cell: readinessGatesCell },
  ],
});
