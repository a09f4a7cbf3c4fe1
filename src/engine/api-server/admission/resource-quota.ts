/** ResourceQuotas: what a namespace may hold in sum. */
import type { Draft } from '../../apimachinery/json.ts';
import { addQuantities, compareQuantities, formatQuantity, parseQuantity, subtractQuantities } from '../../apimachinery/quantity.ts';
import { forbiddenError } from '../refusals.ts';
import type { AdmissionPlugin, AdmissionWorld } from './admission.ts';
import { inScope, usageOf } from '../../kinds/quota-usage.ts';

const COMPUTE = /^(cpu|memory|ephemeral-storage|requests\.(cpu|memory|ephemeral-storage)|limits\.(cpu|memory|ephemeral-storage))$/;

/** Resources whose objects a quota key can be about. */
const COUNTED_IN = ['/pods', '/services', '/configmaps', '/secrets', '/persistentvolumeclaims', '/replicationcontrollers', '/resourcequotas'];

/** The use of a namespace under a quota, counted from what is stored. */
export function usedUnder(quota: Draft, world: Pick<AdmissionWorld, 'store'>): Draft {
  const used: Draft = {};
  const hard: Draft = quota.spec?.hard ?? {};
  const storages = new Set(COUNTED_IN);
  for (const key of Object.keys(hard)) {
    if (!key.startsWith('count/')) continue;
    const [resource = '', ...group] = key.slice(6).split('.');
    storages.add(`${group.join('.')}/${resource}`);
  }
  for (const key of Object.keys(hard)) used[key] = '0';
  for (const storage of storages) {
    const [group = '', resource = ''] = [storage.slice(0, storage.lastIndexOf('/')), storage.slice(storage.lastIndexOf('/') + 1)];
    for (const object of world.store.collection(storage).list(quota.metadata.namespace)) {
      if (!inScope(quota, resource, object as Draft)) continue;
      for (const [key, value] of Object.entries(usageOf(group, resource, object as Draft))) if (hard[key] !== undefined) used[key] = addQuantities(used[key], value);
    }
  }
  return used;
}

export const resourceQuotaAdmission: AdmissionPlugin = {
  name: 'ResourceQuota',
  validate({ resource, object, before }, world) {
    if (!resource.namespaced || resource.storage === '/events') return undefined;
    const quotas = world.store.collection('/resourcequotas').list(object.metadata.namespace) as readonly Draft[];
    if (quotas.length === 0) return undefined;
    const usage = usageOf(resource.group, resource.name, object);
    const old = before ? usageOf(resource.group, resource.name, before as Draft) : {};
    for (const quota of quotas) {
      if (!inScope(quota, resource.name, object)) continue;
      const hard: Draft = quota.spec?.hard ?? {};
      const { name } = object.metadata;
      if (resource.storage === '/pods' && !before) {
        const missing = unspecified(object, hard);
        if (missing !== '') return forbiddenError('', 'pods', name ?? '', `failed quota: ${quota.metadata.name}: must specify ${missing}`);
      }
      const delta: Draft = {};
      for (const key of Object.keys(usage)) {
        const more = subtractQuantities(usage[key], old[key] ?? '0');
        if (hard[key] !== undefined && compareQuantities(more, '0') > 0) delta[key] = more;
      }
      const keys = Object.keys(delta);
      if (keys.length === 0) continue;
      const used = usedUnder(quota, world);
      const over = keys.filter(key => compareQuantities(addQuantities(used[key], delta[key]), hard[key]) > 0).sort();
      if (over.length === 0) continue;
      const text = (list: Draft): string => over.map(key => `${key}=${canonical(list[key])}`).join(',');
      return forbiddenError(resource.group, resource.name, name ?? '',
        `exceeded quota: ${quota.metadata.name}, requested: ${text(delta)}, used: ${text(used)}, limited: ${text(hard)}`);
    }
    return undefined;
  },
};

function canonical(value: unknown): string {
  const quantity = parseQuantity(value);
  return quantity ? formatQuantity(quantity) : String(value);
}

/** Under a quota on compute every container has to say what it wants. */
function unspecified(pod: Draft, hard: Draft): string {
  const parts: string[] = [];
  for (const key of Object.keys(hard).filter(each => COMPUTE.test(each)).sort()) {
    const [kind, name] = key.includes('.') ? key.split('.') as [string, string] : ['requests', key];
    const without = [...(pod.spec.containers ?? []), ...(pod.spec.initContainers ?? [])].filter((each: Draft) => each.resources?.[kind]?.[name] === undefined).map((each: Draft) => each.name);
    if (without.length > 0) parts.push(`${key} for: ${without.sort().join(',')}`);
  }
  return parts.join('; ');
}
