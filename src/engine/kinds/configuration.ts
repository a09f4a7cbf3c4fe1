/** ConfigMap, Secret and ServiceAccount. */
import { utf8Base64 } from '../apimachinery/base64.ts';
import { ageColumn, nameColumn } from './columns.ts';
import { defineKind } from './kind.ts';

const sizeOf = (...maps: unknown[]): number => maps.reduce<number>((sum, map) => sum + Object.keys(map ?? {}).length, 0);

export const configMap = defineKind({
  kind: 'ConfigMap', apiVersion: 'v1',
  columns: [nameColumn, { header: 'Data', cell: each => sizeOf(each.data, each.binaryData) }, ageColumn],
});

export const secret = defineKind({
  kind: 'Secret', apiVersion: 'v1',
  defaults(object) {
    if (!object.type) object.type = 'Opaque';
    if (object.stringData) {
      object.data ??= {};
      for (const [key, text] of Object.entries<string>(object.stringData)) object.data[key] = utf8Base64(text);
      delete object.stringData;
    }
  },
  fieldSelectors: { type: each => each.type ?? '' },
  columns: [nameColumn, { header: 'Type', cell: each => each.type ?? '' }, { header: 'Data', cell: each => sizeOf(each.data) }, ageColumn],
});

export const serviceAccount = defineKind({
  kind: 'ServiceAccount', apiVersion: 'v1',
  columns: [nameColumn, ageColumn],
});
