/** `aws ecr get-login-password`. */
import { base64Text } from '../../../engine/apimachinery/base64.ts';
import { serviceFailure } from '../failure.ts';
import type { CustomCommand } from '../custom-command.ts';

/** The password part of the token that ECR hands out for twelve hours. */
export const getLoginPassword: CustomCommand = {
  name: 'get-login-password', options: [], summary: 'Prints a password for the registry, valid for 12 hours.',
  * run(session) {
    const answer = yield* session.call('ecr', 'GetAuthorizationToken', {});
    if (!answer.ok) throw serviceFailure('GetAuthorizationToken', answer.error);
    const [data] = answer.value.authorizationData as readonly { authorizationToken: string }[];
    yield* session.out(`${(base64Text(data!.authorizationToken) ?? '').replace(/^AWS:/, '')}\n`);
    return 0;
  },
};
