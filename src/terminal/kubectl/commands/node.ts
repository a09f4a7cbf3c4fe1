/** `cordon`, `uncordon`, `drain`, `taint`: what is done to nodes. */
import type { Pod } from 'kubernetes-types/core/v1.d.ts';
import type { Task } from '../../../engine/kernel/task.ts';
import { changeAll } from '../change.ts';
import { type AnyObject, type Json, pathOf } from '../client/api-client.ts';
import { ApiFailure, CliFailure, fail, failureMessage, ManyFailures } from '../client/failure.ts';
import { type Command, defineCommand } from '../command.ts';
import { type DryRun, dryRunOf, writeQuery } from '../mutation.ts';
import { selectObjects } from '../resource-builder/builder.ts';
import type { Session } from '../session.ts';

type NodePod = Pod & AnyObject;

function* nodes(session: Session): Task<AnyObject[]> {
  const { flags, args } = session;
  const selector = flags.str('selector');
  if (args.length === 0 && selector === '') session.usage(`USAGE: ${session.spec.path} NODE [flags]`);
  if (args.length > 0 && selector !== '') fail('cannot specify both a node name and a --selector option');
  const words = args.length === 0 ? ['nodes'] : args.some(arg => arg.includes('/')) ? args.map(arg => (arg.includes('/') ? arg : `node/${arg}`)) : ['nodes', ...args];
  const failures: Error[] = [];
  const infos = yield* selectObjects(session, { args: words, selector, latest: true, failures });
  if (failures.length > 0) throw new ManyFailures(failures);
  return infos.map(info => info.object);
}

function* setUnschedulable(session: Session, found: readonly AnyObject[], unschedulable: boolean, dryRun: DryRun): Task<void> {
  const type = yield* session.discovery.resolve('nodes');
  const suffix = dryRun === 'client' ? ' (dry run)' : dryRun === 'server' ? ' (server dry run)' : '';
  for (const node of found) {
    const now = (node.spec as Json | undefined)?.unschedulable === true;
    const word = unschedulable ? 'cordoned' : 'uncordoned';
    if (now === unschedulable) { yield* session.out(`node/${node.metadata.name} already ${word}${suffix}\n`); continue; }
    if (dryRun !== 'client') {
      yield* session.api.patch(type, '', node.metadata.name, 'strategic', { spec: { unschedulable: unschedulable ? true : null } }, writeQuery(session, dryRun));
    }
    yield* session.out(`node/${node.metadata.name} ${word}${suffix}\n`);
  }
}

const cordon = defineCommand({
  path: 'cordon',
  *run(session) { yield* setUnschedulable(session, yield* nodes(session), true, yield* dryRunOf(session)); },
});

const uncordon = defineCommand({
  path: 'uncordon',
  *run(session) { yield* setUnschedulable(session, yield* nodes(session), false, yield* dryRunOf(session)); },
});

/** What keeps a pod from being evicted, or is said about it. */
interface Verdicts { readonly evict: NodePod[]; readonly warnings: Map<string, string[]>; readonly errors: Map<string, string[]> }

function judge(session: Session, pods: readonly NodePod[], daemonSets: ReadonlySet<string>): Verdicts {
  const { flags } = session;
  const verdicts: Verdicts = { evict: [], warnings: new Map(), errors: new Map() };
  const note = (map: Map<string, string[]>, reason: string, pod: NodePod): void => { map.set(reason, [...map.get(reason) ?? [], `${pod.metadata.namespace}/${pod.metadata.name}`]); };
  for (const pod of pods) {
    const finished = pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
    if ((pod.metadata.annotations as Json | undefined)?.['kubernetes.io/config.mirror'] !== undefined) continue;
    const owner = (pod.metadata.ownerReferences ?? []).find(each => each.controller);
    if (owner?.kind === 'DaemonSet' && !finished && daemonSets.has(`${pod.metadata.namespace}/${owner.name}`)) {
      if (flags.bool('ignore-daemonsets')) note(verdicts.warnings, 'ignoring DaemonSet-managed Pods', pod);
      else note(verdicts.errors, 'cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore)', pod);
      continue;
    }
    const local = (pod.spec!.volumes ?? []).some(volume => volume.emptyDir !== undefined);
    if (local && !finished) {
      if (!flags.bool('delete-emptydir-data')) { note(verdicts.errors, 'cannot delete Pods with local storage (use --delete-emptydir-data to override)', pod); continue; }
    }
    if (!owner && !finished) {
      if (!flags.bool('force')) { note(verdicts.errors, 'cannot delete Pods that declare no controller (use --force to override)', pod); continue; }
      note(verdicts.warnings, 'deleting Pods that declare no controller', pod);
    }
    verdicts.evict.push(pod);
  }
  return verdicts;
}

