import type { Json } from '../client/api-client.ts';
import { apiVersionOf } from '../client/api-client.ts';
import { ApiFailure, fail } from '../client/failure.ts';
import { defineCommand } from '../command.ts';
import { dryRunOf, outcomePrinter, writeQuery } from '../mutation.ts';
import { selectObjects } from '../resource-builder/builder.ts';
import { builtIn } from './create-one.ts';

const HPA = builtIn('autoscaling', 'v2', 'HorizontalPodAutoscaler', 'horizontalpodautoscalers');

export const autoscale = defineCommand({
  path: 'autoscale',
  required: ['max'],
  *run(session) {
    const { flags } = session;
    const max = flags.int('max');
    const min = flags.int('min');
    if (max < 1) fail(`--max=MAXPODS is required and must be at least 1, max: ${max}`);
    if (max < min) fail(`--max=MAXPODS must be larger or equal to --min=MINPODS, max: ${max}, min: ${min}`);
    const dryRun = yield* dryRunOf(session);
    const print = outcomePrinter(session, dryRun, { keepOrder: true });
    const metrics: Json[] = [];
    for (const name of ['cpu', 'memory']) {
      const text = flags.str(name);
      if (text === '') continue;
      const target = text.endsWith('%') ? { type: 'Utilization', averageUtilization: Number(text.slice(0, -1)) } : { type: 'AverageValue', averageValue: text };
      if (text.endsWith('%') && !/^\d+%$/.test(text)) fail(`invalid ${name} value: ${text}`);
      metrics.push({ type: 'Resource', resource: { name, target } });
    }
    for (const info of yield* selectObjects(session, { latest: true })) {
      const { type } = info;
      if (!type.subresources.includes('scale')) fail(`cannot autoscale a ${type.kind}.${type.group}`);
      const hpa = {
        kind: 'HorizontalPodAutoscaler', apiVersion: 'autoscaling/v2', metadata: { name: flags.str('name') || info.name, ...(session.namespaceEnforced && { namespace: session.namespace }) },
        spec: {
          scaleTargetRef: { kind: type.kind, name: info.name, apiVersion: apiVersionOf(type) }, ...(min > 0 && { minReplicas: min }), maxReplicas: max,
          ...(metrics.length > 0 && { metrics }),
        },
        status: { desiredReplicas: 0, currentMetrics: null },
      };
      if (dryRun === 'client') { yield* print(hpa, 'autoscaled'); continue; }
      const { status: _, ...body } = hpa;
      try {
        yield* print(yield* session.api.create(HPA, info.namespace, body, writeQuery(session, dryRun)), 'autoscaled');
      } catch (failure) {
        if (!(failure instanceof ApiFailure) || metrics.length > 0) throw failure;
        fail('failed to create autoscaling/v2 HPA and the configuration is incompatible with autoscaling/v1: empty input');
      }
    }
    return 0;
  },
});
