/**
 * Runs the benchmark as the browser would run the engine: bundled. `tsx` names every closure as it is made, which would be
 * half of what one measures. The bundle lies two folders deep, so that paths relative to a source file stay true.
 */
import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { build } from 'vite';

const root = resolve(import.meta.dirname, '../..');
const outDir = join(root, 'node_modules/.bench');

await build({ root, configFile: false, logLevel: 'warn', build: { ssr: join(root, 'tests/bench/run.ts'), outDir, target: 'es2023', rolldownOptions: { output: { entryFileNames: 'run.mjs' } } } });
execFileSync(process.execPath, [join(outDir, 'run.mjs')], { cwd: root, stdio: 'inherit' });
