import type { FileTree } from '../contract.ts';
import { utf8Length } from './path.ts';

interface NodeAttributes {
  mode: number;
  uid: number;
  gid: number;
  modifiedAtMs: number;
}

export interface FileNode extends NodeAttributes {
  type: 'file';
  content: string;
  /** Computes the content at each read, as `/proc` does. */
  live?: () => string;
  program?: string;
}

export interface DirectoryNode extends NodeAttributes {
  type: 'directory';
  entries: Map<string, TreeNode>;
}

export interface LinkNode extends NodeAttributes {
  type: 'symlink';
  target: string;
}

export type TreeNode = FileNode | DirectoryNode | LinkNode;

export function directoryNode(atMs: number, mode = 0o755, uid = 0, gid = 0): DirectoryNode {
  return { type: 'directory', entries: new Map(), mode, uid, gid, modifiedAtMs: atMs };
}

export function fileNode(content: string, atMs: number, mode = 0o644, uid = 0, gid = 0): FileNode {
  return { type: 'file', content, mode, uid, gid, modifiedAtMs: atMs };
}

/** What a tree's writer puts at a path. */
export interface TreeFile {
  readonly content: string;
  readonly mode?: number;
}

/**
 * A volume's files. Mounted in any number of file systems; whoever made it may rewrite it as a whole, as the kubelet
 * does with a ConfigMap. A file mounted alone through `subPath` keeps the content it had when it was mounted.
 */
export class Tree implements FileTree {
  readonly kind = 'file-tree';
  readonly root: DirectoryNode;

  constructor(options: { atMs?: number; mode?: number; uid?: number; gid?: number } = {}) {
    this.root = directoryNode(options.atMs ?? 0, options.mode ?? 0o755, options.uid ?? 0, options.gid ?? 0);
  }

  /** A directory of another tree as the root of one: the same files, seen from there. */
  static at(directory: DirectoryNode): Tree {
    const tree = new Tree();
    (tree as { root: DirectoryNode }).root = directory;
    return tree;
  }

  /** The directory at `path`, made with all above it when it is missing; nothing when something else is there. */
  directory(path: string, atMs: number): Tree | undefined {
    let at = this.root;
    for (const part of path.split('/').filter(word => word !== '' && word !== '.')) {
      let next = at.entries.get(part);
      if (!next) at.entries.set(part, next = directoryNode(atMs, 0o755));
      if (next.type !== 'directory') return undefined;
      at = next;
    }
    return Tree.at(at);
  }

  /** Replaces everything by `files` (relative paths, directories made as needed) in one step. */
  replaceAll(files: ReadonlyMap<string, TreeFile>, options: { atMs: number; uid?: number; gid?: number }): void {
    const fresh = directoryNode(options.atMs, this.root.mode, this.root.uid, this.root.gid);
    for (const [path, file] of files) {
      const parts = path.split('/').filter(part => part !== '' && part !== '.');
      const name = parts.pop();
      if (name === undefined) continue;
      let directory = fresh;
      for (const part of parts) {
        const next = directory.entries.get(part);
        if (next?.type === 'directory') directory = next;
        else {
          const made = directoryNode(options.atMs, 0o755, options.uid, options.gid);
          directory.entries.set(part, made);
          directory = made;
        }
      }
      directory.entries.set(name, fileNode(file.content, options.atMs, file.mode ?? 0o644, options.uid, options.gid));
    }
    this.root.entries = fresh.entries;
    this.root.modifiedAtMs = options.atMs;
  }

  /** A tree of its own with the same files, all changed at `atMs`. */
  copy(atMs: number): Tree {
    const tree = new Tree({ atMs, mode: this.root.mode, uid: this.root.uid, gid: this.root.gid });
    copyInto(tree.root, this.root, atMs);
    return tree;
  }

  /** Bytes of all files, for size limits. */
  usedBytes(): number {
    return bytesOf(this.root);
  }
}

function copyInto(target: DirectoryNode, source: DirectoryNode, atMs: number): void {
  for (const [name, node] of source.entries) {
    if (node.type !== 'directory') {
      target.entries.set(name, { ...node, modifiedAtMs: atMs });
      continue;
    }
    const directory = directoryNode(atMs, node.mode, node.uid, node.gid);
    target.entries.set(name, directory);
    copyInto(directory, node, atMs);
  }
}

export function bytesOf(node: TreeNode): number {
  if (node.type === 'file') return utf8Length(node.content);
  if (node.type === 'symlink') return node.target.length;
  let bytes = 0;
  for (const child of node.entries.values()) bytes += bytesOf(child);
  return bytes;
}

/** An empty volume. */
export function createTree(options?: { atMs?: number; mode?: number; uid?: number; gid?: number }): Tree {
  return new Tree(options);
}
