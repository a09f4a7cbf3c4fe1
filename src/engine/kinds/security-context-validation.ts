/** What is checked of the security contexts of pods and containers. Source: pkg/apis/core/validation `ValidateSecurityContext`, `validatePodSpecSecurityContext`. */
import { duplicate, forbidden, invalid, notSupported, required, type FieldProblem } from '../apimachinery/field-problem.ts';
import type { Draft } from '../apimachinery/json.ts';
import { dnsSubdomainProblems } from '../apimachinery/names.ts';
import { oneOfOrNone } from './field-checks.ts';

const ID_MAX = 2_147_483_647;
const PROFILES = ['Localhost', 'RuntimeDefault', 'Unconfined'];

const id = (value: number | undefined | null, field: string): FieldProblem[] =>
  (value === undefined || value === null || (value >= 0 && value <= ID_MAX) ? [] : [invalid(field, value, `must be between 0 and ${ID_MAX}, inclusive`)]);

/** A path below the kubelet's own folder. */
function localPath(path: string, field: string): FieldProblem[] {
  if (path.startsWith('/')) return [invalid(field, path, 'must be a relative path')];
  return path.split('/').includes('..') ? [invalid(field, path, "must not contain '..'")] : [];
}

function seccompProblems(profile: Draft | undefined, field: string): FieldProblem[] {
  if (!profile) return [];
  const { type = '', localhostProfile } = profile;
  const problems: FieldProblem[] = [];
  if (type === '') problems.push(required(`${field}.type`, 'type is required when seccompProfile is set'));
  else if (!PROFILES.includes(type)) problems.push(notSupported(`${field}.type`, type, PROFILES));
  if (type === 'Localhost') {
    if (localhostProfile === undefined) problems.push(required(`${field}.localhostProfile`, 'must be set when seccomp type is Localhost'));
    else problems.push(...localPath(localhostProfile, `${field}.localhostProfile`));
  } else if (localhostProfile !== undefined) problems.push(invalid(`${field}.localhostProfile`, { Type: type, LocalhostProfile: localhostProfile }, 'can only be set when seccomp type is Localhost'));
  return problems;
}

function appArmorProblems(profile: Draft | undefined, field: string): FieldProblem[] {
  if (!profile) return [];
  const { type = '', localhostProfile } = profile;
  const problems: FieldProblem[] = [];
  if (type === '') problems.push(required(`${field}.type`, 'type is required when appArmorProfile is set'));
  else if (!PROFILES.includes(type)) problems.push(notSupported(`${field}.type`, type, PROFILES));
  if (type === 'Localhost') {
    if (!localhostProfile) problems.push(required(`${field}.localhostProfile`, 'must be set when AppArmor type is Localhost'));
  } else if (PROFILES.includes(type) && localhostProfile !== undefined) problems.push(invalid(`${field}.localhostProfile`, localhostProfile, 'can only be set when AppArmor type is Localhost'));
  return problems;
}

/** Go's form of a container's context, as messages about the whole of it show it. */
const goContext = (context: Draft): Draft => ({
  Capabilities: context.capabilities ? { Add: context.capabilities.add ?? null, Drop: context.capabilities.drop ?? null } : null, Privileged: context.privileged ?? null,
  SELinuxOptions: context.seLinuxOptions ?? null, WindowsOptions: context.windowsOptions ?? null, RunAsUser: context.runAsUser ?? null, RunAsGroup: context.runAsGroup ?? null,
  RunAsNonRoot: context.runAsNonRoot ?? null, ReadOnlyRootFilesystem: context.readOnlyRootFilesystem ?? null, AllowPrivilegeEscalation: context.allowPrivilegeEscalation ?? null,
  ProcMount: context.procMount ?? null,
  SeccompProfile: context.seccompProfile ? { Type: context.seccompProfile.type ?? '', LocalhostProfile: context.seccompProfile.localhostProfile ?? null } : null,
  AppArmorProfile: context.appArmorProfile ? { Type: context.appArmorProfile.type ?? '', LocalhostProfile: context.appArmorProfile.localhostProfile ?? null } : null,
});

