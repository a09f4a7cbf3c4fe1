/** `create role`, `clusterrole`, `rolebinding`, `clusterrolebinding`. */
import type { Task } from '../../../engine/kernel/task.ts';
import type { Json } from '../client/api-client.ts';
import { CliFailure, fail } from '../client/failure.ts';
import { type Command, defineCommand } from '../command.ts';
import type { Session } from '../session.ts';
import { builtIn, createOne, metaOf, nameOf } from './create-one.ts';

const GROUP = 'rbac.authorization.k8s.io';
const ROLE = builtIn(GROUP, 'v1', 'Role', 'roles');
const CLUSTER_ROLE = builtIn(GROUP, 'v1', 'ClusterRole', 'clusterroles', false);
const ROLE_BINDING = builtIn(GROUP, 'v1', 'RoleBinding', 'rolebindings');
const CLUSTER_ROLE_BINDING = builtIn(GROUP, 'v1', 'ClusterRoleBinding', 'clusterrolebindings', false);
const VERBS = new Set(['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection', 'use', 'bind', 'impersonate', 'escalate', 'sign', 'approve', '*']);

function* rulesOf(session: Session): Task<Json[]> {
  const { flags } = session;
  const verbs = flags.list('verb').includes('*') ? ['*'] : [...new Set(flags.list('verb'))];
  if (verbs.length === 0) fail('at least one verb must be specified');
  const byGroup = new Map<string, string[]>();
  for (const word of flags.list('resource')) {
    const [name = '', subresource] = word.split('/');
    if (name === '*') { byGroup.set(word.includes('.') ? name : '', ['*']); continue; }
    const type = yield* session.discovery.lookUp(name);
    if (!type) throw new CliFailure(`the server doesn't have a resource type ${JSON.stringify(name.split('.')[0])}`, 1, true);
    const known = byGroup.get(type.group) ?? [];
    byGroup.set(type.group, [...known, subresource === undefined ? type.plural : `${type.plural}/${subresource}`]);
  }
  for (const verb of verbs) if (!VERBS.has(verb)) yield* session.err(`Warning: '${verb}' is not a standard resource verb\n`);
  const names = [...flags.list('resource-name')];
  if (names.length > 0 && flags.list('resource').length > 1) fail('resource name(s) can not be applied to multiple resources');
  return [...byGroup.keys()].sort().map(group => ({
    verbs, apiGroups: [group], resources: byGroup.get(group), ...(names.length > 0 && { resourceNames: names }),
  }));
}

export const createRbac: readonly Command[] = [
  defineCommand({
    path: 'create role',
    *run(session) {
      const name = nameOf(session);
      if (session.flags.list('verb').length === 0) fail('at least one verb must be specified');
      if (session.flags.list('resource').length === 0) fail('at least one resource must be specified');
      return yield* createOne(session, ROLE, { kind: 'Role', apiVersion: `${GROUP}/v1`, metadata: metaOf(session, ROLE, name), rules: yield* rulesOf(session) });
    },
  }),
  defineCommand({
    path: 'create clusterrole',
    refused: { 'aggregation-rule': 'kubectl apply -f of a ClusterRole with aggregationRule is' },
    *run(session) {
      const name = nameOf(session);
      const { flags } = session;
      if (flags.list('verb').length === 0) fail('at least one verb must be specified');
      const urls = [...flags.list('non-resource-url')];
      if (flags.list('resource').length === 0 && urls.length === 0) fail('one of resource or nonResourceURL must be specified');
      const rules = flags.list('resource').length > 0 ? yield* rulesOf(session) : [];
      if (urls.length > 0) rules.push({ verbs: [...flags.list('verb')], nonResourceURLs: urls });
      return yield* createOne(session, CLUSTER_ROLE, { kind: 'ClusterRole', apiVersion: `${GROUP}/v1`, metadata: metaOf(session, CLUSTER_ROLE, name), rules });
    },
  }),
  defineCommand({
    path: 'create rolebinding',
    *run(session) {
      const name = nameOf(session);
      const clusterRole = session.flags.str('clusterrole');
      const role = session.flags.str('role');
      if ((clusterRole === '') === (role === '')) fail('exactly one of clusterrole or role must be specified');
      return yield* createOne(session, ROLE_BINDING, {
        kind: 'RoleBinding', apiVersion: `${GROUP}/v1`, metadata: metaOf(session, ROLE_BINDING, name), ...subjectsOf(session),
        roleRef: { apiGroup: GROUP, kind: role === '' ? 'ClusterRole' : 'Role', name: role || clusterRole },
      });
    },
  }),
  defineCommand({
    path: 'create clusterrolebinding',
    required: ['clusterrole'],
    *run(session) {
      const name = nameOf(session);
      return yield* createOne(session, CLUSTER_ROLE_BINDING, {
        kind: 'ClusterRoleBinding', apiVersion: `${GROUP}/v1`, metadata: metaOf(session, CLUSTER_ROLE_BINDING, name), ...subjectsOf(session),
        roleRef: { apiGroup: GROUP, kind: 'ClusterRole', name: session.flags.str('clusterrole') },
      });
    },
  }),
];

function subjectsOf(session: Session): Json {
  const { flags } = session;
  const subjects: Json[] = [
    ...flags.list('user').map(name => ({ kind: 'User', apiGroup: GROUP, name })),
    ...flags.list('group').map(name => ({ kind: 'Group', apiGroup: GROUP, name })),
    ...flags.list('serviceaccount').map(text => {
      const [namespace = '', name = ''] = text.split(':');
      if (namespace === '' || name === '' || text.split(':').length !== 2) fail('serviceaccount must be <namespace>:<name>');
      return { kind: 'ServiceAccount', name, namespace };
    }),
  ];
  return subjects.length === 0 ? {} : { subjects };
}
