import type { Json } from '../client/api-client.ts';
import type { PatchKind } from '../client/api-client.ts';
import { ApiFailure, fail, ManyFailures } from '../client/failure.ts';
import { defineCommand } from '../command.ts';
import { dryRunOf, outcomePrinter, writeQuery } from '../mutation.ts';
import { parseYaml } from '../objects/yaml.ts';
import { selectObjects } from '../resource-builder/builder.ts';

const KINDS: readonly PatchKind[] = ['json', 'merge', 'strategic'];

export const patch = defineCommand({
  path: 'patch',
  refused: { local: 'kubectl patch --dry-run=server is the nearest thing' },
  *run(session) {
    const { flags } = session;
    const given = flags.str('patch');
    const file = flags.str('patch-file');
    if (given !== '' && file !== '') fail('cannot specify --patch and --patch-file together');
    if (given === '' && file === '') fail('must specify --patch or --patch-file containing the contents of the patch');
    const kind = flags.str('type').toLowerCase() as PatchKind;
    if (!KINDS.includes(kind)) fail(`--type must be one of [json merge strategic], not ${JSON.stringify(flags.str('type'))}`);
    if (file !== '' && file !== '-' && !session.process.system.files.stat(session.path(file))) fail(`unable to read patch file: open ${file}: no such file or directory`);
    const text = file === '' ? given : file === '-' ? yield* session.process.readAll(0) : session.process.system.files.read(session.path(file));
    const dryRun = yield* dryRunOf(session);
    const parsed = parseYaml(text);
    if (!parsed.ok) fail(`unable to parse ${JSON.stringify(text)}: ${parsed.error}`);
    const body = parsed.values[0] as Json;
    const print = outcomePrinter(session, dryRun);
    const failures: Error[] = [];
    const infos = yield* selectObjects(session, { latest: true, failures });
    for (const info of infos) {
      try {
        if (dryRun === 'client') fail('--dry-run=client is not modelled for patch; --dry-run=server is');
        if (typeof body !== 'object' || body === null) {
          throw new ApiFailure({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', code: 400, reason: 'BadRequest', message: badBody(body) });
        }
        const patched = yield* session.api.patch(info.type, info.namespace, info.name, kind, body, writeQuery(session, dryRun), flags.str('subresource'));
        const changed = patched.metadata.resourceVersion !== info.object.metadata.resourceVersion || dryRun === 'server';
        yield* print({ ...patched, kind: patched.kind ?? info.type.kind }, changed ? 'patched' : 'patched (no change)');
      } catch (failure) {
        if (!(failure instanceof ApiFailure)) throw failure;
        failures.push(failure);
      }
    }
    if (failures.length > 0) throw new ManyFailures(failures);
    if (infos.length === 0) fail(`no objects passed to patch`);
    return 0;
  },
});

const badBody = (body: unknown): string =>
  `error decoding patch: json: cannot unmarshal ${typeof body === 'string' ? 'string' : typeof body} into Go value of type map[string]interface {}`;
