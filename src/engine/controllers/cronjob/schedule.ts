import { calendarOf, unixMsOf } from '../../kernel/calendar.ts';

/** When a CronJob is due. Five fields as robfig/cron v3 reads them, in UTC, or a fixed distance (`@every 90s`). */
export interface Schedule {
  /** The first due time after `afterMs`, or `undefined` when there is none within five years. */
  next(afterMs: number): number | undefined;
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const FIELDS = [
  { min: 0, max: 59, names: [] as string[], first: 0 }, { min: 0, max: 23, names: [] as string[], first: 0 }, { min: 1, max: 31, names: [] as string[], first: 0 },
  { min: 1, max: 12, names: MONTHS, first: 1 }, { min: 0, max: 6, names: DAYS, first: 0 },
] as const;
const SHORTHANDS: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *', '@annually': '0 0 1 1 *', '@monthly': '0 0 1 * *', '@weekly': '0 0 * * 0', '@daily': '0 0 * * *', '@midnight': '0 0 * * *', '@hourly': '0 * * * *',
};
const UNIT_MS: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1 };
const MINUTE_MS = 60_000;
const HORIZON_YEARS = 5;

/** @returns the schedule, or robfig/cron's words for what is wrong */
export function parseSchedule(text: string): Schedule | string {
  const trimmed = text.trim();
  if (trimmed === '') return 'empty spec string';
  if (trimmed.startsWith('@every ')) return every(trimmed.slice('@every '.length).trim());
  if (trimmed.startsWith('@') && !SHORTHANDS[trimmed]) return `unrecognized descriptor: ${trimmed}`;
  const parts = (SHORTHANDS[trimmed] ?? trimmed).split(/\s+/);
  if (parts.length !== FIELDS.length) return `expected exactly 5 fields, found ${parts.length}: [${parts.join(' ')}]`;
  const sets: Set<number>[] = [];
  for (const [index, part] of parts.entries()) {
    const values = parseField(part, FIELDS[index]!);
    if (typeof values === 'string') return values;
    sets.push(values);
  }
  const isStar = (index: number): boolean => /^[*?]/.test(parts[index]!);
  return fieldSchedule(sets, isStar(2) || isStar(4));
}

function every(text: string): Schedule | string {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s)/g)];
  if (parts.length === 0 || parts.map(part => part[0]).join('') !== text) return `failed to parse duration @every ${text}: time: invalid duration ${JSON.stringify(text)}`;
  const total = parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * UNIT_MS[unit!]!, 0);
  const delayMs = Math.max(1_000, Math.floor(total / 1_000) * 1_000);
  return { next: afterMs => Math.floor(afterMs / 1_000) * 1_000 + delayMs };
}

type Field = (typeof FIELDS)[number];

function parseField(text: string, field: Field): Set<number> | string {
  const values = new Set<number>();
  for (const part of text.split(',')) {
    const [range = '', step, ...more] = part.split('/');
    if (more.length > 0) return `too many slashes: ${part}`;
    const [low, high, ...rest] = range.split('-');
    if (rest.length > 0) return `too many hyphens: ${part}`;
    let from: number | string = field.min;
    let to: number | string = field.max;
    if (low !== '*' && low !== '?') {
      from = parseNumber(low ?? '', field);
      to = high === undefined ? (step === undefined ? from : field.max) : parseNumber(high, field);
    }
    const by = step === undefined ? 1 : parseNumber(step, { ...field, names: [] });
    for (const number of [from, to, by]) if (typeof number === 'string') return number;
    if (Number(from) < field.min) return `beginning of range (${from}) below minimum (${field.min}): ${part}`;
    if (Number(to) > field.max) return `end of range (${to}) above maximum (${field.max}): ${part}`;
    if (Number(from) > Number(to)) return `beginning of range (${from}) beyond end of range (${to}): ${part}`;
    if (by === 0) return `step of range should be a positive number: ${part}`;
    for (let value = Number(from); value <= Number(to); value += Number(by)) values.add(value);
  }
  return values;
}

function parseNumber(text: string, { names, first }: { readonly names: readonly string[]; readonly first: number }): number | string {
  const named = names.indexOf(text.toLowerCase());
  if (named >= 0) return named + first;
  if (/^\d+$/.test(text)) return Number(text);
  return `failed to parse int from ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`;
}

/** @param bothDays whether day of month and day of week must both match, as when either is `*` */
function fieldSchedule(sets: readonly Set<number>[], bothDays: boolean): Schedule {
  const [minutes, hours, days, months, weekdays] = sets as [Set<number>, Set<number>, Set<number>, Set<number>, Set<number>];
  return {
    next(afterMs) {
      let at = (Math.floor(afterMs / MINUTE_MS) + 1) * MINUTE_MS;
      const lastYear = calendarOf(at).year + HORIZON_YEARS;
      for (;;) {
        const { year, month, day, hour, minute, weekday } = calendarOf(at);
        if (year > lastYear) return undefined;
        const dayFits = bothDays ? days.has(day) && weekdays.has(weekday) : days.has(day) || weekdays.has(weekday);
        if (!months.has(month)) at = month === 12 ? unixMsOf(year + 1, 1, 1) : unixMsOf(year, month + 1, 1);
        else if (!dayFits) at = unixMsOf(year, month, day) + 86_400_000;
        else if (!hours.has(hour)) at = unixMsOf(year, month, day, hour) + 3_600_000;
        else if (!minutes.has(minute)) at += MINUTE_MS;
        else return at;
      }
    },
  };
}

/** How far in the past the last due time lies. */
export interface Missed {
  /** The latest due time that has passed, if any. */
  readonly dueMs?: number;
  /** More than 100 due times have passed since. */
  readonly tooMany: boolean;
}

/** Source: pkg/controller/cronjob/utils.go `mostRecentScheduleTime`. */
export function lastDue(schedule: Schedule, fromMs: number, nowMs: number): Missed {
  const first = schedule.next(fromMs);
  if (first === undefined || first > nowMs) return { tooMany: false };
  const second = schedule.next(first);
  if (second === undefined || second > nowMs) return { dueMs: first, tooMany: false };
  const distance = second - first;
  const passed = Math.floor((nowMs - first) / distance) + 1;
  let dueMs = first;
  // Start one distance before the end: schedules need not be regular, but never skip backwards.
  for (let at: number | undefined = schedule.next(Math.max(fromMs, first + (passed - 2) * distance - 1)); at !== undefined && at <= nowMs; at = schedule.next(at)) dueMs = at;
  return { dueMs, tooMany: passed > 100 };
}
