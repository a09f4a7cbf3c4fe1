import { expect, test } from 'vitest';
import { startTask, suspend, type RunningTask } from './task.ts';

test('a task that cancels itself, by what it sets off, ends after that step and cleans up', () => {
  const steps: string[] = [];
  let wake: () => void = () => {};
  let running: RunningTask | undefined;
  running = startTask((function* () {
    try {
      yield* suspend<void>(resume => { wake = resume; });
      running?.cancel();
      steps.push('rest of the step');
      yield* suspend<void>(() => { steps.push('never waits again'); });
    } finally {
      steps.push('cleaned up');
    }
  })(), () => { steps.push('finished'); });
  wake();
  expect(steps).toEqual(['rest of the step', 'cleaned up']);
});
