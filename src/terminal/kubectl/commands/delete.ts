import type { Task } from '../../../engine/kernel/task.ts';
import { type Json, pathOf } from '../client/api-client.ts';
import { slugKind } from '../client/discovery.ts';
import { ApiFailure, fail, ManyFailures } from '../client/failure.ts';
import { defineCommand } from '../command.ts';
import { dryRunOf, sourced } from '../mutation.ts';
import { type Info, selectObjects } from '../resource-builder/builder.ts';
import type { Session } from '../session.ts';
import { watchUntil } from '../waiting.ts';

const DAY_MS = 86_400_000;

export const del = defineCommand({
  path: 'delete',
  refused: { raw: 'kubectl delete TYPE NAME is', interactive: 'a plain kubectl delete is' },
  *run(session) {
    const { flags } = session;
    const dryRun = yield* dryRunOf(session);
    if (flags.bool('all') && flags.str('selector') !== '') fail("setting 'all' parameter but found a non empty selector. ");
    if (flags.bool('all') && flags.str('field-selector') !== '') fail('cannot set --all and --field-selector at the same time');
    const grace = graceOf(session);
    if (flags.bool('force') && grace === 0) {
      yield* session.err('Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely.\n');
    }
    const cascade = cascadeOf(flags.str('cascade'));
    const ignore = flags.bool('ignore-not-found') || flags.bool('all') || flags.str('selector') !== '' || flags.str('field-selector') !== '';
    const failures: Error[] = [];
    const infos = yield* selectObjects(session, {
      selector: flags.str('selector'), fieldSelector: flags.str('field-selector'), all: flags.bool('all'), allNamespaces: flags.bool('all-namespaces'),
      namesOnly: true, failures,
    });
    const deleted = yield* deleteAll(session, infos, { dryRun: dryRun !== 'none', grace, cascade, ignore, suffix: SUFFIX[dryRun] }, failures, dryRun);
    if (infos.length === 0 && failures.length === 0) yield* session.out('No resources found\n');
    if (flags.bool('wait') && dryRun === 'none') yield* awaitEnd(session, deleted, failures);
    if (failures.length > 0) throw new ManyFailures(failures);
    return 0;
  },
});

const SUFFIX = { none: '', client: ' (dry run)', server: ' (server dry run)' } as const;

function graceOf(session: Session): number {
  const { flags } = session;
  let grace = flags.int('grace-period');
  if (flags.bool('now')) {
    if (grace !== -1) fail('--now and --grace-period cannot be specified together');
    grace = 1;
  }
  if (flags.bool('force') && grace > 0) fail('--force and --grace-period greater than 0 cannot be specified together');
  if (flags.bool('force') && grace < 0) return 0;
  return grace === 0 && !flags.bool('force') ? 1 : grace;
}

function cascadeOf(value: string): string {
  const policy = { background: 'Background', foreground: 'Foreground', orphan: 'Orphan', true: 'Background', false: 'Orphan' }[value];
  return policy ?? fail(`invalid cascade value (${value}). Must be "background", "foreground", or "orphan"`);
}

interface How { readonly dryRun: boolean; readonly grace: number; readonly cascade: string; readonly ignore: boolean; readonly suffix: string }

function* deleteAll(session: Session, infos: readonly Info[], how: How, failures: Error[], dryRun: string): Task<{ info: Info; uid: string }[]> {
  const short = session.flags.str('output') === 'name';
  if (!short && session.flags.str('output') !== '') fail(`unexpected -o output mode: ${session.flags.str('output')}. We only support '-o name'`);
  const deleted: { info: Info; uid: string }[] = [];
  let warned = false;
  for (const info of infos) {
    if (!info.type.namespaced && session.namespaceEnforced && !warned) {
      warned = true;
      yield* session.err('Warning: deleting cluster-scoped resources, not scoped to the provided namespace\n');
    }
    let uid = '';
    if (dryRun !== 'client') {
      try {
        const body = {
          kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: how.cascade, ...(how.grace >= 0 && { gracePeriodSeconds: how.grace }),
          ...(dryRun === 'server' && { dryRun: ['All'] }),
        };
        const answer = yield* session.api.json<Json>('DELETE', pathOf(info.type, info.namespace, info.name), { body });
        uid = String(((answer.details ?? answer.metadata) as Json | undefined)?.uid ?? '');
      } catch (failure) {
        if (how.ignore && failure instanceof ApiFailure && failure.status.reason === 'NotFound') continue;
        const shown = sourced(failure, 'deleting', info.source);
        if (!(shown instanceof Error) || !(failure instanceof ApiFailure)) throw failure;
        failures.push(shown);
        continue;
      }
    }
    deleted.push({ info, uid });
    if (short) yield* session.out(`${slugKind(info.type)}/${info.name}\n`);
    else {
      const verb = how.grace === 0 ? 'force deleted' : 'deleted';
      const place = info.namespace === '' ? '' : ` from ${info.namespace} namespace`;
      yield* session.out(`${slugKind(info.type)} ${JSON.stringify(info.name)} ${verb}${place}${how.suffix}\n`);
    }
  }
  return deleted;
}

/** Until each object is gone, or another of the same name has taken its place. */
export function* awaitEnd(session: Session, deleted: readonly { info: Info; uid: string }[], failures: Error[]): Task<void> {
  const timeoutMs = session.flags.duration('timeout');
  const deadlineMs = session.nowMs + (timeoutMs === 0 ? 7 * DAY_MS : timeoutMs);
  for (const { info, uid } of deleted) {
    try {
      const end = yield* watchUntil(session, info, deadlineMs, object => (object === undefined || (uid !== '' && object.metadata.uid !== uid) ? true : undefined));
      if (end === 'timeout') failures.push(new Error(`timed out waiting for the condition on ${info.type.plural}/${info.name}`));
    } catch (failure) {
      if (!(failure instanceof ApiFailure)) throw failure;
      failures.push(failure);
    }
  }
}
