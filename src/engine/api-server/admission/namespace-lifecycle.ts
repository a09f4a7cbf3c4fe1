/** Nothing is created in a namespace that is missing or going; three namespaces never go. */
import type { Draft } from '../../apimachinery/json.ts';
import { forbiddenError, notFoundError } from '../refusals.ts';
import type { AdmissionPlugin } from './admission.ts';

const IMMORTAL: ReadonlySet<string> = new Set(['default', 'kube-system', 'kube-public']);

export const namespaceLifecycle: AdmissionPlugin = {
  name: 'NamespaceLifecycle',
  mutate({ resource, object, before }, { store }) {
    if (!resource.namespaced || before) return undefined;
    const name: string = object.metadata.namespace;
    const namespace = store.collection('/namespaces').get('', name) as Draft | undefined;
    if (!namespace) return notFoundError('', 'namespaces', name);
    if (namespace.metadata.deletionTimestamp || namespace.status?.phase === 'Terminating') {
      const refusal = forbiddenError(resource.group, resource.name, object.metadata.name ?? '',
        `unable to create new content in namespace ${name} because it is being terminated`);
      return { ...refusal, status: { ...refusal.status, details: { ...refusal.status.details, causes: [{ reason: 'NamespaceTerminating', message: `namespace ${name} is being terminated`, field: 'metadata.namespace' }] } } };
    }
    return undefined;
  },
  deleting(resource, object) {
    if (resource.storage !== '/namespaces' || !IMMORTAL.has(object.metadata.name)) return undefined;
    return forbiddenError('', 'namespaces', object.metadata.name, 'this namespace may not be deleted');
  },
};
