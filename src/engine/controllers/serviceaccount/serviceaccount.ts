import type { Namespace } from 'kubernetes-types/core/v1.d.ts';
import { defineController, keyOf, type Action } from '../framework.ts';

/** Gives every active namespace its `default` service account. Source: pkg/controller/serviceaccount. */
export const serviceAccountController = defineController<Namespace>({
  name: 'service-account-controller',
  reconciles: 'Namespace',
  watches: [{ kind: 'ServiceAccount', concerns: account => [{ namespace: '', name: account.metadata.namespace ?? '' }] }],
  plan(namespace, view) {
    if (namespace.metadata.deletionTimestamp || view.get('ServiceAccount', namespace.metadata.name, 'default')) return [];
    return [{ do: 'create', object: { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: namespace.metadata.name } } }];
  },
});

/** Publishes the cluster's certificate authority into every namespace. Source: pkg/controller/certificates/rootcacertpublisher. */
export function rootCaPublisher(certificate: string) {
  const data = { 'ca.crt': certificate };
  return defineController<Namespace>({
    name: 'root-ca-cert-publisher',
    reconciles: 'Namespace',
    watches: [{ kind: 'ConfigMap', concerns: configMap => (configMap.metadata.name === 'kube-root-ca.crt' ? [{ namespace: '', name: configMap.metadata.namespace ?? '' }] : []) }],
    plan(namespace, view) {
      if (namespace.metadata.deletionTimestamp) return [];
      const existing = view.get('ConfigMap', namespace.metadata.name, 'kube-root-ca.crt');
      const object = {
        apiVersion: 'v1', kind: 'ConfigMap',
        metadata: {
          name: 'kube-root-ca.crt', namespace: namespace.metadata.name,
          annotations: { 'kubernetes.io/description': 'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.' },
        },
        data,
      };
      if (!existing) return [{ do: 'create', object }];
      const same = (existing['data'] as Record<string, string> | undefined)?.['ca.crt'] === certificate;
      return same ? [] : [{ do: 'patch', kind: 'ConfigMap', key: keyOf(existing), type: 'merge', patch: { data } } satisfies Action];
    },
  });
}