/** The context of one container. */
export function containerContextProblems(context: Draft | undefined, field: string): FieldProblem[] {
  if (!context) return [];
  const problems: FieldProblem[] = [
    ...id(context.runAsUser, `${field}.runAsUser`), ...id(context.runAsGroup, `${field}.runAsGroup`),
    ...oneOfOrNone(context.procMount, `${field}.procMount`, ['Default', 'Unmasked']),
    ...seccompProblems(context.seccompProfile, `${field}.seccompProfile`),
  ];
  if (context.allowPrivilegeEscalation === false) {
    if (context.privileged === true) problems.push(invalid(field, goContext(context), 'cannot set `allowPrivilegeEscalation` to false and `privileged` to true'));
    if ((context.capabilities?.add ?? []).includes('CAP_SYS_ADMIN')) problems.push(invalid(field, goContext(context), 'cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN'));
  }
  return [...problems, ...windowsProblems(context.windowsOptions, `${field}.windowsOptions`), ...appArmorProblems(context.appArmorProfile, `${field}.appArmorProfile`)];
}

function windowsProblems(options: Draft | undefined, field: string): FieldProblem[] {
  const name: string | undefined = options?.gmsaCredentialSpecName;
  return name === undefined ? [] : dnsSubdomainProblems(name).map(problem => invalid(`${field}.gmsaCredentialSpecName`, name, problem));
}

const SYSCTL = /^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$/;

function sysctlProblems(spec: Draft, field: string): FieldProblem[] {
  const seen = new Set<string>();
  return ((spec.securityContext?.sysctls ?? []) as Draft[]).flatMap(({ name = '' }, i): FieldProblem[] => {
    const at = `${field}[${i}].name`;
    const problems: FieldProblem[] = [];
    if (name === '') problems.push(required(at));
    else if (name.length > 253 || !SYSCTL.test(name)) problems.push(invalid(at, name, 'must have at most 253 characters and match regex ^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$'));
    else if (spec.hostNetwork && name.startsWith('net.')) problems.push(invalid(at, name, "may not be specified when 'hostNetwork' is true"));
    else if (spec.hostIPC && (name.startsWith('kernel.shm') || name.startsWith('kernel.msg') || name === 'kernel.sem' || name.startsWith('fs.mqueue.'))) problems.push(invalid(at, name, "may not be specified when 'hostIPC' is true"));
    if (seen.has(name)) problems.push(duplicate(at, name));
    seen.add(name);
    return problems;
  });
}

/** The context of a pod. */
export function podContextProblems(spec: Draft, field: string): FieldProblem[] {
  const problems: FieldProblem[] = [];
  if (spec.hostUsers === false) {
    for (const [key, name] of [['hostNetwork', 'hostNetwork'], ['hostPID', 'HostPID'], ['hostIPC', 'HostIPC']] as const) {
      if (spec[key]) problems.push(forbidden(`${field}.${name}`, 'when `hostUsers` is false'));
    }
  }
  const context: Draft | undefined = spec.securityContext;
  if (!context) return problems;
  const at = `${field}.securityContext`;
  problems.push(...id(context.fsGroup, `${at}.fsGroup`), ...id(context.runAsUser, `${at}.runAsUser`), ...id(context.runAsGroup, `${at}.runAsGroup`));
  ((context.supplementalGroups ?? []) as number[]).forEach((group, i) => problems.push(...id(group, `${at}.supplementalGroups[${i}]`)));
  return [
    ...problems, ...sysctlProblems(spec, `${at}.sysctls`),
    ...oneOfOrNone(context.fsGroupChangePolicy, `${at}.fsGroupChangePolicy`, ['Always', 'OnRootMismatch']),
    ...seccompProblems(context.seccompProfile, `${at}.seccompProfile`),
    ...oneOfOrNone(context.supplementalGroupsPolicy, `${at}.supplementalGroupsPolicy`, ['Merge', 'Strict']),
    ...oneOfOrNone(context.seLinuxChangePolicy, `${at}.seLinuxChangePolicy`, ['Recursive']),
    ...windowsProblems(context.windowsOptions, `${at}.windowsOptions`), ...appArmorProblems(context.appArmorProfile, `${at}.appArmorProfile`),
  ];
}
