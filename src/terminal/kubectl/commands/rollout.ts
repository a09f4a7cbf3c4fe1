/** `rollout status|history|undo|restart|pause|resume`. */
import { rfc3339 } from '../../../engine/kernel/calendar.ts';
import type { Task } from '../../../engine/kernel/task.ts';
import type { AnyObject, Json } from '../client/api-client.ts';
import { slugKind, slugResource } from '../client/discovery.ts';
import { fail, ManyFailures } from '../client/failure.ts';
import { type Command, defineCommand } from '../command.ts';
import { templateLines } from '../describe/pod-template.ts';
import { sameTemplate } from '../describe/workloads.ts';
import { Description } from '../describe/writer.ts';
import { dryRunOf, outcomePrinter, writeQuery } from '../mutation.ts';
import { compactSelector } from '../objects/selector.ts';
import { mergeInto } from '../objects/merge-into.ts';
import { alignTabs, DESCRIBE_STOPS } from '../printers/tabwriter.ts';
import { fromFiles, type Info, selectObjects } from '../resource-builder/builder.ts';
import { rolloutState } from '../rollout-state.ts';
import type { Session } from '../session.ts';
import { watchUntil } from '../waiting.ts';

const REVISION = 'deployment.kubernetes.io/revision';
const CAUSE = 'kubernetes.io/change-cause';
const RESTARTED = 'kubectl.kubernetes.io/restartedAt';
const annotationsOf = (object: AnyObject): Record<string, string> => (object.metadata.annotations ?? {}) as Record<string, string>;
const specOf = (object: AnyObject): Json => (object.spec ?? {}) as Json;

function* selected(session: Session): Task<Info[]> {
  if (session.args.length === 0 && !fromFiles(session)) fail('required resource not specified');
  return yield* selectObjects(session, { selector: session.flags.str('selector'), bareTypeIsAll: true, latest: true });
}

const status = defineCommand({
  path: 'rollout status',
  *run(session) {
    const { flags } = session;
    const infos = yield* selected(session);
    if (infos.length === 0) { yield* session.err('No resources found in ' + `${session.namespace} namespace.\n`); return 0; }
    const wanted = flags.int('revision');
    if (wanted < 0) fail(`revision must be a positive integer: ${wanted}`);
    const timeoutMs = flags.duration('timeout');
    const deadlineMs = timeoutMs === 0 ? Number.POSITIVE_INFINITY : session.nowMs + timeoutMs;
    for (const info of infos) {
      if (!flags.bool('watch')) {
        yield* session.out(checked(rolloutState(info.object, wanted)).message);
        continue;
      }
      const lines: string[] = [];
      let failure: string | undefined;
      let last = '';
      const end = watchUntil(session, info, deadlineMs, object => {
        if (!object) { failure = 'object has been deleted'; return true; }
        const state = rolloutState({ ...object, apiVersion: info.object.apiVersion, kind: info.type.kind }, wanted);
        if ('error' in state) { failure = state.error; return true; }
        if (state.message !== last || state.done) lines.push(state.message);
        last = state.message;
        return state.done ? true : undefined;
      });
      const outcome = yield* flushing(session, end, lines);
      if (failure !== undefined) fail(failure);
      if (outcome === 'timeout') fail('timed out waiting for the condition');
    }
    return 0;
  },
});

/** Runs a wait, writing what it collected whenever it waits. */
function* flushing<T>(session: Session, task: Task<T>, lines: string[]): Task<T> {
  const flush = function* (): Task<void> {
    for (const line of lines.splice(0)) yield* session.out(line);
  };
  for (let step = task.next(); ;) {
    yield* flush();
    if (step.done) return step.value;
    const value: unknown = yield step.value;
    step = task.next(value);
  }
}

function checked(state: ReturnType<typeof rolloutState>): { message: string; done: boolean } {
  return 'error' in state ? fail(state.error) : state;
}

interface Revision { readonly number: number; readonly object: AnyObject; readonly cause: string; readonly template: Json }

