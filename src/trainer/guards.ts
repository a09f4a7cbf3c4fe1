import type { Deployment } from 'kubernetes-types/apps/v1.d.ts';
import type { Container, Probe } from 'kubernetes-types/core/v1.d.ts';
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1.d.ts';
import type { Reader } from '../engine/api-server/contract.ts';
import type { KubeObject } from '../engine/apimachinery/object.ts';
import type { GuardState } from './contract.ts';

/** What must not be given up on the way. Source: the curriculum's guard table. */
export interface Guard {
  readonly id: string;
  readonly title: string;
  /** @returns why it is broken now, or nothing */
  broken(reader: Reader): string | undefined;
}

type StoredDeployment = Deployment & KubeObject;

/** The guards of a scenario, with the world as it is now as the baseline. */
export function guardsFor(ids: readonly string[], reader: Reader, namespaces: readonly string[]): Guard[] {
  const deployments = namespaces.flatMap(namespace => reader.list<StoredDeployment>('Deployment', { namespace }));
  const budgets = namespaces.flatMap(namespace => reader.list<PodDisruptionBudget & KubeObject>('PodDisruptionBudget', { namespace }));
  const all: Record<string, () => Guard> = {
    'G-keep': () => ({ id: 'G-keep', title: 'baseline kept', broken: now => firstProblem(deployments, before => keepProblem(before, now)) }),
    'G-probe': () => ({ id: 'G-probe', title: 'probes still bite', broken: now => firstProblem(deployments, before => probeProblem(before, now)) }),
    'G-pdb': () => ({ id: 'G-pdb', title: 'budgets as strict', broken: now => firstProblem(budgets, before => budgetProblem(before, now)) }),
  };
  return ids.flatMap(id => all[id]?.() ?? []);
}

function firstProblem<T>(baseline: readonly T[], problem: (before: T) => string | undefined): string | undefined {
  for (const before of baseline) {
    const found = problem(before);
    if (found) return found;
  }
  return undefined;
}

const labelOf = (object: KubeObject): string => `${object.metadata.namespace}/${object.metadata.name}`;
const current = <T>(reader: Reader, kind: string, before: KubeObject) => reader.get<T>(kind, before.metadata.namespace ?? '', before.metadata.name);
const repository = (image: string | undefined): string => {
  const text = (image ?? '').split('@')[0]!;
  return text.lastIndexOf(':') > text.lastIndexOf('/') ? text.slice(0, text.lastIndexOf(':')) : text;
};

function keepProblem(before: StoredDeployment, reader: Reader): string | undefined {
  const now = current<Deployment>(reader, 'Deployment', before);
  const label = labelOf(before);
  if (!now || now.metadata.deletionTimestamp) return `deployment ${label} is gone`;
  const [wanted, has] = [before.spec?.replicas ?? 1, now.spec?.replicas ?? 1];
  if (has < wanted) return `deployment ${label} asks for ${has} instead of ${wanted} replicas`;
  if (now.spec?.paused && !before.spec?.paused) return `deployment ${label} is paused`;
  for (const container of before.spec?.template.spec?.containers ?? []) {
    const same = now.spec?.template.spec?.containers.find(entry => entry.name === container.name);
    if (!same) return `deployment ${label} lost its container ${container.name}`;
    if (repository(same.image) !== repository(container.image)) return `container ${container.name} of ${label} runs ${repository(same.image)}`;
    if (JSON.stringify([same.command, same.args]) !== JSON.stringify([container.command, container.args])) return `container ${container.name} of ${label} runs another command`;
  }
  return undefined;
}

/** A hang has to be found within this long. */
const HANG_FOUND_SECONDS = 60;

function probeProblem(before: StoredDeployment, reader: Reader): string | undefined {
  const now = current<Deployment>(reader, 'Deployment', before);
  for (const container of before.spec?.template.spec?.containers ?? []) {
    const same = now?.spec?.template.spec?.containers.find(entry => entry.name === container.name);
    if (!same) continue;
    for (const kind of ['livenessProbe', 'readinessProbe'] as const) {
      if (!container[kind]) continue;
      const problem = probeWeakness(same, kind, container[kind]);
      if (problem) return `${kind} of ${labelOf(before)} ${problem}`;
    }
  }
  return undefined;
}

function probeWeakness(container: Container, kind: 'livenessProbe' | 'readinessProbe', before: Probe): string | undefined {
  const probe = container[kind];
  if (!probe || !(probe.httpGet || probe.tcpSocket || probe.exec || probe.grpc)) return 'is gone';
  const command = (probe.exec?.command ?? []).join(' ');
  if (probe.exec && /^(\/bin\/)?(true|:|echo\b.*|exit 0)$|-c (true|:|exit 0|echo\b[^|&;]*)$/.test(command)) return 'always succeeds';
  const findsHangAfter = (entry: Probe): number => (entry.periodSeconds ?? 10) * (entry.failureThreshold ?? 3) + (entry.timeoutSeconds ?? 1);
  if (kind === 'livenessProbe' && findsHangAfter(probe) > Math.max(HANG_FOUND_SECONDS, findsHangAfter(before))) return `finds a hang only after ${findsHangAfter(probe)} s`;
  return undefined;
}

function budgetProblem(before: PodDisruptionBudget & KubeObject, reader: Reader): string | undefined {
  const now = current<PodDisruptionBudget>(reader, 'PodDisruptionBudget', before);
  if (!now) return `budget ${labelOf(before)} is gone`;
  const same = JSON.stringify([now.spec?.minAvailable, now.spec?.maxUnavailable, now.spec?.selector]) === JSON.stringify([before.spec?.minAvailable, before.spec?.maxUnavailable, before.spec?.selector]);
  return same ? undefined : `budget ${labelOf(before)} was changed`;
}

/** Remembers when each guard broke. */
export class GuardWatch {
  private readonly brokenSince = new Map<string, { reason: string; atMs: number }>();

  constructor(private readonly guards: readonly Guard[]) {}

  look(reader: Reader, nowMs: number): void {
    for (const guard of this.guards) {
      const reason = guard.broken(reader);
      if (!reason) this.brokenSince.delete(guard.id);
      else if (this.brokenSince.get(guard.id)?.reason !== reason) this.brokenSince.set(guard.id, { reason, atMs: nowMs });
    }
  }

  get allHold(): boolean {
    return this.brokenSince.size === 0;
  }

  states(): GuardState[] {
    return this.guards.map(({ id, title }) => {
      const broken = this.brokenSince.get(id);
      return { id, title, holds: !broken, reason: broken?.reason ?? '', ...(broken && { brokenAtMs: broken.atMs }) };
    });
  }
}
