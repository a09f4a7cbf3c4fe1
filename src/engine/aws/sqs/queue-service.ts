import type { Kernel } from '../../kernel/kernel.ts';
import { assert } from '../../kernel/assert.ts';
import type { IncomingRequest, OutgoingResponse } from '../../network/contract.ts';

/** SQS: at most this many messages in one ReceiveMessage. */
const BATCH_MAX = 10;
/** The estate's queues: how long a received message stays hidden unless it is deleted. */
const VISIBILITY_MS = 180_000;

interface Message {
  readonly id: number;
  readonly sentAtMs: number;
  visibleFromMs: number;
}

/** One queue, as CloudWatch and its users see it. */
export class Queue {
  sent = 0;
  deleted = 0;
  /** In the order in which they were sent; whoever is received stays until it is deleted. */
  private readonly messages = new Map<number, Message>();

  constructor(private readonly kernel: Kernel) {}

  get depth(): number {
    return this.messages.size;
  }

  /** Age of the oldest message that is not deleted, virtual ms (ApproximateAgeOfOldestMessage); 0 for an empty queue. */
  get oldestMs(): number {
    for (const { sentAtMs } of this.messages.values()) return this.kernel.nowMs - sentAtMs;
    return 0;
  }

  send(): void {
    this.sent += 1;
    this.messages.set(this.sent, { id: this.sent, sentAtMs: this.kernel.nowMs, visibleFromMs: this.kernel.nowMs });
  }

  receive(): number[] {
    const ids: number[] = [];
    for (const message of this.messages.values()) {
      if (ids.length === BATCH_MAX) break;
      if (message.visibleFromMs > this.kernel.nowMs) continue;
      message.visibleFromMs = this.kernel.nowMs + VISIBILITY_MS;
      ids.push(message.id);
    }
    return ids;
  }

  delete(ids: readonly number[]): void {
    for (const id of ids) if (this.messages.delete(id)) this.deleted += 1;
  }
}

/**
 * The queues behind one SQS endpoint, over a plain HTTP shape of its three verbs: POST `/<queue>` sends, GET receives a
 * batch (`{"Messages":[ids]}`) and hides it for the visibility timeout, DELETE `?ids=1,2` deletes.
 */
export class QueueService {
  private readonly queues = new Map<string, Queue>();

  constructor(private readonly kernel: Kernel) {}

  add(name: string): void {
    this.queues.set(name, new Queue(this.kernel));
  }

  /** @throws AssertionError for a queue that no estate declares: our mistake */
  queue(name: string): Queue {
    const queue = this.queues.get(name);
    assert(queue, `there is no queue ${name}`);
    return queue;
  }

  answer({ method, path, query }: Pick<IncomingRequest, 'method' | 'path' | 'query'>): OutgoingResponse {
    const queue = this.queues.get(path.slice(1));
    if (!queue) return { status: 400, body: '{"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"The specified queue does not exist."}' };
    if (method === 'POST') {
      queue.send();
      return { status: 200, body: '{}' };
    }
    if (method === 'DELETE') {
      queue.delete(query.slice('ids='.length).split(',').filter(Boolean).map(Number));
      return { status: 200, body: '{}' };
    }
    return { status: 200, body: `{"Messages":[${queue.receive().join(',')}]}` };
  }
}
