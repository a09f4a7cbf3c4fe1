/** Services, endpoints, ingresses, network policies, disruption budgets, autoscalers. */
import type { AnyObject, Json } from '../client/api-client.ts';
import { selectorText } from '../objects/selector.ts';
import type { DescribeContext, Describer } from './describer.ts';
import { metadataLines } from './pod-template.ts';
import { annotationLines, type Description, eventLines, labelLines, longTime } from './writer.ts';
import type { Task } from '../../../engine/kernel/task.ts';

const text = (value: unknown): string => String(value ?? '');
const listOf = (value: unknown): Json[] => (value ?? []) as Json[];

/** Addresses behind a Service's port, from its EndpointSlices. */
function endpointText(slices: readonly AnyObject[], portName: string): string {
  const found: string[] = [];
  for (const slice of slices) {
    const port = listOf(slice.ports).find(each => text(each.name) === portName);
    if (!port) continue;
    for (const endpoint of listOf(slice.endpoints)) {
      if ((endpoint.conditions as Json | undefined)?.ready === false) continue;
      const address = text((endpoint.addresses as string[] | undefined)?.[0]);
      found.push(`${address.includes(':') ? `[${address}]` : address}:${text(port.port)}`);
    }
  }
  if (found.length === 0) return '<none>';
  return found.length > 3 ? `${found.slice(0, 3).join(',')} + ${found.length - 3} more...` : found.join(',');
}

function* slicesOf(context: DescribeContext, service: string): Task<AnyObject[]> {
  return yield* context.list('endpointslices.discovery.k8s.io', { matchLabels: { 'kubernetes.io/service-name': service } });
}

export const service: Describer = function* (w, object, context) {
  const spec = object.spec as Json;
  const slices = yield* slicesOf(context, object.metadata.name);
  metadataLines(w, object as unknown as Json);
  const selector = (spec.selector ?? {}) as Record<string, string>;
  w.line(0, `Selector:\t${Object.keys(selector).length === 0 ? '<none>' : Object.keys(selector).sort().map(key => `${key}=${selector[key]}`).join(',')}`);
  w.line(0, `Type:\t${text(spec.type)}`);
  if (spec.ipFamilyPolicy !== undefined) w.line(0, `IP Family Policy:\t${text(spec.ipFamilyPolicy)}`);
  const families = (spec.ipFamilies ?? []) as string[];
  w.line(0, `IP Families:\t${families.length === 0 ? '<none>' : families.join(',')}`);
  w.line(0, `IP:\t${text(spec.clusterIP)}`);
  const ips = (spec.clusterIPs ?? []) as string[];
  w.line(0, `IPs:\t${ips.length === 0 ? '<none>' : ips.join(',')}`);
  if (((spec.externalIPs ?? []) as string[]).length > 0) w.line(0, `External IPs:\t${(spec.externalIPs as string[]).join(',')}`);
  if (spec.loadBalancerIP) w.line(0, `Desired LoadBalancer IP:\t${text(spec.loadBalancerIP)}`);
  if (spec.externalName) w.line(0, `External Name:\t${text(spec.externalName)}`);
  const ingress = listOf(((object.status as Json | undefined)?.loadBalancer as Json | undefined)?.ingress);
  if (ingress.length > 0) {
    const modes = ingress.map(point => (point.ip ? `${text(point.ip)}${point.ipMode ? ` (${text(point.ipMode)})` : ''}` : text(point.hostname)));
    w.line(0, `LoadBalancer Ingress:\t${modes.join(', ')}`);
  }
  for (const port of listOf(spec.ports)) {
    const name = text(port.name) || '<unset>';
    w.line(0, `Port:\t${name}\t${text(port.port)}/${text(port.protocol)}`);
    w.line(0, `TargetPort:\t${text(port.targetPort)}/${text(port.protocol)}`);
    if (port.nodePort) w.line(0, `NodePort:\t${name}\t${text(port.nodePort)}/${text(port.protocol)}`);
    w.line(0, `Endpoints:\t${endpointText(slices, text(port.name))}`);
  }
  w.line(0, `Session Affinity:\t${text(spec.sessionAffinity)}`);
  if (spec.externalTrafficPolicy) w.line(0, `External Traffic Policy:\t${text(spec.externalTrafficPolicy)}`);
  if (spec.internalTrafficPolicy) w.line(0, `Internal Traffic Policy:\t${text(spec.internalTrafficPolicy)}`);
  if (spec.trafficDistribution) w.line(0, `Traffic Distribution:\t${text(spec.trafficDistribution)}`);
  if (spec.healthCheckNodePort) w.line(0, `HealthCheck NodePort:\t${text(spec.healthCheckNodePort)}`);
  const ranges = (spec.loadBalancerSourceRanges ?? []) as string[];
  if (ranges.length > 0) w.line(0, `LoadBalancer Source Ranges:\t${ranges.join(',')}`);
  eventLines(w, yield* context.events());
};

