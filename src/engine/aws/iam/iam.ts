import { IAM_PROPAGATION_MS, MANAGED_POLICIES } from '../../facts/iam.ts';
import { parseRfc3339, rfc3339 } from '../../kernel/calendar.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import type { AccessDecision, Authorizer, AwsPrincipal } from '../contract.ts';
import type { AwsFoundation, RoleSpec } from '../foundation.ts';
import type { Tags } from '../ec2/contract.ts';
import { AwsTable } from '../table.ts';
import type { ConditionContext } from './conditions.ts';
import { uniqueId } from './identifiers.ts';
import { documentOf, verdictOf, type PolicyDocument, type PolicyRequest, type PrincipalNames } from './policy.ts';
import { Settled } from './settled.ts';

export interface Role {
  readonly roleName: string;
  readonly roleId: string;
  readonly path: string;
  readonly createdAtMs: number;
  readonly trust: PolicyDocument;
  /** ARNs of attached managed policies, in the order of attachment. */
  readonly attached: readonly string[];
  readonly inline: Readonly<Record<string, PolicyDocument>>;
  readonly description?: string;
  readonly maxSessionSeconds: number;
  readonly tags: Tags;
}

export interface ManagedPolicy {
  readonly arn: string;
  readonly policyName: string;
  readonly policyId: string;
  readonly path: string;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  readonly defaultVersionId: string;
  readonly versions: Readonly<Record<string, { readonly document: PolicyDocument; readonly createdAtMs: number }>>;
  readonly description?: string;
  readonly tags: Tags;
}

export interface InstanceProfile { readonly name: string; readonly id: string; readonly path: string; readonly createdAtMs: number; readonly roleName?: string }

/** The policy that sits on a resource (an ECR repository's), if its ARN has one. */
export type ResourcePolicies = (arn: string) => PolicyDocument | undefined;

/** How long before the world's first moment an estate's account was set up. */
const ACCOUNT_AGE_MS = 400 * 86_400_000;

/** Roles and their policies, and the judge of every call. */
export class Iam implements Authorizer {
  readonly roles: AwsTable<Role>;
  /** Customer-managed policies by ARN; AWS's own are in {@link policy} too. */
  readonly policies: AwsTable<ManagedPolicy>;
  readonly profiles: AwsTable<InstanceProfile>;
  readonly accountId: string;
  readonly region: string;
  /** ARNs of identity providers: the clusters' OIDC issuers that IAM trusts. */
  readonly providers: string[] = [];
  private readonly managed = new Map<string, ManagedPolicy>();
  private readonly settledRoles: Settled<Role>;
  private readonly settledPolicies: Settled<ManagedPolicy>;
  private readonly resourcePolicies: ResourcePolicies[] = [];
  private founding = true;

  constructor(readonly kernel: Kernel, foundation: Pick<AwsFoundation, 'account' | 'region' | 'roles'>) {
    this.accountId = foundation.account;
    this.region = foundation.region;
    this.roles = new AwsTable(kernel, 'iam/role');
    this.policies = new AwsTable(kernel, 'iam/policy');
    this.profiles = new AwsTable(kernel, 'iam/instance-profile');
    this.settledRoles = new Settled(kernel, IAM_PROPAGATION_MS);
    this.settledPolicies = new Settled(kernel, IAM_PROPAGATION_MS);
    this.roles.onChange(({ id, after }) => this.settledRoles.set(id, after, this.founding));
    this.policies.onChange(({ id, after }) => this.settledPolicies.set(id, after, this.founding));
    for (const fact of MANAGED_POLICIES) {
      const arn = `arn:aws:iam::aws:policy${fact.path ?? '/'}${fact.name}`;
      const updatedAtMs = parseRfc3339(fact.updated) ?? 0;
      this.managed.set(arn, {
        arn, policyName: fact.name, policyId: uniqueId('ANPA', arn), path: fact.path ?? '/', createdAtMs: parseRfc3339(fact.created) ?? 0, updatedAtMs,
        defaultVersionId: fact.version, versions: { [fact.version]: { document: documentOf(fact.statements), createdAtMs: updatedAtMs } }, tags: {},
      });
    }
    for (const [roleName, spec] of Object.entries(foundation.roles)) this.found(roleName, spec);
    this.founding = false;
  }

  roleArn(role: Pick<Role, 'path' | 'roleName'>): string {
    return `arn:aws:iam::${this.accountId}:role${role.path}${role.roleName}`;
  }

  roleId(roleName: string): string {
    return this.roles.get(roleName)?.roleId ?? uniqueId('AROA', roleName);
  }

  /** A unique id for what is made during play. */
  newId(prefix: 'AROA' | 'ANPA' | 'AIPA' | 'ASIA'): string {
    return uniqueId(prefix, this.kernel.random.uuid());
  }

  /** Random text as secrets look; nothing in the world accepts it. */
  secret(length: number): string {
    let text = '';
    while (text.length < length) text += uniqueId('ASIA', this.kernel.random.uuid()).slice(4).toLowerCase();
    return text.slice(0, length);
  }

