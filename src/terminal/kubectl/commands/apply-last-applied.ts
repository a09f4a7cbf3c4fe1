/** `apply view-last-applied`, `set-last-applied`, `edit-last-applied`. */
import type { Json } from '../client/api-client.ts';
import { fail } from '../client/failure.ts';
import { defineCommand } from '../command.ts';
import { compactJson, printJson } from '../objects/json.ts';
import { printYaml } from '../objects/yaml.ts';
import { dryRunOf, LAST_APPLIED, lastAppliedOf, outcomePrinter, withAnnotation, writeQuery } from '../mutation.ts';
import { fileInfos, type Info, selectObjects } from '../resource-builder/builder.ts';

const missing = (name: string): never => fail(`no last-applied-configuration annotation found on resource: ${name}`);

function appliedOf(info: Info): Json | undefined {
  const text = (info.object.metadata.annotations as Record<string, string> | undefined)?.[LAST_APPLIED];
  return text === undefined ? undefined : JSON.parse(text) as Json;
}

export const viewLastApplied = defineCommand({
  path: 'apply view-last-applied',
  *run(session) {
    const output = session.flags.str('output');
    if (output !== 'yaml' && output !== 'json') session.usage(`Unexpected -o output mode: ${output}. Allowed formats are [json, yaml]`);
    const infos = yield* selectObjects(session, { selector: session.flags.str('selector'), all: session.flags.bool('all'), latest: true });
    if (infos.length === 0) yield* session.err(`No resources found in ${session.namespace} namespace.\n`);
    for (const info of infos) {
      const applied = appliedOf(info) ?? missing(info.name);
      yield* session.out(output === 'yaml' ? printYaml(applied) : printJson(applied).replace(/^( {4})+/gm, pad => pad.slice(pad.length / 2)));
    }
    return 0;
  },
});

export const setLastApplied = defineCommand({
  path: 'apply set-last-applied',
  *run(session) {
    if (session.flags.list('filename').length === 0) fail('must specify one of -f and -k');
    const dryRun = yield* dryRunOf(session);
    const print = outcomePrinter(session, dryRun);
    for (const info of yield* fileInfos(session)) {
      const current = yield* session.api.get(info.type, info.namespace, info.name);
      if (appliedOf({ ...info, object: current }) === undefined && !session.flags.bool('create-annotation')) missing(info.name);
      const patch = { metadata: { annotations: { [LAST_APPLIED]: lastAppliedOf(info.object, compactJson) } } };
      const object = dryRun === 'client' ? withAnnotation(current, LAST_APPLIED, patch.metadata.annotations[LAST_APPLIED])
        : yield* session.api.patch(info.type, info.namespace, info.name, 'merge', patch, writeQuery(session, dryRun));
      yield* print(object, 'configured');
    }
    return 0;
  },
});
