import type { Pod, Service } from 'kubernetes-types/core/v1.d.ts';
import type { EndpointSlice } from 'kubernetes-types/discovery/v1.d.ts';
import type { ApiServer, Change, Client } from '../../api-server/contract.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import type { AwsClient } from '../../aws/contract.ts';
import { BINDING_RECONCILE_MS, GATE_POLL_MS } from '../../facts/elb.ts';
import { rfc3339 } from '../../kernel/calendar.ts';
import type { Kernel } from '../../kernel/kernel.ts';

/** A Service port whose pods are kept in a target group: what a TargetGroupBinding says. */
export interface Binding {
  readonly name: string;
  readonly targetGroupArn: string;
  readonly namespace: string;
  readonly service: string;
  readonly port: number;
}

export const GATE_PREFIX = 'target-health.elbv2.k8s.aws/';
const DEPLOYMENT = { namespace: 'kube-system', name: 'aws-load-balancer-controller' };

interface Endpoint { readonly address: string; readonly port: number; readonly zone: string; readonly pod: (Pod & KubeObject) | undefined }

/**
 * The AWS Load Balancer Controller with ip targets: pods of a Service that are Ready, or wait for nothing but its own readiness
 * gate, are targets; it tells the gates how their targets do. It works while one of its own pods is Ready; a cluster that does not
 * run it as a Deployment has it on the side. Source: LBC pkg/targetgroupbinding/resource_manager.go, pkg/backend/endpoint_resolver.go.
 */
export class LoadBalancerController {
  private readonly bindings: Binding[] = [];
  private readonly due = new Map<string, number>();
  private readonly client: Client;

  constructor(private readonly kernel: Kernel, private readonly api: ApiServer, private readonly aws: AwsClient) {
    this.client = api.as({ name: `system:serviceaccount:${DEPLOYMENT.namespace}:${DEPLOYMENT.name}`, groups: ['system:masters', 'system:serviceaccounts', 'system:authenticated'] });
    api.onChange(change => this.observe(change));
  }

  bind(binding: Binding): void {
    this.bindings.push(binding);
    this.reconcileSoon(binding);
  }

  /** Target groups whose Service selects a pod with these labels. */
  bindingsOf(namespace: string, labels: Readonly<Record<string, string>>): readonly Binding[] {
    return this.bindings.filter(binding => {
      const selector = binding.namespace === namespace ? this.api.reader.get<Service>('Service', namespace, binding.service)?.spec?.selector : undefined;
      return selector !== undefined && Object.entries(selector).every(([key, value]) => labels[key] === value);
    });
  }

  private observe({ object }: Change): void {
    const { kind, metadata } = object;
    if (kind === 'EndpointSlice') {
      const service = metadata.labels?.['kubernetes.io/service-name'];
      for (const binding of this.bindings) if (binding.namespace === metadata.namespace && binding.service === service) this.reconcileSoon(binding);
    } else if (kind === 'Pod') {
      const own = metadata.namespace === DEPLOYMENT.namespace && metadata.labels?.['app.kubernetes.io/name'] === DEPLOYMENT.name;
      if (!own && !gateOf(object as Pod & KubeObject)) return;
      for (const binding of this.bindings) if (own || binding.namespace === metadata.namespace) this.reconcileSoon(binding);
    }
  }

  private reconcileSoon(binding: Binding, delayMs = BINDING_RECONCILE_MS.min + this.kernel.random.fraction() * BINDING_RECONCILE_MS.spread, periodic = false): void {
    const atMs = this.kernel.nowMs + delayMs;
    const known = this.due.get(binding.name);
    if (known !== undefined && known <= atMs && known > this.kernel.nowMs) return;
    this.due.set(binding.name, atMs);
    this.kernel.after(delayMs, 'load-balancer-controller/sync', binding.name, () => {
      if (this.due.get(binding.name) !== atMs) return;
      this.due.delete(binding.name);
      if (this.works()) this.reconcile(binding);
    }, { periodic });
  }

  /** Whether one of its pods is there to do the work. */
  works(): boolean {
    const { reader } = this.api;
    if (!reader.get('Deployment', DEPLOYMENT.namespace, DEPLOYMENT.name)) return true;
    return reader.list<Pod>('Pod', { namespace: DEPLOYMENT.namespace, labelSelector: `app.kubernetes.io/name=${DEPLOYMENT.name}` }).some(pod => isTrue(pod, 'Ready'));
  }

