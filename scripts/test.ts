/** `npm test`: every check and every test, browser tests included. The last line is `N passed, N failed`. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ensureChromium } from './chromium.ts';

const root = resolve(import.meta.dirname, '..');
const scratch = mkdtempSync(join(tmpdir(), 'drydock-test-'));
let passed = 0;
let failed = 0;
/** Named once more at the end, where a long log is read first. */
const redNames: string[] = [];

function step(name: string, script: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): { ok: boolean; output: string } {
  console.log(`\n== ${name}`);
  const result = spawnSync(join(root, 'node_modules/.bin', script), args, { cwd: root, env: { ...process.env, ...env }, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], maxBuffer: 1 << 28 });
  process.stdout.write(result.stdout);
  redNames.push(...result.stdout.split('\n').filter(line => line.startsWith('FAILED')).map(line => `${name}: ${line}`));
  return { ok: result.status === 0, output: result.stdout };
}

/** Adds the counts of a step; one that ended red without counting a failure counts as one. */
function count(ok: boolean, good: number, bad: number): void {
  passed += good;
  failed += bad === 0 && !ok ? 1 : bad;
}

const lines = (output: string, word: string): number => output.split('\n').filter(line => line.startsWith(word)).length;

const check = step('check', 'tsx', ['scripts/check.ts']);
count(check.ok, lines(check.output, '  ok'), lines(check.output, 'FAILED'));

const report = join(scratch, 'vitest.json');
const unit = step('unit, page, stories, storms, differential', 'vitest', ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`]);
try {
  const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(report, 'utf8')) as {
    numPassedTests: number; numFailedTests: number;
    testResults: { name: string; status: string; message: string; assertionResults: { fullName: string; status: string; failureMessages: string[] }[] }[];
  };
  count(unit.ok, numPassedTests, numFailedTests);
  for (const { name, status, message, assertionResults } of testResults) {
    const red = assertionResults.filter(test => test.status === 'failed');
    for (const { fullName, failureMessages } of red) redNames.push(`${fullName}\n${failureMessages.join('\n').split('\n').slice(0, 25).join('\n')}`);
    if (status === 'failed' && red.length === 0) redNames.push(`${name}: ${message.split('\n').slice(0, 10).join('\n')}`);
  }
} catch {
  count(false, 0, 0);
}

const scenarios = step('scenarios', 'tsx', ['src/hosts/prove-scenarios.ts']);
count(scenarios.ok, lines(scenarios.output, '  ok'), lines(scenarios.output, 'FAILED'));

const chromium = ensureChromium();
if ('problem' in chromium) {
  console.log(`\n== browser\nFAILED ${chromium.problem}`);
  count(false, 0, 1);
} else {
  const browserReport = join(scratch, 'playwright.json');
  const browser = step('browser', 'playwright', ['test', '--reporter=list,json'], { CHROMIUM: chromium.path, PLAYWRIGHT_JSON_OUTPUT_NAME: browserReport });
  try {
    const { stats } = JSON.parse(readFileSync(browserReport, 'utf8')) as { stats: { expected: number; unexpected: number; flaky: number } };
    count(browser.ok, stats.expected, stats.unexpected + stats.flaky);
  } catch {
    count(false, 0, 0);
  }
}

rmSync(scratch, { recursive: true });
if (failed > 0) console.log(`\nFailed:\n${redNames.join('\n')}`);
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
