/** `CustomResourceDefinition`: defaults, checks, columns. Source: apiextensions' apis/apiextensions/{v1/defaults.go,validation/validation.go}. */
import { forbidden, invalid, notSupported, required, type FieldProblem } from '../../apimachinery/field-problem.ts';
import { deepEqual, type Draft } from '../../apimachinery/json.ts';
import { dns1035LabelProblems, dnsSubdomainProblems } from '../../apimachinery/names.ts';
import { defineKind } from '../kind.ts';
import { nameColumn } from '../columns.ts';
import { fill } from '../pod-template.ts';
import { rulesNotEvaluated } from './validation-rules.ts';
import { schemaProblems, selectableFieldProblem } from './structural.ts';

const COLUMN_TYPES = ['boolean', 'date', 'integer', 'number', 'string'];

export const customResourceDefinition = defineKind({
  kind: 'CustomResourceDefinition', apiVersion: 'apiextensions.k8s.io/v1', generation: true,
  defaults(object) {
    const { names } = object.spec ?? {};
    if (!names) return;
    if (names.kind) {
      if (!names.singular) names.singular = (names.kind as string).toLowerCase();
      if (!names.listKind) names.listKind = `${names.kind}List`;
    }
    fill(object.spec, 'conversion', { strategy: 'None' });
    if (object.spec.conversion.webhook?.clientConfig?.service) fill(object.spec.conversion.webhook.clientConfig.service, 'port', 443);
  },
  prepareCreate(object) {
    const stored = (object.spec?.versions ?? []).filter((each: Draft) => each.storage).map((each: Draft) => each.name);
    object.status = { conditions: null, acceptedNames: { plural: '', kind: '' }, storedVersions: stored };
    if (object.spec?.preserveUnknownFields === false) delete object.spec.preserveUnknownFields;
  },
  prepareUpdate(after) {
    // What was ever stored stays listed until somebody has migrated it.
    const storage = (after.spec?.versions ?? []).find((each: Draft) => each.storage)?.name;
    const stored: string[] = after.status?.storedVersions ?? [];
    if (storage && !stored.includes(storage)) after.status = { ...after.status, storedVersions: [...stored, storage] };
    if (after.spec?.preserveUnknownFields === false) delete after.spec.preserveUnknownFields;
  },
  validate: problemsOf,
  validateUpdate(after, before) {
    const immutable = (field: string, now: unknown, then: unknown): FieldProblem[] => (now === then ? [] : [invalid(field, now, 'field is immutable')]);
    return [
      ...immutable('spec.group', after.spec.group, before.spec.group), ...immutable('spec.scope', after.spec.scope, before.spec.scope),
      ...immutable('spec.names.kind', after.spec.names?.kind, before.spec.names?.kind), ...immutable('spec.names.plural', after.spec.names?.plural, before.spec.names?.plural),
    ].slice(0, before.status?.conditions ? 4 : 0);
  },
  warnings: object => [...conversionWarnings(object), ...rulesWarnings(object)],
  columns: [nameColumn, { header: 'Created At', format: 'date', cell: each => each.metadata.creationTimestamp }],
});

const conversionWarnings = (object: Draft): string[] => (object.spec?.conversion?.strategy === 'Webhook' ? ['spec.conversion: the webhook is not called; objects are shown in every version as they were stored'] : []);

function rulesWarnings(object: Draft): string[] {
  return ((object.spec?.versions ?? []) as Draft[]).flatMap(({ name, schema }) =>
    rulesNotEvaluated(schema?.openAPIV3Schema).map(text => `spec.versions[${name}]: this rule is stored, but not evaluated: ${text}`)).slice(0, 5);
}

