/**
 * Runs every line of tests/shell-corpus in this machine's bash with its GNU tools, in a fresh folder with the corpus's
 * files, and writes what came out beside the line. `tests/shell-corpus/corpus.test.ts` replays the lines offline.
 *
 * Usage: npx tsx scripts/record-shell-corpus.ts   (new lines need only `{"line": "…"}`)
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

interface Entry {
  line: string;
  stdout?: string;
  stderr?: string;
  exitCode?: number;
}

const folder = resolve(dirname(fileURLToPath(import.meta.url)), '../tests/shell-corpus');
const files = JSON.parse(readFileSync(join(folder, 'files.json'), 'utf8')) as Record<string, string>;

for (const name of readdirSync(folder).filter(file => file.startsWith('lines-'))) {
  const entries = JSON.parse(readFileSync(join(folder, name), 'utf8')) as Entry[];
  const recorded = entries.map(({ line }) => {
    const work = mkdtempSync(join(tmpdir(), 'corpus-'));
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(work, path)), { recursive: true });
      writeFileSync(join(work, path), content);
    }
    const ran = spawnSync('bash', ['-c', line], {
      cwd: work, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], timeout: 10_000,
      env: { PATH: process.env.PATH, HOME: work, LC_ALL: 'C.UTF-8', TZ: 'UTC', USER: 'you' },
    });
    rmSync(work, { recursive: true });
    const plain = (text: string): string => text.replaceAll(work, '/work');
    return { line, stdout: plain(ran.stdout), stderr: plain(ran.stderr), exitCode: ran.status ?? 128 };
  });
  writeFileSync(join(folder, name), `[\n${recorded.map(entry => `  ${JSON.stringify(entry)}`).join(',\n')}\n]\n`);
}
