/** Who may do what: administrators and the cluster's own components anything, everybody else what RBAC says. */
import type { Draft } from '../apimachinery/json.ts';
import type { User } from './contract.ts';
import { forbiddenError, groupResource } from './refusals.ts';
import type { Refusal } from '../apimachinery/status.ts';
import type { Store } from './store.ts';

export interface Attributes {
  readonly user: User;
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  readonly path: string;
  readonly isResource: boolean;
}

export interface Verdict {
  readonly allowed: boolean;
  readonly reason: string;
}

const ALLOWED_GROUPS: ReadonlySet<string> = new Set(['system:masters', 'system:nodes', 'system:kube-controllers']);
const RBAC = 'rbac.authorization.k8s.io';

/** Paths everybody may read, as the `system:public-info-viewer` and `system:discovery` roles say. */
const PUBLIC_PATHS = ['/healthz', '/livez', '/readyz', '/version', '/api', '/apis', '/openapi', '/.well-known'];

export function authorize({ store }: { readonly store: Store }, attributes: Attributes): Verdict {
  const { user, namespace } = attributes;
  if (user.groups.some(group => ALLOWED_GROUPS.has(group))) return { allowed: true, reason: '' };
  if (user.name.startsWith('system:') && !user.name.startsWith('system:serviceaccount:') && user.name !== 'system:anonymous') return { allowed: true, reason: '' };
  if (!attributes.isResource && PUBLIC_PATHS.some(path => attributes.path === path || attributes.path.startsWith(`${path}/`))) return { allowed: true, reason: '' };
  if (attributes.group === 'authorization.k8s.io' && attributes.resource.startsWith('selfsubject')) return { allowed: true, reason: '' };
  if (attributes.group === 'authentication.k8s.io' && attributes.resource === 'selfsubjectreviews') return { allowed: true, reason: '' };
  for (const binding of store.collection(`${RBAC}/clusterrolebindings`).list(undefined) as readonly Draft[]) {
    const subject = subjectFor(binding, user);
    if (subject && grants(rulesOf(store, binding, ''), attributes)) {
      return { allowed: true, reason: `RBAC: allowed by ClusterRoleBinding "${binding.metadata.name}" of ClusterRole "${binding.roleRef.name}" to ${subject}` };
    }
  }
  if (namespace !== '') {
    for (const binding of store.collection(`${RBAC}/rolebindings`).list(namespace) as readonly Draft[]) {
      const subject = subjectFor(binding, user);
      if (subject && grants(rulesOf(store, binding, namespace), attributes)) {
        return { allowed: true, reason: `RBAC: allowed by RoleBinding "${binding.metadata.name}/${namespace}" of ${binding.roleRef.kind} "${binding.roleRef.name}" to ${subject}` };
      }
    }
  }
  return { allowed: false, reason: '' };
}

/** How a binding names this user, or nothing. */
function subjectFor(binding: Draft, user: User): string | undefined {
  for (const { kind, name, namespace } of (binding.subjects ?? []) as Draft[]) {
    if (kind === 'User' && name === user.name) return `User "${name}"`;
    if (kind === 'Group' && user.groups.includes(name)) return `Group "${name}"`;
    if (kind === 'ServiceAccount' && user.name === `system:serviceaccount:${namespace ?? binding.metadata.namespace}:${name}`) return `ServiceAccount "${name}/${namespace ?? ''}"`;
  }
  return undefined;
}

function rulesOf(store: Store, binding: Draft, namespace: string): readonly Draft[] {
  const { kind, name } = binding.roleRef;
  const role = (kind === 'Role' ? store.collection(`${RBAC}/roles`).get(namespace, name) : store.collection(`${RBAC}/clusterroles`).get('', name)) as Draft | undefined;
  return role?.rules ?? [];
}

const includes = (list: readonly string[] | undefined, value: string): boolean => list?.some(each => each === '*' || each === value) === true;

function grants(rules: readonly Draft[], { verb, group, resource, subresource, name, path, isResource }: Attributes): boolean {
  const wanted = subresource === '' ? resource : `${resource}/${subresource}`;
  return rules.some(rule => {
    if (!includes(rule.verbs, verb)) return false;
    if (!isResource) return (rule.nonResourceURLs ?? []).some((each: string) => each === '*' || each === path || (each.endsWith('*') && path.startsWith(each.slice(0, -1))));
    if (!includes(rule.apiGroups, group)) return false;
    const named = (rule.resources ?? []).some((each: string) => each === '*' || each === wanted || (subresource !== '' && each === `*/${subresource}`));
    return named && (!(rule.resourceNames?.length > 0) || rule.resourceNames.includes(name));
  });
}

/** `pods is forbidden: User "ann" cannot list resource "pods" in API group "" in the namespace "az"`. */
export function forbidden({ user, verb, group, resource, subresource, namespace, name, path, isResource }: Attributes): Refusal {
  if (!isResource) {
    const text = `User ${JSON.stringify(user.name)} cannot ${verb} path ${JSON.stringify(path)}`;
    const refusal = forbiddenError('', '', '', text);
    return { ...refusal, status: { ...refusal.status, message: `forbidden: ${text}`, details: {} } };
  }
  const full = subresource === '' ? resource : `${resource}/${subresource}`;
  const where = namespace === '' ? 'at the cluster scope' : `in the namespace ${JSON.stringify(namespace)}`;
  const refusal = forbiddenError(group, resource, name, `User ${JSON.stringify(user.name)} cannot ${verb} resource ${JSON.stringify(full)} in API group ${JSON.stringify(group)} ${where}`);
  const subject = subresource === '' ? groupResource(group, resource) : groupResource(group, resource);
  void subject;
  return refusal;
}
