import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import { contentFromFiles } from './content-files.ts';
import { findScenarios } from '../trainer/catalogue.ts';
import { World, type WorldEvents } from './world.ts';
import type { WorldSource } from './protocol.ts';

/** One line of what is wrong when there is no such world. */
export function worldProblem(source: WorldSource): string | undefined {
  const content = contentFromFiles();
  if (source.kind === 'scenario' && !findScenarios(content).some(({ key, id }) => key === source.key || id === source.key)) return `there is no scenario ${source.key}`;
  if (source.kind === 'estate' && content.read(`scenarios/estates/${source.estate}/estate.yaml`) === undefined) return `there is no estate ${source.estate}`;
  return undefined;
}

/** Opens the world a command line asks for. @returns one line of what is wrong when there is no such world */
export function openWorld(source: WorldSource, seed: number, events: WorldEvents): World | string {
  return worldProblem(source) ?? new World(source, seed, contentFromFiles(), events);
}

const MOUNT_LIMIT_BYTES = 20_000_000;

/** The text files below a real folder, by path relative to it. @returns one line of what is wrong when it cannot be read */
export function readFolder(folder: string): { name: string; files: Map<string, string> } | string {
  const root = resolve(folder);
  const files = new Map<string, string>();
  let bytes = 0;
  const walk = (directory: string): string | undefined => {
    for (const name of readdirSync(directory).sort()) {
      if (name === '.git' || name === 'node_modules') continue;
      const path = join(directory, name);
      const stat = statSync(path);
      if (stat.isDirectory()) {
        const problem = walk(path);
        if (problem) return problem;
      } else if (stat.isFile()) {
        bytes += stat.size;
        if (bytes > MOUNT_LIMIT_BYTES) return `${folder} holds more than ${MOUNT_LIMIT_BYTES / 1_000_000} MB`;
        files.set(relative(root, path), readFileSync(path, 'utf8'));
      }
    }
    return undefined;
  };
  try {
    const problem = walk(root);
    return problem ?? { name: basename(root) || 'mount', files };
  } catch (thrown) {
    return `cannot read ${folder}: ${(thrown as NodeJS.ErrnoException).code ?? String(thrown)}`;
  }
}