function problemsOf(object: Draft): FieldProblem[] {
  const spec: Draft = object.spec ?? {};
  const names: Draft = spec.names ?? {};
  const problems: FieldProblem[] = [];
  // The group is checked with the name of the object, which is made of it.
  if (object.metadata.name !== `${names.plural ?? ''}.${spec.group ?? ''}` && object.metadata.name && !object.status?.conditions?.length) problems.push(invalid('metadata.name', object.metadata.name, 'must be spec.names.plural+"."+spec.group'));
  if (/(^|\.)(k8s\.io|kubernetes\.io)$/.test(spec.group ?? '') && !object.metadata.annotations?.['api-approved.kubernetes.io']) {
    problems.push(required('metadata.annotations[api-approved.kubernetes.io]', 'protected groups must have approval annotation "api-approved.kubernetes.io", see https://github.com/kubernetes/enhancements/pull/1111'));
  }
  if (!spec.group) problems.push(required('spec.group'));
  else {
    for (const problem of dnsSubdomainProblems(spec.group)) problems.push(invalid('spec.group', spec.group, problem));
    if (!spec.group.includes('.')) problems.push(invalid('spec.group', spec.group, 'should be a domain with at least one dot'));
  }
  if (!spec.scope) problems.push(required('spec.scope'));
  else if (spec.scope !== 'Cluster' && spec.scope !== 'Namespaced') problems.push(notSupported('spec.scope', spec.scope, ['Cluster', 'Namespaced']));
  problems.push(...versionProblems(spec), ...namesProblems(names), ...conversionProblems(spec.conversion ?? {}));
  const hasDefaults = JSON.stringify((spec.versions ?? []).map((each: Draft) => each.schema ?? null)).includes('"default":');
  if (spec.preserveUnknownFields === true) {
    if (hasDefaults) problems.push(invalid('spec.preserveUnknownFields', true, 'must be false in order to use defaults in the schema'));
    problems.push(invalid('spec.preserveUnknownFields', true, 'cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead'));
  }
  if (((object.status?.storedVersions ?? []) as unknown[]).length === 0) problems.push(invalid('status.storedVersions', null, 'must have at least one stored version'));
  return problems;
}

function namesProblems(names: Draft): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const label = (field: string, value: string | undefined, prefix = '', lower = false): void => {
    if (!value) problems.push(required(field));
    else for (const problem of dns1035LabelProblems(lower ? value.toLowerCase() : value)) problems.push(invalid(field, value, prefix + problem));
  };
  const mixed = 'may have mixed case, but should otherwise match: ';
  label('spec.names.plural', names.plural);
  label('spec.names.singular', names.singular);
  label('spec.names.kind', names.kind, mixed, true);
  label('spec.names.listKind', names.listKind, mixed, true);
  ((names.shortNames ?? []) as string[]).forEach((name, i) => { for (const problem of dns1035LabelProblems(name)) problems.push(invalid(`spec.names.shortNames[${i}]`, name, problem)); });
  if (names.kind && names.kind === names.listKind) problems.push(invalid('spec.names.listKind', names.listKind, 'kind and listKind may not be the same'));
  ((names.categories ?? []) as string[]).forEach((name, i) => { for (const problem of dns1035LabelProblems(name)) problems.push(invalid(`spec.names.categories[${i}]`, name, problem)); });
  return problems;
}

function conversionProblems({ strategy, webhook }: Draft): FieldProblem[] {
  if (!strategy) return [required('spec.conversion.strategy')];
  if (strategy !== 'None' && strategy !== 'Webhook') return [notSupported('spec.conversion.strategy', strategy, ['None', 'Webhook'])];
  if (strategy === 'None') return webhook?.clientConfig ? [forbidden('spec.conversion.webhookClientConfig', 'should not be set when strategy is not set to Webhook')] : [];
  const problems: FieldProblem[] = [];
  if (!webhook?.clientConfig) problems.push(required('spec.conversion.webhookClientConfig', 'required when strategy is set to Webhook'));
  if (!webhook?.conversionReviewVersions?.length) problems.push(required('spec.conversion.conversionReviewVersions'));
  return problems;
}

/** The internal form keeps what all versions share in one place, and messages name that place. */
function versionProblems(spec: Draft): FieldProblem[] {
  const versions: Draft[] = spec.versions ?? [];
  const problems: FieldProblem[] = [];
  const shared = (key: string): boolean => versions.length > 0 && versions.every(each => deepEqual(each[key], versions[0]![key]));
  versions.forEach((version, i) => { if (!version.schema?.openAPIV3Schema) problems.push(required(`spec.versions[${i}].schema.openAPIV3Schema`)); });
  const dump = (): string => JSON.stringify(versions.map(each => goVersion(each, shared)));
  const whole = (detail: string): FieldProblem => ({ type: 'Invalid', field: 'spec.versions', message: `Invalid value: ${dump()}: ${detail}` });
  const seen = new Set<string>();
  let repeated = false;
  versions.forEach((version, i) => {
    if (seen.has(version.name)) repeated = true;
    seen.add(version.name);
    for (const problem of dns1035LabelProblems(version.name ?? '')) problems.push(invalid(`spec.versions[${i}].name`, version.name ?? '', problem));
    if (version.deprecationWarning !== undefined && !version.deprecated) problems.push(invalid(`spec.versions[${i}].deprecationWarning`, version.deprecationWarning, 'can only be set for deprecated versions'));
    for (const key of ['schema', 'subresources', 'additionalPrinterColumns', 'selectableFields']) {
      if (!shared(key)) problems.push(...partProblems(key, version, `spec.versions[${i}]`));
    }
  });
  if (repeated) problems.push(whole('must contain unique version names'));
  if (versions.length > 0 && versions.filter(each => each.storage).length !== 1) problems.push(whole('must have exactly one version marked as storage version'));
  for (const key of ['schema', 'subresources', 'additionalPrinterColumns', 'selectableFields']) if (shared(key)) problems.push(...partProblems(key, versions[0]!, 'spec'));
  return problems;
}

