/** Kinds that are little more than records: leases, priority and runtime classes, revisions, policies. */
import type { Draft } from '../apimachinery/json.ts';
import { formatSelector } from '../apimachinery/label-selector.ts';
import { ageColumn, nameColumn } from './columns.ts';
import { oneOfOrNone } from './field-checks.ts';
import { defineKind, type KindDeclaration } from './kind.ts';
import { canonicalResources, defaultPodTemplate, fill } from './pod-template.ts';

export const lease = defineKind({
  kind: 'Lease', apiVersion: 'coordination.k8s.io/v1',
  defaults: object => { fill(object, 'spec', {}); },
  columns: [nameColumn, { header: 'Holder', cell: each => each.spec?.holderIdentity ?? '' }, ageColumn],
});

export const priorityClass = defineKind({
  kind: 'PriorityClass', apiVersion: 'scheduling.k8s.io/v1', generation: true,
  defaults(object) {
    fill(object, 'preemptionPolicy', 'PreemptLowerPriority');
    if (object.globalDefault === false) delete object.globalDefault;
    object.value ??= 0;
  },
  columns: [
    nameColumn,
    { header: 'Value', type: 'integer', cell: each => each.value ?? 0 },
    { header: 'Global-Default', type: 'boolean', cell: each => each.globalDefault === true },
    ageColumn,
    { header: 'PreemptionPolicy', cell: each => each.preemptionPolicy ?? 'PreemptLowerPriority' },
  ],
});

export const runtimeClass = defineKind({
  kind: 'RuntimeClass', apiVersion: 'node.k8s.io/v1',
  defaults(object) { canonicalResources(object.overhead?.podFixed); },
  columns: [nameColumn, { header: 'Handler', cell: each => each.handler ?? '' }, ageColumn],
});

function controllerOf(object: Draft): string {
  const owner = (object.metadata.ownerReferences ?? []).find((each: Draft) => each.controller);
  if (!owner) return '<none>';
  const [group] = (owner.apiVersion as string).includes('/') ? owner.apiVersion.split('/') : [''];
  return `${owner.kind.toLowerCase()}${group ? `.${group}` : ''}/${owner.name}`;
}

export const controllerRevision = defineKind({
  kind: 'ControllerRevision', apiVersion: 'apps/v1',
  columns: [
    nameColumn,
    { header: 'Controller', cell: controllerOf },
    { header: 'Revision', cell: each => each.revision ?? 0 },
    ageColumn,
  ],
});

export const podTemplate = defineKind({
  kind: 'PodTemplate', apiVersion: 'v1', generation: true,
  defaults(object) {
    fill(object, 'template', {});
    defaultPodTemplate(object.template);
  },
  columns: [
    nameColumn,
    { header: 'Containers', cell: each => ((each.template?.spec?.containers ?? []) as Draft[]).map(one => one.name).join(',') },
    { header: 'Images', cell: each => ((each.template?.spec?.containers ?? []) as Draft[]).map(one => one.image).join(',') },
    { header: 'Pod Labels', cell: each => formatSelector({ matchLabels: each.template?.metadata?.labels ?? {} }) },
  ],
});

function defaultWebhooks(object: Draft, mutating: boolean): void {
  for (const hook of object.webhooks ?? []) {
    fill(hook, 'failurePolicy', 'Fail');
    fill(hook, 'matchPolicy', 'Equivalent');
    fill(hook, 'namespaceSelector', {});
    fill(hook, 'objectSelector', {});
    fill(hook, 'timeoutSeconds', 10);
    if (mutating) fill(hook, 'reinvocationPolicy', 'Never');
    if (hook.clientConfig?.service) fill(hook.clientConfig.service, 'port', 443);
    for (const rule of hook.rules ?? []) fill(rule, 'scope', '*');
  }
}

const webhooks = (kind: string, mutating: boolean): KindDeclaration => defineKind({
  kind, apiVersion: 'admissionregistration.k8s.io/v1', generation: true,
  defaults: object => { defaultWebhooks(object, mutating); },
  columns: [nameColumn, { header: 'Webhooks', type: 'integer', cell: each => (each.webhooks ?? []).length }, ageColumn],
});

export const mutatingWebhookConfiguration = webhooks('MutatingWebhookConfiguration', true);
export const validatingWebhookConfiguration = webhooks('ValidatingWebhookConfiguration', false);

export const serviceCidr = defineKind({
  kind: 'ServiceCIDR', apiVersion: 'networking.k8s.io/v1',
  prepareCreate: object => { object.status = {}; },
  columns: [nameColumn, { header: 'CIDRs', cell: each => (each.spec?.cidrs ?? []).join(',') }, ageColumn],
});

