import { invalid, type FieldProblem } from '../apimachinery/field-problem.ts';
import { labelSelector, nonNegative, oneOfOrNone } from './field-checks.ts';
import { ageColumn, nameColumn } from './columns.ts';
import { defineKind } from './kind.ts';
import { fill } from './pod-template.ts';

const COUNTS = ['disruptionsAllowed', 'currentHealthy', 'desiredHealthy', 'expectedPods'];

function share(value: unknown, field: string): FieldProblem[] {
  if (typeof value !== 'string') return nonNegative(value as number | undefined, field);
  if (!/^[0-9]+%$/.test(value)) return [invalid(field, value, "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')")];
  return Number(value.slice(0, -1)) > 100 ? [invalid(field, value, 'must not be greater than 100%')] : [];
}

export const podDisruptionBudget = defineKind({
  kind: 'PodDisruptionBudget', apiVersion: 'policy/v1',
  // Its name is not checked upstream: it only has to fit into a path.
  nameRule: 'path-segment', generation: true,
  defaults: object => { fill(object, 'spec', {}); },
  validate({ spec }) {
    const problems: FieldProblem[] = [];
    if (spec.minAvailable !== undefined && spec.maxUnavailable !== undefined) problems.push(invalid('spec', spec, 'minAvailable and maxUnavailable cannot be both set'));
    for (const key of ['minAvailable', 'maxUnavailable']) problems.push(...share(spec[key], `spec.${key}`));
    return [...problems, ...labelSelector(spec.selector, 'spec.selector'), ...oneOfOrNone(spec.unhealthyPodEvictionPolicy, 'spec.unhealthyPodEvictionPolicy', ['AlwaysAllow', 'IfHealthyBudget'])];
  },
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