  private reconcile(binding: Binding): void {
    const { targetGroupArn: TargetGroupArn } = binding;
    const described = this.aws.call('elbv2', 'DescribeTargetHealth', { TargetGroupArn });
    if (!described.ok) return;
    const health = new Map<string, { State: string; Reason?: string; Description?: string }>();
    for (const { Target, TargetHealth } of described.value['TargetHealthDescriptions']) health.set(`${Target.Id}:${Target.Port}`, TargetHealth);
    const wanted = this.endpoints(binding);
    const keys = new Set(wanted.map(({ address, port }) => `${address}:${port}`));
    const gone = [...health].filter(([key, { State }]) => State !== 'draining' && !keys.has(key)).map(([key]) => ({ Id: key.slice(0, key.lastIndexOf(':')), Port: Number(key.slice(key.lastIndexOf(':') + 1)) }));
    const missing = wanted.filter(({ address, port }) => (health.get(`${address}:${port}`)?.State ?? 'draining') === 'draining');
    if (gone.length > 0) this.aws.call('elbv2', 'DeregisterTargets', { TargetGroupArn, Targets: gone });
    if (missing.length > 0) this.aws.call('elbv2', 'RegisterTargets', { TargetGroupArn, Targets: missing.map(({ address, port, zone }) => ({ Id: address, Port: port, ...(zone && { AvailabilityZone: zone }) })) });
    let waiting = false;
    for (const { address, port, pod } of wanted) {
      const gate = pod && gateOf(pod);
      if (gate && !this.tellGate(pod, gate, health.get(`${address}:${port}`))) waiting = true;
    }
    if (waiting) this.reconcileSoon(binding, GATE_POLL_MS, true);
  }

  /** @returns whether the gate is open */
  private tellGate(pod: Pod & KubeObject, gate: string, health: { State: string; Reason?: string; Description?: string } | undefined): boolean {
    const open = health?.State === 'healthy';
    const before = pod.status?.conditions?.find(condition => condition.type === gate);
    const status = open ? 'True' : 'False';
    const reason = open ? undefined : health?.Reason ?? 'Elb.RegistrationInProgress';
    if (before?.status === status && before.reason === reason) return open;
    const message = open ? undefined : health?.Description ?? 'Target registration is in progress';
    this.client.patch('Pod', { namespace: pod.metadata.namespace ?? '', name: pod.metadata.name }, 'strategic', {
      status: { conditions: [{ type: gate, status, ...(before?.status !== status && { lastTransitionTime: rfc3339(this.kernel.nowMs) }), reason: reason ?? null, message: message ?? null }] },
    }, { subresource: 'status' });
    return open;
  }

  private endpoints(binding: Binding): Endpoint[] {
    const { reader } = this.api;
    const service = reader.get<Service>('Service', binding.namespace, binding.service);
    const port = service?.spec?.ports?.find(entry => entry.port === binding.port);
    if (!port) return [];
    const slices = reader.list<EndpointSlice>('EndpointSlice', { namespace: binding.namespace, labelSelector: `kubernetes.io/service-name=${binding.service}` });
    return slices.flatMap(slice => {
      const number = slice.ports?.find(entry => (entry.name ?? '') === (port.name ?? ''))?.port;
      if (number === undefined) return [];
      return (slice.endpoints ?? []).flatMap((endpoint): Endpoint[] => {
        const pod = endpoint.targetRef?.kind === 'Pod' ? reader.get<Pod>('Pod', binding.namespace, endpoint.targetRef.name ?? '') : undefined;
        if (endpoint.conditions?.terminating) return [];
        const gated = pod && gateOf(pod) && isTrue(pod, 'ContainersReady');
        return endpoint.conditions?.ready !== false || gated ? [{ address: endpoint.addresses[0]!, port: number, zone: endpoint.zone ?? '', pod }] : [];
      });
    });
  }
}

const isTrue = (pod: Pod, type: string): boolean => pod.status?.conditions?.find(condition => condition.type === type)?.status === 'True';

/** The condition by which a pod waits for its target. */
const gateOf = (pod: Pod): string | undefined => pod.spec?.readinessGates?.find(({ conditionType }) => conditionType.startsWith(GATE_PREFIX))?.conditionType;
