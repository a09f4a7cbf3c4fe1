/** Roles and their bindings. */
import { invalid, notSupported, required, type FieldProblem } from '../apimachinery/field-problem.ts';
import { deepEqual, type Draft } from '../apimachinery/json.ts';
import { dnsSubdomainProblems } from '../apimachinery/names.ts';
import { oneOf } from './field-checks.ts';
import { ageColumn, nameColumn } from './columns.ts';
import { defineKind, type Column, type KindDeclaration } from './kind.ts';

const RBAC = 'rbac.authorization.k8s.io';
const createdColumn: Column = { header: 'Created At', format: 'date', cell: each => each.metadata.creationTimestamp };

const subjects = (binding: Draft, kind: string): string =>
  ((binding.subjects ?? []) as Draft[]).filter(each => each.kind === kind)
    .map(each => (kind === 'ServiceAccount' ? `${each.namespace ?? ''}/${each.name}` : each.name)).join(', ');

const bindingColumns: readonly Column[] = [
  nameColumn,
  { header: 'Role', cell: each => `${each.roleRef?.kind}/${each.roleRef?.name}` },
  ageColumn,
  { header: 'Users', wide: true, cell: each => subjects(each, 'User') },
  { header: 'Groups', wide: true, cell: each => subjects(each, 'Group') },
  { header: 'ServiceAccounts', wide: true, cell: each => subjects(each, 'ServiceAccount') },
];

function defaultBinding(object: Draft): void {
  if (object.roleRef && !object.roleRef.apiGroup) object.roleRef.apiGroup = RBAC;
  for (const subject of object.subjects ?? []) {
    if (!subject.apiGroup && (subject.kind === 'User' || subject.kind === 'Group')) subject.apiGroup = RBAC;
  }
}

function ruleProblems(rule: Draft, at: string, isNamespaced: boolean): FieldProblem[] {
  const problems: FieldProblem[] = [];
  if (!rule.verbs?.length) problems.push(required(`${at}.verbs`, 'verbs must contain at least one value'));
  if (rule.nonResourceURLs?.length) {
    if (isNamespaced) problems.push(invalid(`${at}.nonResourceURLs`, rule.nonResourceURLs, 'namespaced rules cannot apply to non-resource URLs'));
    if (rule.apiGroups?.length || rule.resources?.length || rule.resourceNames?.length) problems.push(invalid(`${at}.nonResourceURLs`, rule.nonResourceURLs, 'rules cannot apply to both regular resources and non-resource URLs'));
    return problems;
  }
  if (!rule.apiGroups?.length) problems.push(required(`${at}.apiGroups`, 'resource rules must supply at least one api group'));
  if (!rule.resources?.length) problems.push(required(`${at}.resources`, 'resource rules must supply at least one resource'));
  return problems;
}

const roleKind = (kind: string): KindDeclaration => defineKind({
  kind, apiVersion: `${RBAC}/v1`, nameRule: 'path-segment', columns: [nameColumn, createdColumn],
  defaults: object => { object.rules ??= null; },
  validate: object => ((object.rules ?? []) as Draft[]).flatMap((rule, i) => ruleProblems(rule, `rules[${i}]`, kind === 'Role')),
});
const bindingKind = (kind: string): KindDeclaration =>
  defineKind({ kind, apiVersion: `${RBAC}/v1`, nameRule: 'path-segment', columns: bindingColumns, defaults: defaultBinding,
    validate(object) {
      const problems: FieldProblem[] = [];
      const { apiGroup, kind: roleKindName, name } = object.roleRef ?? {};
      problems.push(...oneOf(apiGroup, 'roleRef.apiGroup', [RBAC]), ...oneOf(roleKindName, 'roleRef.kind', kind === 'RoleBinding' ? ['Role', 'ClusterRole'] : ['ClusterRole']));
      if (!name) problems.push(required('roleRef.name'));
      ((object.subjects ?? []) as Draft[]).forEach((subject, i) => {
        const at = `subjects[${i}]`;
        if (!subject.name) problems.push(required(`${at}.name`));
        if (subject.kind === 'ServiceAccount') {
          if (subject.name) for (const problem of dnsSubdomainProblems(subject.name)) problems.push(invalid(`${at}.name`, subject.name, problem));
          if (subject.apiGroup) problems.push(notSupported(`${at}.apiGroup`, subject.apiGroup, ['']));
          if (!subject.namespace) problems.push(required(`${at}.namespace`));
        } else if (subject.kind === 'User' || subject.kind === 'Group') problems.push(...oneOf(subject.apiGroup, `${at}.apiGroup`, [RBAC]));
        else problems.push(notSupported(`${at}.kind`, subject.kind ?? '', ['ServiceAccount', 'User', 'Group']));
      });
      return problems;
    },
    validateUpdate: (after, before) => (deepEqual(after.roleRef, before.roleRef) ? [] : [invalid('roleRef', after.roleRef, 'cannot change roleRef')]),
  });

export const role = roleKind('Role');
export const clusterRole = roleKind('ClusterRole');
export const roleBinding = bindingKind('RoleBinding');
export const clusterRoleBinding = bindingKind('ClusterRoleBinding');
