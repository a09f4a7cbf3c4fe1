/** What other parts use of the userland. */
export { createFileSystem, MemoryFileSystem } from './files/file-system.ts';
export { Tree } from './files/tree.ts';
export { resolvePath } from './files/path.ts';
export { textDescriptor } from './files/open-file.ts';
export { installPrograms } from './executable.ts';
export { standardPrograms } from './programs/index.ts';
export { Tty } from './tty.ts';
export { loginShell } from './shell/program.ts';
export type { LineSource } from './shell/interactive.ts';
export { Shell } from './shell/shell.ts';
export { BUILTINS } from './shell/builtins/index.ts';
