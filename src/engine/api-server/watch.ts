/** Watches: a client sees changes after a moment, in order, and is told when it looks too far back. */
import type { Draft } from '../apimachinery/json.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { suspend } from '../kernel/task.ts';
import type { Change, WatchEvent, WatchStream } from './contract.ts';
import { expired } from './refusals.ts';
import type { Collection } from './store.ts';

/** How long a change takes to reach a watcher. @source facts: a watch in one data centre answers within a few ms */
const WATCH_LATENCY_MS = 2;

export interface WatchOptions {
  readonly namespace: string;
  /** Whether an object belongs to what is watched. */
  readonly selects: (object: Draft) => boolean;
  /** Changes after this version; `undefined` begins with everything there is. */
  readonly sinceVersion: number | undefined;
  /** After the first list, a bookmark that says so. */
  readonly initialBookmark: boolean;
  /** Ends the watch by itself; `undefined` never. Virtual ms. */
  readonly timeoutMs: number | undefined;
  readonly show: (event: WatchEvent) => WatchEvent;
  readonly bookmark: (resourceVersion: string, initial: boolean) => WatchEvent;
}

/** Opens a watch on a collection. */
export function openWatch(kernel: Kernel, collection: Collection, currentVersion: number, options: WatchOptions): WatchStream {
  const stream = new QueuedWatch(kernel, options);
  const { sinceVersion } = options;
  if (sinceVersion === undefined) {
    for (const object of collection.list(options.namespace || undefined)) {
      if (options.selects(object as Draft)) stream.push({ type: 'ADDED', object });
    }
    if (options.initialBookmark) stream.pushShown(options.bookmark(String(currentVersion), true));
  } else if (sinceVersion < collection.forgottenVersion) {
    stream.pushShown({ type: 'ERROR', object: expired(`too old resource version: ${sinceVersion} (${collection.forgottenVersion + 1})`).status });
    stream.finishAfterQueue();
    return stream;
  } else {
    for (const change of collection.history) if (change.resourceVersion > sinceVersion) stream.offer(change);
  }
  stream.follow(collection);
  return stream;
}

class QueuedWatch implements WatchStream {
  private readonly queue: WatchEvent[] = [];
  private ended = false;
  private finishing = false;
  private closed = false;
  private scheduled = false;
  private waiting: ((event: WatchEvent | null) => void) | undefined;
  private listener: { onEvent: (event: WatchEvent) => void; onEnd: () => void } | undefined;
  private unfollow: (() => void) | undefined;

  constructor(private readonly kernel: Kernel, private readonly options: WatchOptions) {
    if (options.timeoutMs !== undefined) {
      kernel.after(options.timeoutMs, 'api-server/watch-timeout', '', () => {
        this.finishing = true;
        this.flush();
      }, { periodic: true });
    }
  }

  follow(collection: Collection): void {
    const listener = (change: Change): void => this.offer(change);
    collection.listeners.add(listener);
    this.unfollow = () => { collection.listeners.delete(listener); };
  }

  /** Turns a change into what this watcher sees of it: entering and leaving the selection are ADDED and DELETED. */
  offer({ type, before, object }: Change): void {
    const { namespace, selects } = this.options;
    if (namespace !== '' && object.metadata.namespace !== namespace) return;
    const was = type !== 'ADDED' && before !== undefined && selects(before as Draft);
    const is = type !== 'DELETED' && selects(object as Draft);
    if (is) this.push({ type: was ? 'MODIFIED' : 'ADDED', object });
    else if (was) this.push({ type: 'DELETED', object: type === 'DELETED' ? object : { ...before, metadata: { ...before.metadata, resourceVersion: object.metadata.resourceVersion } } });
  }

  push(event: WatchEvent): void {
    this.pushShown(this.options.show(event));
  }

  pushShown(event: WatchEvent): void {
    if (this.closed || this.ended) return;
    this.queue.push(event);
    this.schedule();
  }

  finishAfterQueue(): void {
    this.finishing = true;
    this.schedule();
  }

  // A change is delivered by an event of its own: whoever receives it may write again.
  private schedule(): void {
    if (this.scheduled || (!this.waiting && !this.listener)) return;
    this.scheduled = true;
    this.kernel.after(WATCH_LATENCY_MS, 'api-server/watch', '', () => {
      this.scheduled = false;
      this.flush();
    });
  }

  private flush(): void {
    if (this.listener) {
      const { onEvent, onEnd } = this.listener;
      for (const event of this.queue.splice(0)) if (!this.closed) onEvent(event);
      if (this.finishing && !this.closed) {
        this.close();
        onEnd();
      }
      return;
    }
    const { waiting } = this;
    if (!waiting) return;
    const event = this.queue.shift();
    if (event === undefined && !this.finishing) return;
    this.waiting = undefined;
    waiting(event ?? null);
  }

  *next() {
    const event = this.queue.shift();
    if (event !== undefined) return event;
    if (this.finishing || this.closed) return null;
    return yield* suspend<WatchEvent | null>(resume => {
      this.waiting = resume;
      return () => { this.waiting = undefined; };
    });
  }

  listen(onEvent: (event: WatchEvent) => void, onEnd: () => void): void {
    this.listener = { onEvent, onEnd };
    if (this.queue.length > 0 || this.finishing) this.schedule();
  }

  close(): void {
    this.closed = true;
    this.ended = true;
    this.unfollow?.();
    const { waiting } = this;
    this.waiting = undefined;
    waiting?.(null);
  }
}
