/** Load balancers as the rest of the engine sees them, and what they ask of the network. */
import type { Tags } from '../ec2/contract.ts';

export interface LoadBalancer {
  readonly arn: string;
  readonly name: string;
  readonly dnsName: string;
  readonly scheme: 'internet-facing' | 'internal';
  readonly vpcId: string;
  readonly createdAtMs: number;
  readonly subnets: readonly { readonly zone: string; readonly subnetId: string }[];
  readonly securityGroupIds: readonly string[];
  readonly attributes: Readonly<Record<string, string>>;
  readonly tags: Tags;
}

export interface Listener { readonly arn: string; readonly loadBalancerArn: string; readonly port: number; readonly protocol: 'HTTP' }

export type RuleAction =
  | { readonly type: 'forward'; readonly targetGroupArn: string }
  | { readonly type: 'fixed-response'; readonly status: number; readonly body: string };

export interface Rule {
  readonly arn: string;
  readonly listenerArn: string;
  /** Smaller first; the default rule comes last. */
  readonly priority: number | 'default';
  /** `/checkout/*` */
  readonly pathPatterns: readonly string[];
  readonly action: RuleAction;
}

export interface HealthCheck { readonly path: string; readonly intervalSeconds: number; readonly timeoutSeconds: number; readonly healthyThreshold: number; readonly unhealthyThreshold: number; readonly matcher: string }

export interface TargetGroup {
  readonly arn: string;
  readonly name: string;
  readonly port: number;
  readonly vpcId: string;
  readonly healthCheck: HealthCheck;
  readonly loadBalancerArns: readonly string[];
  readonly attributes: Readonly<Record<string, string>>;
  readonly tags: Tags;
}

export type TargetState = 'initial' | 'healthy' | 'unhealthy' | 'unused' | 'draining';

/** An address in a target group. */
export interface Target {
  readonly targetGroupArn: string;
  readonly address: string;
  readonly port: number;
  readonly zone: string;
  readonly state: TargetState;
  readonly reason?: string;
  readonly description?: string;
  readonly sinceMs: number;
}

/** What a balancer does with a request. */
export type Decision =
  | { readonly kind: 'forward'; readonly address: string; readonly port: number }
  | { readonly kind: 'fixed'; readonly status: number; readonly body: string };

/** How a health check ended: a status, or no answer. */
export type ProbeOutcome = { readonly kind: 'status'; readonly status: number } | { readonly kind: 'timeout' | 'failed' };

/** A balancer's machines in the network. Implemented by network/load-balancer.ts, wired by the composition root. */
export interface BalancerNodes {
  probe(probe: { readonly address: string; readonly port: number; readonly path: string; readonly timeoutMs: number }, finish: (outcome: ProbeOutcome) => void): void;
}

export interface BalancerNetwork {
  /** Opens the public address; `decide` is asked once for each request. `nodes` are the private addresses in the VPC. */
  open(door: {
    readonly name: string; readonly host: string; readonly dnsName: string; readonly address: string; readonly port: number;
    readonly nodes: readonly { readonly address: string; readonly zone: string }[]; readonly decide: (path: string) => Decision;
  }): BalancerNodes;
}
