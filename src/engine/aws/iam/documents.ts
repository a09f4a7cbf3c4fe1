/**
 * Reading a policy document that somebody wrote. Messages: IAM's own (`MalformedPolicyDocument`), as public transcripts and
 * client libraries' tests show them.
 */
import { isObject } from '../../apimachinery/json.ts';
import { awsError } from '../contract.ts';
import { isConditionOperator } from './conditions.ts';
import type { PolicyDocument, Statement } from './policy.ts';

export type DocumentUse = 'identity' | 'trust' | 'resource';

type Refusal = ReturnType<typeof awsError>;

const malformed = (message: string): Refusal => awsError('MalformedPolicyDocument', message, 400);

const ELEMENTS = new Set(['Sid', 'Effect', 'Action', 'NotAction', 'Resource', 'NotResource', 'Principal', 'NotPrincipal', 'Condition']);
const SERVICE_PRINCIPAL = /^[a-z0-9-]+(\.[a-z0-9-]+)*\.amazonaws\.com(\.cn)?$/;

/** Reads and checks a document. @param value the JSON text, or what a client has parsed already */
export function readDocument(value: unknown, use: DocumentUse): { readonly ok: true; readonly document: PolicyDocument } | Refusal {
  let parsed = value;
  if (typeof value === 'string') {
    try {
      parsed = JSON.parse(value);
    } catch {
      return malformed(use === 'trust' ? 'This policy contains invalid Json' : 'Syntax errors in policy.');
    }
  }
  if (!isObject(parsed)) return malformed('Syntax errors in policy.');
  const { Version, Statement: statements } = parsed;
  if (Object.keys(parsed).some(key => !['Version', 'Id', 'Statement'].includes(key))) return malformed('Syntax errors in policy.');
  if (Version !== undefined && Version !== '2012-10-17' && Version !== '2008-10-17') return malformed('Syntax errors in policy.');
  const list: unknown[] = Array.isArray(statements) ? statements : [statements];
  if (statements === undefined || list.length === 0) return malformed('Syntax errors in policy.');
  for (const statement of list) {
    const problem = isObject(statement) ? problemOf(statement, use) : 'Syntax errors in policy.';
    if (problem) return malformed(problem);
  }
  return { ok: true, document: parsed as unknown as PolicyDocument };
}

function problemOf(statement: Record<string, unknown>, use: DocumentUse): string | undefined {
  if (Object.keys(statement).some(key => !ELEMENTS.has(key)) || (statement['Effect'] !== 'Allow' && statement['Effect'] !== 'Deny')) return 'Syntax errors in policy.';
  const actions = statement['Action'] ?? statement['NotAction'];
  if (actions === undefined) return 'Policy statement must contain actions.';
  for (const action of [actions].flat() as unknown[]) {
    if (typeof action !== 'string') return 'Syntax errors in policy.';
    if (action === '*') continue;
    if (!action.includes(':')) return 'Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.';
    if (!/^[a-zA-Z0-9-]+$/.test(action.split(':')[0]!)) return `Vendor ${action.split(':')[0]} is not valid`;
  }
  const resources = statement['Resource'] ?? statement['NotResource'];
  if (use === 'trust') {
    if (resources !== undefined) return 'Has prohibited field Resource';
    if (statement['Principal'] === undefined && statement['NotPrincipal'] === undefined) return 'Missing required field Principal';
    const bad = badPrincipal(statement['Principal']);
    if (bad) return `Invalid principal in policy: ${bad}`;
    if (([actions].flat() as string[]).some(action => action !== '*' && !action.toLowerCase().startsWith('sts:'))) return 'AssumeRole policy may only specify STS AssumeRole actions.';
  } else if (use === 'identity') {
    if (statement['Principal'] !== undefined || statement['NotPrincipal'] !== undefined) return 'Policy document should not specify a principal.';
    if (resources === undefined) return 'Policy statement must contain resources.';
    for (const resource of [resources].flat() as unknown[]) {
      if (typeof resource !== 'string') return 'Syntax errors in policy.';
      if (resource !== '*' && !resource.startsWith('arn:')) return `Resource ${resource} must be in ARN format or "*".`;
    }
  }
  const conditions = statement['Condition'];
  if (conditions === undefined) return undefined;
  if (!isObject(conditions)) return 'Syntax errors in policy.';
  const unknown = Object.keys(conditions).find(operator => !isConditionOperator(operator));
  return unknown === undefined ? undefined : `Invalid Condition type : ${unknown}.`;
}

function badPrincipal(principal: unknown): string | undefined {
  if (principal === '*' || principal === undefined) return undefined;
  if (!isObject(principal)) return `"${String(principal)}"`;
  for (const [type, values] of Object.entries(principal)) for (const value of [values].flat() as unknown[]) {
    const text = String(value);
    const fits = type === 'Service' ? SERVICE_PRINCIPAL.test(text) : type === 'AWS' ? text === '*' || /^(\d{12}|arn:aws:(iam|sts)::\d{12}:.+)$/.test(text) : type === 'Federated';
    if (!fits) return `"${type.toUpperCase()}":"${text}"`;
  }
  return undefined;
}

/** Characters that count for the quotas: without white space. */
export const sizeOf = (document: PolicyDocument): number => JSON.stringify(document).length;

/** Statements, whether one or a list was written. */
export const statementsOf = (policy: PolicyDocument): readonly Statement[] => [policy.Statement].flat();
