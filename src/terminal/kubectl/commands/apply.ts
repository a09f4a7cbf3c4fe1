import type { Task } from '../../../engine/kernel/task.ts';
import { type AnyObject, type Json, pathOf } from '../client/api-client.ts';
import { ApiFailure, fail, ManyFailures } from '../client/failure.ts';
import { defineCommand } from '../command.ts';
import { compactJson } from '../objects/json.ts';
import { threeWayMergePatch, threeWayStrategicPatch } from '../objects/patches.ts';
import { type DryRun, dryRunOf, LAST_APPLIED, lastAppliedOf, outcomePrinter, sourced, withAnnotation, writeQuery } from '../mutation.ts';
import { fileInfos, fromFiles, type Info } from '../resource-builder/builder.ts';
import type { Session } from '../session.ts';

export const apply = defineCommand({
  path: 'apply',
  refused: {
    prune: 'kubectl delete -l is the nearest thing', 'prune-allowlist': 'kubectl delete -l is the nearest thing', applyset: 'labels are the nearest thing',
  },
  *run(session) {
    const { flags } = session;
    if (session.args.length > 0) session.usage(`Unexpected args: [${session.args.join(' ')}]`);
    if (!fromFiles(session)) fail('must specify one of -f and -k');
    const dryRun = yield* dryRunOf(session);
    const serverSide = flags.bool('server-side');
    if (flags.bool('force-conflicts') && !serverSide) fail('--force-conflicts only works with --server-side');
    if (dryRun === 'client' && serverSide) fail('--dry-run=client doesn\'t work with --server-side (did you mean --dry-run=server instead?)');
    const print = outcomePrinter(session, dryRun);
    const failures: Error[] = [];
    const infos = yield* fileInfos(session, { selector: flags.str('selector'), failures });
    const done: { object: Json; operation: string }[] = [];
    const showing = flags.str('output') !== '';
    for (const info of infos) {
      try {
        const result = serverSide ? yield* applyOnServer(session, info, dryRun) : yield* applyOne(session, info, dryRun);
        if (showing) done.push(result);
        else yield* print(result.object, result.operation);
      } catch (failure) {
        if (!(failure instanceof Error)) throw failure;
        failures.push(failure);
      }
    }
    if (showing && done.length === 1) yield* print(done[0]!.object, done[0]!.operation);
    else if (showing && done.length > 1) {
      if (flags.str('output') === 'name') for (const { object, operation } of done) yield* print(object, operation);
      else yield* print({ apiVersion: 'v1', items: done.map(({ object }) => object), kind: 'List', metadata: {} }, '');
    }
    if (failures.length > 0) throw new ManyFailures(failures);
    if (infos.length === 0) fail('no objects passed to apply');
    return 0;
  },
});

type Applied = { object: Json; operation: string };