export const endpoints: Describer = function* (w, object, context) {
  metadataLines(w, object as unknown as Json);
  w.line(0, 'Subsets:');
  const addresses = (list: unknown): string => listOf(list).map(each => text(each.ip)).join(',') || '<none>';
  for (const subset of listOf(object.subsets)) {
    w.line(1, `Addresses:\t${addresses(subset.addresses)}`);
    w.line(1, `NotReadyAddresses:\t${addresses(subset.notReadyAddresses)}`);
    const ports = listOf(subset.ports);
    if (ports.length > 0) {
      w.line(1, 'Ports:');
      w.line(2, 'Name\tPort\tProtocol');
      w.line(2, '----\t----\t--------');
      for (const port of ports) w.line(2, `${text(port.name) || '<unset>'}\t${text(port.port)}\t${text(port.protocol)}`);
    }
    w.line(0, '');
  }
  eventLines(w, yield* context.events());
};

export const endpointSlice: Describer = function* (w, object, context) {
  metadataLines(w, object as unknown as Json);
  w.line(0, `AddressType:\t${text(object.addressType)}`);
  const ports = listOf(object.ports);
  if (ports.length === 0) w.line(0, 'Ports: <unset>');
  else {
    w.line(0, 'Ports:');
    w.line(1, 'Name\tPort\tProtocol');
    w.line(1, '----\t----\t--------');
    for (const port of ports) w.line(1, `${text(port.name) || '<unset>'}\t${port.port === undefined ? '<unset>' : text(port.port)}\t${text(port.protocol)}`);
  }
  const members = listOf(object.endpoints);
  if (members.length === 0) w.line(0, 'Endpoints: <none>');
  else {
    w.line(0, 'Endpoints:');
    for (const member of members) {
      w.line(1, `- Addresses:\t${((member.addresses ?? []) as string[]).join(', ')}`);
      w.line(2, 'Conditions:');
      const ready = (member.conditions as Json | undefined)?.ready;
      w.line(3, `Ready:\t${ready === undefined ? '<unset>' : String(ready)}`);
      w.line(2, `Hostname:\t${member.hostname === undefined ? '<unset>' : text(member.hostname)}`);
      const target = member.targetRef as Json | undefined;
      if (target) w.line(2, `TargetRef:\t${text(target.kind)}/${text(target.name)}`);
      w.line(2, `NodeName:\t${member.nodeName === undefined ? '<unset>' : text(member.nodeName)}`);
      w.line(2, `Zone:\t${member.zone === undefined ? '<unset>' : text(member.zone)}`);
    }
  }
  eventLines(w, yield* context.events());
};

export const ingress: Describer = function* (w, object, context) {
  const spec = (object.spec ?? {}) as Json;
  w.line(0, `Name:\t${object.metadata.name}`);
  labelLines(w, 'Labels', object.metadata.labels);
  w.line(0, `Namespace:\t${text(object.metadata.namespace)}`);
  const points = listOf(((object.status as Json | undefined)?.loadBalancer as Json | undefined)?.ingress);
  w.line(0, `Address:\t${points.map(point => text(point.ip || point.hostname)).join(',')}`);
  w.line(0, `Ingress Class:\t${spec.ingressClassName === undefined ? '<none>' : text(spec.ingressClassName)}`);
  const fallback = spec.defaultBackend as Json | undefined;
  w.line(0, fallback ? `Default backend:\t${yield* backendText(context, fallback)}` : 'Default backend:\t<default>');
  if (listOf(spec.tls).length > 0) {
    w.line(0, 'TLS:');
    for (const tls of listOf(spec.tls)) {
      const hosts = ((tls.hosts ?? []) as string[]).join(',');
      w.line(1, tls.secretName ? `${text(tls.secretName)} terminates ${hosts}` : `SNI routes ${hosts}`);
    }
  }
  w.line(0, 'Rules:\n  Host\tPath\tBackends');
  w.line(1, '----\t----\t--------');
  let count = 0;
  for (const rule of listOf(spec.rules)) {
    const paths = listOf((rule.http as Json | undefined)?.paths);
    if (!rule.http) continue;
    count += 1;
    w.line(1, `${text(rule.host) || '*'}\t`);
    for (const path of paths) w.line(2, `\t${text(path.path)} \t${yield* backendText(context, path.backend as Json)}`);
  }
  if (count === 0) w.line(1, `*\t*\t${fallback ? yield* backendText(context, fallback) : '<default>'}`);
  annotationLines(w, object.metadata.annotations);
  eventLines(w, yield* context.events());
};

