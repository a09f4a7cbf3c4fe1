/** `auth can-i` and `auth whoami`. */
import type { Task } from '../../../engine/kernel/task.ts';
import type { Json } from '../client/api-client.ts';
import { CliFailure, fail } from '../client/failure.ts';
import { type Command, defineCommand } from '../command.ts';
import { printerFor } from '../printers/output.ts';
import { alignTabs, TABLE_STOPS } from '../printers/tabwriter.ts';
import type { Session } from '../session.ts';

const REVIEWS = '/apis/authorization.k8s.io/v1';

const canI = defineCommand({
  path: 'auth can-i',
  *run(session) {
    const { flags, args } = session;
    if (flags.bool('list')) { yield* listRules(session); return 0; }
    const [verb, what = ''] = args;
    if (verb === undefined || args.length < 2 || args.length > 3) fail("you must specify two arguments: verb resource or verb resource/resourceName.\nSee 'kubectl auth can-i -h' for help and examples.");
    const spec: Json = {};
    if (what.startsWith('/')) spec.nonResourceAttributes = { path: what, verb };
    else {
      const [word = '', fromSlash = ''] = what.split('/');
      const name = args[2] ?? fromSlash;
      const type = word === '*' ? undefined : yield* session.discovery.lookUp(word);
      if (!type && word !== '*') yield* session.err(`Warning: the server doesn't have a resource type '${word}'\n\n`);
      if (type && !type.namespaced && !flags.bool('all-namespaces')) yield* session.err(`Warning: resource '${type.plural}' is not namespace scoped${type.group === '' ? '' : ` in group '${type.group}'`}\n\n`);
      spec.resourceAttributes = {
        ...(!flags.bool('all-namespaces') && { namespace: session.namespace }), verb, group: type?.group ?? (word === '*' ? '*' : ''), resource: type?.plural ?? word,
        ...(flags.str('subresource') !== '' && { subresource: flags.str('subresource') }), ...(name !== '' && { name }),
      };
    }
    const answer = yield* session.api.json<Json>('POST', `${REVIEWS}/selfsubjectaccessreviews`, {
      body: { kind: 'SelfSubjectAccessReview', apiVersion: 'authorization.k8s.io/v1', metadata: {}, spec },
    });
    const status = (answer.status ?? {}) as Json;
    if (!flags.bool('quiet')) {
      const reason = status.reason ? ` - ${String(status.reason)}` : '';
      const mistake = status.evaluationError ? ` - ${String(status.evaluationError)}` : '';
      yield* session.out(status.allowed === true ? 'yes\n' : `no${reason}${mistake}\n`);
    }
    if (status.allowed !== true) throw new CliFailure('', 1);
    return 0;
  },
});

function* listRules(session: Session): Task<void> {
  const answer = yield* session.api.json<Json>('POST', `${REVIEWS}/selfsubjectrulesreviews`, {
    body: { kind: 'SelfSubjectRulesReview', apiVersion: 'authorization.k8s.io/v1', metadata: {}, spec: { namespace: session.namespace } },
  });
  const status = (answer.status ?? {}) as Json;
  if (status.incomplete) yield* session.err(`Warning: the list may be incomplete: ${String(status.evaluationError ?? '')}\n`);
  const rows: string[] = [];
  const words = (value: unknown): string => `[${((value ?? []) as string[]).join(' ')}]`;
  for (const rule of (status.resourceRules ?? []) as Json[]) {
    const groups = (rule.apiGroups ?? []) as string[];
    for (const resource of (rule.resources ?? []) as string[]) {
      for (const group of groups) rows.push([group === '' ? resource : `${resource}.${group}`, '[]', words(rule.resourceNames), words(rule.verbs)].join('\t'));
    }
  }
  for (const rule of (status.nonResourceRules ?? []) as Json[]) for (const url of (rule.nonResourceURLs ?? []) as string[]) rows.push(['', `[${url}]`, '[]', words(rule.verbs)].join('\t'));
  if (!session.flags.bool('no-headers')) rows.unshift('Resources\tNon-Resource URLs\tResource Names\tVerbs');
  yield* session.out(alignTabs(`${rows.join('\n')}\n`, TABLE_STOPS));
}

const whoami = defineCommand({
  path: 'auth whoami',
  *run(session) {
    if (session.args.length > 0) session.usage(`unexpected args: [${session.args.join(' ')}]`);
    const answer = yield* session.api.json<Json>('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', {
      body: { kind: 'SelfSubjectReview', apiVersion: 'authentication.k8s.io/v1', metadata: {} },
    });
    const printer = printerFor(session);
    if (printer) { yield* session.out(printer(answer)); return 0; }
    const user = (((answer.status ?? {}) as Json).userInfo ?? {}) as Json;
    const rows = ['ATTRIBUTE\tVALUE', `Username\t${String(user.username ?? '')}`];
    if (user.uid) rows.push(`UID\t${String(user.uid)}`);
    const groups = (user.groups ?? []) as string[];
    if (groups.length > 0) rows.push(`Groups\t[${groups.join(' ')}]`);
    for (const [key, value] of Object.entries((user.extra ?? {}) as Record<string, string[]>).sort()) rows.push(`Extra: ${key}\t[${value.join(' ')}]`);
    yield* session.out(alignTabs(`${rows.join('\n')}\n`, TABLE_STOPS));
    return 0;
  },
});

export const authCommands: readonly Command[] = [canI, whoami];
