import { describe, expect, test } from 'vitest';
import { calendarOf, parseRfc3339, rfc3339, rfc3339Micro, unixMsOf } from './calendar.ts';
import { CALENDAR_START_MS, Kernel } from './kernel.ts';
import { Random } from './random.ts';

const aKernel = (): Kernel => new Kernel({ seed: 1, startMs: 0 });

describe('the clock', () => {
  test('runs events by time, ties in the order they were scheduled', () => {
    const kernel = aKernel();
    const seen: string[] = [];
    for (const [atMs, name] of [[30, 'c'], [10, 'a'], [20, 'b1'], [20, 'b2']] as const) kernel.at(atMs, name, '', () => seen.push(`${name}@${kernel.nowMs}`));
    expect(kernel.run({ untilMs: 100 })).toBe('reached');
    expect(seen).toEqual(['a@10', 'b1@20', 'b2@20', 'c@30']);
    expect(kernel.nowMs).toBe(100);
  });

  test('a cancelled event does not run', () => {
    const kernel = aKernel();
    let ran = false;
    kernel.cancel(kernel.after(5, 'x', '', () => { ran = true; }));
    kernel.run({ untilMs: 10 });
    expect(ran).toBe(false);
  });

  test('a budget stops it in between, and it goes on where it stopped', () => {
    const kernel = aKernel();
    let count = 0;
    const again = (): void => { count += 1; kernel.after(1, 'again', '', again); };
    again();
    expect(kernel.run({ untilMs: 1000, maxEvents: 10 })).toBe('budget');
    expect([count, kernel.nowMs]).toEqual([11, 10]);
  });

  test('time stands still while the host has to answer', () => {
    const kernel = aKernel();
    let answer: unknown;
    kernel.callHost('jq', '.', value => { answer = value; });
    kernel.after(1, 'x', '', () => {});
    expect(kernel.run({ untilMs: 10 })).toBe('host-call');
    expect(kernel.nowMs).toBe(0);
    kernel.answerHostCall(kernel.pendingHostCalls()[0]!.id, 'done');
    expect(kernel.run({ untilMs: 10 })).toBe('reached');
    expect(answer).toBe('done');
  });

  test('an event in the past is our mistake', () => {
    const kernel = aKernel();
    kernel.run({ untilMs: 10 });
    expect(() => kernel.at(5, 'late', '', () => {})).toThrow('late: 5 lies before 10');
  });
});

describe('a leap', () => {
  test('shifts periodic duties, runs everything else, tells its listeners', () => {
    const kernel = aKernel();
    const seen: string[] = [];
    const beat = (): void => { seen.push(`beat@${kernel.nowMs}`); kernel.after(10, 'beat', '', beat, { periodic: true }); };
    kernel.after(10, 'beat', '', beat, { periodic: true });
    kernel.after(500, 'once', '', () => seen.push(`once@${kernel.nowMs}`));
    kernel.onLeap(shiftMs => seen.push(`leapt ${shiftMs}`));
    kernel.leap(1000);
    kernel.run({ untilMs: 1025 });
    expect(seen).toEqual(['once@500', 'leapt 1000', 'beat@1010', 'beat@1020']);
  });

  test('a duty that begins within it keeps its delay from where it ends', () => {
    const kernel = aKernel();
    const seen: number[] = [];
    kernel.after(100, 'start', '', () => { kernel.after(10, 'beat', '', () => seen.push(kernel.nowMs), { periodic: true }); });
    kernel.leap(1000);
    kernel.run({ untilMs: 2000 });
    expect(seen).toEqual([1010]);
  });
});

describe('chance', () => {
  test('the same seed draws the same', () => {
    const draw = (seed: number): string[] => { const random = new Random(seed); return [random.uuid(), random.nameSuffix(), String(random.below(100))]; };
    expect(draw(7)).toEqual(draw(7));
    expect(draw(8)).not.toEqual(draw(7));
  });

  test('name tails use upstream\'s alphabet, uuids are version 4', () => {
    const random = new Random(3);
    expect(random.nameSuffix(200)).toMatch(/^[bcdfghjklmnpqrstvwxz2456789]{200}$/);
    expect(random.uuid()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});

describe('the calendar', () => {
  test.each([
    [0, '1970-01-01T00:00:00Z'], [951_782_400_000, '2000-02-29T00:00:00Z'], [CALENDAR_START_MS, '2026-11-23T09:00:00Z'],
    [4_107_542_399_000, '2100-02-28T23:59:59Z'], [-1000, '1969-12-31T23:59:59Z'],
  ])('%i ms is %s', (unixMs, text) => {
    expect(rfc3339(unixMs)).toBe(text);
    expect(parseRfc3339(text)).toBe(unixMs);
  });

  test('every day from 1970 to 2100 survives the way there and back', () => {
    for (let day = 0; day < 47_482; day += 1) {
      const { year, month, day: date } = calendarOf(day * 86_400_000);
      if (unixMsOf(year, month, date) !== day * 86_400_000) throw new Error(`day ${day}`);
    }
  });

  test('offsets and fractions are read, nonsense is not', () => {
    expect(parseRfc3339('2026-11-23T11:30:00.250+02:30')).toBe(CALENDAR_START_MS + 250);
    expect(parseRfc3339('yesterday')).toBeUndefined();
    expect(rfc3339Micro(CALENDAR_START_MS + 1.5)).toBe('2026-11-23T09:00:00.001500Z');
  });
});
