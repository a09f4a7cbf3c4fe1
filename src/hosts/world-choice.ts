import type { WorldSource } from './protocol.ts';

/** What `shell` and `serve` may be told on their command line. */
export interface HostArguments {
  readonly source: WorldSource;
  readonly seed: number;
  readonly mount?: string;
  readonly json: boolean;
  readonly lineTimeoutMs: number;
  readonly speed: number;
  readonly port: number;
  readonly kubeconfig?: string;
  readonly tls: boolean;
}

const USAGE = `Usage: npm run shell -- [options]      a terminal on a simulated cluster
       npm run serve -- [options]      the same cluster's API server on a loopback port

Which world:
  --scenario ID              a scenario, staged and broken
  --estate NAME[/SLICE]      an estate in good health (default kubeflow-ops/core)
  --empty [--nodes N]        an empty cluster with N nodes (default 3)
  --seed N                   the source of chance (default 1)
shell:
  --mount DIR                copies a real folder in and starts there
  --json                     one JSON object {"line": "…"} a line in, one JSON answer a line out
  --line-timeout DURATION    virtual time after which a waiting line ends with exit code 124 (default 10m)
  --speed N                  virtual seconds a second while a program runs on a terminal (default 1)
serve:
  --port N                   default 0, the system chooses
  --kubeconfig FILE          where to write how to reach it (default ./drydock.kubeconfig)
  --tls                      https instead of http
  --speed N                  virtual seconds a second (default 1)
`;

/** `90s`, `5m`, `1h30m`, `250ms` in milliseconds; `undefined` when it is none of these. */
export function parseDuration(text: string): number | undefined {
  const units: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  if (!/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(text)) return undefined;
  let total = 0;
  for (const [, value, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) total += Number(value) * units[unit!]!;
  return total;
}

/** Reads the command line after `shell` or `serve`. @returns the text to print instead, with its exit code */
export function parseHostArguments(words: readonly string[]): HostArguments | { readonly text: string; readonly code: number } {
  const wrong = (message: string): { text: string; code: number } => ({ text: `drydock: ${message}\n\n${USAGE}`, code: 2 });
  let source: WorldSource | undefined;
  let nodes: number | undefined;
  const given = { seed: 1, json: false, lineTimeoutMs: 600_000, speed: 1, port: 0, tls: false, mount: undefined as string | undefined, kubeconfig: undefined as string | undefined };
  for (let at = 0; at < words.length; at += 1) {
    const [flag, attached] = /^(--[\w-]+)(?:=([\s\S]*))?$/.exec(words[at]!)?.slice(1) ?? [words[at]!, undefined];
    const value = (): string | undefined => attached ?? words[at += 1];
    const number = (): number => Number(value() ?? Number.NaN);
    switch (flag) {
      case '--help': case '-h': return { text: USAGE, code: 0 };
      case '--scenario': { const key = value(); if (key === undefined) return wrong('--scenario needs an id'); source = { kind: 'scenario', key }; break; }
      case '--estate': {
        const text = value();
        if (text === undefined) return wrong('--estate needs a name');
        const [estate = '', slice = 'core'] = text.split('/');
        source = { kind: 'estate', estate, slice };
        break;
      }
      case '--empty': source = { kind: 'empty', nodes: 3 }; break;
      case '--nodes': nodes = number(); if (!Number.isInteger(nodes) || nodes < 0) return wrong('--nodes needs a number'); break;
      case '--seed': given.seed = number(); if (!Number.isInteger(given.seed)) return wrong('--seed needs a whole number'); break;
      case '--mount': given.mount = value(); if (given.mount === undefined) return wrong('--mount needs a folder'); break;
      case '--json': given.json = true; break;
      case '--tls': given.tls = true; break;
      case '--line-timeout': {
        const ms = parseDuration(value() ?? '');
        if (ms === undefined) return wrong('--line-timeout needs a duration such as 90s or 10m');
        given.lineTimeoutMs = ms;
        break;
      }
      case '--speed': given.speed = number(); if (!(given.speed > 0)) return wrong('--speed needs a number above 0'); break;
      case '--port': given.port = number(); if (!Number.isInteger(given.port)) return wrong('--port needs a number'); break;
      case '--kubeconfig': given.kubeconfig = value(); if (given.kubeconfig === undefined) return wrong('--kubeconfig needs a file'); break;
      default: return wrong(`unknown option ${words[at]}`);
    }
  }
  if (nodes !== undefined && source?.kind !== 'empty') return wrong('--nodes goes with --empty');
  const chosen: WorldSource = source?.kind === 'empty' ? { kind: 'empty', nodes: nodes ?? 3 } : source ?? { kind: 'estate', estate: 'kubeflow-ops', slice: 'core' };
  return { source: chosen, ...given };
}
