import type { Task } from '../../kernel/task.ts';
import { FileError, type System, type SystemProcess } from '../contract.ts';
import { findExecutable, runGuarded } from '../executable.ts';
import { MemoryFileSystem } from '../files/file-system.ts';
import type { Tree } from '../files/tree.ts';

/** `chroot DIRECTORY [COMMAND…]`: the same machine and processes, another root of the file system. */
export function* chroot(process: SystemProcess): Task<number> {
  const [directory, ...given] = process.argv.slice(1);
  if (directory === undefined || directory === '--help') {
    yield* process.write(directory === undefined ? 2 : 1, 'Usage: chroot NEWROOT [COMMAND [ARG]...]\n');
    return directory === undefined ? 125 : 0;
  }
  if (process.uid !== 0) {
    yield* process.write(2, `chroot: cannot change root directory to '${directory}': Operation not permitted\n`);
    return 125;
  }
  const { system } = process;
  let tree: Tree;
  try {
    tree = system.files.treeAt(directory.startsWith('/') ? directory : `${process.cwd}/${directory}`) as Tree;
  } catch (failure) {
    if (!(failure instanceof FileError)) throw failure;
    yield* process.write(2, `chroot: cannot change root directory to '${directory}': ${failure.code === 'ENOTDIR' ? 'Not a directory' : 'No such file or directory'}\n`);
    return 125;
  }
  const files = new MemoryFileSystem(process.kernel, tree, false);
  const inner: System = system.processes.seenFrom(processes => ({ ...viewOf(system), files, processes }));
  const command = given.length > 0 ? given : [process.env.get('SHELL') ?? '/bin/sh', '-i'];
  const found = findExecutable(inner, command, { cwd: '/', pathVariable: process.env.get('PATH'), as: { uid: process.uid, gid: process.gid } });
  if (found.kind !== 'program') {
    yield* process.write(2, `chroot: failed to run command '${command[0]}': ${found.kind === 'denied' ? 'Permission denied' : 'No such file or directory'}\n`);
    return found.kind === 'denied' ? 126 : 127;
  }
  const child = inner.processes.spawn({
    program: inside => runGuarded(found.program, inside), argv: found.argv, env: process.env, cwd: '/', uid: process.uid, gid: process.gid,
    descriptors: process.descriptors, parent: process, group: process.group,
  });
  yield* process.wait(child);
  return child.exitCode ?? 0;
}

/** Its members, getters included. */
const viewOf = (system: System): Omit<System, 'files' | 'processes'> => ({
  hostname: system.hostname, network: system.network, userName: uid => system.userName(uid), program: name => system.program(name),
});
