import { expect, test } from 'vitest';
import { ContainerLog } from './container-log.ts';

test('a log keeps its newest ten mebibytes of whole lines, each with its time', () => {
  const clock = { nowMs: Date.UTC(2026, 10, 23, 9) };
  const log = new ContainerLog(clock);
  const line = (number: number): string => `${String(number).padStart(1023, '.')}\n`;
  for (let number = 0; number < 25_000; number += 1) {
    clock.nowMs += 1;
    log.append(line(number));
  }
  const kept = log.text({});
  expect(kept.length).toBe(10 * 1024 * 1024);
  expect(kept.startsWith(line(25_000 - 10 * 1024))).toBe(true);
  expect(log.text({ tailLines: 1, timestamps: true })).toBe(`2026-11-23T09:00:25.000000000Z ${line(24_999)}`);
  expect(log.text({ sinceMs: clock.nowMs - 1 })).toBe(line(24_998) + line(24_999));
  expect(log.text({ tailLines: 1_000_000 })).toBe(kept);
});
