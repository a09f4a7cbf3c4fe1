import { rfc3339 } from '../../kernel/calendar.ts';
import { startTask, suspend, type Task } from '../../kernel/task.ts';
import type { IncomingRequest, Listener, NetOutcome, OutgoingResponse } from '../../network/contract.ts';
import type { System, SystemProcess, SystemProgram } from '../../userland/contract.ts';
import { resolvePath } from '../../userland/files/path.ts';
import { accessLogTime } from '../library.ts';
import type { Call, Consumption, Dependency, OneShot, Route, ServiceModel } from './model.ts';

/** Programs that model a load report it here (the kubelet's container system has it). */
interface Metered extends System {
  usage?: { cpuMillis(nowMs: number): number; memoryBytes(nowMs: number): number };
  readonly limits?: { readonly cpuMillis?: number };
  chargeMemory?(): void;
}

const MIB = 1024 * 1024;
/** Requests are averaged over this long for CPU figures, as metrics-server's window does. */
const RATE_WINDOW_MS = 30_000;

/** The program of a {@link ServiceModel}: a web service, or a worker, with its needs, its probes' answers and its logs. */
export function serviceProgram(model: ServiceModel): SystemProgram {
  return function* service(process) {
    const running = new RunningService(model, process);
    for (const setting of model.settings) {
      if (process.env.get(setting.name)) continue;
      yield* process.write(1, lines(model.bootLog.slice(0, 1), process));
      yield* process.sleep(model.failAfterMs);
      yield* process.write(2, lines(setting.missing, process));
      return setting.exitCode ?? 1;
    }
    const steps = Math.max(1, model.bootLog.length - 1);
    const startupMs = running.startupMs();
    for (let step = 0; step < steps; step += 1) {
      if (model.bootLog.length > 1) yield* process.write(1, lines([model.bootLog[step]!], process));
      if (yield* running.stoppedWithin(startupMs / steps)) return model.exitCodeOnTerm;
      running.bootedTo((step + 1) / steps);
    }
    for (const { to, failed } of model.connectsAtStart) {
      const outcome = yield* running.reach(to, false);
      if (outcome.kind === 'connected' || outcome.kind === 'response') continue;
      yield* process.write(2, lines([...failed, `${model.name}: ${describeFailure(outcome)}`], process));
      return 1;
    }
    const busy = running.listen();
    if (busy !== undefined) {
      yield* process.write(2, `${model.name}: listen tcp :${busy}: bind: address already in use\n`);
      return 1;
    }
    yield* process.write(1, lines(model.bootLog.slice(-1), process));
    yield* running.serve();
    running.close();
    yield* process.write(1, lines(model.shutdownLog, process));
    yield* running.drain();
    return model.exitCodeOnTerm;
  };
}

/**
 * An interpreter (`python`) with the scripts that lie in its image: the service itself, and programs that end by themselves.
 * `own` is the script the service runs as.
 */
export function interpreterProgram(model: ServiceModel, own: string, workingDir: string, scripts: Readonly<Record<string, OneShot>>): SystemProgram {
  const service = serviceProgram(model);
  return function* interpreter(process) {
    const script = process.argv[1];
    const name = process.argv[0]!.slice(process.argv[0]!.lastIndexOf('/') + 1);
    if (script === undefined || script.startsWith('-')) {
      yield* process.write(2, `drydock: ${name} is modelled only with one of its scripts: ${[own, ...Object.keys(scripts)].join(', ')}\n`);
      return 2;
    }
    const file = resolvePath(process.cwd, script);
    const relative = file.startsWith(`${workingDir}/`) ? file.slice(workingDir.length + 1) : file;
    if (relative === own) return yield* service(process);
    const once = scripts[relative];
    if (!once) {
      yield* process.write(2, `${name}: can't open file '${file}': [Errno 2] No such file or directory\n`);
      return 2;
    }
    yield* process.sleep(once.tookMs);
    yield* process.write(1, lines(once.log, process));
    return once.exitCode;
  };
}

function lines(texts: readonly string[], process: SystemProcess): string {
  return texts.map(text => `${fill(text, process.env, process.kernel.nowMs)}\n`).join('');
}

/** `${NAME}` from the environment; `${now}` is the time as most log formats write it. */
function fill(text: string, env: ReadonlyMap<string, string>, nowMs: number): string {
  if (!text.includes('${')) return text;
  return text.replace(/\$\{(\w+)\}/g, (_, name: string) => (name === 'now' ? logTime(nowMs) : env.get(name) ?? ''));
}

