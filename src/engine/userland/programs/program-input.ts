import type { Descriptor } from '../../kernel/pipe.ts';
import type { Task } from '../../kernel/task.ts';
import { FileError, type SystemProcess } from '../contract.ts';
import { fileErrorWords, openFile } from '../files/open-file.ts';

/** Whole lines from a descriptor, as many at a time as are there. */
export class LineInput {
  /** Whether the last line ended in a newline. */
  endedWithNewline = true;
  private rest = '';
  private atEnd = false;
  private readonly descriptor: Descriptor;
  private readonly separator: string;

  constructor(descriptor: Descriptor, separator = '\n') {
    this.descriptor = descriptor;
    this.separator = separator;
  }

  /** The next lines without their ends; `null` at the end. */
  *next(): Task<string[] | null> {
    while (!this.atEnd) {
      const chunk = yield* this.descriptor.read();
      if (chunk === null) {
        this.atEnd = true;
        if (this.rest === '') return null;
        this.endedWithNewline = false;
        const last = this.rest;
        this.rest = '';
        return [last];
      }
      const lines = (this.rest === '' ? chunk : this.rest + chunk).split(this.separator);
      this.rest = lines.pop()!;
      if (lines.length > 0) return lines;
    }
    return null;
  }

  *all(): Task<string[]> {
    const lines: string[] = [];
    for (let batch = yield* this.next(); batch; batch = yield* this.next()) for (const line of batch) lines.push(line);
    return lines;
  }
}

/** Whether this machine's tools are busybox's, whose words differ from GNU's. */
export function isBusybox(process: SystemProcess): boolean {
  return process.system.files.stat('/bin/busybox') !== undefined;
}

/** What a file operation that failed is called, GNU style: `name: path: No such file or directory`. */
export function refusalWords(thrown: unknown): string {
  if (thrown instanceof FileError) return fileErrorWords(thrown.code);
  throw thrown;
}

export interface OpenInput {
  /** As given; `-` for standard input. */
  readonly name: string;
  readonly descriptor: Descriptor;
}

/** Opens operands in turn (none: standard input). A file that cannot be read is complained about; `onFailure` counts it. */
export function* eachInput(process: SystemProcess, operands: readonly string[], onFailure: () => void, options: { quiet?: boolean; complaint?: (name: string, words: string) => string } = {}): Generator<OpenInput, void, unknown> {
  for (const name of operands.length > 0 ? operands : ['-']) {
    const opened = openInput(process, name);
    if (typeof opened !== 'string') { yield { name, descriptor: opened }; continue; }
    onFailure();
    if (options.quiet) continue;
    const program = process.argv[0]!;
    const words = options.complaint?.(name, opened) ?? (isBusybox(process) ? `${program}: can't open '${name}': ${opened}` : `${program}: ${name}: ${opened}`);
    const task = process.write(2, `${words}\n`);
    for (let step = task.next(); !step.done; step = task.next()) step.value(() => {});
  }
}

/** The descriptor for an operand, or the words of why not. */
export function openInput(process: SystemProcess, name: string): Descriptor | string {
  if (name === '-') return process.descriptors.get(0) ?? 'Bad file descriptor';
  try {
    const { system, cwd } = process;
    const descriptor = openFile(process, name, 'read');
    const path = name.startsWith('/') ? name : `${cwd}/${name}`;
    if (system.files.stat(path)?.type === 'directory') return 'Is a directory';
    return descriptor;
  } catch (thrown) {
    return refusalWords(thrown);
  }
}

/** Everything an operand holds, or the words of why not. */
export function* readWhole(process: SystemProcess, name: string): Task<{ text: string } | string> {
  const descriptor = openInput(process, name);
  if (typeof descriptor === 'string') return descriptor;
  const chunks: string[] = [];
  for (let chunk = yield* descriptor.read(); chunk !== null; chunk = yield* descriptor.read()) chunks.push(chunk);
  return { text: chunks.join('') };
}
