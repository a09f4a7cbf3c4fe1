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

test('the catalogue is searched and walked from the keyboard, by symptom and level and never by cause', async ({ page }) => {
  await page.goto('./');
  await expect.poll(() => screen(page)).toContain('kubectl rollout undo deploy/web');
  await page.locator('.hero').click({ position: { x: 5, y: 5 } });
  await page.keyboard.press('/');
  await page.keyboard.type('mid image');
  await expect(page.locator('.cat .li .t')).toHaveText(['Restarting sometimes helps', 'A healthy shop on six nodes']);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: /^Anything/ }).focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: /^Restarting/ })).toHaveAttribute('aria-pressed', 'true');
  await expect(page.locator('.cat .li .t').first()).toHaveText('Orders went dark at three in the morning');
  await page.getByLabel('Search scenarios').focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/#\/s\//);
});

test('nothing in the catalogue or the page names a cause', async ({ page }) => {
  await page.goto('./');
  await page.getByRole('heading', { name: /^Restarting/ }).waitFor();
  const words = await page.locator('.cat').evaluate(element => element.outerHTML);
  expect(words).not.toMatch(/clbo-|ipb-|missing-env|oomkilled|exhausted|pdb/i);
});

test('progress is saved to a file and taken in again; a broken file is refused and loses nothing', async ({ page }) => {
  const key = await page.goto('./').then(() => page.getByRole('link', { name: /Orders went dark/ }).getAttribute('href')).then(href => href?.split('/').at(-1) ?? '');
  await page.evaluate(name => { localStorage.setItem('drydock.results', JSON.stringify({ [name]: { stars: 2, bestMs: 480_000 } })); }, key);
  await page.reload();
  const row = page.getByRole('link', { name: /Orders went dark/ });
  await expect(row).toContainText('Solved ★★');
  await expect(row).toContainText('8 min');
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Save them to a file' }).click()]);
  expect(download.suggestedFilename()).toBe('drydock-progress.json');
  const path = await download.path();
  const take = (file: { name: string; mimeType: string; buffer: Buffer } | string) => page.getByLabel('A file of results').setInputFiles(file);
  await take({ name: 'x.json', mimeType: 'application/json', buffer: Buffer.from('{"format":"drydock-prog') });
  await expect(page.getByText('This file is no JSON.')).toBeVisible();
  await expect(row).toContainText('Solved ★★');
  await page.evaluate(name => { localStorage.setItem('drydock.results', JSON.stringify({ [name]: { stars: 1, bestMs: 60_000 } })); }, key);
  await page.reload();
  await take(path);
  await expect(row).toContainText('Solved ★★');
  await expect(row).toContainText('1 min');
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

test('whoever opens a scenario at once gets that one, and not the cluster of the landing page', async ({ page }) => {
  for (const waitMs of [0, 60, 120, 200, 320]) {
    await page.goto('./');
    await page.waitForTimeout(waitMs);
    await page.getByRole('link', { name: /Product pages fail/ }).click();
    await page.locator('.slip').waitFor();
    await expect(page.locator('.obj').first()).toBeVisible();
    await expect.poll(() => screen(page)).toMatch(/kfo-prod\/shop \$ ?$/m);
  }
});
