import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Content } from '../trainer/content.ts';

/** The repository's own estates and scenarios, read from disk. */
export function contentFromFiles(root = resolve(dirname(fileURLToPath(import.meta.url)), '../..')): Content {
  const cache = new Map<string, string | undefined>();
  const walk = (directory: string): string[] => {
    let names: string[];
    try {
      names = readdirSync(join(root, directory));
    } catch {
      return [];
    }
    return names.sort().flatMap(name => {
      const path = `${directory}/${name}`;
      return statSync(join(root, path)).isDirectory() ? walk(path) : [path];
    });
  };
  return {
    list: walk,
    read(path) {
      if (!cache.has(path)) {
        try {
          cache.set(path, readFileSync(join(root, path), 'utf8'));
        } catch {
          cache.set(path, undefined);
        }
      }
      return cache.get(path);
    },
  };
}