export const ipAddress = defineKind({
  kind: 'IPAddress', apiVersion: 'networking.k8s.io/v1', nameRule: 'path-segment',
  columns: [
    nameColumn,
    {
      header: 'ParentRef',
      cell: each => {
        const { group = '', resource = '', namespace = '', name = '' }: Draft = each.spec?.parentRef ?? {};
        return [group === '' ? resource : `${resource}.${group}`, namespace, name].filter(part => part !== '').join('/');
      },
    },
  ],
});

export const apiService = defineKind({
  kind: 'APIService', apiVersion: 'apiregistration.k8s.io/v1',
  defaults: object => { if (object.spec?.service) fill(object.spec.service, 'port', 443); },
  prepareCreate: object => { object.status = {}; },
  columns: [
    nameColumn,
    { header: 'Service', cell: each => (each.spec?.service ? `${each.spec.service.namespace}/${each.spec.service.name}` : 'Local') },
    {
      header: 'Available',
      cell: each => {
        const condition = (each.status?.conditions ?? []).find((one: Draft) => one.type === 'Available');
        if (!condition) return 'Unknown';
        return condition.status === 'True' ? 'True' : `${condition.status} (${condition.reason})`;
      },
    },
    ageColumn,
  ],
});

export const replicationController = defineKind({
  kind: 'ReplicationController', apiVersion: 'v1', generation: true,
  defaults(object) {
    fill(object, 'spec', {});
    const { spec } = object;
    fill(spec, 'replicas', 1);
    defaultPodTemplate(spec.template);
    const labels = spec.template?.metadata?.labels;
    if (labels) {
      if (!spec.selector || Object.keys(spec.selector).length === 0) spec.selector = { ...labels };
      if (!object.metadata.labels || Object.keys(object.metadata.labels).length === 0) object.metadata.labels = { ...labels };
    }
  },
  prepareCreate: object => { object.status = { replicas: 0 }; },
  statusDefaults: object => { fill(object, 'status', {}); fill(object.status, 'replicas', 0); },
  columns: [
    nameColumn,
    { header: 'Desired', type: 'integer', cell: each => each.spec?.replicas ?? 0 },
    { header: 'Current', type: 'integer', cell: each => each.status?.replicas ?? 0 },
    { header: 'Ready', type: 'integer', cell: each => each.status?.readyReplicas ?? 0 },
    ageColumn,
    { header: 'Containers', wide: true, cell: each => ((each.spec?.template?.spec?.containers ?? []) as Draft[]).map(one => one.name).join(',') },
    { header: 'Images', wide: true, cell: each => ((each.spec?.template?.spec?.containers ?? []) as Draft[]).map(one => one.image).join(',') },
    { header: 'Selector', wide: true, cell: each => formatSelector({ matchLabels: each.spec?.selector ?? {} }) },
  ],
});

function defaultMatch(match: Draft | undefined): void {
  if (!match) return;
  fill(match, 'matchPolicy', 'Equivalent');
  fill(match, 'namespaceSelector', {});
  fill(match, 'objectSelector', {});
  for (const rule of [...(match.resourceRules ?? []), ...(match.excludeResourceRules ?? [])]) fill(rule, 'scope', '*');
}

export const validatingAdmissionPolicy = defineKind({
  kind: 'ValidatingAdmissionPolicy', apiVersion: 'admissionregistration.k8s.io/v1', generation: true,
  defaults(object) {
    fill(object, 'spec', {});
    fill(object.spec, 'failurePolicy', 'Fail');
    defaultMatch(object.spec.matchConstraints);
  },
  validate: object => ((object.spec?.validations ?? []) as Draft[]).flatMap(({ reason }, i) => oneOfOrNone(reason, `spec.validations[${i}].reason`, ['Forbidden', 'Invalid', 'RequestEntityTooLarge'])),
  prepareCreate: object => { object.status = {}; },
  columns: [
    nameColumn,
    { header: 'Validations', type: 'integer', cell: each => (each.spec?.validations ?? []).length },
    { header: 'ParamKind', cell: each => (each.spec?.paramKind ? `${each.spec.paramKind.apiVersion}/${each.spec.paramKind.kind}` : '<unset>') },
    ageColumn,
  ],
});

export const validatingAdmissionPolicyBinding = defineKind({
  kind: 'ValidatingAdmissionPolicyBinding', apiVersion: 'admissionregistration.k8s.io/v1', generation: true,
  defaults: object => { defaultMatch(object.spec?.matchResources); },
  columns: [
    nameColumn,
    { header: 'PolicyName', cell: each => each.spec?.policyName ?? '' },
    {
      header: 'ParamRef',
      cell: each => {
        const ref: Draft | undefined = each.spec?.paramRef;
        if (!ref) return '<unset>';
        return ref.namespace ? `${ref.namespace}/${ref.name ?? '*'}` : ref.name ?? '*';
      },
    },
    ageColumn,
  ],
});
