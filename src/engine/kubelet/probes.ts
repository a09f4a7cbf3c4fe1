import type { Container, HTTPGetAction, Probe } from 'kubernetes-types/core/v1.d.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { sinkDescriptor, type Descriptor } from '../kernel/pipe.ts';
import type { NetOutcome } from '../network/contract.ts';
import type { Network } from '../network/network.ts';
import type { Stack } from '../network/stack.ts';
import type { RunningContainer } from './container.ts';

export type ProbeKind = 'Startup' | 'Liveness' | 'Readiness';

/** `failed`: the check answered no. `unknown`: the check itself broke (its text starts the `errored` event). */
export interface ProbeAnswer {
  readonly result: 'success' | 'failed' | 'unknown';
  readonly output: string;
}

/** What a probe needs of the node it runs on. */
export interface ProbeHost {
  readonly kernel: Kernel;
  readonly network: Network;
  readonly nodeStack: Stack;
  /** The kubelet's minor version. */
  readonly minor: number;
}

/** Runs one probe once. Source: pkg/kubelet/prober/prober.go, pkg/probe. */
export function runProbe(probe: Probe, container: Container, running: RunningContainer, podIp: string, host: ProbeHost, finish: (answer: ProbeAnswer) => void): void {
  const timeoutMs = (probe.timeoutSeconds ?? 1) * 1000;
  if (probe.exec) {
    runExec(probe.exec.command ?? [], timeoutMs, running, host.kernel, finish);
    return;
  }
  const tcp = probe.tcpSocket;
  const target = probe.httpGet ?? tcp ?? (probe.grpc && { port: probe.grpc.port });
  if (!target) {
    finish({ result: 'success', output: '' });
    return;
  }
  const port = portNumber(target.port, container);
  const address = ('host' in target && target.host) || podIp;
  const path = probe.httpGet?.path ?? '/';
  const headers = Object.fromEntries((probe.httpGet?.httpHeaders ?? []).map(({ name, value }) => [name.toLowerCase(), value]));
  host.network.send(host.nodeStack, {
    protocol: probe.httpGet ? 'http' : 'tcp', host: address, port, method: 'GET', path, timeoutMs,
    headers: { 'user-agent': `kube-probe/1.${host.minor}`, ...headers },
  }, outcome => finish(probe.httpGet ? httpAnswer(outcome, probe.httpGet, address, port, path) : tcpAnswer(outcome, address, port)), { routine: true, uncounted: true });
}

function httpAnswer(outcome: NetOutcome, { scheme }: HTTPGetAction, address: string, port: number, path: string): ProbeAnswer {
  if (outcome.kind === 'response' && outcome.status >= 200 && outcome.status < 400) return { result: 'success', output: outcome.body };
  const url = `${(scheme ?? 'HTTP').toLowerCase()}://${address}:${port}${path.startsWith('/') ? path : `/${path}`}`;
  switch (outcome.kind) {
    case 'response': return { result: 'failed', output: `HTTP probe failed with statuscode: ${outcome.status}` };
    case 'refused': return { result: 'failed', output: `Get "${url}": dial tcp ${hostPort(url)}: connect: connection refused` };
    case 'timeout': case 'no-route':
      return { result: 'failed', output: `Get "${url}": dial tcp ${hostPort(url)}: i/o timeout (Client.Timeout exceeded while awaiting headers)` };
    case 'no-answer': return { result: 'failed', output: `Get "${url}": context deadline exceeded (Client.Timeout exceeded while awaiting headers)` };
    case 'reset': return { result: 'failed', output: `Get "${url}": read tcp ${hostPort(url)}: read: connection reset by peer` };
    case 'name-error': return { result: 'failed', output: `Get "${url}": dial tcp: lookup ${outcome.name} on ${outcome.server}: no such host` };
    case 'connected': return { result: 'success', output: '' };
  }
}

function tcpAnswer(outcome: NetOutcome, address: string, port: number): ProbeAnswer {
  if (outcome.kind === 'connected' || outcome.kind === 'response') return { result: 'success', output: '' };
  return { result: 'failed', output: `dial tcp ${address}:${port}: ${outcome.kind === 'refused' ? 'connect: connection refused' : 'i/o timeout'}` };
}

