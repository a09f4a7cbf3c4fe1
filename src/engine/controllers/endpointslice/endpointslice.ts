import type { Service } from 'kubernetes-types/core/v1.d.ts';
import type { Endpoint, EndpointSlice } from 'kubernetes-types/discovery/v1.d.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { labelSelectorMatches } from '../../apimachinery/label-selector.ts';
import { defineController, keyOf, type Action, type View } from '../framework.ts';
import { isPodReady, isTerminal, type StoredPod } from '../pods.ts';
import { containerPortNumber } from './target-port.ts';

type StoredService = Service & KubeObject;
type StoredSlice = EndpointSlice & KubeObject;

/** pkg/controller/endpointslice: endpoints a slice holds before another is made. */
const MAX_ENDPOINTS_PER_SLICE = 100;

/** Writes down which addresses stand behind a Service. Source: pkg/controller/endpointslice, staging endpointslice. */
export const endpointSliceController = defineController<Service>({
  name: 'endpointslice-controller',
  reconciles: 'Service',
  owns: ['EndpointSlice'],
  watches: [{ kind: 'Pod', concerns: (pod, view) => servicesSelecting(pod as StoredPod, view) }],
  plan(service, view) {
    if (service.metadata.deletionTimestamp || !service.spec?.selector || service.spec.type === 'ExternalName') return [];
    const pods = selectedPods(service, view);
    const groups = groupByPorts(service, pods, view);
    const existing = [...view.ownedBy<StoredSlice>(service.metadata.uid, 'EndpointSlice')].filter(slice => !slice.metadata.deletionTimestamp);
    const actions: Action[] = [];
    const unused = new Set(existing);
    for (const { ports, endpoints } of groups) {
      const matching = existing.filter(slice => samePorts(slice.ports ?? [], ports));
      for (let at = 0, index = 0; at < Math.max(1, endpoints.length); at += MAX_ENDPOINTS_PER_SLICE, index += 1) {
        const chunk = endpoints.slice(at, at + MAX_ENDPOINTS_PER_SLICE);
        const slice = matching[index];
        if (!slice) {
          actions.push({ do: 'create', object: newSlice(service, ports, chunk) });
          continue;
        }
        unused.delete(slice);
        if (!sameEndpoints(slice.endpoints ?? [], chunk)) actions.push({ do: 'update', object: { ...slice, endpoints: chunk } });
      }
    }
    for (const slice of unused) actions.push({ do: 'delete', kind: 'EndpointSlice', key: keyOf(slice) });
    return actions;
  },
});

/** Pods behind a Service: selected, with an address, not finished. */
export function selectedPods(service: StoredService, view: View): StoredPod[] {
  return view.list<StoredPod>('Pod', { namespace: service.metadata.namespace })
    .filter(pod => labelSelectorMatches({ matchLabels: service.spec!.selector }, pod.metadata.labels) && Boolean(pod.status?.podIP) && !isTerminal(pod));
}

export function servicesSelecting(pod: StoredPod, view: View) {
  return view.list<StoredService>('Service', { namespace: pod.metadata.namespace })
    .filter(service => service.spec?.selector && labelSelectorMatches({ matchLabels: service.spec.selector }, pod.metadata.labels)).map(keyOf);
}

interface PortSet { readonly ports: NonNullable<EndpointSlice['ports']>; readonly endpoints: Endpoint[] }

/** Named target ports may differ from pod to pod, so pods are grouped by the port numbers they resolve to. */
function groupByPorts(service: StoredService, pods: readonly StoredPod[], view: View): PortSet[] {
  const groups = new Map<string, PortSet>();
  for (const pod of pods) {
    const ports = (service.spec!.ports ?? []).flatMap(port => {
      const number = containerPortNumber(pod, port);
      return number === undefined ? [] : [{ name: port.name ?? '', port: number, protocol: port.protocol ?? 'TCP', ...(port.appProtocol && { appProtocol: port.appProtocol }) }];
    });
    const key = JSON.stringify(ports);
    const group = groups.get(key) ?? { ports, endpoints: [] };
    group.endpoints.push(endpointOf(pod, service, view));
    groups.set(key, group);
  }
  for (const group of groups.values()) group.endpoints.sort((a, b) => (a.targetRef!.name! < b.targetRef!.name! ? -1 : 1));
  if (groups.size === 0) return [{ ports: [], endpoints: [] }];
  return [...groups.values()];
}

function endpointOf(pod: StoredPod, service: StoredService, view: View): Endpoint {
  const node = view.get('Node', '', pod.spec!.nodeName ?? '');
  const zone = node?.metadata.labels?.['topology.kubernetes.io/zone'];
  const terminating = Boolean(pod.metadata.deletionTimestamp);
  const serving = isPodReady(pod);
  const ready = service.spec!.publishNotReadyAddresses === true || (serving && !terminating);
  return {
    addresses: [pod.status!.podIP!],
    conditions: { ready, serving, terminating },
    ...(pod.spec!.hostname && pod.spec!.subdomain === service.metadata.name && { hostname: pod.spec!.hostname }),
    nodeName: pod.spec!.nodeName,
    targetRef: { kind: 'Pod', name: pod.metadata.name, namespace: pod.metadata.namespace, uid: pod.metadata.uid },
    ...(zone && { zone }),
  };
}

function newSlice(service: StoredService, ports: NonNullable<EndpointSlice['ports']>, endpoints: Endpoint[]): object {
  const { name, namespace, uid } = service.metadata;
  const headless = service.spec!.clusterIP === 'None';
  return {
    apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', addressType: 'IPv4',
    metadata: {
      generateName: `${name}-`, namespace,
      labels: {
        ...service.metadata.labels,
        'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
        'kubernetes.io/service-name': name,
        ...(headless && { 'service.kubernetes.io/headless': '' }),
      },
      ownerReferences: [{ apiVersion: 'v1', kind: 'Service', name, uid, controller: true, blockOwnerDeletion: true }],
    },
    endpoints, ports: ports.length > 0 ? ports : null,
  };
}

function samePorts(a: NonNullable<EndpointSlice['ports']>, b: NonNullable<EndpointSlice['ports']>): boolean {
  const text = (ports: NonNullable<EndpointSlice['ports']>): string =>
    ports.map(port => `${port.name ?? ''}/${port.port}/${port.protocol ?? 'TCP'}/${port.appProtocol ?? ''}`).sort().join(',');
  return text(a ?? []) === text(b);
}

function sameEndpoints(a: readonly Endpoint[], b: readonly Endpoint[]): boolean {
  return a.length === b.length && a.every((endpoint, index) => {
    const other = b[index]!;
    return endpoint.addresses[0] === other.addresses[0] && endpoint.targetRef?.uid === other.targetRef?.uid && endpoint.hostname === other.hostname
      && endpoint.conditions?.ready === other.conditions?.ready && endpoint.conditions?.serving === other.conditions?.serving
      && endpoint.conditions?.terminating === other.conditions?.terminating;
  });
}
