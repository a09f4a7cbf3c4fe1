/** What a debug container may do, by `--profile`. Source: pkg/cmd/debug/profiles.go, checked against what the real client sends. */
import type { Json } from '../client/api-client.ts';
import { fail } from '../client/failure.ts';

export type Target = 'node' | 'ephemeral' | 'copy';

interface Profile {
  /** Of the debug container: on a node, and in or beside a pod. */
  readonly node?: Json;
  readonly pod?: Json;
  readonly copy?: Json;
  /** On a node: joins the host's namespaces, and sees its disk at /host. */
  readonly hostNamespaces: boolean;
  readonly hostDisk: boolean;
}

const add = (...capabilities: string[]): Json => ({ capabilities: { add: capabilities } });
const NET = add('NET_ADMIN', 'NET_RAW');
const RESTRICTED: Json = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } };

export const PROFILES: Readonly<Record<string, Profile>> = {
  legacy: { hostNamespaces: true, hostDisk: true },
  general: { pod: add('SYS_PTRACE'), copy: add('SYS_PTRACE'), hostNamespaces: true, hostDisk: true },
  baseline: { hostNamespaces: false, hostDisk: false },
  netadmin: { node: NET, pod: NET, copy: NET, hostNamespaces: true, hostDisk: false },
  restricted: { node: RESTRICTED, pod: RESTRICTED, copy: RESTRICTED, hostNamespaces: false, hostDisk: false },
  sysadmin: { node: { privileged: true }, pod: { privileged: true }, copy: { privileged: true }, hostNamespaces: true, hostDisk: true },
};

/** @throws CliFailure for a profile that does not exist */
export function profileNamed(name: string): Profile {
  return PROFILES[name] ?? fail(`unknown profile: ${name}`);
}

/** The security context that a profile gives the debug container. */
export function securityOf(name: string, target: Target): Json | undefined {
  const profile = profileNamed(name);
  return target === 'node' ? profile.node : target === 'copy' ? profile.copy : profile.pod;
}
