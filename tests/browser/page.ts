import { expect, type Page } from '@playwright/test';

/** What a terminal shows: xterm keeps its text out of the DOM. */
export async function screen(page: Page, terminal = 't1'): Promise<string> {
  return page.evaluate(id => (window as unknown as { drydock: { screenText(id: string): string } }).drydock.screenText(id), terminal);
}

/** Types a line into the terminal and waits until the screen holds `answer`. */
export async function run(page: Page, line: string, answer: RegExp | string): Promise<void> {
  await page.locator('[data-terminal="t1"] .xterm-helper-textarea').focus();
  await page.keyboard.type(line);
  await page.keyboard.press('Enter');
  await expect.poll(() => screen(page)).toMatch(answer);
}

export async function promptShows(page: Page): Promise<void> {
  await expect.poll(() => screen(page)).toMatch(/\$ ?$/m);
}

/** Mistakes on the console fail a test. */
export function watchConsole(page: Page): string[] {
  const errors: string[] = [];
  page.on('console', message => { if (message.type() === 'error') errors.push(message.text()); });
  page.on('pageerror', error => errors.push(String(error)));
  return errors;
}
