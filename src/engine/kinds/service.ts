import { forbidden, invalid, required, type FieldProblem } from '../apimachinery/field-problem.ts';
import type { Draft } from '../apimachinery/json.ts';
import { formatSelector } from '../apimachinery/label-selector.ts';
import { dnsLabelProblems, dnsSubdomainProblems } from '../apimachinery/names.ts';
import { ageColumn, nameColumn } from './columns.ts';
import { ipAddress, labelMap, oneOf, oneOfOrNone, portNumber, portReference } from './field-checks.ts';
import { defineKind } from './kind.ts';
import { fill } from './pod-template.ts';

/** Whether a Service is reached on node ports. */
export const usesNodePorts = (spec: Draft): boolean =>
  spec.type === 'NodePort' || (spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false);

/** Whether a Service keeps a port for health checks of its local endpoints. */
export const usesHealthCheckPort = (spec: Draft): boolean => spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local';

function externalAddress(service: Draft): string {
  const spec: Draft = service.spec ?? {};
  const external: string[] = spec.externalIPs ?? [];
  switch (spec.type) {
    case 'ExternalName': return spec.externalName || '<none>';
    case 'LoadBalancer': {
      const ingress: Draft[] = service.status?.loadBalancer?.ingress ?? [];
      const found = [...new Set(ingress.map(each => each.ip || each.hostname).filter(Boolean))];
      const balancer = found.join(',');
      if (external.length > 0) return [...(balancer === '' ? [] : [balancer]), ...external].join(',');
      return balancer === '' ? '<pending>' : balancer;
    }
    default: return external.length > 0 ? external.join(',') : '<none>';
  }
}

function portsText(ports: readonly Draft[]): string {
  if (ports.length === 0) return '<none>';
  return ports.map(({ port, nodePort, protocol }) => (nodePort ? `${port}:${nodePort}/${protocol}` : `${port}/${protocol}`)).join(',');
}