/** `2026-11-23T03:14:07.123Z`; the last second's text is kept, as loggers do. */
const logTime = ((): (nowMs: number) => string => {
  let second = Number.NaN;
  let text = '';
  return nowMs => {
    if (Math.floor(nowMs / 1000) !== second) {
      second = Math.floor(nowMs / 1000);
      text = rfc3339(nowMs).slice(0, -1);
    }
    return `${text}.${String(Math.floor(nowMs % 1000)).padStart(3, '0')}Z`;
  };
})();

export function describeFailure(outcome: NetOutcome): string {
  switch (outcome.kind) {
    case 'name-error': return `could not resolve host ${outcome.name}: ${outcome.rcode === 'NXDOMAIN' ? 'Name or service not known' : 'Temporary failure in name resolution'}`;
    case 'refused': return `connect to ${outcome.address}: connection refused`;
    case 'timeout': case 'no-route': return `connect to ${outcome.address}: timed out`;
    case 'no-answer': return `${outcome.address} did not answer in time`;
    case 'reset': return `connection to ${outcome.address} reset by peer`;
    case 'response': return `${outcome.address} answered ${outcome.status}`;
    case 'connected': return '';
  }
}

const JSON_HEADERS = { 'content-type': 'application/json' } as const;

class RunningService {
  private readonly listeners: Listener[] = [];
  private inFlight = 0;
  private stopped = false;
  private wake: (() => void) | undefined;
  private readonly output: string[] = [];
  private windowStartMs: number;
  private windowCount = 0;
  private lastRate = 0;
  /** How much of the start is behind it, 0..1; its memory grows with it. */
  private booted = 0;
  private cacheBytes = 0;
  private readonly cacheMaxBytes: number;

  constructor(private readonly model: ServiceModel, private readonly process: SystemProcess) {
    this.windowStartMs = process.kernel.nowMs;
    const system = process.system as Metered;
    // Each process differs a little in what it needs, but one process always by the same amount.
    const spread = 0.97 + ((process.kernel.nowMs / 7) % 61) / 1000;
    const { cache } = model;
    const allowed = Number(process.env.get(cache?.setting ?? '') ?? cache?.defaultMiB ?? 0);
    this.cacheMaxBytes = cache ? (Number.isFinite(allowed) ? allowed : cache.defaultMiB) * MIB : 0;
    system.usage = {
      cpuMillis: nowMs => Math.min(this.cpuLimitMillis, Math.max(1, Math.round(this.booted < 1 && model.startupCpuMs > 0
        ? model.startupThreads * 1000 : model.cpuIdleMillis + this.ratePerSecond(nowMs) * model.cpuMsPerRequest))),
      memoryBytes: () => Math.round(model.memoryMiB * MIB * spread * (0.25 + 0.75 * this.booted) + this.cacheBytes),
    };
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.onSignal(signal, () => { this.stopped = true; this.wakeUp(); });
  }

  private get cpuLimitMillis(): number {
    return (this.process.system as Metered).limits?.cpuMillis ?? Number.POSITIVE_INFINITY;
  }

  /** How long the start takes here: a CPU limit stretches the computing in it (CFS quota). */
  startupMs(): number {
    const { startupMs, startupCpuMs, startupThreads } = this.model;
    return startupMs + (startupCpuMs * 1000) / Math.min(this.cpuLimitMillis, startupThreads * 1000);
  }

  /** Waits while it starts. @returns whether it was told to stop meanwhile, which ends a start at once */
  *stoppedWithin(durationMs: number): Task<boolean> {
    const { kernel } = this.process;
    yield* suspend<void>(resume => {
      const event = kernel.after(durationMs, 'service/boot', this.model.name, () => resume());
      this.wake = () => { kernel.cancel(event); resume(); };
      return () => kernel.cancel(event);
    });
    this.wake = undefined;
    return this.stopped;
  }

  /** The start has come this far (0..1), and has taken its memory. */
  bootedTo(share: number): void {
    this.booted = share;
    (this.process.system as Metered).chargeMemory?.();
  }

  /** @returns the port that was taken, if one was */
  listen(): number | undefined {
    for (const { port, routes } of this.model.ports) {
      const listener = this.process.system.network.listen(port, (request, respond) => this.accept(request, routes, respond));
      if (!listener) return port;
      this.listeners.push(listener);
    }
    for (const port of this.model.tcpPorts) {
      const listener = this.process.system.network.listen(port);
      if (!listener) return port;
      this.listeners.push(listener);
    }
    return undefined;
  }

  /** Writes its log and does its background work until it is told to stop. */
  *serve(): Task<void> {
    if (this.model.worker) startTask(this.work(), () => {});
    while (!this.stopped) {
      if (this.output.length > 0) yield* this.process.write(1, this.output.splice(0).join(''));
      if (!this.stopped && this.output.length === 0) yield* suspend<void>(resume => { this.wake = resume; });
    }
  }

