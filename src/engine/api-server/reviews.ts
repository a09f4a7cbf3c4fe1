/** Requests that ask instead of change: who am I, may I, whose token is this. Nothing is stored. */
import type { Draft } from '../apimachinery/json.ts';
import { rfc3339 } from '../kernel/calendar.ts';
import { authorize } from './authorization.ts';
import type { ApiRequest, User } from './contract.ts';
import type { ServerParts } from './server-parts.ts';
import { userOfToken } from './tokens.ts';

const REVIEWS: ReadonlySet<string> = new Set([
  'SelfSubjectReview', 'SelfSubjectAccessReview', 'SubjectAccessReview', 'LocalSubjectAccessReview', 'SelfSubjectRulesReview', 'TokenReview',
]);

export const isReview = (kind: string): boolean => REVIEWS.has(kind);

function accessOf(parts: ServerParts, user: User, spec: Draft, namespace: string): Draft {
  const { resourceAttributes: resource, nonResourceAttributes: other } = spec;
  const verdict = authorize(parts, {
    user, verb: (resource ?? other)?.verb ?? '', group: resource?.group ?? '', resource: resource?.resource ?? '', subresource: resource?.subresource ?? '',
    namespace: resource?.namespace ?? namespace, name: resource?.name ?? '', path: other?.path ?? '', isResource: Boolean(resource),
  });
  return { allowed: verdict.allowed, ...(verdict.reason !== '' && { reason: verdict.reason }) };
}

/** The answered review. */
export function answerReview(parts: ServerParts, request: ApiRequest, kind: string, body: Draft, namespace: string): Draft {
  const { user } = request;
  const spec: Draft = body.spec ?? {};
  const review: Draft = { ...body, metadata: { ...body.metadata } };
  switch (kind) {
    case 'SelfSubjectReview':
      review.metadata = { creationTimestamp: rfc3339(parts.kernel.nowMs) };
      review.status = { userInfo: { username: user.name, ...(user.uid && { uid: user.uid }), groups: user.groups, ...(user.extra && { extra: user.extra }) } };
      return review;
    case 'SelfSubjectAccessReview': review.status = accessOf(parts, user, spec, ''); return review;
    case 'SubjectAccessReview': case 'LocalSubjectAccessReview':
      review.status = accessOf(parts, { name: spec.user ?? '', groups: spec.groups ?? [] }, spec, namespace);
      return review;
    case 'SelfSubjectRulesReview': {
      const all = user.groups.includes('system:masters');
      review.status = all
        ? { resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }], nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }], incomplete: false }
        : { resourceRules: [], nonResourceRules: [], incomplete: true };
      return review;
    }
    default: {
      const holder = userOfToken(spec.token ?? '');
      review.status = holder
        ? { authenticated: true, user: { username: holder.name, groups: holder.groups }, audiences: ['https://kubernetes.default.svc'] }
        : { user: {}, error: 'invalid bearer token' };
      return review;
    }
  }
}
