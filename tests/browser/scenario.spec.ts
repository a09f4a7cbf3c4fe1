import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '@playwright/test';
import { promptShows, run, screen, watchConsole } from './page.ts';

test.beforeEach(async ({ page }) => {
  await page.goto('./');
  await page.getByRole('link', { name: /Orders went dark/ }).click();
  await page.locator('.slip').waitFor();
  await promptShows(page);
});

test('the page shows the ticket, what does not hold, and trouble on the map', async ({ page }) => {
  const errors = watchConsole(page);
  await expect(page.locator('.slip')).toContainText('Checkout error rate 100 %.');
  await expect(page.locator('.obj', { hasText: 'orders available' })).toContainText('0/3');
  await expect(page.locator('.map .pod.bad')).toHaveCount(3);
  await page.locator('.map .pod.bad').first().click();
  await expect(page.locator('.why')).toContainText('The API knows no more than this');
  await page.getByRole('button', { name: /Place at the prompt: kubectl logs/ }).click();
  await expect.poll(() => screen(page)).toContain('--previous');
  await page.keyboard.press('Enter');
  await expect.poll(() => screen(page)).toContain('orders: missing required setting, exiting');
  expect(errors).toEqual([]);
});

test('nothing on the page names the cause before it is solved', async ({ page }) => {
  const words = await page.evaluate(() => document.body.innerText + location.href + document.title);
  expect(words).not.toMatch(/DATABASE_HOST|DB_HOST|missing-env|envFrom/);
});

test('who talks shows where requests end', async ({ page }) => {
  await page.getByRole('tab', { name: /^Who talks/ }).click();
  await expect(page.locator('.wire-label.bad').first()).toBeVisible();
  await expect(page.locator('.talk', { hasText: 'orders' }).first()).toContainText('0 ready');
});

test('mended by state, answered, and debriefed', async ({ page }) => {
  test.setTimeout(120_000);
  await run(page, 'host=$(kubectl get cm orders-config -o jsonpath={.data.DB_HOST})', /DB_HOST}\)\n.*\$/);
  await run(page, `kubectl patch cm orders-config --type merge -p "{\\"data\\":{\\"DATABASE_HOST\\":\\"$host\\"}}"`, 'configmap/orders-config patched');
  await run(page, 'kubectl delete pod -l app=orders --wait=false', 'deleted');
  await page.getByLabel('Which setting did the dead container miss?').fill('DATABASE_HOST');
  await page.getByRole('button', { name: 'Say' }).click();
  await page.getByLabel('Sixty times').click();
  await expect(page.getByText('Solved by state')).toBeVisible({ timeout: 90_000 });
  await page.getByRole('button', { name: 'Read the debrief' }).click();
  await expect(page.getByRole('heading', { level: 1 }).last()).toContainText('Environment is read once');
  await page.getByRole('button', { name: /Show the points/i }).click();
  await expect(page.getByRole('checkbox')).toHaveCount(7);
  await page.getByRole('checkbox').first().click();
  await expect(page.getByText('worst availability')).toBeVisible();
  await expect(page.locator('.run-chart')).toContainText(/\d+ answered, \d+ failed/);
  await expect(page.locator('.run-chart')).toContainText('✓ orders available');
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']).analyze();
  expect(violations.map(violation => `${violation.id}: ${violation.nodes.map(node => node.target.join(' ')).slice(0, 3).join(' | ')}`)).toEqual([]);
  await page.getByRole('link', { name: 'Drydock, to the start' }).click();
  await expect(page.getByRole('link', { name: /Orders went dark/ })).toContainText('Solved');
});

test('start over brings the trouble back', async ({ page }) => {
  await run(page, 'kubectl delete deployment orders', 'deleted');
  await page.getByRole('button', { name: 'Start over' }).click();
  await expect(page.locator('.map .pod.bad')).toHaveCount(3);
  await expect.poll(() => screen(page)).not.toContain('deleted');
});

test('hints come by request, all that were read stay, and the price is said before', async ({ page }) => {
  const hint = page.locator('.hint');
  await expect(hint).toContainText('costs nothing');
  await hint.getByRole('button').click();
  await hint.getByRole('button', { name: /^Next/ }).click();
  await expect(hint).toContainText('Hint 2 of 3');
  await expect(hint).toContainText('third star');
  await expect(hint.locator('.earlier li')).toHaveCount(1);
});

test('a nudge is offered quietly after idle time and never opens itself', async ({ page }) => {
  for (let minute = 0; minute < 5; minute += 1) await page.getByRole('button', { name: 'Step one minute' }).click();
  await expect(page.getByRole('button', { name: 'Stuck? A nudge is ready' })).toBeVisible();
  await expect(page.locator('.hint .hd')).toHaveCount(0);
});

test('another seed is the same ticket in another cluster', async ({ page }) => {
  const names = () => page.locator('.map .pod.bad').evaluateAll(all => all.map(pod => pod.textContent).sort().join());
  await expect(page.locator('.map .pod.bad')).toHaveCount(3);
  const before = await names();
  await page.getByRole('button', { name: 'Another seed' }).click();
  await expect(page.locator('.map .pod.bad')).toHaveCount(3);
  await expect.poll(names).not.toBe(before);
  await expect(page.locator('.slip')).toContainText('Checkout error rate 100 %.');
});
