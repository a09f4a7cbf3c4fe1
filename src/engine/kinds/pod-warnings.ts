/** What the server tells the writer of a pod although it takes it, in upstream's words. */
import type { Draft } from '../apimachinery/json.ts';
import { dnsLabelProblems } from '../apimachinery/names.ts';

const OLD_NODE_LABELS: Readonly<Record<string, string>> = {
  'beta.kubernetes.io/arch': 'deprecated since v1.14; use "kubernetes.io/arch" instead', 'beta.kubernetes.io/os': 'deprecated since v1.14; use "kubernetes.io/os" instead',
  'failure-domain.beta.kubernetes.io/region': 'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
  'failure-domain.beta.kubernetes.io/zone': 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
  'beta.kubernetes.io/instance-type': 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
};

/** Warnings for a pod that is being created. */
export function podWarnings({ metadata, spec }: Draft): string[] {
  const warnings: string[] = [];
  const problems = dnsLabelProblems(metadata.name ?? '');
  if (problems.length > 0) warnings.push(`metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended: [${problems.join(', ')}]`);
  for (const key of Object.keys(spec.nodeSelector ?? {})) if (OLD_NODE_LABELS[key]) warnings.push(`spec.nodeSelector[${key}]: ${OLD_NODE_LABELS[key]}`);
  const addresses = new Set<string>();
  ((spec.hostAliases ?? []) as Draft[]).forEach((alias, i) => {
    if (addresses.has(alias.ip)) warnings.push(`spec.hostAliases[${i}].ip: duplicate ip ${JSON.stringify(alias.ip)}`);
    addresses.add(alias.ip);
  });
  ((spec.imagePullSecrets ?? []) as Draft[]).forEach((each, i) => { if (!each.name) warnings.push(`spec.imagePullSecrets[${i}].name: invalid empty name ""`); });
  for (const list of ['initContainers', 'containers']) {
    ((spec[list] ?? []) as Draft[]).forEach((container, i) => {
      const seen = new Set<string>();
      ((container.env ?? []) as Draft[]).forEach((each, j) => {
        if (each.name && seen.has(each.name)) warnings.push(`spec.${list}[${i}].env[${j}]: hides previous definition of ${JSON.stringify(each.name)}, which may be dropped when using apply`);
        seen.add(each.name);
      });
    });
  }
  return warnings;
}
