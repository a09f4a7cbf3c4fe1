/** PodSecurity: namespaces say by labels how much their pods may ask for. Source: k8s.io/pod-security-admission/admission. */
import { invalid, type FieldProblem } from '../../apimachinery/field-problem.ts';
import { deepEqual, isObject, type Draft } from '../../apimachinery/json.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import type { Refusal } from '../../apimachinery/status.ts';
import { forbiddenError, invalidError } from '../refusals.ts';
import type { AdmissionPlugin, AdmissionRequest, AdmissionWorld } from './admission.ts';
import { violations, type Level, type Violation } from './pod-security-standards.ts';

const PREFIX = 'pod-security.kubernetes.io/';
const LEVELS: readonly string[] = ['privileged', 'baseline', 'restricted'];
/** `latest` is the newest version whose controls are known. */
const LATEST_MINOR = 35;
/** How many pods of a namespace are looked at when its labels change. */
const PODS_CHECKED_MAX = 3_000;

interface Policy {
  readonly level: Level;
  /** `latest` or `v1.30`. */
  readonly version: string;
}

const PRIVILEGED: Policy = { level: 'privileged', version: 'latest' };

function policyOf(labels: Draft | undefined, mode: 'enforce' | 'warn'): Policy {
  const level: unknown = labels?.[PREFIX + mode];
  if (level === undefined && mode === 'warn') return policyOf(labels, 'enforce');
  return LEVELS.includes(level as string) ? { level: level as Level, version: labels?.[`${PREFIX}${mode}-version`] ?? 'latest' } : PRIVILEGED;
}

const minorOf = ({ version }: Policy): number => (version === 'latest' ? LATEST_MINOR : Number(version.replace(/^v1\./, '')));
const nameOf = ({ level, version }: Policy): string => `${level}:${version}`;

/** `"restricted:latest": host namespaces (hostNetwork=true)`. */
const sentence = (policy: Policy, found: readonly Violation[]): string =>
  `${JSON.stringify(nameOf(policy))}: ${found.map(({ reason, detail }) => (detail === '' ? reason : `${reason} (${detail})`)).join(', ')}`;

/** The pod, or the template of pods, in an object. */
function podIn(storage: string, object: Draft): { readonly metadata: Draft; readonly spec: Draft } | undefined {
  switch (storage) {
    case '/pods': return { metadata: object.metadata, spec: object.spec ?? {} };
    case '/podtemplates': return templateOf(object.template);
    case 'batch/cronjobs': return templateOf(object.spec?.jobTemplate?.spec?.template);
    case '/replicationcontrollers': case 'apps/deployments': case 'apps/replicasets': case 'apps/statefulsets': case 'apps/daemonsets': case 'batch/jobs': return templateOf(object.spec?.template);
    default: return undefined;
  }
}

const templateOf = (template: unknown): { metadata: Draft; spec: Draft } | undefined => (isObject(template) ? { metadata: template.metadata ?? {}, spec: template.spec ?? {} } : undefined);

function labelProblems(labels: Draft): FieldProblem[] {
  return ['enforce', 'audit', 'warn'].flatMap(mode => {
    const level: unknown = labels[PREFIX + mode];
    const version: unknown = labels[`${PREFIX}${mode}-version`];
    return [
      ...(level === undefined || LEVELS.includes(level as string) ? [] : [invalid(`metadata.labels[${PREFIX}${mode}]`, level, `must be one of ${LEVELS.join(', ')}`)]),
      ...(version === undefined || /^(latest|v1\.(0|[1-9]\d*))$/.test(String(version)) ? [] : [invalid(`metadata.labels[${PREFIX}${mode}-version]`, version, 'must be "latest" or "v1.x"')]),
    ];
  });
}

/** Which pods a namespace already holds that its new level would refuse. */
function existingPods(namespace: Draft, policy: Policy, { store }: AdmissionWorld): string[] {
  const groups = new Map<string, { first: string; others: number }>();
  for (const pod of store.collection('/pods').list(namespace.metadata.name).slice(0, PODS_CHECKED_MAX) as readonly Draft[]) {
    const reasons = violations(policy.level, minorOf(policy), pod.metadata, pod.spec).map(each => each.reason).join(', ');
    if (reasons === '') continue;
    const known = groups.get(reasons);
    if (known) known.others += 1;
    else groups.set(reasons, { first: pod.metadata.name, others: 0 });
  }
  if (groups.size === 0) return [];
  const lines = [...groups].map(([reasons, { first, others }]) => `${first}${others === 0 ? '' : ` (and ${others} other pod${others === 1 ? '' : 's'})`}: ${reasons}`);
  return [`existing pods in namespace ${JSON.stringify(namespace.metadata.name)} violate the new PodSecurity enforce level ${JSON.stringify(nameOf(policy))}`, ...lines];
}

function namespaceChange({ resource, object, before, context }: AdmissionRequest, world: AdmissionWorld): Refusal | undefined {
  const labels: Draft = object.metadata.labels ?? {};
  const old = before?.metadata.labels as Draft | undefined;
  const problems = labelProblems(labels);
  if (problems.length > 0 && !deepEqual(labels, old)) return invalidError('', resource.kind, object.metadata.name, problems);
  const policy = policyOf(labels, 'enforce');
  if (before && policy.level !== 'privileged' && nameOf(policy) !== nameOf(policyOf(old, 'enforce'))) context.warnings.push(...existingPods(object, policy, world));
  return undefined;
}

/** Whether an update changes what the standards look at. */
const sameForPods = (before: KubeObject | undefined, object: Draft): boolean => before !== undefined && (before.spec === object.spec || deepEqual(before.spec, object.spec));

export const podSecurity: AdmissionPlugin = {
  name: 'PodSecurity',
  validate(request, world) {
    const { resource, object, before, context } = request;
    if (resource.storage === '/namespaces') return namespaceChange(request, world);
    const namespace: string | undefined = object.metadata.namespace;
    const labels = namespace === undefined ? undefined : world.store.collection('/namespaces').get('', namespace)?.metadata.labels as Draft | undefined;
    if (!labels || (labels[`${PREFIX}enforce`] === undefined && labels[`${PREFIX}warn`] === undefined)) return undefined;
    const pod = podIn(resource.storage, object);
    if (!pod || sameForPods(before, object)) return undefined;
    const enforced = policyOf(labels, 'enforce');
    if (resource.storage === '/pods') {
      const found = violations(enforced.level, minorOf(enforced), pod.metadata, pod.spec);
      if (found.length > 0) return forbiddenError('', 'pods', object.metadata.name, `violates PodSecurity ${sentence(enforced, found)}`);
    }
    const warned = policyOf(labels, 'warn');
    const found = violations(warned.level, minorOf(warned), pod.metadata, pod.spec);
    if (found.length > 0) context.warnings.push(`would violate PodSecurity ${sentence(warned, found)}`);
    return undefined;
  },
};
