/** Containers and volumes, as descriptions of pods and of workloads show them. */
import type { Container, ContainerState, ContainerStatus, EnvVar, Probe, Volume } from 'kubernetes-types/core/v1.d.ts';
import type { Json } from '../client/api-client.ts';
import { canonicalQuantity } from '../../../engine/apimachinery/quantity.ts';
import { annotationLines, type Description, keyValueLines, labelLines, longTime } from './writer.ts';
import { formatDuration } from '../flags/duration.ts';

export interface EnvContext { readonly fieldOf?: (path: string) => string }

export function containersLines(
  w: Description, level: number, title: string, containers: readonly Container[], statuses: readonly ContainerStatus[], context: EnvContext,
): void {
  w.line(level, containers.length === 0 ? `${title}: <none>` : `${title}:`);
  for (const container of containers) {
    const status = statuses.find(each => each.name === container.name);
    w.line(1, `${level > 0 ? ' ' : ''}${container.name}:`);
    basic(w, 2, container, status);
    commandLines(w, 2, 'Command', container.command);
    commandLines(w, 2, 'Args', container.args);
    if (status) stateOf(w, 2, status);
    resourceLines(w, 2, container.resources as Json | undefined);
    probeLine(w, 2, 'Liveness', container.livenessProbe);
    probeLine(w, 2, 'Readiness', container.readinessProbe);
    probeLine(w, 2, 'Startup', container.startupProbe);
    envFromLines(w, 2, container);
    envLines(w, 2, container.env ?? [], context);
    mountLines(w, 2, container);
  }
}

function basic(w: Description, level: number, container: Container, status: ContainerStatus | undefined): void {
  if (status) w.line(level, `Container ID:\t${status.containerID ?? ''}`);
  w.line(level, `Image:\t${container.image}`);
  if (status) w.line(level, `Image ID:\t${status.imageID}`);
  const ports = container.ports ?? [];
  const noun = (base: string): string => (ports.length > 1 ? `${base}s` : base);
  const portText = ports.map(port => `${port.containerPort}/${port.protocol ?? 'TCP'}${port.name ? ` (${port.name})` : ''}`).join(', ');
  w.line(level, `${noun('Port')}:\t${ports.length === 0 ? '<none>' : portText}`);
  const hostText = ports.map(port => `${port.hostPort ?? 0}/${port.protocol ?? 'TCP'}${port.name ? ` (${port.name})` : ''}`).join(', ');
  w.line(level, `${noun('Host Port')}:\t${ports.length === 0 ? '<none>' : hostText}`);
  const { securityContext } = container;
  if (securityContext?.seccompProfile) w.line(level, `SeccompProfile:\t${securityContext.seccompProfile.type}`);
}

function commandLines(w: Description, level: number, title: string, words: readonly string[] | undefined): void {
  if (!words || words.length === 0) return;
  w.line(level, `${title}:`);
  for (const word of words) for (const line of word.split('\n')) w.line(level + 1, line);
}

function stateOf(w: Description, level: number, status: ContainerStatus): void {
  stateLines(w, level, 'State', status.state);
  if (status.lastState?.terminated || status.lastState?.running || status.lastState?.waiting) stateLines(w, level, 'Last State', status.lastState);
  w.line(level, `Ready:\t${status.ready ? 'True' : 'False'}`);
  w.line(level, `Restart Count:\t${status.restartCount}`);
}

function stateLines(w: Description, level: number, title: string, state: ContainerState | undefined): void {
  if (state?.running) {
    w.line(level, `${title}:\tRunning`);
    w.line(level + 1, `Started:\t${longTime(state.running.startedAt)}`);
  } else if (state?.terminated) {
    const { reason, message, exitCode, signal, startedAt, finishedAt } = state.terminated;
    w.line(level, `${title}:\tTerminated`);
    if (reason) w.line(level + 1, `Reason:\t${reason}`);
    if (message) w.line(level + 1, `Message:\t${message}`);
    w.line(level + 1, `Exit Code:\t${exitCode}`);
    if (signal) w.line(level + 1, `Signal:\t${signal}`);
    w.line(level + 1, `Started:\t${longTime(startedAt)}`);
    w.line(level + 1, `Finished:\t${longTime(finishedAt)}`);
  } else if (state?.waiting) {
    w.line(level, `${title}:\tWaiting`);
    if (state.waiting.reason) w.line(level + 1, `Reason:\t${state.waiting.reason}`);
  } else w.line(level, `${title}:\tWaiting`);
}