  close(): void {
    for (const listener of this.listeners) listener.close();
  }

  /** Lets requests under way finish. */
  *drain(): Task<void> {
    while (this.inFlight > 0) {
      yield* suspend<void>(resume => { this.wake = resume; });
      if (this.output.length > 0) yield* this.process.write(1, this.output.splice(0).join(''));
    }
  }

  *reach(name: string, routine: boolean): Task<NetOutcome> {
    const dependency = this.model.dependencies[name]!;
    return yield* this.process.system.network.exchange({ protocol: 'tcp', host: this.host(dependency), port: dependency.port, timeoutMs: dependency.timeoutMs, routine });
  }

  private host(dependency: Dependency): string {
    return fill(dependency.host, this.process.env, 0);
  }

  private accept(request: IncomingRequest, routes: readonly Route[], respond: (response: OutgoingResponse) => void): void {
    const route = routes.find(entry => (entry.method === request.method || entry.method === '*')
      && (entry.path.endsWith('*') ? request.path.startsWith(entry.path.slice(0, -1)) : entry.path === request.path));
    this.count();
    if (route?.logged) this.fillCache();
    if (!route) {
      this.log(request, 404);
      respond({ status: 404, headers: JSON_HEADERS, body: '{"detail":"Not Found"}' });
      return;
    }
    this.inFlight += 1;
    const finish = (response: OutgoingResponse): void => {
      this.inFlight -= 1;
      if (route.logged) this.log(request, response.status);
      respond(response);
      if (this.stopped) this.wakeUp();
    };
    if (route.needs.length === 0 && route.calls.length === 0) this.takeTime(route, request.routine, finish);
    else startTask(this.gather(route, request), failure => (failure ? finish(failure) : this.takeTime(route, request.routine, finish)));
  }

  /** Asks everything that the answer needs. @returns the refusal when something is missing */
  private *gather(route: Route, request: IncomingRequest): Task<OutgoingResponse | undefined> {
    for (const name of route.needs) {
      const outcome = yield* this.reach(name, request.routine);
      if (outcome.kind !== 'connected') return this.failure(503, `${name}: ${describeFailure(outcome)}`);
    }
    for (const call of route.calls) {
      let outcome = yield* this.call(call, request.routine);
      for (let attempt = 1; attempt < call.attempts && !isFine(outcome); attempt += 1) {
        yield* this.process.sleep(call.retryAfterMs, { routine: request.routine });
        outcome = yield* this.call(call, request.routine);
      }
      if (!isFine(outcome)) return this.failure(outcome.kind === 'no-answer' || outcome.kind === 'timeout' ? 504 : route.failedStatus, `${call.method} ${call.to}${call.path}: ${describeFailure(outcome)}`);
    }
    return undefined;
  }

  /** Takes the time an answer takes, and gives it. */
  private takeTime(route: Route, routine: boolean, finish: (response: OutgoingResponse) => void): void {
    const { kernel, env } = this.process;
    const answer = (): void => finish({ status: route.status, headers: JSON_HEADERS, body: fill(route.body, env, kernel.nowMs) });
    if (route.latencyMs > 0) kernel.after(route.latencyMs * (0.8 + kernel.random.fraction() * 0.4), 'service/work', this.model.name, answer, { periodic: routine });
    else answer();
  }

  private *call(call: Pick<Call, 'to' | 'method' | 'path'>, routine: boolean): Task<NetOutcome> {
    const dependency = this.model.dependencies[call.to]!;
    const { network } = this.process.system;
    if (dependency.protocol === 'tcp') return yield* this.reach(call.to, routine);
    return yield* network.exchange({ protocol: 'http', host: this.host(dependency), port: dependency.port, method: call.method, path: call.path, timeoutMs: dependency.timeoutMs, routine });
  }

  private failure(status: number, detail: string): OutgoingResponse {
    this.print(`${logTime(this.process.kernel.nowMs)} ERROR ${this.model.name} ${detail}`);
    return { status, headers: JSON_HEADERS, body: JSON.stringify({ error: detail }) };
  }

