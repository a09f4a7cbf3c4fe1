/** What `kubectl get pods` says of a pod: one function for tables, describe, the map and the checks. */
import type { Draft } from '../apimachinery/json.ts';

export interface PodSummary {
  /** Ready containers and all that count. */
  readonly ready: number;
  readonly total: number;
  /** The STATUS column. */
  readonly status: string;
  readonly restarts: number;
  /** When the last restart was, RFC 3339; empty without one. */
  readonly lastRestartAt: string;
}

const restartable = (container: Draft): boolean => container.restartPolicy === 'Always';

function terminatedText(terminated: Draft): string {
  if (terminated.reason) return terminated.reason;
  return terminated.signal ? `Signal:${terminated.signal}` : `ExitCode:${terminated.exitCode ?? 0}`;
}

function hasReadyCondition(pod: Draft): boolean {
  return (pod.status?.conditions ?? []).some((each: Draft) => each.type === 'Ready' && each.status === 'True');
}

/** READY, STATUS and RESTARTS of a pod, by the rules of upstream's printer. */
export function podSummary(pod: Draft): PodSummary {
  const spec: Draft = pod.spec ?? {};
  const status: Draft = pod.status ?? {};
  const initSpecs: Draft[] = spec.initContainers ?? [];
  const initStatuses: Draft[] = status.initContainerStatuses ?? [];
  const statuses: Draft[] = status.containerStatuses ?? [];
  let total = (spec.containers ?? []).length;
  let ready = 0;
  let restarts = 0;
  let sidecarRestarts = 0;
  let lastRestartAt = '';
  let lastSidecarRestartAt = '';
  const later = (known: string, each: Draft): string => {
    const finished: string = each.lastState?.terminated?.finishedAt ?? '';
    return finished > known ? finished : known;
  };

  let reason: string = status.reason || status.phase || '';
  for (const condition of status.conditions ?? []) {
    if (condition.type === 'PodScheduled' && condition.reason === 'SchedulingGated') reason = 'SchedulingGated';
  }

  const sidecars = new Set<string>();
  for (const container of initSpecs) {
    if (restartable(container)) {
      sidecars.add(container.name);
      total += 1;
    }
  }

  let initializing = false;
  for (let i = 0; i < initStatuses.length; i += 1) {
    const each = initStatuses[i]!;
    const { waiting, terminated } = each.state ?? {};
    restarts += each.restartCount ?? 0;
    lastRestartAt = later(lastRestartAt, each);
    if (sidecars.has(each.name)) {
      sidecarRestarts += each.restartCount ?? 0;
      lastSidecarRestartAt = later(lastSidecarRestartAt, each);
    }
    if (terminated && terminated.exitCode === 0) continue;
    if (sidecars.has(each.name) && each.started) {
      if (each.ready) ready += 1;
      continue;
    }
    if (terminated) reason = `Init:${terminatedText(terminated)}`;
    else if (waiting?.reason && waiting.reason !== 'PodInitializing') reason = `Init:${waiting.reason}`;
    else reason = `Init:${i}/${initSpecs.length}`;
    initializing = true;
    break;
  }

  const initialized = (status.conditions ?? []).some((each: Draft) => each.type === 'Initialized' && each.status === 'True');
  if (!initializing || initialized) {
    restarts = sidecarRestarts;
    lastRestartAt = lastSidecarRestartAt;
    let hasRunning = false;
    for (let i = statuses.length - 1; i >= 0; i -= 1) {
      const each = statuses[i]!;
      const { waiting, terminated, running } = each.state ?? {};
      restarts += each.restartCount ?? 0;
      lastRestartAt = later(lastRestartAt, each);
      if (waiting?.reason) reason = waiting.reason;
      else if (terminated) reason = terminatedText(terminated);
      else if (each.ready && running) {
        hasRunning = true;
        ready += 1;
      }
    }
    if (reason === 'Completed' && hasRunning) reason = hasReadyCondition(pod) ? 'Running' : 'NotReady';
  }

  if (pod.metadata?.deletionTimestamp) {
    if (status.reason === 'NodeLost') reason = 'Unknown';
    else if (status.phase !== 'Failed' && status.phase !== 'Succeeded') reason = 'Terminating';
  }
  return { ready, total, status: reason, restarts, lastRestartAt };
}
