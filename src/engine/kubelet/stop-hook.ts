import type { Container, LifecycleHandler } from 'kubernetes-types/core/v1.d.ts';
import type { Descriptor } from '../kernel/pipe.ts';
import type { RunningContainer } from './container.ts';
import { portNumber, type ProbeHost } from './probes.ts';

/** Runs a postStart or preStop hook; `finish` gets what went wrong, or nothing. Source: pkg/kubelet/lifecycle/handlers.go. */
export function runStopHook(hook: LifecycleHandler, container: Container, running: RunningContainer, podIp: string, host: ProbeHost, finish: (problem: string | undefined) => void): void {
  const sleepSeconds = (hook as { sleep?: { seconds: number } }).sleep?.seconds;
  if (sleepSeconds !== undefined) {
    host.kernel.after(sleepSeconds * 1000, 'kubelet/hook', container.name, () => finish(undefined));
  } else if (hook.exec) {
    const process = running.exec(hook.exec.command ?? [], new Map<number, Descriptor>());
    if (typeof process === 'string') finish(process);
    else process.onExit(code => finish(code === 0 ? undefined : `command exited with ${code}`));
  } else if (hook.httpGet) {
    const { port, path = '/', host: name } = hook.httpGet;
    host.network.send(host.nodeStack, { protocol: 'http', host: name || podIp, port: portNumber(port, container), path },
      outcome => finish(outcome.kind === 'response' && outcome.status < 400 ? undefined : outcome.kind));
  } else finish(undefined);
}
