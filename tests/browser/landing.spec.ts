import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '@playwright/test';
import { screen, watchConsole } from './page.ts';

test('the landing page has a broken cluster on the board and a prompt with the grey line', async ({ page }) => {
  const errors = watchConsole(page);
  await page.goto('./');
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Nothing sinks.');
  await expect(page.locator('.board .pod.bad')).toBeVisible();
  await expect.poll(() => screen(page)).toMatch(/ImagePullBackOff|ErrImagePull/);
  await expect.poll(() => screen(page)).toContain('kubectl rollout undo deploy/web');
  expect(errors).toEqual([]);
});

test('two keys win the first one', async ({ page }) => {
  await page.goto('./');
  await expect.poll(() => screen(page)).toContain('kubectl rollout undo deploy/web');
  await page.locator('[data-terminal="t1"] .xterm-helper-textarea').focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await expect(page.locator('.board[data-won="true"]')).toBeVisible({ timeout: 40_000 });
  await expect(page.getByText('That was a rollback.')).toBeVisible();
});

test('the catalogue opens a scenario by an opaque key', async ({ page }) => {
  await page.goto('./');
  const row = page.getByRole('link', { name: /Orders went dark/ });
  await expect(row).toBeVisible();
  await row.click();
  await expect(page).toHaveURL(/#\/s\/(?!.*env)[a-z0-9-]+$/);
});

for (const theme of ['light', 'dark', 'contrast']) {
  test(`the landing page meets WCAG A and AA in ${theme}`, async ({ page }) => {
    await page.addInitScript(name => localStorage.setItem('drydock.theme', name), theme);
    await page.goto('./');
    await expect(page.locator('.board .pod').first()).toBeVisible();
    const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']).analyze();
    expect(violations.map(violation => `${violation.id}: ${violation.nodes.map(node => node.target.join(' ')).slice(0, 3).join(' | ')}`)).toEqual([]);
  });
}