  /** A managed policy, AWS's or the account's. */
  policy(arn: string): ManagedPolicy | undefined {
    return this.managed.get(arn) ?? this.policies.get(arn);
  }

  /** All managed policies: the account's first. */
  allPolicies(): readonly ManagedPolicy[] {
    return [...this.policies.list(), ...this.managed.values()];
  }

  /** Every document that judges a role's calls as things stand, with its name: what a guard or a simulation looks at. */
  documentsOf(role: Role): { readonly name: string; readonly arn?: string; readonly document: PolicyDocument }[] {
    return [
      ...role.attached.flatMap(arn => {
        const policy = this.policy(arn);
        return policy ? [{ name: policy.policyName, arn, document: policy.versions[policy.defaultVersionId]!.document }] : [];
      }),
      ...Object.entries(role.inline).map(([name, document]) => ({ name, document })),
    ];
  }

  /** Lets resources' own policies count. */
  addResourcePolicies(lookUp: ResourcePolicies): void {
    this.resourcePolicies.push(lookUp);
  }

  decide(principal: AwsPrincipal, action: string, resource: string, known: ConditionContext = {}): AccessDecision {
    const role = principal.roleName === undefined ? undefined : this.settledRoles.get(principal.roleName);
    if (!role) return 'implicit-deny';
    const context = { ...this.contextOf(principal, role), ...known };
    const identity = verdictOf(this.settledDocuments(role), { action, resource, context });
    if (identity === 'deny') return 'explicit-deny';
    const owner = resource.split(':')[4] ?? '';
    const own = owner === this.accountId || !/^\d{12}$/.test(owner);
    const policy = this.resourcePolicyOf(resource);
    const onResource = policy ? verdictOf([policy], { action, resource, context, principal: this.namesOf(principal, role) }) : 'none';
    if (onResource === 'deny') return 'resource-deny';
    const allowed = own ? identity === 'allow' || onResource === 'allow' : identity === 'allow' && onResource === 'allow';
    return allowed ? 'allowed' : 'implicit-deny';
  }

  /** Whether a caller may take on a role: the role's trust policy says so (inside one account that is enough). */
  mayAssume(caller: PrincipalNames, role: Role, action = 'sts:AssumeRole', context: ConditionContext = {}): boolean {
    const request: PolicyRequest = { action, resource: '*', context, principal: caller };
    return verdictOf([role.trust], request) === 'allow';
  }

  /** The names by which policies may mean a caller. */
  namesOf(principal: AwsPrincipal, role: Role): PrincipalNames {
    return { AWS: [principal.arn, this.roleArn(role), this.accountId, `arn:aws:iam::${this.accountId}:root`] };
  }

  private contextOf(principal: AwsPrincipal, role: Role): ConditionContext {
    return {
      'aws:PrincipalArn': this.roleArn(role), 'aws:PrincipalAccount': this.accountId, 'aws:PrincipalType': 'AssumedRole', 'aws:userid': principal.userId,
      'aws:RequestedRegion': this.region, 'aws:CurrentTime': rfc3339(this.kernel.nowMs), 'aws:SecureTransport': 'true',
      ...Object.fromEntries(Object.entries(role.tags).map(([key, value]) => [`aws:PrincipalTag/${key}`, value])),
    };
  }

  private settledDocuments(role: Role): PolicyDocument[] {
    return [
      ...role.attached.flatMap(arn => {
        const policy = this.managed.get(arn) ?? this.settledPolicies.get(arn);
        return policy ? [policy.versions[policy.defaultVersionId]!.document] : [];
      }),
      ...Object.values(role.inline),
    ];
  }

  private resourcePolicyOf(resource: string): PolicyDocument | undefined {
    for (const lookUp of this.resourcePolicies) {
      const found = lookUp(resource);
      if (found) return found;
    }
    return undefined;
  }

  /** A role as the estate declares it, as old as the account. */
  private found(roleName: string, spec: RoleSpec): void {
    const createdAtMs = this.kernel.nowMs - ACCOUNT_AGE_MS;
    const trust = typeof spec.trust === 'string' ? { Effect: 'Allow' as const, Principal: { Service: spec.trust }, Action: 'sts:AssumeRole' } : spec.trust;
    this.roles.put(roleName, {
      roleName, roleId: uniqueId('AROA', roleName), path: '/', createdAtMs, trust: documentOf([trust]), maxSessionSeconds: 3_600, tags: {},
      attached: spec.policies.map(policy => policy.startsWith('arn:') ? policy : `arn:aws:iam::aws:policy/${policy}`),
      inline: Object.fromEntries(Object.entries(spec.inline ?? {}).map(([name, statements]) => [name, documentOf(statements)])),
    });
    if (spec.trust === 'ec2.amazonaws.com') this.profiles.put(roleName, { name: roleName, id: uniqueId('AIPA', roleName), path: '/', createdAtMs, roleName });
  }
}
