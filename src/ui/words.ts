/** How times, durations and counts read on the page. All times are virtual and UTC. */
import { calendarOf, parseRfc3339 } from '../engine/kernel/calendar.ts';

const two = (value: number): string => String(value).padStart(2, '0');
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** `03:14:41` */
export function clockText(ms: number): string {
  const t = calendarOf(ms);
  return `${two(t.hour)}:${two(t.minute)}:${two(t.second)}`;
}

/** `03:14` */
export function minuteText(ms: number): string {
  const t = calendarOf(ms);
  return `${two(t.hour)}:${two(t.minute)}`;
}

/** `Mon 23 Nov` */
export function dayText(ms: number): string {
  const t = calendarOf(ms);
  return `${DAYS[t.weekday] ?? ''} ${t.day} ${MONTHS[t.month - 1] ?? ''}`;
}

/** `41 s`, `6 min 33 s`, `2 h 5 min` */
export function spanText(ms: number): string {
  const s = Math.max(0, Math.floor(ms / 1000));
  if (s < 60) return `${s} s`;
  if (s < 3600) return s % 60 === 0 ? `${Math.floor(s / 60)} min` : `${Math.floor(s / 60)} min ${s % 60} s`;
  return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
}

/** kubectl's way to say an age: `41s`, `2m11s`, `14m`, `5h`, `212d`. */
export function ageText(ms: number): string {
  const s = Math.max(0, Math.floor(ms / 1000));
  if (s < 120) return `${s}s`;
  const m = Math.floor(s / 60);
  if (m < 10) return s % 60 === 0 ? `${m}m` : `${m}m${s % 60}s`;
  if (m < 180) return `${m}m`;
  const h = Math.floor(m / 60);
  if (h < 8) return m % 60 === 0 ? `${h}h` : `${h}h${m % 60}m`;
  if (h < 48) return `${h}h`;
  const d = Math.floor(h / 24);
  return d < 8 && h % 24 !== 0 ? `${d}d${h % 24}h` : `${d}d`;
}

/** Milliseconds of an API timestamp, or 0. */
export function msOf(timestamp: unknown): number {
  return typeof timestamp === 'string' ? parseRfc3339(timestamp) ?? 0 : 0;
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
