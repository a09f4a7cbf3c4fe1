import type { PodAffinityTerm } from 'kubernetes-types/core/v1.d.ts';
import { labelSelectorMatches } from '../../apimachinery/label-selector.ts';
import { fits, reject, type FilterPlugin, type SchedulingView, type ScorePlugin, type StoredPod } from '../framework.ts';

/** Source: plugins/interpodaffinity. Domains are written `key=value`. */
interface Domains {
  /** By own term: domains that hold a pod the term wants near, and whether any pod matches at all. */
  readonly affinity: readonly { readonly term: PodAffinityTerm; readonly domains: Set<string> }[];
  readonly antiAffinity: readonly { readonly term: PodAffinityTerm; readonly domains: Set<string> }[];
  /** Domains from which existing pods repel this one. */
  readonly repelled: Set<string>;
  /** Every own affinity term matches the pod itself, so the first of a group may go anywhere. */
  readonly matchesSelf: boolean;
}

const domainOf = (term: PodAffinityTerm, labels: Readonly<Record<string, string>>): string | undefined => {
  const value = labels[term.topologyKey];
  return value === undefined ? undefined : `${term.topologyKey}=${value}`;
};

function termSelects(term: PodAffinityTerm, owner: StoredPod, pod: StoredPod, view: SchedulingView): boolean {
  const inNamespace = term.namespaceSelector
    ? labelSelectorMatches(term.namespaceSelector, view.reader.get('Namespace', '', pod.metadata.namespace ?? '')?.metadata.labels) || (term.namespaces ?? []).includes(pod.metadata.namespace ?? '')
    : term.namespaces?.length ? term.namespaces.includes(pod.metadata.namespace ?? '') : pod.metadata.namespace === owner.metadata.namespace;
  if (!inNamespace) return false;
  const keys = term.matchLabelKeys ?? [];
  const matchLabels = Object.fromEntries(keys.filter(key => owner.metadata.labels?.[key] !== undefined).map(key => [key, owner.metadata.labels![key]!]));
  return labelSelectorMatches({ ...term.labelSelector, matchLabels: { ...term.labelSelector?.matchLabels, ...matchLabels } }, pod.metadata.labels) && term.labelSelector !== undefined;
}

export const interPodAffinity: FilterPlugin<Domains> = {
  name: 'InterPodAffinity',
  prepare(pod, view) {
    const wanted = pod.spec?.affinity?.podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
    const unwanted = pod.spec?.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
    const affinity = wanted.map(term => ({ term, domains: new Set<string>() }));
    const antiAffinity = unwanted.map(term => ({ term, domains: new Set<string>() }));
    const repelled = new Set<string>();
    for (const node of view.nodes) {
      if (affinity.length === 0 && antiAffinity.length === 0 && node.repelling === 0) continue;
      for (const other of node.pods.values()) {
        for (const { term, domains } of [...affinity, ...antiAffinity]) {
          const domain = domainOf(term, node.labels);
          if (domain !== undefined && termSelects(term, pod, other, view)) domains.add(domain);
        }
        for (const term of other.spec?.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []) {
          const domain = domainOf(term, node.labels);
          if (domain !== undefined && termSelects(term, other, pod, view)) repelled.add(domain);
        }
      }
    }
    return { affinity, antiAffinity, repelled, matchesSelf: wanted.every(term => termSelects(term, pod, pod, view)) };
  },
  filter(_pod, node, { affinity, antiAffinity, repelled, matchesSelf }) {
    const firstOfItsKind = matchesSelf && affinity.every(({ domains }) => domains.size === 0);
    const near = affinity.every(({ term, domains }) => {
      const domain = domainOf(term, node.labels);
      return domain !== undefined && (firstOfItsKind || domains.has(domain));
    });
    if (!near) return reject('InterPodAffinity', "node(s) didn't match pod affinity rules", { preemptionHelps: false });
    if (antiAffinity.some(({ term, domains }) => domains.has(domainOf(term, node.labels) ?? ''))) {
      return reject('InterPodAffinity', "node(s) didn't match pod anti-affinity rules", { preemptionHelps: true });
    }
    for (const domain of repelled) {
      const [key, value] = [domain.slice(0, domain.indexOf('=')), domain.slice(domain.indexOf('=') + 1)];
      if (node.labels[key] === value) return reject('InterPodAffinity', "node(s) didn't satisfy existing pods anti-affinity rules", { preemptionHelps: true });
    }
    return fits;
  },
};

/** Preferred terms of the pod: weight for each matching pod in the node's domain, negative for anti-affinity. */
export const interPodAffinityScore: ScorePlugin<Map<string, number>> = {
  name: 'InterPodAffinity', weight: 2, normalize: 'higher',
  prepare(pod, view) {
    const scores = new Map<string, number>();
    const near = pod.spec?.affinity?.podAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
    const far = pod.spec?.affinity?.podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
    if (near.length + far.length === 0) return scores;
    for (const node of view.nodes) for (const other of node.pods.values()) {
      for (const [terms, sign] of [[near, 1], [far, -1]] as const) for (const { weight, podAffinityTerm } of terms) {
        const domain = domainOf(podAffinityTerm, node.labels);
        if (domain !== undefined && termSelects(podAffinityTerm, pod, other, view)) scores.set(domain, (scores.get(domain) ?? 0) + sign * weight);
      }
    }
    return scores;
  },
  score(_pod, node, scores) {
    let total = 0;
    for (const [domain, score] of scores) {
      const at = domain.indexOf('=');
      if (node.labels[domain.slice(0, at)] === domain.slice(at + 1)) total += score;
    }
    return total;
  },
};
