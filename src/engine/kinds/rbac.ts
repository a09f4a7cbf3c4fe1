/** Roles and their bindings. */
import type { Draft } from '../apimachinery/json.ts';
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

const roleKind = (kind: string): KindDeclaration => defineKind({
  kind, apiVersion: `${RBAC}/v1`, nameRule: 'path-segment', columns: [nameColumn, createdColumn],
  defaults: object => { object.rules ??= null; },
});
const bindingKind = (kind: string): KindDeclaration =>
  defineKind({ kind, apiVersion: `${RBAC}/v1`, nameRule: 'path-segment', columns: bindingColumns, defaults: defaultBinding });

export const role = roleKind('Role');
export const clusterRole = roleKind('ClusterRole');
export const roleBinding = bindingKind('RoleBinding');
export const clusterRoleBinding = bindingKind('ClusterRoleBinding');
