import { ageOf } from '../apimachinery/age.ts';
import type { Draft } from '../apimachinery/json.ts';
import { defineKind, type KindDeclaration } from './kind.ts';

function firstSeen(event: Draft, nowMs: number): string {
  return event.firstTimestamp ? ageOf(event.firstTimestamp, nowMs) : ageOf(event.eventTime ?? undefined, nowMs);
}

function lastSeen(event: Draft, nowMs: number): string {
  let last = event.lastTimestamp ? ageOf(event.lastTimestamp, nowMs) : firstSeen(event, nowMs);
  let count = event.count ?? 0;
  if (event.series) {
    last = ageOf(event.series.lastObservedTime ?? undefined, nowMs);
    count = event.series.count;
  } else if (count === 0) count = 1;
  return count > 1 ? `${last} (x${count} over ${firstSeen(event, nowMs)})` : last;
}

function source(event: Draft): string {
  const component = event.source?.component || event.reportingComponent || '';
  const host = event.source?.host || event.reportingInstance || '';
  return event.source?.component ? [component, event.source.host].filter(Boolean).join(', ') : [component, host].filter(Boolean).join(', ');
}

function object(event: Draft): string {
  const { kind = '', name = '' } = event.involvedObject ?? {};
  return name === '' ? kind.toLowerCase() : `${kind.toLowerCase()}/${name}`;
}

const involved = (field: string) => (event: Draft): string => event.involvedObject?.[field] ?? '';

const declaration: KindDeclaration = {
  kind: 'Event', apiVersion: 'v1',
  defaults(event) {
    for (const key of ['firstTimestamp', 'lastTimestamp', 'eventTime']) if (event[key] === undefined) event[key] = null;
    event.source ??= {};
    event.reportingComponent ??= '';
    event.reportingInstance ??= '';
  },
  fieldSelectors: {
    'involvedObject.kind': involved('kind'), 'involvedObject.namespace': involved('namespace'), 'involvedObject.name': involved('name'),
    'involvedObject.uid': involved('uid'), 'involvedObject.apiVersion': involved('apiVersion'), 'involvedObject.resourceVersion': involved('resourceVersion'),
    'involvedObject.fieldPath': involved('fieldPath'), reason: event => event.reason ?? '', type: event => event.type ?? '',
    reportingComponent: event => event.reportingComponent ?? '', source: event => event.source?.component || event.reportingComponent || '',
  },
  columns: [
    { header: 'Last Seen', cell: (event, { nowMs }) => lastSeen(event, nowMs) },
    { header: 'Type', cell: event => event.type ?? '' },
    { header: 'Reason', cell: event => event.reason ?? '' },
    { header: 'Object', cell: object },
    { header: 'Subobject', wide: true, cell: event => event.involvedObject?.fieldPath ?? '' },
    { header: 'Source', wide: true, cell: source },
    { header: 'Message', cell: event => (event.message ?? '').trim() },
    { header: 'First Seen', wide: true, cell: (event, { nowMs }) => firstSeen(event, nowMs) },
    { header: 'Count', wide: true, cell: event => event.series?.count ?? (event.count || 1) },
    { header: 'Name', wide: true, format: 'name', cell: event => event.metadata.name },
  ],
};

export const event = defineKind(declaration);
