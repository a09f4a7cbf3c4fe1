import type { Deployment } from 'kubernetes-types/apps/v1.d.ts';
import type { Container, Namespace, Probe, ResourceQuota } from 'kubernetes-types/core/v1.d.ts';
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1.d.ts';
import type { Reader } from '../../engine/api-server/contract.ts';
import type { KubeObject } from '../../engine/apimachinery/object.ts';
import type { Cluster } from '../../engine/cluster.ts';
import { healthyWanted } from '../../engine/controllers/disruption/disruption.ts';
import type { GuardState } from '../contract.ts';
import { iamProblem, openDoorProblem, takeCloudBaseline, type CloudBaseline } from './cloud.ts';
import { policyProblem, securityProblem } from './security.ts';

/** What must not be given up on the way. Source: the curriculum's guard table. */
export interface Guard {
  readonly id: string;
  readonly title: string;
  /** @returns why it is broken now, or nothing */
  broken(cluster: Cluster): string | undefined;
}

export type StoredDeployment = Deployment & KubeObject;

/** The estate as it should be, before anything went wrong in it. */
export interface Baseline {
  readonly deployments: readonly StoredDeployment[];
  readonly budgets: readonly (PodDisruptionBudget & KubeObject)[];
  readonly namespaces: readonly (Namespace & KubeObject)[];
  readonly quotas: readonly (ResourceQuota & KubeObject)[];
  readonly cloud: CloudBaseline;
}

const GUARDED = ['shop', 'shop-data', 'shop-staging', 'kube-system'];

export function takeBaseline(cluster: Cluster): Baseline {
  const { reader } = cluster.api;
  const all = <T>(kind: string) => GUARDED.flatMap(namespace => reader.list<T>(kind, { namespace }));
  return {
    deployments: all<Deployment>('Deployment'), budgets: all<PodDisruptionBudget>('PodDisruptionBudget'), quotas: all<ResourceQuota>('ResourceQuota'),
    namespaces: reader.list<Namespace>('Namespace').filter(({ metadata }) => GUARDED.includes(metadata.name)),
    cloud: takeCloudBaseline(cluster),
  };
}

/** The guards of a scenario. What the learner found already changed counts as theirs to leave, never as their breach. */
export function guardsFor(ids: readonly string[], cluster: Cluster, baseline: Baseline): Guard[] {
  const { deployments, budgets } = baseline;
  const found = new Map(deployments.map(before => [before.metadata.uid, current<Deployment>(cluster.api.reader, 'Deployment', before)]));
  const all: Record<string, () => Guard> = {
    'G-keep': () => ({ id: 'G-keep', title: 'baseline kept', broken: now => firstProblem(deployments, before => keepProblem(before, found.get(before.metadata.uid), now)) }),
    'G-probe': () => ({ id: 'G-probe', title: 'probes still bite', broken: now => firstProblem(deployments, before => probeProblem(before, now.api.reader)) }),
    'G-pdb': () => ({ id: 'G-pdb', title: 'budgets as strict', broken: now => firstProblem(budgets, before => budgetProblem(before, now.api.reader, deployments)) }),
    'G-policy': () => ({ id: 'G-policy', title: 'policies as strict', broken: now => policyProblem(baseline, now.api.reader) }),
    'G-sec': () => ({ id: 'G-sec', title: 'nothing less secure', broken: now => securityProblem(baseline, now.api.reader) }),
    'G-iam': () => ({ id: 'G-iam', title: 'no wider rights', broken: now => iamProblem(now, baseline.cloud) }),
    'G-netpol': () => ({ id: 'G-netpol', title: 'no new open door', broken: now => openDoorProblem(now, baseline.cloud) }),
    'G-traffic': () => trafficGuard(cluster),
  };
  return ids.flatMap(id => all[id]?.() ?? []);
}

/** Every request since the learner came; a lost one cannot be made good. */
function trafficGuard(cluster: Cluster): Guard {
  const lostSoFar = (): number => [...cluster.loads.values()].reduce((sum, load) => sum + load.lost, 0);
  const before = lostSoFar();
  return {
    id: 'G-traffic', title: 'no request lost',
    broken: () => (lostSoFar() > before ? `${lostSoFar() - before} requests failed` : undefined),
  };
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

function keepProblem(before: StoredDeployment, found: Deployment | undefined, cluster: Cluster): string | undefined {
  const now = current<Deployment>(cluster.api.reader, 'Deployment', before);
  const label = labelOf(before);
  if (!now || now.metadata.deletionTimestamp) return `deployment ${label} is gone`;
  const [wanted, has] = [before.spec?.replicas ?? 1, now.spec?.replicas ?? 1];
  if (has < wanted) return `deployment ${label} asks for ${has} instead of ${wanted} replicas`;
  if (now.spec?.paused && !before.spec?.paused) return `deployment ${label} is paused`;
  for (const container of before.spec?.template.spec?.containers ?? []) {
    const same = now.spec?.template.spec?.containers.find(entry => entry.name === container.name);
    const asFound = found?.spec?.template.spec?.containers.find(entry => entry.name === container.name);
    if (!same) return `deployment ${label} lost its container ${container.name}`;
    if (![container, asFound].some(entry => repository(entry?.image) === repository(same.image))) return `container ${container.name} of ${label} runs ${repository(same.image)}`;
    const asBefore = [container, asFound].some(entry => sameCommand(entry, same));
    if (!asBefore && !runsOwnProgram(same, cluster)) return `container ${container.name} of ${label} runs another program`;
  }
  return undefined;
}

const sameCommand = (a: Container | undefined, b: Container): boolean => JSON.stringify([a?.command, a?.args]) === JSON.stringify([b.command, b.args]);

/** Whether a changed command still starts what the image is for. */
function runsOwnProgram({ command, args, image }: Container, cluster: Cluster): boolean {
  const pulled = cluster.images.pull(image ?? '');
  if (!pulled.ok) return true;
  const [program = '', ...rest] = pulled.image.entrypoint ?? [];
  const needed = [program.slice(program.lastIndexOf('/') + 1), ...rest].join(' ');
  return [...command ?? [], ...args ?? []].join(' ').includes(needed);
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

/** A budget is as strict as before when it keeps at least as many of the workload's pods up. */
function budgetProblem(before: PodDisruptionBudget & KubeObject, reader: Reader, deployments: readonly StoredDeployment[]): string | undefined {
  const now = current<PodDisruptionBudget>(reader, 'PodDisruptionBudget', before);
  if (!now) return `budget ${labelOf(before)} is gone`;
  if (JSON.stringify(now.spec?.selector) !== JSON.stringify(before.spec?.selector)) return `budget ${labelOf(before)} covers other pods`;
  const guarded = deployments.find(({ metadata, spec }) => metadata.namespace === before.metadata.namespace
    && Object.entries(before.spec?.selector?.matchLabels ?? {}).every(([key, value]) => spec?.template.metadata?.labels?.[key] === value));
  const pods = guarded?.spec?.replicas ?? 1;
  const [wanted, has] = [healthyWanted(before, pods), healthyWanted(now, pods)];
  return has < wanted ? `budget ${labelOf(before)} keeps ${has} of ${pods} pods up instead of ${wanted}` : undefined;
}

/** Remembers when each guard broke. */
export class GuardWatch {
  private readonly brokenSince = new Map<string, { reason: string; atMs: number }>();

  constructor(private readonly guards: readonly Guard[]) {}

  look(cluster: Cluster): void {
    for (const guard of this.guards) {
      const reason = guard.broken(cluster);
      const { nowMs } = cluster.kernel;
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
