/** The API server's refusals, in upstream's words. */
import { causeReason, joinProblems, type FieldProblem } from '../apimachinery/field-problem.ts';
import { refuse, type Refusal, type StatusDetails } from '../apimachinery/status.ts';

/** Names a resource in messages: `deployments.apps`, `pods`. */
export const groupResource = (group: string, resource: string): string => (group === '' ? resource : `${resource}.${group}`);

const details = (group: string, kind: string, name: string): StatusDetails => ({
  ...(name !== '' && { name }), ...(group !== '' && { group }), kind,
});

export const notFoundError = (group: string, resource: string, name: string): Refusal =>
  refuse(404, 'NotFound', `${groupResource(group, resource)} "${name}" not found`, details(group, resource, name));

export const alreadyExists = (group: string, resource: string, name: string): Refusal =>
  refuse(409, 'AlreadyExists', `${groupResource(group, resource)} "${name}" already exists`, details(group, resource, name));

export const conflict = (group: string, resource: string, name: string, cause: string): Refusal =>
  refuse(409, 'Conflict', `Operation cannot be fulfilled on ${groupResource(group, resource)} "${name}": ${cause}`, details(group, resource, name));

/** The text of a lost race for a resourceVersion. */
export const MODIFIED = 'the object has been modified; please apply your changes to the latest version and try again';

export const badRequest = (message: string): Refusal => refuse(400, 'BadRequest', message);

export const forbiddenError = (group: string, resource: string, name: string, cause: string): Refusal =>
  refuse(403, 'Forbidden', name === ''
    ? `${groupResource(group, resource)} is forbidden: ${cause}`
    : `${groupResource(group, resource)} "${name}" is forbidden: ${cause}`, details(group, resource, name));

export const resourceNotFound = (): Refusal =>
  refuse(404, 'NotFound', 'the server could not find the requested resource', {});

export const methodNotAllowed = (): Refusal =>
  refuse(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {});

/** Validation failed: `Deployment.apps "web" is invalid: …`. */
export function invalidError(group: string, kind: string, name: string, problems: readonly FieldProblem[]): Refusal {
  const subject = groupResource(group, kind);
  return refuse(422, 'Invalid', `${subject} "${name}" is invalid: ${joinProblems(problems)}`, {
    ...details(group, kind, name),
    causes: problems.map(problem => ({ reason: causeReason(problem), message: problem.message, field: problem.field })),
  });
}

/** `dryRun=All` and friends that this server does not know. */
export const expired = (message: string): Refusal => refuse(410, 'Expired', message);

export const tooManyRequests = (message: string, retryAfterSeconds: number, causes: StatusDetails['causes']): Refusal =>
  refuse(429, 'TooManyRequests', message, { ...(causes && { causes }), ...(retryAfterSeconds > 0 && { retryAfterSeconds }) });