const hostPort = (url: string): string => url.slice(url.indexOf('//') + 2).split('/')[0]!;

function runExec(command: readonly string[], timeoutMs: number, running: RunningContainer, kernel: Kernel, finish: (answer: ProbeAnswer) => void): void {
  let output = '';
  const collect = sinkDescriptor(text => { output += text; });
  const process = running.exec(command, new Map<number, Descriptor>([[1, collect], [2, collect]]));
  if (typeof process === 'string') {
    finish({ result: 'unknown', output: `rpc error: code = Unknown desc = failed to exec in container: failed to start exec: ${process}` });
    return;
  }
  let over = false;
  const timer = kernel.after(timeoutMs, 'kubelet/probe-timeout', process.label, () => {
    if (over) return;
    over = true;
    process.signal('SIGKILL');
    finish({ result: 'failed', output: `command timed out: ${command.map(word => JSON.stringify(word)).join(' ')} timed out after ${timeoutMs / 1000}s` });
  }, { periodic: true });
  process.onExit(code => {
    if (over) return;
    over = true;
    kernel.cancel(timer);
    finish(code === 0 ? { result: 'success', output } : { result: 'failed', output });
  });
}

const PERIODIC = { periodic: true } as const;

/** A port by number or by the name a container port declares. */
export function portNumber(port: string | number, container: Container): number {
  if (typeof port === 'number') return port;
  return container.ports?.find(entry => entry.name === port)?.containerPort ?? Number(port);
}

/**
 * Repeats one probe of one container run and reports when the verdict turns. Source: pkg/kubelet/prober/worker.go.
 */
export class ProbeWorker {
  private successes = 0;
  private failures = 0;
  private stopped = false;
  /** A verdict stands from the start: not ready, but alive, and not started. */
  verdict: boolean;

  constructor(
    readonly kind: ProbeKind,
    private readonly probe: Probe,
    private readonly container: Container,
    private readonly running: RunningContainer,
    private readonly podIp: string,
    private readonly host: ProbeHost,
    private readonly report: {
      /** Whether this probe is due at all: liveness and readiness wait until the container has started. */
      active(): boolean;
      failed(answer: ProbeAnswer): void;
      turned(verdict: boolean): void;
    },
  ) {
    this.verdict = kind === 'Liveness';
    const periodMs = (probe.periodSeconds ?? 10) * 1000;
    const initialMs = (probe.initialDelaySeconds ?? 0) * 1000;
    // The worker's ticks started with the pod, so they fall anywhere within a period of the container's start.
    const phaseMs = initialMs === 0 ? host.kernel.random.fraction() * Math.min(1000, periodMs) : initialMs + host.kernel.random.fraction() * Math.min(1000, periodMs);
    this.tick(phaseMs);
  }

  stop(): void {
    this.stopped = true;
  }

  private tick(waitMs: number): void {
    this.host.kernel.after(waitMs, 'kubelet/probe', this.container.name, this.look, PERIODIC);
  }

  private readonly look = (): void => {
    if (this.stopped || !this.running.isRunning) return;
    if (this.report.active()) runProbe(this.probe, this.container, this.running, this.podIp, this.host, this.answered);
    this.tick((this.probe.periodSeconds ?? 10) * 1000);
  };

  private readonly answered = (answer: ProbeAnswer): void => this.take(answer);

  private take(answer: ProbeAnswer): void {
    if (this.stopped || !this.running.isRunning) return;
    if (answer.result !== 'success') this.report.failed(answer);
    if (answer.result === 'unknown') return;
    const success = answer.result === 'success';
    this.successes = success ? this.successes + 1 : 0;
    this.failures = success ? 0 : this.failures + 1;
    const settled = success ? this.successes >= (this.probe.successThreshold ?? 1) : this.failures >= (this.probe.failureThreshold ?? 3);
    if (!settled || success === this.verdict) {
      // A failed start-up probe turns although its verdict was "no" from the beginning.
      if (settled && !success && this.kind === 'Startup') this.report.turned(false);
      return;
    }
    this.verdict = success;
    this.report.turned(success);
  }
}