const goVersion = (version: Draft, shared: (key: string) => boolean): Draft => ({
  Name: version.name ?? '', Served: version.served === true, Storage: version.storage === true, Deprecated: version.deprecated === true, DeprecationWarning: version.deprecationWarning ?? null,
  Schema: shared('schema') ? null : version.schema ?? null, Subresources: shared('subresources') ? null : version.subresources ?? null,
  AdditionalPrinterColumns: shared('additionalPrinterColumns') ? null : version.additionalPrinterColumns ?? null, SelectableFields: shared('selectableFields') ? null : version.selectableFields ?? null,
});

function partProblems(key: string, version: Draft, at: string): FieldProblem[] {
  switch (key) {
    case 'schema': return version.schema?.openAPIV3Schema ? schemaProblems(version.schema.openAPIV3Schema, `${at}${at === 'spec' ? '.validation' : '.schema'}.openAPIV3Schema`) : [];
    case 'subresources': return scaleProblems(version.subresources?.scale, `${at}.subresources.scale`);
    case 'additionalPrinterColumns': return ((version.additionalPrinterColumns ?? []) as Draft[]).flatMap((column, i) => columnProblems(column, `${at}.additionalPrinterColumns[${i}]`));
    default: return ((version.selectableFields ?? []) as Draft[]).flatMap(({ jsonPath }, i): FieldProblem[] => {
      const field = `${at}.selectableFields[${i}].jsonPath`;
      if (!jsonPath) return [required(field)];
      const problem = selectableFieldProblem(jsonPath, version.schema?.openAPIV3Schema ?? {});
      return problem ? [invalid(field, jsonPath, problem)] : [];
    });
  }
}

function columnProblems({ name, type, format, jsonPath, priority }: Draft, at: string): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const allowed = `must be one of ${COLUMN_TYPES.join(',')}`;
  if (!name) problems.push(required(`${at}.name`));
  if (!type) problems.push(required(`${at}.type`, allowed));
  else if (!COLUMN_TYPES.includes(type)) problems.push(invalid(`${at}.type`, type, allowed));
  const formats = ['binary', 'byte', 'date', 'date-time', 'double', 'float', 'int32', 'int64', 'password'];
  if (format && !formats.includes(format)) problems.push(invalid(`${at}.format`, format, `must be one of ${formats.join(',')}`));
  if (!jsonPath) problems.push(required(`${at}.JSONPath`));
  else if (!(jsonPath as string).startsWith('.')) problems.push(invalid(`${at}.JSONPath`, jsonPath, 'must be a simple json path starting with .'));
  if ((priority ?? 0) < 0) problems.push(invalid(`${at}.priority`, priority, 'must be greater than or equal to 0'));
  return problems;
}

function scaleProblems(scale: Draft | undefined, at: string): FieldProblem[] {
  if (!scale) return [];
  const path = (key: string, under: string, needed: boolean): FieldProblem[] => {
    const value: string = scale[key] ?? '';
    if (value === '') return needed ? [required(`${at}.${key}`)] : [];
    if (!/^(\.[^.[\]]+)+$/.test(value)) return [invalid(`${at}.${key}`, value, 'must be a simple json path starting with .')];
    const prefixes = under.split(' ');
    return prefixes.some(prefix => value.startsWith(`.${prefix}.`)) ? [] : [invalid(`${at}.${key}`, value, `should be a json path under ${prefixes.map(prefix => `.${prefix}`).join(' or ')}`)];
  };
  return [...path('specReplicasPath', 'spec', true), ...path('statusReplicasPath', 'status', true), ...path('labelSelectorPath', 'spec status', false)];
}
