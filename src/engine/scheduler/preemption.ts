import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1.d.ts';
import { labelSelectorMatches } from '../apimachinery/label-selector.ts';
import type { KubeObject } from '../apimachinery/object.ts';
import type { Rejection, SchedulingView, StoredPod, Verdict } from './framework.ts';
import { NodeInfo } from './node-info.ts';

/** Default preemption: which pods make room for a more important one. Source: plugins/defaultpreemption, framework/preemption. */

/** What preemption came to, as the FailedScheduling message tells it. */
export type PreemptionResult =
  | { readonly kind: 'nominated'; readonly node: NodeInfo; readonly victims: readonly StoredPod[] }
  | { readonly kind: 'ineligible'; readonly why: string }
  | { readonly kind: 'useless'; readonly outcomes: readonly string[] };

export const NOT_HELPFUL = 'Preemption is not helpful for scheduling';
export const NO_VICTIMS = 'No preemption victims found for incoming pod';

/** `DefaultPreemptionArgs`: how many nodes are tried: 10 % of them, at least 100. */
const CANDIDATES = { percentage: 10, min: 100 } as const;

/** Asks every filter whether a pod fits a node as it would be. */
export type Check = (pod: StoredPod, node: NodeInfo, view: SchedulingView) => Verdict;

interface Candidate {
  readonly node: NodeInfo;
  readonly victims: readonly StoredPod[];
  readonly violations: number;
}

export const priorityOf = (pod: StoredPod): number => pod.spec?.priority ?? 0;
const startOf = (pod: StoredPod): string => String(pod.status?.startTime ?? pod.metadata.creationTimestamp);

/** More important first: higher priority, then the one that has run for longer. */
const byImportance = (a: StoredPod, b: StoredPod): number =>
  priorityOf(b) - priorityOf(a) || startOf(a).localeCompare(startOf(b)) || a.metadata.name.localeCompare(b.metadata.name);

/** Finds the node where a pod would disturb the least. */
export function preempt(pod: StoredPod, rejections: ReadonlyMap<string, Rejection>, view: SchedulingView, check: Check): PreemptionResult {
  if (pod.spec?.preemptionPolicy === 'Never') return { kind: 'ineligible', why: 'not eligible due to preemptionPolicy=Never.' };
  const nominated = view.nodes.find(node => node.name === pod.status?.nominatedNodeName);
  if (nominated && !rejections.get(nominated.name)?.unresolvable
    && [...nominated.pods.values()].some(other => other.metadata.deletionTimestamp && priorityOf(other) < priorityOf(pod))) {
    return { kind: 'ineligible', why: 'not eligible due to a terminating pod on the nominated node.' };
  }
  const limit = Math.max(CANDIDATES.min, Math.floor((view.nodes.length * CANDIDATES.percentage) / 100));
  const budgets = view.reader.list<PodDisruptionBudget>('PodDisruptionBudget');
  const candidates: Candidate[] = [];
  const outcomes: string[] = [];
  for (const node of view.nodes) {
    const rejection = rejections.get(node.name);
    if (!rejection || rejection.unresolvable) {
      outcomes.push(NOT_HELPFUL);
    } else if (candidates.length < limit) {
      const found = victimsOn(pod, node, view, check, budgets);
      if ('victims' in found) candidates.push(found);
      else outcomes.push(...found.reasons);
    }
  }
  const best = leastDisturbing(candidates);
  return best ? { kind: 'nominated', node: best.node, victims: best.victims } : { kind: 'useless', outcomes };
}

/** All less important pods away; then each is let back, the most important first, while the pod still fits. */
function victimsOn(pod: StoredPod, node: NodeInfo, view: SchedulingView, check: Check, budgets: readonly (PodDisruptionBudget & KubeObject)[]): Candidate | { reasons: readonly string[] } {
  const lower = [...node.pods.values()].filter(other => priorityOf(other) < priorityOf(pod)).sort(byImportance);
  if (lower.length === 0) return { reasons: [NO_VICTIMS] };
  const trial = node.copy();
  const inTrial: SchedulingView = { ...view, nodes: view.nodes.map(other => (other === node ? trial : other)) };
  for (const victim of lower) trial.remove(victim.metadata.uid);
  const still = check(pod, trial, inTrial);
  if (still) return { reasons: still.reasons };
  const { violating, others } = splitByBudget(lower, budgets);
  const victims: StoredPod[] = [];
  const letBack = (candidate: StoredPod): boolean => {
    trial.add(candidate);
    if (!check(pod, trial, inTrial)) return true;
    trial.remove(candidate.metadata.uid);
    victims.push(candidate);
    return false;
  };
  const violations = violating.filter(victim => !letBack(victim)).length;
  for (const victim of others) letBack(victim);
  return victims.length === 0 ? { reasons: [NO_VICTIMS] } : { node, victims: victims.sort(byImportance), violations };
}

/** Pods whose loss their disruption budget no longer allows. */
function splitByBudget(pods: readonly StoredPod[], budgets: readonly (PodDisruptionBudget & KubeObject)[]): { violating: StoredPod[]; others: StoredPod[] } {
  const left = budgets.map(budget => budget.status?.disruptionsAllowed ?? 0);
  const violating: StoredPod[] = [];
  const others: StoredPod[] = [];
  for (const pod of pods) {
    let violates = false;
    for (const [index, budget] of budgets.entries()) {
      if (budget.metadata.namespace !== pod.metadata.namespace || !labelSelectorMatches(budget.spec?.selector, pod.metadata.labels)) continue;
      left[index] = left[index]! - 1;
      if (left[index]! < 0) violates = true;
    }
    (violates ? violating : others).push(pod);
  }
  return { violating, others };
}

/** Fewest broken budgets, least important victims, fewest of them, and those that have run for the shortest time. */
function leastDisturbing(candidates: readonly Candidate[]): Candidate | undefined {
  const highest = ({ victims }: Candidate): number => priorityOf(victims[0]!);
  const sum = ({ victims }: Candidate): number => victims.reduce((total, victim) => total + priorityOf(victim) + 2 ** 31, 0);
  const earliest = (candidate: Candidate): string => candidate.victims.filter(victim => priorityOf(victim) === highest(candidate)).map(startOf).sort()[0]!;
  return [...candidates].sort((a, b) =>
    a.violations - b.violations || highest(a) - highest(b) || sum(a) - sum(b) || a.victims.length - b.victims.length || earliest(b).localeCompare(earliest(a)))[0];
}
