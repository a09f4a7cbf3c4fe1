import type { Container, EnvVar, ObjectFieldSelector, ResourceFieldSelector } from 'kubernetes-types/core/v1.d.ts';
import type { ConfigMap, Node, Secret, Service } from 'kubernetes-types/core/v1.d.ts';
import type { Reader } from '../api-server/contract.ts';
import type { KubeObject } from '../apimachinery/object.ts';
import { milliValue, unitValue } from '../apimachinery/quantity.ts';
import type { StoredPod } from './pod.ts';
import { base64Text } from '../apimachinery/base64.ts';

/** The environment of a container, or what is missing, in the kubelet's words. Source: pkg/kubelet/kubelet_pods.go. */
export type Environment = { readonly ok: true; readonly env: Map<string, string> } | { readonly ok: false; readonly error: string };

class Missing extends Error {}

export interface EnvironmentContext {
  readonly pod: StoredPod;
  readonly reader: Reader;
  readonly podIp: string;
  readonly hostIp: string;
}

export function containerEnvironment(container: Container, context: EnvironmentContext): Environment {
  const { pod, reader } = context;
  const namespace = pod.metadata.namespace!;
  const env = new Map<string, string>();
  try {
    for (const source of container.envFrom ?? []) {
      const reference = source.configMapRef ?? source.secretRef;
      if (!reference?.name) continue;
      const isSecret = source.secretRef !== undefined;
      const values = isSecret ? secretValues(reader, namespace, reference.name) : configValues(reader, namespace, reference.name);
      if (!values) {
        if (reference.optional) continue;
        throw new Missing(`${isSecret ? 'secret' : 'configmap'} "${reference.name}" not found`);
      }
      for (const [key, value] of values) env.set((source.prefix ?? '') + key, value);
    }
    const services = pod.spec?.enableServiceLinks === false ? new Map<string, string>() : serviceVariables(namespace, reader);
    for (const variable of container.env ?? []) {
      const value = variable.valueFrom ? referencedValue(variable, container, context) : expand(variable.value ?? '', env, services);
      if (value !== undefined) env.set(variable.name, value);
    }
    return { ok: true, env: new Map([...services, ...env]) };
  } catch (thrown) {
    if (thrown instanceof Missing) return { ok: false, error: thrown.message };
    throw thrown;
  }
}

function referencedValue(variable: EnvVar, container: Container, context: EnvironmentContext): string | undefined {
  const { reader, pod } = context;
  const namespace = pod.metadata.namespace!;
  const { configMapKeyRef, secretKeyRef, fieldRef, resourceFieldRef } = variable.valueFrom!;
  if (configMapKeyRef) {
    const values = configValues(reader, namespace, configMapKeyRef.name ?? '');
    if (!values && !configMapKeyRef.optional) throw new Missing(`configmap "${configMapKeyRef.name}" not found`);
    const value = values?.get(configMapKeyRef.key);
    if (value === undefined && !configMapKeyRef.optional) throw new Missing(`couldn't find key ${configMapKeyRef.key} in ConfigMap ${namespace}/${configMapKeyRef.name}`);
    return value;
  }
  if (secretKeyRef) {
    const values = secretValues(reader, namespace, secretKeyRef.name ?? '');
    if (!values && !secretKeyRef.optional) throw new Missing(`secret "${secretKeyRef.name}" not found`);
    const value = values?.get(secretKeyRef.key);
    if (value === undefined && !secretKeyRef.optional) throw new Missing(`couldn't find key ${secretKeyRef.key} in Secret ${namespace}/${secretKeyRef.name}`);
    return value;
  }
  if (fieldRef) return fieldValue(fieldRef, context);
  return resourceFieldRef ? resourceValue(resourceFieldRef, container, context) : undefined;
}

/** A downward API field. */
export function fieldValue({ fieldPath }: ObjectFieldSelector, { pod, podIp, hostIp }: EnvironmentContext): string {
  const keyed = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(fieldPath);
  if (keyed) return (keyed[1] === 'labels' ? pod.metadata.labels : pod.metadata.annotations)?.[keyed[2]!] ?? '';
  switch (fieldPath) {
    case 'metadata.name': return pod.metadata.name;
    case 'metadata.namespace': return pod.metadata.namespace ?? '';
    case 'metadata.uid': return pod.metadata.uid;
    case 'metadata.labels': return formatMap(pod.metadata.labels);
    case 'metadata.annotations': return formatMap(pod.metadata.annotations);
    case 'spec.nodeName': return pod.spec?.nodeName ?? '';
    case 'spec.serviceAccountName': return pod.spec?.serviceAccountName ?? '';
    case 'status.hostIP': case 'status.hostIPs': return hostIp;
    case 'status.podIP': case 'status.podIPs': return podIp;
    default: return '';
  }
}

