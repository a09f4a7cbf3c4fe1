import { pathOf } from '../client/api-client.ts';
import { ApiFailure, fail, ManyFailures } from '../client/failure.ts';
import { defineCommand } from '../command.ts';
import { compactJson } from '../objects/json.ts';
import { dryRunOf, LAST_APPLIED, lastAppliedOf, outcomePrinter, slugOf, sourced, withAnnotation, writeQuery } from '../mutation.ts';
import { fileInfos, fromFiles } from '../resource-builder/builder.ts';
import { awaitEnd } from './delete.ts';

export const replace = defineCommand({
  path: 'replace',
  refused: { raw: 'kubectl replace -f is' },
  *run(session) {
    const { flags } = session;
    if (!fromFiles(session)) fail('must specify --filename to replace');
    const force = flags.bool('force');
    if (flags.int('grace-period') >= 0 && !force) fail('--grace-period must have --force specified');
    if (flags.duration('timeout') !== 0 && !force) fail('--timeout must have --force specified');
    const dryRun = yield* dryRunOf(session);
    const print = outcomePrinter(session, dryRun);
    const failures: Error[] = [];
    for (const info of yield* fileInfos(session, { failures })) {
      const annotated = info.object.metadata.annotations as Record<string, string> | undefined;
      const object = flags.bool('save-config') || annotated?.[LAST_APPLIED] !== undefined
        ? withAnnotation(info.object, LAST_APPLIED, lastAppliedOf(info.object, compactJson)) : info.object;
      try {
        if (dryRun === 'client') { yield* print(object, 'replaced'); continue; }
        if (force) {
          const current = yield* session.api.find(info.type, info.namespace, info.name);
          if (current) {
            const grace = flags.int('grace-period');
            yield* session.api.delete(info.type, info.namespace, info.name, { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Background', ...(grace >= 0 && { gracePeriodSeconds: grace }) });
            yield* session.out(`${slugOf(current).replace(/\/.*$/, '')} ${JSON.stringify(info.name)} deleted${info.namespace === '' ? '' : ` from ${info.namespace} namespace`}\n`);
            yield* awaitEnd(session, [{ info, uid: current.metadata.uid }], failures);
          }
          const made = yield* session.api.json('POST', pathOf(info.type, info.namespace), { body: object, query: writeQuery(session, dryRun) });
          yield* print(made, 'replaced');
          continue;
        }
        const path = pathOf(info.type, info.namespace, info.name, flags.str('subresource'));
        yield* print(yield* session.api.json('PUT', path, { body: object, query: writeQuery(session, dryRun) }), 'replaced');
      } catch (failure) {
        if (!(failure instanceof ApiFailure)) throw failure;
        failures.push(sourced(failure, 'replacing', info.source) as Error);
      }
    }
    if (failures.length > 0) throw new ManyFailures(failures);
    return 0;
  },
});
