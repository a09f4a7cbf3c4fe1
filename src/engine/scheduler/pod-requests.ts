import type { Container, Pod } from 'kubernetes-types/core/v1.d.ts';
import { milliValue, unitValue } from '../apimachinery/quantity.ts';

/** CPU in millicores, everything else in units (bytes, devices). */
export type ResourceAmounts = Readonly<Record<string, number>>;

export function amount(resource: string, quantity: unknown): number {
  return resource === 'cpu' ? milliValue(quantity) : unitValue(quantity);
}

const known = new WeakMap<object, ResourceAmounts>();

/**
 * What the scheduler reserves for a pod: the larger of all app containers and sidecars together, and the peak while
 * initialising; plus overhead. Source: component-helpers resource/helpers.go `PodRequests`.
 */
export function podRequests(pod: Pod): ResourceAmounts {
  const spec = pod.spec ?? { containers: [] };
  const cached = known.get(spec);
  if (cached) return cached;
  const total: Record<string, number> = {};
  for (const container of spec.containers) add(total, requestsOf(container));
  const sidecars: Record<string, number> = {};
  const peak: Record<string, number> = {};
  for (const container of spec.initContainers ?? []) {
    const asked = requestsOf(container);
    if ((container as { restartPolicy?: string }).restartPolicy === 'Always') {
      add(total, asked);
      add(sidecars, asked);
      raise(peak, sidecars);
    } else {
      const during = { ...sidecars };
      add(during, asked);
      raise(peak, during);
    }
  }
  raise(total, peak);
  for (const [resource, quantity] of Object.entries(spec.overhead ?? {})) total[resource] = (total[resource] ?? 0) + amount(resource, quantity);
  known.set(spec, total);
  return total;
}

function requestsOf(container: Container): ResourceAmounts {
  const asked: Record<string, number> = {};
  for (const [resource, quantity] of Object.entries(container.resources?.requests ?? {})) asked[resource] = amount(resource, quantity);
  return asked;
}

function add(into: Record<string, number>, more: ResourceAmounts): void {
  for (const resource in more) into[resource] = (into[resource] ?? 0) + more[resource]!;
}

function raise(into: Record<string, number>, floor: ResourceAmounts): void {
  for (const resource in floor) into[resource] = Math.max(into[resource] ?? 0, floor[resource]!);
}

/** For scoring only, a container without requests counts as 100m CPU and 200Mi memory (util/pod_resources.go). */
export function scoringRequests(pod: Pod): { cpu: number; memory: number } {
  let cpu = 0;
  let memory = 0;
  for (const container of pod.spec?.containers ?? []) {
    const asked = requestsOf(container);
    cpu += asked['cpu'] ?? 100;
    memory += asked['memory'] ?? 200 * 1024 * 1024;
  }
  return { cpu, memory };
}
