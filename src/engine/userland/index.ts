/** What other parts use of the userland. */
export { createFileSystem, MemoryFileSystem } from './files/file-system.ts';
export { createTree, Tree, type TreeFile } from './files/tree.ts';
export { resolvePath, directoryOf, nameOf, joinPath, utf8Length } from './files/path.ts';
export { openFile, textDescriptor, InputDescriptor, credentialsOf, fileErrorWords } from './files/open-file.ts';
export { findExecutable, findOnPath, spawnCommand, afterSpawn, runGuarded, installPrograms, SPAWN_MS, type Executable } from './executable.ts';
export { standardPrograms, LAPTOP_ONLY } from './programs/index.ts';
export { Tty, type ForegroundTerminal } from './tty.ts';
export { loginShell } from './shell/program.ts';
export { promptText, type LineSource } from './shell/interactive.ts';
export { Shell } from './shell/shell.ts';
export { parseShell } from './shell/syntax.ts';
export { BUILTINS } from './shell/builtins/index.ts';
