import type { AnyObject, Json } from '../client/api-client.ts';
import { ApiFailure, CliFailure, fail, ManyFailures } from '../client/failure.ts';
import { defineCommand } from '../command.ts';
import { outcomePrinter } from '../mutation.ts';
import { findAll, goText, type JsonPath, JsonPathError, parseJsonPath, relaxedPath } from '../printers/jsonpath.ts';
import { fetchTargets, fromFiles, type Info, selectObjects, targetsOf } from '../resource-builder/builder.ts';
import { watchUntil } from '../waiting.ts';

const WEEK_MS = 7 * 86_400_000;

/** Whether an object satisfies `--for`; `undefined` stands for one that is not there. */
type Goal = { readonly kind: 'delete' } | { readonly kind: 'create' } | { readonly kind: 'holds'; holds(object: AnyObject): boolean };

export const wait = defineCommand({
  path: 'wait',
  *run(session) {
    const { flags } = session;
    const goal = parseGoal(flags.str('for'));
    const timeout = flags.duration('timeout');
    const deadlineMs = session.nowMs + (timeout < 0 ? WEEK_MS : timeout);
    const print = outcomePrinter(session, 'none');
    const failures: Error[] = [];
    const options = { selector: flags.str('selector'), fieldSelector: flags.str('field-selector'), all: flags.bool('all'), allNamespaces: flags.bool('all-namespaces') };
    let infos: Info[];
    if (fromFiles(session)) infos = yield* selectObjects(session, { ...options, latest: goal.kind === 'holds' });
    else {
      const targets = yield* targetsOf(session, options);
      const byName = goal.kind !== 'holds' && targets.every(target => target.name !== undefined);
      infos = yield* fetchTargets(session, targets, { ...options, failures, namesOnly: byName && goal.kind === 'create', ignoreNotFound: goal.kind === 'delete' });
    }
    if (infos.length === 0 && failures.length === 0 && goal.kind !== 'delete') fail('no matching resources found');
    for (const info of infos) {
      try {
        const end = yield* watchUntil<AnyObject | 'gone'>(session, info, deadlineMs, object => {
          if (goal.kind === 'delete') return object === undefined ? 'gone' : undefined;
          if (object === undefined) return undefined;
          return goal.kind === 'create' || goal.holds(object) ? object : undefined;
        });
        if (end === 'timeout' && timeout === 0) throw new CliFailure(`condition not met for ${info.type.plural}/${info.name}`, 1, true);
        if (end === 'timeout') fail(`timed out waiting for the condition on ${info.type.plural}/${info.name}`);
        const object = end === 'gone' ? info.object : { ...end, apiVersion: info.object.apiVersion, kind: info.type.kind };
        yield* print(object, 'condition met');
      } catch (failure) {
        if (!(failure instanceof Error)) throw failure;
        if (!(failure instanceof ApiFailure) || failure.status.reason !== 'NotFound' || goal.kind !== 'delete') failures.push(failure);
      }
    }
    if (failures.length > 0) throw new ManyFailures(failures);
    return 0;
  },
});

function parseGoal(text: string): Goal {
  const lower = text.toLowerCase();
  if (lower === 'delete' || lower === 'create') return { kind: lower };
  const condition = /^condition=([^=]+)(?:=(.*))?$/.exec(text);
  if (condition) {
    const [, name = '', value = 'true'] = condition;
    return { kind: 'holds', holds: object => conditionHolds(object, name, value) };
  }
  if (text.startsWith('jsonpath=')) return pathGoal(text.slice('jsonpath='.length));
  return fail(`unrecognized condition: ${JSON.stringify(text)}`);
}

function conditionHolds(object: AnyObject, name: string, value: string): boolean {
  const status = object.status as Json | undefined;
  const found = ((status?.conditions ?? []) as Json[]).find(condition => String(condition.type).toLowerCase() === name.toLowerCase());
  if (!found) return false;
  const observed = found.observedGeneration ?? status?.observedGeneration;
  if (observed !== undefined && Number(observed) < Number(object.metadata.generation ?? 0)) return false;
  return String(found.status).toLowerCase() === value.toLowerCase();
}

function pathGoal(text: string): Goal {
  const close = text.lastIndexOf('}');
  const expression = close < 0 ? text.split('=')[0]! : text.slice(0, close + 1);
  const rest = text.slice(expression.length);
  if (rest.startsWith('=') && rest.length === 1) fail("jsonpath wait has to have a value after equal sign, like --for=jsonpath='{.status.readyReplicas}'=3");
  const wanted = rest.startsWith('=') ? rest.slice(1).replace(/^(["'])(.*)\1$/, '$2') : undefined;
  let path: JsonPath;
  try {
    path = parseJsonPath(expression.startsWith('{') ? expression : relaxedPath(expression));
  } catch (error) {
    if (error instanceof JsonPathError) fail(error.message);
    throw error;
  }
  return {
    kind: 'holds',
    holds(object) {
      const found = findAll(path, object, { allowMissing: true }).flat();
      if (found.length === 0) return false;
      if (wanted === undefined) return true;
      if (found.length > 1) fail('given jsonpath expression matches more than one value');
      if (typeof found[0] === 'object' && found[0] !== null) fail('jsonpath leads to a nested object or list which is not supported');
      return goText(found[0]).trim() === wanted.trim();
    },
  };
}