export function resourceLines(w: Description, level: number, resources: Json | undefined): void {
  for (const [title, field] of [['Limits', 'limits'], ['Requests', 'requests']] as const) {
    const values = Object.entries((resources?.[field] ?? {}) as Record<string, string>).sort(([a], [b]) => (a < b ? -1 : 1));
    if (values.length === 0) continue;
    w.line(level, `${title}:`);
    for (const [name, value] of values) w.line(level + 1, `${name}:\t${canonicalQuantity(value)}`);
  }
}

function probeLine(w: Description, level: number, title: string, probe: Probe | undefined): void {
  if (probe) w.line(level, `${title}:\t${probeText(probe)}`);
}

function probeText(probe: Probe): string {
  const seconds = (value: number | undefined): string => formatDuration((value ?? 0) * 1000);
  const tail = `delay=${seconds(probe.initialDelaySeconds)} timeout=${seconds(probe.timeoutSeconds)} period=${seconds(probe.periodSeconds)} #success=${probe.successThreshold ?? 0} #failure=${probe.failureThreshold ?? 0}`;
  if (probe.exec) return `exec [${(probe.exec.command ?? []).join(' ')}] ${tail}`;
  if (probe.httpGet) {
    const { scheme, host, port, path } = probe.httpGet;
    const slashed = (path ?? '').startsWith('/') ? path! : `/${path ?? ''}`;
    return `http-get ${(scheme ?? 'HTTP').toLowerCase()}://${host ?? ''}:${String(port)}${slashed} ${tail}`;
  }
  if (probe.tcpSocket) return `tcp-socket ${probe.tcpSocket.host ?? ''}:${String(probe.tcpSocket.port)} ${tail}`;
  if (probe.grpc) return `grpc <pod>:${probe.grpc.port} ${probe.grpc.service ?? ''} ${tail}`;
  return `unknown ${tail}`;
}

function envFromLines(w: Description, level: number, container: Container): void {
  const sources = container.envFrom ?? [];
  if (sources.length === 0) return;
  w.line(level, 'Environment Variables from:');
  for (const source of sources) {
    const ref = source.configMapRef ?? source.secretRef;
    const prefix = source.prefix ? ` with prefix '${source.prefix}'` : '';
    w.line(level + 1, `${ref?.name ?? ''}\t${source.configMapRef ? 'ConfigMap' : 'Secret'}${prefix}\tOptional: ${String(ref?.optional ?? false)}`);
  }
}

function envLines(w: Description, level: number, env: readonly EnvVar[], context: EnvContext): void {
  if (env.length === 0) { w.line(level, 'Environment:\t<none>'); return; }
  w.line(level, 'Environment:');
  for (const { name, value, valueFrom } of env) {
    if (!valueFrom) {
      (value ?? '').split('\n').forEach((line, index) => { w.line(level + 1, index === 0 ? `${name}:\t${line}` : `\t${line}`); });
    } else if (valueFrom.fieldRef) {
      const found = context.fieldOf?.(valueFrom.fieldRef.fieldPath) ?? '';
      w.line(level + 1, `${name}:\t${found} (${valueFrom.fieldRef.apiVersion ?? 'v1'}:${valueFrom.fieldRef.fieldPath})`);
    } else if (valueFrom.resourceFieldRef) {
      w.line(level + 1, `${name}:\t${valueFrom.resourceFieldRef.resource.includes('limits') ? 'node allocatable' : '0'} (${valueFrom.resourceFieldRef.resource})`);
    } else if (valueFrom.secretKeyRef) {
      const { key, name: from, optional } = valueFrom.secretKeyRef;
      w.line(level + 1, `${name}:\t<set to the key '${key}' in secret '${from ?? ''}'>\tOptional: ${String(optional ?? false)}`);
    } else if (valueFrom.configMapKeyRef) {
      const { key, name: from, optional } = valueFrom.configMapKeyRef;
      w.line(level + 1, `${name}:\t<set to the key '${key}' of config map '${from ?? ''}'>\tOptional: ${String(optional ?? false)}`);
    }
  }
}

function mountLines(w: Description, level: number, container: Container): void {
  const mounts = [...container.volumeMounts ?? []].sort((a, b) => (a.mountPath < b.mountPath ? -1 : 1));
  if (mounts.length === 0) w.line(level, 'Mounts:\t<none>');
  else w.line(level, 'Mounts:');
  for (const mount of mounts) {
    const options = [mount.readOnly ? 'ro' : 'rw', ...(mount.subPath ? [`path=${JSON.stringify(mount.subPath)}`] : [])];
    w.line(level + 1, `${mount.mountPath} from ${mount.name} (${options.join(',')})`);
  }
  const devices = container.volumeDevices ?? [];
  if (devices.length > 0) w.line(level, 'Devices:');
  for (const device of devices) w.line(level + 1, `${device.devicePath} from ${device.name}`);
}

