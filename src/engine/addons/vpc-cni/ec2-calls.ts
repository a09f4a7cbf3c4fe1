import type { AwsClient, AwsError, AwsParameters, AwsResult } from '../../aws/contract.ts';
import type { Kernel } from '../../kernel/kernel.ts';

/** EC2 as ipamd speaks to it: with the node's role, and with errors told as the Go SDK tells them. */
export class Ec2Calls {
  constructor(private readonly kernel: Kernel, private readonly aws: AwsClient, private readonly refused: (operation: string) => void) {}

  call<T = Record<string, any>>(operation: string, parameters: AwsParameters): AwsResult<T> {
    const answer = this.aws.call<T>('ec2', operation, parameters);
    if (!answer.ok && answer.error.code === 'UnauthorizedOperation') this.refused(operation);
    return answer;
  }

  /** The SDK's envelope around an error. */
  wording(operation: string, { code, message, status }: AwsError): string {
    return `operation error EC2: ${operation}, https response error StatusCode: ${status}, RequestID: ${this.kernel.random.uuid()}, api error ${code}: ${message}`;
  }
}

/** The subnet has no room: ipamd leaves it alone for two minutes. */
export const isInsufficient = ({ code }: AwsError): boolean => code === 'InsufficientCidrBlocks' || code === 'InsufficientFreeAddressesInSubnet';
