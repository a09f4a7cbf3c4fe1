import { expect, test } from '@playwright/test';
import { promptShows, run, screen, watchConsole } from './page.ts';

test.beforeEach(async ({ page }) => {
  await page.goto('./#/sandbox');
  await promptShows(page);
});

test('a dropped manifest with an image that does not exist is applied and shows on the map', async ({ page }) => {
  const text = 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: ghost, namespace: default}\nspec:\n  selector: {matchLabels: {app: ghost}}\n  template:\n    metadata: {labels: {app: ghost}}\n    spec:\n      containers: [{name: ghost, image: "ngnix:1.29"}]\n';
  const data = await page.evaluateHandle(content => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([content], 'ghost.yaml'));
    return transfer;
  }, text);
  await page.dispatchEvent('body', 'drop', { dataTransfer: data });
  await expect.poll(() => screen(page)).toContain('kubectl apply -f ghost.yaml');
  await page.keyboard.press('Enter');
  await expect.poll(() => screen(page)).toContain('deployment.apps/ghost created');
  await page.getByLabel('Namespace').selectOption('default');
  await page.getByLabel('Ten times').click();
  await expect(page.locator('.map .pod.bad', { hasText: 'ghost' })).toContainText(/ErrImagePull|ImagePullBackOff/);
});

test('broken YAML pasted into a heredoc is refused in words', async ({ page }) => {
  const errors = watchConsole(page);
  await page.locator('[data-terminal="t1"] .xterm-helper-textarea').focus();
  await page.evaluate(() => {
    const paste = new ClipboardEvent('paste', { clipboardData: new DataTransfer(), bubbles: true });
    paste.clipboardData?.setData('text/plain', 'kubectl apply -f - <<EOF\napiVersion: v1\nkind: Pod\n  metadata: {name: [unclosed\n\tspec: nope\nEOF\n');
    document.activeElement?.dispatchEvent(paste);
  });
  await page.keyboard.press('Enter');
  await expect.poll(() => screen(page)).toMatch(/error: error parsing STDIN|error converting YAML/);
  await run(page, 'echo still-$((40+2))', 'still-42');
  expect(errors).toEqual([]);
});

test('ten thousand lines pass and the prompt comes back', async ({ page }) => {
  await run(page, 'seq 1 10000', /\n10000\n.*\$ ?$/);
});

for (const line of ['yes', 'while true; do :; done', 'yes | while read x; do echo $x$x; done', 'cat /dev/zero > /dev/null', 'cat /dev/zero | wc -c']) {
  test(`${line} runs until Ctrl-C, and the page stays awake`, async ({ page }) => {
    await page.locator('[data-terminal="t1"] .xterm-helper-textarea').focus();
    await page.keyboard.type(line);
    await page.keyboard.press('Enter');
    await page.waitForTimeout(1500);
    const before = await page.evaluate(() => performance.now());
    await page.getByRole('tab', { name: /^Who owns/ }).click();
    await expect(page.locator('.own').first()).toBeVisible();
    expect(await page.evaluate(() => performance.now()) - before).toBeLessThan(5000);
    await page.locator('[data-terminal="t1"] .xterm-helper-textarea').focus();
    await page.keyboard.press('Control+c');
    await expect.poll(() => screen(page).then(text => text.trimEnd().split('\n').at(-1))).toMatch(/\$ ?$/);
    await run(page, 'echo still-$((40+2))', 'still-42');
  });
}
