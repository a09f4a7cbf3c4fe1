import { describe, expect, test } from 'vitest';
import { FileError } from '../contract.ts';
import { createFileSystem } from './file-system.ts';
import { createTree } from './tree.ts';

const clock = { nowMs: 1000 };
const learner = { uid: 1000, gid: 1000 };

function refusal(act: () => unknown): string {
  try {
    act();
  } catch (thrown) {
    if (thrown instanceof FileError) return thrown.code;
    throw thrown;
  }
  return 'allowed';
}

function disk() {
  const files = createFileSystem(clock);
  files.makeDirectory('/home/you', { recursive: true });
  files.chown('/home/you', 1000, 1000);
  files.makeDirectory('/root', { mode: 0o700 });
  files.write('/etc-file', 'x', { mode: 0o644 });
  files.write('/secret', 's', { mode: 0o600 });
  files.symlink('/home/you', '/link');
  files.symlink('/loop', '/loop');
  return files;
}

describe('what a user may do', () => {
  test.each<[string, (files: ReturnType<typeof disk>) => unknown, string]>([
    ['read a world-readable file', files => files.read('/etc-file', learner), 'allowed'],
    ['read another one’s secret', files => files.read('/secret', learner), 'EACCES'],
    ['write a file of root', files => files.write('/etc-file', 'y', { as: learner }), 'EACCES'],
    ['make a file in the own home', files => files.write('/home/you/f', 'y', { as: learner }), 'allowed'],
    ['make a file through a link', files => files.write('/link/f', 'y', { as: learner }), 'allowed'],
    ['make a file in the root directory', files => files.write('/f', 'y', { as: learner }), 'EACCES'],
    ['look into a closed directory', files => files.read('/root/f', learner), 'EACCES'],
    ['root looks anywhere', files => files.list('/root'), 'allowed'],
    ['read what is not there', files => files.read('/nope'), 'ENOENT'],
    ['read a directory', files => files.read('/home'), 'EISDIR'],
    ['list a file', files => files.list('/secret'), 'ENOTDIR'],
    ['follow links in a circle', files => files.read('/loop'), 'ELOOP'],
    ['remove a full directory', files => files.remove('/home'), 'ENOTEMPTY'],
    ['give a file away', files => { files.write('/home/you/f', '', { as: learner }); files.chown('/home/you/f', 0, 0, learner); }, 'EPERM'],
    ['make a directory twice', files => files.makeDirectory('/home'), 'EEXIST'],
  ])('%s', (_, act, outcome) => {
    const files = disk();
    expect(refusal(() => act(files))).toBe(outcome);
  });
});

describe('mounts', () => {
  test('a volume rewritten by its owner changes wherever it is mounted, except through subPath', () => {
    const files = disk();
    const volume = createTree();
    volume.replaceAll(new Map([['app.conf', { content: 'old' }]]), { atMs: 0 });
    files.mount('/config', volume, { readOnly: true });
    files.mount('/app/app.conf', volume, { subPath: 'app.conf' });
    volume.replaceAll(new Map([['app.conf', { content: 'new' }]]), { atMs: 1 });
    expect(files.read('/config/app.conf')).toBe('new');
    expect(files.read('/app/app.conf')).toBe('old');
    expect(refusal(() => files.write('/config/app.conf', 'mine'))).toBe('EROFS');
    expect(files.list('/')).toContain('config');
  });

  test('a read-only root can still be written where a volume is mounted', () => {
    const root = createTree();
    const files = createFileSystem(clock, { root, readOnly: true });
    files.mount('/tmp', createTree());
    expect(refusal(() => files.write('/f', ''))).toBe('EROFS');
    files.write('/tmp/f', 'kept');
    expect(files.read('/tmp/f')).toBe('kept');
  });
});