const formatMap = (map: Readonly<Record<string, string>> | undefined): string =>
  Object.keys(map ?? {}).sort().map(key => `${key}=${JSON.stringify(map![key])}`).join('\n');

/** A resource of a container in units of the divisor, rounded up; without a limit, the node's allocatable. */
export function resourceValue({ resource, divisor, containerName }: ResourceFieldSelector, own: Container, { pod, reader }: EnvironmentContext): string {
  const container = pod.spec?.containers.find(entry => entry.name === containerName) ?? own;
  const [which = 'limits', name = 'cpu'] = resource.split('.', 2) as [string, string];
  const amounts = which === 'limits' ? container.resources?.limits : container.resources?.requests;
  const node = reader.get<Node>('Node', '', pod.spec?.nodeName ?? '');
  const quantity = amounts?.[name] ?? (which === 'limits' ? node?.status?.allocatable?.[name] : '0');
  const unit = divisor && divisor !== '0' ? divisor : '1';
  if (name === 'cpu') return String(Math.ceil(milliValue(quantity) / milliValue(unit)));
  return String(Math.ceil(unitValue(quantity) / unitValue(unit)));
}

/** `$(VAR)` from what is defined before it; `$$` is a dollar; unknown references stay as they are. */
export function expand(text: string, env: ReadonlyMap<string, string>, services: ReadonlyMap<string, string> = new Map()): string {
  return text.replace(/\$\$|\$\(([A-Za-z_.-][A-Za-z0-9_.-]*)\)/g, (whole, name: string | undefined) =>
    whole === '$$' ? '$' : env.get(name!) ?? services.get(name!) ?? whole);
}

export function configValues(reader: Reader, namespace: string, name: string): Map<string, string> | undefined {
  const configMap = reader.get<ConfigMap>('ConfigMap', namespace, name);
  return configMap && new Map(Object.entries(configMap.data ?? {}));
}

export function secretValues(reader: Reader, namespace: string, name: string): Map<string, string> | undefined {
  const secret = reader.get<Secret>('Secret', namespace, name);
  return secret && new Map(Object.entries(secret.data ?? {}).map(([key, value]) => [key, base64Text(value) ?? '']));
}

/** `ORDERS_SERVICE_HOST` and friends for every Service of the namespace. Source: pkg/kubelet/envvars. */
function serviceVariables(namespace: string, reader: Reader): Map<string, string> {
  const env = new Map<string, string>();
  const kubernetes = reader.get<Service>('Service', 'default', 'kubernetes');
  const services = reader.list<Service & KubeObject>('Service', { namespace }).filter(service => service !== kubernetes);
  for (const service of kubernetes ? [kubernetes as Service & KubeObject, ...services] : services) {
    const { clusterIP, ports = [] } = service.spec ?? {};
    if (!clusterIP || clusterIP === 'None') continue;
    const name = service.metadata.name.toUpperCase().replaceAll('-', '_');
    env.set(`${name}_SERVICE_HOST`, clusterIP);
    env.set(`${name}_SERVICE_PORT`, String(ports[0]?.port ?? ''));
    for (const port of ports) {
      if (port.name) env.set(`${name}_SERVICE_PORT_${port.name.toUpperCase().replaceAll('-', '_')}`, String(port.port));
      const protocol = port.protocol ?? 'TCP';
      const url = `${protocol.toLowerCase()}://${clusterIP}:${port.port}`;
      const prefix = `${name}_PORT_${port.port}_${protocol}`;
      if (port === ports[0]) env.set(`${name}_PORT`, url);
      env.set(prefix, url);
      env.set(`${prefix}_PROTO`, protocol.toLowerCase());
      env.set(`${prefix}_PORT`, String(port.port));
      env.set(`${prefix}_ADDR`, clusterIP);
    }
  }
  return env;
}
