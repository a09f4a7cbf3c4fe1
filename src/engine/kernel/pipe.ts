import { BrokenPipe } from './signal.ts';
import { suspend, type Task } from './task.ts';

/**
 * What a process sees at a file descriptor. Text is UTF-16 strings; a chunk has no meaning beyond its characters.
 * Descriptors are shared by `retain` and given up by `release`; the last release closes.
 */
export interface Descriptor {
  /** The next chunk, waiting for one if need be; `null` at the end of the stream. */
  read(): Task<string | null>;
  /** Waits while the other side is full. @throws BrokenPipe when nobody can ever read it */
  write(text: string): Task<void>;
  /** Present where a write never waits: writes at once, for handlers that cannot wait. */
  writeNow?(text: string): void;
  retain(): void;
  release(): void;
  /** Present when this is a terminal, as `isatty` tells. */
  readonly terminal?: TerminalDevice;
}

/** What a program may ask of the terminal it runs in. */
export interface TerminalDevice {
  readonly columns: number;
  readonly rows: number;
  /** Raw: keys come one by one and unechoed, as `less`, `vi` and `watch` want them. Cooked: whole lines. */
  setRaw(raw: boolean): void;
}

/** Characters a pipe holds before its writer waits (the size of a Linux pipe). */
const CAPACITY = 65_536;

/** A bounded pipe between processes. */
export class Pipe {
  private buffer: string[] = [];
  private buffered = 0;
  private writers = 0;
  private readers = 0;
  private waitingReader: ((chunk: string | null) => void) | undefined;
  private waitingWriters: (() => void)[] = [];

  /** The end to read from. */
  readonly readEnd: Descriptor = {
    read: () => this.read(),
    // eslint-disable-next-line require-yield
    *write() { throw new BrokenPipe(); },
    retain: () => { this.readers += 1; },
    release: () => {
      this.readers -= 1;
      if (this.readers === 0) this.wakeWriters();
    },
  };

  /** The end to write to. */
  readonly writeEnd: Descriptor = {
    // eslint-disable-next-line require-yield
    *read() { return null; },
    write: text => this.write(text),
    retain: () => { this.writers += 1; },
    release: () => {
      this.writers -= 1;
      if (this.writers === 0) this.finishReader();
    },
  };

  /** Writes from outside any task: never waits, and is lost when nobody can read it. */
  push(text: string): void {
    if (this.readers > 0 && text !== '') this.deliver(text);
  }

  private *read(): Task<string | null> {
    if (this.buffered > 0) return this.take();
    if (this.writers === 0) return null;
    return yield* suspend<string | null>(resume => {
      this.waitingReader = resume;
      return () => { if (this.waitingReader === resume) this.waitingReader = undefined; };
    });
  }

  private *write(text: string): Task<void> {
    while (this.readers > 0 && this.buffered >= CAPACITY) {
      yield* suspend<void>(resume => {
        this.waitingWriters.push(resume);
        return () => { this.waitingWriters = this.waitingWriters.filter(waiting => waiting !== resume); };
      });
    }
    if (this.readers === 0) throw new BrokenPipe();
    if (text !== '') this.deliver(text);
  }

  private deliver(text: string): void {
    this.buffer.push(text);
    this.buffered += text.length;
    const reader = this.waitingReader;
    if (reader) {
      this.waitingReader = undefined;
      reader(this.take());
    }
  }

  private take(): string {
    const chunk = this.buffer.length === 1 ? this.buffer[0]! : this.buffer.join('');
    this.buffer = [];
    this.buffered = 0;
    this.wakeWriters();
    return chunk;
  }

  private wakeWriters(): void {
    const waiting = this.waitingWriters;
    this.waitingWriters = [];
    for (const resume of waiting) resume();
  }

  private finishReader(): void {
    const reader = this.waitingReader;
    this.waitingReader = undefined;
    reader?.(null);
  }
}

/** A descriptor that hands everything written to `sink` at once and reads as empty. */
export function sinkDescriptor(sink: (text: string) => void): Descriptor {
  return {
    // eslint-disable-next-line require-yield
    *read() { return null; },
    // eslint-disable-next-line require-yield
    *write(text) { sink(text); },
    writeNow: sink,
    retain() {},
    release() {},
  };
}

/** `/dev/null`. */
export const nullDescriptor: Descriptor = sinkDescriptor(() => {});
