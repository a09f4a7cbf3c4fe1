import type { AnyObject, Json } from '../client/api-client.ts';
import { pathOf } from '../client/api-client.ts';
import { ApiFailure, CliFailure, fail } from '../client/failure.ts';
import { defineCommand } from '../command.ts';
import { compactJson } from '../objects/json.ts';
import { unifiedDiff } from '../objects/line-diff.ts';
import { threeWayMergePatch, threeWayStrategicPatch } from '../objects/patches.ts';
import { LAST_APPLIED, lastAppliedOf, sourced, withAnnotation } from '../mutation.ts';
import { printYaml } from '../objects/yaml.ts';
import { withoutManagedFields } from '../printers/output.ts';
import { fileInfos, fromFiles } from '../resource-builder/builder.ts';
import { rfc3339Micro } from '../../../engine/kernel/calendar.ts';
import { isBuiltIn } from './apply.ts';

export const diff = defineCommand({
  path: 'diff',
  refused: { prune: 'kubectl get -l is', 'prune-allowlist': 'kubectl get -l is' },
  *run(session) {
    if (session.args.length > 0) session.usage(`Unexpected args: [${session.args.join(' ')}]`);
    if (!fromFiles(session)) fail('must specify one of -f and -k');
    let found = false;
    const stamp = rfc3339Micro(session.nowMs).replace('T', ' ').replace('Z', '000 +0000');
    const suffix = session.process.kernel.random.below(4_000_000_000);
    for (const info of yield* fileInfos(session, { selector: session.flags.str('selector') })) {
      const live = yield* session.api.find(info.type, info.namespace, info.name);
      let merged: AnyObject;
      try {
        const modified = withAnnotation(info.object, LAST_APPLIED, lastAppliedOf(info.object, compactJson));
        const query = { dryRun: 'All', fieldManager: session.flags.str('field-manager') };
        if (!live) merged = yield* session.api.json('POST', pathOf(info.type, info.namespace), { body: modified, query });
        else {
          const noted = (live.metadata.annotations as Record<string, string> | undefined)?.[LAST_APPLIED];
          const original = noted === undefined ? {} : JSON.parse(noted) as Json;
          const strategic = isBuiltIn(info);
          const patch = strategic ? threeWayStrategicPatch(info.type.kind, original, modified, live) : threeWayMergePatch(original, modified, live);
          merged = yield* session.api.patch(info.type, info.namespace, info.name, strategic ? 'strategic' : 'merge', patch, query);
        }
      } catch (failure) {
        if (failure instanceof ApiFailure) throw sourced(failure, 'diffing', '') as Error;
        throw failure;
      }
      const [group] = info.type.group === '' ? [''] : [`${info.type.group}.`];
      const file = `${group}${info.type.version}.${info.type.kind}.${info.namespace}.${info.name}`;
      const before = live ? printYaml(shown(live)) : '';
      const after = printYaml(shown(merged));
      const text = unifiedDiff(before, after);
      if (text === '') continue;
      found = true;
      const [left, right] = [`/tmp/LIVE-${suffix}/${file}`, `/tmp/MERGED-${suffix}/${file}`];
      yield* session.out(`diff -u -N ${left} ${right}\n--- ${left}\t${stamp}\n+++ ${right}\t${stamp}\n${text}`);
    }
    if (found) throw new CliFailure('', 1);
    return 0;
  },
});

/** The object as it is compared: without managed fields and without apply's own note. */
function shown(object: AnyObject): Json {
  const stripped = withoutManagedFields(object) as AnyObject;
  const { [LAST_APPLIED]: _, ...annotations } = (stripped.metadata.annotations ?? {}) as Record<string, string>;
  const { annotations: __, ...metadata } = stripped.metadata as unknown as Json;
  return { ...stripped, metadata: { ...metadata, ...(Object.keys(annotations).length > 0 && { annotations }) } };
}