function* backendText(context: DescribeContext, backend: Json): Task<string> {
  const service = backend.service as Json | undefined;
  if (!service) {
    const resource = backend.resource as Json | undefined;
    return resource ? `APIGroup: ${text(resource.apiGroup) || '<none>'}, Kind: ${text(resource.kind)}, Name: ${text(resource.name)}` : '';
  }
  const port = (service.port ?? {}) as Json;
  const shown = `${text(service.name)}:${port.number ? text(port.number) : text(port.name)}`;
  const found = yield* context.find('services', text(service.name));
  if (!found) return `${shown} (<error: services ${JSON.stringify(text(service.name))} not found>)`;
  const servicePort = listOf((found.spec as Json).ports).find(each => (port.number ? each.port === port.number : text(each.name) === text(port.name)));
  if (!servicePort) return `${shown} ()`;
  return `${shown} (${endpointText(yield* slicesOf(context, text(service.name)), text(servicePort.name))})`;
}

// eslint-disable-next-line require-yield
export const networkPolicy: Describer = function* (w, object) {
  const spec = (object.spec ?? {}) as Json;
  w.line(0, `Name:\t${object.metadata.name}`);
  w.line(0, `Namespace:\t${text(object.metadata.namespace)}`);
  w.line(0, `Created on:\t${goTime(object.metadata.creationTimestamp)}`);
  labelLines(w, 'Labels', object.metadata.labels);
  annotationLines(w, object.metadata.annotations);
  const types = (spec.policyTypes ?? []) as string[];
  w.line(0, 'Spec:');
  const selector = selectorText(spec.podSelector as Json);
  w.line(1, selector === '<none>' ? 'PodSelector:     <none> (Allowing the specific traffic to all pods in this namespace)' : `PodSelector:     ${selector}`);
  for (const [type, word, field, peers] of [['Ingress', 'ingress', 'ingress', 'from'], ['Egress', 'egress', 'egress', 'to']] as const) {
    if (!types.includes(type)) { w.line(1, `Not affecting ${word} traffic`); continue; }
    w.line(1, `Allowing ${word} traffic:`);
    policyRules(w, listOf(spec[field]), peers, word);
  }
  w.line(1, `Policy Types: ${types.join(', ')}`);
};

function policyRules(w: Description, rules: readonly Json[], peers: 'from' | 'to', word: string): void {
  const side = peers === 'from' ? 'From' : 'To';
  if (rules.length === 0) {
    w.line(2, `<none> (Selected pods are isolated for ${word} connectivity)`);
    return;
  }
  rules.forEach((rule, index) => {
    const ports = listOf(rule.ports);
    if (ports.length === 0) w.line(2, `To Port: <any> (traffic ${peers === 'from' ? 'allowed to all ports' : 'allowed to all ports'})`);
    for (const port of ports) w.line(2, `To Port: ${port.port === undefined ? '<any>' : text(port.port)}${port.endPort ? `-${text(port.endPort)}` : ''}/${text(port.protocol ?? 'TCP')}`);
    const members = listOf(rule[peers]);
    if (members.length === 0) w.line(2, `${side}: <any> (traffic not restricted by ${peers === 'from' ? 'source' : 'destination'})`);
    for (const member of members) {
      w.line(2, `${side}:`);
      const block = member.ipBlock as Json | undefined;
      if (member.namespaceSelector) w.line(3, `NamespaceSelector: ${selectorText(member.namespaceSelector as Json)}`);
      if (member.podSelector) w.line(3, `PodSelector: ${selectorText(member.podSelector as Json)}`);
      if (block) {
        w.line(3, 'IPBlock:');
        w.line(4, `CIDR: ${text(block.cidr)}`);
        w.line(4, `Except: ${((block.except ?? []) as string[]).join(', ')}`);
      }
    }
    if (index < rules.length - 1) w.line(2, '----------');
  });
}

/** Go's `Time.String()` in UTC. */
function goTime(time: unknown): string {
  return String(time ?? '').replace('T', ' ').replace('Z', ' +0000 UTC');
}

