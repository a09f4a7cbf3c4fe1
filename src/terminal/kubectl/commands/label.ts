/** `label` and `annotate`: the same command over two maps of the metadata. */
import type { Task } from '../../../engine/kernel/task.ts';
import type { AnyObject, Json } from '../client/api-client.ts';
import { ApiFailure, fail, ManyFailures } from '../client/failure.ts';
import { slugKind } from '../client/discovery.ts';
import { type Command, defineCommand } from '../command.ts';
import { dryRunOf, outcomePrinter, writeQuery } from '../mutation.ts';
import { deepEqual } from '../objects/deep-equal.ts';
import { mergePatch } from '../objects/patches.ts';
import { labelKeyProblems, labelValueProblem } from '../objects/names.ts';
import { fromFiles, selectObjects } from '../resource-builder/builder.ts';
import type { Session } from '../session.ts';

interface Change { readonly set: Record<string, string>; readonly remove: readonly string[] }
interface Kind { readonly field: 'labels' | 'annotations'; readonly noun: string; readonly flag: string; readonly done: string; readonly removed: string; readonly not: string }

const LABELS: Kind = { field: 'labels', noun: 'label', flag: 'label', done: 'labeled', removed: 'unlabeled', not: 'not labeled' };
const ANNOTATIONS: Kind = { field: 'annotations', noun: 'annotation', flag: 'annotate', done: 'annotated', removed: 'annotated', not: 'annotated' };

export const label: Command = defineCommand({ path: 'label', *run(session) { return yield* change(session, LABELS); } });
export const annotate: Command = defineCommand({ path: 'annotate', *run(session) { return yield* change(session, ANNOTATIONS); } });

/** `key=value` and `key-` words apart from the resources before them. */
export function splitPairs(args: readonly string[], noun: string): { resources: string[]; pairs: string[] } {
  const resources: string[] = [];
  const pairs: string[] = [];
  for (const arg of args) {
    const isPair = arg.includes('=') || arg.endsWith('-');
    if (isPair) pairs.push(arg);
    else if (pairs.length > 0) fail(`all resources must be specified before ${noun} changes: ${arg}`);
    else resources.push(arg);
  }
  return { resources, pairs };
}

function parsePairs(kind: Kind, pairs: readonly string[]): Change {
  const set: Record<string, string> = {};
  const remove: string[] = [];
  for (const pair of pairs) {
    const equals = pair.indexOf('=');
    if (equals < 0) { remove.push(pair.slice(0, -1)); continue; }
    const key = pair.slice(0, equals);
    const value = pair.slice(equals + 1);
    if (kind.field === 'labels') {
      const problem = labelValueProblem(value);
      if (problem) fail(`invalid label value: ${JSON.stringify(pair)}: ${problem}`);
    }
    set[key] = value;
  }
  for (const key of remove) {
    if (set[key] !== undefined) fail(`can not both modify and remove ${kind.field === 'labels' ? 'a label' : 'an annotation'} in the same command`);
  }
  return { set, remove };
}

function* change(session: Session, kind: Kind): Task<number> {
  const { flags } = session;
  const { resources, pairs } = splitPairs(session.args, kind.noun);
  const selector = flags.str('selector');
  if (flags.bool('all') && selector !== '') fail('cannot set --all and --selector at the same time');
  if (flags.bool('all') && flags.str('field-selector') !== '') fail('cannot set --all and --field-selector at the same time');
  if (resources.length < 1 && !fromFiles(session)) fail('one or more resources must be specified as <resource> <name> or <resource>/<name>');
  if (pairs.length < 1 && !flags.bool('list')) fail(`at least one ${kind.noun} update is required`);
  const { set, remove } = parsePairs(kind, pairs);
  const dryRun = yield* dryRunOf(session);
  const print = outcomePrinter(session, dryRun);
  const failures: Error[] = [];
  const infos = yield* selectObjects(session, {
    args: resources, selector, fieldSelector: flags.str('field-selector'), all: flags.bool('all'), allNamespaces: flags.bool('all-namespaces'), failures, latest: !flags.bool('local'),
  });
  for (const info of infos) {
    const before = (info.object.metadata[kind.field] ?? {}) as Record<string, string>;
    if (flags.bool('list')) {
      if (infos.length > 1) yield* session.out(`Listing ${kind.field} for ${slugKind(info.type)}/${info.name}:\n`);
      for (const key of Object.keys(before).sort()) yield* session.out(`${infos.length > 1 ? ' ' : ''}${key}=${before[key]}\n`);
      continue;
    }
    try {
      checkOverwrites(session, kind, before, set);
      const after: Record<string, string> = { ...before, ...set };
      for (const key of remove) {
        if (kind.field === 'labels' && before[key] === undefined) yield* session.out(`label ${JSON.stringify(key)} not found.\n`);
        delete after[key];
      }
      if (kind.field === 'labels') {
        for (const key of Object.keys(set)) {
          const problems = labelKeyProblems(key);
          if (problems.length > 0) throw invalidLabel(info.type.kind, info.name, key, problems);
        }
      }
      const object = { ...info.object, metadata: { ...info.object.metadata, [kind.field]: after } } as AnyObject;
      const patch = mergePatch(info.object, object as Json);
      const operation = outcome(kind, info.object.metadata[kind.field] as Record<string, string> | undefined, after);
      if (dryRun === 'client' || flags.bool('local') || Object.keys(patch).length === 0) { yield* print(object, operation); continue; }
      yield* print(yield* session.api.patch(info.type, info.namespace, info.name, 'merge', patch, writeQuery(session, dryRun)), operation);
    } catch (failure) {
      if (!(failure instanceof Error)) throw failure;
      failures.push(failure);
    }
  }
  if (failures.length > 0) throw new ManyFailures(failures);
  if (infos.length === 0) yield* session.err('No resources found\n');
  return 0;
}

function checkOverwrites(session: Session, kind: Kind, before: Record<string, string>, set: Record<string, string>): void {
  if (session.flags.bool('overwrite')) return;
  const problems = Object.keys(set).filter(key => before[key] !== undefined && (kind.field === 'annotations' || before[key] !== set[key]))
    .map(key => (kind.field === 'labels' ? `'${key}' already has a value (${before[key]}), and --overwrite is false`
      : `--overwrite is false but found the following declared annotation(s): '${key}' already has a value (${before[key]})`));
  if (problems.length === 0) return;
  fail(problems.length === 1 ? problems[0]! : `[${problems.join(', ')}]`);
}

/** Compares what was written before and after, as kubectl does: an empty map is a change to none. */
function outcome(kind: Kind, before: Record<string, string> | undefined, after: Record<string, string>): string {
  if (kind.field === 'annotations') return kind.done;
  if (before && deepEqual(before, after)) return kind.not;
  return JSON.stringify(after).length < JSON.stringify(before ?? '').length ? kind.removed : kind.done;
}

function invalidLabel(objectKind: string, name: string, key: string, problems: readonly string[]): ApiFailure {
  const message = problems.map(problem => `Invalid value: ${JSON.stringify(key)}: ${problem}`).join('');
  return new ApiFailure({
    kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', code: 422, reason: 'Invalid',
    message: `${objectKind} ${JSON.stringify(name)} is invalid: metadata.labels: ${message}`,
    details: { name, kind: objectKind, causes: problems.map(problem => ({ field: 'metadata.labels', message: `Invalid value: ${JSON.stringify(key)}: ${problem}` })) },
  });
}
