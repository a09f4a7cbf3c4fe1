/** The Pod Security Standards: what each level asks of a pod, in the words of `k8s.io/pod-security-admission/policy`. */
import { isObject, type Draft } from '../../apimachinery/json.ts';

export type Level = 'privileged' | 'baseline' | 'restricted';

/** What one control has against a pod. */
export interface Violation {
  /** `host namespaces`. */
  readonly reason: string;
  /** `hostNetwork=true`. */
  readonly detail: string;
}

type Control = (spec: Draft, minor: number, metadata: Draft) => Violation | undefined;

const quoted = (names: readonly string[]): string => names.map(name => JSON.stringify(name)).join(', ');
const plural = (one: string, many: string, count: number): string => (count === 1 ? one : many);
const containersText = (names: readonly string[]): string => `${plural('container', 'containers', names.length)} ${quoted(names)}`;
const sortedSet = (values: Iterable<string>): string[] => [...new Set(values)].sort();

const containersOf = (spec: Draft): Draft[] => [...spec.initContainers ?? [], ...spec.containers ?? [], ...spec.ephemeralContainers ?? []];
const named = (containers: readonly Draft[]): string[] => containers.map(each => each.name as string);
const isWindows = (spec: Draft): boolean => spec.os?.name === 'windows';

/** `pod and container "c"`: who has set something. */
function setters(spec: Draft, test: (context: Draft) => boolean): string[] {
  const result: string[] = [];
  if (test(spec.securityContext ?? {})) result.push('pod');
  const bad = named(containersOf(spec).filter(each => test(each.securityContext ?? {})));
  if (bad.length > 0) result.push(containersText(bad));
  return result;
}

function added(spec: Draft, allowed: ReadonlySet<string>): { containers: string[]; capabilities: string[] } {
  const extra = (each: Draft): string[] => ((each.securityContext?.capabilities?.add ?? []) as string[]).filter(name => !allowed.has(name));
  const bad = containersOf(spec).filter(each => extra(each).length > 0);
  return { containers: named(bad), capabilities: sortedSet(bad.flatMap(extra)) };
}

const DEFAULT_CAPABILITIES = new Set([
  'AUDIT_WRITE', 'CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'KILL', 'MKNOD', 'NET_BIND_SERVICE', 'SETFCAP', 'SETGID', 'SETPCAP', 'SETUID', 'SYS_CHROOT',
]);
const mustNotAdd = ({ containers, capabilities }: { containers: string[]; capabilities: string[] }): string =>
  `${containersText(containers)} must not include ${quoted(capabilities)} in securityContext.capabilities.add`;

const SELINUX_TYPES = new Set(['', 'container_t', 'container_init_t', 'container_kvm_t']);

/** Sysctls that stay within the pod, by the minor version that allowed them. */
const SYSCTLS: Readonly<Record<string, number>> = {
  'kernel.shm_rmid_forced': 0, 'net.ipv4.ip_local_port_range': 0, 'net.ipv4.tcp_syncookies': 0, 'net.ipv4.ping_group_range': 0, 'net.ipv4.ip_unprivileged_port_start': 0,
  'net.ipv4.ip_local_reserved_ports': 27, 'net.ipv4.tcp_keepalive_time': 29, 'net.ipv4.tcp_fin_timeout': 29, 'net.ipv4.tcp_keepalive_intvl': 29, 'net.ipv4.tcp_keepalive_probes': 29,
  'net.ipv4.tcp_rmem': 32, 'net.ipv4.tcp_wmem': 32,
};

/** Hosts that probes and lifecycle hooks of a container name. */
function handlerHosts(container: Draft): string[] {
  const handlers: Draft[] = [container.livenessProbe, container.readinessProbe, container.startupProbe, container.lifecycle?.postStart, container.lifecycle?.preStop].filter(isObject);
  return handlers.flatMap(each => [each.httpGet?.host, each.tcpSocket?.host]).filter((host): host is string => typeof host === 'string' && host !== '' && host !== '127.0.0.1' && host !== '::1');
}

