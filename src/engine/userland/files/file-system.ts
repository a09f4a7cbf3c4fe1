import type { Kernel } from '../../kernel/kernel.ts';
import { FileError, type Credentials, type FileErrorCode, type FileStat, type FileSystem, type FileTree } from '../contract.ts';
import { directoryOf, joinPath, nameOf, resolvePath, utf8Length } from './path.ts';
import { Tree, directoryNode, fileNode, type DirectoryNode, type TreeNode } from './tree.ts';

const LINK_LIMIT = 40;
const READ = 4;
const WRITE = 2;
const SEARCH = 1;
const SLASH = 47;
const DOT = 46;

interface Mount {
  readonly path: string;
  readonly node: TreeNode;
  readonly tree: Tree;
  readonly readOnly: boolean;
  readonly source: string;
  readonly type: string;
}

interface Place {
  /** Absolute, with links resolved. */
  readonly path: string;
  readonly node: TreeNode | undefined;
  readonly parent: DirectoryNode | undefined;
  readonly readOnly: boolean;
}

/** The {@link FileSystem} of a machine or a container, kept in memory. */
export class MemoryFileSystem implements FileSystem {
  private readonly table = new Map<string, Mount>();
  private readonly clock: { readonly nowMs: number };

  constructor(clock: { readonly nowMs: number }, root: Tree, rootReadOnly: boolean) {
    this.clock = clock;
    this.table.set('/', { path: '/', node: root.root, tree: root, readOnly: rootReadOnly, source: 'overlay', type: 'overlay' });
  }

  read(path: string, as?: Credentials): string {
    const { node } = this.existing(path, as);
    if (node.type === 'directory') throw new FileError('EISDIR', path);
    if (node.type === 'symlink') throw new FileError('ELOOP', path);
    this.require(node, READ, as, path);
    return node.live ? node.live() : node.content;
  }

  write(path: string, content: string, options: { mode?: number; append?: boolean; as?: Credentials } = {}): void {
    const place = this.locate(path, options.as, true);
    const atMs = this.clock.nowMs;
    if (!place.node) {
      const parent = this.writableParent(place, path, options.as);
      const made = fileNode(content, atMs, options.mode ?? 0o644, options.as?.uid, options.as?.gid);
      parent.entries.set(nameOf(place.path), made);
      parent.modifiedAtMs = atMs;
      return;
    }
    const { node } = place;
    if (node.type !== 'file') throw new FileError('EISDIR', path);
    if (place.readOnly) throw new FileError('EROFS', path);
    this.require(node, WRITE, options.as, path);
    node.content = options.append ? node.content + content : content;
    if (options.mode !== undefined) node.mode = options.mode;
    node.modifiedAtMs = atMs;
  }

  treeAt(path: string, as?: Credentials): Tree {
    const { node } = this.existing(path, as);
    if (node.type !== 'directory') throw new FileError('ENOTDIR', path);
    return Tree.at(node);
  }

  stat(path: string, options: { followLinks?: boolean } = {}): FileStat | undefined {
    const place = this.find(path, undefined, options.followLinks !== false, false);
    return typeof place === 'object' && place.node ? statOf(place.node) : undefined;
  }

  list(path: string, as?: Credentials): string[] {
    const { node, path: resolved } = this.existing(path, as);
    if (node.type !== 'directory') throw new FileError('ENOTDIR', path);
    this.require(node, READ, as, path);
    const names = new Set(node.entries.keys());
    for (const mounted of this.table.keys()) {
      if (mounted !== '/' && directoryOf(mounted) === resolved) names.add(nameOf(mounted));
    }
    return [...names].sort();
  }

