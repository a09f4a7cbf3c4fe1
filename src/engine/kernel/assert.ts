/** Our own mistake: it stops the run. Never thrown for anything a learner or a cluster can cause. */
export class AssertionError extends Error {
  override name = 'AssertionError';
}

/** @throws AssertionError when `condition` does not hold. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new AssertionError(message);
}
