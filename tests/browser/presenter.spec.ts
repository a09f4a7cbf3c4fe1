import AxeBuilder from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import { promptShows, run, screen, watchConsole } from './page.ts';

test.beforeEach(async ({ page }) => {
  await page.goto('./#/sandbox');
  await promptShows(page);
});

const panel = (page: Page) => page.getByRole('region', { name: 'Break things' });

async function openPanel(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Break things/ }).first().click();
  await expect(panel(page).getByRole('radio', { checked: true })).toBeFocused();
}

test('a zone is cut off from the keyboard, its nodes fall silent, and mending brings them back', async ({ page }) => {
  const errors = watchConsole(page);
  await openPanel(page);
  await page.keyboard.press('2');
  await expect(panel(page).getByRole('radio', { name: /Cut a zone off/ })).toBeChecked();
  await panel(page).getByLabel('Target').selectOption('eu-west-1b');
  await panel(page).getByRole('button', { name: /^Do it/ }).click();
  await page.getByRole('button', { name: 'Step one minute' }).click();
  await expect(page.locator('.react-flow .nh', { hasText: 'NotReady' })).toHaveCount(2);
  await run(page, 'kubectl get nodes', /ip-10-20-1-21\s+NotReady/);
  await panel(page).getByRole('button', { name: 'Mend it' }).click();
  await page.getByRole('button', { name: 'Step one minute' }).click();
  await expect(page.locator('.react-flow .nh', { hasText: 'NotReady' })).toHaveCount(0);
  await expect(panel(page).getByText('Broken now')).toBeHidden();
  expect(errors).toEqual([]);
});

test('what was broken can be undone and rewound like anything else', async ({ page }) => {
  await openPanel(page);
  await page.keyboard.press('8');
  await page.keyboard.press('Enter');
  await expect(panel(page).getByText('Broken now')).toBeVisible();
  await run(page, 'kubectl -n kube-system get deploy coredns', /coredns\s+0\/0/);
  await page.getByRole('button', { name: /^Undo/ }).click();
  await page.getByRole('button', { name: /^Undo/ }).click();
  await expect(panel(page).getByText('Broken now')).toBeHidden();
  await run(page, 'kubectl -n kube-system get deploy coredns', /coredns\s+2\/2/);
});

test('everyone who opens the class link stands in the same state, with an empty terminal, and cannot go back before it', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await run(page, 'kubectl create namespace prepared', 'created');
  await openPanel(page);
  await page.keyboard.press('4');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Step one minute' }).click();
  await page.getByRole('button', { name: 'Link for a class' }).click();
  await expect(page.getByText(/The link for the class is on your clipboard, seed 1/)).toBeVisible();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  const clock = await page.locator('.clock').innerText();
  const student = await context.newPage();
  await student.goto(link);
  await promptShows(student);
  expect(await screen(student)).not.toContain('prepared');
  expect((await student.locator('.clock').innerText()).slice(0, 5)).toBe(clock.slice(0, 5));
  await run(student, 'kubectl get ns prepared', 'Active');
  await run(student, 'kubectl -n shop get pods', 'ImagePull');
  await student.getByRole('button', { name: 'Start over' }).click();
  await expect.poll(() => screen(student)).not.toContain('ImagePull');
  await run(student, 'kubectl get ns prepared', 'Active');
});

test('the presenter has large type, and gives it back', async ({ page }) => {
  const size = () => page.evaluate(() => Number.parseFloat(getComputedStyle(document.querySelector('.xterm-rows') ?? document.body).fontSize));
  const before = await size();
  await page.getByRole('tab', { name: /^Where/ }).focus();
  await page.keyboard.press('p');
  await expect.poll(size).toBeGreaterThanOrEqual(18);
  await expect(page.getByRole('button', { name: 'Link for the class' })).toBeVisible();
  await page.getByRole('tab', { name: /^Where/ }).focus();
  await page.keyboard.press('p');
  await expect.poll(size).toBe(before);
});

for (const theme of ['light', 'dark', 'contrast']) {
  test(`breaking things while presenting meets WCAG A and AA in ${theme}`, async ({ page }) => {
    await page.evaluate(name => { localStorage.setItem('drydock.theme', name); }, theme);
    await page.reload();
    await promptShows(page);
    await openPanel(page);
    await page.keyboard.press('5');
    await page.keyboard.press('Enter');
    await expect(panel(page).getByText('Broken now')).toBeVisible();
    for (const presenting of [false, true]) {
      if (presenting) {
        await page.getByRole('tab', { name: /^Where/ }).focus();
        await page.keyboard.press('p');
      }
      const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']).exclude('.xterm').analyze();
      expect(violations.map(violation => `${violation.id}: ${violation.nodes.map(node => node.target.join(' ')).slice(0, 3).join(' | ')}`)).toEqual([]);
    }
  });
}
