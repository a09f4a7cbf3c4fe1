/** What an estate declares of its AWS account: the account as it stood before anything happened. */
import type { Tags } from './ec2/contract.ts';

export interface PolicyStatement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action?: string | readonly string[];
  readonly NotAction?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Principal?: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

export interface RoleSpec {
  /** Who may assume it: `ec2.amazonaws.com`, or a whole statement. */
  readonly trust: string | PolicyStatement;
  /** Managed policies: names below `arn:aws:iam::aws:policy/`, or ARNs. */
  readonly policies: readonly string[];
  readonly inline?: Readonly<Record<string, readonly PolicyStatement[]>>;
}

export interface SubnetSpec {
  readonly zone: string;
  readonly cidr: string;
  readonly routeTable: string;
  readonly public?: boolean;
  readonly tags?: Tags;
  /** Addresses other things hold, as interfaces of their own: description → addresses. */
  readonly occupied?: Readonly<Record<string, readonly string[]>>;
}

export interface NodeGroupSpec {
  readonly instanceType: string;
  readonly role: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints?: readonly { readonly key: string; readonly value?: string; readonly effect: string }[];
  readonly subnets: readonly string[];
  readonly scaling: { readonly min: number; readonly max: number; readonly desired: number };
  /** Kubernetes version of its nodes when it differs from the cluster's: `1.34.2`. */
  readonly version?: string;
  /** Machines that are there at the start, with the addresses they are known by. */
  readonly nodes: readonly { readonly zone: string; readonly address: string }[];
}

export interface ClusterSpec {
  /** `kfo-prod`. */
  readonly name: string;
  readonly role: string;
  readonly subnets: readonly string[];
  readonly securityGroup: string;
  readonly serviceCidr: string;
  /** Managed add-ons: name → version and configuration. */
  readonly addons: Readonly<Record<string, { readonly version: string; readonly configuration?: string }>>;
}

export interface AwsFoundation {
  readonly account: string;
  readonly region: string;
  readonly vpc: { readonly id: string; readonly cidr: string; readonly resolver: string; readonly tags?: Tags };
  readonly internetGateway: string;
  readonly subnets: Readonly<Record<string, SubnetSpec>>;
  /** Route tables by id: destination → target (`igw-kfo`, `nat-a`); the local route is implied. */
  readonly routeTables: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly natGateways: Readonly<Record<string, { readonly subnet: string; readonly publicIp: string }>>;
  readonly securityGroups: Readonly<Record<string, { readonly description: string; readonly ingress: readonly { readonly protocol: string; readonly port: number | 'all'; readonly from: string }[] }>>;
  readonly roles: Readonly<Record<string, RoleSpec>>;
  readonly quotas: { readonly onDemandVcpus: number };
  readonly cluster: ClusterSpec;
  /** The learner's own role and session name. */
  readonly learner: { readonly role: string; readonly session: string };
}
