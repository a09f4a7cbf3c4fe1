import type { Speed } from '../protocol.ts';

/** A world that cannot keep up does not owe the time it lost: beyond this many real milliseconds the debt is forgotten. */
const DEBT_MAX_MS = 250;

/** How long a paused world goes on, in virtual ms, so that a line typed into it can finish. */
export const PAUSED_GRACE_MS = 5000;

/**
 * Turns real time into virtual time. It holds no clock: the host tells it what its clock says.
 */
export class Pace {
  speed: Speed = 1;
  private lastRealMs: number | undefined;
  private targetMs: number;
  private graceMs = 0;

  constructor(nowMs: number) {
    this.targetMs = nowMs;
  }

  /** The world jumped (rewind, next event): count from here. */
  restart(nowMs: number): void {
    this.targetMs = nowMs;
    this.lastRealMs = undefined;
  }

  /** A line was typed: a paused world may run this long to answer it. */
  allowLine(): void {
    this.graceMs = PAUSED_GRACE_MS;
  }

  /**
   * @param realMs the host's clock
   * @param nowMs where the world is
   * @param busy a terminal waits for its line to finish
   * @returns virtual ms to run to; never before `nowMs`
   */
  target(realMs: number, nowMs: number, busy: boolean): number {
    const passedMs = this.lastRealMs === undefined ? 0 : Math.min(DEBT_MAX_MS, Math.max(0, realMs - this.lastRealMs));
    this.lastRealMs = realMs;
    if (!busy) this.graceMs = 0;
    const paused = this.speed === 0;
    const allowed = paused ? Math.min(this.graceMs, passedMs) : passedMs * this.speed;
    if (paused) this.graceMs -= allowed;
    // What a slow slice left undone stays due, up to the debt that is kept.
    const behind = Math.min(Math.max(0, this.targetMs - nowMs), DEBT_MAX_MS * Math.max(1, this.speed));
    this.targetMs = nowMs + behind + allowed;
    return this.targetMs;
  }

  /** Whether there is anything to wake up for. */
  moving(busy: boolean): boolean {
    return this.speed > 0 || (busy && this.graceMs > 0);
  }
}
