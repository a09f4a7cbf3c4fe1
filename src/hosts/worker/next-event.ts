import type { Change } from '../../engine/api-server/contract.ts';
import type { ObjectiveState } from '../../trainer/contract.ts';
import type { PodStatusOf } from './frames.ts';

/** How far the next thing to see is looked for, virtual ms. */
export const NEXT_EVENT_MAX_MS = 600_000;
/** How often objectives are looked at on the way, virtual ms: their state is dear to make. */
const LOOK_MS = 500;

/**
 * Waits for the next thing that a learner would see: an Event written, a pod's STATUS changing, an objective ticking or
 * un-ticking, a line in a terminal ending. Says in words what it was.
 */
export class NextEvent {
  /** What came, once it came. */
  found: string | undefined;
  readonly untilMs: number;
  private ticked: ReadonlySet<string> | undefined;
  private lookAtMs = 0;

  constructor(nowMs: number, private readonly podStatus: PodStatusOf) {
    this.untilMs = nowMs + NEXT_EVENT_MAX_MS;
  }

  note({ type, object, before }: Change): void {
    if (this.found !== undefined) return;
    const { name } = object.metadata;
    if (object.kind === 'Event' && type !== 'DELETED') {
      const { reason, involvedObject } = object as { reason?: string; involvedObject?: { kind?: string; name?: string } };
      this.found = `${reason ?? 'Event'}: ${involvedObject?.kind ?? ''} ${involvedObject?.name ?? ''}`.trim();
    } else if (object.kind === 'Pod') {
      if (type === 'DELETED') this.found = `Pod ${name} is gone`;
      else {
        const { status } = this.podStatus(object);
        if (!before || this.podStatus(before).status !== status) this.found = `Pod ${name} is ${status}`;
      }
    }
  }

  lineEnded(): void {
    this.found ??= 'The line in the terminal has ended';
  }

  /** Looks at the objectives, not more often than needed. */
  look(nowMs: number, objectives: () => readonly ObjectiveState[]): void {
    if (this.found !== undefined || nowMs < this.lookAtMs) return;
    this.lookAtMs = nowMs + LOOK_MS;
    const all = objectives();
    const now = new Set(all.filter(objective => objective.state === 'done').map(objective => objective.id));
    const changed = this.ticked && all.find(objective => now.has(objective.id) !== this.ticked?.has(objective.id));
    this.ticked = now;
    if (changed) this.found = now.has(changed.id) ? `“${changed.title}” holds` : `“${changed.title}” no longer holds`;
  }
}
