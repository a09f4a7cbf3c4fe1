import type { KubeObject } from '../../../engine/apimachinery/object.ts';
import { list, type Snapshot } from '../../snapshot.ts';
import { msOf } from '../../words.ts';

export interface EventRow {
  readonly key: string;
  readonly reason: string;
  readonly type: string;
  readonly message: string;
  readonly count: number;
  readonly lastMs: number;
  readonly source: string;
}

interface EventShape {
  involvedObject?: { kind?: string; name?: string; namespace?: string; uid?: string };
  reason?: string; type?: string; message?: string; count?: number; lastTimestamp?: string; eventTime?: string; firstTimestamp?: string;
  series?: { count?: number; lastObservedTime?: string }; source?: { component?: string }; reportingComponent?: string;
}

/** Events about one object, newest first. */
export function eventsOf(snapshot: Snapshot, object: KubeObject): EventRow[] {
  return list<EventShape>(snapshot, 'Event')
    .filter(({ involvedObject: about }) => about?.kind === object.kind && about.name === object.metadata.name && (about.uid === undefined || about.uid === object.metadata.uid || about.kind === 'Node'))
    .map(rowOf).sort((a, b) => b.lastMs - a.lastMs);
}

export function rowOf(event: EventShape & KubeObject): EventRow {
  return {
    key: event.metadata.uid, reason: event.reason ?? '', type: event.type ?? 'Normal', message: event.message ?? '', count: event.series?.count ?? event.count ?? 1,
    lastMs: msOf(event.series?.lastObservedTime ?? event.lastTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp),
    source: event.source?.component ?? event.reportingComponent ?? '',
  };
}
