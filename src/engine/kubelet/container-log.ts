import { rfc3339Micro } from '../kernel/calendar.ts';

/** kubelet `containerLogMaxSize` 10 MiB; one file and its rotated predecessors count together here. */
const MAX_CHARACTERS = 10 * 1024 * 1024;
/** Fewer lines than this are not worth a rotation. */
const ROTATE_LINES = 1_024;

export interface LogQuery {
  readonly sinceMs?: number;
  readonly tailLines?: number;
  readonly limitBytes?: number;
  readonly timestamps?: boolean;
}

/** The log file of one container run: whole lines with the time they were written. */
export class ContainerLog {
  /** Whole lines with their ends, and beside them when each was written. */
  private lines: string[] = [];
  private times: number[] = [];
  /** Index of the oldest line that is kept: those before it are rotated away in bulk, since shifting a long array costs its length. */
  private oldest = 0;
  private characters = 0;
  private partial = '';
  private partialAtMs = 0;
  private readonly listeners = new Set<(text: string) => void>();
  private readonly endListeners = new Set<() => void>();
  private ended = false;

  constructor(private readonly clock: { readonly nowMs: number }) {}

  /** Appends what a process wrote; a line counts when its end has come. */
  append(text: string): void {
    const { nowMs } = this.clock;
    if (this.partial === '') this.partialAtMs = nowMs;
    const whole = this.partial === '' ? text : this.partial + text;
    let start = 0;
    for (let end = whole.indexOf('\n'); end >= 0; end = whole.indexOf('\n', start)) {
      this.push(nowMs, start === 0 && end === whole.length - 1 ? whole : whole.slice(start, end + 1));
      start = end + 1;
    }
    this.partial = start === 0 ? whole : whole.slice(start);
  }

  /** The run is over: a last line without an end is kept, followers are told. */
  close(): void {
    if (this.ended) return;
    if (this.partial !== '') this.push(this.partialAtMs, `${this.partial}\n`);
    this.partial = '';
    this.ended = true;
    for (const listener of [...this.endListeners]) listener();
  }

  get isClosed(): boolean {
    return this.ended;
  }

  text(query: LogQuery): string {
    const { lines, times } = this;
    let first = this.oldest;
    if (query.sinceMs !== undefined) while (first < times.length && times[first]! < query.sinceMs) first += 1;
    if (query.tailLines !== undefined && query.tailLines >= 0) first = Math.max(first, lines.length - query.tailLines);
    const wanted = lines.slice(first);
    const text = (query.timestamps ? wanted.map((line, index) => stamp(times[first + index]!, line)) : wanted).join('');
    return query.limitBytes === undefined ? text : text.slice(0, query.limitBytes);
  }

  /** Calls `onText` for every line from now on. */
  follow(query: LogQuery, onText: (text: string) => void, onEnd: () => void): () => void {
    const entry = query.timestamps ? (text: string): void => onText(stamp(this.clock.nowMs, text)) : onText;
    this.listeners.add(entry);
    this.endListeners.add(onEnd);
    if (this.ended) onEnd();
    return () => {
      this.listeners.delete(entry);
      this.endListeners.delete(onEnd);
    };
  }

  private push(atMs: number, line: string): void {
    this.lines.push(line);
    this.times.push(atMs);
    this.characters += line.length;
    while (this.characters > MAX_CHARACTERS) {
      this.characters -= this.lines[this.oldest]!.length;
      this.oldest += 1;
    }
    if (this.oldest > ROTATE_LINES && this.oldest * 2 > this.lines.length) {
      this.lines = this.lines.slice(this.oldest);
      this.times = this.times.slice(this.oldest);
      this.oldest = 0;
    }
    for (const listener of [...this.listeners]) listener(line);
  }
}

function stamp(atMs: number, line: string): string {
  return `${rfc3339Micro(atMs).replace('Z', '000Z')} ${line}`;
}