/** Earlier templates of a workload, oldest first. */
function* revisionsOf(session: Session, info: Info): Task<Revision[]> {
  const { api, discovery } = session;
  const owned = (object: AnyObject): boolean => ((object.metadata.ownerReferences ?? []) as { uid: string }[]).some(owner => owner.uid === info.object.metadata.uid);
  const query = { labelSelector: compactSelector(specOf(info.object).selector as Json) };
  const { kind } = info.type;
  if (kind === 'Deployment') {
    const sets = (yield* api.list(yield* discovery.resolve('replicasets.apps'), info.namespace, query)).filter(owned);
    return sets.map(object => ({
      number: Number(annotationsOf(object)[REVISION] ?? 0), object, cause: annotationsOf(object)[CAUSE] ?? '', template: specOf(object).template as Json,
    })).filter(each => each.number > 0).sort((a, b) => a.number - b.number);
  }
  if (kind !== 'DaemonSet' && kind !== 'StatefulSet') fail(`no history viewer has been implemented for ${JSON.stringify(`${kind}.${info.type.group}`.replace(/\.$/, ''))}`);
  const stored = (yield* api.list(yield* discovery.resolve('controllerrevisions.apps'), info.namespace, query)).filter(owned);
  return stored.map(object => ({
    number: Number(object.revision ?? 0), object, cause: annotationsOf(object)[CAUSE] ?? '',
    template: (((object.data as Json | undefined)?.spec as Json | undefined)?.template ?? {}) as Json,
  })).sort((a, b) => a.number - b.number);
}

const history = defineCommand({
  path: 'rollout history',
  *run(session) {
    const { flags } = session;
    const infos = yield* selected(session);
    const wanted = flags.int('revision');
    if (wanted < 0) fail(`revision must be a positive integer: ${wanted}`);
    const failures: Error[] = [];
    for (const info of infos) {
      try {
        const revisions = yield* revisionsOf(session, info);
        const name = `${slugKind(info.type)}/${info.name}`;
        if (wanted > 0) {
          const found = revisions.find(each => each.number === wanted) ?? fail(`unable to find the specified revision`);
          const w = new Description(session.nowMs);
          templateLines(w, shownTemplate(found));
          yield* session.out(`${name} with revision #${wanted}\n${w.unaligned()}\n`);
        } else if (revisions.length === 0) yield* session.out(`${name} \nNo rollout history found.\n`);
        else {
          const rows = revisions.map(each => `${each.number}\t${each.cause || '<none>'}`);
          yield* session.out(`${name} \n${alignTabs(`REVISION\tCHANGE-CAUSE\n${rows.join('\n')}\n`, DESCRIBE_STOPS)}\n`);
        }
      } catch (failure) {
        if (!(failure instanceof Error)) throw failure;
        failures.push(failure);
      }
    }
    if (failures.length > 0) throw new ManyFailures(failures);
    return 0;
  },
});

function shownTemplate(revision: Revision): Json {
  if (revision.cause === '') return revision.template;
  const metadata = (revision.template.metadata ?? {}) as Json;
  return { ...revision.template, metadata: { ...metadata, annotations: { ...(metadata.annotations as Json | undefined), [CAUSE]: revision.cause } } };
}

const undo = defineCommand({
  path: 'rollout undo',
  *run(session) {
    const infos = yield* selected(session);
    const dryRun = yield* dryRunOf(session);
    const print = outcomePrinter(session, dryRun);
    const wanted = session.flags.int('to-revision');
    if (wanted < 0) fail(`revision must be a positive integer: ${wanted}`);
    for (const info of infos) {
      const noun = info.type.kind.toLowerCase();
      const revisions = yield* revisionsOf(session, info);
      if (revisions.length === 0 && wanted === 0) fail(`no rollout history found for ${noun} ${JSON.stringify(info.name)}`);
      if (revisions.length < 2 && wanted === 0) fail(`no rollout history found for ${noun} ${JSON.stringify(info.name)}`);
      const target = wanted === 0 ? revisions.at(-2)! : revisions.find(each => each.number === wanted) ?? fail(`unable to find specified revision ${wanted} in history`);
      if (info.type.kind === 'Deployment' && specOf(info.object).paused === true) {
        fail("you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and try again");
      }
      const same = info.type.kind === 'Deployment' ? sameTemplate(target.object, info.object)
        : compared(target.template) === compared(specOf(info.object).template as Json);
      if (same) { yield* print(info.object, `skipped rollback (current template already matches revision ${target.number})`); continue; }
      if (dryRun === 'client') { yield* print(info.object, 'rolled back'); continue; }
      const query = { ...writeQuery(session, dryRun) };
      if (info.type.kind === 'Deployment') {
        const patch = [
          { op: 'replace', path: '/spec/template', value: withoutHash(target.template) },
          { op: 'replace', path: '/metadata/annotations', value: rolledBack(annotationsOf(info.object), annotationsOf(target.object)) },
        ];
        yield* session.api.patch(info.type, info.namespace, info.name, 'json', patch, query);
      } else {
        const { $patch: _, ...template } = target.template;
        yield* session.api.patch(info.type, info.namespace, info.name, 'strategic', { spec: { template: { ...template, $patch: 'replace' } } }, query);
      }
      yield* print(info.object, 'rolled back');
    }
    return 0;
  },
});

