import type { Kernel } from '../../kernel/kernel.ts';
import type { AccessDecision, Authorizer, AwsPrincipal } from '../contract.ts';
import type { AwsFoundation, RoleSpec } from '../foundation.ts';
import { AwsTable } from '../table.ts';

export interface Role extends RoleSpec { readonly roleName: string; readonly roleId: string }

/** Roles and their policies, and the judge of every call. */
export class Iam implements Authorizer {
  readonly roles: AwsTable<Role>;

  constructor(kernel: Kernel, foundation: AwsFoundation) {
    this.roles = new AwsTable(kernel, 'iam/role');
    for (const [roleName, spec] of Object.entries(foundation.roles)) this.roles.put(roleName, { ...spec, roleName, roleId: idOf(roleName) });
  }

  roleId(roleName: string): string {
    return this.roles.get(roleName)?.roleId ?? idOf(roleName);
  }

  decide(principal: AwsPrincipal, _action: string, _resource: string): AccessDecision {
    return principal.roleName !== undefined && this.roles.get(principal.roleName) ? 'allowed' : 'implicit-deny';
  }
}

/** A role's unique id, the same in every run. */
function idOf(name: string): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  let hash = 0x811c9dc5;
  let text = '';
  for (let index = 0; index < 17; index += 1) {
    for (const char of name) hash = Math.imul(hash ^ char.charCodeAt(0) ^ index, 0x01000193);
    text += letters[(hash >>> 8) & 31]!;
  }
  return `AROA${text}`;
}
