/** The resources a definition makes the server serve: one for each served version. */
import { cloneJson, type Draft } from '../../apimachinery/json.ts';
import type { FieldProblem } from '../../apimachinery/field-problem.ts';
import { applyDefaults, prune, type JsonSchema } from '../../kinds/custom-resources/json-schema.ts';
import { columnsOfDefinition, textAt } from '../../kinds/custom-resources/printer-columns.ts';
import { ruleProblems } from '../../kinds/custom-resources/validation-rules.ts';
import { listProblems, valueProblems } from '../../kinds/custom-resources/value-validation.ts';
import type { KindDeclaration } from '../../kinds/kind.ts';
import { byVersion, type ServedResource, type Subresource } from '../resources.ts';
import { fieldSchemaOf } from './field-schema.ts';

const VERBS = ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'];
const SUBRESOURCE_VERBS = ['get', 'patch', 'update'];

export function servedByDefinition(definition: Draft): ServedResource[] {
  const { group, names, scope, versions } = definition.spec;
  const storage: string = versions.find((each: Draft) => each.storage)?.name ?? versions[0].name;
  return (versions as Draft[]).filter(each => each.served).sort((a, b) => byVersion(a.name, b.name)).map((version): ServedResource => {
    const schema: JsonSchema = version.schema?.openAPIV3Schema ?? {};
    const { scale } = version.subresources ?? {};
    const hasStatus = version.subresources?.status !== undefined;
    const subresources: Subresource[] = [
      ...(hasStatus ? [{ name: 'status', kind: names.kind, verbs: SUBRESOURCE_VERBS, responseGroup: group, responseVersion: version.name }] : []),
      ...(scale ? [{ name: 'scale', kind: 'Scale', verbs: SUBRESOURCE_VERBS, responseGroup: 'autoscaling', responseVersion: 'v1' }] : []),
    ];
    return {
      group, version: version.name, apiVersion: `${group}/${version.name}`, name: names.plural, kind: names.kind, singular: names.singular,
      namespaced: scope === 'Namespaced', verbs: VERBS, shortNames: names.shortNames ?? [], categories: names.categories ?? [], subresources,
      storageVersionHash: '', columns: [], storage: `${group}/${names.plural}`, schema: fieldSchemaOf(schema, true),
      declaration: declarationOf(`${group}/${storage}`, names.kind, schema, version, hasStatus),
      custom: { schema, listKind: names.listKind ?? `${names.kind}List`, hasStatus, ...(scale && { scale }), ...(version.deprecated && { deprecation: version.deprecationWarning || `${group}/${version.name} ${names.kind} is deprecated` }) },
    };
  });
}

function declarationOf(storedVersion: string, kind: string, schema: JsonSchema, version: Draft, hasStatus: boolean): KindDeclaration {
  const shape = (value: unknown, part: JsonSchema, isResource: boolean): void => {
    prune(value, part, [], '', isResource);
    applyDefaults(value, part);
  };
  const problems = (object: Draft): FieldProblem[] => {
    const body = withoutStoredMetadata(object);
    const found = valueProblems(body, schema, '');
    return found.length > 0 ? [...found, ...listProblems(body, schema, '')] : [...listProblems(body, schema, ''), ...ruleProblems(body, undefined, schema, 'value')];
  };
  return {
    kind, apiVersion: storedVersion, generation: true, ratchets: true, columns: columnsOfDefinition(version.additionalPrinterColumns),
    defaults(object) {
      // A frozen status is the stored one: it was shaped when it was written.
      const { status } = object;
      if (Object.isFrozen(status)) delete object.status;
      shape(object, schema, true);
      if (status !== undefined && Object.isFrozen(status)) object.status = status;
    },
    prepareCreate: object => { if (hasStatus) delete object.status; },
    statusDefaults(object) {
      if (object.status === undefined || !schema.properties?.status) return;
      object.status = cloneJson(object.status);
      shape(object.status, schema.properties.status, false);
    },
    validate: problems,
    validateUpdate: (after, before) => ruleProblems(withoutStoredMetadata(after), withoutStoredMetadata(before), schema, 'transition'),
    validateStatusUpdate: (after, before) => [...problems(after).filter(each => each.field.startsWith('status')), ...ruleProblems({ status: after.status }, { status: before.status }, schema, 'transition')],
    fieldSelectors: Object.fromEntries(((version.selectableFields ?? []) as Draft[]).map(({ jsonPath }) => [jsonPath.replace(/^\./, ''), (object: Draft) => textAt(jsonPath, object)])),
  };
}

/** Of the metadata, schemas and rules see the names only. */
function withoutStoredMetadata(object: Draft): Draft {
  const { name, generateName } = object.metadata ?? {};
  return { ...object, metadata: { ...(name !== undefined && { name }), ...(generateName !== undefined && { generateName }) } };
}
