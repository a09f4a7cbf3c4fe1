/** ResourceQuota and LimitRange. */
import type { Draft } from '../apimachinery/json.ts';
import { ageColumn, nameColumn } from './columns.ts';
import { defineKind } from './kind.ts';
import { canonicalResources, fill } from './pod-template.ts';

function quotaText(quota: Draft, limits: boolean): string {
  const hard: Draft = quota.status?.hard ?? {};
  return Object.keys(hard).sort().filter(key => key.startsWith('limits') === limits)
    .map(key => `${key}: ${quota.status?.used?.[key] ?? '0'}/${hard[key]}`).join(', ');
}

export const resourceQuota = defineKind({
  kind: 'ResourceQuota', apiVersion: 'v1',
  defaults(object) {
    fill(object, 'spec', {});
    canonicalResources(object.spec.hard);
  },
  prepareCreate: object => { object.status = {}; },
  columns: [
    nameColumn,
    { header: 'Request', cell: each => quotaText(each, false) },
    { header: 'Limit', cell: each => quotaText(each, true) },
    ageColumn,
  ],
});

export const limitRange = defineKind({
  kind: 'LimitRange', apiVersion: 'v1',
  defaults(object) {
    fill(object, 'spec', {});
    for (const limit of object.spec.limits ?? []) {
      for (const key of ['max', 'min', 'default', 'defaultRequest', 'maxLimitRequestRatio']) canonicalResources(limit[key]);
      if (limit.type !== 'Container') continue;
      // Limits default to the maximum, requests to the limits, and both at least to the minimum.
      limit.default ??= {};
      limit.defaultRequest ??= {};
      for (const key of Object.keys(limit.max ?? {})) fill(limit.default, key, limit.max[key]);
      for (const key of Object.keys(limit.default)) fill(limit.defaultRequest, key, limit.default[key]);
      for (const key of Object.keys(limit.min ?? {})) fill(limit.defaultRequest, key, limit.min[key]);
      if (Object.keys(limit.default).length === 0) delete limit.default;
      if (Object.keys(limit.defaultRequest).length === 0) delete limit.defaultRequest;
    }
  },
  columns: [nameColumn, { header: 'Created At', format: 'date', cell: each => each.metadata.creationTimestamp }],
});
