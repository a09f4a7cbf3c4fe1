import type { PodCondition } from 'kubernetes-types/core/v1.d.ts';
import { rfc3339 } from '../kernel/calendar.ts';

/** Source: pkg/kubelet/status/generate.go. Order as `kubectl describe` shows it. */
export const KUBELET_CONDITIONS = ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled'] as const;

export interface ConditionFacts {
  readonly sandboxReady: boolean;
  readonly phase: string;
  readonly initialized: boolean;
  /** Init containers that have not finished. */
  readonly incomplete: readonly string[];
  /** App containers (and sidecars) that are not ready. */
  readonly unready: readonly string[];
  /** Readiness gates that are not `True`. */
  readonly closedGates: readonly string[];
}

/** The conditions the kubelet owns, keeping transition times where the status did not change, then those of others. */
export function podConditions(facts: ConditionFacts, before: readonly PodCondition[], generation: number | undefined, nowMs: number): PodCondition[] {
  const known = new Map(before.map(condition => [condition.type, condition]));
  const make = (type: string, holds: boolean, reason?: string, message?: string): PodCondition => {
    const status = holds ? 'True' : 'False';
    const last = known.get(type);
    return {
      type, status, ...(generation !== undefined && { observedGeneration: generation }),
      lastProbeTime: null as unknown as string,
      lastTransitionTime: last?.status === status ? last.lastTransitionTime : rfc3339(nowMs),
      ...(!holds && reason && { reason }), ...(!holds && message && { message }),
    } as PodCondition;
  };
  const finished = facts.phase === 'Succeeded' || facts.phase === 'Failed';
  const completed = facts.phase === 'Succeeded';
  const containersReady = facts.unready.length === 0 && facts.initialized && !finished;
  const unreadyReason = completed ? 'PodCompleted' : facts.phase === 'Failed' ? 'PodFailed' : 'ContainersNotReady';
  const unreadyMessage = finished ? undefined : `containers with unready status: [${facts.unready.join(' ')}]`;
  const ready = containersReady && facts.closedGates.length === 0;
  const gates = facts.closedGates.map(gate => {
    const told = known.get(gate)?.status;
    return told === undefined ? `corresponding condition of pod readiness gate "${gate}" does not exist.` : `the status of pod readiness gate "${gate}" is not "True", but ${told}`;
  }).join(', ');
  const scheduled = known.get('PodScheduled');
  const own = [
    make('PodReadyToStartContainers', facts.sandboxReady && !finished),
    make('Initialized', facts.initialized, 'ContainersNotInitialized', `containers with incomplete status: [${facts.incomplete.join(' ')}]`),
    containersReady && !ready ? make('Ready', false, 'ReadinessGatesNotReady', gates) : make('Ready', ready, unreadyReason, unreadyMessage),
    make('ContainersReady', containersReady, unreadyReason, unreadyMessage),
    scheduled ?? make('PodScheduled', true),
  ];
  if (completed) own[1] = { ...own[1]!, reason: 'PodCompleted' };
  const others = before.filter(condition => !(KUBELET_CONDITIONS as readonly string[]).includes(condition.type));
  return [...others, ...own];
}
