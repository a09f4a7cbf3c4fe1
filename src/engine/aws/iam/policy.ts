import type { PolicyStatement } from '../foundation.ts';
import { conditionsHold, type ConditionContext } from './conditions.ts';
import { matchesWildcard } from './wildcard.ts';

/** A statement with the elements that only some policies have. */
export interface Statement extends PolicyStatement {
  readonly NotResource?: string | readonly string[];
  readonly NotPrincipal?: unknown;
}

export interface PolicyDocument {
  readonly Version?: string;
  readonly Id?: string;
  readonly Statement: readonly Statement[];
}

/** One call to be judged. */
export interface PolicyRequest {
  readonly action: string;
  readonly resource: string;
  readonly context: ConditionContext;
  /** Names by which statements may mean the caller, for policies with `Principal`. */
  readonly principal?: PrincipalNames;
}

/** `AWS`: ARNs and account ids of the caller; `Service`: `ec2.amazonaws.com`; `Federated`: an identity provider's ARN. */
export interface PrincipalNames { readonly AWS?: readonly string[]; readonly Service?: readonly string[]; readonly Federated?: readonly string[] }

export type Verdict = 'allow' | 'deny' | 'none';

export const documentOf = (statements: readonly Statement[]): PolicyDocument => ({ Version: '2012-10-17', Statement: statements });

/** What these documents together say: an explicit deny wins, without an allow there is none. */
export function verdictOf(documents: readonly PolicyDocument[], request: PolicyRequest): Verdict {
  let allowed = false;
  for (const { Statement: statements } of documents) for (const statement of [statements].flat()) {
    if (statement.Effect === 'Allow' && allowed) continue;
    if (!applies(statement, request)) continue;
    if (statement.Effect === 'Deny') return 'deny';
    allowed = true;
  }
  return allowed ? 'allow' : 'none';
}

/** Whether a statement speaks about the request. */
export function applies(statement: Statement, { action, resource, context, principal }: PolicyRequest): boolean {
  const actionMatches = statement.NotAction === undefined ? some(statement.Action, entry => matchesWildcard(entry, action, true)) : !some(statement.NotAction, entry => matchesWildcard(entry, action, true));
  if (!actionMatches) return false;
  if (principal) {
    const meant = statement.NotPrincipal === undefined ? meansCaller(statement.Principal, principal) : !meansCaller(statement.NotPrincipal, principal);
    if (!meant) return false;
  }
  if (statement.NotResource !== undefined ? some(statement.NotResource, entry => matchesResource(entry, resource)) : statement.Resource !== undefined && !some(statement.Resource, entry => matchesResource(entry, resource))) return false;
  return statement.Condition === undefined || conditionsHold(statement.Condition, context);
}

/** A call on `*` (no single resource) is only met by statements about everything. */
const matchesResource = (pattern: string, resource: string): boolean => resource === '*' ? pattern === '*' : matchesWildcard(pattern, resource);

const some = (value: string | readonly string[] | undefined, test: (entry: string) => boolean): boolean => (typeof value === 'string' ? [value] : value ?? []).some(test);

function meansCaller(principal: unknown, names: PrincipalNames): boolean {
  if (principal === '*') return true;
  if (typeof principal !== 'object' || principal === null) return false;
  return Object.entries(principal as Record<string, string | readonly string[]>).some(([type, values]) =>
    some(values, value => value === '*' ? type === 'AWS' : (names[type as keyof PrincipalNames] ?? []).includes(value)));
}