  makeDirectory(path: string, options: { recursive?: boolean; mode?: number; as?: Credentials } = {}): void {
    const absolute = resolvePath('/', path);
    const place = this.locate(absolute, options.as, true, options.recursive === true);
    if (place.node) {
      if (options.recursive && place.node.type === 'directory') return;
      throw new FileError('EEXIST', path);
    }
    if (options.recursive && !place.parent) {
      this.makeDirectory(directoryOf(absolute), { recursive: true, as: options.as });
      this.makeDirectory(absolute, options);
      return;
    }
    const parent = this.writableParent(place, path, options.as);
    const atMs = this.clock.nowMs;
    parent.entries.set(nameOf(place.path), directoryNode(atMs, options.mode ?? 0o755, options.as?.uid, options.as?.gid));
    parent.modifiedAtMs = atMs;
  }

  remove(path: string, options: { recursive?: boolean; as?: Credentials } = {}): void {
    const place = this.locate(path, options.as, false);
    if (!place.node) throw new FileError('ENOENT', path);
    if (place.readOnly || this.table.has(place.path)) throw new FileError('EROFS', path);
    if (place.node.type === 'directory' && place.node.entries.size > 0 && !options.recursive) throw new FileError('ENOTEMPTY', path);
    const parent = this.writableParent(place, path, options.as);
    parent.entries.delete(nameOf(place.path));
    parent.modifiedAtMs = this.clock.nowMs;
  }

  rename(from: string, to: string, as?: Credentials): void {
    const source = this.locate(from, as, false);
    if (!source.node) throw new FileError('ENOENT', from);
    const target = this.locate(to, as, false);
    if (target.node?.type === 'directory') {
      if (source.node.type !== 'directory') throw new FileError('EISDIR', to);
      if (target.node.entries.size > 0) throw new FileError('ENOTEMPTY', to);
    }
    const sourceParent = this.writableParent(source, from, as);
    const targetParent = this.writableParent(target, to, as);
    if (source.node === target.node) return;
    sourceParent.entries.delete(nameOf(source.path));
    targetParent.entries.set(nameOf(target.path), source.node);
    sourceParent.modifiedAtMs = this.clock.nowMs;
    targetParent.modifiedAtMs = this.clock.nowMs;
  }

  symlink(target: string, path: string, as?: Credentials): void {
    const place = this.locate(path, as, false);
    if (place.node) throw new FileError('EEXIST', path);
    const parent = this.writableParent(place, path, as);
    const modifiedAtMs = this.clock.nowMs;
    parent.entries.set(nameOf(place.path), { type: 'symlink', target, mode: 0o777, uid: as?.uid ?? 0, gid: as?.gid ?? 0, modifiedAtMs });
  }

  chmod(path: string, mode: number, as?: Credentials): void {
    const node = this.owned(path, as);
    node.mode = mode & 0o7777;
  }

  chown(path: string, uid: number, gid: number, as?: Credentials): void {
    const node = this.owned(path, as);
    if (as && as.uid !== 0 && (uid !== node.uid || gid !== node.gid)) throw new FileError('EPERM', path);
    node.uid = uid;
    node.gid = gid;
  }

  mount(path: string, tree: FileTree, options: { readOnly?: boolean; subPath?: string; source?: string; type?: string } = {}): void {
    const absolute = resolvePath('/', path);
    const mounted = tree as Tree;
    const node = options.subPath ? subNode(mounted, options.subPath, this.clock.nowMs) : mounted.root;
    if (!this.stat(absolute)) {
      if (node.type === 'directory') this.makeUnder(absolute);
      else {
        this.makeUnder(directoryOf(absolute));
        const parent = this.locate(directoryOf(absolute), undefined, true).node;
        if (parent?.type === 'directory') parent.entries.set(nameOf(absolute), fileNode('', this.clock.nowMs));
      }
    }
    this.table.set(absolute, {
      path: absolute, node, tree: mounted, readOnly: options.readOnly === true,
      source: options.source ?? 'tmpfs', type: options.type ?? 'tmpfs',
    });
  }

  unmount(path: string): void {
    const absolute = resolvePath('/', path);
    if (absolute !== '/') this.table.delete(absolute);
  }

  mounts(): readonly { readonly path: string; readonly readOnly: boolean; readonly source: string; readonly type: string }[] {
    return [...this.table.values()].map(({ path, readOnly, source, type }) => ({ path, readOnly, source, type }));
  }

