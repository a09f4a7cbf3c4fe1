import AxeBuilder from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import { promptShows, run, screen, watchConsole } from './page.ts';

async function open(page: Page, title: RegExp): Promise<void> {
  await page.goto('./');
  await page.getByRole('link', { name: title }).click();
  await promptShows(page);
}

/** Runs a line and gives back what it printed. */
async function printed(page: Page, line: string, last: RegExp): Promise<string> {
  await run(page, 'clear', /^[^\n]*\$ *$/);
  await run(page, line, new RegExp(`${last.source}[^]*\\n[^\\n]*\\$ *$`));
  return screen(page);
}

/** Rows of one of the view's tables: the words of each cell. */
async function rows(page: Page, caption: string): Promise<string[][]> {
  return page.locator('.sheet-table', { has: page.locator('caption', { hasText: caption }) }).locator('tbody tr').evaluateAll(all => all.map(row => [...row.querySelectorAll('td')].map(cell => (cell.textContent ?? '').trim())));
}

/** What the terminal says of subnets and interfaces beside what the table says. A pool may move between the two looks: then look again. */
async function expectAgreement(page: Page): Promise<void> {
  await expect(async () => {
    const subnets = await printed(page, "aws ec2 describe-subnets --query 'Subnets[].[SubnetId,AvailableIpAddressCount]' --output text", /subnet-db-c +\d+/);
    const table = Object.fromEntries((await rows(page, 'Subnets')).map(([id = '', free = '']) => [id, free]));
    const told = Object.fromEntries([...subnets.matchAll(/^(subnet-\S+)\s+(\d+)\s*$/gm)].map(([, id = '', free = '']) => [id, free]));
    expect(Object.keys(told).length, subnets).toBeGreaterThan(3);
    expect(table).toEqual(told);
  }).toPass({ timeout: 20_000 });
  await expect(async () => {
    const interfaces = await printed(page, "aws ec2 describe-network-interfaces --filters Name=subnet-id,Values=subnet-private-a --query 'NetworkInterfaces[].[NetworkInterfaceId,length(PrivateIpAddresses)]' --output text", /eni-\S+ +\d+/);
    const counts: Record<string, number> = {};
    for (const [, , , , id = '', subnet] of await rows(page, 'Addresses')) if (subnet === 'subnet-private-a') counts[id] = (counts[id] ?? 0) + 1;
    const told = Object.fromEntries([...interfaces.matchAll(/^(eni-\S+)\s+(\d+)\s*$/gm)].map(([, id = '', count]) => [id, Number(count)]));
    expect(counts).toEqual(told);
  }).toPass({ timeout: 20_000 });
}

test('the view says what aws says, before, during and after a scale-up', async ({ page }) => {
  test.setTimeout(180_000);
  const errors = watchConsole(page);
  await open(page, /The upgrade that waits for ever/);
  await page.getByRole('tab', { name: /^Addresses/ }).click();
  await page.getByRole('button', { name: /Map.*Table/ }).click();
  await expectAgreement(page);
  const free = async (): Promise<number> => (await rows(page, 'Subnets')).reduce((sum, [, count]) => sum + Number(count), 0);
  const before = await free();
  await run(page, 'kubectl create deployment pack -n default --image=registry.k8s.io/pause:3.10 --replicas=80', 'created');
  await expectAgreement(page);
  await page.getByLabel('Ten times').click();
  await expect.poll(free, { timeout: 30_000 }).toBeLessThan(before);
  await page.getByLabel('Real time').click();
  await expectAgreement(page);
  expect(errors).toEqual([]);
});

test('a full subnet is loud, pods without an address say why, and the chain goes down to who holds it', async ({ page }) => {
  await open(page, /Ready nodes, no pods/);
  await page.getByRole('tab', { name: /^Addresses/ }).click();
  await expect(page.locator('[data-subnet="subnet-private-a"]')).toHaveClass(/full/);
  await expect(page.locator('[data-subnet="subnet-private-a"] .s')).toHaveCount(64);
  const waiting = page.locator('.addr .pod.bad');
  await expect(waiting.first()).toContainText(/is full|needed/);
  await waiting.first().click();
  await expect(page.locator('.inspector .why')).toContainText(/has no address to give/);
  await expect(page.locator('.inspector .why')).toContainText(/addresses of it are held/);
  // A square of a pod lights up wherever that pod is drawn.
  const square = page.locator('.subnet button.s-pod').first();
  const slug = await square.getAttribute('data-slug');
  await square.hover();
  await expect(page.locator(`.addr [data-slug="${slug}"].lit`)).toHaveCount(2);
  await square.click();
  await expect(page.locator('.inspector h2')).toHaveText(slug!.split('/').at(-1)!);
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']).analyze();
  expect(violations.map(violation => `${violation.id}: ${violation.nodes.map(node => node.target.join(' ')).slice(0, 3).join(' | ')}`)).toEqual([]);
});

test('arrow keys walk the squares, and start over shows the same picture', async ({ page }) => {
  await open(page, /Ready nodes, no pods/);
  await page.getByRole('tab', { name: /^Addresses/ }).click();
  const free = page.locator('.subnet .big > b');
  const before = await free.allTextContents();
  await page.locator('.addr').focus();
  await page.keyboard.press('Tab');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  await expect(page.locator('.inspector h2')).not.toBeEmpty();
  await page.getByRole('button', { name: 'Start over' }).click();
  await expect.poll(() => free.allTextContents()).toEqual(before);
});
