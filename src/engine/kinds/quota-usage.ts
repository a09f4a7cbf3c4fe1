/** What one object counts against a quota. */
import type { Draft } from '../apimachinery/json.ts';
import { addQuantities, compareQuantities } from '../apimachinery/quantity.ts';
import { qosClassOf } from './pod.ts';
import { usesNodePorts } from './service.ts';

const groupResource = (group: string, resource: string): string => (group === '' ? resource : `${resource}.${group}`);

const COUNTED: ReadonlySet<string> = new Set(['pods', 'services', 'configmaps', 'secrets', 'persistentvolumeclaims', 'replicationcontrollers', 'resourcequotas']);

/** Whether a finished pod no longer counts. */
const isFinished = (pod: Draft): boolean => pod.status?.phase === 'Failed' || pod.status?.phase === 'Succeeded';

/** Usage by quota key: `pods`, `requests.cpu`, `count/jobs.batch` … */
export function usageOf(group: string, resource: string, object: Draft): Draft {
  const usage: Draft = { [`count/${groupResource(group, resource)}`]: '1' };
  if (group === '' && resource === 'pods' && isFinished(object)) return usage;
  if (group === '' && COUNTED.has(resource)) usage[resource] = '1';
  if (group !== '') return usage;
  switch (resource) {
    case 'pods': addPodUsage(usage, object); break;
    case 'services': {
      const { spec } = object;
      if (spec?.type === 'LoadBalancer') usage['services.loadbalancers'] = '1';
      if (spec && usesNodePorts(spec)) usage['services.nodeports'] = String((spec.ports ?? []).length);
      break;
    }
    case 'persistentvolumeclaims': {
      const storage = object.spec?.resources?.requests?.storage;
      const storageClass = object.spec?.storageClassName;
      if (storage !== undefined) usage['requests.storage'] = storage;
      if (storageClass) {
        usage[`${storageClass}.storageclass.storage.k8s.io/persistentvolumeclaims`] = '1';
        if (storage !== undefined) usage[`${storageClass}.storageclass.storage.k8s.io/requests.storage`] = storage;
      }
      break;
    }
  }
  return usage;
}

function addPodUsage(usage: Draft, pod: Draft): void {
  for (const kind of ['requests', 'limits'] as const) {
    const total: Draft = {};
    for (const each of pod.spec?.containers ?? []) for (const [key, value] of Object.entries(each.resources?.[kind] ?? {})) total[key] = addQuantities(total[key] ?? '0', value);
    for (const each of pod.spec?.initContainers ?? []) for (const [key, value] of Object.entries(each.resources?.[kind] ?? {})) if (total[key] === undefined || compareQuantities(value, total[key]) > 0) total[key] = value;
    for (const [key, value] of Object.entries(total)) {
      usage[`${kind}.${key}`] = value;
      if (kind === 'requests' && ['cpu', 'memory', 'ephemeral-storage'].includes(key)) usage[key] = value;
    }
  }
}

/** Whether a quota with scopes is about this object. */
export function inScope(quota: Draft, resource: string, object: Draft): boolean {
  const terms: Draft[] = [
    ...(quota.spec?.scopes ?? []).map((scopeName: string) => ({ scopeName, operator: 'Exists' })),
    ...(quota.spec?.scopeSelector?.matchExpressions ?? []),
  ];
  if (terms.length === 0) return true;
  if (resource !== 'pods') return false;
  const { spec } = object;
  return terms.every(({ scopeName, operator, values = [] }) => {
    switch (scopeName) {
      case 'BestEffort': return qosClassOf(spec) === 'BestEffort';
      case 'NotBestEffort': return qosClassOf(spec) !== 'BestEffort';
      case 'Terminating': return spec.activeDeadlineSeconds !== undefined;
      case 'NotTerminating': return spec.activeDeadlineSeconds === undefined;
      case 'PriorityClass':
        switch (operator) {
          case 'In': return values.includes(spec.priorityClassName ?? '');
          case 'NotIn': return !values.includes(spec.priorityClassName ?? '');
          case 'Exists': return Boolean(spec.priorityClassName);
          default: return !spec.priorityClassName;
        }
      default: return false;
    }
  });
}
