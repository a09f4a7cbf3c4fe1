import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { expect, test } from '@playwright/test';

const root = resolve(import.meta.dirname, '../..');
const bin = (name: string): string => resolve(root, 'node_modules/.bin', name);

test('the same seed and the same inputs leave the same trace in Node and in Chromium', async ({ page }) => {
  test.setTimeout(180_000);
  const inNode: unknown = JSON.parse(execFileSync(bin('tsx'), ['tests/browser/trace/in-node.ts'], { cwd: root, encoding: 'utf8' }));
  execFileSync(bin('vite'), ['build', '--config', 'tests/browser/trace/vite.config.ts'], { cwd: root, stdio: 'ignore' });
  await page.goto('about:blank');
  await page.addScriptTag({ path: resolve(root, '.cache/trace/trace.js') });
  expect(await page.evaluate(() => (window as unknown as { played: Promise<unknown> }).played)).toEqual(inNode);
});
