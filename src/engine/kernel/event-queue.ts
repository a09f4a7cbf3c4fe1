/** One thing that will happen. Ties in `atMs` run in the order they were scheduled (`seq`). */
export interface ScheduledEvent {
  atMs: number;
  readonly seq: number;
  /** What kind of event, for the trace and for "next event": `kubelet/probe`, `process/resume` … */
  readonly name: string;
  /** Which object or process it concerns. */
  readonly key: string;
  act: () => void;
  /**
   * A duty that repeats for ever while nothing changes (probe, lease, resync). A leap shifts it instead of running it,
   * and "to the next event" does not stop at it.
   */
  readonly periodic: boolean;
  cancelled: boolean;
}

/** Fewer cancelled events than this are not worth clearing away. */
const CLEAR_MIN = 256;

/** A binary heap ordered by time, then by sequence. Cancelled events are dropped when they surface, or once they are the most. */
export class EventQueue {
  private heap: ScheduledEvent[] = [];
  /** Cancelled since the last clearing; those that had run already are counted too, which only clears sooner. */
  private cancelled = 0;

  get size(): number {
    return this.heap.length;
  }

  push(event: ScheduledEvent): void {
    const { heap } = this;
    let index = heap.length;
    heap.push(event);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!before(event, heap[parent]!)) break;
      heap[index] = heap[parent]!;
      index = parent;
    }
    heap[index] = event;
  }

  peek(): ScheduledEvent | undefined {
    while (this.heap.length > 0 && this.heap[0]!.cancelled) this.removeTop();
    return this.heap[0];
  }

  pop(): ScheduledEvent | undefined {
    const top = this.peek();
    if (top) this.removeTop();
    return top;
  }

  /** The event will not run, and lets go of what it would have acted on. */
  cancel(event: ScheduledEvent): void {
    if (event.cancelled) return;
    event.cancelled = true;
    event.act = nothing;
    this.cancelled += 1;
    if (this.cancelled >= CLEAR_MIN && this.cancelled * 2 > this.heap.length) this.clearCancelled();
  }

  private clearCancelled(): void {
    this.cancelled = 0;
    // An array in order is a heap.
    this.heap = this.drain();
  }

  /** Takes every live event out, in order. */
  drain(): ScheduledEvent[] {
    const events = this.heap.filter(event => !event.cancelled).sort((a, b) => (before(a, b) ? -1 : 1));
    this.heap.length = 0;
    return events;
  }

  private removeTop(): void {
    const { heap } = this;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    let index = 0;
    for (;;) {
      let child = index * 2 + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child += 1;
      if (!before(heap[child]!, last)) break;
      heap[index] = heap[child]!;
      index = child;
    }
    heap[index] = last;
  }
}

const nothing = (): void => {};

function before(a: ScheduledEvent, b: ScheduledEvent): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.seq < b.seq);
}
