/** IAM's refusals. Messages as real responses show them; status codes from the API reference. */
import { awsError } from '../contract.ts';

export const noSuchRole = (name: string) => awsError('NoSuchEntity', `The role with name ${name} cannot be found.`, 404);
export const noSuchPolicy = (arn: string) => awsError('NoSuchEntity', `Policy ${arn} was not found.`, 404);
export const notAttachable = (arn: string) => awsError('NoSuchEntity', `Policy ${arn} does not exist or is not attachable.`, 404);
export const noSuchVersion = (arn: string, version: string) => awsError('NoSuchEntity', `Policy ${arn} version ${version} does not exist or is not attachable.`, 404);
export const noSuchRolePolicy = (name: string) => awsError('NoSuchEntity', `The role policy with name ${name} cannot be found.`, 404);
export const noSuchProfile = (name: string) => awsError('NoSuchEntity', `Instance Profile ${name} cannot be found.`, 404);
export const alreadyExists = (message: string) => awsError('EntityAlreadyExists', message, 409);
export const conflict = (message: string) => awsError('DeleteConflict', message, 409);
export const overQuota = (quota: string, limit: number) => awsError('LimitExceeded', `Cannot exceed quota for ${quota}: ${limit}`, 409);
export const invalid = (message: string) => awsError('ValidationError', message, 400);

/** The pattern of names, as the API's own validation words it. */
export function badName(member: string, value: string, longest: number): ReturnType<typeof awsError> | undefined {
  if (!/^[\w+=,.@-]+$/.test(value)) return invalid(`The specified value for ${member} is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-`);
  if (value.length > longest) return invalid(`1 validation error detected: Value at '${member}' failed to satisfy constraint: Member must have length less than or equal to ${longest}`);
  return undefined;
}
