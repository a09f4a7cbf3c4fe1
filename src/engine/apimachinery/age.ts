/** How old something is, in the short form of tables (`3m12s`, `4d2h`). */
import { parseRfc3339 } from '../kernel/calendar.ts';

/**
 * The AGE form of a duration: two units at most, coarser as it grows.
 *
 * @param durationMs virtual milliseconds; below −2 s upstream says `<invalid>`, up to 0 `0s`
 * @source apimachinery pkg/util/duration, HumanDuration
 * @example humanDuration(95_000) // '95s'
 */
export function humanDuration(durationMs: number): string {
  const seconds = Math.trunc(durationMs / 1000);
  if (seconds < -1) return '<invalid>';
  if (seconds < 0) return '0s';
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 10) return seconds % 60 === 0 ? `${minutes}m` : `${minutes}m${seconds % 60}s`;
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 8) return minutes % 60 === 0 ? `${hours}h` : `${hours}h${minutes % 60}m`;
  if (hours < 48) return `${hours}h`;
  const days = Math.floor(hours / 24);
  if (hours < 192) return hours % 24 === 0 ? `${days}d` : `${days}d${hours % 24}h`;
  if (days < 730) return `${days}d`;
  const years = Math.floor(days / 365);
  if (years < 8) return days % 365 === 0 ? `${years}y` : `${years}y${days % 365}d`;
  return `${years}y`;
}

/** The age of an RFC 3339 time; `<unknown>` when there is none. */
export function ageOf(timestamp: string | undefined, nowMs: number): string {
  const ms = timestamp ? parseRfc3339(timestamp) : undefined;
  return ms === undefined ? '<unknown>' : humanDuration(nowMs - ms);
}
