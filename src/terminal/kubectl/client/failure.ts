/**
 * How a command ends early. kubectl leaves from any depth with a message and an exit code; these are the two shapes, thrown
 * by commands and caught once, in `program.ts`.
 */
import type { Status } from '../../../engine/apimachinery/status.ts';

/** The command ends with `code` after printing `message` (if any) on standard error. */
export class CliFailure extends Error {
  constructor(message: string, readonly code = 1, /** Printed without `error: `. */ readonly plain = false) {
    super(message);
  }
}

/** The API server said no. */
export class ApiFailure extends Error {
  constructor(readonly status: Status) {
    super(status.message ?? '');
  }
}

/** The API server could not be reached; the message is complete. */
export class ConnectionFailure extends Error {}

/** Several failures reported together, one a line. */
export class ManyFailures extends Error {
  constructor(readonly failures: readonly Error[]) {
    super(failures.map(failure => failure.message).join(', '));
  }
}

/** Ends the command with a message; `error: ` is put before it as kubectl does. */
export function fail(message: string, code = 1): never {
  throw new CliFailure(message, code);
}

/** A wrong call of a command: the message, then where to find help. */
export function failUsage(path: string, message: string): never {
  throw new CliFailure(`${message}\nSee 'kubectl ${path} -h' for help and examples`);
}

/** Text of a failure for standard error, ending in a line end unless empty. After cmd/util `checkErr`. */
export function failureText(failure: Error): string {
  if (failure instanceof ManyFailures) {
    return failure.failures.map(each => failureText(each)).join('');
  }
  if (failure instanceof ApiFailure) return withNewline(statusText(failure.status));
  if (failure instanceof ConnectionFailure) return withNewline(failure.message);
  if (failure.message === '') return '';
  if (failure instanceof CliFailure && failure.plain) return withNewline(failure.message);
  return withNewline(/^(error: |Error in configuration: |command terminated with exit code )/.test(failure.message) ? failure.message : `error: ${failure.message}`);
}

/** The one-line form used inside other messages. */
export function failureMessage(failure: Error): string {
  if (failure instanceof ApiFailure) return failure.status.message ?? '';
  return failure.message;
}

function statusText(status: Status): string {
  const { reason = '', message = '', details } = status;
  if (reason === 'Invalid' && details) {
    const head = details.name === undefined || details.name === ''
      ? (details.kind ? `The ${details.kind} is invalid` : 'The request is invalid')
      : `The ${details.kind ?? ''} ${JSON.stringify(details.name)} is invalid`;
    const causes = details.causes ?? [];
    if (causes.length === 0) return details.kind === undefined ? `${head}: ${message}` : head;
    const lines = causes.map(cause => (cause.field ? `${cause.field}: ${cause.message ?? ''}` : cause.message ?? ''));
    return lines.length === 1 ? `${head}: ${lines[0]}` : `${head}: \n${lines.map(line => `* ${line}`).join('\n')}`;
  }
  if (reason === 'Unauthorized' as string) return `error: You must be logged in to the server (${message})`;
  return reason === '' ? `Error from server: ${message}` : `Error from server (${reason}): ${message}`;
}

function withNewline(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`;
}
