/**
 * Which lists of the built-in kinds merge item by item, and by which field. kubectl carries these as struct tags
 * (`patchStrategy`, `patchMergeKey`); lists not named here are replaced whole.
 *
 * @source struct tags of k8s.io/api v0.35
 */

export interface ListRule {
  /** Field that tells items apart; absent for lists of plain values that merge as sets. */
  readonly key?: string;
  /** Items are unions: a patch names the keys to keep. */
  readonly retainKeys?: boolean;
}

const BY_FIELD: Readonly<Record<string, ListRule>> = {
  containers: { key: 'name' }, initContainers: { key: 'name' }, ephemeralContainers: { key: 'name' },
  env: { key: 'name' }, volumes: { key: 'name', retainKeys: true }, volumeMounts: { key: 'mountPath' }, volumeDevices: { key: 'devicePath' },
  imagePullSecrets: { key: 'name' }, hostAliases: { key: 'ip' }, topologySpreadConstraints: { key: 'topologyKey' },
  resourceClaims: { key: 'name', retainKeys: true }, schedulingGates: { key: 'name' }, ownerReferences: { key: 'uid' }, finalizers: {},
  conditions: { key: 'type' }, podIPs: { key: 'ip' }, hostIPs: { key: 'ip' }, webhooks: { key: 'name' },
};

/** The rule for the list `field` inside `parents` (field names from the root) of an object of `kind`. */
export function listRule(kind: string, parents: readonly string[], field: string): ListRule | undefined {
  const parent = parents.at(-1) ?? '';
  if (field === 'ports') {
    if (/[cC]ontainers$/.test(parent)) return { key: 'containerPort' };
    return kind === 'Service' && parent === 'spec' ? { key: 'port' } : undefined;
  }
  if (field === 'secrets') return kind === 'ServiceAccount' && parents.length === 0 ? { key: 'name' } : undefined;
  if (field === 'addresses') return kind === 'Node' && parent === 'status' ? { key: 'type' } : undefined;
  if (field === 'conditions' && kind === 'HorizontalPodAutoscaler') return { key: 'type' };
  return BY_FIELD[field];
}

/** Maps that are unions: a patch names the keys to keep. */
export function retainsKeys(kind: string, parents: readonly string[], field: string): boolean {
  return field === 'strategy' && kind === 'Deployment' && parents.length === 1;
}
