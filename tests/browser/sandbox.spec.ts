import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '@playwright/test';
import { promptShows, run, screen, watchConsole } from './page.ts';

test.beforeEach(async ({ page }) => {
  await page.goto('./#/sandbox');
  await promptShows(page);
});

test('a line typed in the terminal is answered from the cluster that the map draws', async ({ page }) => {
  const errors = watchConsole(page);
  await run(page, 'kubectl get nodes', /ip-10-20-\d+-\d+\S*\s+Ready/);
  const name = /ip-10-20-\d+-\d+/.exec(await screen(page))?.[0] ?? 'none';
  await expect(page.locator('.react-flow .nh', { hasText: name }).first()).toBeVisible();
  expect(errors).toEqual([]);
});

test('what is created appears on the map, selects, and is explained', async ({ page }) => {
  await run(page, 'kubectl create deployment probe --image=nginx:1.29 -n default', 'deployment.apps/probe created');
  await page.getByLabel('Namespace').selectOption('default');
  const chip = page.locator('.pod', { hasText: 'probe' }).first();
  await expect(chip).toBeVisible();
  await chip.click();
  await expect(page.locator('.insp h2')).toHaveText(/^probe-/);
  await page.getByRole('tab', { name: 'YAML' }).click();
  await expect(page.locator('.yaml')).toContainText('image: nginx:1.29');
});

test('Ctrl-C ends a loop that would run for ever', async ({ page }) => {
  await run(page, 'while true; do echo tick; sleep 1; done', 'tick');
  await page.keyboard.press('Control+c');
  await run(page, 'echo still-$((40+2))', 'still-42');
});

test('time can be paused, and a paused world still answers', async ({ page }) => {
  await page.getByLabel('Pause').click();
  await expect(page.getByLabel('Pause')).toHaveAttribute('aria-pressed', 'true');
  await run(page, 'kubectl get ns', 'kube-system');
});

test('undo takes the last line back', async ({ page }) => {
  await run(page, 'kubectl create namespace brief-life', 'created');
  await page.getByRole('button', { name: /^Undo/ }).click();
  await expect.poll(() => screen(page)).not.toContain('brief-life');
  await run(page, 'kubectl get ns brief-life', 'NotFound');
});

test('a link to this moment opens exactly here', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await run(page, 'kubectl create namespace carried-over', 'created');
  await page.getByRole('button', { name: 'Share this moment' }).click();
  await expect(page.getByText('The link to this moment is on your clipboard')).toBeVisible();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  const other = await context.newPage();
  await other.goto(link);
  await expect.poll(() => screen(other)).toContain('namespace/carried-over created');
});

test('a dropped manifest becomes a file, and the line that applies it is offered', async ({ page }) => {
  const data = await page.evaluateHandle(() => {
    const transfer = new DataTransfer();
    transfer.items.add(new File(['apiVersion: v1\nkind: ConfigMap\nmetadata: {name: dropped, namespace: default}\n'], 'dropped.yaml'));
    return transfer;
  });
  await page.dispatchEvent('body', 'drop', { dataTransfer: data });
  await expect.poll(() => screen(page)).toContain('kubectl apply -f dropped.yaml');
  await page.keyboard.press('Enter');
  await expect.poll(() => screen(page)).toContain('configmap/dropped created');
});

test('the theme changes and is remembered', async ({ page }) => {
  const before = await page.evaluate(() => document.documentElement.dataset.theme);
  await page.getByRole('button', { name: /^Theme/ }).click();
  const after = await page.evaluate(() => document.documentElement.dataset.theme);
  expect(after).not.toBe(before);
  await page.reload();
  expect(await page.evaluate(() => document.documentElement.dataset.theme)).toBe(after);
});

test('everything is reachable from the keyboard', async ({ page }) => {
  await page.keyboard.press('Control+Shift+K');
  await page.getByRole('combobox', { name: 'A command, an object, a line' }).fill('map or table');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('region', { name: 'The map as a table' })).toBeVisible();
  await page.getByRole('tab', { name: /^Where/ }).focus();
  await page.keyboard.press('t');
  await page.keyboard.press('2');
  await expect(page.getByRole('tab', { name: /^Who owns/ })).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'All keys' })).toBeVisible();
  await page.keyboard.press('Escape');
  await page.keyboard.press('`');
  await page.keyboard.type('echo typed');
  await expect.poll(() => screen(page)).toContain('echo typed');
});

test('the page meets WCAG A and AA', async ({ page }) => {
  for (const view of [/^Where/, /^Who owns/, /^Who talks/, /^Addresses/]) {
    await page.getByRole('tab', { name: view }).click();
    const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']).exclude('.xterm').analyze();
    expect(violations.map(violation => `${violation.id}: ${violation.nodes.map(node => node.target.join(' ')).slice(0, 3).join(' | ')}`)).toEqual([]);
  }
});
