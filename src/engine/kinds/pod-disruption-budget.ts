import { ageColumn, nameColumn } from './columns.ts';
import { defineKind } from './kind.ts';
import { fill } from './pod-template.ts';

const COUNTS = ['disruptionsAllowed', 'currentHealthy', 'desiredHealthy', 'expectedPods'];

export const podDisruptionBudget = defineKind({
  kind: 'PodDisruptionBudget', apiVersion: 'policy/v1', generation: true,
  defaults: object => { fill(object, 'spec', {}); },
  prepareCreate: object => { object.status = Object.fromEntries(COUNTS.map(key => [key, 0])); },
  statusDefaults(object) {
    fill(object, 'status', {});
    for (const key of COUNTS) fill(object.status, key, 0);
  },
  columns: [
    nameColumn,
    { header: 'Min Available', cell: each => (each.spec?.minAvailable === undefined ? 'N/A' : String(each.spec.minAvailable)) },
    { header: 'Max Unavailable', cell: each => (each.spec?.maxUnavailable === undefined ? 'N/A' : String(each.spec.maxUnavailable)) },
    { header: 'Allowed Disruptions', type: 'integer', cell: each => each.status?.disruptionsAllowed ?? 0 },
    ageColumn,
  ],
});
