/** Lines of a description: indented by level, cells parted by tabs, aligned at the end. */
import type { AnyObject, Json } from '../client/api-client.ts';
import { humanDuration } from '../flags/duration.ts';
import { alignTabs, DESCRIBE_STOPS } from '../printers/tabwriter.ts';
import { calendarOf, parseRfc3339 } from '../../../engine/kernel/calendar.ts';

export class Description {
  private text = '';

  constructor(readonly nowMs: number) {}

  /** One line; `level` counts pairs of blanks. */
  line(level: number, text: string): void {
    this.text += `${'  '.repeat(level)}${text}\n`;
  }

  raw(text: string): void {
    this.text += text;
  }

  /** How long ago a time of the API was. */
  since(time: unknown): string {
    const ms = parseRfc3339(String(time ?? ''));
    return ms === undefined ? '<unknown>' : humanDuration(this.nowMs - ms);
  }

  /** The text as it is, tabs and all. */
  unaligned(): string {
    return this.text;
  }

  toString(): string {
    return alignTabs(this.text, DESCRIBE_STOPS);
  }
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** RFC 1123 with a numeric zone: `Mon, 23 Nov 2026 09:00:00 +0000`. */
export function longTime(time: unknown): string {
  const ms = parseRfc3339(String(time ?? ''));
  if (ms === undefined) return 'Mon, 01 Jan 0001 00:00:00 +0000';
  const t = calendarOf(ms);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${DAYS[t.weekday]}, ${two(t.day)} ${MONTHS[t.month - 1]} ${t.year} ${two(t.hour)}:${two(t.minute)}:${two(t.second)} +0000`;
}

/** A map over lines: `Labels:  a=b`, the next key under the first. */
export function labelLines(w: Description, title: string, map: unknown, skip: readonly string[] = []): void {
  keyValueLines(w, 0, title, map, '=', skip);
}

export function keyValueLines(w: Description, level: number, title: string, map: unknown, separator: string, skip: readonly string[] = []): void {
  const entries = Object.entries((map ?? {}) as Record<string, string>).filter(([key]) => !skip.includes(key)).sort(([a], [b]) => (a < b ? -1 : 1));
  if (entries.length === 0) { w.line(level, `${title}:\t<none>`); return; }
  entries.forEach(([key, value], index) => {
    if (index === 0) w.line(level, `${title}:\t${key}${separator}${value}`);
    else w.line(level, `\t${key}${separator}${value}`);
  });
}

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
/** Longer than this, a value moves to its own lines. */
const LONG_VALUE = 140;

export function annotationLines(w: Description, annotations: unknown): void {
  const entries = Object.entries((annotations ?? {}) as Record<string, string>).filter(([key]) => key !== LAST_APPLIED).sort(([a], [b]) => (a < b ? -1 : 1));
  if (entries.length === 0) { w.line(0, 'Annotations:\t<none>'); return; }
  entries.forEach(([key, value], index) => {
    const head = index === 0 ? 'Annotations:\t' : '\t';
    const trimmed = value.replace(/\n+$/, '');
    if (trimmed.length + key.length + 2 > LONG_VALUE || trimmed.includes('\n')) {
      w.line(0, `${head}${key}:`);
      for (const line of trimmed.split('\n')) w.line(0, `\t  ${shorten(line, LONG_VALUE - 2)}`);
    } else w.line(0, `${head}${key}: ${trimmed}`);
  });
}

function shorten(text: string, max: number): string {
  return text.length > max ? `${text.slice(0, max)}...` : text;
}

/** Events of an object, newest information last, as every description ends. */
export function eventLines(w: Description, events: readonly Json[] | undefined): void {
  if (!events) return;
  if (events.length === 0) { w.line(0, 'Events:\t<none>'); return; }
  w.line(0, 'Events:\n  Type\tReason\tAge\tFrom\tMessage');
  w.line(1, '----\t------\t----\t----\t-------');
  for (const event of events) {
    const source = (event.source ?? {}) as Json;
    w.line(1, [event.type, event.reason, eventAge(w, event), String(source.component || event.reportingComponent || ''), eventMessage(event)].join('\t'));
  }
}

/** The message, after the part of the object it concerns. */
function eventMessage(event: Json): string {
  const path = (event.involvedObject as Json | undefined)?.fieldPath;
  const message = String(event.message ?? '').trim();
  return path ? `${String(path)}: ${message}` : message;
}

/** `2m (x5 over 10m)` for events that repeated. */
export function eventAge(w: { since(time: unknown): string }, event: Json): string {
  const series = event.series as Json | undefined;
  const first = event.firstTimestamp ? w.since(event.firstTimestamp) : event.eventTime ? w.since(event.eventTime) : '<unknown>';
  if (series) return `${w.since(series.lastObservedTime)} (x${String(series.count)} over ${first})`;
  if (Number(event.count ?? 0) > 1) return `${w.since(event.lastTimestamp)} (x${String(event.count)} over ${first})`;
  return first;
}

/** Order of events in a description: by when they were last seen. */
export function eventOrder(a: AnyObject, b: AnyObject): number {
  const time = (event: AnyObject): number => {
    const series = event.series as Json | undefined;
    return parseRfc3339(String(series?.lastObservedTime ?? event.lastTimestamp ?? event.eventTime ?? '')) ?? 0;
  };
  return time(a) - time(b);
}
