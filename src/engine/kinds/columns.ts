/** Columns that many kinds share. */
import { ageOf } from '../apimachinery/age.ts';
import type { Draft } from '../apimachinery/json.ts';
import type { Column } from './kind.ts';

export const nameColumn: Column = { header: 'Name', format: 'name', cell: object => object.metadata.name };
export const ageColumn: Column = { header: 'Age', cell: (object, { nowMs }) => ageOf(object.metadata.creationTimestamp, nowMs) };

/** `name=image` lists of wide tables. */
export const containerColumns: readonly Column[] = [
  { header: 'Containers', wide: true, cell: object => containers(object).map(each => each.name).join(',') },
  { header: 'Images', wide: true, cell: object => containers(object).map(each => each.image).join(',') },
];

function containers(object: Draft): Draft[] {
  return (object.spec?.template ?? object.spec?.jobTemplate?.spec?.template)?.spec?.containers ?? [];
}
