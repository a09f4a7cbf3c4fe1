/** Commands that change a live object: read it, change a copy, send the difference. */
import { cloneJson } from '../../engine/apimachinery/json.ts';
import type { Task } from '../../engine/kernel/task.ts';
import type { AnyObject, Json } from './client/api-client.ts';
import { ManyFailures } from './client/failure.ts';
import { isBuiltIn } from './commands/apply.ts';
import { type DryRun, dryRunOf, outcomePrinter, writeQuery } from './mutation.ts';
import { mergePatch, strategicPatch } from './objects/patches.ts';
import type { Info } from './resource-builder/builder.ts';
import type { Session } from './session.ts';

/** Sends what differs between `before` and `after`; returns the object as it then is, and whether anything was sent. */
export function* sendDifference(session: Session, info: Info, after: Json, dryRun: DryRun): Task<{ object: AnyObject; changed: boolean }> {
  const strategic = isBuiltIn(info);
  const patch = strategic ? strategicPatch(info.type.kind, info.object, after) : mergePatch(info.object, after);
  if (Object.keys(patch).length === 0) return { object: info.object, changed: false };
  if (dryRun === 'client') return { object: after as AnyObject, changed: true };
  const object = yield* session.api.patch(info.type, info.namespace, info.name, strategic ? 'strategic' : 'merge', patch, writeQuery(session, dryRun, { validates: false }));
  return { object, changed: true };
}

/** Changes every object with `edit`, which may throw a failure for one of them; unchanged ones are passed over in silence unless `sayUnchanged`. */
export function* changeAll(
  session: Session, infos: readonly Info[], operation: string, edit: (copy: AnyObject, info: Info) => void, options: { sayUnchanged?: boolean } = {},
): Task<number> {
  const dryRun = yield* dryRunOf(session);
  const local = session.flags.has('local') && session.flags.bool('local');
  const print = outcomePrinter(session, local ? 'none' : dryRun);
  const failures: Error[] = [];
  for (const info of infos) {
    try {
      const copy = cloneJson(info.object) as AnyObject;
      edit(copy, info);
      const { object, changed } = yield* sendDifference(session, info, copy, local ? 'client' : dryRun);
      if (changed || options.sayUnchanged || session.flags.str('output') !== '') yield* print(object, operation);
    } catch (failure) {
      if (!(failure instanceof Error)) throw failure;
      failures.push(failure);
    }
  }
  if (failures.length > 0) throw new ManyFailures(failures);
  return 0;
}

/** The pod spec of a pod or of anything with a pod template; `undefined` for other kinds. */
export function podSpecOf(object: Json): Json | undefined {
  const spec = object.spec as Json | undefined;
  if (object.kind === 'Pod') return spec;
  if (object.kind === 'CronJob') return (((spec?.jobTemplate as Json | undefined)?.spec as Json | undefined)?.template as Json | undefined)?.spec as Json | undefined;
  return (spec?.template as Json | undefined)?.spec as Json | undefined;
}
