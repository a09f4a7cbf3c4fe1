/** What a pod spec means when its writer leaves things out; shared by Pod and everything with a template. */
import type { Draft } from '../apimachinery/json.ts';
import { canonicalInThousandths, canonicalQuantity } from '../apimachinery/quantity.ts';

const DEFAULT_MODE = 0o644;

/** Puts `value` where nothing is. */
export function fill(object: Draft, key: string, value: unknown): void {
  if (object[key] === undefined || object[key] === null) object[key] = value;
}

/** `Always` for the tag `latest`, spoken or not; else `IfNotPresent`. */
export function imagePullPolicyFor(image: string): string {
  const digest = image.indexOf('@');
  if (digest >= 0 && !image.slice(0, digest).split('/').at(-1)!.includes(':')) return 'IfNotPresent';
  const name = digest >= 0 ? image.slice(0, digest) : image;
  const last = name.split('/').at(-1)!;
  const colon = last.lastIndexOf(':');
  return colon < 0 || last.slice(colon + 1) === 'latest' ? 'Always' : 'IfNotPresent';
}

/** Rewrites every quantity of a resource list in canonical form, rounded up to thousandths. */
export function canonicalResources(list: Draft | undefined): void {
  if (!list) return;
  for (const key of Object.keys(list)) {
    const canonical = canonicalInThousandths(list[key]);
    // A list taken from a stored object is frozen, and canonical already.
    if (canonical !== list[key]) list[key] = canonical;
  }
}

function defaultHttpGet(action: Draft | undefined): void {
  if (!action?.httpGet) return;
  if (!action.httpGet.path) action.httpGet.path = '/';
  if (!action.httpGet.scheme) action.httpGet.scheme = 'HTTP';
}

function defaultProbe(probe: Draft | undefined): void {
  if (!probe) return;
  defaultHttpGet(probe);
  if (probe.grpc) fill(probe.grpc, 'service', '');
  if (!probe.timeoutSeconds) probe.timeoutSeconds = 1;
  if (!probe.periodSeconds) probe.periodSeconds = 10;
  if (!probe.successThreshold) probe.successThreshold = 1;
  if (!probe.failureThreshold) probe.failureThreshold = 3;
}

function defaultFieldRefs(items: readonly Draft[] | undefined): void {
  for (const item of items ?? []) {
    if (item.fieldRef && !item.fieldRef.apiVersion) item.fieldRef.apiVersion = 'v1';
    if (item.resourceFieldRef) item.resourceFieldRef.divisor = canonicalQuantity(item.resourceFieldRef.divisor ?? '0');
  }
}

/** Defaults of one container, init container or ephemeral container. */
export function defaultContainer(container: Draft, hostNetwork: boolean): void {
  if (!container.imagePullPolicy && typeof container.image === 'string') container.imagePullPolicy = imagePullPolicyFor(container.image);
  if (!container.terminationMessagePath) container.terminationMessagePath = '/dev/termination-log';
  if (!container.terminationMessagePolicy) container.terminationMessagePolicy = 'File';
  fill(container, 'resources', {});
  const { resources } = container;
  canonicalResources(resources.limits);
  canonicalResources(resources.requests);
  for (const port of container.ports ?? []) {
    if (!port.protocol) port.protocol = 'TCP';
    if (hostNetwork && !port.hostPort) port.hostPort = port.containerPort;
  }
  defaultProbe(container.livenessProbe);
  defaultProbe(container.readinessProbe);
  defaultProbe(container.startupProbe);
  defaultHttpGet(container.lifecycle?.postStart);
  defaultHttpGet(container.lifecycle?.preStop);
  for (const each of container.env ?? []) {
    defaultFieldRefs(each.valueFrom && [each.valueFrom]);
    if (each.valueFrom?.fileKeyRef) fill(each.valueFrom.fileKeyRef, 'optional', false);
  }
}