  /** Absolute path with every link resolved. @throws FileError ENOENT when it leads nowhere */
  realPath(path: string, as?: Credentials): string {
    return this.existing(path, as).path;
  }

  /** Gives an executable its program; its content stays what it is. */
  setProgram(path: string, program: string): void {
    const { node } = this.existing(path);
    if (node.type === 'file') node.program = program;
  }

  /** Makes a file whose content is computed at each read. */
  setLive(path: string, live: () => string, mode = 0o444): void {
    this.makeUnder(directoryOf(resolvePath('/', path)));
    this.write(path, '', { mode });
    const { node } = this.existing(path);
    if (node.type === 'file') node.live = live;
  }

  /** Sets the time of the last change; makes nothing. */
  touch(path: string, atMs: number, as?: Credentials): void {
    const { node, readOnly } = this.existing(path, as);
    if (readOnly) throw new FileError('EROFS', path);
    this.require(node, WRITE, as, path);
    node.modifiedAtMs = atMs;
  }

  /** Directories for a mount point, whatever the permissions and even on a read-only root. */
  private makeUnder(path: string): void {
    if (path === '/') return;
    this.makeUnder(directoryOf(path));
    const parent = this.locate(directoryOf(path), undefined, true).node;
    if (parent?.type === 'directory' && !parent.entries.has(nameOf(path))) parent.entries.set(nameOf(path), directoryNode(this.clock.nowMs));
  }

  private existing(path: string, as?: Credentials): { path: string; node: TreeNode; readOnly: boolean } {
    const place = this.locate(path, as, true);
    if (!place.node) throw new FileError('ENOENT', path);
    return { path: place.path, node: place.node, readOnly: place.readOnly };
  }

  private owned(path: string, as?: Credentials): TreeNode {
    const { node, readOnly } = this.existing(path, as);
    if (readOnly) throw new FileError('EROFS', path);
    if (as && as.uid !== 0 && as.uid !== node.uid) throw new FileError('EPERM', path);
    return node;
  }

  private writableParent(place: Place, path: string, as?: Credentials): DirectoryNode {
    if (!place.parent) throw new FileError('ENOENT', path);
    if (place.readOnly) throw new FileError('EROFS', path);
    this.require(place.parent, WRITE | SEARCH, as, path);
    return place.parent;
  }

  private require(node: TreeNode, bits: number, as: Credentials | undefined, path: string): void {
    if (!allowed(node, bits, as)) throw new FileError('EACCES', path);
  }

  /** Finds `path`. With `lenient`, a missing directory on the way is a place without parent instead of an error. */
  private locate(path: string, as: Credentials | undefined, followLast: boolean, lenient = false): Place {
    const place = this.find(path, as, followLast, lenient);
    if (typeof place === 'string') throw new FileError(place, path);
    return place;
  }

  /** As {@link locate}, with the refusal as a value: most lookups along a PATH fail. */
  private find(path: string, as: Credentials | undefined, followLast: boolean, lenient: boolean): Place | FileErrorCode {
    return this.straightTo(path, as) ?? this.walk(path, as, followLast, lenient);
  }

  /** The usual case, without lists of names: something that exists at a plain path without links. */
  private straightTo(path: string, as: Credentials | undefined): Place | undefined {
    if (path.charCodeAt(0) !== SLASH) return undefined;
    const { table } = this;
    let mount = table.get('/')!;
    let node: TreeNode = mount.node;
    let parent: DirectoryNode | undefined;
    for (let start = 1; start < path.length;) {
      const slash = path.indexOf('/', start);
      const end = slash < 0 ? path.length : slash;
      if (end === start || end === path.length - 1 && slash >= 0 || path.charCodeAt(start) === DOT) return undefined;
      if (node.type !== 'directory' || !allowed(node, SEARCH, as)) return undefined;
      const mounted: Mount | undefined = table.size > 1 ? table.get(path.slice(0, end)) : undefined;
      const next: TreeNode | undefined = mounted ? mounted.node : node.entries.get(path.slice(start, end));
      if (!next || next.type === 'symlink') return undefined;
      parent = node;
      node = next;
      if (mounted) mount = mounted;
      start = end + 1;
    }
    return { path, node, parent, readOnly: mount.readOnly };
  }