/** Client-side apply of one object. @throws ApiFailure, CliFailure */
export function* applyOne(session: Session, info: Info, dryRun: DryRun): Task<Applied> {
  const { api, flags } = session;
  const lastApplied = lastAppliedOf(info.object, compactJson);
  const modified = withAnnotation(info.object, LAST_APPLIED, lastApplied);
  if (info.name === '') {
    const prefix = (info.object.metadata as { generateName?: string }).generateName;
    if (prefix) fail(`error when creating ${JSON.stringify(info.source)}: from ${prefix}: cannot use generate name with apply`.replace(/^error when.*?: (from .*)$/, '$1'));
  }
  let current: AnyObject | undefined;
  try {
    current = yield* api.find(info.type, info.namespace, info.name);
  } catch (failure) {
    const described = `retrieving current configuration of:\n${infoText(info)}\nfrom server for:`;
    throw failure instanceof ApiFailure
      ? new ApiFailure({ ...failure.status, message: `error when ${described} ${JSON.stringify(info.source)}: ${failure.status.message ?? ''}` }) : failure;
  }
  if (!current) {
    if (dryRun === 'client') return { object: modified, operation: 'created' };
    try {
      const made = yield* api.json('POST', pathOf(info.type, info.namespace), { body: modified, query: writeQuery(session, dryRun) });
      return { object: made, operation: 'created' };
    } catch (failure) {
      throw sourced(failure, 'creating', info.source);
    }
  }
  const annotations = (current.metadata.annotations ?? {}) as Record<string, string>;
  if (annotations[LAST_APPLIED] === undefined && dryRun !== 'client') {
    yield* session.err(`Warning: resource ${info.type.plural}/${info.name} is missing the ${LAST_APPLIED} annotation which is required by kubectl apply. kubectl apply should only be used on resources created declaratively by either kubectl create --save-config or kubectl apply. The missing annotation will be patched automatically.\n`);
  }
  const original = annotations[LAST_APPLIED] === undefined ? {} : JSON.parse(annotations[LAST_APPLIED]) as Json;
  const strategic = isBuiltIn(info);
  const patch = strategic ? threeWayStrategicPatch(info.type.kind, original, modified, current) : threeWayMergePatch(original, modified, current);
  if (dryRun === 'client') return { object: current, operation: 'configured' };
  if (Object.keys(patch).length === 0) return { object: current, operation: 'unchanged' };
  try {
    const patched = yield* api.patch(info.type, info.namespace, info.name, strategic ? 'strategic' : 'merge', patch, writeQuery(session, dryRun));
    const same = patched.metadata.resourceVersion === current.metadata.resourceVersion && dryRun === 'none';
    return { object: patched, operation: same ? 'unchanged' : 'configured' };
  } catch (failure) {
    if (flags.bool('force') && failure instanceof ApiFailure && ['Conflict', 'Invalid'].includes(failure.status.reason ?? '')) {
      return yield* recreate(session, info, modified, dryRun);
    }
    if (!(failure instanceof ApiFailure)) throw failure;
    const inner = `error when patching ${JSON.stringify(info.source)}: ${failure.status.message ?? ''}`;
    const outer = `error when applying patch:\n${compactJson(patch)}\nto:\n${infoText(info)}\nfor: ${JSON.stringify(info.source)}: ${inner}`;
    throw new ApiFailure({ ...failure.status, message: outer });
  }
}

function* recreate(session: Session, info: Info, modified: Json, dryRun: DryRun): Task<Applied> {
  const { api } = session;
  yield* api.delete(info.type, info.namespace, info.name, { kind: 'DeleteOptions', apiVersion: 'v1', gracePeriodSeconds: 0, propagationPolicy: 'Background' });
  for (let tries = 0; tries < 60 && (yield* api.find(info.type, info.namespace, info.name)); tries += 1) yield* session.process.sleep(1000);
  return { object: yield* api.create(info.type, info.namespace, modified, writeQuery(session, dryRun)), operation: 'configured' };
}

/** Whether kubectl has the kind compiled in, and so merges lists by key. */
export function isBuiltIn(info: { type: { group: string } }): boolean {
  return !info.type.group.includes('.') || info.type.group.endsWith('.k8s.io');
}

function infoText(info: Info): string {
  const { type } = info;
  const gv = `${type.group}/${type.version}`;
  return `Resource: ${JSON.stringify(`${gv}, Resource=${type.plural}`)}, GroupVersionKind: ${JSON.stringify(`${gv}, Kind=${type.kind}`)}\nName: ${JSON.stringify(info.name)}, Namespace: ${JSON.stringify(info.namespace)}`;
}

function* applyOnServer(session: Session, info: Info, dryRun: DryRun): Task<Applied> {
  const { flags } = session;
  const manager = flags.changed('field-manager') ? flags.str('field-manager') : 'kubectl';
  const query = { ...writeQuery(session, dryRun), fieldManager: manager, force: String(flags.bool('force-conflicts')) };
  try {
    return { object: yield* session.api.patch(info.type, info.namespace, info.name, 'apply', info.object, query), operation: 'serverside-applied' };
  } catch (failure) {
    if (!(failure instanceof ApiFailure) || failure.status.reason !== 'Conflict') throw failure;
    fail(`${conflictText(failure)}\nPlease review the fields above--they currently have other managers. Here\nare the ways you can resolve this warning:\n`
      + '* If you intend to manage all of these fields, please re-run the apply\n  command with the `--force-conflicts` flag.\n'
      + '* If you do not intend to manage all of the fields, please edit your\n  manifest to remove references to the fields that should keep their\n  current managers.\n'
      + '* You may co-own fields by updating your manifest to match the existing\n  value; in this case, you\'ll become the manager if the other manager(s)\n  stop managing the field (remove it from their configuration).\n'
      + 'See https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts');
  }
}

function conflictText(failure: ApiFailure): string {
  return failure.status.message ?? '';
}
