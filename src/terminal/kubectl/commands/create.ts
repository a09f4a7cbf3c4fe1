import { pathOf } from '../client/api-client.ts';
import { fail } from '../client/failure.ts';
import { defineCommand } from '../command.ts';
import { compactJson } from '../objects/json.ts';
import { dryRunOf, LAST_APPLIED, lastAppliedOf, outcomePrinter, sourced, withAnnotation, writeQuery } from '../mutation.ts';
import { fileInfos, fromFiles } from '../resource-builder/builder.ts';
import { ManyFailures } from '../client/failure.ts';

export const create = defineCommand({
  path: 'create',
  refused: { raw: 'kubectl create -f is', edit: 'kubectl create -f, then kubectl edit, is' },
  *run(session) {
    if (!fromFiles(session)) {
      if (session.args.length > 0) session.usage(`Unexpected args: [${session.args.join(' ')}]`);
      fail('must specify one of -f and -k');
    }
    if (session.args.length > 0) session.usage(`Unexpected args: [${session.args.join(' ')}]`);
    const dryRun = yield* dryRunOf(session);
    const print = outcomePrinter(session, dryRun);
    const failures: Error[] = [];
    const infos = yield* fileInfos(session, { selector: session.flags.str('selector'), failures });
    for (const info of infos) {
      const object = session.flags.bool('save-config') ? withAnnotation(info.object, LAST_APPLIED, lastAppliedOf(info.object, compactJson)) : info.object;
      if (dryRun === 'client') { yield* print(object, 'created'); continue; }
      try {
        const made = yield* session.api.json('POST', pathOf(info.type, info.namespace), { body: object, query: writeQuery(session, dryRun) });
        yield* print(made, 'created');
      } catch (failure) {
        failures.push(sourced(failure, 'creating', info.source) as Error);
      }
    }
    if (failures.length > 0) throw new ManyFailures(failures);
    if (infos.length === 0) fail('no objects passed to create');
    return 0;
  },
});
