/** Gives every pod an account and, unless it declines, the account's token. */
import type { Draft } from '../../apimachinery/json.ts';
import { forbiddenError } from '../refusals.ts';
import type { AdmissionPlugin } from './admission.ts';

const TOKEN_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';
const MIRROR = 'kubernetes.io/config.mirror';

export const serviceAccountAdmission: AdmissionPlugin = {
  name: 'ServiceAccount',
  mutate({ resource, object, before }, { store, kernel }) {
    if (resource.storage !== '/pods' || before || object.metadata.annotations?.[MIRROR]) return undefined;
    const { spec } = object;
    if (!spec.serviceAccountName) spec.serviceAccountName = 'default';
    spec.serviceAccount = spec.serviceAccountName;
    const { namespace, name } = object.metadata;
    const account = store.collection('/serviceaccounts').get(namespace, spec.serviceAccountName) as Draft | undefined;
    if (!account) {
      return forbiddenError('', 'pods', name ?? '', `error looking up service account ${namespace}/${spec.serviceAccountName}: serviceaccount "${spec.serviceAccountName}" not found`);
    }
    if (account.metadata.annotations?.['kubernetes.io/enforce-mountable-secrets'] === 'true') {
      const allowed = new Set((account.imagePullSecrets ?? []).map((each: Draft) => each.name));
      const bad = (spec.imagePullSecrets ?? []).findIndex((each: Draft) => !allowed.has(each.name));
      if (bad >= 0) {
        return forbiddenError('', 'pods', name ?? '', `imagePullSecrets[${bad}].name="${spec.imagePullSecrets[bad].name}" is not allowed because service account ${account.metadata.name} does not reference that imagePullSecret`);
      }
    }
    if (spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true) mountToken(spec, () => kernel.random.nameSuffix());
    if (!spec.imagePullSecrets?.length && account.imagePullSecrets?.length) spec.imagePullSecrets = account.imagePullSecrets.map((each: Draft) => ({ ...each }));
    return undefined;
  },
};

/** Adds the projected token volume, and mounts it where nothing is mounted yet. */
function mountToken(spec: Draft, suffix: () => string): void {
  const containers: Draft[] = [...(spec.initContainers ?? []), ...(spec.containers ?? [])];
  const without = containers.filter(each => !(each.volumeMounts ?? []).some((mount: Draft) => mount.mountPath === TOKEN_PATH));
  if (without.length === 0) return;
  const known = (spec.volumes ?? []).find((volume: Draft) => volume.name?.startsWith('kube-api-access-'));
  const name: string = known?.name ?? `kube-api-access-${suffix()}`;
  for (const each of without) each.volumeMounts = [...(each.volumeMounts ?? []), { name, readOnly: true, mountPath: TOKEN_PATH }];
  if (known) return;
  const volume = {
    name,
    projected: {
      sources: [
        { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
        { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
        { downwardAPI: { items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }] } },
      ],
      defaultMode: 420,
    },
  };
  spec.volumes = [...(spec.volumes ?? []), volume];
}
