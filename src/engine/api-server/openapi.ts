/** OpenAPI v3 documents, one a group and version: what `kubectl explain` and client-side validation read. */
import type { Draft } from '../apimachinery/json.ts';
import type { Resources, ServedResource } from './resources.ts';
import { customSchemas } from './custom-resources/custom-schemas.ts';
import { types, type FieldSchema, type TypeSchema } from './schema.ts';

/** Descriptions of types and fields: `{ "apps.v1.DeploymentSpec": ["text of the type", { replicas: "text" }] }`. */
export type SchemaTexts = Readonly<Record<string, readonly [type: string, fields: Readonly<Record<string, string>>]>>;

/** The name a short type name has in documents. */
function longName(typeName: string): string {
  if (typeName.startsWith('meta.')) return `io.k8s.apimachinery.pkg.apis.${typeName}`;
  if (typeName.startsWith('apimachinery.') || typeName.startsWith('kube-aggregator.') || typeName.startsWith('apiextensions-apiserver.')) return `io.k8s.${typeName}`;
  return `io.k8s.api.${typeName}`;
}

const reference = (typeName: string): Draft => ({ $ref: `#/components/schemas/${longName(typeName)}` });

export class OpenApi {
  private readonly documents = new Map<string, Draft>();
  /** Clients read a document again when its address changes. */
  private revision = 0;
  private loadedTexts: SchemaTexts | undefined;

  constructor(private readonly resources: Resources, private readonly texts: () => SchemaTexts | undefined) {}

  /** Other resources are served now. */
  forgetDocuments(): void {
    this.revision += 1;
    this.documents.clear();
  }

  /** Documents are made anew when next asked for. */
  forget(): void {
    this.documents.clear();
    this.loadedTexts = undefined;
  }

  /** Paths of the documents. */
  index(): Draft {
    const paths: Draft = {};
    for (const group of this.resources.groups) {
      for (const version of this.resources.versionsOf(group)) {
        const path = group === '' ? `api/${version}` : `apis/${group}/${version}`;
        paths[path] = { serverRelativeURL: `/openapi/v3/${path}?hash=${hashOf(`${path} ${this.revision}`)}` };
      }
    }
    return { paths };
  }

  /** `apis/apps/v1` → its document; `undefined` when it is not served. */
  document(path: string): Draft | undefined {
    const known = this.documents.get(path);
    if (known) return known;
    const parts = path.split('/');
    const [group, version] = parts[0] === 'api' ? ['', parts[1] ?? ''] : [parts[1] ?? '', parts[2] ?? ''];
    const served = this.resources.all.filter(each => each.group === group && each.version === version);
    if (served.length === 0) return undefined;
    const document = this.build(path, served);
    this.documents.set(path, document);
    return document;
  }

  private build(path: string, served: readonly ServedResource[]): Draft {
    const { apiVersion } = served[0]!;
    const schemas: Draft = {};
    const visit = (name: string): void => {
      const long = longName(name);
      if (schemas[long]) return;
      const type = types[name];
      if (!type) return;
      schemas[long] = {};
      schemas[long] = this.schemaOf(name, type, visit);
    };
    for (const [name, type] of Object.entries(types)) {
      if (type.g?.some(gvk => gvk.slice(0, gvk.lastIndexOf('/')) === apiVersion)) visit(name);
    }
    for (const resource of served) if (resource.custom) Object.assign(schemas, customSchemas(resource, resource.custom));
    if (served.some(each => each.custom)) for (const name of ['meta.v1.ObjectMeta', 'meta.v1.ListMeta']) visit(name);
    const paths: Draft = {};
    for (const resource of served) addPaths(paths, path, resource);
    return { openapi: '3.0.0', info: { title: 'Kubernetes', version: 'v1.35.6' }, paths, components: { schemas } };
  }

  private schemaOf(name: string, type: TypeSchema, visit: (name: string) => void): Draft {
    this.loadedTexts ??= this.texts();
    const [typeText, fieldTexts] = this.loadedTexts?.[name] ?? [undefined, undefined];
    const schema: Draft = {};
    if (typeText) schema.description = typeText;
    if (type.o) schema.oneOf = type.o.map(each => ({ type: each }));
    if (type.f) schema.format = type.f;
    if (!type.o) schema.type = type.t ?? 'object';
    if (type.q) schema.required = type.q;
    if (type.p) {
      schema.properties = Object.fromEntries(Object.entries(type.p).map(([key, field]) => [key, this.fieldOf(field, fieldTexts?.[key], visit)]));
    }
    if (type.g) {
      schema['x-kubernetes-group-version-kind'] = type.g.map(gvk => {
        const parts = gvk.split('/');
        return parts.length === 3 ? { group: parts[0], version: parts[1], kind: parts[2] } : { group: '', version: parts[0], kind: parts[1] };
      });
    }
    return schema;
  }

  private fieldOf(field: FieldSchema, text: string | undefined, visit: (name: string) => void): Draft {
    const schema: Draft = {};
    if (text) schema.description = text;
    if (field.r !== undefined) {
      visit(field.r);
      // A reference with neighbours has to be wrapped, or the neighbours do not count.
      schema.allOf = [reference(field.r)];
    } else if (field.t) schema.type = field.t;
    if (field.d !== undefined) schema.default = field.d;
    if (field.f) schema.format = field.f;
    if (field.e) schema.enum = field.e;
    if (field.i) schema.items = this.fieldOf(field.i, undefined, visit);
    if (field.v) schema.additionalProperties = this.fieldOf(field.v, undefined, visit);
    if (field.s) schema['x-kubernetes-patch-strategy'] = field.s;
    if (field.k) schema['x-kubernetes-patch-merge-key'] = field.k;
    if (field.l) schema['x-kubernetes-list-type'] = field.l;
    if (field.m) schema['x-kubernetes-list-map-keys'] = field.m;
    if (field.a) schema['x-kubernetes-map-type'] = field.a;
    return schema;
  }
}

function hashOf(text: string): string {
  let hash = 0;
  for (const char of text) hash = (Math.imul(hash, 31) + char.charCodeAt(0)) | 0;
  return (hash >>> 0).toString(16).padStart(8, '0').toUpperCase();
}

const ACTIONS: Readonly<Record<string, readonly [method: string, action: string, ofOne: boolean]>> = {
  get: ['get', 'get', true], list: ['get', 'list', false], create: ['post', 'post', false], update: ['put', 'put', true],
  patch: ['patch', 'patch', true], delete: ['delete', 'delete', true], deletecollection: ['delete', 'deletecollection', false],
};

/** Enough of each path for clients that look up which parameters an operation takes. */
function addPaths(paths: Draft, root: string, resource: ServedResource): void {
  const base = `/${root}/${resource.namespaced ? 'namespaces/{namespace}/' : ''}${resource.name}`;
  const gvk = { group: resource.group, version: resource.version, kind: resource.kind };
  for (const verb of resource.verbs) {
    const known = ACTIONS[verb];
    if (!known) continue;
    const [method, action, ofOne] = known;
    const path = ofOne ? `${base}/{name}` : base;
    paths[path] ??= {};
    const parameters = ['post', 'put', 'patch'].includes(method) ? ['dryRun', 'fieldManager', 'fieldValidation'] : method === 'delete' ? ['dryRun'] : ['pretty'];
    paths[path][method] = {
      parameters: parameters.map(name => ({ name, in: 'query', schema: { type: 'string', uniqueItems: true } })),
      responses: { 200: { description: 'OK' } },
      'x-kubernetes-action': action, 'x-kubernetes-group-version-kind': gvk,
    };
  }
}
