/** The wall between the laptop's AWS programs (`aws`, `eksctl`) and AWS itself. */
import type { AwsParameters, AwsResult, AwsService } from '../../engine/aws/contract.ts';
import type { Task } from '../../engine/kernel/task.ts';

/** One request. */
export interface AwsRequest {
  readonly service: AwsService;
  /** As the SDK spells it: `DescribeSubnets`. */
  readonly operation: string;
  readonly parameters: AwsParameters;
  readonly region: string;
  /** Whose credentials sign it: `ASIA…`. */
  readonly accessKeyId: string;
}

/** How a program reaches AWS: a moment of virtual time, then the API's own door. */
export interface AwsTransport {
  send(request: AwsRequest): Task<AwsResult>;
  /** The operations of a service that are modelled; no request. */
  served(service: AwsService): readonly string[];
  /** The region AWS is in; another region's endpoints are refused in words. */
  readonly region: string;
}
