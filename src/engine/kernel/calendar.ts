/** Calendar arithmetic on virtual Unix milliseconds, in UTC, without the platform's clock. */

export interface CalendarTime {
  year: number; month: number; day: number; hour: number; minute: number; second: number; millisecond: number;
  /** 0 is Sunday. */
  weekday: number;
}

const DAY_MS = 86_400_000;

/** Splits Unix milliseconds into calendar fields (days-to-civil after Howard Hinnant). */
export function calendarOf(unixMs: number): CalendarTime {
  const days = Math.floor(unixMs / DAY_MS);
  const inDay = unixMs - days * DAY_MS;
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365);
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1,
    hour: Math.floor(inDay / 3_600_000),
    minute: Math.floor(inDay / 60_000) % 60,
    second: Math.floor(inDay / 1000) % 60,
    millisecond: Math.floor(inDay % 1000),
    weekday: (((days + 4) % 7) + 7) % 7,
  };
}

/** Unix milliseconds of a UTC calendar time. */
export function unixMsOf(year: number, month: number, day: number, hour = 0, minute = 0, second = 0, millisecond = 0): number {
  const shiftedYear = month <= 2 ? year - 1 : year;
  const era = Math.floor(shiftedYear / 400);
  const yearOfEra = shiftedYear - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  const days = era * 146_097 + dayOfEra - 719_468;
  return days * DAY_MS + hour * 3_600_000 + minute * 60_000 + second * 1000 + millisecond;
}

const two = (value: number): string => (value < 10 ? `0${value}` : String(value));

/** `2026-11-23T09:00:00Z`, the form of `metav1.Time`. */
export function rfc3339(unixMs: number): string {
  const t = calendarOf(unixMs);
  return `${t.year}-${two(t.month)}-${two(t.day)}T${two(t.hour)}:${two(t.minute)}:${two(t.second)}Z`;
}

/** `2026-11-23T09:00:00.123456Z`, the form of `metav1.MicroTime`. */
export function rfc3339Micro(unixMs: number): string {
  const micros = Math.floor((unixMs - Math.floor(unixMs / 1000) * 1000) * 1000);
  return rfc3339(unixMs).replace('Z', `.${String(micros).padStart(6, '0')}Z`);
}

const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):(\d\d))$/;

/** Unix milliseconds of an RFC 3339 text, or `undefined` when it is not one. */
export function parseRfc3339(text: string): number | undefined {
  const match = RFC3339.exec(text);
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second, fraction, sign, offsetHour, offsetMinute] = match;
  const offsetMs = sign ? (sign === '-' ? -1 : 1) * (Number(offsetHour) * 60 + Number(offsetMinute)) * 60_000 : 0;
  const ms = fraction ? Number(`0.${fraction}`) * 1000 : 0;
  return unixMsOf(Number(year), Number(month), Number(day), Number(hour), Number(minute), Number(second), ms) - offsetMs;
}