const BASELINE: readonly (readonly [name: string, control: Control])[] = [
  ['appArmorProfile', (spec, _minor, metadata) => {
    const bad = (context: Draft): boolean => context.appArmorProfile?.type === 'Unconfined';
    const details: string[] = [];
    const who = setters(spec, bad);
    if (who.length > 0) details.push(`${who.join(' and ')} must not set AppArmor profile type to "Unconfined"`);
    const annotated = Object.entries<string>(metadata.annotations ?? {}).filter(([key, value]) => key.startsWith('container.apparmor.security.beta.kubernetes.io/') && value !== '' && value !== 'runtime/default' && !value.startsWith('localhost/'));
    if (annotated.length > 0) details.push(`${plural('annotation', 'annotations', annotated.length)} ${annotated.map(([key, value]) => `${key}=${JSON.stringify(value)}`).sort().join(', ')}`);
    return details.length > 0 ? { reason: plural('forbidden AppArmor profile', 'forbidden AppArmor profiles', details.length), detail: details.join(', ') } : undefined;
  }],
  ['capabilities', spec => {
    const bad = added(spec, DEFAULT_CAPABILITIES);
    return bad.containers.length > 0 ? { reason: 'non-default capabilities', detail: mustNotAdd(bad) } : undefined;
  }],
  ['hostNamespaces', spec => {
    const set = ['hostNetwork', 'hostPID', 'hostIPC'].filter(name => spec[name] === true).map(name => `${name}=true`);
    return set.length > 0 ? { reason: 'host namespaces', detail: set.join(', ') } : undefined;
  }],
  ['hostPathVolumes', spec => {
    const bad = named(((spec.volumes ?? []) as Draft[]).filter(each => each.hostPath));
    return bad.length > 0 ? { reason: 'hostPath volumes', detail: `${plural('volume', 'volumes', bad.length)} ${quoted(bad)}` } : undefined;
  }],
  ['hostPorts', spec => {
    const bad = containersOf(spec).filter(each => (each.ports ?? []).some((port: Draft) => port.hostPort));
    const ports = sortedSet(bad.flatMap(each => (each.ports as Draft[]).filter(port => port.hostPort).map(port => String(port.hostPort))));
    return bad.length > 0 ? { reason: 'hostPort', detail: `${containersText(named(bad))} ${plural('uses', 'use', bad.length)} ${plural('hostPort', 'hostPorts', ports.length)} ${ports.join(', ')}` } : undefined;
  }],
  ['hostProbesAndHostLifecycle', (spec, minor) => {
    if (minor < 34) return undefined;
    const bad = containersOf(spec).filter(each => handlerHosts(each).length > 0);
    const hosts = sortedSet(bad.flatMap(handlerHosts));
    return bad.length > 0 ? { reason: 'probe or lifecycle host', detail: `${containersText(named(bad))} ${plural('uses', 'use', bad.length)} probe or lifecycle ${plural('host', 'hosts', hosts.length)} ${quoted(hosts)}` } : undefined;
  }],
  ['privileged', spec => {
    const bad = named(containersOf(spec).filter(each => each.securityContext?.privileged === true));
    return bad.length > 0 ? { reason: 'privileged', detail: `${containersText(bad)} must not set securityContext.privileged=true` } : undefined;
  }],
  // A pod with users of its own may see all of /proc.
  ['procMount', spec => (spec.hostUsers === false ? undefined : procMount(spec))],
  ['seLinuxOptions', (spec, minor) => {
    const isBadType = (type: string): boolean => !SELINUX_TYPES.has(type) && !(type === 'container_engine_t' && minor >= 31);
    const bad = ({ seLinuxOptions: options }: Draft): boolean => options !== undefined && (isBadType(options.type ?? '') || Boolean(options.user) || Boolean(options.role));
    const who = setters(spec, bad);
    if (who.length === 0) return undefined;
    const all: Draft[] = [spec.securityContext ?? {}, ...containersOf(spec).map(each => each.securityContext ?? {})].filter(bad).map(each => each.seLinuxOptions);
    const types = sortedSet(all.map(each => each.type ?? '').filter(isBadType));
    const what = [
      ...(types.length > 0 ? [`${plural('type', 'types', types.length)} ${quoted(types)}`] : []),
      ...(all.some(each => each.user) ? ['user may not be set'] : []), ...(all.some(each => each.role) ? ['role may not be set'] : []),
    ];
    return { reason: 'seLinuxOptions', detail: `${who.join(' and ')} set forbidden securityContext.seLinuxOptions: ${what.join('; ')}` };
  }],
  ['seccompProfile', spec => unconfined(spec)],
  ['sysctls', (spec, minor) => {
    const bad = sortedSet(((spec.securityContext?.sysctls ?? []) as Draft[]).map(each => each.name as string).filter(name => (SYSCTLS[name] ?? Infinity) > minor));
    return bad.length > 0 ? { reason: 'forbidden sysctls', detail: bad.join(', ') } : undefined;
  }],
  ['windowsHostProcess', spec => {
    const who = setters(spec, context => context.windowsOptions?.hostProcess === true);
    return who.length > 0 ? { reason: 'hostProcess', detail: `${who.join(' and ')} must not set securityContext.windowsOptions.hostProcess=true` } : undefined;
  }],
];

