import { type Json, pathOf } from '../client/api-client.ts';
import { fail, ManyFailures } from '../client/failure.ts';
import { defineCommand } from '../command.ts';
import { dryRunOf, outcomePrinter } from '../mutation.ts';
import { selectObjects } from '../resource-builder/builder.ts';
import { watchUntil } from '../waiting.ts';

export const scale = defineCommand({
  path: 'scale',
  required: ['replicas'],
  *run(session) {
    const { flags } = session;
    const replicas = flags.int('replicas');
    if (replicas < 0) fail('The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0');
    if (flags.changed('current-replicas') && flags.int('current-replicas') < -1) fail('The --current-replicas must specify an integer of -1 or greater');
    const dryRun = yield* dryRunOf(session);
    const print = outcomePrinter(session, dryRun);
    const failures: Error[] = [];
    const infos = yield* selectObjects(session, { selector: flags.str('selector'), all: flags.bool('all'), latest: true, failures });
    if (infos.length > 1 && flags.str('resource-version') !== '') fail('cannot use --resource-version with multiple resources');
    for (const info of infos) {
      try {
        const expected = flags.int('current-replicas');
        const path = pathOf(info.type, info.namespace, info.name, 'scale');
        const query = { ...(dryRun === 'server' && { dryRun: 'All' }) };
        if (expected !== -1 || flags.str('resource-version') !== '') {
          const current = yield* session.api.json<Json>('GET', path);
          const now = Number((current.spec as Json | undefined)?.replicas ?? 0);
          if (expected !== -1 && now !== expected) fail(`Expected replicas to be ${expected}, was ${now}`);
          const version = String((current.metadata as Json).resourceVersion);
          if (flags.str('resource-version') !== '' && version !== flags.str('resource-version')) fail(`Expected resource version to be ${flags.str('resource-version')}, was ${version}`);
        }
        if (dryRun !== 'client') {
          yield* session.api.json('PATCH', path, { body: { spec: { replicas } }, query, headers: { 'content-type': 'application/merge-patch+json' } });
        }
        if (flags.duration('timeout') > 0 && dryRun === 'none') {
          const end = yield* watchUntil(session, info, session.nowMs + flags.duration('timeout'), object =>
            (object === undefined || (Number((object.status as Json | undefined)?.replicas ?? 0) === replicas
              && Number((object.status as Json | undefined)?.observedGeneration ?? 0) >= Number(object.metadata.generation ?? 0)) ? true : undefined));
          if (end === 'timeout') fail('timed out waiting for the condition');
        }
        yield* print(info.object, 'scaled');
      } catch (failure) {
        if (!(failure instanceof Error)) throw failure;
        failures.push(failure);
      }
    }
    if (failures.length > 0) throw new ManyFailures(failures);
    if (infos.length === 0) fail('no objects passed to scale');
    return 0;
  },
});
