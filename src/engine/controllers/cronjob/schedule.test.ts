import { describe, expect, test } from 'vitest';
import { parseRfc3339, rfc3339 } from '../../kernel/calendar.ts';
import { lastDue, parseSchedule, type Schedule } from './schedule.ts';

const at = (text: string): number => parseRfc3339(`${text}:00Z`)!;
const schedule = (text: string): Schedule => {
  const parsed = parseSchedule(text);
  if (typeof parsed === 'string') throw new Error(parsed);
  return parsed;
};

describe('the next due time (2026-11-23 is a Monday)', () => {
  test.each([
    // schedule          after                 next
    ['* * * * *', '2026-11-23T09:00', '2026-11-23T09:01'],
    ['*/15 * * * *', '2026-11-23T09:01', '2026-11-23T09:15'],
    ['5/20 * * * *', '2026-11-23T09:46', '2026-11-23T10:05'],
    ['0 3 * * *', '2026-11-23T09:00', '2026-11-24T03:00'],
    ['30 8-10,12 * * *', '2026-11-23T10:30', '2026-11-23T12:30'],
    ['0 0 1 * *', '2026-11-23T09:00', '2026-12-01T00:00'],
    ['0 0 31 * *', '2026-11-23T09:00', '2026-12-31T00:00'],
    ['0 0 29 2 *', '2026-11-23T09:00', '2028-02-29T00:00'],
    ['0 9 * * mon-fri', '2026-11-27T10:00', '2026-11-30T09:00'],
    ['0 9 * * 0', '2026-11-23T10:00', '2026-11-29T09:00'],
    ['0 0 13 * FRI', '2026-11-23T00:00', '2026-11-27T00:00'], // day of month or day of week, when both are given
    ['0 0 */10 * 5', '2026-11-23T00:00', '2026-12-11T00:00'], // a stepped star counts as a star: both
    ['0 0 1 jan *', '2026-11-23T09:00', '2027-01-01T00:00'],
    ['@hourly', '2026-11-23T09:30', '2026-11-23T10:00'],
    ['@weekly', '2026-11-23T09:30', '2026-11-29T00:00'],
    ['@every 1h30m', '2026-11-23T09:30', '2026-11-23T11:00'],
  ])('%s after %s: %s', (text, after, next) => {
    expect(rfc3339(schedule(text).next(at(after))!)).toBe(`${next}:00Z`);
  });

  test('a day that never comes has none', () => {
    expect(schedule('0 0 30 2 *').next(at('2026-11-23T09:00'))).toBeUndefined();
  });
});

describe('what is no schedule', () => {
  test.each([
    ['* * * *', 'expected exactly 5 fields, found 4: [* * * *]'],
    ['60 * * * *', 'end of range (60) above maximum (59): 60'],
    ['* * 0 * *', 'beginning of range (0) below minimum (1): 0'],
    ['* * * * mun', 'failed to parse int from mun: strconv.Atoi: parsing "mun": invalid syntax'],
    ['5-2 * * * *', 'beginning of range (5) beyond end of range (2): 5-2'],
    ['*/0 * * * *', 'step of range should be a positive number: */0'],
    ['1/2/3 * * * *', 'too many slashes: 1/2/3'],
    ['@sometimes', 'unrecognized descriptor: @sometimes'],
  ])('%s: %s', (text, problem) => {
    expect(parseSchedule(text)).toBe(problem);
  });
});

describe('the last due time that passed', () => {
  test.each([
    // schedule     since                now                  due                 more than 100 missed
    ['0 * * * *', '2026-11-23T09:30', '2026-11-23T09:59', undefined, false],
    ['0 * * * *', '2026-11-23T09:30', '2026-11-23T10:01', '2026-11-23T10:00', false],
    ['0 * * * *', '2026-11-23T09:30', '2026-11-23T14:01', '2026-11-23T14:00', false],
    ['* * * * *', '2026-11-23T09:30', '2026-11-23T14:01', '2026-11-23T14:01', true],
    ['0 9 * * 1-5', '2026-11-20T10:00', '2026-11-24T12:00', '2026-11-24T09:00', false],
  ])('%s, since %s, at %s: %s', (text, since, now, due, tooMany) => {
    const missed = lastDue(schedule(text), at(since), at(now));
    expect({ due: missed.dueMs === undefined ? undefined : rfc3339(missed.dueMs), tooMany: missed.tooMany }).toEqual({ due: due && `${due}:00Z`, tooMany });
  });
});
