import { ECR_HOST } from '../../facts/ecr.ts';
import { parseRfc3339 } from '../../kernel/calendar.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import type { CredentialProvider, RegistryCredential } from '../../images/contract.ts';
import type { AwsClient } from '../contract.ts';
import { passwordOf } from './ecr.ts';

/**
 * The kubelet's `ecr-credential-provider` on one node: it asks ECR with the node's role and keeps each answer until it expires.
 * A refusal is not kept; the pull then goes out without credentials. Source: EKS AMI, image-credential-provider configuration.
 */
export class EcrCredentialProvider implements CredentialProvider {
  private readonly kept = new Map<string, { readonly credential: RegistryCredential; readonly expiresAtMs: number }>();

  constructor(private readonly kernel: Kernel, private readonly client: AwsClient) {}

  lookUp(registry: string): RegistryCredential | undefined {
    if (!ECR_HOST.test(registry)) return undefined;
    const known = this.kept.get(registry);
    if (known && known.expiresAtMs > this.kernel.nowMs) return known.credential;
    const answer = this.client.call('ecr', 'GetAuthorizationToken');
    if (!answer.ok) return undefined;
    const { authorizationToken, expiresAt } = answer.value['authorizationData'][0];
    const credential: RegistryCredential = { username: 'AWS', password: passwordOf(authorizationToken) };
    this.kept.set(registry, { credential, expiresAtMs: parseRfc3339(String(expiresAt).replace('+00:00', 'Z')) ?? 0 });
    return credential;
  }
}
