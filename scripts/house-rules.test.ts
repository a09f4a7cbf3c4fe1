import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { allBreaches } from './house-rules.ts';

const rulesBrokenBy = (path: string, text: string): string[] => [...new Set(allBreaches([{ path, text }]).map(breach => breach.rule))];

describe('a planted breach turns the check red', () => {
  test.each([
    // rule          where                                      what
    ['one world', 'src/engine/kubelet/x.ts', 'const now = Date.now();'],
    ['one world', 'src/engine/kubelet/x.ts', 'const t = new Date();'],
    ['one world', 'src/engine/scheduler/x.ts', 'const n = Math.random();'],
    ['one world', 'src/engine/network/x.ts', 'setTimeout(() => {}, 5);'],
    ['one world', 'src/engine/network/x.ts', 'export async function f() {}'],
    ['one world', 'src/engine/network/x.ts', 'const f = async () => { await g(); };'],
    ['one world', 'src/engine/network/x.ts', "fetch('http://example.com');"],
    ['one world', 'src/engine/images/x.ts', 'document.title = "x";'],
    ['one world', 'src/engine/images/x.ts', "import { readFileSync } from 'node:fs';"],
    ['layers', 'src/engine/kernel/x.ts', "import { Store } from '../api-server/store.ts';"],
    ['layers', 'src/engine/scheduler/x.ts', "import { Kubelet } from '../kubelet/kubelet.ts';"],
    ['layers', 'src/engine/cluster.ts', "import { World } from '../hosts/world.ts';"],
    ['layers', 'src/terminal/x.ts', "import { ScenarioRun } from '../trainer/scenario-run.ts';"],
    ['layers', 'src/trainer/x.ts', "import { createLaptop } from '../terminal/laptop.ts';"],
    ['layers', 'src/ui/x.ts', "import { World } from '../hosts/world.ts';"],
    ['one writer', 'src/terminal/x.ts', "import { Store } from '../engine/api-server/store.ts';"],
    ['names', 'src/ui/utils.ts', ''],
    ['names', 'src/engine/kubelet/probe-manager.ts', ''],
    ['size', 'src/ui/x.ts', 'x\n'.repeat(501)],
    ['unfinished', 'src/ui/x.ts', '// TO' + 'DO: later'],
    ['machine', 'README.md', 'see /work/' + 'shared'],
  ])('%s: %s', (rule, path, text) => {
    expect(rulesBrokenBy(path, text)).toContain(rule);
  });

  test.each([
    ['a contract may be read from anywhere in the engine', 'src/engine/scheduler/x.ts', "import type { Reader } from '../api-server/contract.ts';"],
    ['words in comments and strings are no clock', 'src/engine/kernel/x.ts', "// not Date.now()\nconst text = 'await nothing';"],
    ['hosts may join everything', 'src/hosts/x.ts', "import { Cluster } from '../engine/cluster.ts';"],
    ['tests may look anywhere', 'src/engine/kernel/x.test.ts', "import { World } from '../../hosts/world.ts';"],
  ])('%s', (_, path, text) => {
    expect(rulesBrokenBy(path, text)).toEqual([]);
  });
});

describe.each(['tsconfig.engine.json', 'tsconfig.core.json'])('the compiler holds %s to a bare language', config => {
  const root = resolve(import.meta.dirname, '..');
  const compiles = (code: string): boolean => {
    const folder = mkdtempSync(join(root, '.cache-breach-'));
    try {
      writeFileSync(join(folder, 'breach.ts'), code);
      writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ extends: `../${config}`, include: ['breach.ts'], exclude: [] }));
      execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', folder], { stdio: 'pipe' });
      return true;
    } catch {
      return false;
    } finally {
      rmSync(folder, { recursive: true });
    }
  };

  test('plain code passes', () => expect(compiles('export const one: number = 1;')).toBe(true));
  test('the DOM does not exist', () => expect(compiles('export const title = document.title;')).toBe(false));
  test('Node does not exist', () => expect(compiles('export const home = process.env.HOME;')).toBe(false));
  test('timers do not exist', () => expect(compiles('setTimeout(() => {}, 1);')).toBe(false));
});