export function volumeLines(w: Description, level: number, volumes: readonly Volume[]): void {
  if (volumes.length === 0) { w.line(level, 'Volumes:\t<none>'); return; }
  w.line(level, 'Volumes:');
  for (const volume of volumes) {
    w.line(1, `${level > 0 ? ' ' : ''}${volume.name}:`);
    sourceLines(w, 2, volume as unknown as Json);
  }
}

/** What stands behind a volume, of a pod or of a PersistentVolume. */
export function sourceLines(w: Description, level: number, volume: Json): void {
  const get = (name: string): Json | undefined => volume[name] as Json | undefined;
  const emptyDir = get('emptyDir');
  const hostPath = get('hostPath');
  const secret = get('secret');
  const configMap = get('configMap');
  const claim = get('persistentVolumeClaim');
  const projected = get('projected');
  const csi = get('csi');
  const ebs = get('awsElasticBlockStore');
  const nfs = get('nfs');
  const downward = get('downwardAPI');
  const optional = (source: Json): string => `Optional:\t${String(source.optional ?? false)}`;
  if (emptyDir) {
    w.line(level, 'Type:\tEmptyDir (a temporary directory that shares a pod\'s lifetime)');
    w.line(level, `Medium:\t${String(emptyDir.medium ?? '')}`);
    w.line(level, `SizeLimit:\t${emptyDir.sizeLimit === undefined ? '<unset>' : String(emptyDir.sizeLimit)}`);
  } else if (hostPath) {
    w.line(level, 'Type:\tHostPath (bare host directory volume)');
    w.line(level, `Path:\t${String(hostPath.path)}`);
    w.line(level, `HostPathType:\t${String(hostPath.type ?? '')}`);
  } else if (secret) {
    w.line(level, 'Type:\tSecret (a volume populated by a Secret)');
    w.line(level, `SecretName:\t${String(secret.secretName ?? '')}`);
    w.line(level, optional(secret));
  } else if (configMap) {
    w.line(level, 'Type:\tConfigMap (a volume populated by a ConfigMap)');
    w.line(level, `Name:\t${String(configMap.name ?? '')}`);
    w.line(level, optional(configMap));
  } else if (claim) {
    w.line(level, 'Type:\tPersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)');
    w.line(level, `ClaimName:\t${String(claim.claimName)}`);
    w.line(level, `ReadOnly:\t${String(claim.readOnly ?? false)}`);
  } else if (projected) projectedLines(w, level, projected);
  else if (csi) {
    w.line(level, `Type:\tCSI (a Container Storage Interface (CSI) volume source)`);
    w.line(level, `Driver:\t${String(csi.driver)}`);
    w.line(level, `FSType:\t${String(csi.fsType ?? '')}`);
    if (csi.volumeHandle !== undefined) w.line(level, `VolumeHandle:\t${String(csi.volumeHandle)}`);
    w.line(level, `ReadOnly:\t${String(csi.readOnly ?? false)}`);
    const attributes = Object.entries((csi.volumeAttributes ?? {}) as Record<string, string>).sort(([a], [b]) => (a < b ? -1 : 1));
    w.line(level, attributes.length === 0 ? 'VolumeAttributes:\t<none>' : `VolumeAttributes:\t${attributes.map(([key, value]) => `    ${key}=${value}`).join('\n')}`);
  } else if (ebs) {
    w.line(level, 'Type:\tAWSElasticBlockStore (a Persistent Disk resource in AWS)');
    w.line(level, `VolumeID:\t${String(ebs.volumeID)}`);
    w.line(level, `FSType:\t${String(ebs.fsType ?? '')}`);
    w.line(level, `Partition:\t${String(ebs.partition ?? 0)}`);
    w.line(level, `ReadOnly:\t${String(ebs.readOnly ?? false)}`);
  } else if (nfs) {
    w.line(level, 'Type:\tNFS (an NFS mount that lasts the lifetime of a pod)');
    w.line(level, `Server:\t${String(nfs.server)}`);
    w.line(level, `Path:\t${String(nfs.path)}`);
    w.line(level, `ReadOnly:\t${String(nfs.readOnly ?? false)}`);
  } else if (downward) {
    w.line(level, 'Type:\tDownwardAPI (a volume populated by information about the pod)');
    w.line(level, 'Items:');
    downwardItems(w, level + 1, downward);
  } else w.line(level, '<unknown>');
}

function downwardItems(w: Description, level: number, source: Json): void {
  for (const item of (source.items ?? []) as Json[]) {
    const field = (item.fieldRef as Json | undefined)?.fieldPath ?? (item.resourceFieldRef as Json | undefined)?.resource;
    w.line(level, `${String(field)} -> ${String(item.path)}`);
  }
}

