import type { PodStatus } from 'kubernetes-types/core/v1.d.ts';
import { rfc3339 } from '../kernel/calendar.ts';
import type { ContainerRecord } from './container-record.ts';
import type { StoredPod } from './pod.ts';
import { podConditions } from './pod-conditions.ts';

/** The phase by what the containers do. Source: pkg/kubelet/kubelet_pods.go `getPhase`. */
export function podPhase(pod: StoredPod, records: readonly ContainerRecord[]): string {
  const policy = pod.spec!.restartPolicy ?? 'Always';
  const terminating = Boolean(pod.metadata.deletionTimestamp);
  const restarts = (record: ContainerRecord): boolean => !terminating && (policy === 'Always' || (policy === 'OnFailure' && record.ended?.exitCode !== 0));
  const inits = records.filter(record => record.kind === 'init');
  for (const record of inits) {
    if (record.ended && !record.isRunning && record.ended.exitCode !== 0 && policy === 'Never') return 'Failed';
    if (!record.ended || record.isRunning || record.ended.exitCode !== 0) return terminating && record.ended && !record.isRunning ? 'Failed' : 'Pending';
  }
  const apps = records.filter(record => record.kind === 'app');
  if (apps.some(record => !record.ended && !record.isRunning)) return 'Pending';
  if (apps.some(record => record.isRunning)) return 'Running';
  if (apps.some(restarts)) return 'Running';
  return apps.every(record => record.ended?.exitCode === 0) ? 'Succeeded' : 'Failed';
}

export interface StatusFacts {
  readonly sandboxReady: boolean;
  readonly ip: string;
  readonly hostIp: string;
  readonly startedAtMs: number;
  readonly nowMs: number;
}

/** The status the kubelet reports. Source: kubelet_pods.go `generateAPIPodStatus`, status/generate.go. */
export function podStatus(pod: StoredPod, records: readonly ContainerRecord[], facts: StatusFacts): PodStatus {
  const phase = podPhase(pod, records);
  const inits = records.filter(record => record.kind === 'init' || record.kind === 'sidecar');
  const incomplete = inits.filter(record => (record.kind === 'sidecar' ? !record.started : record.isRunning || record.ended?.exitCode !== 0)).map(record => record.name);
  const initialized = incomplete.length === 0;
  const counted = records.filter(record => record.kind === 'app' || record.kind === 'sidecar');
  const ephemeral = records.filter(record => record.kind === 'ephemeral');
  const unready = counted.filter(record => !record.ready).map(record => record.name);
  const gates = ((pod.spec as { readinessGates?: { conditionType: string }[] }).readinessGates ?? []).map(gate => gate.conditionType)
    .filter(type => pod.status?.conditions?.find(condition => condition.type === type)?.status !== 'True');
  const appReady = phase === 'Running';
  for (const record of inits) if (record.kind === 'init') record.ready = record.ended?.exitCode === 0 && !record.isRunning;
  return {
    conditions: podConditions({ sandboxReady: facts.sandboxReady, phase, initialized, incomplete, unready: appReady ? unready : counted.map(record => record.name), closedGates: gates },
      pod.status?.conditions ?? [], pod.metadata.generation, facts.nowMs),
    containerStatuses: records.filter(record => record.kind === 'app').map(record => record.status()),
    ...(ephemeral.length > 0 && { ephemeralContainerStatuses: ephemeral.map(record => ({ ...record.status(), ready: false, started: undefined })) }),
    hostIP: facts.hostIp, hostIPs: [{ ip: facts.hostIp }],
    ...(inits.length > 0 && { initContainerStatuses: inits.map(record => record.status()) }),
    ...(pod.metadata.generation !== undefined && { observedGeneration: pod.metadata.generation }),
    phase,
    ...(facts.ip && { podIP: facts.ip, podIPs: [{ ip: facts.ip }] }),
    qosClass: pod.status?.qosClass,
    startTime: pod.status?.startTime ?? rfc3339(facts.startedAtMs),
  } as PodStatus;
}
