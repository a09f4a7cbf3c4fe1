import type { Descriptor } from '../../kernel/pipe.ts';
import { nullDescriptor } from '../../kernel/pipe.ts';
import type { Task } from '../../kernel/task.ts';
import { FileError, type Credentials, type FileErrorCode, type SystemProcess } from '../contract.ts';
import { resolvePath } from './path.ts';

/** A descriptor that can take back what was read too much, as a seek on a file or a byte-wise read on a pipe would. */
export class InputDescriptor implements Descriptor {
  private returned = '';
  readonly inner: Descriptor;
  /** Of a regular file; a pipe or a terminal has none. */
  readonly sizeBytes: number | undefined;

  constructor(inner: Descriptor, sizeBytes?: number) {
    this.inner = inner;
    this.sizeBytes = sizeBytes ?? (inner instanceof InputDescriptor ? inner.sizeBytes : undefined);
  }

  get terminal(): Descriptor['terminal'] {
    return this.inner.terminal;
  }

  *read(): Task<string | null> {
    if (this.returned === '') return yield* this.inner.read();
    const chunk = this.returned;
    this.returned = '';
    return chunk;
  }

  /** Puts `text` before everything still to be read. */
  unread(text: string): void {
    this.returned = text + this.returned;
  }

  *write(text: string): Task<void> {
    yield* this.inner.write(text);
  }

  retain(): void { this.inner.retain(); }

  release(): void { this.inner.release(); }
}

/** A descriptor that reads `text` once. */
export function textDescriptor(text: string): InputDescriptor {
  let rest: string | null = text;
  return new InputDescriptor({
    // eslint-disable-next-line require-yield
    *read() {
      const chunk = rest === '' ? null : rest;
      rest = null;
      return chunk;
    },
    // eslint-disable-next-line require-yield
    *write() {},
    retain() {},
    release() {},
  });
}

export type OpenMode = 'read' | 'write' | 'append' | 'read-write';

/** Whose permissions apply to what `process` does. */
export function credentialsOf(process: SystemProcess): Credentials {
  return { uid: process.uid, gid: process.gid };
}

/** Opens a file or device for `process`. @throws FileError as open(2) would refuse */
export function openFile(process: SystemProcess, path: string, mode: OpenMode): Descriptor {
  const absolute = resolvePath(process.cwd, path);
  const device = openDevice(process, absolute);
  if (device) return device;
  const { files } = process.system;
  const as = credentialsOf(process);
  if (mode === 'read') return new InputDescriptor(readerOf(process, absolute, as), files.stat(absolute)?.sizeBytes);
  try {
    if (mode === 'write') files.write(absolute, '', { as });
    else files.write(absolute, '', { as, append: true });
  } catch (refused) {
    if (refused instanceof FileError) throw new FileError(refused.code, path);
    throw refused;
  }
  return {
    // eslint-disable-next-line require-yield
    *read() { return null; },
    // eslint-disable-next-line require-yield
    *write(text) { if (text !== '') files.write(absolute, text, { append: true }); },
    retain() {},
    release() {},
  };
}

function readerOf(process: SystemProcess, path: string, as: Credentials): Descriptor {
  const { files } = process.system;
  const stat = files.stat(path);
  if (stat?.type !== 'directory') files.read(path, as);
  let offset = 0;
  return {
    // eslint-disable-next-line require-yield
    *read() {
      if (stat?.type === 'directory') throw new FileError('EISDIR', path);
      const content = files.stat(path) ? files.read(path) : '';
      if (offset >= content.length) return null;
      const chunk = content.slice(offset);
      offset = content.length;
      return chunk;
    },
    // eslint-disable-next-line require-yield
    *write() {},
    retain() {},
    release() {},
  };
}

/** Time to read one block of a device that never ends, virtual ms: without it a reader would hold the world for ever. */
const BLOCK_MS = 1;

function endless(process: SystemProcess, block: () => string, full = false): Descriptor {
  return {
    *read() {
      yield* process.sleep(BLOCK_MS);
      return block();
    },
    // eslint-disable-next-line require-yield
    *write() { if (full) throw new FileError('ENOSPC', '/dev/full'); },
    retain() {},
    release() {},
  };
}

const zeros = (): string => '\0'.repeat(4096);

function openDevice(process: SystemProcess, path: string): Descriptor | undefined {
  if (path === '/dev/null') return nullDescriptor;
  if (path === '/dev/zero') return endless(process, zeros);
  if (path === '/dev/full') return endless(process, zeros, true);
  if (path === '/dev/urandom' || path === '/dev/random') {
    const { random } = process.kernel;
    return endless(process, () => Array.from({ length: 1024 }, () => String.fromCharCode(random.below(256))).join(''));
  }
  const own = /^\/dev\/(?:(stdin)|(stdout)|(stderr)|fd\/(\d+)|(tty))$/.exec(path) ?? /^\/proc\/(?:self|thread-self)\/fd\/()()()(\d+)$/.exec(path);
  if (own) {
    const fd = own[2] ? 1 : own[3] ? 2 : own[4] ? Number(own[4]) : 0;
    const descriptor = process.descriptors.get(fd);
    if (own[5] && !descriptor?.terminal) throw new FileError('ENOENT', path);
    if (!descriptor) throw new FileError('ENOENT', path);
    return descriptor;
  }
  const other = /^\/proc\/(\d+)\/fd\/(\d+)$/.exec(path);
  if (other) {
    const owner = process.system.processes.get(Number(other[1]));
    const descriptor = owner?.descriptors.get(Number(other[2]));
    if (!descriptor) throw new FileError('ENOENT', path);
    if (process.uid !== 0 && owner!.uid !== process.uid) throw new FileError('EACCES', path);
    return descriptor;
  }
  return undefined;
}

const FILE_ERROR_WORDS: Readonly<Record<FileErrorCode, string>> = {
  ENOENT: 'No such file or directory',
  EISDIR: 'Is a directory',
  ENOTDIR: 'Not a directory',
  EACCES: 'Permission denied',
  EROFS: 'Read-only file system',
  EEXIST: 'File exists',
  ENOTEMPTY: 'Directory not empty',
  ENOSPC: 'No space left on device',
  ELOOP: 'Too many levels of symbolic links',
  EPERM: 'Operation not permitted',
};

/** What strerror(3) says. */
export function fileErrorWords(code: FileErrorCode): string {
  return FILE_ERROR_WORDS[code];
}
