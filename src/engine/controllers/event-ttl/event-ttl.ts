import type { Event } from 'kubernetes-types/core/v1.d.ts';
import type { ApiServer } from '../../api-server/contract.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { EVENT_TTL_MS } from '../../facts/control-plane.ts';
import { parseRfc3339 } from '../../kernel/calendar.ts';
import type { Kernel } from '../../kernel/kernel.ts';

const SWEEP_MS = 60_000;

/** Events vanish an hour after they were last written: the lease etcd keeps for them (`--event-ttl`). */
export function expireEvents(kernel: Kernel, api: ApiServer): void {
  const client = api.as({ name: 'system:apiserver', groups: ['system:masters'] });
  const sweep = (): void => {
    const before = kernel.nowMs - EVENT_TTL_MS;
    for (const event of api.reader.list<Event & KubeObject>('Event')) {
      const last = parseRfc3339(String(event.series?.lastObservedTime ?? event.lastTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp));
      if (last !== undefined && last < before) client.delete('Event', { namespace: event.metadata.namespace ?? '', name: event.metadata.name });
    }
  };
  const sweepAndRepeat = (): void => {
    sweep();
    kernel.after(SWEEP_MS, 'event-ttl/sweep', '', sweepAndRepeat, { periodic: true });
  };
  kernel.after(SWEEP_MS, 'event-ttl/sweep', '', sweepAndRepeat, { periodic: true });
  kernel.onLeap(sweep);
}
