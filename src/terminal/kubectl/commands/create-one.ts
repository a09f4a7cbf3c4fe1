/** What every `create KIND NAME` does around its object: names, dry run, the request, and what is printed. */
import type { Task } from '../../../engine/kernel/task.ts';
import { type Json, pathOf } from '../client/api-client.ts';
import type { ResourceType } from '../client/discovery.ts';
import { ApiFailure, fail } from '../client/failure.ts';
import { compactJson } from '../objects/json.ts';
import { dryRunOf, LAST_APPLIED, lastAppliedOf, outcomePrinter, withAnnotation, writeQuery } from '../mutation.ts';
import type { Session } from '../session.ts';

/** A built-in type that kubectl knows without asking. */
export function builtIn(group: string, version: string, kind: string, plural: string, namespaced = true): ResourceType {
  return { group, version, kind, plural, singular: kind.toLowerCase(), namespaced, shortNames: [], categories: [], verbs: [], subresources: [] };
}

/** The one NAME an argument list must hold. @throws CliFailure */
export function nameOf(session: Session): string {
  const names = session.dashAt >= 0 ? session.args.slice(0, session.dashAt) : session.args;
  if (names.length !== 1) session.usage(`exactly one NAME is required, got ${names.length}`);
  return names[0]!;
}

/** Words after `--`. */
export function commandWords(session: Session): readonly string[] {
  return session.dashAt >= 0 ? session.args.slice(session.dashAt) : [];
}

/** `metadata` with the fields in the order Go's struct has them. */
export function metaOf(session: Session, type: ResourceType, name: string, rest: { labels?: Json; annotations?: Json } = {}): Json {
  return { name, ...(type.namespaced && session.namespaceEnforced && { namespace: session.namespace }), ...rest };
}

/** Creates `object`, or only prints it. Fields of `object` stand in the order Go's struct has them. */
export function* createOne(session: Session, type: ResourceType, object: Json): Task<number> {
  const dryRun = yield* dryRunOf(session);
  const print = outcomePrinter(session, dryRun, { keepOrder: true });
  const annotated = session.flags.has('save-config') && session.flags.bool('save-config')
    ? withAnnotation(object, LAST_APPLIED, lastAppliedOf(object, compactJson)) : object;
  if (dryRun === 'client') { yield* print(annotated, 'created'); return 0; }
  let made: Json;
  try {
    made = yield* session.api.json<Json>('POST', pathOf(type, session.namespace), { body: annotated, query: writeQuery(session, dryRun) });
  } catch (failure) {
    const prefix = PREFIXES[type.kind];
    if (prefix === undefined || !(failure instanceof ApiFailure)) throw failure;
    fail(`${prefix === 'service' ? `failed to create ${String((object.spec as Json).type)} service:` : prefix} ${failure.status.message ?? ''}`);
  }
  yield* print(structOrder(made), 'created');
  return 0;
}

/** How a refusal of each kind begins; kinds not named here show the server's answer as it is. */
const PREFIXES: Readonly<Record<string, string>> = {
  Deployment: 'failed to create deployment:', Job: 'failed to create job:', CronJob: 'failed to create cronjob:', ConfigMap: 'failed to create configmap:',
  Secret: 'failed to create secret', Service: 'service', ServiceAccount: 'failed to create serviceaccount:', Ingress: 'failed to create ingress:',
  PodDisruptionBudget: 'failed to create poddisruptionbudgets:', PriorityClass: 'failed to create priorityclass:', ResourceQuota: 'failed to create quota:',
  RoleBinding: 'failed to create rolebinding:', ClusterRoleBinding: 'failed to create clusterrolebinding:',
};

/** `kind` before `apiVersion`, as Go prints typed objects. */
export function structOrder(object: Json): Json {
  const { kind, apiVersion, metadata, spec, ...rest } = object;
  return { kind, apiVersion, metadata, ...(spec !== undefined && { spec }), ...rest };
}

/** `a=1,b=2` as a label map. @throws CliFailure */
export function labelMap(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const pair of text.split(',').filter(part => part !== '')) {
    const [key = '', value] = pair.split('=');
    if (value === undefined || key === '') fail(`unexpected label spec: ${pair}`);
    labels[key] = value;
  }
  return labels;
}
