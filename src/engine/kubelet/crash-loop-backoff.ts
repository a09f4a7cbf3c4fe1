import { PULL_BACKOFF_MS, RESTART_BACKOFF_MS } from '../facts/kubelet.ts';

/**
 * How long a container that keeps ending waits before its next start. The first restart is immediate; then 10 s, doubling
 * to 300 s; a run of ten minutes forgives everything. Source: client-go util/flowcontrol/backoff.go, kuberuntime_manager.go
 * `doBackOff`.
 */
export class BackOff {
  private waitMs = 0;
  private updatedMs = Number.NEGATIVE_INFINITY;

  constructor(private readonly limits: { readonly initial: number; readonly max: number; readonly resetAfter: number }) {}

  /** The wait that applies after an end at `endedMs`; 0 when it may start at once. */
  remainingMs(endedMs: number, nowMs: number): number {
    if (this.waitMs === 0 || this.isExpired(endedMs)) return 0;
    return Math.max(0, this.waitMs - (nowMs - endedMs));
  }

  /** Called when the next start begins: the wait after it will be longer. */
  next(endedMs: number, nowMs: number): void {
    this.waitMs = this.waitMs === 0 || this.isExpired(endedMs) ? this.limits.initial : Math.min(this.waitMs * 2, this.limits.max);
    this.updatedMs = nowMs;
  }

  /** The current wait as the waiting message shows it: `back-off 2m40s restarting …`. */
  get currentMs(): number {
    return this.waitMs;
  }

  private isExpired(eventMs: number): boolean {
    return eventMs - this.updatedMs > this.limits.resetAfter;
  }
}

export const restartBackOff = (): BackOff => new BackOff(RESTART_BACKOFF_MS);
export const pullBackOff = (): BackOff => new BackOff({ ...PULL_BACKOFF_MS, resetAfter: PULL_BACKOFF_MS.max * 2 });

/** Go's `time.Duration` text for whole seconds: `10s`, `2m40s`, `5m0s`. */
export function goSeconds(durationMs: number): string {
  const seconds = Math.round(durationMs / 1000);
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  if (hours > 0) return `${hours}h${minutes % 60}m${seconds % 60}s`;
  return minutes > 0 ? `${minutes}m${seconds % 60}s` : `${seconds}s`;
}
