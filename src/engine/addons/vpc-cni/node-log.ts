import { NODE_LOG_LINES } from '../../facts/vpc-cni.ts';
import { rfc3339Micro } from '../../kernel/calendar.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

interface Entry { readonly level: LogLevel; readonly atMs: number; readonly caller: string; readonly message: string }

/** A log file of a node as zap writes it: one JSON object a line, the last lines kept. */
export class NodeLog {
  private readonly entries: Entry[] = [];

  constructor(private readonly nowMs: () => number) {}

  /** @param caller upstream's file and line: `ipamd/ipamd.go:753` */
  write(level: LogLevel, caller: string, message: string): void {
    this.entries.push({ level, atMs: this.nowMs(), caller, message });
    if (this.entries.length > NODE_LOG_LINES * 2) this.entries.splice(0, this.entries.length - NODE_LOG_LINES);
  }

  get text(): string {
    return this.entries.slice(-NODE_LOG_LINES)
      .map(({ level, atMs, caller, message }) => `${JSON.stringify({ level, ts: rfc3339Micro(atMs).replace(/\d{3}Z$/, 'Z'), caller, msg: message })}\n`).join('');
  }
}
