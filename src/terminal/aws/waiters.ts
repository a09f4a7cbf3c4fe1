/** `aws <service> wait <state>`: looks again and again, in virtual time, until a state is reached. */
import type { AwsError } from '../../engine/aws/contract.ts';
import type { Task } from '../../engine/kernel/task.ts';
import { AwsFailure } from './failure.ts';
import { compile } from './jmespath/query.ts';
import { pythonText, validateParameters } from './line/validate.ts';
import type { Acceptor, Operation, Waiter } from './models/model.ts';
import { prepareCall } from './run-operation.ts';
import type { AwsSession } from './session.ts';

/** @throws AwsFailure when the state cannot be reached any more or the attempts are used up */
export function* runWaiter(session: AwsSession, waiter: Waiter, operation: Operation, words: readonly string[]): Task<number | 'help'> {
  const { parameters, wantsHelp } = prepareCall(session, operation, words);
  if (wantsHelp) return 'help';
  validateParameters(parameters, operation.input);
  const failed = (reason: string): AwsFailure => new AwsFailure(`Waiter ${waiter.name} failed: ${reason}`);
  let last: Acceptor | undefined;
  for (let attempt = 1; ; attempt += 1) {
    const answer = yield* session.call(operation.service, operation.name, parameters);
    const met = waiter.acceptors.find(acceptor => accepts(acceptor, answer.ok ? answer.value : undefined, answer.ok ? undefined : answer.error));
    if (met) last = met;
    else if (!answer.ok) throw failed(`An error occurred (${answer.error.code}): ${answer.error.message}`);
    if (met?.state === 'success') return 0;
    if (met?.state === 'failure') throw failed(`Waiter encountered a terminal failure state: ${explanation(met)}`);
    if (attempt >= waiter.maxAttempts) throw failed(last ? `Max attempts exceeded. Previously accepted state: ${explanation(last)}` : 'Max attempts exceeded');
    yield* session.process.sleep(waiter.delay * 1000);
  }
}

function accepts(acceptor: Acceptor, result: unknown, error: AwsError | undefined): boolean {
  const found = (): unknown => (error ? undefined : compile(acceptor.argument ?? '@').search(result));
  switch (acceptor.matcher) {
    case 'path': return !error && found() === acceptor.expected;
    case 'pathAll': {
      const values = found();
      return Array.isArray(values) && values.length > 0 && values.every(value => value === acceptor.expected);
    }
    case 'pathAny': {
      const values = found();
      return Array.isArray(values) && values.includes(acceptor.expected);
    }
    case 'status': return (error ? error.status : 200) === acceptor.expected;
    case 'error': return acceptor.expected === true ? error !== undefined : acceptor.expected === false ? error === undefined : error?.code === acceptor.expected;
  }
}

function explanation({ matcher, argument, expected }: Acceptor): string {
  const shown = pythonText(expected);
  switch (matcher) {
    case 'path': return `For expression "${argument}" we matched expected path: "${shown}"`;
    case 'pathAll': return `For expression "${argument}" all members matched excepted path: "${shown}"`;
    case 'pathAny': return `For expression "${argument}" we matched expected path: "${shown}" at least once`;
    case 'status': return `Matched expected HTTP status code: ${shown}`;
    case 'error': return `Matched expected service error code: ${shown}`;
  }
}
