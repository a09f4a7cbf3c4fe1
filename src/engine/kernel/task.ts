/**
 * How code that takes virtual time is written. A task is a generator; the only thing it ever yields is a
 * {@link Suspension}: "here is how to wake me". Whoever runs the task starts the suspension, and resumes the
 * generator with the value it is woken with.
 */

/** Starts waiting. Calls `resume` once, now or later; returns how to give up waiting. */
export type Suspension<T = unknown> = (resume: (value: T) => void) => (() => void) | void;

/** A computation that may take virtual time. Compose with `yield*`. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Task<T> = Generator<Suspension<any>, T, any>;

/** Waits for one suspension: `const answer = yield* suspend<Answer>(resume => …)`. */
export function* suspend<T>(start: Suspension<T>): Task<T> {
  return (yield start) as T;
}

/** A task that is already done. */
// eslint-disable-next-line require-yield
export function* done<T>(value: T): Task<T> {
  return value;
}

/** A task run outside any process. */
export interface RunningTask {
  /** Runs the task's `finally` blocks and forgets it. */
  cancel(): void;
}

/** Runs a task to its end on behalf of a component that is no process; `finish` gets its value. */
export function startTask<T>(task: Task<T>, finish: (value: T) => void): RunningTask {
  let giveUp: (() => void) | void;
  let ended = false;
  let running = false;
  const step = (value: unknown): void => {
    for (;;) {
      running = true;
      const next = task.next(value as never);
      running = false;
      if (ended) {
        // Cancelled from within its own step.
        task.return(undefined as never);
        return;
      }
      if (next.done) {
        ended = true;
        finish(next.value);
        return;
      }
      let resumedNow = false;
      let waiting = true;
      let answer: unknown;
      giveUp = next.value(result => {
        if (ended || !waiting) return;
        waiting = false;
        if (resumedNow) step(result);
        else answer = result;
      });
      resumedNow = true;
      if (waiting) return;
      value = answer;
    }
  };
  step(undefined);
  return {
    cancel() {
      if (ended) return;
      ended = true;
      giveUp?.();
      if (!running) task.return(undefined as never);
    },
  };
}
