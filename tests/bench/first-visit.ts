import { execFileSync, spawn } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { chromium, type Page } from '@playwright/test';
import { ensureChromium } from '../../scripts/chromium.ts';

const root = resolve(import.meta.dirname, '../..');
const PORT = 5198;
const RUNS = 5;

/** What a page notes of its worlds: how long it was from asking for a way back to the first frame of the world there, real ms. */
interface Noted { readonly backs: readonly { readonly way: string; readonly tookMs: number }[] }

/** Runs in the page before anything else. */
function noteWaysBack(): void {
  const backs: { way: string; tookMs: number }[] = [];
  let way = '';
  let askedMs = 0;
  Object.assign(window, { noted: { backs } });
  const Real = window.Worker;
  window.Worker = class extends Real {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(url, options);
      this.addEventListener('message', ({ data }: MessageEvent<{ type: string; reset?: boolean }>) => {
        if (data.type !== 'frame' || !data.reset || way === '') return;
        backs.push({ way, tookMs: performance.now() - askedMs });
        way = '';
      });
    }

    override postMessage(message: { type: string; back?: { type: string } }): void {
      const asked = message.type === 'hand-over' ? message.back?.type : message.type;
      if (asked === 'reset' || asked === 'undo') [way, askedMs] = [asked, performance.now()];
      super.postMessage(message);
    }
  };
}

/** Types three lines with pauses of the kind learners make, takes the last back, and starts over. */
async function waysBack(page: Page): Promise<Noted['backs']> {
  for (const line of ['kubectl get pods', 'kubectl describe deployment orders', 'kubectl delete deployment orders']) {
    await page.locator('[data-terminal="t1"] .xterm-helper-textarea').focus();
    await page.keyboard.type(line);
    await page.keyboard.press('Enter');
    await page.waitForTimeout(4_000);
  }
  for (const button of [/^Undo/, /^Start over/]) {
    await page.getByRole('button', { name: button }).first().click();
    await page.waitForTimeout(2_000);
  }
  return page.evaluate(() => (window as unknown as { noted: Noted }).noted.backs);
}

/** Builds the page, serves it on loopback and times the first visit: until a prompt takes a line and answers it; then the ways back. */
export async function firstVisit(): Promise<{ what: string; measured: string; target: string }[]> {
  const found = ensureChromium();
  if ('problem' in found) return [{ what: 'first visit', measured: found.problem, target: '< 2 s' }];
  execFileSync(join(root, 'node_modules/.bin/vite'), ['build', '--logLevel', 'warn'], { cwd: root, stdio: 'ignore' });
  const server = spawn(join(root, 'node_modules/.bin/vite'), ['preview', '--port', String(PORT), '--strictPort'], { cwd: root, stdio: 'ignore' });
  try {
    await new Promise(done => { setTimeout(done, 1500); });
    const browser = await chromium.launch({ executablePath: found.path, args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'] });
    const figures: number[] = [];
    const sizes = new Set<string>();
    let backs: Noted['backs'] = [];
    for (let run = 0; run < RUNS; run += 1) {
      const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
      const page = await context.newPage();
      await page.addInitScript(noteWaysBack);
      let here = false;
      page.on('response', response => { if (run === 0 && !here) sizes.add(new URL(response.url()).pathname); });
      const start = performance.now();
      await page.goto(`http://127.0.0.1:${PORT}/#/s/doujb6`);
      // The screen reader's copy of the terminal holds the prompt once it can be typed at.
      await page.waitForFunction(() => document.body.textContent?.includes('kfo-prod/shop $') === true, undefined, { timeout: 30_000, polling: 20 });
      here = true;
      figures.push(performance.now() - start);
      if (run === RUNS - 1) backs = await waysBack(page);
      await context.close();
    }
    await browser.close();
    const bytes = [...sizes].reduce((total, path) => total + gzipped(join(root, 'dist', path)), 0);
    figures.sort((a, b) => a - b);
    return [
      { what: 'first visit: broken cluster and prompt on screen (production build, loopback)', measured: `${(figures[Math.floor(RUNS / 2)]! / 1000).toFixed(2)} s`, target: '< 2 s' },
      { what: 'everything loaded by then, gzip', measured: `${Math.round(bytes / 1024)} KiB`, target: '≤ 400 KiB' },
      ...backs.map(({ way, tookMs }) => ({ what: `${way === 'undo' ? 'undo of the last line' : 'reset'}, from the click to the first frame`, measured: `${Math.round(tookMs)} ms`, target: way === 'undo' ? '< 300 ms' : '< 100 ms' })),
    ];
  } finally {
    server.kill();
  }
}

function gzipped(path: string): number {
  try {
    if (statSync(path).isDirectory()) return gzipped(join(path, readdirSync(path).includes('index.html') ? 'index.html' : ''));
    return gzipSync(readFileSync(path), { level: 9 }).length;
  } catch {
    return 0;
  }
}
