import { expect, test, type Page } from '@playwright/test';
import { promptShows, run } from './page.ts';

const palette = (page: Page) => page.getByRole('combobox', { name: 'A command, an object, a line' });

test('things are broken and mended by name', async ({ page }) => {
  await page.goto('./#/sandbox');
  await promptShows(page);
  await page.keyboard.press('Control+Shift+K');
  await palette(page).fill('break leak');
  await page.keyboard.press('Enter');
  const panel = page.getByRole('region', { name: 'Break things' });
  await expect(panel.getByRole('radio', { name: /Leak memory/ })).toBeChecked();
  await panel.getByLabel('Target').selectOption({ label: 'storefront in shop' });
  await panel.getByRole('button', { name: /^Do it/ }).click();
  await expect(panel.getByText('Broken now')).toBeVisible();
  await run(page, 'kubectl rollout history deploy/storefront', 'keep responses for reuse');
  await page.keyboard.press('Control+Shift+K');
  await palette(page).fill('mend');
  await page.keyboard.press('Enter');
  await expect(panel.getByText('Broken now')).toBeHidden();
});

test('in a scenario nothing is offered to break', async ({ page }) => {
  await page.goto('./');
  await page.getByRole('link', { name: /Orders went dark/ }).click();
  await promptShows(page);
  await page.keyboard.press('Control+Shift+K');
  await palette(page).fill('break: ');
  await expect(page.getByText('Nothing is called that.')).toBeVisible();
  await page.keyboard.press('Escape');
  await page.getByRole('tab', { name: /^Where/ }).focus();
  await page.keyboard.press('b');
  await expect(page.getByText('Break things is for the sandbox')).toBeVisible();
});
