/** Kinds that are shown in more than one version: from the stored form to the one asked for, and back. */
import type { Draft } from '../apimachinery/json.ts';

interface Conversion {
  readonly show: (stored: Draft) => Draft;
  readonly read: (given: Draft) => Draft;
}

/** Drops members that are `undefined`. */
function tidy(object: Draft): Draft {
  for (const key of Object.keys(object)) if (object[key] === undefined) delete object[key];
  return object;
}

const eventConversion: Conversion = {
  show({ involvedObject, message, source, firstTimestamp, lastTimestamp, count, reportingComponent, ...rest }) {
    return tidy({
      ...rest, apiVersion: 'events.k8s.io/v1', regarding: involvedObject, note: message, deprecatedSource: source ?? {},
      deprecatedFirstTimestamp: firstTimestamp ?? null, deprecatedLastTimestamp: lastTimestamp ?? null, deprecatedCount: count || undefined,
      reportingController: reportingComponent || undefined, reportingInstance: rest.reportingInstance || undefined,
    });
  },
  read({ regarding, note, deprecatedSource, deprecatedFirstTimestamp, deprecatedLastTimestamp, deprecatedCount, reportingController, ...rest }) {
    return tidy({
      ...rest, apiVersion: 'v1', involvedObject: regarding ?? {}, message: note, source: deprecatedSource ?? {}, firstTimestamp: deprecatedFirstTimestamp ?? null,
      lastTimestamp: deprecatedLastTimestamp ?? null, count: deprecatedCount, reportingComponent: reportingController ?? '',
    });
  },
};

const OTHER_METRICS = 'autoscaling.alpha.kubernetes.io/metrics';

const hpaConversion: Conversion = {
  show(stored) {
    const { metrics = [], behavior: _behavior, ...spec } = (stored.spec ?? {}) as Draft;
    const isCpu = (metric: Draft): boolean => metric.type === 'Resource' && (metric.resource?.name === 'cpu') && metric.resource.target?.averageUtilization !== undefined;
    const cpu = (metrics as Draft[]).find(isCpu);
    const others = (metrics as Draft[]).filter(metric => metric !== cpu);
    const status: Draft = stored.status ?? {};
    const current = ((status.currentMetrics ?? []) as Draft[]).find(metric => metric.resource?.name === 'cpu');
    const annotations = { ...stored.metadata.annotations, ...(others.length > 0 && { [OTHER_METRICS]: JSON.stringify(others) }) };
    return {
      ...stored, apiVersion: 'autoscaling/v1',
      metadata: { ...stored.metadata, ...(Object.keys(annotations).length > 0 && { annotations }) },
      spec: { ...spec, ...(cpu && { targetCPUUtilizationPercentage: cpu.resource.target.averageUtilization }) },
      status: tidy({
        observedGeneration: status.observedGeneration, lastScaleTime: status.lastScaleTime, currentReplicas: status.currentReplicas ?? 0,
        desiredReplicas: status.desiredReplicas ?? 0, currentCPUUtilizationPercentage: current?.resource?.current?.averageUtilization,
      }),
    };
  },
  read(given) {
    const { targetCPUUtilizationPercentage: target, ...spec } = (given.spec ?? {}) as Draft;
    const annotations: Draft = { ...given.metadata?.annotations };
    const others = annotations[OTHER_METRICS] ? JSON.parse(annotations[OTHER_METRICS]) as Draft[] : [];
    delete annotations[OTHER_METRICS];
    const cpu = target === undefined ? [] : [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: target } } }];
    const metrics = [...others, ...cpu];
    const { currentCPUUtilizationPercentage: _current, ...status } = (given.status ?? {}) as Draft;
    return { ...given, apiVersion: 'autoscaling/v2', metadata: tidy({ ...given.metadata, annotations: Object.keys(annotations).length > 0 ? annotations : undefined }), spec: { ...spec, ...(metrics.length > 0 && { metrics }) }, status };
  },
};

const CONVERSIONS: Readonly<Record<string, Conversion>> = { 'events.k8s.io/v1/Event': eventConversion, 'autoscaling/v1/HorizontalPodAutoscaler': hpaConversion };

/** A stored object in the version of a resource. */
export function inVersion(apiVersion: string, object: Draft): Draft {
  if (object.apiVersion === apiVersion) return object;
  const conversion = CONVERSIONS[`${apiVersion}/${object.kind}`];
  return conversion ? conversion.show(object) : { ...object, apiVersion };
}

/** A given object in the version in which it is stored. */
export function inStoredVersion(storedVersion: string, apiVersion: string, kind: string, object: Draft): Draft {
  if (storedVersion === apiVersion) return object;
  const conversion = CONVERSIONS[`${apiVersion}/${kind}`];
  return conversion ? conversion.read(object) : { ...object, apiVersion: storedVersion };
}
