import type { KeyToPath, PersistentVolumeClaim, Volume, VolumeMount } from 'kubernetes-types/core/v1.d.ts';
import type { Reader } from '../api-server/contract.ts';
import { Tree, type TreeFile } from '../userland/files/tree.ts';
import { configValues, fieldValue, resourceValue, secretValues, type EnvironmentContext } from './environment.ts';
import type { StoredPod } from './pod.ts';

/** A mounted volume: its files, and how to bring them up to date (ConfigMap, Secret, projected, downward API). */
export interface MountedVolume {
  readonly name: string;
  readonly tree: Tree;
  readonly type: string;
  readonly readOnly: boolean;
  /** @returns the kubelet's words when the source is not there */
  refresh?(): string | undefined;
}

type Prepared = { readonly ok: true; readonly volume: MountedVolume } | { readonly ok: false; readonly error: string };

/** What outlives a pod: volumes by claim, and what a node keeps under its host paths. */
export interface VolumeStore {
  persistentTree(volumeName: string): Tree;
  hostTree(path: string): Tree;
}

const FILE_MODE = 0o644;

/** Sets up one volume of a pod. Source: pkg/volume/{configmap,secret,projected,downwardapi,emptydir}. */
export function prepareVolume(volume: Volume, context: EnvironmentContext & { nowMs(): number }, store: VolumeStore): Prepared {
  const { pod, reader } = context;
  const fsGroup = pod.spec?.securityContext?.fsGroup;
  const owner = { uid: 0, gid: fsGroup ?? 0 };
  const fromFiles = (type: string, files: () => Map<string, TreeFile> | string): Prepared => {
    const tree = new Tree({ atMs: context.nowMs(), mode: fsGroup === undefined ? 0o755 : 0o2775, ...owner });
    const refresh = (): string | undefined => {
      const answer = files();
      if (typeof answer === 'string') return answer;
      tree.replaceAll(answer, { atMs: context.nowMs(), ...owner });
      return undefined;
    };
    const error = refresh();
    return error === undefined ? { ok: true, volume: { name: volume.name, tree, type, readOnly: true, refresh } } : { ok: false, error };
  };
  if (volume.configMap) {
    const { name = '', items, optional, defaultMode } = volume.configMap;
    return fromFiles('configmap', () => keyedFiles(configValues(reader, pod.metadata.namespace!, name), items, defaultMode, optional, `configmap "${name}" not found`, 'configmap references non-existent config key: '));
  }
  if (volume.secret) {
    const { secretName = '', items, optional, defaultMode } = volume.secret;
    return fromFiles('tmpfs', () => keyedFiles(secretValues(reader, pod.metadata.namespace!, secretName), items, defaultMode, optional, `secret "${secretName}" not found`, 'references non-existent secret key: '));
  }
  if (volume.projected) return fromFiles('tmpfs', () => projectedFiles(volume, context));
  if (volume.downwardAPI) {
    return fromFiles('tmpfs', () => new Map((volume.downwardAPI!.items ?? []).map(item => [item.path, {
      content: item.fieldRef ? fieldValue(item.fieldRef, context) : item.resourceFieldRef ? resourceValue(item.resourceFieldRef, pod.spec!.containers[0]!, context) : '',
      mode: item.mode ?? volume.downwardAPI!.defaultMode ?? FILE_MODE,
    }])));
  }
  if (volume.persistentVolumeClaim) return claimedVolume(volume, pod, reader, store);
  if (volume.hostPath) return { ok: true, volume: { name: volume.name, tree: store.hostTree(volume.hostPath.path), type: 'ext4', readOnly: false } };
  const tree = new Tree({ atMs: context.nowMs(), mode: fsGroup === undefined ? 0o777 : 0o2777, ...owner });
  return { ok: true, volume: { name: volume.name, tree, type: volume.emptyDir?.medium === 'Memory' ? 'tmpfs' : 'xfs', readOnly: false } };
}

function keyedFiles(values: Map<string, string> | undefined, items: readonly KeyToPath[] | undefined, defaultMode: number | undefined,
  optional: boolean | undefined, notFound: string, missingKey: string): Map<string, TreeFile> | string {
  if (!values) return optional ? new Map() : notFound;
  const mode = defaultMode ?? FILE_MODE;
  if (!items) return new Map([...values].map(([key, content]) => [key, { content, mode }]));
  const files = new Map<string, TreeFile>();
  for (const item of items) {
    const content = values.get(item.key);
    if (content === undefined) {
      if (optional) continue;
      return `${missingKey}${item.key}`;
    }
    files.set(item.path, { content, mode: item.mode ?? mode });
  }
  return files;
}

function projectedFiles(volume: Volume, context: EnvironmentContext): Map<string, TreeFile> | string {
  const { pod, reader } = context;
  const namespace = pod.metadata.namespace!;
  const files = new Map<string, TreeFile>();
  for (const source of volume.projected!.sources ?? []) {
    let part: Map<string, TreeFile> | string = new Map();
    if (source.configMap) {
      const { name = '', items, optional } = source.configMap;
      part = keyedFiles(configValues(reader, namespace, name), items, volume.projected!.defaultMode, optional, `configmap "${name}" not found`, 'configmap references non-existent config key: ');
    } else if (source.secret) {
      const { name = '', items, optional } = source.secret;
      part = keyedFiles(secretValues(reader, namespace, name), items, volume.projected!.defaultMode, optional, `secret "${name}" not found`, 'references non-existent secret key: ');
    } else if (source.downwardAPI) {
      part = new Map((source.downwardAPI.items ?? []).map(item => [item.path, { content: item.fieldRef ? fieldValue(item.fieldRef, context) : '', mode: FILE_MODE }]));
    } else if (source.serviceAccountToken) {
      const account = pod.spec?.serviceAccountName ?? 'default';
      part = new Map([[source.serviceAccountToken.path, { content: `drydock-token.${namespace}.${account}.${pod.metadata.uid}`, mode: FILE_MODE }]]);
    }
    if (typeof part === 'string') return part;
    for (const [path, file] of part) files.set(path, file);
  }
  return files;
}

function claimedVolume(volume: Volume, pod: StoredPod, reader: Reader, store: VolumeStore): Prepared {
  const name = volume.persistentVolumeClaim!.claimName;
  const claim = reader.get<PersistentVolumeClaim>('PersistentVolumeClaim', pod.metadata.namespace!, name);
  if (!claim) return { ok: false, error: `persistentvolumeclaim "${name}" not found` };
  const volumeName = claim.spec?.volumeName;
  if (!volumeName) return { ok: false, error: `PersistentVolumeClaim is not bound: "${pod.metadata.namespace}/${name}"` };
  return { ok: true, volume: { name: volume.name, tree: store.persistentTree(volumeName), type: 'ext4', readOnly: volume.persistentVolumeClaim!.readOnly === true } };
}

/** Whether a change of this ConfigMap or Secret reaches a volume of the pod. */
export function volumeReads(pod: StoredPod, kind: string, name: string): boolean {
  return (pod.spec?.volumes ?? []).some(volume => kind === 'ConfigMap'
    ? volume.configMap?.name === name || volume.projected?.sources?.some(source => source.configMap?.name === name)
    : volume.secret?.secretName === name || volume.projected?.sources?.some(source => source.secret?.name === name));
}

/** The mounts of a container, deepest last, so that nested ones come after what they lie in. */
export function mountsInOrder(mounts: readonly VolumeMount[] | undefined): VolumeMount[] {
  return [...mounts ?? []].sort((a, b) => a.mountPath.length - b.mountPath.length);
}
