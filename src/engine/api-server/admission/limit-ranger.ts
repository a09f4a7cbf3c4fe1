/** LimitRanges: defaults for containers that say nothing, and bounds for those that do. */
import type { Draft } from '../../apimachinery/json.ts';
import { addQuantities, compareQuantities, parseQuantity } from '../../apimachinery/quantity.ts';
import { forbiddenError } from '../refusals.ts';
import type { AdmissionPlugin, AdmissionWorld } from './admission.ts';

const rangesIn = ({ store }: AdmissionWorld, namespace: string): readonly Draft[] => store.collection('/limitranges').list(namespace);

export const limitRangerDefaults: AdmissionPlugin = {
  name: 'LimitRanger',
  mutate({ resource, object, before }, world) {
    if (resource.storage !== '/pods' || before) return undefined;
    const said: string[] = [];
    for (const range of rangesIn(world, object.metadata.namespace)) {
      for (const limit of (range.spec?.limits ?? []) as Draft[]) {
        if (limit.type !== 'Container') continue;
        for (const [list, label] of [[object.spec.initContainers, 'init container'], [object.spec.containers, 'container']] as const) {
          for (const container of list ?? []) said.push(...fillDefaults(container, limit, label));
        }
      }
    }
    if (said.length > 0) {
      object.metadata.annotations = { ...object.metadata.annotations, 'kubernetes.io/limit-ranger': `LimitRanger plugin set: ${said.join('; ')}` };
    }
    return undefined;
  },
  validate({ resource, object, before }, world) {
    if (before && resource.storage === '/pods') return undefined;
    if (resource.storage !== '/pods' && resource.storage !== '/persistentvolumeclaims') return undefined;
    const problems = rangesIn(world, object.metadata.namespace).flatMap(range =>
      ((range.spec?.limits ?? []) as Draft[]).flatMap(limit => (resource.storage === '/pods' ? podProblems(object, limit) : claimProblems(object, limit))));
    if (problems.length === 0) return undefined;
    const unique = [...new Set(problems)];
    return forbiddenError('', resource.name, object.metadata.name ?? '', unique.length === 1 ? unique[0]! : `[${unique.join(', ')}]`);
  },
};

function fillDefaults(container: Draft, limit: Draft, label: string): string[] {
  const set = (kind: 'requests' | 'limits', defaults: Draft | undefined): string[] => {
    const missing = Object.keys(defaults ?? {}).filter(key => container.resources?.[kind]?.[key] === undefined);
    if (missing.length === 0) return [];
    container.resources ??= {};
    container.resources[kind] = { ...container.resources[kind] };
    for (const key of missing) container.resources[kind][key] = defaults![key];
    return [`${missing.sort().join(', ')} ${kind === 'requests' ? 'request' : 'limit'} for ${label} ${container.name}`];
  };
  return [...set('requests', limit.defaultRequest), ...set('limits', limit.default)];
}

function boundProblems(type: string, limit: Draft, requests: Draft, limits: Draft): string[] {
  const problems: string[] = [];
  for (const [key, min] of Object.entries<string>(limit.min ?? {})) {
    if (requests[key] === undefined) problems.push(`minimum ${key} usage per ${type} is ${min}.  No request is specified`);
    else if (compareQuantities(requests[key], min) < 0) problems.push(`minimum ${key} usage per ${type} is ${min}, but request is ${requests[key]}`);
    else if (limits[key] !== undefined && compareQuantities(limits[key], min) < 0) problems.push(`minimum ${key} usage per ${type} is ${min}, but limit is ${limits[key]}`);
  }
  for (const [key, max] of Object.entries<string>(limit.max ?? {})) {
    if (type === 'PersistentVolumeClaim') {
      if (requests[key] !== undefined && compareQuantities(requests[key], max) > 0) problems.push(`maximum ${key} usage per ${type} is ${max}, but request is ${requests[key]}`);
    } else if (limits[key] === undefined) problems.push(`maximum ${key} usage per ${type} is ${max}.  No limit is specified`);
    else if (compareQuantities(limits[key], max) > 0) problems.push(`maximum ${key} usage per ${type} is ${max}, but limit is ${limits[key]}`);
  }
  for (const [key, ratio] of Object.entries<string>(limit.maxLimitRequestRatio ?? {})) {
    if (requests[key] === undefined || limits[key] === undefined) continue;
    const actual = Number(parseQuantity(limits[key])?.nanos ?? 0n) / Number(parseQuantity(requests[key])?.nanos ?? 1n);
    const most = Number(parseQuantity(ratio)?.nanos ?? 0n) / 1e9;
    if (actual > most) problems.push(`${key} max limit to request ratio per ${type} is ${ratio}, but provided ratio is ${actual.toFixed(6)}`);
  }
  return problems;
}

function podProblems(pod: Draft, limit: Draft): string[] {
  const { containers = [], initContainers = [] } = pod.spec as { containers?: Draft[]; initContainers?: Draft[] };
  if (limit.type === 'Container') {
    return [...containers, ...initContainers].flatMap(each => boundProblems('Container', limit, each.resources?.requests ?? {}, each.resources?.limits ?? {}));
  }
  if (limit.type !== 'Pod') return [];
  return boundProblems('Pod', limit, podTotal(containers, initContainers, 'requests'), podTotal(containers, initContainers, 'limits'));
}

/** The sum of the containers, or the greatest init container where that is more. */
function podTotal(containers: readonly Draft[], inits: readonly Draft[], kind: 'requests' | 'limits'): Draft {
  const total: Draft = {};
  for (const each of containers) for (const [key, value] of Object.entries(each.resources?.[kind] ?? {})) total[key] = addQuantities(total[key] ?? '0', value);
  for (const each of inits) for (const [key, value] of Object.entries(each.resources?.[kind] ?? {})) if (total[key] === undefined || compareQuantities(value, total[key]) > 0) total[key] = value;
  return total;
}

function claimProblems(claim: Draft, limit: Draft): string[] {
  return limit.type === 'PersistentVolumeClaim' ? boundProblems('PersistentVolumeClaim', limit, claim.spec?.resources?.requests ?? {}, {}) : [];
}