  /** Walks to `path` name by name. */
  private walk(path: string, as: Credentials | undefined, followLast: boolean, lenient: boolean): Place | FileErrorCode {
    let pending = resolvePath('/', path).split('/').filter(part => part !== '');
    let mount = this.table.get('/')!;
    let current = '/';
    let node: TreeNode = mount.node;
    let parent: DirectoryNode | undefined;
    let links = 0;
    while (pending.length > 0) {
      const name = pending.shift()!;
      if (node.type !== 'directory') return 'ENOTDIR';
      if (!allowed(node, SEARCH, as)) return 'EACCES';
      const nextPath = joinPath(current, name);
      const mounted = this.table.get(nextPath);
      const next: TreeNode | undefined = mounted ? mounted.node : node.entries.get(name);
      const last = pending.length === 0;
      if (!next) {
        if (last) return { path: nextPath, node: undefined, parent: node, readOnly: mount.readOnly };
        if (lenient) return { path: nextPath, node: undefined, parent: undefined, readOnly: mount.readOnly };
        return 'ENOENT';
      }
      if (next.type === 'symlink' && (!last || followLast)) {
        links += 1;
        if (links > LINK_LIMIT) return 'ELOOP';
        pending = [...resolvePath(current, next.target).split('/').filter(part => part !== ''), ...pending];
        mount = this.table.get('/')!;
        current = '/';
        node = mount.node;
        parent = undefined;
        continue;
      }
      parent = node;
      node = next;
      current = nextPath;
      if (mounted) mount = mounted;
    }
    return { path: current, node, parent, readOnly: mount.readOnly };
  }
}

function statOf(node: TreeNode): FileStat {
  const { type, mode, uid, gid, modifiedAtMs } = node;
  if (node.type === 'symlink') return { type, mode, uid, gid, modifiedAtMs, sizeBytes: utf8Length(node.target), linkTarget: node.target };
  if (node.type === 'directory') return { type, mode, uid, gid, modifiedAtMs, sizeBytes: 4096 };
  const sizeBytes = node.program !== undefined && node.content === '' ? 1_131_168 : utf8Length(node.content);
  return { type, mode, uid, gid, modifiedAtMs, sizeBytes, ...(node.program === undefined ? {} : { program: node.program }) };
}

/** Whether `as` may do all of `bits` (4 read, 2 write, 1 search or execute) with something of these attributes. */
export function allowed(node: { mode: number; uid: number; gid: number; type: string }, bits: number, as: Credentials | undefined): boolean {
  if (!as || as.uid === 0) return (bits & SEARCH) === 0 || node.type === 'directory' || (node.mode & 0o111) !== 0;
  const shift = as.uid === node.uid ? 6 : as.gid === node.gid || as.groups?.includes(node.gid) ? 3 : 0;
  return ((node.mode >> shift) & bits) === bits;
}

function subNode(tree: Tree, subPath: string, atMs: number): TreeNode {
  let node: TreeNode = tree.root;
  for (const part of subPath.split('/').filter(name => name !== '')) {
    if (node.type !== 'directory') throw new FileError('ENOTDIR', subPath);
    let next: TreeNode | undefined = node.entries.get(part);
    if (!next) {
      next = directoryNode(atMs, 0o750);
      node.entries.set(part, next);
    }
    node = next;
  }
  return node;
}

/** A file system with an empty root directory, or over the files of `root`. */
export function createFileSystem(kernel: Pick<Kernel, 'nowMs'>, options: { root?: FileTree; readOnly?: boolean } = {}): MemoryFileSystem {
  return new MemoryFileSystem(kernel, (options.root as Tree | undefined) ?? new Tree({ atMs: kernel.nowMs }), options.readOnly === true);
}