  private *work(): Task<void> {
    const { everyMs, heartbeatFile, calls, consumes, logLine } = this.model.worker!;
    const { kernel, system, uid, gid } = this.process;
    const beat = (): void => {
      if (heartbeatFile) system.files.write(heartbeatFile, `${Math.floor(kernel.nowMs / 1000)}\n`, { as: { uid, gid } });
    };
    let healthy = false;
    // While the clock leapt, the work went on as before.
    kernel.onLeap(() => { if (healthy && this.process.state === 'running') beat(); });
    while (!this.stopped) {
      let failed = consumes ? yield* this.consume(consumes) : '';
      for (const call of calls) {
        const outcome = yield* this.call(call, true);
        if (outcome.kind !== 'connected' && !(outcome.kind === 'response' && outcome.status < 400)) failed = `${call.to}: ${describeFailure(outcome)}`;
      }
      if (failed) this.print(`${logTime(kernel.nowMs)} ERROR ${this.model.name} ${failed}`);
      else if (logLine) this.print(fill(logLine, this.process.env, kernel.nowMs));
      healthy = !failed;
      if (healthy) beat();
      yield* suspend<void>(resume => { kernel.after(everyMs, 'service/worker', this.model.name, () => resume(), { periodic: true }); });
      // A frozen process does nothing, and this task is part of it.
      while (this.process.state === 'stopped') yield* suspend<void>(resume => { const forget = this.process.onStateChange(() => { forget(); resume(); }); });
      if (this.process.state === 'exited') return;
    }
  }

  /** Takes batches until the queue is empty or it is told to stop. @returns what went wrong, or nothing */
  private *consume({ from, queue, msPerMessage }: Consumption): Task<string> {
    const path = `/${fill(queue, this.process.env, 0)}`;
    this.inFlight += 1;
    try {
      for (;;) {
        const taken = yield* this.call({ to: from, method: 'GET', path }, true);
        if (taken.kind !== 'response' || taken.status >= 400) return `${from}: ${describeFailure(taken)}`;
        const { Messages: ids = [] } = JSON.parse(taken.body) as { Messages?: number[] };
        if (ids.length === 0) return '';
        yield* suspend<void>(resume => { this.process.kernel.after(ids.length * msPerMessage, 'service/consume', this.model.name, () => resume(), { periodic: true }); });
        if (this.process.state === 'exited') return '';
        const deleted = yield* this.call({ to: from, method: 'DELETE', path: `${path}?ids=${ids.join(',')}` }, true);
        if (deleted.kind !== 'response' || deleted.status >= 400) return `${from}: ${describeFailure(deleted)}`;
        if (this.stopped || this.process.state !== 'running') return '';
      }
    } finally {
      this.inFlight -= 1;
      if (this.stopped) this.wakeUp();
    }
  }

  private fillCache(): void {
    const { cache } = this.model;
    if (!cache || this.cacheBytes >= this.cacheMaxBytes) return;
    this.cacheBytes = Math.min(this.cacheMaxBytes, this.cacheBytes + cache.kibPerRequest * 1024);
    (this.process.system as Metered).chargeMemory?.();
  }

  private log(request: IncomingRequest, status: number): void {
    const { kernel } = this.process;
    const { method, path, clientAddress } = request;
    switch (this.model.accessLog) {
      case 'uvicorn': this.print(`INFO:     ${clientAddress}:${40_000 + (this.windowCount * 37) % 20_000} - "${method} ${path} HTTP/1.1" ${status} ${REASONS[status] ?? ''}`.trimEnd()); break;
      case 'json': this.print(JSON.stringify({ time: logTime(kernel.nowMs), level: status < 500 ? 'info' : 'error', service: this.model.name, method, path, status })); break;
      case 'common': this.print(`${clientAddress} - - [${accessLogTime(kernel.nowMs)}] "${method} ${path} HTTP/1.1" ${status} 0`); break;
      case 'none': break;
    }
  }

  private print(line: string): void {
    if (this.output.length === 0 && this.process.writeNow(1, `${line}\n`)) return;
    this.output.push(`${line}\n`);
    this.wakeUp();
  }

  private wakeUp(): void {
    const resume = this.wake;
    this.wake = undefined;
    resume?.();
  }

  private count(): void {
    this.ratePerSecond(this.process.kernel.nowMs);
    this.windowCount += 1;
  }

  private ratePerSecond(nowMs: number): number {
    const elapsedMs = nowMs - this.windowStartMs;
    if (elapsedMs >= RATE_WINDOW_MS) {
      this.lastRate = (this.windowCount * 1000) / elapsedMs;
      this.windowStartMs = nowMs;
      this.windowCount = 0;
    }
    return this.lastRate > 0 ? this.lastRate : (this.windowCount * 1000) / Math.max(1000, elapsedMs);
  }
}

const isFine = (outcome: NetOutcome): boolean => outcome.kind === 'connected' || (outcome.kind === 'response' && outcome.status < 400);

const REASONS: Readonly<Record<number, string>> = { 200: 'OK', 201: 'Created', 404: 'Not Found', 500: 'Internal Server Error', 502: 'Bad Gateway', 503: 'Service Unavailable', 504: 'Gateway Timeout' };
