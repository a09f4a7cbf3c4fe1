import { expect, test, type Page } from '@playwright/test';
import { promptShows, run, screen } from './page.ts';

test.beforeEach(async ({ page }) => {
  await page.goto('./');
  await page.getByRole('link', { name: /Orders went dark/ }).click();
  await promptShows(page);
});

const typing = (page: Page): Promise<boolean> => page.evaluate(() => document.activeElement?.closest('.xterm') !== null);

const palette = (page: Page) => page.getByRole('combobox', { name: 'A command, an object, a line' });

/** Leaves the terminal as its own keys do. */
async function leaveTerminal(page: Page): Promise<void> {
  await page.locator('[data-terminal="t1"] .xterm-helper-textarea').focus();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  expect(await typing(page)).toBe(false);
}

for (const key of ['`', '/']) {
  test(`${key} goes to the terminal and Esc Esc leaves it`, async ({ page }) => {
    await leaveTerminal(page);
    await page.keyboard.press(key);
    await expect.poll(() => typing(page)).toBe(true);
    await leaveTerminal(page);
    expect(await screen(page)).not.toContain(`$ ${key}`);
  });
}

test('1 to 4 choose the picture, T its table', async ({ page }) => {
  await leaveTerminal(page);
  for (const [key, name] of [['2', /^Who owns/], ['3', /^Who talks/], ['4', /^Addresses/], ['1', /^Where/]] as const) {
    await page.keyboard.press(key);
    await expect(page.getByRole('tab', { name })).toHaveAttribute('aria-selected', 'true');
  }
  await page.keyboard.press('t');
  await expect(page.getByRole('region', { name: 'The map as a table' })).toBeVisible();
  await page.keyboard.press('t');
  await expect(page.getByRole('region', { name: 'The map as a table' })).toBeHidden();
});

test('I folds the inspector, O goes to the objectives, H asks for a hint', async ({ page }) => {
  await leaveTerminal(page);
  await expect(page.locator('.insp')).toBeVisible();
  await page.keyboard.press('i');
  await expect(page.locator('.insp')).toBeHidden();
  await page.keyboard.press('i');
  await expect(page.locator('.insp')).toBeVisible();
  await page.keyboard.press('o');
  expect(await page.evaluate(() => document.activeElement?.classList.contains('objs'))).toBe(true);
  await page.keyboard.press('h');
  await expect(page.getByText('Hint 1 of 3')).toBeVisible();
});

test('Space pauses and plays, [ and ] change the speed, . goes to the next event', async ({ page }) => {
  await leaveTerminal(page);
  await page.locator('.deck').click({ position: { x: 4, y: 4 } });
  const pressed = (name: string) => expect(page.getByLabel(name, { exact: true })).toHaveAttribute('aria-pressed', 'true');
  await page.keyboard.press('Space');
  await pressed('Pause');
  await page.keyboard.press('Space');
  await pressed('Real time');
  await page.keyboard.press(']');
  await pressed('Ten times');
  await page.keyboard.press('[');
  await page.keyboard.press('[');
  await pressed('Pause');
  const clock = page.locator('.clock');
  const before = await clock.innerText();
  await page.keyboard.press('.');
  await expect(page.locator('.toast')).toContainText('Paused.');
  await pressed('Pause');
  expect(await clock.innerText()).not.toBe(before);
  const later = await clock.innerText();
  await page.keyboard.press('Backspace');
  await expect.poll(() => clock.innerText()).not.toBe(later);
});

test('F6 walks the panes, also out of the terminal', async ({ page }) => {
  await leaveTerminal(page);
  const pane = (): Promise<string | null | undefined> => page.evaluate(() => document.activeElement?.closest('[data-pane]')?.getAttribute('data-pane'));
  const walked: (string | null | undefined)[] = [];
  for (let step = 0; step < 5; step += 1) {
    await page.keyboard.press('F6');
    walked.push(await pane());
  }
  expect(new Set(walked)).toEqual(new Set(['terminal', 'inspector', 'time', 'brief', 'map']));
});

test('⌘K offers everything by name, also from the terminal, and ? all keys', async ({ page }) => {
  await page.locator('[data-terminal="t1"] .xterm-helper-textarea').focus();
  await page.keyboard.press('Control+Shift+K');
  await expect(palette(page)).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(palette(page)).toBeHidden();
  await leaveTerminal(page);
  await page.keyboard.press('Control+k');
  await expect(palette(page)).toBeFocused();
  await page.keyboard.press('Escape');
  await page.getByRole('tab', { name: /^Where/ }).focus();
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'All keys' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog', { name: 'All keys' })).toBeHidden();
});

test('⌘Z takes the last line back; in the terminal it belongs to the shell', async ({ page }) => {
  await run(page, 'kubectl create namespace brief-life', 'created');
  await page.keyboard.press('Control+z');
  expect(await screen(page)).toContain('brief-life created');
  await leaveTerminal(page);
  await page.keyboard.press('Control+z');
  await expect.poll(() => screen(page)).not.toContain('brief-life');
});

test('objects are reached by Tab and arrows, and Enter inspects', async ({ page }) => {
  const here = (): Promise<string> => page.evaluate(() => (document.activeElement as HTMLElement).dataset['slug'] ?? '');
  await page.getByRole('tab', { name: /^Addresses/ }).focus();
  for (let stop = 0; stop < 8 && (await here()) === ''; stop += 1) await page.keyboard.press('Tab');
  await expect.poll(here).toMatch(/^Pod\/shop\/orders/);
  const first = await here();
  const ring = await page.evaluate(() => getComputedStyle(document.activeElement!).boxShadow);
  expect(ring).not.toBe('none');
  await page.keyboard.press('ArrowRight');
  await expect.poll(here).not.toBe(first);
  const second = await here();
  await page.keyboard.press('Enter');
  await expect(page.locator('.insp h2')).toHaveText(second.split('/').at(-1) ?? '');
  await page.keyboard.press('t');
  await page.getByRole('region', { name: 'The map as a table' }).focus();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect(page.locator('.sheet-table tr[aria-selected="true"]')).toHaveCount(1);
});

test('F shows the whole of a chart that does not fit', async ({ page }) => {
  await leaveTerminal(page);
  await page.keyboard.press('2');
  const last = page.locator('.own').last();
  await expect(last).toBeAttached();
  await page.keyboard.press('f');
  await expect.poll(async () => {
    const [chart, boxes] = await Promise.all([page.locator('.map').boundingBox(), page.locator('.own').evaluateAll(all => all.map(each => each.getBoundingClientRect().bottom))]);
    return Math.max(...boxes) <= (chart?.y ?? 0) + (chart?.height ?? 0);
  }).toBe(true);
});
