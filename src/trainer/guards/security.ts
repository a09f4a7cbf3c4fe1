import type { ConfigMap, Container, Namespace, PodSpec, ResourceQuota, Secret } from 'kubernetes-types/core/v1.d.ts';
import type { Deployment } from 'kubernetes-types/apps/v1.d.ts';
import type { Reader } from '../../engine/api-server/contract.ts';
import { base64Text } from '../../engine/apimachinery/base64.ts';
import { compareQuantities } from '../../engine/apimachinery/quantity.ts';
import type { KubeObject } from '../../engine/apimachinery/object.ts';
import type { Baseline } from './guards.ts';

/** Shorter secrets (`true`, a port) would be found by accident. */
const SECRET_LENGTH_MIN = 8;

/** G-sec: no root, privilege, capability or writable root that was not there; no secret written out. */
export function securityProblem({ deployments }: Baseline, reader: Reader): string | undefined {
  const before = new Map(deployments.map(each => [`${each.metadata.namespace}/${each.metadata.name}`, each.spec?.template.spec]));
  const secrets = secretTexts(reader);
  for (const namespace of new Set(deployments.map(each => each.metadata.namespace ?? ''))) {
    if (namespace === 'kube-system') continue;
    for (const deployment of reader.list<Deployment>('Deployment', { namespace })) {
      const label = `${namespace}/${deployment.metadata.name}`;
      const spec = deployment.spec?.template.spec;
      const problem = spec && (relaxation(spec, before.get(label)) ?? writtenOut(spec, secrets));
      if (problem) return `${label}: ${problem}`;
    }
    for (const { data, metadata } of reader.list<ConfigMap>('ConfigMap', { namespace })) {
      if (Object.values(data ?? {}).some(text => secrets.has(text.trim()))) return `ConfigMap ${namespace}/${metadata?.name} holds a secret in plain text`;
    }
  }
  return undefined;
}

function secretTexts(reader: Reader): Set<string> {
  const values = reader.list<Secret>('Secret').flatMap(({ data }) => Object.values(data ?? {}).map(value => base64Text(value)?.trim() ?? ''));
  return new Set(values.filter(value => value.length >= SECRET_LENGTH_MIN));
}

const all = (spec: PodSpec): Container[] => [...spec.initContainers ?? [], ...spec.containers];

function writtenOut(spec: PodSpec, secrets: ReadonlySet<string>): string | undefined {
  const found = all(spec).flatMap(({ env = [] }) => env).find(({ value }) => value !== undefined && secrets.has(value.trim()));
  return found && `the secret in ${found.name} is written out in the pod spec`;
}

function relaxation(spec: PodSpec, before: PodSpec | undefined): string | undefined {
  if (spec.hostNetwork && !before?.hostNetwork) return 'uses the network of its node';
  if (spec.hostPID && !before?.hostPID) return 'sees the processes of its node';
  if ((spec.volumes ?? []).some(volume => volume.hostPath && !before?.volumes?.some(each => each.name === volume.name && each.hostPath))) return 'mounts a path of its node';
  for (const container of all(spec)) {
    const own = container.securityContext ?? {};
    const old = all(before ?? { containers: [] }).find(each => each.name === container.name)?.securityContext;
    if ((own.runAsNonRoot ?? spec.securityContext?.runAsNonRoot) !== true || (own.runAsUser ?? spec.securityContext?.runAsUser) === 0) return `container ${container.name} may run as root`;
    if (own.privileged) return `container ${container.name} is privileged`;
    if (own.allowPrivilegeEscalation !== false && old?.allowPrivilegeEscalation === false) return `container ${container.name} may gain privileges`;
    if (old?.readOnlyRootFilesystem && !own.readOnlyRootFilesystem) return `the root file system of ${container.name} is writable`;
    const added = (own.capabilities?.add ?? []).filter(name => !old?.capabilities?.add?.includes(name));
    if (added.length > 0 || (old?.capabilities?.drop?.includes('ALL') && !own.capabilities?.drop?.includes('ALL'))) return `container ${container.name} has more capabilities`;
  }
  return undefined;
}

/** G-policy: labels of namespaces that policies go by, and the quotas, as they were. The policies themselves cannot be changed. */
export function policyProblem({ namespaces, quotas }: Baseline, reader: Reader): string | undefined {
  for (const before of namespaces) {
    const now = reader.get<Namespace>('Namespace', '', before.metadata.name);
    if (!now) return `namespace ${before.metadata.name} is gone`;
    const changed = Object.entries(before.metadata.labels ?? {}).find(([key, value]) => now.metadata.labels?.[key] !== value);
    if (changed) return `label ${changed[0]} of namespace ${before.metadata.name} was changed`;
  }
  for (const before of quotas) {
    const now = reader.get<ResourceQuota>('ResourceQuota', before.metadata.namespace ?? '', before.metadata.name);
    const wider = quotaWidened(before, now);
    if (wider) return `quota ${before.metadata.namespace}/${before.metadata.name} ${wider}`;
  }
  return undefined;
}

function quotaWidened(before: ResourceQuota & KubeObject, now: ResourceQuota | undefined): string | undefined {
  if (!now) return 'is gone';
  const wider = Object.entries(before.spec?.hard ?? {}).find(([key, value]) => {
    const has = now.spec?.hard?.[key];
    return has === undefined || compareQuantities(String(has), String(value)) > 0;
  });
  return wider && `allows more ${wider[0]}`;
}
