/** `meta.k8s.io/v1` Tables: what `kubectl get` prints, worked out on the server. */
import { ageOf } from '../apimachinery/age.ts';
import type { Draft } from '../apimachinery/json.ts';
import type { Cell, CellContext, Column } from '../kinds/kind.ts';
import type { ServedResource } from './resources.ts';

export type IncludeObject = 'Metadata' | 'Object' | 'None';

const FALLBACK: readonly Column[] = [
  { header: 'Name', format: 'name', cell: object => object.metadata.name },
  { header: 'Created At', cell: object => object.metadata.creationTimestamp ?? '' },
];

function columnsOf(resource: ServedResource): readonly Column[] {
  const { columns } = resource.declaration;
  if (columns) return columns;
  if (resource.columns.length === 0) return FALLBACK;
  return resource.columns.map(([header, type, format, priority]) => ({
    header, type, format, wide: priority > 0,
    cell: (object: Draft, { nowMs }: CellContext): Cell =>
      header === 'Name' ? object.metadata.name : header === 'Age' ? ageOf(object.metadata.creationTimestamp, nowMs) : '<none>',
  }));
}

/** The definitions of the columns, without rows. */
export function columnDefinitions(resource: ServedResource): Draft[] {
  return columnsOf(resource).map(({ header, type = 'string', format = '', wide = false }) =>
    ({ name: header, type, format, description: `${header} of the ${resource.singular || resource.kind.toLowerCase()}`, priority: wide ? 1 : 0 }));
}

/** The cells of one object. */
export function cellsOf(resource: ServedResource, object: Draft, context: CellContext): Cell[] {
  return columnsOf(resource).map(column => column.cell(object, context));
}

/** A Table of `objects`. @param withColumns a watch names its columns only in its first event */
export function tableOf(
  resource: ServedResource, objects: readonly Draft[], metadata: Draft, include: IncludeObject, context: CellContext, withColumns = true,
): Draft {
  return {
    kind: 'Table', apiVersion: 'meta.k8s.io/v1', metadata,
    columnDefinitions: withColumns ? columnDefinitions(resource) : null,
    rows: objects.map(object => ({ cells: cellsOf(resource, object, context), ...rowObject(object, include) })),
  };
}

function rowObject(object: Draft, include: IncludeObject): Draft {
  if (include === 'None') return {};
  if (include === 'Object') return { object };
  return { object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata } };
}
