/** Ingress, IngressClass, NetworkPolicy. */
import { invalid, required, type FieldProblem } from '../apimachinery/field-problem.ts';
import type { Draft } from '../apimachinery/json.ts';
import { formatSelector } from '../apimachinery/label-selector.ts';
import { dns1035LabelProblems, dnsSubdomainProblems } from '../apimachinery/names.ts';
import { isIp, oneOf, portReference } from './field-checks.ts';
import { ageColumn, nameColumn } from './columns.ts';
import { defineKind } from './kind.ts';
import { fill } from './pod-template.ts';

function hostsText(rules: readonly Draft[]): string {
  const hosts = rules.map(rule => rule.host ?? '').filter(host => host !== '');
  if (hosts.length === 0) return '*';
  return hosts.length > 3 ? `${hosts.slice(0, 3).join(',')} + ${hosts.length - 3} more...` : hosts.join(',');
}

function backendProblems(backend: Draft | undefined, field: string): FieldProblem[] {
  if (!backend?.service && !backend?.resource) return [required(`${field}`, 'resource or service backend is required')];
  if (!backend.service) return [];
  const problems: FieldProblem[] = [];
  const { name, port = {} }: Draft = backend.service;
  if (!name) problems.push(required(`${field}.service.name`));
  else for (const problem of dns1035LabelProblems(name)) problems.push(invalid(`${field}.service.name`, name, problem));
  if (!port.name && !port.number) problems.push(required(`${field}.service`, 'port name or number is required'));
  else if (port.name && port.number) problems.push(invalid(`${field}.service`, '', 'cannot set both port name & port number'));
  else if (port.number) problems.push(...portReference(port.number, `${field}.service.port.number`));
  return problems;
}

function ingressProblems({ spec }: Draft): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const rules: Draft[] = spec.rules ?? [];
  if (rules.length === 0 && !spec.defaultBackend) problems.push(invalid('spec', rules, 'either `defaultBackend` or `rules` must be specified'));
  if (spec.defaultBackend) problems.push(...backendProblems(spec.defaultBackend, 'spec.defaultBackend'));
  rules.forEach((rule, i) => {
    const at = `spec.rules[${i}]`;
    if (rule.host && isIp(rule.host)) problems.push(invalid(`${at}.host`, rule.host, 'must be a DNS name, not an IP address'));
    else if (rule.host && !rule.host.startsWith('*')) for (const problem of dnsSubdomainProblems(rule.host)) problems.push(invalid(`${at}.host`, rule.host, problem));
    if (rule.http && !rule.http.paths?.length) problems.push(required(`${at}.http.paths`));
    ((rule.http?.paths ?? []) as Draft[]).forEach((path, j) => {
      const here = `${at}.http.paths[${j}]`;
      if (path.pathType === undefined) problems.push(required(`${here}.pathType`, 'pathType must be specified'));
      else if (['Exact', 'Prefix', 'ImplementationSpecific'].includes(path.pathType)) {
        if (path.pathType !== 'ImplementationSpecific' || path.path) if (!path.path?.startsWith('/')) problems.push(invalid(`${here}.path`, path.path ?? '', 'must be an absolute path'));
      } else problems.push(...oneOf(path.pathType, `${here}.pathType`, ['Exact', 'ImplementationSpecific', 'Prefix']));
      problems.push(...backendProblems(path.backend, `${here}.backend`));
    });
  });
  return problems;
}

export const ingress = defineKind({
  kind: 'Ingress', apiVersion: 'networking.k8s.io/v1', generation: true,
  defaults: object => { fill(object, 'spec', {}); },
  validate: ingressProblems,
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