export const podDisruptionBudget: Describer = function* (w, object, context) {
  const spec = (object.spec ?? {}) as Json;
  const status = (object.status ?? {}) as Json;
  w.line(0, `Name:\t${object.metadata.name}`);
  w.line(0, `Namespace:\t${text(object.metadata.namespace)}`);
  if (spec.minAvailable !== undefined) w.line(0, `Min available:\t${text(spec.minAvailable)}`);
  else if (spec.maxUnavailable !== undefined) w.line(0, `Max unavailable:\t${text(spec.maxUnavailable)}`);
  w.line(0, spec.selector ? `Selector:\t${selectorText(spec.selector as Json)}` : 'Selector:\t<unset>');
  w.line(0, 'Status:');
  w.line(2, `Allowed disruptions:\t${text(status.disruptionsAllowed ?? 0)}`);
  w.line(2, `Current:\t${text(status.currentHealthy ?? 0)}`);
  w.line(2, `Desired:\t${text(status.desiredHealthy ?? 0)}`);
  w.line(2, `Total:\t${text(status.expectedPods ?? 0)}`);
  eventLines(w, yield* context.events());
};

export const horizontalPodAutoscaler: Describer = function* (w, object, context) {
  const spec = object.spec as Json;
  const status = (object.status ?? {}) as Json;
  const target = spec.scaleTargetRef as Json;
  metadataLines(w, object as unknown as Json);
  w.line(0, `CreationTimestamp:\t${longTime(object.metadata.creationTimestamp)}`);
  w.line(0, `Reference:\t${text(target.kind)}/${text(target.name)}`);
  w.line(0, 'Metrics:\t( current / target )');
  listOf(spec.metrics).forEach((metric, index) => {
    const current = listOf(status.currentMetrics)[index];
    w.line(1, metricText(metric, current));
  });
  w.line(0, `Min replicas:\t${spec.minReplicas === undefined ? '<unset>' : text(spec.minReplicas)}`);
  w.line(0, `Max replicas:\t${text(spec.maxReplicas)}`);
  const behavior = spec.behavior as Json | undefined;
  if (behavior) {
    w.line(0, 'Behavior:');
    for (const [title, field] of [['Scale Up', 'scaleUp'], ['Scale Down', 'scaleDown']] as const) {
      const rules = behavior[field] as Json | undefined;
      if (!rules) continue;
      w.line(1, `${title}:`);
      if (rules.stabilizationWindowSeconds !== undefined) w.line(2, `Stabilization Window: ${text(rules.stabilizationWindowSeconds)} seconds`);
      if (listOf(rules.policies).length > 0) {
        w.line(2, `Select Policy: ${text(rules.selectPolicy ?? 'Max')}`);
        w.line(2, 'Policies:');
        for (const policy of listOf(rules.policies)) w.line(3, `- Type: ${text(policy.type)}\tValue: ${text(policy.value)}\tPeriod: ${text(policy.periodSeconds)} seconds`);
      }
    }
  }
  w.line(0, `${text(target.kind)} pods:\t${text(status.currentReplicas ?? 0)} current / ${text(status.desiredReplicas ?? 0)} desired`);
  const conditions = listOf(status.conditions);
  if (conditions.length > 0) {
    w.line(0, 'Conditions:');
    w.line(1, 'Type\tStatus\tReason\tMessage');
    w.line(1, '----\t------\t------\t-------');
    for (const condition of conditions) w.line(1, `${text(condition.type)}\t${text(condition.status)}\t${text(condition.reason)}\t${text(condition.message)}`);
  }
  eventLines(w, yield* context.events());
};

function metricText(metric: Json, current: Json | undefined): string {
  const resource = metric.resource as Json | undefined;
  if (resource) {
    const target = resource.target as Json;
    const now = (current?.resource as Json | undefined)?.current as Json | undefined;
    if (target.averageValue !== undefined) return `resource ${text(resource.name)} on pods:\t${text(now?.averageValue ?? '<unknown>')} / ${text(target.averageValue)}`;
    const shown = now?.averageUtilization === undefined ? '<unknown>' : `${text(now.averageUtilization)}% (${text(now.averageValue)})`;
    return `resource ${text(resource.name)} on pods  (as a percentage of request):\t${shown} / ${text(target.averageUtilization)}%`;
  }
  const pods = metric.pods as Json | undefined;
  if (pods) return `${JSON.stringify(text((pods.metric as Json).name))} on pods:\t${text(((current?.pods as Json | undefined)?.current as Json | undefined)?.averageValue ?? '<unknown>')} / ${text((pods.target as Json).averageValue)}`;
  return '<unknown metric type>';
}
