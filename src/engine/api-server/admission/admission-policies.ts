/** ValidatingAdmissionPolicy: rules in CEL that a cluster's own objects lay down. Source: apiserver/pkg/admission/plugin/policy/validating. */
import type { Draft } from '../../apimachinery/json.ts';
import { labelSelectorMatches, type LabelSelector } from '../../apimachinery/label-selector.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import type { Refusal, StatusReason } from '../../apimachinery/status.ts';
import { celValue, compileRule, isCausedByValue } from '../../kinds/custom-resources/validation-rules.ts';
import { DEFINITIONS } from '../custom-resources/names.ts';
import { forbiddenError } from '../refusals.ts';
import type { ServedResource } from '../resources.ts';
import type { WriteContext } from '../writer.ts';
import type { AdmissionPlugin, AdmissionWorld } from './admission.ts';

const GROUP = 'admissionregistration.k8s.io';
const CODES: Readonly<Record<string, number>> = { Forbidden: 403, Invalid: 422, RequestEntityTooLarge: 413 };

interface Question {
  readonly resource: ServedResource;
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE';
  readonly object: Draft | null;
  readonly oldObject: Draft | null;
  readonly context: WriteContext;
}

const has = (list: readonly string[] | undefined, value: string): boolean => list?.some(each => each === '*' || each === value) === true;

function ruleMatches(rule: Draft, { resource, operation, object, oldObject }: Question): boolean {
  const name: string = (object ?? oldObject)?.metadata?.name ?? '';
  return has(rule.operations, operation) && has(rule.apiGroups, resource.group) && has(rule.apiVersions, resource.version) && has(rule.resources, resource.name)
    && (rule.scope === undefined || rule.scope === '*' || (rule.scope === 'Namespaced') === resource.namespaced) && (!rule.resourceNames?.length || rule.resourceNames.includes(name));
}

/** An empty selector selects everything, a missing one too. */
const selects = (selector: LabelSelector | undefined, labels: Draft | undefined): boolean => !selector || labelSelectorMatches(selector, labels ?? {});

function constraintsMatch(constraints: Draft | undefined, question: Question, namespace: Draft | undefined, needsRules: boolean): boolean {
  if (!constraints) return !needsRules;
  const { resourceRules, excludeResourceRules, namespaceSelector, objectSelector } = constraints;
  if ((excludeResourceRules ?? []).some((rule: Draft) => ruleMatches(rule, question))) return false;
  if ((needsRules || resourceRules?.length) && !(resourceRules ?? []).some((rule: Draft) => ruleMatches(rule, question))) return false;
  if (namespace && !selects(namespaceSelector, namespace.metadata.labels)) return false;
  return [question.object, question.oldObject].some(each => each && selects(objectSelector, each.metadata.labels));
}

/** What `paramRef` names: the parameters, one after another; `null` when there are none to give. */
function paramsOf(policy: Draft, binding: Draft, question: Question, { store }: AdmissionWorld): readonly (Draft | null)[] | 'missing' {
  const { paramKind } = policy.spec;
  const reference: Draft | undefined = binding.spec.paramRef;
  if (!paramKind || !reference) return [null];
  const [group, kind] = [(paramKind.apiVersion as string).includes('/') ? (paramKind.apiVersion as string).split('/')[0]! : '', paramKind.kind as string];
  const definition = store.collection(DEFINITIONS).list(undefined).find(each => (each.spec as Draft).group === group && (each.spec as Draft).names.kind === kind)?.spec as Draft | undefined;
  const collection = store.collection(`${group}/${definition ? definition.names.plural : `${kind.toLowerCase()}s`}`);
  const isNamespaced = definition ? definition.scope === 'Namespaced' : true;
  const namespace: string = isNamespaced ? reference.namespace ?? (question.object ?? question.oldObject)?.metadata.namespace ?? '' : '';
  const found = reference.name ? [collection.get(namespace, reference.name)] : collection.list(namespace || undefined).filter(each => selects(reference.selector, each.metadata.labels));
  const present = found.filter(each => each !== undefined) as unknown as Draft[];
  if (present.length > 0) return present;
  return reference.parameterNotFoundAction === 'Deny' ? 'missing' : [];
}

type Outcome = { readonly value: unknown } | { readonly error: string } | 'gap';

function evaluate(expression: string, variables: Record<string, unknown>): Outcome {
  const program = compileRule(expression);
  if (typeof program === 'string') return 'gap';
  try {
    return { value: program(variables) };
  } catch (thrown) {
    const text = String((thrown as Error).message).split('\n')[0]!;
    return isCausedByValue(text) ? { error: text.charAt(0).toLowerCase() + text.slice(1) } : 'gap';
  }
}

