/** What a scheduler plugin sees and says. After upstream's pkg/scheduler/framework: refusal and bug are different things. */
import type { Node, Pod } from 'kubernetes-types/core/v1.d.ts';
import type { Reader } from '../api-server/contract.ts';
import type { KubeObject } from '../apimachinery/object.ts';
import type { NodeInfo } from './node-info.ts';

export type StoredPod = Pod & KubeObject;
export type StoredNode = Node & KubeObject;

/** Why a node does not take a pod. `unresolvable`: removing other pods would not help. */
export interface Rejection {
  readonly plugin: string;
  readonly reasons: readonly string[];
  readonly unresolvable: boolean;
}

export type Verdict = Rejection | undefined;

/** The node takes the pod, as far as this plugin is concerned. */
export const fits: Verdict = undefined;

export function reject(plugin: string, reasons: string | readonly string[], options: { preemptionHelps: boolean }): Rejection {
  return { plugin, reasons: typeof reasons === 'string' ? [reasons] : reasons, unresolvable: !options.preemptionHelps };
}

/** What a cycle may look at beside one node. */
export interface SchedulingView {
  readonly reader: Reader;
  readonly nodes: readonly NodeInfo[];
  /** Whether DynamicResources takes part, which shows in messages (v1.34 and later). */
  readonly version: { readonly minor: number };
}

/** Rejects the pod on every node at once (a missing claim). */
export interface PreFilterPlugin {
  readonly name: string;
  preFilter(pod: StoredPod, view: SchedulingView): string | undefined;
}

/** One question about one node. `prepare` runs once a cycle. */
export interface FilterPlugin<P = unknown> {
  readonly name: string;
  prepare?(pod: StoredPod, view: SchedulingView): P;
  filter(pod: StoredPod, node: NodeInfo, prepared: P, view: SchedulingView): Verdict;
}

/** How good a node is, 0–100 after `normalize`. */
export interface ScorePlugin<P = unknown> {
  readonly name: string;
  readonly weight: number;
  prepare?(pod: StoredPod, view: SchedulingView): P;
  score(pod: StoredPod, node: NodeInfo, prepared: P, view: SchedulingView): number;
  /** `higher`: scale to 0–100, best highest; `lower`: reversed; absent: scores are 0–100 already. */
  readonly normalize?: 'higher' | 'lower';
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnyFilter = FilterPlugin<any>;
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnyScore = ScorePlugin<any>;
