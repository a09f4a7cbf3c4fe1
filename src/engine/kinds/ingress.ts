/** Ingress, IngressClass, NetworkPolicy. */
import type { Draft } from '../apimachinery/json.ts';
import { formatSelector } from '../apimachinery/label-selector.ts';
import { ageColumn, nameColumn } from './columns.ts';
import { defineKind } from './kind.ts';
import { fill } from './pod-template.ts';

function hostsText(rules: readonly Draft[]): string {
  const hosts = rules.map(rule => rule.host ?? '').filter(host => host !== '');
  if (hosts.length === 0) return '*';
  return hosts.length > 3 ? `${hosts.slice(0, 3).join(',')} + ${hosts.length - 3} more...` : hosts.join(',');
}

export const ingress = defineKind({
  kind: 'Ingress', apiVersion: 'networking.k8s.io/v1', generation: true,
  defaults: object => { fill(object, 'spec', {}); },
  prepareCreate: object => { object.status = { loadBalancer: {} }; },
  statusDefaults: object => { fill(object, 'status', {}); fill(object.status, 'loadBalancer', {}); },
  columns: [
    nameColumn,
    { header: 'Class', cell: each => each.spec?.ingressClassName ?? each.metadata.annotations?.['kubernetes.io/ingress.class'] ?? '<none>' },
    { header: 'Hosts', cell: each => hostsText(each.spec?.rules ?? []) },
    { header: 'Address', cell: each => ((each.status?.loadBalancer?.ingress ?? []) as Draft[]).map(one => one.ip || one.hostname).filter(Boolean).join(',') },
    { header: 'Ports', cell: each => (each.spec?.tls?.length ? '80, 443' : '80') },
    ageColumn,
  ],
});

export const ingressClass = defineKind({
  kind: 'IngressClass', apiVersion: 'networking.k8s.io/v1', generation: true,
  defaults(object) {
    fill(object, 'spec', {});
    if (object.spec.parameters) fill(object.spec.parameters, 'scope', 'Cluster');
  },
  columns: [
    nameColumn,
    { header: 'Controller', cell: each => each.spec?.controller ?? '' },
    {
      header: 'Parameters',
      cell: each => {
        const parameters: Draft | undefined = each.spec?.parameters;
        return parameters ? `${parameters.kind}${parameters.apiGroup ? `.${parameters.apiGroup}` : ''}/${parameters.name}` : '<none>';
      },
    },
    ageColumn,
  ],
});

export const networkPolicy = defineKind({
  kind: 'NetworkPolicy', apiVersion: 'networking.k8s.io/v1', generation: true,
  defaults(object) {
    fill(object, 'spec', {});
    const { spec } = object;
    fill(spec, 'podSelector', {});
    if (!spec.policyTypes?.length) spec.policyTypes = spec.egress?.length ? ['Ingress', 'Egress'] : ['Ingress'];
    for (const rule of [...(spec.ingress ?? []), ...(spec.egress ?? [])]) for (const port of rule.ports ?? []) fill(port, 'protocol', 'TCP');
  },
  columns: [nameColumn, { header: 'Pod-Selector', cell: each => formatSelector(each.spec?.podSelector ?? {}) }, ageColumn],
});
