import { rfc3339Micro } from '../kernel/calendar.ts';

interface LogLine {
  readonly atMs: number;
  readonly text: string;
}

/** kubelet `containerLogMaxSize` 10 MiB; one file and its rotated predecessors count together here. */
const MAX_CHARACTERS = 10 * 1024 * 1024;

export interface LogQuery {
  readonly sinceMs?: number;
  readonly tailLines?: number;
  readonly limitBytes?: number;
  readonly timestamps?: boolean;
}

/** The log file of one container run: whole lines with the time they were written. */
export class ContainerLog {
  private readonly lines: LogLine[] = [];
  private characters = 0;
  private partial = '';
  private partialAtMs = 0;
  private readonly listeners = new Set<(text: string) => void>();
  private readonly endListeners = new Set<() => void>();
  private ended = false;

  constructor(private readonly clock: { readonly nowMs: number }) {}

  /** Appends what a process wrote; a line counts when its end has come. */
  append(text: string): void {
    if (this.partial === '') this.partialAtMs = this.clock.nowMs;
    const parts = (this.partial + text).split('\n');
    this.partial = parts.pop()!;
    for (const part of parts) this.push({ atMs: this.clock.nowMs, text: part });
  }

  /** The run is over: a last line without an end is kept, followers are told. */
  close(): void {
    if (this.ended) return;
    if (this.partial !== '') this.push({ atMs: this.partialAtMs, text: this.partial });
    this.partial = '';
    this.ended = true;
    for (const listener of [...this.endListeners]) listener();
  }

  get isClosed(): boolean {
    return this.ended;
  }

  text(query: LogQuery): string {
    let lines: readonly LogLine[] = query.sinceMs === undefined ? this.lines : this.lines.filter(line => line.atMs >= query.sinceMs!);
    if (query.tailLines !== undefined && query.tailLines >= 0) lines = query.tailLines === 0 ? [] : lines.slice(-query.tailLines);
    const text = lines.map(line => format(line, query.timestamps)).join('');
    return query.limitBytes === undefined ? text : text.slice(0, query.limitBytes);
  }

  /** Calls `onText` for every line from now on. */
  follow(query: LogQuery, onText: (text: string) => void, onEnd: () => void): () => void {
    const entry = query.timestamps ? (text: string): void => onText(`${rfc3339Micro(this.clock.nowMs).replace('Z', '000Z')} ${text}`) : onText;
    this.listeners.add(entry);
    this.endListeners.add(onEnd);
    if (this.ended) onEnd();
    return () => {
      this.listeners.delete(entry);
      this.endListeners.delete(onEnd);
    };
  }

  private push(line: LogLine): void {
    this.lines.push(line);
    this.characters += line.text.length + 1;
    while (this.characters > MAX_CHARACTERS) this.characters -= this.lines.shift()!.text.length + 1;
    for (const listener of [...this.listeners]) listener(`${line.text}\n`);
  }
}

function format(line: LogLine, timestamps: boolean | undefined): string {
  return timestamps ? `${rfc3339Micro(line.atMs).replace('Z', '000Z')} ${line.text}\n` : `${line.text}\n`;
}