const listing = (map: Map<string, string[]>): string => [...map.keys()].sort().map(reason => `${reason}: ${map.get(reason)!.join(', ')}`).join('; ');

const drain = defineCommand({
  path: 'drain',
  *run(session) {
    const dryRun = yield* dryRunOf(session);
    const found = yield* nodes(session);
    yield* setUnschedulable(session, found, true, dryRun);
    const failed: { name: string; error: Error }[] = [];
    for (const node of found) {
      const { name } = node.metadata;
      try {
        yield* drainOne(session, name, dryRun);
        yield* session.out(`node/${name} drained${dryRun === 'client' ? ' (dry run)' : dryRun === 'server' ? ' (server dry run)' : ''}\n`);
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        yield* session.err(`error: unable to drain node ${JSON.stringify(name)} due to error: ${failureMessage(error)}, continuing command...\n`);
        failed.push({ name, error });
      }
    }
    if (failed.length > 0) {
      yield* session.err('There are pending nodes to be drained:\n');
      for (const { name } of failed) yield* session.err(` ${name}\n`);
      throw new CliFailure(failed.map(({ error }) => failureMessage(error)).join(', '), 1, true);
    }
    return 0;
  },
});

function* drainOne(session: Session, name: string, dryRun: DryRun): Task<void> {
  const { api, flags, discovery } = session;
  const podType = yield* discovery.resolve('pods');
  const selector = flags.str('pod-selector');
  const pods = (yield* api.list(podType, '', { fieldSelector: `spec.nodeName=${name}`, ...(selector && { labelSelector: selector }) })) as NodePod[];
  const sets = yield* api.list(yield* discovery.resolve('daemonsets.apps'), '');
  const verdicts = judge(session, pods, new Set(sets.map(set => `${set.metadata.namespace}/${set.metadata.name}`)));
  if (verdicts.errors.size > 0) fail(`cannot delete ${listing(verdicts.errors).replace(/^cannot delete /, '')}`);
  if (verdicts.warnings.size > 0) yield* session.err(`Warning: ${listing(verdicts.warnings)}\n`);
  const timeoutMs = flags.duration('timeout');
  const deadlineMs = timeoutMs === 0 ? Number.POSITIVE_INFINITY : session.nowMs + timeoutMs;
  const pending: NodePod[] = [];
  for (const pod of verdicts.evict) {
    if (dryRun === 'client') { yield* session.out(`evicting pod ${pod.metadata.namespace}/${pod.metadata.name} (dry run)\n`); continue; }
    pending.push(pod);
  }
  yield* evictAll(session, pending, deadlineMs, dryRun);
}

/** Asks again every five seconds for those a budget protects, then waits until all are gone. */
function* evictAll(session: Session, pods: readonly NodePod[], deadlineMs: number, dryRun: DryRun): Task<void> {
  const { api, flags } = session;
  const type = yield* session.discovery.resolve('pods');
  let waiting = [...pods];
  const leaving: NodePod[] = [];
  const grace = flags.int('grace-period');
  const suffix = dryRun === 'server' ? ' (server dry run)' : '';
  while (waiting.length > 0) {
    const blocked: NodePod[] = [];
    for (const pod of waiting) {
      const { namespace = '', name } = pod.metadata;
      yield* session.out(`evicting pod ${namespace}/${name}${suffix}\n`);
      if (session.nowMs > deadlineMs) {
        const message = `error when evicting pods/${JSON.stringify(name)} -n ${JSON.stringify(namespace)}: global timeout reached: ${flags.str('timeout')}`;
        yield* session.err(`There are pending pods in node ${JSON.stringify(pod.spec!.nodeName ?? '')} when an error occurred: ${message}\n`);
        for (const each of waiting) yield* session.err(`pod/${each.metadata.name}\n`);
        fail(message);
      }
      const deleteOptions = { ...(grace >= 0 && { gracePeriodSeconds: grace }), ...(dryRun === 'server' && { dryRun: ['All'] }) };
      try {
        if (flags.bool('disable-eviction')) yield* api.delete(type, namespace, name, { kind: 'DeleteOptions', apiVersion: 'v1', ...deleteOptions });
        else yield* api.json('POST', pathOf(type, namespace, name, 'eviction'), { body: { kind: 'Eviction', apiVersion: 'policy/v1', metadata: { name, namespace }, deleteOptions } });
        leaving.push(pod);
      } catch (failure) {
        if (!(failure instanceof ApiFailure)) throw failure;
        if (failure.status.code === 404) continue;
        if (failure.status.code !== 429) fail(`error when evicting pods/${JSON.stringify(name)} -n ${JSON.stringify(namespace)}: ${failure.status.message ?? ''}`);
        yield* session.err(`error when evicting pods/${JSON.stringify(name)} -n ${JSON.stringify(namespace)} (will retry after 5s): ${failure.status.message ?? ''}\n`);
        blocked.push(pod);
      }
    }
    waiting = blocked;
    if (waiting.length > 0) yield* session.process.sleep(5000);
  }
  if (dryRun === 'server') return;
  for (const pod of leaving) {
    const { namespace = '', name, uid } = pod.metadata;
    for (;;) {
      const now = yield* api.find(type, namespace, name);
      if (!now || now.metadata.uid !== uid) break;
      if (session.nowMs > deadlineMs) fail(`error when waiting for pod ${JSON.stringify(name)} in namespace ${JSON.stringify(namespace)} to terminate: global timeout reached: ${flags.str('timeout')}`);
      yield* session.process.sleep(1000);
    }
    yield* session.out(`pod/${name} evicted\n`);
  }
}

