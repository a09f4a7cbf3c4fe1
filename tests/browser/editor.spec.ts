import { expect, test } from '@playwright/test';
import { promptShows, run, screen } from './page.ts';

test.beforeEach(async ({ page }) => {
  await page.goto('./#/sandbox');
  await promptShows(page);
  await run(page, 'kubectl create configmap tide --from-literal=level=low -n default', 'configmap/tide created');
  await page.keyboard.type('kubectl edit configmap tide -n default');
  await page.keyboard.press('Enter');
  await expect(page.locator('.cm-content')).toContainText('level: low');
});

test('kubectl edit opens vim, and :wq applies', async ({ page }) => {
  await page.keyboard.type(':%s/low/high/');
  await page.keyboard.press('Enter');
  await expect(page.locator('.cm-content')).toContainText('level: high');
  await page.keyboard.type(':wq');
  await page.keyboard.press('Enter');
  await expect.poll(() => screen(page)).toContain('configmap/tide edited');
});

test(':q leaves everything as it was', async ({ page }) => {
  await page.keyboard.type(':q');
  await page.keyboard.press('Enter');
  await expect.poll(() => screen(page)).toContain('Edit cancelled, no changes made.');
});

test('jq is real', async ({ page }) => {
  await page.getByRole('button', { name: 'Leave without writing' }).click();
  await run(page, `kubectl get cm tide -n default -o json | jq -r '.data | to_entries[] | "\\(.key)=\\(.value)"'`, 'level=low');
});
