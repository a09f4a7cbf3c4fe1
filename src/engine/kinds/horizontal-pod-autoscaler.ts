import { invalid, required, type FieldProblem } from '../apimachinery/field-problem.ts';
import type { Draft } from '../apimachinery/json.ts';
import { canonicalQuantity } from '../apimachinery/quantity.ts';
import { ageColumn, nameColumn } from './columns.ts';
import { defineKind } from './kind.ts';
import { fill } from './pod-template.ts';

/** The default behaviour: up by four pods or 100 % per 15 s, down by 100 % per 15 s. */
function defaultBehavior(behavior: Draft): void {
  const up = behavior.scaleUp ?? {};
  behavior.scaleUp = up;
  fill(up, 'stabilizationWindowSeconds', 0);
  fill(up, 'selectPolicy', 'Max');
  if (!up.policies?.length) up.policies = [{ type: 'Pods', value: 4, periodSeconds: 15 }, { type: 'Percent', value: 100, periodSeconds: 15 }];
  const down = behavior.scaleDown ?? {};
  behavior.scaleDown = down;
  fill(down, 'selectPolicy', 'Max');
  if (!down.policies?.length) down.policies = [{ type: 'Percent', value: 100, periodSeconds: 15 }];
}

function sourceOf(metric: Draft): Draft {
  const key = { Resource: 'resource', ContainerResource: 'containerResource', Pods: 'pods', Object: 'object', External: 'external' }[metric.type as string] ?? 'resource';
  return metric[key] ?? {};
}

/** One target of the TARGETS column. */
function targetText(metric: Draft, current: Draft | undefined): string {
  const source = sourceOf(metric);
  const target: Draft = source.target ?? {};
  const now: Draft = current ? sourceOf(current).current ?? {} : {};
  const label = metric.type === 'Resource' || metric.type === 'ContainerResource' ? `${source.name}: ` : '';
  if (target.averageUtilization !== undefined && label !== '') {
    const text = now.averageUtilization === undefined ? '<unknown>' : `${now.averageUtilization}%`;
    return `${label}${text}/${target.averageUtilization}%`;
  }
  if (target.averageValue !== undefined) {
    const suffix = metric.type === 'External' || metric.type === 'Object' ? ' (avg)' : '';
    return `${label}${now.averageValue ?? '<unknown>'}/${target.averageValue}${suffix}`;
  }
  return `${label}${now.value ?? '<unknown>'}/${target.value ?? '<auto>'}`;
}

function targetsText(hpa: Draft): string {
  const metrics: Draft[] = hpa.spec?.metrics ?? [];
  if (metrics.length === 0) return '<none>';
  const current: Draft[] = hpa.status?.currentMetrics ?? [];
  const shown = metrics.slice(0, 2).map((metric, i) => targetText(metric, current[i]));
  return metrics.length > 2 ? `${shown.join(', ')} + ${metrics.length - 2} more...` : shown.join(', ');
}

export const horizontalPodAutoscaler = defineKind({
  kind: 'HorizontalPodAutoscaler', apiVersion: 'autoscaling/v2',
  defaults(object) {
    fill(object, 'spec', {});
    const { spec } = object;
    fill(spec, 'minReplicas', 1);
    if (!spec.metrics?.length) spec.metrics = [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } }];
    for (const metric of spec.metrics) {
      const target = sourceOf(metric).target as Draft | undefined;
      for (const key of ['value', 'averageValue']) if (target?.[key] !== undefined) target[key] = canonicalQuantity(target[key]);
    }
    if (spec.behavior) defaultBehavior(spec.behavior);
  },
  validate({ spec }) {
    const problems: FieldProblem[] = [];
    if (spec.minReplicas !== undefined && spec.minReplicas < 1) problems.push(invalid('spec.minReplicas', spec.minReplicas, 'must be greater than or equal to 1'));
    const { maxReplicas = 0 } = spec;
    if (maxReplicas < 1) problems.push(invalid('spec.maxReplicas', maxReplicas, 'must be greater than 0'));
    if (maxReplicas < (spec.minReplicas ?? 1)) problems.push(invalid('spec.maxReplicas', maxReplicas, 'must be greater than or equal to `minReplicas`'));
    const { kind = '', name = '', apiVersion = '' }: Draft = spec.scaleTargetRef ?? {};
    if (kind === '') problems.push(required('spec.scaleTargetRef.kind'));
    if (name === '') problems.push(required('spec.scaleTargetRef.name'));
    if (!/^[^/]+\/[^/]+$/.test(apiVersion) && apiVersion !== 'v1') problems.push(invalid('spec.scaleTargetRef.apiVersion', apiVersion, 'apiVersion must specify API group'));
    return problems;
  },
  prepareCreate: object => { object.status = { desiredReplicas: 0, currentMetrics: null }; },
  statusDefaults(object) {
    fill(object, 'status', {});
    fill(object.status, 'desiredReplicas', 0);
    if (object.status.currentMetrics === undefined) object.status.currentMetrics = null;
  },
  columns: [
    nameColumn,
    { header: 'Reference', cell: each => `${each.spec?.scaleTargetRef?.kind}/${each.spec?.scaleTargetRef?.name}` },
    { header: 'Targets', cell: targetsText },
    { header: 'MinPods', cell: each => (each.spec?.minReplicas === undefined ? '<unset>' : String(each.spec.minReplicas)) },
    { header: 'MaxPods', cell: each => each.spec?.maxReplicas ?? 0 },
    { header: 'Replicas', cell: each => each.status?.currentReplicas ?? 0 },
    ageColumn,
  ],
});
