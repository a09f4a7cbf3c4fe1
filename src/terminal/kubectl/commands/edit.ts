import type { Task } from '../../../engine/kernel/task.ts';
import { changeText } from '../editing.ts';
import type { AnyObject, Json } from '../client/api-client.ts';
import { ApiFailure, fail } from '../client/failure.ts';
import { slugKind, slugResource } from '../client/discovery.ts';
import { defineCommand } from '../command.ts';
import { mergePatch, strategicPatch } from '../objects/patches.ts';
import { parseYaml, printYaml } from '../objects/yaml.ts';
import { deepEqual } from '../objects/deep-equal.ts';
import { writeQuery } from '../mutation.ts';
import { withoutManagedFields } from '../printers/output.ts';
import { fromFiles, type Info, NO_RESOURCES, selectObjects } from '../resource-builder/builder.ts';
import type { Session } from '../session.ts';
import { isBuiltIn } from './apply.ts';

const HEADER = '# Please edit the object below. Lines beginning with a \'#\' will be ignored,\n'
  + '# and an empty file will abort the edit. If an error occurs while saving this file will be\n# reopened with the relevant failures.\n#\n';

export const edit = defineCommand({
  path: 'edit',
  refused: { 'output-patch': 'kubectl diff is', 'windows-line-endings': 'plain line ends are' },
  *run(session) {
    if (session.args.length === 0 && !fromFiles(session)) fail(NO_RESOURCES);
    const infos = yield* selectObjects(session, { latest: true, bareTypeIsAll: true });
    if (infos.length === 0) fail('no objects found');
    for (const info of infos) yield* editOne(session, info);
    return 0;
  },
});

/** Opens, reads back, sends; opens again with the refusal on top until it is accepted or left alone. */
function* editOne(session: Session, info: Info): Task<void> {
  const original = withoutManagedFields(info.object) as AnyObject;
  const plain = printYaml(original);
  let shown = `${HEADER}${plain}`;
  let refused = false;
  for (;;) {
    const name = `/tmp/kubectl-edit-${session.process.kernel.random.nameSuffix(10)}.yaml`;
    const text = yield* changeText(session, name, shown);
    const body = withoutComments(text);
    if (body.trim() === '') { yield* session.err('Edit cancelled, saved file was empty.\n'); return; }
    if (text === shown || body === plain) {
      if (!refused) { yield* session.err('Edit cancelled, no changes made.\n'); return; }
      const kept = `/tmp/kubectl-edit-${session.process.kernel.random.below(4_000_000_000)}.yaml`;
      session.process.system.files.write(kept, text);
      yield* session.err(`A copy of your changes has been stored to ${JSON.stringify(kept)}\n`);
      fail('Edit cancelled, no valid changes were saved.');
    }
    const parsed = parseYaml(body);
    if (!parsed.ok) {
      refused = true;
      shown = `${HEADER}# The edited file had a syntax error: error parsing edited-file: error converting YAML to JSON: ${parsed.error}\n#\n${body}`;
      continue;
    }
    const edited = parsed.values[0] as Json;
    if (deepEqual(edited, original)) { yield* session.err('Edit cancelled, no changes made.\n'); return; }
    const refusal = yield* send(session, info, original, edited);
    if (refusal === undefined) return;
    refused = true;
    shown = `${HEADER}${refusal.map(line => `# ${line}\n`).join('')}#\n${body}`;
    yield* session.err(`error: ${slugResource(info.type)} ${JSON.stringify(info.name)} ${refusal.length > 0 && refusal[0]!.includes('not valid') ? 'is invalid' : 'could not be patched'}\n`);
  }
}

/** Sends the difference. Returns the lines to show when it is refused. */
function* send(session: Session, info: Info, original: AnyObject, edited: Json): Task<string[] | undefined> {
  const metadata = edited.metadata as Json | undefined;
  if (edited.kind !== original.kind || edited.apiVersion !== original.apiVersion || metadata?.name !== original.metadata.name) {
    fail(`At least one of apiVersion, kind and name was changed`);
  }
  const strategic = isBuiltIn(info);
  const patch = strategic ? strategicPatch(info.type.kind, original, edited) : mergePatch(original, edited);
  try {
    const query = writeQuery(session, 'none');
    yield* session.api.patch(info.type, info.namespace, info.name, strategic ? 'strategic' : 'merge', patch, query, session.flags.str('subresource'));
    yield* session.out(`${slugKind(info.type)}/${info.name} edited\n`);
    return undefined;
  } catch (failure) {
    if (!(failure instanceof ApiFailure)) throw failure;
    const { reason, details, message = '' } = failure.status;
    if (reason !== 'Invalid') return [`${slugResource(info.type)} ${JSON.stringify(info.name)} was not valid:`, `* ${message}`];
    return [`${slugResource(info.type)} ${JSON.stringify(info.name)} was not valid:`, ...(details?.causes ?? []).map(cause => `* ${cause.field ?? ''}: ${cause.message ?? ''}`)];
  }
}

function withoutComments(text: string): string {
  return text.split('\n').filter(line => !line.startsWith('#')).join('\n');
}
