/** `npm run check`: types, lint, layers, house rules, dead code. Prints what is wrong and ends 1. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { allBreaches, type SourceFile } from './house-rules.ts';

const root = resolve(import.meta.dirname, '..');
const bin = (name: string): string => join(root, 'node_modules/.bin', name);
let red = 0;

function run(what: string, command: string, args: readonly string[]): void {
  try {
    execFileSync(command, args, { cwd: root, stdio: 'pipe', encoding: 'utf8' });
    console.log(`  ok   ${what}`);
  } catch (failure) {
    const { stdout = '', stderr = '' } = failure as { stdout?: string; stderr?: string };
    console.log(`FAILED ${what}\n${`${stdout}${stderr}`.split('\n').slice(0, 40).join('\n')}`);
    red += 1;
  }
}

function sources(): SourceFile[] {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: root, encoding: 'utf8' }).split('\n');
  return listed.filter(path => /\.(ts|tsx|mjs|md|yaml|css|html)$/.test(path) && !path.startsWith('scripts/house-rules'))
    .flatMap(path => {
      try {
        return [{ path, text: readFileSync(join(root, path), 'utf8') }];
      } catch {
        return []; // listed but deleted in the working tree
      }
    });
}

run('types', process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.json']);
run('types of the bare engine', process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.engine.json']);
run('types of terminal and trainer, without page and Node', process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.core.json']);
run('lint', bin('oxlint'), ['--deny-warnings', 'src', 'tests', 'scripts']);
run('dead code', bin('knip'), ['--no-progress']);

const breaches = allBreaches(sources());
if (breaches.length === 0) console.log('  ok   house rules');
else {
  red += 1;
  console.log(`FAILED house rules\n${breaches.map(({ rule, path, line, what }) => `  ${path}:${line}  ${rule}: ${what}`).join('\n')}`);
}
process.exitCode = red > 0 ? 1 : 0;
