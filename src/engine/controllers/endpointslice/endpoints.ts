import type { Endpoints, EndpointSubset, Service } from 'kubernetes-types/core/v1.d.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { defineController, type Action } from '../framework.ts';
import { isPodReady, type StoredPod } from '../pods.ts';
import { selectedPods, servicesSelecting } from './endpointslice.ts';
import { containerPortNumber } from './target-port.ts';

/** The older `Endpoints` object beside the slices. Source: pkg/controller/endpoint. */
export const endpointsController = defineController<Service>({
  name: 'endpoint-controller',
  reconciles: 'Service',
  watches: [
    { kind: 'Pod', concerns: (pod, view) => servicesSelecting(pod as StoredPod, view) },
    { kind: 'Endpoints', concerns: endpoints => [{ namespace: endpoints.metadata.namespace ?? '', name: endpoints.metadata.name }] },
  ],
  planGone(key, view) {
    return view.get('Endpoints', key.namespace, key.name) ? [{ do: 'delete', kind: 'Endpoints', key }] : [];
  },
  plan(service, view) {
    if (service.metadata.deletionTimestamp || !service.spec?.selector || service.spec.type === 'ExternalName') return [];
    const pods = selectedPods(service, view).sort((a, b) => (a.status!.podIP! < b.status!.podIP! ? -1 : 1));
    const subsets = subsetsOf(service, pods);
    const { namespace, name } = service.metadata;
    const existing = view.get<Endpoints>('Endpoints', namespace!, name);
    const headless = service.spec.clusterIP === 'None';
    const labels = { ...service.metadata.labels, 'endpoints.kubernetes.io/managed-by': 'endpoint-controller', ...(headless && { 'service.kubernetes.io/headless': '' }) };
    const object = { apiVersion: 'v1', kind: 'Endpoints', metadata: { name, namespace, labels }, ...(subsets.length > 0 && { subsets }) };
    if (!existing) return [{ do: 'create', object }];
    const actions: Action[] = [];
    if (JSON.stringify(existing.subsets ?? []) !== JSON.stringify(subsets)) {
      const { subsets: _, ...rest } = existing;
      actions.push({ do: 'update', object: { ...rest, ...(subsets.length > 0 && { subsets }) } });
    }
    return actions;
  },
});

function subsetsOf(service: Service & KubeObject, pods: readonly StoredPod[]): EndpointSubset[] {
  const groups = new Map<string, EndpointSubset>();
  for (const pod of pods) {
    if (pod.metadata.deletionTimestamp && !service.spec!.publishNotReadyAddresses) continue;
    const ports = (service.spec!.ports ?? []).flatMap(port => {
      const number = containerPortNumber(pod, port);
      return number === undefined ? [] : [{ ...(port.name && { name: port.name }), port: number, protocol: port.protocol ?? 'TCP' }];
    });
    const key = JSON.stringify(ports);
    const subset: EndpointSubset = groups.get(key) ?? { ports };
    const address = {
      ip: pod.status!.podIP!, nodeName: pod.spec!.nodeName,
      targetRef: { kind: 'Pod', name: pod.metadata.name, namespace: pod.metadata.namespace, uid: pod.metadata.uid },
    };
    const ready = isPodReady(pod) || service.spec!.publishNotReadyAddresses;
    if (ready) subset.addresses = [...(subset.addresses ?? []), address];
    else subset.notReadyAddresses = [...(subset.notReadyAddresses ?? []), address];
    groups.set(key, subset);
  }
  return [...groups.values()].map(({ addresses, notReadyAddresses, ports }) => ({
    ...(addresses && { addresses }), ...(notReadyAddresses && { notReadyAddresses }), ports,
  }));
}
