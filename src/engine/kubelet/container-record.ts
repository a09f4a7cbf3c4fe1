import type { Container, ContainerState, ContainerStatus } from 'kubernetes-types/core/v1.d.ts';
import { rfc3339 } from '../kernel/calendar.ts';
import type { BackOff } from './crash-loop-backoff.ts';
import { pullBackOff, restartBackOff } from './crash-loop-backoff.ts';
import type { RunningContainer } from './container.ts';
import type { CachedImage } from './image-pull.ts';
import type { ProbeWorker } from './probes.ts';

export interface Ended {
  readonly exitCode: number;
  readonly signal?: number;
  readonly reason: string;
  readonly message?: string;
  readonly startedAtMs: number;
  readonly finishedAtMs: number;
  readonly containerId: string;
}

/** Everything the kubelet knows of one container of one pod. */
export class ContainerRecord {
  /** Why it does not run; nothing while it runs, and between its end and the decision to wait. */
  waiting: { reason: string; message?: string } | undefined;
  running: RunningContainer | undefined;
  startedAtMs = 0;
  /** The last run, once it ended. */
  ended: Ended | undefined;
  /** The run before the last. */
  previous: Ended | undefined;
  /** For `kubectl logs --previous`, and for logs after the end. */
  lastRun: RunningContainer | undefined;
  previousRun: RunningContainer | undefined;
  restartCount = 0;
  containerId = '';
  image: CachedImage | undefined;
  started = false;
  ready = false;
  /** A start or a pull is under way. */
  busy = false;
  /** Between two attempts to start. */
  holdUntilMs = 0;
  pullError: { readonly error: string; readonly failedAtMs: number } | undefined;
  probes: ProbeWorker[] = [];
  readonly restarts: BackOff = restartBackOff();
  readonly pulls: BackOff = pullBackOff();

  constructor(readonly container: Container, readonly kind: 'init' | 'sidecar' | 'app' | 'ephemeral', firstReason: string) {
    this.waiting = { reason: firstReason };
  }

  get name(): string {
    return this.container.name;
  }

  get isRunning(): boolean {
    return this.running !== undefined;
  }

  stopProbes(): void {
    for (const probe of this.probes) probe.stop();
    this.probes = [];
  }

  state(): ContainerState {
    if (this.running) return { running: { startedAt: rfc3339(this.startedAtMs) } };
    if (this.ended && !this.waiting) return { terminated: terminatedState(this.ended) };
    const { reason, message } = this.waiting ?? { reason: 'ContainerCreating' };
    return { waiting: { ...(message && { message }), reason } };
  }

  status(): ContainerStatus {
    const last = this.running || this.waiting ? this.ended : this.previous;
    const { image } = this;
    return {
      ...(this.containerId && { containerID: this.containerId }),
      image: image ? shortImage(this.container.image ?? '') : this.container.image ?? '',
      imageID: image ? `${image.image.repository}@${image.digest}` : '',
      lastState: last ? { terminated: terminatedState(last) } : {},
      name: this.name,
      ready: this.ready,
      restartCount: this.restartCount,
      started: this.started,
      state: this.state(),
    };
  }
}

function terminatedState(ended: Ended) {
  return {
    containerID: ended.containerId, exitCode: ended.exitCode, finishedAt: rfc3339(ended.finishedAtMs),
    ...(ended.message && { message: ended.message }), reason: ended.reason,
    ...(ended.signal && { signal: ended.signal }), startedAt: rfc3339(ended.startedAtMs),
  };
}

/** containerd reports Docker Hub images in full: `docker.io/library/nginx:1.27`. */
function shortImage(image: string): string {
  const first = image.split('/')[0] ?? '';
  const hasRegistry = image.includes('/') && (first.includes('.') || first.includes(':') || first === 'localhost');
  const full = hasRegistry ? image : image.includes('/') ? `docker.io/${image}` : `docker.io/library/${image}`;
  return full.lastIndexOf(':') > full.lastIndexOf('/') || full.includes('@') ? full : `${full}:latest`;
}
