/** What commands that change things share: dry run, field manager, validation, and the line that says what happened. */
import type { Task } from '../../engine/kernel/task.ts';
import type { Json } from './client/api-client.ts';
import { ApiFailure, CliFailure, fail, failureMessage } from './client/failure.ts';
import { slugKind } from './client/discovery.ts';
import { printerFor } from './printers/output.ts';
import type { Session } from './session.ts';

export type DryRun = 'none' | 'client' | 'server';

/** `--dry-run` as kubectl reads it. @throws CliFailure */
export function* dryRunOf(session: Session): Task<DryRun> {
  const { flags } = session;
  const value = flags.has('dry-run') ? flags.str('dry-run') : 'none';
  if (value === 'none' || value === 'client' || value === 'server') return value;
  if (value === 'unchanged') {
    yield* session.api.log('W', 'helpers.go:719', '--dry-run is deprecated and can be replaced with --dry-run=client.');
    return 'client';
  }
  if (['true', 'True', 'TRUE', 't', 'T', '1'].includes(value)) {
    yield* session.err(`Warning: --dry-run=${value} is deprecated (boolean value) and can be replaced with --dry-run=client.\n`);
    return 'client';
  }
  if (['false', 'False', 'FALSE', 'f', 'F', '0'].includes(value)) {
    yield* session.err(`Warning: --dry-run=${value} is deprecated (boolean value) and can be replaced with --dry-run=none.\n`);
    return 'none';
  }
  return fail(`Invalid dry-run value (${value}). Must be "none", "server", or "client".`);
}

/** Query parameters of a write: field manager, dry run and strictness. @throws CliFailure */
export function writeQuery(session: Session, dryRun: DryRun, options: { validates?: boolean } = {}): Record<string, string> {
  const { flags } = session;
  return {
    ...(dryRun === 'server' && { dryRun: 'All' }),
    ...(flags.has('field-manager') && { fieldManager: flags.str('field-manager') }),
    ...(options.validates !== false && flags.has('validate') && { fieldValidation: strictness(flags.str('validate')) }),
  };
}

function strictness(value: string): string {
  if (value === 'strict' || value === 'true') return 'Strict';
  if (value === 'warn') return 'Warn';
  if (value === 'ignore' || value === 'false') return 'Ignore';
  return fail(`invalid - validate option ${JSON.stringify(value)}; must be one of: strict (or true), warn, ignore (or false)`);
}

/** Says what became of objects: `pod/x created`, or the object itself with `-o`. Made once a command, since YAML counts documents. */
export function outcomePrinter(session: Session, dryRun: DryRun, options: { keepOrder?: boolean } = {}): (object: Json, operation: string) => Task<void> {
  const suffix = dryRun === 'client' ? ' (dry run)' : dryRun === 'server' ? ' (server dry run)' : '';
  const printer = printerFor(session, options);
  return function* print(object, operation) {
    if (printer) { yield* session.out(printer(object)); return; }
    yield* session.out(`${slugOf(object)} ${operation}${suffix}\n`);
  };
}

/** `deployment.apps/web`. */
export function slugOf(object: Json): string {
  const apiVersion = String(object.apiVersion ?? '');
  const group = apiVersion.includes('/') ? apiVersion.split('/')[0]! : '';
  return `${slugKind({ group, kind: String(object.kind ?? '') })}/${String((object.metadata as Json | undefined)?.name ?? '')}`;
}

/** The same failure with the file it came from: `error when creating "web.yaml": …`. */
export function sourced(failure: unknown, verb: string, source: string): unknown {
  if (source === '') return failure;
  if (failure instanceof ApiFailure) {
    return new ApiFailure({ ...failure.status, message: `error when ${verb} ${JSON.stringify(source)}: ${failure.status.message ?? ''}` });
  }
  if (failure instanceof CliFailure) return new CliFailure(`error when ${verb} ${JSON.stringify(source)}: ${failureMessage(failure)}`);
  return failure;
}

export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** What `kubectl apply` notes in the annotation: the object without the annotation itself, on one line. */
export function lastAppliedOf(object: Json, compact: (value: unknown) => string): string {
  const metadata = { ...(object.metadata as Json) };
  const { [LAST_APPLIED]: _, ...annotations } = (metadata.annotations ?? {}) as Json;
  return `${compact({ ...object, metadata: { ...metadata, annotations } })}\n`;
}

/** A copy with one annotation set. */
export function withAnnotation(object: Json, key: string, value: string): Json {
  const metadata = object.metadata as Json;
  return { ...object, metadata: { ...metadata, annotations: { ...(metadata.annotations as Json | undefined), [key]: value } } };
}
