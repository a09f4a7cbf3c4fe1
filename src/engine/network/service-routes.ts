import type { Service } from 'kubernetes-types/core/v1.d.ts';
import type { EndpointSlice } from 'kubernetes-types/discovery/v1.d.ts';
import type { ApiServer, Change } from '../api-server/contract.ts';
import type { KubeObject } from '../apimachinery/object.ts';
import { PROXY_SYNC_MS } from '../facts/network.ts';
import type { Kernel } from '../kernel/kernel.ts';

/** Where connections to one Service port go, as kube-proxy's rules say. */
export interface ServiceRoute {
  readonly service: string;
  readonly port: number;
  readonly protocol: string;
  /** Ready addresses; terminating but serving ones only when none is ready. */
  readonly targets: readonly { readonly address: string; readonly port: number; readonly pod: string }[];
}

/**
 * The rules of kube-proxy: cluster IP and node port → endpoints, brought up to date a moment after the slices change.
 * Source: pkg/proxy (iptables mode). One table stands for all nodes.
 */
export class ServiceRoutes {
  private readonly byAddress = new Map<string, ServiceRoute>();
  private readonly byNodePort = new Map<number, ServiceRoute>();
  private readonly installed = new Map<string, { addresses: string[]; nodePorts: number[] }>();
  private readonly pending = new Set<string>();
  private readonly slices = new Map<string, Map<string, EndpointSlice & KubeObject>>();
  /** Targets by port name, until a slice of the Service changes. */
  private readonly known = new Map<string, Map<string, ServiceRoute['targets']>>();

  constructor(private readonly kernel: Kernel, private readonly api: ApiServer) {
    api.onChange(change => this.observe(change));
  }

  /** The route for a connection to `address:port`, if that is a Service. */
  at(address: string, port: number): ServiceRoute | undefined {
    return this.byAddress.get(`${address}:${port}`);
  }

  atNodePort(port: number): ServiceRoute | undefined {
    return this.byNodePort.get(port);
  }

  /** Ready targets of a Service port straight from its slices, as a load balancer with ip targets sees them. */
  targetsOf(service: string, portNumber: number): ServiceRoute['targets'] {
    const [namespace = '', name = ''] = service.split('/');
    const object = this.api.reader.get<Service>('Service', namespace, name);
    const port = object?.spec?.ports?.find(entry => entry.port === portNumber);
    return object && port ? this.targets(service, port.name ?? '') : [];
  }

  private observe(change: Change): void {
    const { object } = change;
    if (object.kind === 'EndpointSlice') {
      const name = object.metadata.labels?.['kubernetes.io/service-name'];
      if (!name) return;
      const key = `${object.metadata.namespace}/${name}`;
      const known = this.slices.get(key) ?? new Map<string, EndpointSlice & KubeObject>();
      if (change.type === 'DELETED') known.delete(object.metadata.name);
      else known.set(object.metadata.name, object as EndpointSlice & KubeObject);
      this.slices.set(key, known);
      this.known.delete(key);
      this.syncLater(key);
    } else if (object.kind === 'Service') {
      this.syncLater(`${object.metadata.namespace}/${object.metadata.name}`);
    }
  }

  private syncLater(key: string): void {
    if (this.pending.has(key)) return;
    this.pending.add(key);
    const waitMs = PROXY_SYNC_MS.min + this.kernel.random.fraction() * PROXY_SYNC_MS.spread;
    this.kernel.after(waitMs, 'kube-proxy/sync', key, () => {
      this.pending.delete(key);
      this.sync(key);
    });
  }

  private sync(key: string): void {
    for (const address of this.installed.get(key)?.addresses ?? []) this.byAddress.delete(address);
    for (const port of this.installed.get(key)?.nodePorts ?? []) this.byNodePort.delete(port);
    this.installed.delete(key);
    const [namespace = '', name = ''] = key.split('/');
    const service = this.api.reader.get<Service>('Service', namespace, name);
    if (!service?.spec || service.spec.type === 'ExternalName') return;
    const addresses: string[] = [];
    const nodePorts: number[] = [];
    for (const port of service.spec.ports ?? []) {
      const route: ServiceRoute = { service: key, port: port.port, protocol: port.protocol ?? 'TCP', targets: this.targets(key, port.name ?? '') };
      for (const address of [service.spec.clusterIP, ...service.spec.externalIPs ?? []]) {
        if (!address || address === 'None') continue;
        this.byAddress.set(`${address}:${port.port}`, route);
        addresses.push(`${address}:${port.port}`);
      }
      if (port.nodePort) {
        this.byNodePort.set(port.nodePort, route);
        nodePorts.push(port.nodePort);
      }
    }
    this.installed.set(key, { addresses, nodePorts });
  }

  private targets(key: string, portName: string): ServiceRoute['targets'] {
    let ports = this.known.get(key);
    if (!ports) this.known.set(key, ports = new Map());
    let targets = ports.get(portName);
    if (!targets) ports.set(portName, targets = this.readTargets(key, portName));
    return targets;
  }

  private readTargets(key: string, portName: string): ServiceRoute['targets'] {
    const ready: { address: string; port: number; pod: string }[] = [];
    const serving: { address: string; port: number; pod: string }[] = [];
    for (const slice of this.slices.get(key)?.values() ?? []) {
      const number = slice.ports?.find(port => (port.name ?? '') === portName)?.port;
      if (number === undefined) continue;
      for (const endpoint of slice.endpoints ?? []) {
        const target = { address: endpoint.addresses[0]!, port: number, pod: endpoint.targetRef ? `${endpoint.targetRef.namespace}/${endpoint.targetRef.name}` : '' };
        if (endpoint.conditions?.ready !== false) ready.push(target);
        else if (endpoint.conditions.serving && endpoint.conditions.terminating) serving.push(target);
      }
    }
    return ready.length > 0 ? ready : serving;
  }
}