function defaultVolume(volume: Draft): void {
  if (Object.keys(volume).every(key => key === 'name')) volume.emptyDir = {};
  if (volume.secret) fill(volume.secret, 'defaultMode', DEFAULT_MODE);
  if (volume.configMap) fill(volume.configMap, 'defaultMode', DEFAULT_MODE);
  if (volume.downwardAPI) {
    fill(volume.downwardAPI, 'defaultMode', DEFAULT_MODE);
    defaultFieldRefs(volume.downwardAPI.items);
  }
  if (volume.projected) {
    fill(volume.projected, 'defaultMode', DEFAULT_MODE);
    for (const source of volume.projected.sources ?? []) {
      if (source.serviceAccountToken) fill(source.serviceAccountToken, 'expirationSeconds', 3600);
      defaultFieldRefs(source.downwardAPI?.items);
    }
  }
  if (volume.hostPath) fill(volume.hostPath, 'type', '');
  if (volume.emptyDir?.sizeLimit !== undefined) volume.emptyDir.sizeLimit = canonicalQuantity(volume.emptyDir.sizeLimit);
  if (volume.image && !volume.image.pullPolicy && volume.image.reference) volume.image.pullPolicy = imagePullPolicyFor(volume.image.reference);
  if (volume.iscsi && !volume.iscsi.iscsiInterface) volume.iscsi.iscsiInterface = 'default';
  if (volume.rbd) {
    if (!volume.rbd.pool) volume.rbd.pool = 'rbd';
    if (!volume.rbd.user) volume.rbd.user = 'admin';
    if (!volume.rbd.keyring) volume.rbd.keyring = '/etc/ceph/keyring';
  }
  if (volume.scaleIO) {
    if (!volume.scaleIO.storageMode) volume.scaleIO.storageMode = 'ThinProvisioned';
    if (!volume.scaleIO.fsType) volume.scaleIO.fsType = 'xfs';
  }
  if (volume.azureDisk) {
    fill(volume.azureDisk, 'cachingMode', 'ReadWrite');
    fill(volume.azureDisk, 'kind', 'Shared');
    fill(volume.azureDisk, 'fsType', 'ext4');
    fill(volume.azureDisk, 'readOnly', false);
  }
  const claim = volume.ephemeral?.volumeClaimTemplate;
  if (claim?.spec) defaultClaimSpec(claim.spec);
}

/** Defaults of a `PersistentVolumeClaimSpec`. */
export function defaultClaimSpec(spec: Draft): void {
  fill(spec, 'volumeMode', 'Filesystem');
  for (const source of [spec.dataSource, spec.dataSourceRef]) if (source && source.apiGroup === undefined) source.apiGroup = null;
  fill(spec, 'resources', {});
  canonicalResources(spec.resources.requests);
  canonicalResources(spec.resources.limits);
  if (spec.dataSource && !spec.dataSourceRef) spec.dataSourceRef = { ...spec.dataSource };
  else if (spec.dataSourceRef && !spec.dataSource && !spec.dataSourceRef.namespace) spec.dataSource = { ...spec.dataSourceRef };
}

/** Requests that were left out are the limits. */
function requestsFromLimits(container: Draft): void {
  const { limits } = container.resources ?? {};
  if (!limits) return;
  container.resources.requests ??= {};
  for (const key of Object.keys(limits)) fill(container.resources.requests, key, limits[key]);
}

/** Defaults of a `PodSpec`, in a template or a pod. */
export function defaultPodSpec(spec: Draft): void {
  if (!spec.restartPolicy) spec.restartPolicy = 'Always';
  fill(spec, 'terminationGracePeriodSeconds', 30);
  if (!spec.dnsPolicy) spec.dnsPolicy = 'ClusterFirst';
  fill(spec, 'securityContext', {});
  if (!spec.schedulerName) spec.schedulerName = 'default-scheduler';
  // The old and the new name of the field are kept alike.
  if (spec.serviceAccountName) spec.serviceAccount = spec.serviceAccountName;
  else if (spec.serviceAccount) spec.serviceAccountName = spec.serviceAccount;
  const hostNetwork = spec.hostNetwork === true;
  for (const list of [spec.initContainers, spec.containers, spec.ephemeralContainers]) {
    for (const container of list ?? []) if (container) defaultContainer(container, hostNetwork);
  }
  for (const volume of spec.volumes ?? []) if (volume) defaultVolume(volume);
  canonicalResources(spec.overhead);
  canonicalResources(spec.resources?.limits);
  canonicalResources(spec.resources?.requests);
}

/** Defaults of a `PodTemplateSpec`. */
export function defaultPodTemplate(template: Draft | undefined): void {
  if (!template) return;
  fill(template, 'metadata', {});
  fill(template, 'spec', {});
  defaultPodSpec(template.spec);
}

/** Defaults that only a pod gets, not a template. */
export function defaultPod(pod: Draft): void {
  fill(pod, 'spec', {});
  defaultPodSpec(pod.spec);
  fill(pod.spec, 'enableServiceLinks', true);
  for (const list of [pod.spec.initContainers, pod.spec.containers]) for (const container of list ?? []) if (container) requestsFromLimits(container);
}
