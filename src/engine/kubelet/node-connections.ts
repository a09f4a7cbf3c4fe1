import type { ExecOptions, ExecSession, LogOptions, NodeConnections, TextStream } from '../api-server/contract.ts';
import type { KubeObject } from '../apimachinery/object.ts';
import { refuse, type Result, type Status } from '../apimachinery/status.ts';
import { parseRfc3339 } from '../kernel/calendar.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { Pipe, sinkDescriptor, type Descriptor } from '../kernel/pipe.ts';
import { suspend, type Task } from '../kernel/task.ts';
import { Tty } from '../userland/tty.ts';
import type { ContainerLog, LogQuery } from './container-log.ts';
import type { RunningContainer } from './container.ts';
import type { ContainerRecord } from './container-record.ts';
import type { Kubelet } from './kubelet.ts';
import type { StoredPod } from './pod.ts';
import type { PodWorker } from './pod-worker.ts';

/** The way from the API server to the kubelets: logs, exec, attach, metrics. Source: pkg/kubelet/server, kubelet_pods.go. */
export function nodeConnections(kernel: Kernel, kubelets: ReadonlyMap<string, Kubelet>): NodeConnections {
  const workerOf = (pod: KubeObject): PodWorker | undefined =>
    kubelets.get((pod as StoredPod).spec?.nodeName ?? '')?.workers.get(pod.metadata.uid);
  const kubeletOf = (pod: KubeObject): Kubelet | undefined => {
    const kubelet = kubelets.get((pod as StoredPod).spec?.nodeName ?? '');
    return kubelet?.isReachable ? kubelet : undefined;
  };
  const session = (pod: KubeObject, options: ExecOptions, attach: boolean): Result<ExecSession> => {
    const kubelet = kubeletOf(pod);
    if (!kubelet) return unreachable(pod, options.container ?? '', attach ? 'attach' : 'exec');
    const record = pickContainer(pod, workerOf(pod), options.container);
    if (!('container' in record)) return record;
    if (!record.running?.isRunning) {
      return refuse(500, 'InternalError', attach
        ? `unable to upgrade connection: container ${record.name} not found in pod ${pod.metadata.name}_${pod.metadata.namespace}`
        : `unable to upgrade connection: container not found ("${record.name}")`);
    }
    return attach ? attachTo(record.running) : execIn(kernel, record.running, options);
  };
  return {
    logs(pod, options) {
      if (!kubeletOf(pod)) return unreachable(pod, options.container ?? '', 'containerLogs');
      const record = pickContainer(pod, workerOf(pod), options.container);
      return 'container' in record ? readLog(kernel, pod, record, options) : record;
    },
    exec: (pod, options) => session(pod, options, false),
    attach: (pod, options) => session(pod, options, true),
    podMetrics(pod) {
      const worker = kubeletOf(pod) && workerOf(pod);
      if (!worker || worker.records.every(record => !record.running)) return undefined;
      return worker.records.filter(record => record.running).map(record => ({
        container: record.name, cpuMillis: record.running!.system.usage.cpuMillis(kernel.nowMs), memoryBytes: record.running!.system.usage.memoryBytes(kernel.nowMs),
      }));
    },
    nodeMetrics(nodeName) {
      const kubelet = kubelets.get(nodeName);
      return kubelet?.isReachable ? kubelet.usage() : undefined;
    },
  };
}

/** The address is up, but nobody picks up: the machine is gone. */
function unreachable(pod: KubeObject, container: string, what: string) {
  const { spec, status } = pod as StoredPod;
  const url = `https://${status?.hostIP ?? spec?.nodeName}:10250/${what}/${pod.metadata.namespace}/${pod.metadata.name}/${container}`;
  return refuse(500, 'InternalError', what === 'containerLogs' ? `Get "${url}": dial tcp ${status?.hostIP}:10250: i/o timeout` : `error dialing backend: dial tcp ${status?.hostIP}:10250: i/o timeout`);
}

function pickContainer(pod: KubeObject, worker: PodWorker | undefined, wanted: string | undefined): ContainerRecord | ReturnType<typeof refuse> {
  const names = (pod as StoredPod).spec!.containers.map(container => container.name);
  const name = wanted || (names.length === 1 ? names[0]! : '');
  if (!name) return refuse(400, 'BadRequest', `a container name must be specified for pod ${pod.metadata.name}, choose one of: [${names.join(' ')}]`);
  const record = worker?.record(name);
  if (record) return record;
  if (!worker) {
    const { status } = pod as StoredPod;
    const waiting = status?.containerStatuses?.find(entry => entry.name === name)?.state?.waiting;
    return refuse(400, 'BadRequest', `container "${name}" in pod "${pod.metadata.name}" is waiting to start: ${waiting?.reason ?? 'ContainerCreating'}`);
  }
  return refuse(400, 'BadRequest', `container ${name} is not valid for pod ${pod.metadata.name}`);
}