interface Taint { key: string; value?: string; effect: string }
const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

function parseTaint(word: string): { taint: Taint; remove: boolean } {
  const remove = word.endsWith('-');
  const text = remove ? word.slice(0, -1) : word;
  const match = /^([^=:]+)(?:=([^:]*))?(?::(.+))?$/.exec(text);
  if (!match || (!remove && match[3] === undefined)) fail(`invalid taint spec: ${word}`);
  const effect = match[3] ?? '';
  if (effect !== '' && !EFFECTS.includes(effect)) fail(`invalid taint effect: ${effect}, unsupported taint effect\nSee 'kubectl taint -h' for help and examples`);
  return { taint: { key: match[1]!, ...(match[2] && { value: match[2] }), effect }, remove };
}

const taint = defineCommand({
  path: 'taint',
  *run(session) {
    const { flags, args } = session;
    const isChange = (word: string): boolean => word.includes('=') || word.endsWith('-') || word.includes(':');
    const at = args.findIndex(isChange);
    const resources = at < 0 ? [...args] : args.slice(0, at);
    const words = at < 0 ? [] : args.slice(at);
    if (resources.length < 1) fail('one or more resources must be specified as <resource> <name>');
    if (words.length < 1) fail('at least one taint update is required');
    const changes = words.map(parseTaint);
    const type = yield* session.discovery.resolve(resources[0]!.split('/')[0]!);
    if (type.kind !== 'Node') fail(`invalid resource type ${resources[0]!}, only node types are supported`);
    const infos = yield* selectObjects(session, { args: resources, selector: flags.str('selector'), all: flags.bool('all'), latest: true });
    const added = changes.some(change => !change.remove);
    const removed = changes.some(change => change.remove);
    const operation = added && (removed || flags.bool('overwrite')) ? 'modified' : removed ? 'untainted' : 'tainted';
    return yield* changeAll(session, infos, operation, copy => {
      const spec = ((copy as Json).spec ??= {}) as { taints?: Taint[] };
      const current = spec.taints ?? [];
      const next = [...current];
      for (const { taint: change, remove } of changes) {
        const same = (each: Taint): boolean => each.key === change.key && (change.effect === '' || each.effect === change.effect);
        const known = next.findIndex(same);
        if (remove) {
          if (known < 0) fail(`taint ${JSON.stringify(change.effect === '' ? change.key : `${change.key}:${change.effect}`)} not found`);
          for (let index = next.length - 1; index >= 0; index -= 1) if (same(next[index]!)) next.splice(index, 1);
        } else if (known >= 0) {
          if (!flags.bool('overwrite')) fail(`node ${copy.metadata.name} already has ${change.key} taint(s) with same effect(s) and --overwrite is false`);
          next[known] = change;
        } else next.unshift(change);
      }
      if (next.length > 0) spec.taints = next;
      else delete spec.taints;
    }, { sayUnchanged: true });
  },
});

export const nodeCommands: readonly Command[] = [cordon, uncordon, drain, taint];
