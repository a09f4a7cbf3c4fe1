import { describe, expect, test } from 'vitest';
import { Kernel } from '../../kernel/kernel.ts';
import { QueueService } from './queue-service.ts';

const open = (messages: number) => {
  const kernel = new Kernel({ seed: 1, startMs: 0 });
  const service = new QueueService(kernel);
  service.add('mail');
  const ask = (method: string, query = '') => service.answer({ method, path: '/mail', query }).body ?? '';
  for (let i = 0; i < messages; i += 1) ask('POST');
  return { queue: service.queue('mail'), ask, receive: () => (JSON.parse(ask('GET')) as { Messages: number[] }).Messages, wait: (ms: number) => kernel.run({ untilMs: kernel.nowMs + ms }), service };
};

describe('a queue', () => {
  test('hands out at most ten at a time, each to one reader', () => {
    const { receive } = open(13);
    expect([receive().length, receive().length, receive().length]).toEqual([10, 3, 0]);
  });

  test.each([
    // received, then                       left  who gets what is left
    ['deleted', true, 0],
    ['not deleted, as by a killed worker', false, 1],
  ])('a message that was received and %s', (_, deleted, again) => {
    const { receive, ask, wait, queue } = open(1);
    const [id] = receive();
    if (deleted) ask('DELETE', `ids=${id}`);
    wait(179_000);
    expect(receive()).toHaveLength(0);
    wait(2_000);
    expect(receive()).toHaveLength(again);
    expect(queue.sent).toBe(queue.deleted + queue.depth);
  });

  test('its age is that of its oldest message, received or not, until it is deleted', () => {
    const { queue, wait, ask, receive } = open(1);
    wait(40_000);
    ask('POST');
    expect(queue.oldestMs).toBe(40_000);
    const ids = receive();
    expect(queue.oldestMs).toBe(40_000);
    ask('DELETE', `ids=${ids[0]}`);
    expect(queue.oldestMs).toBe(0);
  });

  test('a name that does not exist is refused as SQS does', () => {
    expect(open(0).service.answer({ method: 'GET', path: '/nobody', query: '' })).toMatchObject({ status: 400, body: expect.stringContaining('QueueDoesNotExist') as string });
  });
});
