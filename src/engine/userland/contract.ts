/** The operating system as programs see it. Implemented by a container, a node, or the learner's laptop. */
import type { Process, ProcessTable, Program } from '../kernel/process.ts';
import type { NetworkStack } from '../network/contract.ts';

export interface FileStat {
  readonly type: 'file' | 'directory' | 'symlink';
  /** Permission bits, for example 0o644. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly sizeBytes: number;
  readonly modifiedAtMs: number;
  /** The name of the program an executable runs, see {@link System.program}. */
  readonly program?: string;
  readonly linkTarget?: string;
}

export type FileErrorCode = 'ENOENT' | 'EISDIR' | 'ENOTDIR' | 'EACCES' | 'EROFS' | 'EEXIST' | 'ENOTEMPTY' | 'ENOSPC' | 'ELOOP' | 'EPERM';

/** A file operation that the system refused. Programs print it as their real counterparts do. */
export class FileError extends Error {
  constructor(readonly code: FileErrorCode, readonly path: string) {
    super(`${code}: ${path}`);
  }
}

/** Whose permissions apply. */
export interface Credentials {
  readonly uid: number;
  readonly gid: number;
  readonly groups?: readonly number[];
}

/**
 * Text files in a tree with mounts. Paths are absolute (`resolvePath(cwd, path)` makes them so). Every method throws
 * {@link FileError} for what a real system would refuse. Without `as`, root.
 */
export interface FileSystem {
  read(path: string, as?: Credentials): string;
  write(path: string, content: string, options?: { mode?: number; append?: boolean; as?: Credentials }): void;
  stat(path: string, options?: { followLinks?: boolean }): FileStat | undefined;
  list(path: string, as?: Credentials): string[];
  makeDirectory(path: string, options?: { recursive?: boolean; mode?: number; as?: Credentials }): void;
  remove(path: string, options?: { recursive?: boolean; as?: Credentials }): void;
  rename(from: string, to: string, as?: Credentials): void;
  symlink(target: string, path: string, as?: Credentials): void;
  chmod(path: string, mode: number, as?: Credentials): void;
  chown(path: string, uid: number, gid: number, as?: Credentials): void;
  /** The path with every link resolved. */
  realPath(path: string, as?: Credentials): string;
  /** Sets the time of the last change of something that exists. */
  touch(path: string, atMs: number, as?: Credentials): void;
  /** Lets an existing file run the program of this name when executed. */
  setProgram(path: string, program: string): void;
  /** Puts another tree at `path`; a volume that the kubelet rewrites stays the same mount. */
  mount(path: string, tree: FileTree, options?: { readOnly?: boolean; subPath?: string; source?: string; type?: string }): void;
  unmount(path: string): void;
  /** A directory as a tree of its own: what stands there, without what is mounted below it. */
  treeAt(path: string, as?: Credentials): FileTree;
  mounts(): readonly { readonly path: string; readonly readOnly: boolean; readonly source: string; readonly type: string }[];
}

/** A tree that can be mounted in several file systems at once (a volume). Opaque outside `userland/files`. */
export interface FileTree {
  readonly kind: 'file-tree';
}

export interface System {
  readonly hostname: string;
  readonly files: FileSystem;
  readonly network: NetworkStack;
  readonly processes: ProcessTable<System>;
  /** `/etc/passwd` in short: user name by uid. */
  userName(uid: number): string;
  /** A program by the name an executable file carries. */
  program(name: string): Program<System> | undefined;
}

export type SystemProcess = Process<System>;
export type SystemProgram = Program<System>;
