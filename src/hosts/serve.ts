/** `npm run serve`: a running cluster on a loopback port, for real clients. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunningApiServer } from '../engine/api-server/api-server.ts';
import type { SchemaTexts } from '../engine/api-server/openapi.ts';
import type { Kernel } from '../engine/kernel/kernel.ts';
import { kubeconfigFor, startHttpHost, type HttpHost } from './http/http-host.ts';

export interface ServeOptions {
  readonly api: RunningApiServer;
  readonly kernel: Pick<Kernel, 'nowMs' | 'run'>;
  /** 0 lets the system choose. */
  readonly port: number;
  /** Where to write a kubeconfig; not written without. */
  readonly kubeconfig?: string;
  /** Virtual seconds a real second; 0 stands still. */
  readonly speed: number;
  readonly context?: string;
  readonly namespace?: string;
}

export interface Serving extends HttpHost {
  /** Stops time and the server. */
  stop(): Promise<void>;
}

/** How often time moves on, real ms. */
const TICK_MS = 10;
/** Events a tick may execute, so that requests are still answered in a storm. */
const EVENTS_PER_TICK = 20_000;

/** Field texts for `kubectl explain`, from the generated file beside the schema. */
export function readSchemaTexts(): SchemaTexts {
  return JSON.parse(readFileSync(join(import.meta.dirname, '../engine/api-server/schema/texts.json'), 'utf8')) as SchemaTexts;
}

/** Serves until stopped; plain HTTP and TLS on the same port. Prints nothing. */
export async function serve(options: ServeOptions): Promise<Serving> {
  const { api, kernel, speed } = options;
  api.provideSchemaTexts(readSchemaTexts);
  let lastMs = Date.now();
  let targetMs = kernel.nowMs;
  const pump = (): void => {
    const nowMs = Date.now();
    targetMs += (nowMs - lastMs) * speed;
    lastMs = nowMs;
    if (kernel.run({ untilMs: Math.max(targetMs, kernel.nowMs), maxEvents: EVENTS_PER_TICK }) === 'budget') targetMs = kernel.nowMs;
  };
  const host = await startHttpHost({ api, port: options.port, tls: true, pump });
  const ticking = setInterval(pump, TICK_MS);
  if (options.kubeconfig !== undefined) {
    writeFileSync(options.kubeconfig, kubeconfigFor(host, { context: options.context, namespace: options.namespace }), { mode: 0o600 });
  }
  return {
    ...host,
    stop() {
      clearInterval(ticking);
      return host.close();
    },
  };
}
