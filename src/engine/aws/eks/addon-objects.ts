/** An add-on's objects as EKS wants them: what came with it, its configuration values on top. Rules without state. */
import type { Container, EnvVar } from 'kubernetes-types/core/v1.d.ts';
import type { DaemonSet, Deployment } from 'kubernetes-types/apps/v1.d.ts';
import type { KubeObject } from '../../apimachinery/object.ts';

export type Workload = (DaemonSet | Deployment) & KubeObject;

/** `configurationValues`, parsed. */
export interface AddonConfiguration {
  readonly env?: Readonly<Record<string, string>>;
  readonly replicaCount?: number;
  readonly replicas?: number;
  readonly resources?: Container['resources'];
}

/** The fields of an add-on's first container that EKS holds: path → value. */
export type HeldFields = ReadonlyMap<string, string>;

/** What EKS wants of an object. */
export function wanted(shipped: Workload, fromVersion: string, toVersion: string, configuration: AddonConfiguration): Workload {
  const template = shipped.spec!.template;
  const [first, ...rest] = template.spec!.containers;
  const settings = configuration.env ?? {};
  const env: EnvVar[] = (first!.env ?? []).map(each => (each.name in settings ? { name: each.name, value: String(settings[each.name]) } : each));
  for (const name of Object.keys(settings).sort()) if (!env.some(each => each.name === name)) env.push({ name, value: String(settings[name]) });
  const container: Container = {
    ...first!, image: first!.image!.replace(`:${fromVersion}`, `:${toVersion}`), ...(env.length > 0 && { env }), ...(configuration.resources && { resources: configuration.resources }),
  };
  const replicas = configuration.replicaCount ?? configuration.replicas;
  return {
    ...shipped,
    spec: { ...shipped.spec, ...(replicas !== undefined && shipped.kind === 'Deployment' && { replicas }), template: { ...template, spec: { ...template.spec, containers: [container, ...rest] } } },
  } as Workload;
}

/** Path → value of what EKS looks at when it compares. Values as text, so that they compare. */
export function heldFields(workload: Workload): HeldFields {
  const fields = new Map<string, string>();
  const { template } = workload.spec!;
  for (const container of template.spec!.containers) {
    const at = `.spec.template.spec.containers[name="${container.name}"]`;
    fields.set(`${at}.image`, container.image ?? '');
    fields.set(`${at}.resources`, JSON.stringify(container.resources ?? {}));
    for (const each of container.env ?? []) fields.set(`${at}.env[name="${each.name}"].value`, each.valueFrom ? JSON.stringify(each.valueFrom) : each.value ?? '');
  }
  return fields;
}

/** Fields that somebody else changed away from what EKS had set, and that the new settings would change back. */
export function conflicts(live: Workload, before: Workload, after: Workload): string[] {
  const [now, had, will] = [heldFields(live), heldFields(before), heldFields(after)];
  return [...will].filter(([path, value]) => now.has(path) && now.get(path) !== value && now.get(path) !== had.get(path))
    .map(([path]) => `${live.kind}.apps ${live.metadata.name} - ${path}`);
}

/**
 * The object after an update. `OVERWRITE`: as EKS wants it, what others set beside it taken away (assumed for environment
 * variables that EKS never set). `PRESERVE`: what others changed stays.
 */
export function merged(live: Workload, before: Workload, after: Workload, mode: 'OVERWRITE' | 'PRESERVE'): Workload {
  const liveContainers = live.spec!.template.spec!.containers;
  const keep = <T>(now: T, had: T, will: T): T => (mode === 'PRESERVE' && JSON.stringify(now) !== JSON.stringify(had) ? now : will);
  const containers = after.spec!.template.spec!.containers.map(will => {
    const now = liveContainers.find(each => each.name === will.name);
    const had = before.spec!.template.spec!.containers.find(each => each.name === will.name);
    if (!now || !had) return will;
    const of = (container: Container, name: string): EnvVar | undefined => container.env?.find(each => each.name === name);
    const names = [...new Set([...(will.env ?? []), ...(mode === 'PRESERVE' ? now.env ?? [] : [])].map(({ name }) => name))];
    const env = names.map(name => keep(of(now, name), of(had, name), of(will, name))).filter(each => each !== undefined);
    const resources = keep(now.resources, had.resources, will.resources);
    const { env: _env, resources: _resources, ...rest } = now;
    return { ...rest, image: keep(now.image, had.image, will.image), ...(env.length > 0 && { env }), ...(resources && { resources }) } as Container;
  });
  const replicas = (workload: Workload): number | undefined => (workload.spec as { replicas?: number }).replicas;
  const scaled = live.kind === 'Deployment' ? { replicas: keep(replicas(live), replicas(before), replicas(after)) } : {};
  return { ...live, spec: { ...live.spec, ...scaled, template: { ...live.spec!.template, spec: { ...live.spec!.template.spec, containers } } } } as Workload;
}