function procMount(spec: Draft): Violation | undefined {
  const bad = containersOf(spec).filter(each => each.securityContext?.procMount && each.securityContext.procMount !== 'Default');
  const kinds = sortedSet(bad.map(each => each.securityContext.procMount as string));
  return bad.length > 0 ? { reason: 'procMount', detail: `${containersText(named(bad))} must not set securityContext.procMount to ${quoted(kinds)}` } : undefined;
}

function unconfined(spec: Draft): Violation | undefined {
  const who = setters(spec, context => context.seccompProfile?.type === 'Unconfined');
  return who.length > 0 ? { reason: 'seccompProfile', detail: `${who.join(' and ')} must not set securityContext.seccompProfile.type to "Unconfined"` } : undefined;
}

const RESTRICTED_VOLUMES_ALLOWED = ['configMap', 'csi', 'downwardAPI', 'emptyDir', 'ephemeral', 'persistentVolumeClaim', 'projected', 'secret'];

const RESTRICTED: readonly Control[] = [
  spec => {
    if (isWindows(spec)) return undefined;
    const bad = named(containersOf(spec).filter(each => each.securityContext?.allowPrivilegeEscalation !== false));
    return bad.length > 0 ? { reason: 'allowPrivilegeEscalation != false', detail: `${containersText(bad)} must set securityContext.allowPrivilegeEscalation=false` } : undefined;
  },
  spec => {
    if (isWindows(spec)) return undefined;
    const keeps = named(containersOf(spec).filter(each => !(each.securityContext?.capabilities?.drop ?? []).includes('ALL')));
    const bad = added(spec, new Set(['NET_BIND_SERVICE']));
    const details = [
      ...(keeps.length > 0 ? [`${containersText(keeps)} must set securityContext.capabilities.drop=["ALL"]`] : []), ...(bad.containers.length > 0 ? [mustNotAdd(bad)] : []),
    ];
    return details.length > 0 ? { reason: 'unrestricted capabilities', detail: details.join('; ') } : undefined;
  },
  procMount,
  spec => {
    const typeOf = (volume: Draft): string | undefined => Object.keys(volume).find(key => key !== 'name' && isObject(volume[key]) && !RESTRICTED_VOLUMES_ALLOWED.includes(key));
    const bad = ((spec.volumes ?? []) as Draft[]).filter(each => typeOf(each) !== undefined);
    const types = sortedSet(bad.map(each => typeOf(each)!));
    return bad.length > 0
      ? { reason: 'restricted volume types', detail: `${plural('volume', 'volumes', bad.length)} ${quoted(named(bad))} ${plural('uses', 'use', bad.length)} restricted volume ${plural('type', 'types', types.length)} ${quoted(types)}` }
      : undefined;
  },
  spec => {
    const who = setters(spec, context => context.runAsNonRoot === false);
    if (who.length > 0) return { reason: 'runAsNonRoot != true', detail: `${who.join(' and ')} must not set securityContext.runAsNonRoot=false` };
    if (spec.securityContext?.runAsNonRoot === true) return undefined;
    const silent = named(containersOf(spec).filter(each => each.securityContext?.runAsNonRoot === undefined || each.securityContext.runAsNonRoot === null));
    return silent.length > 0 ? { reason: 'runAsNonRoot != true', detail: `pod or ${containersText(silent)} must set securityContext.runAsNonRoot=true` } : undefined;
  },
  spec => {
    const who = setters(spec, context => context.runAsUser === 0);
    return who.length > 0 ? { reason: 'runAsUser=0', detail: `${who.join(' and ')} must not set runAsUser=0` } : undefined;
  },
  spec => {
    const bad = unconfined(spec);
    if (bad || isWindows(spec) || spec.securityContext?.seccompProfile) return bad;
    const silent = named(containersOf(spec).filter(each => !each.securityContext?.seccompProfile));
    return silent.length > 0 ? { reason: 'seccompProfile', detail: `pod or ${containersText(silent)} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"` } : undefined;
  },
];

/** Baseline controls that a stricter one replaces. */
const REPLACED: ReadonlySet<string> = new Set(['capabilities', 'hostPathVolumes', 'procMount', 'seccompProfile']);

/** What a level has against a pod. @param minor the version of the standards: 35 */
export function violations(level: Level, minor: number, metadata: Draft, spec: Draft): Violation[] {
  if (level === 'privileged') return [];
  const controls = level === 'baseline' ? BASELINE.map(([, control]) => control) : [...BASELINE.filter(([name]) => !REPLACED.has(name)).map(([, control]) => control), ...RESTRICTED];
  return controls.flatMap(control => control(spec, minor, metadata) ?? []);
}