function serviceProblems({ spec }: Draft): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const isHeadless = spec.clusterIP === 'None';
  if (!spec.ports?.length && !isHeadless && spec.type !== 'ExternalName') problems.push(required('spec.ports'));
  if (spec.type === 'LoadBalancer' && isHeadless) problems.push(invalid('spec.clusterIPs[0]', 'None', "may not be set to 'None' for LoadBalancer services"));
  if (spec.type === 'NodePort' && isHeadless) problems.push(invalid('spec.clusterIPs[0]', 'None', "may not be set to 'None' for NodePort services"));
  if (spec.type === 'ExternalName') {
    if (!spec.externalName) problems.push(required('spec.externalName'));
    else for (const problem of dnsSubdomainProblems(spec.externalName.replace(/\.$/, ''))) problems.push(invalid('spec.externalName', spec.externalName, problem));
  }
  const names = new Set<string>();
  const used = new Set<string>();
  ((spec.ports ?? []) as Draft[]).forEach((port, i) => {
    const at = `spec.ports[${i}]`;
    if (spec.ports.length > 1 && !port.name) problems.push(required(`${at}.name`));
    else if (port.name) {
      for (const problem of dnsLabelProblems(port.name)) problems.push(invalid(`${at}.name`, port.name, problem));
      if (names.has(port.name)) problems.push({ type: 'Duplicate', field: `${at}.name`, message: `Duplicate value: ${JSON.stringify(port.name)}` });
      names.add(port.name);
    }
    problems.push(...portNumber(port.port ?? 0, `${at}.port`), ...oneOf(port.protocol, `${at}.protocol`, ['SCTP', 'TCP', 'UDP']), ...portReference(port.targetPort ?? 0, `${at}.targetPort`));
    const key = `${port.protocol}/${port.port}`;
    if (used.has(key)) problems.push({ type: 'Duplicate', field: at, message: `Duplicate value: {"protocol":${JSON.stringify(port.protocol)},"port":${port.port}}` });
    used.add(key);
    if (port.nodePort && !usesNodePorts(spec)) problems.push(forbidden(`${at}.nodePort`, "may not be used when `type` is 'ClusterIP'"));
  });
  problems.push(...labelMap(spec.selector, 'spec.selector'), ...oneOf(spec.sessionAffinity, 'spec.sessionAffinity', ['ClientIP', 'None']));
  problems.push(...oneOf(spec.type, 'spec.type', ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort']));
  ((spec.externalIPs ?? []) as string[]).forEach((each, i) => problems.push(...ipAddress(each, `spec.externalIPs[${i}]`)));
  problems.push(...oneOfOrNone(spec.externalTrafficPolicy, 'spec.externalTrafficPolicy', ['Cluster', 'Local']), ...oneOfOrNone(spec.internalTrafficPolicy, 'spec.internalTrafficPolicy', ['Cluster', 'Local']));
  problems.push(...oneOfOrNone(spec.ipFamilyPolicy, 'spec.ipFamilyPolicy', ['PreferDualStack', 'RequireDualStack', 'SingleStack']));
  return problems;
}

export const service = defineKind({
  kind: 'Service', apiVersion: 'v1', nameRule: 'dns-1035-label',
  defaults(object) {
    fill(object, 'spec', {});
    const { spec } = object;
    if (!spec.sessionAffinity) spec.sessionAffinity = 'None';
    if (spec.sessionAffinity === 'None') delete spec.sessionAffinityConfig;
    if (spec.sessionAffinity === 'ClientIP') {
      spec.sessionAffinityConfig ??= {};
      spec.sessionAffinityConfig.clientIP ??= {};
      fill(spec.sessionAffinityConfig.clientIP, 'timeoutSeconds', 10_800);
    }
    if (!spec.type) spec.type = 'ClusterIP';
    for (const port of spec.ports ?? []) {
      if (!port.protocol) port.protocol = 'TCP';
      if (port.targetPort === undefined || port.targetPort === 0 || port.targetPort === '') port.targetPort = port.port;
    }
    const isExternal = spec.type === 'NodePort' || spec.type === 'LoadBalancer' || (spec.type === 'ClusterIP' && spec.externalIPs?.length > 0);
    if (isExternal && !spec.externalTrafficPolicy) spec.externalTrafficPolicy = 'Cluster';
    if (spec.type !== 'ExternalName' && !spec.internalTrafficPolicy) spec.internalTrafficPolicy = 'Cluster';
    if (spec.type === 'LoadBalancer') fill(spec, 'allocateLoadBalancerNodePorts', true);
  },
  prepareCreate: object => { object.status = { loadBalancer: {} }; },
  validate: serviceProblems,
  validateUpdate(after, before) {
    const [now, old]: [string | undefined, string | undefined] = [after.spec.clusterIP, before.spec.clusterIP];
    const keepsAddress = after.spec.type !== 'ExternalName' && before.spec.type !== 'ExternalName' && old && now !== old;
    return keepsAddress ? [invalid('spec.clusterIPs[0]', [now], 'may not change once set')] : [];
  },
  statusDefaults: object => { fill(object, 'status', {}); if (!Object.isFrozen(object.status)) fill(object.status, 'loadBalancer', {}); },
  prepareUpdate(after, before) {
    // What the server allocated stays when the writer does not mention it.
    const { spec } = after;
    const old: Draft = before.spec ?? {};
    if (spec === before.spec) return;
    const external = (type: string): boolean => type === 'NodePort' || type === 'LoadBalancer';
    if (spec.type !== 'ExternalName' && old.type !== 'ExternalName') {
      if (!spec.clusterIP && spec.clusterIP !== 'None') spec.clusterIP = old.clusterIP;
      if (!spec.clusterIPs?.length && spec.clusterIP === old.clusterIP) spec.clusterIPs = old.clusterIPs;
      fill(spec, 'ipFamilies', old.ipFamilies);
      fill(spec, 'ipFamilyPolicy', old.ipFamilyPolicy);
    }
    if (spec.type === 'ExternalName' && old.type !== 'ExternalName') {
      for (const key of ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy', 'internalTrafficPolicy']) if (key === 'internalTrafficPolicy' || spec[key] === undefined || JSON.stringify(spec[key]) === JSON.stringify(old[key])) delete spec[key];
    }
    if (external(old.type) && !external(spec.type)) {
      if (!(spec.externalIPs?.length > 0)) delete spec.externalTrafficPolicy;
      delete spec.healthCheckNodePort;
      for (const port of spec.ports ?? []) {
        const was = (old.ports ?? []).find((each: Draft) => each.port === port.port && each.protocol === port.protocol);
        if (port.nodePort && was?.nodePort === port.nodePort) delete port.nodePort;
      }
    } else if (external(spec.type)) {
      for (const port of spec.ports ?? []) {
        const was = (old.ports ?? []).find((each: Draft) => each.port === port.port && each.protocol === port.protocol);
        if (!port.nodePort && was?.nodePort && !(spec.ports ?? []).some((each: Draft) => each.nodePort === was.nodePort)) port.nodePort = was.nodePort;
      }
    }
    if (old.type === 'LoadBalancer' && spec.type !== 'LoadBalancer') {
      delete spec.allocateLoadBalancerNodePorts;
      delete spec.loadBalancerClass;
      after.status = { loadBalancer: {} };
    }
    if (usesHealthCheckPort(spec) && old.healthCheckNodePort) fill(spec, 'healthCheckNodePort', old.healthCheckNodePort);
    if (!usesHealthCheckPort(spec)) delete spec.healthCheckNodePort;
  },
  fieldSelectors: { 'spec.clusterIP': each => each.spec?.clusterIP ?? '', 'spec.type': each => each.spec?.type ?? '' },
  columns: [
    nameColumn,
    { header: 'Type', cell: each => each.spec?.type ?? '' },
    { header: 'Cluster-IP', cell: each => each.spec?.clusterIPs?.[0] ?? each.spec?.clusterIP ?? '<none>' },
    { header: 'External-IP', cell: externalAddress },
    { header: 'Port(s)', cell: each => portsText(each.spec?.ports ?? []) },
    ageColumn,
    { header: 'Selector', wide: true, cell: each => formatSelector({ matchLabels: each.spec?.selector ?? {} }) },
  ],
});
