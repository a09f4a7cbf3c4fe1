import type { Client } from '../api-server/contract.ts';
import type { KubeObject } from '../apimachinery/object.ts';
import { EVENT_AGGREGATION } from '../facts/control-plane.ts';
import { rfc3339, rfc3339Micro } from '../kernel/calendar.ts';
import type { Kernel } from '../kernel/kernel.ts';

/** What an event is about; `fieldPath` names a container, as the kubelet does: `spec.containers{app}`. */
export interface EventSubject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion?: string;
  readonly fieldPath?: string;
}

export function subjectOf(object: KubeObject, fieldPath?: string): EventSubject {
  const { namespace = '', name, uid, resourceVersion } = object.metadata;
  return { apiVersion: object.apiVersion, kind: object.kind, namespace, name, uid, resourceVersion, ...(fieldPath && { fieldPath }) };
}

export type EventType = 'Normal' | 'Warning';

/** Writes events for one component, counting repeats as client-go's correlator does. */
export interface EventRecorder {
  record(subject: EventSubject, type: EventType, reason: string, message: string): void;
}

interface Counted {
  name: string;
  namespace: string;
  count: number;
}

const COMBINED = '(combined from similar events): ';

/**
 * The recorder of `client-go/tools/record`: identical events become one object with a count; more than ten different
 * messages with one reason within ten minutes are combined; a noisy object is held to a burst of 25, then one in 300 s.
 */
export class CountingRecorder implements EventRecorder {
  private readonly counted = new Map<string, Counted>();
  private readonly similar = new Map<string, { messages: Set<string>; sinceMs: number }>();
  private readonly buckets = new Map<string, { tokens: number; atMs: number }>();

  constructor(
    private readonly kernel: Kernel,
    private readonly client: Client,
    private readonly component: string,
    private readonly host = '',
  ) {}

  record(subject: EventSubject, type: EventType, reason: string, message: string): void {
    const nowMs = this.kernel.nowMs;
    const about = `${subject.kind}/${subject.namespace}/${subject.name}/${subject.uid}/${subject.fieldPath ?? ''}`;
    const text = this.combine(`${about}/${type}/${reason}`, message, nowMs);
    if (!this.admit(`${subject.kind}/${subject.namespace}/${subject.name}/${subject.uid}`, nowMs)) return;
    const identity = `${about}/${type}/${reason}/${text.startsWith(COMBINED) ? COMBINED : text}`;
    const known = this.counted.get(identity);
    if (known) {
      known.count += 1;
      const patched = this.client.patch('Event', known, 'merge',
        { count: known.count, lastTimestamp: rfc3339(nowMs), message: text });
      if (patched.ok) return;
    }
    const namespace = subject.namespace || 'default';
    const name = `${subject.name}.${nanoHex(this.kernel)}`;
    const { fieldPath, resourceVersion, ...reference } = subject;
    this.client.create({
      apiVersion: 'v1', kind: 'Event', metadata: { name, namespace },
      involvedObject: { ...reference, ...(resourceVersion && { resourceVersion }), ...(fieldPath && { fieldPath }) },
      type, reason, message: text, count: 1,
      firstTimestamp: rfc3339(nowMs), lastTimestamp: rfc3339(nowMs), eventTime: null,
      source: { component: this.component, ...(this.host && { host: this.host }) },
      reportingComponent: this.component, reportingInstance: this.host,
    });
    this.counted.set(identity, { name, namespace, count: 1 });
  }

  private combine(key: string, message: string, nowMs: number): string {
    let group = this.similar.get(key);
    if (!group || nowMs - group.sinceMs > EVENT_AGGREGATION.windowMs) {
      group = { messages: new Set(), sinceMs: nowMs };
      this.similar.set(key, group);
    }
    group.sinceMs = nowMs;
    if (group.messages.size < EVENT_AGGREGATION.similarMax) group.messages.add(message);
    return group.messages.has(message) ? message : COMBINED + message;
  }

  private admit(key: string, nowMs: number): boolean {
    const bucket = this.buckets.get(key) ?? { tokens: EVENT_AGGREGATION.burst, atMs: nowMs };
    const refilled = Math.min(EVENT_AGGREGATION.burst, bucket.tokens + (nowMs - bucket.atMs) / EVENT_AGGREGATION.refillMs);
    const admitted = refilled >= 1;
    this.buckets.set(key, { tokens: admitted ? refilled - 1 : refilled, atMs: nowMs });
    return admitted;
  }
}

/** The recorder of `client-go/tools/events` (events.k8s.io), which the scheduler uses: times in `eventTime` and `series`. */
export class SeriesRecorder implements EventRecorder {
  private readonly series = new Map<string, Counted & { lastMs: number }>();

  constructor(
    private readonly kernel: Kernel,
    private readonly client: Client,
    private readonly controller: string,
    private readonly action: string,
  ) {}

  record(subject: EventSubject, type: EventType, reason: string, message: string): void {
    const nowMs = this.kernel.nowMs;
    const key = `${subject.kind}/${subject.namespace}/${subject.name}/${subject.uid}/${type}/${reason}/${message}`;
    const known = this.series.get(key);
    // events_broadcaster.go: an isomorphic event within 6 minutes continues its series.
    if (known && nowMs - known.lastMs < 360_000) {
      known.count += 1;
      known.lastMs = nowMs;
      const patched = this.client.patch('Event', known, 'merge',
        { series: { count: known.count, lastObservedTime: rfc3339Micro(nowMs) } });
      if (patched.ok) return;
    }
    const namespace = subject.namespace || 'default';
    const name = `${subject.name}.${nanoHex(this.kernel)}`;
    this.client.create({
      apiVersion: 'v1', kind: 'Event', metadata: { name, namespace },
      involvedObject: { ...subject }, type, reason, message, action: this.action,
      eventTime: rfc3339Micro(nowMs), firstTimestamp: null, lastTimestamp: null, source: {},
      reportingComponent: this.controller, reportingInstance: `${this.controller}-control-plane`,
    });
    this.series.set(key, { name, namespace, count: 1, lastMs: nowMs });
  }
}

/** Event names end in the Unix time in nanoseconds, hexadecimal, as upstream makes them. */
function nanoHex(kernel: Kernel): string {
  const nanos = BigInt(Math.floor(kernel.nowMs)) * 1_000_000n + BigInt(kernel.random.below(1_000_000));
  return nanos.toString(16);
}