const compared = (template: Json): string => {
  const { $patch: _, ...rest } = template;
  return JSON.stringify(mergeInto({}, rest));
};

function withoutHash(template: Json): Json {
  const metadata = { ...(template.metadata as Json | undefined) };
  const labels = { ...(metadata.labels as Json | undefined) };
  delete labels['pod-template-hash'];
  return { ...template, metadata: { ...metadata, labels } };
}

const KEPT = new Set(['kubectl.kubernetes.io/last-applied-configuration', REVISION, 'deployment.kubernetes.io/revision-history', 'deployment.kubernetes.io/desired-replicas', 'deployment.kubernetes.io/max-replicas', 'deprecated.deployment.rollback.to']);

/** The Deployment keeps its bookkeeping and takes the rest from the revision. */
function rolledBack(current: Record<string, string>, target: Record<string, string>): Record<string, string> {
  const kept = Object.fromEntries(Object.entries(current).filter(([key]) => KEPT.has(key)));
  return { ...kept, ...Object.fromEntries(Object.entries(target).filter(([key]) => !KEPT.has(key))) };
}

/** One of the commands that set a field of the workload. */
function setting(path: string, operation: string, patchOf: (session: Session, info: Info) => Json): Command {
  return defineCommand({
    path,
    *run(session) {
      const infos = yield* selected(session);
      const dryRun = session.flags.has('dry-run') ? yield* dryRunOf(session) : 'none';
      const print = outcomePrinter(session, dryRun);
      const failures: Error[] = [];
      for (const info of infos) {
        try {
          const patch = patchOf(session, info);
          const object = yield* session.api.patch(info.type, info.namespace, info.name, 'strategic', patch, writeQuery(session, dryRun));
          yield* print(object, operation);
        } catch (failure) {
          if (!(failure instanceof Error)) throw failure;
          failures.push(failure);
        }
      }
      if (failures.length > 0) throw new ManyFailures(failures);
      if (infos.length === 0) yield* session.err(`No resources found in ${session.namespace} namespace.\n`);
      return 0;
    },
  });
}

const restart = setting('rollout restart', 'restarted', (session, info) => {
  if (!['Deployment', 'DaemonSet', 'StatefulSet'].includes(info.type.kind)) fail(`${slugResource(info.type)} ${JSON.stringify(info.name)} restarting is not supported`);
  if (info.type.kind === 'Deployment' && specOf(info.object).paused === true) fail(`${slugResource(info.type)} ${JSON.stringify(info.name)} can't restart paused deployment (run rollout resume first)`);
  const stamp = rfc3339(session.nowMs);
  const template = ((specOf(info.object).template as Json).metadata ?? {}) as Json;
  if ((template.annotations as Json | undefined)?.[RESTARTED] === stamp) {
    fail(`failed to create patch for ${info.name}: if restart has already been triggered within the past second, please wait before attempting to trigger another`);
  }
  return { spec: { template: { metadata: { annotations: { [RESTARTED]: stamp } } } } };
});

const pause = setting('rollout pause', 'paused', (_, info) => {
  if (info.type.kind !== 'Deployment') fail(`${slugResource(info.type)} ${JSON.stringify(info.name)} pausing is not supported`);
  if (specOf(info.object).paused === true) fail(`${slugResource(info.type)} ${JSON.stringify(info.name)} is already paused`);
  return { spec: { paused: true } };
});

const resume = setting('rollout resume', 'resumed', (_, info) => {
  if (info.type.kind !== 'Deployment') fail(`${slugResource(info.type)} ${JSON.stringify(info.name)} resuming is not supported`);
  if (specOf(info.object).paused !== true) fail(`${slugResource(info.type)} ${JSON.stringify(info.name)} is not paused`);
  return { spec: { paused: null } };
});

export const rolloutCommands: readonly Command[] = [status, history, undo, restart, pause, resume];
