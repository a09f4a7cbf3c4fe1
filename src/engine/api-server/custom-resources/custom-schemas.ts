/** A custom resource in OpenAPI documents. Source: apiextensions' pkg/controller/openapi/builder. */
import { cloneJson, type Draft } from '../../apimachinery/json.ts';
import type { CustomTraits, ServedResource } from '../resources.ts';

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1';
const API_VERSION = 'APIVersion defines the versioned schema of this representation of an object. Servers should convert recognized schemas to the latest internal value, and may reject unrecognized values. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#resources';
const KIND = 'Kind is a string value representing the REST resource this object represents. Servers may infer this from the endpoint the client submits requests to. Cannot be updated. In CamelCase. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#types-kinds';

/** The schemas of a kind and of its list: `com.example.rec.v1.Widget`. */
export function customSchemas(resource: ServedResource, { schema, listKind }: CustomTraits): Draft {
  const { group, version, kind } = resource;
  const prefix = `${group.split('.').reverse().join('.')}.${version}`;
  const typeMeta = { apiVersion: { type: 'string', description: API_VERSION }, kind: { type: 'string', description: KIND } };
  const own = cloneJson(schema) as Draft;
  own.properties = {
    ...own.properties, ...typeMeta,
    metadata: { description: "Standard object's metadata. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata", allOf: [{ $ref: `#/components/schemas/${META}.ObjectMeta` }] },
  };
  own['x-kubernetes-group-version-kind'] = [{ group, version, kind }];
  return {
    [`${prefix}.${kind}`]: own,
    [`${prefix}.${listKind}`]: {
      description: `${listKind} is a list of ${kind}`, type: 'object', required: ['items'],
      properties: {
        ...typeMeta,
        items: { description: `List of ${resource.name}. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md`, type: 'array', items: { $ref: `#/components/schemas/${prefix}.${kind}` } },
        metadata: { description: 'Standard list metadata. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#types-kinds', allOf: [{ $ref: `#/components/schemas/${META}.ListMeta` }] },
      },
      'x-kubernetes-group-version-kind': [{ group, version, kind: listKind }],
    },
  };
}
