/** Claims and ingresses without a class get the default one; new nodes are not ready. */
import type { Draft } from '../../apimachinery/json.ts';
import type { AdmissionPlugin } from './admission.ts';

/** The newest of the objects marked as default. */
function defaultOf(objects: readonly Draft[], annotations: readonly string[]): Draft | undefined {
  return objects.filter(each => annotations.some(key => each.metadata.annotations?.[key] === 'true'))
    .sort((a, b) => (a.metadata.creationTimestamp < b.metadata.creationTimestamp ? 1 : -1))[0];
}

export const defaultStorageClass: AdmissionPlugin = {
  name: 'DefaultStorageClass',
  mutate({ resource, object, before }, { store }) {
    if (resource.storage !== '/persistentvolumeclaims' || before) return undefined;
    if (object.spec.storageClassName !== undefined || object.metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] !== undefined) return undefined;
    const found = defaultOf(store.collection('storage.k8s.io/storageclasses').list(undefined),
      ['storageclass.kubernetes.io/is-default-class', 'storageclass.beta.kubernetes.io/is-default-class']);
    if (found) object.spec.storageClassName = found.metadata.name;
    return undefined;
  },
};

export const defaultIngressClass: AdmissionPlugin = {
  name: 'DefaultIngressClass',
  mutate({ resource, object, before }, { store }) {
    if (resource.storage !== 'networking.k8s.io/ingresses' || before) return undefined;
    if (object.spec.ingressClassName !== undefined || object.metadata.annotations?.['kubernetes.io/ingress.class'] !== undefined) return undefined;
    const found = defaultOf(store.collection('networking.k8s.io/ingressclasses').list(undefined), ['ingressclass.kubernetes.io/is-default-class']);
    if (found) object.spec.ingressClassName = found.metadata.name;
    return undefined;
  },
};

const NOT_READY = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' };

export const taintNodesByCondition: AdmissionPlugin = {
  name: 'TaintNodesByCondition',
  mutate({ resource, object, before }) {
    if (resource.storage !== '/nodes' || before) return undefined;
    const taints: Draft[] = object.spec.taints ?? [];
    if (!taints.some(each => each.key === NOT_READY.key && each.effect === NOT_READY.effect)) object.spec.taints = [...taints, { ...NOT_READY }];
    return undefined;
  },
};