/** Which run's log is meant, by the state as the API shows it (kubelet_pods.go `validateContainerLogStatus`). */
function readLog(kernel: Kernel, pod: KubeObject, record: ContainerRecord, options: LogOptions): Result<{ text: string } | { stream: TextStream }> {
  const about = `container "${record.name}" in pod "${pod.metadata.name}"`;
  const state = record.state();
  let run: RunningContainer | undefined;
  if (options.previous) {
    run = state.waiting ? record.lastRun : record.previousRun;
    if (!run) return refuse(400, 'BadRequest', `previous terminated ${about} not found`);
  } else {
    run = record.lastRun;
    if (!run || (state.waiting && !record.ended)) {
      const reason = state.waiting?.reason ?? 'ContainerCreating';
      const words: Record<string, string> = { ErrImagePull: "image can't be pulled", ImagePullBackOff: 'trying and failing to pull image' };
      return refuse(400, 'BadRequest', `${about} is waiting to start: ${words[reason] ?? reason}`);
    }
  }
  const { log } = run;
  const sinceMs = options.sinceSeconds !== undefined ? kernel.nowMs - options.sinceSeconds * 1000 : options.sinceTime ? parseRfc3339(options.sinceTime) : undefined;
  const query: LogQuery = { sinceMs, tailLines: options.tailLines, limitBytes: options.limitBytes, timestamps: options.timestamps };
  if (!options.follow || log.isClosed) return { ok: true, value: { text: log.text(query) } };
  return { ok: true, value: { stream: followLog(log, query) } };
}

function followLog(log: ContainerLog, query: LogQuery): TextStream {
  const queue: string[] = [];
  let ended = false;
  let waiting: ((text: string | null) => void) | undefined;
  let sink: { onText(text: string): void; onEnd(): void } | undefined;
  const first = log.text(query);
  if (first !== '') queue.push(first);
  const stop = log.follow(query, text => {
    if (sink) sink.onText(text);
    else if (waiting) {
      const resume = waiting;
      waiting = undefined;
      resume(text);
    } else queue.push(text);
  }, () => {
    ended = true;
    sink?.onEnd();
    const resume = waiting;
    waiting = undefined;
    resume?.(null);
  });
  return {
    *next(): Task<string | null> {
      if (queue.length > 0) return queue.splice(0).join('');
      if (ended) return null;
      return yield* suspend<string | null>(resume => {
        waiting = resume;
        return () => { waiting = undefined; };
      });
    },
    listen(onText, onEnd) {
      sink = { onText, onEnd };
      for (const text of queue.splice(0)) onText(text);
      if (ended) onEnd();
    },
    close: stop,
  };
}

const SUCCESS: Status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 200 };

function execIn(kernel: Kernel, running: RunningContainer, options: ExecOptions): Result<ExecSession> {
  const [stdin, stdout, stderr] = [new Pipe(), new Pipe(), new Pipe()];
  for (const end of [stdin.writeEnd, stdout.readEnd, stderr.readEnd]) end.retain();
  const tty = options.tty ? new Tty(running.system, { columns: 80, rows: 24, output: text => stdout.push(text) }) : undefined;
  const descriptors = new Map<number, Descriptor>(tty
    ? [[0, tty.descriptor], [1, tty.descriptor], [2, tty.descriptor]]
    : [...(options.stdin ? [[0, stdin.readEnd] as [number, Descriptor]] : []), [1, stdout.writeEnd], [2, stderr.writeEnd]]);
  if (tty) stdout.writeEnd.retain();
  const process = running.exec(options.command, descriptors);
  if (typeof process === 'string') return refuse(500, 'InternalError', `Internal error occurred: error executing command in container: failed to exec in container: failed to start exec "${kernel.random.uuid().replaceAll('-', '')}": ${process}`);
  if (tty) {
    tty.foregroundGroup = process.group;
    process.onExit(() => stdout.writeEnd.release());
  }
  const typed = tty ? lineWriter(tty) : stdin.writeEnd;
  return {
    ok: true,
    value: {
      stdin: typed, stdout: stdout.readEnd, stderr: stderr.readEnd,
      *wait(): Task<Status> {
        const code = yield* suspend<number>(resume => process.onExit(resume));
        return code === 0 ? SUCCESS : {
          ...SUCCESS, status: 'Failure', code: 500, reason: 'NonZeroExitCode' as Status['reason'], message: `command terminated with exit code ${code}`,
          details: { causes: [{ reason: 'ExitCode', message: String(code) }] },
        };
      },
      resize: (columns, rows) => tty?.resize(columns, rows),
      interrupt: () => (tty ? tty.interrupt() : process.signal('SIGINT')),
      close: () => {
        if (process.state !== 'exited') process.signal('SIGKILL');
      },
    },
  };
}

/** `kubectl attach`: the output from now on, and the way in where the container keeps its stdin open. */
function attachTo(running: RunningContainer): Result<ExecSession> {
  const stdout = new Pipe();
  const stderr = new Pipe();
  for (const end of [stdout.readEnd, stdout.writeEnd, stderr.readEnd]) end.retain();
  const listener = (text: string): void => stdout.push(text);
  running.outputListeners.add(listener);
  running.init?.onExit(() => stdout.writeEnd.release());
  const { terminal, input } = running;
  return {
    ok: true,
    value: {
      stdin: terminal ? lineWriter(terminal) : input?.writeEnd ?? sinkDescriptor(() => {}), stdout: stdout.readEnd, stderr: stderr.readEnd,
      *wait(): Task<Status> {
        if (running.isRunning) yield* suspend<number>(resume => running.init?.onExit(resume));
        return SUCCESS;
      },
      resize: (columns, rows) => terminal?.resize(columns, rows),
      interrupt: () => terminal?.interrupt(),
      close: () => { running.outputListeners.delete(listener); },
    },
  };
}

/** What is typed at a remote terminal arrives line by line. */
function lineWriter(tty: Tty): Descriptor {
  return {
    // eslint-disable-next-line require-yield
    *read() { return null; },
    // eslint-disable-next-line require-yield
    *write(text) {
      if (tty.raw) {
        tty.key(text);
        return;
      }
      const lines = text.split('\n');
      const rest = lines.pop()!;
      for (const line of lines) tty.submit(line);
      if (rest !== '') tty.key(rest);
    },
    retain() {},
    release() { tty.endOfFile(); },
  };
}
