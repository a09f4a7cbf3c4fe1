/**
 * The wall between AWS and everything that talks to it: the `aws` and `eksctl` programs, the VPC CNI, kubelets that pull
 * images, managed node groups. AWS is a second API server: every change comes through {@link AwsApi.call}, is judged by
 * IAM, is logged as CloudTrail logs it, and answers with a value.
 */

export type AwsService = 'ec2' | 'eks' | 'ecr' | 'iam' | 'sts' | 'autoscaling' | 'elbv2' | 'cloudtrail' | 'ssm' | 'service-quotas' | 'logs';

/** Who calls. A service-linked role (`service: true`) is AWS itself and not judged by IAM policies. */
export interface AwsPrincipal {
  /** What `aws sts get-caller-identity` shows: `arn:aws:sts::111122223333:assumed-role/kfo-prod-node/i-0a…`. */
  readonly arn: string;
  /** `AROA…:session`. */
  readonly userId: string;
  /** The role whose policies judge the call. */
  readonly roleName?: string;
  readonly service?: boolean;
}

/** Parameters and results in the API's own names and shapes (`SubnetIds`, `nodegroupName`), as plain JSON. */
export type AwsParameters = Readonly<Record<string, unknown>>;

export interface AwsError {
  /** `InvalidSubnetID.NotFound`, `AccessDenied`. */
  readonly code: string;
  readonly message: string;
  /** HTTP status: 400, 403, 404 … */
  readonly status: number;
}

export type AwsResult<T = Readonly<Record<string, unknown>>> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: AwsError };

export const awsError = (code: string, message: string, status = 400): { readonly ok: false; readonly error: AwsError } => ({ ok: false, error: { code, message, status } });

/** One operation of a service: one declared object, found by the registry ({@link AwsApi.register}). */
export interface AwsOperation {
  readonly service: AwsService;
  /** As the SDK spells it: `DescribeSubnets`. */
  readonly name: string;
  /** IAM action when it is not `<service>:<name>`. */
  readonly action?: string;
  /** Judged by nobody, or by the operation itself (`sts:GetCallerIdentity`). */
  readonly unjudged?: boolean;
  /** The ARNs the call touches, for IAM; without it the call is judged on `*`. */
  resources?(parameters: AwsParameters): readonly string[];
  /**
   * Validates and acts; the parameters have the shape of the service model. The result has every member in the order of the
   * model's output shape (the CLI prints it in that order), times as {@link awsTime}, without members that AWS would leave out.
   */
  run(call: AwsCall, parameters: AwsParameters): AwsResult;
}

/** What an operation knows of its call. */
export interface AwsCall {
  readonly nowMs: number;
  readonly principal: AwsPrincipal;
  readonly accountId: string;
  readonly region: string;
}

/** A call as CloudTrail keeps it. */
export interface AwsCallRecord {
  readonly atMs: number;
  readonly service: AwsService;
  readonly operation: string;
  readonly principal: AwsPrincipal;
  readonly parameters: AwsParameters;
  readonly readOnly: boolean;
  readonly error?: AwsError;
  readonly requestId: string;
}

export interface AwsClient {
  call<T = Record<string, any>>(service: AwsService, operation: string, parameters?: AwsParameters): AwsResult<T>;
}

export interface AwsApi {
  readonly accountId: string;
  readonly region: string;
  register(operations: readonly AwsOperation[]): void;
  /** Whether an operation is served; a client may then refuse honestly. */
  serves(service: AwsService, operation: string): boolean;
  operationsOf(service: AwsService): readonly string[];
  call<T = Record<string, any>>(principal: AwsPrincipal, service: AwsService, operation: string, parameters?: AwsParameters): AwsResult<T>;
  as(principal: AwsPrincipal): AwsClient;
  /** The last calls, oldest first; bounded. */
  readonly trail: readonly AwsCallRecord[];
  onCall(listener: (record: AwsCallRecord) => void): void;
}

/** IAM's answer. A deny names the policy kind in its message, as AWS does: `explicit-deny` is of the caller's policies, `resource-deny` of the resource's. */
export type AccessDecision = 'allowed' | 'implicit-deny' | 'explicit-deny' | 'resource-deny';

/** How the AWS API asks IAM about a call. */
export interface Authorizer {
  decide(principal: AwsPrincipal, action: string, resource: string): AccessDecision;
}

/** A machine, as the world outside EC2 sees it. Its `Instance` resource is in ec2/instances.ts. */
export interface MachineBootstrap {
  /** The cluster it joins, with nodeadm's settings; without it the machine is not a node. */
  readonly clusterName: string;
  /** Kubernetes version of its kubelet: `1.34.2`. */
  readonly kubernetesVersion: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly { readonly key: string; readonly value?: string; readonly effect: string }[];
  /** `NodeConfig.spec.kubelet.config.maxPods`; computed by nodeadm from type and CNI settings when absent. */
  readonly maxPods?: number;
}

/** `2026-11-23T09:00:00+00:00`, with milliseconds when asked (EKS, IAM's JSON services print them with six digits). */
export function awsTime(text: string): string {
  return text.replace('Z', '+00:00');
}