function variablesFor(policy: Draft, question: Question, params: Draft | null, namespace: Draft | undefined): Record<string, unknown> {
  const { resource, operation, object, oldObject, context } = question;
  const subject = (object ?? oldObject)!;
  const kind = { group: resource.group, version: resource.version, kind: resource.kind };
  const requested = { group: resource.group, version: resource.version, resource: resource.name };
  const variables: Record<string, unknown> = {
    object: celValue(object, undefined), oldObject: celValue(oldObject, undefined), params: celValue(params, undefined), namespaceObject: celValue(namespace ?? null, undefined),
    request: {
      kind, requestKind: kind, resource: requested, requestResource: requested, operation, dryRun: context.dryRun, name: subject.metadata.name ?? '', namespace: subject.metadata.namespace ?? '',
      subResource: '', userInfo: { username: context.user.name, groups: [...context.user.groups], uid: context.user.uid ?? '' },
    },
  };
  const named: Record<string, unknown> = {};
  variables.variables = named;
  for (const { name, expression } of (policy.spec.variables ?? []) as Draft[]) {
    const outcome = evaluate(expression, variables);
    if (outcome !== 'gap' && 'value' in outcome) named[name] = outcome.value;
  }
  return variables;
}

/** Why a policy says no, with the status reason; nothing when it does not. */
function complaint(policy: Draft, variables: Record<string, unknown>): { text: string; reason: string } | undefined {
  const failing = policy.spec.failurePolicy !== 'Ignore';
  const failed = (expression: string, error: string): { text: string; reason: string } | undefined => (failing ? { text: `expression '${expression}' resulted in error: ${error}`, reason: 'Invalid' } : undefined);
  for (const { expression } of (policy.spec.matchConditions ?? []) as Draft[]) {
    const outcome = evaluate(expression, variables);
    if (outcome === 'gap') return undefined;
    if ('error' in outcome) return failed(expression, outcome.error);
    if (outcome.value !== true) return undefined;
  }
  for (const validation of (policy.spec.validations ?? []) as Draft[]) {
    const outcome = evaluate(validation.expression, variables);
    if (outcome === 'gap' || ('value' in outcome && outcome.value === true)) continue;
    if ('error' in outcome) {
      const found = failed(validation.expression, outcome.error);
      if (found) return found;
      continue;
    }
    const told = validation.messageExpression ? evaluate(validation.messageExpression, variables) : 'gap';
    const text = told !== 'gap' && 'value' in told && typeof told.value === 'string' && told.value.trim() !== '' ? told.value.trim() : (validation.message as string | undefined)?.trim() || `failed expression: ${validation.expression}`;
    return { text, reason: validation.reason ?? 'Invalid' };
  }
  return undefined;
}

function judge(question: Question, world: AdmissionWorld): Refusal | undefined {
  const bindings = world.store.collection(`${GROUP}/validatingadmissionpolicybindings`).list(undefined) as readonly Draft[];
  if (bindings.length === 0 || question.resource.group === GROUP) return undefined;
  const { resource, context } = question;
  const subject = (question.object ?? question.oldObject)!;
  const namespaceName: string | undefined = resource.storage === '/namespaces' ? undefined : subject.metadata.namespace;
  const namespace = resource.storage === '/namespaces' ? subject : namespaceName ? world.store.collection('/namespaces').get('', namespaceName) as Draft | undefined : undefined;
  const age = (object: Draft): number => Number(object.metadata.resourceVersion);
  let refusal: Refusal | undefined;
  for (const binding of [...bindings].sort((a, b) => age(a) - age(b))) {
    const policy = world.store.collection(`${GROUP}/validatingadmissionpolicies`).get('', binding.spec?.policyName) as Draft | undefined;
    if (!policy || !constraintsMatch(policy.spec.matchConstraints, question, namespace, true) || !constraintsMatch(binding.spec.matchResources, question, namespace, false)) continue;
    const params = paramsOf(policy, binding, question, world);
    const found = params === 'missing' ? { text: 'failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction', reason: 'Invalid' }
      : params.map(each => complaint(policy, variablesFor(policy, question, each, namespace))).find(each => each !== undefined);
    if (!found) continue;
    const where = `ValidatingAdmissionPolicy '${policy.metadata.name}' with binding '${binding.metadata.name}'`;
    const actions: readonly string[] = binding.spec.validationActions ?? [];
    if (actions.includes('Warn')) context.warnings.push(`Validation failed for ${where}: ${found.text}`);
    if (actions.includes('Deny')) refusal ??= denied(resource, subject, `${where} denied request: ${found.text}`, found.reason);
  }
  return refusal;
}

function denied(resource: ServedResource, subject: Draft, text: string, reason: string): Refusal {
  const { status } = forbiddenError(resource.group, resource.name, subject.metadata.name ?? '', text);
  return { ok: false, status: { ...status, reason: reason as StatusReason, code: CODES[reason] ?? 422, details: { ...status.details, causes: [{ message: text }] } } };
}

export const admissionPolicies: AdmissionPlugin = {
  name: 'ValidatingAdmissionPolicy',
  validate: ({ resource, object, before, context }, world) => judge({ resource, operation: before ? 'UPDATE' : 'CREATE', object, oldObject: (before as Draft | undefined) ?? null, context }, world),
  deleting: (resource: ServedResource, object: KubeObject, context, world) => judge({ resource, operation: 'DELETE', object: null, oldObject: object as Draft, context }, world),
};
