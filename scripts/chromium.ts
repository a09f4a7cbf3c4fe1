import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const KNOWN = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'];

/** A Chromium for the browser tests: the one that is there, or Debian's, installed when we may. @returns what to do when there is none */
export function ensureChromium(): { readonly path: string } | { readonly problem: string } {
  const found = (): string | undefined => [process.env['CHROMIUM'] ?? '', ...KNOWN].find(path => path !== '' && existsSync(path));
  const path = found();
  if (path) return { path };
  const isRoot = process.getuid?.() === 0;
  if (!isRoot || !existsSync('/usr/bin/apt-get')) return { problem: 'no Chromium found: install one (Debian: sudo apt-get install chromium) or set CHROMIUM to its path' };
  console.log('installing Chromium for the browser tests …');
  try {
    execFileSync('apt-get', ['update', '-qq'], { stdio: 'ignore' });
    execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], { stdio: 'ignore', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
  } catch {
    return { problem: 'installing Chromium failed: run apt-get install chromium by hand, or set CHROMIUM to the path of one' };
  }
  const installed = found();
  return installed ? { path: installed } : { problem: 'Chromium was installed but is not at a known path: set CHROMIUM' };
}
