/** The way of the laptop's `aws` and `eksctl` to AWS: who the credentials are, a moment of virtual time, then the API's own door. */
import type { AwsAccount } from '../engine/aws/account.ts';
import { awsError, type AwsPrincipal, type AwsResult, type AwsService } from '../engine/aws/contract.ts';
import { uniqueId } from '../engine/aws/iam/identifiers.ts';
import { parseRfc3339 } from '../engine/kernel/calendar.ts';
import type { Kernel } from '../engine/kernel/kernel.ts';
import { suspend, type Task } from '../engine/kernel/task.ts';
import type { AwsTransport } from '../terminal/aws/contract.ts';

/** Time from the laptop to an AWS endpoint and back. */
const ROUND_TRIP_MS = 80;
const ACCESS_KEY_LENGTH = 20;

interface Session {
  readonly principal: AwsPrincipal;
  readonly untilMs: number;
}

/** The learner's session of the estate's role, as the credentials file names it. CloudTrail shows the same key. */
export function learnerSession(account: AwsAccount): { readonly principal: AwsPrincipal; readonly accessKeyId: string } {
  const { role, session } = account.foundation.learner;
  const principal = account.roleSession(role, session);
  return { principal, accessKeyId: uniqueId('ASIA', principal.userId).slice(0, ACCESS_KEY_LENGTH) };
}

/** Keys that `sts assume-role` hands out are known from then on, until they expire. */
export function createAwsDoor(kernel: Kernel, account: AwsAccount): AwsTransport {
  const { api } = account;
  const learner = learnerSession(account);
  const sessions = new Map<string, Session>([[learner.accessKeyId, { principal: learner.principal, untilMs: Infinity }]]);
  return {
    region: api.region,
    served: service => api.operationsOf(service),
    *send({ service, operation, parameters, accessKeyId }): Task<AwsResult> {
      yield* suspend<void>(resume => {
        const event = kernel.after(ROUND_TRIP_MS * (0.8 + kernel.random.fraction() * 0.5), 'aws/request', `${service}:${operation}`, () => resume());
        return () => kernel.cancel(event);
      });
      const session = sessions.get(accessKeyId);
      if (!session) return unknownKey(service);
      if (kernel.nowMs >= session.untilMs) return expiredKey(service);
      const result = api.call(session.principal, service, operation, parameters);
      if (service === 'sts' && operation === 'AssumeRole' && result.ok) remember(sessions, result.value);
      return result;
    },
  };
}

function remember(sessions: Map<string, Session>, value: Readonly<Record<string, any>>): void {
  const { Credentials: credentials, AssumedRoleUser: user } = value;
  const arn = String(user.Arn);
  const roleName = /:assumed-role\/([^/]+)\//.exec(arn)?.[1];
  sessions.set(String(credentials.AccessKeyId), { principal: { arn, userId: String(user.AssumedRoleId), ...(roleName !== undefined && { roleName }) }, untilMs: parseRfc3339(String(credentials.Expiration)) ?? Infinity });
}

const QUERY_SERVICES: ReadonlySet<AwsService> = new Set(['iam', 'sts', 'autoscaling', 'elbv2']);

function unknownKey(service: AwsService): AwsResult {
  if (service === 'ec2') return awsError('AuthFailure', 'AWS was not able to validate the provided access credentials', 401);
  return awsError(QUERY_SERVICES.has(service) ? 'InvalidClientTokenId' : 'UnrecognizedClientException', 'The security token included in the request is invalid.', 403);
}

function expiredKey(service: AwsService): AwsResult {
  if (service === 'ec2') return awsError('RequestExpired', 'Request has expired.', 400);
  return awsError(QUERY_SERVICES.has(service) ? 'ExpiredToken' : 'ExpiredTokenException', 'The security token included in the request is expired', 403);
}