function projectedLines(w: Description, level: number, projected: Json): void {
  w.line(level, 'Type:\tProjected (a volume that contains injected data from multiple sources)');
  for (const source of (projected.sources ?? []) as Json[]) {
    const secret = source.secret as Json | undefined;
    const configMap = source.configMap as Json | undefined;
    const token = source.serviceAccountToken as Json | undefined;
    if (secret) {
      w.line(level, `SecretName:\t${String(secret.name)}`);
      w.line(level, `Optional:\t${String(secret.optional ?? false)}`);
    } else if (source.downwardAPI) w.line(level, 'DownwardAPI:\ttrue');
    else if (configMap) {
      w.line(level, `ConfigMapName:\t${String(configMap.name)}`);
      w.line(level, `Optional:\t${String(configMap.optional ?? false)}`);
    } else if (token) w.line(level, `TokenExpirationSeconds:\t${String(token.expirationSeconds ?? 3607)}`);
  }
}

/** `Pod Template:` of a workload. */
export function templateLines(w: Description, template: Json | undefined): void {
  w.line(0, 'Pod Template:');
  if (!template) { w.line(1, '<unset>'); return; }
  const metadata = (template.metadata ?? {}) as Json;
  labelLines(w, '  Labels', metadata.labels);
  if (Object.keys((metadata.annotations ?? {}) as Json).length > 0) keyValueLines(w, 1, 'Annotations', metadata.annotations, ': ');
  const spec = (template.spec ?? {}) as Json;
  if (spec.serviceAccountName) w.line(1, `Service Account:\t${String(spec.serviceAccountName)}`);
  if (((spec.initContainers ?? []) as Container[]).length > 0) containersLines(w, 1, 'Init Containers', spec.initContainers as Container[], [], {});
  containersLines(w, 1, 'Containers', (spec.containers ?? []) as Container[], [], {});
  volumeLines(w, 1, (spec.volumes ?? []) as Volume[]);
  spreadLines(w, 1, spec);
  if (spec.priorityClassName) w.line(1, `Priority Class Name:\t${String(spec.priorityClassName)}`);
  keyValueLines(w, 1, 'Node-Selectors', spec.nodeSelector, '=');
  tolerationLines(w, 1, 'Tolerations', (spec.tolerations ?? []) as Json[]);
}

export function spreadLines(w: Description, level: number, spec: Json): void {
  const constraints = [...((spec.topologySpreadConstraints ?? []) as Json[])].sort((a, b) => (String(a.topologyKey) < String(b.topologyKey) ? -1 : 1));
  constraints.forEach((constraint, index) => {
    const selector = (constraint.labelSelector as Json | undefined)?.matchLabels as Record<string, string> | undefined;
    const shown = selector ? Object.keys(selector).sort().map(key => `${key}=${selector[key]}`).join(',') : '';
    const text = `${String(constraint.topologyKey)}:${String(constraint.whenUnsatisfiable)} when max skew ${String(constraint.maxSkew)} is exceeded${constraint.labelSelector ? ` for selector ${shown}` : ''}`;
    w.line(level, index === 0 ? `Topology Spread Constraints:\t${text}` : `\t${text}`);
  });
}

export function tolerationLines(w: Description, level: number, title: string, tolerations: readonly Json[]): void {
  if (tolerations.length === 0) { w.line(level, `${title}:\t<none>`); return; }
  const sorted = [...tolerations].sort((a, b) => (String(a.key ?? '') < String(b.key ?? '') ? -1 : String(a.key ?? '') > String(b.key ?? '') ? 1 : 0));
  sorted.forEach((toleration, index) => {
    let text = String(toleration.key ?? '');
    if (toleration.value) text += `=${String(toleration.value)}`;
    if (toleration.effect) text += `:${String(toleration.effect)}`;
    if (toleration.operator === 'Exists' && !toleration.value) text += text === '' ? 'op=Exists' : ' op=Exists';
    if (toleration.tolerationSeconds !== undefined) text += ` for ${String(toleration.tolerationSeconds)}s`;
    w.line(level, index === 0 ? `${title}:\t${text}` : `\t${text}`);
  });
}

export function metadataLines(w: Description, object: Json, options: { namespace?: boolean; annotations?: boolean } = {}): void {
  const metadata = object.metadata as Json;
  w.line(0, `Name:\t${String(metadata.name)}`);
  if (options.namespace !== false) w.line(0, `Namespace:\t${String(metadata.namespace ?? '')}`);
  labelLines(w, 'Labels', metadata.labels);
  if (options.annotations !== false) annotationLines(w, metadata.annotations);
}
