import { expect, test } from '@playwright/test';
import { promptShows, run, screen, watchConsole } from './page.ts';

/** By then the worlds that are kept ready stand and have caught up, on two busy cores. */
const STANDING_MS = 4_000;

test('the ways back lead into the same worlds when these were kept ready', async ({ page }) => {
  const errors = watchConsole(page);
  await page.goto('./#/sandbox');
  await promptShows(page);
  await run(page, 'kubectl create namespace first-life', 'namespace/first-life created');
  // The world itself, one at its start, one just behind.
  await expect.poll(() => page.workers().length).toBe(3);
  await page.waitForTimeout(STANDING_MS);
  await run(page, 'kubectl create namespace second-life', 'namespace/second-life created');
  await page.waitForTimeout(STANDING_MS);

  await page.getByRole('button', { name: /^Undo/ }).click();
  await expect.poll(() => screen(page)).not.toContain('second-life');
  expect(await screen(page)).toContain('namespace/first-life created');
  await run(page, 'kubectl get namespace first-life second-life 2>&1 | tail -1', '"second-life" not found');
  await run(page, 'kubectl get namespace first-life', /first-life\s+Active/);

  await page.waitForTimeout(STANDING_MS);
  await page.getByRole('button', { name: /^Start over/ }).click();
  await expect.poll(() => screen(page)).not.toContain('first-life');
  await run(page, 'kubectl get namespace first-life', '"first-life" not found');
  expect(page.workers().length).toBeLessThanOrEqual(3);
  expect(errors).toEqual([]);
});
