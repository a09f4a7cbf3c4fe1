/** EC2 and VPC resources as the rest of the engine sees them. Operations that describe or change them are declared beside it. */
import type { AwsResult, MachineBootstrap } from '../contract.ts';
import type { AwsTable } from '../table.ts';

export type Tags = Readonly<Record<string, string>>;

export interface Vpc {
  readonly vpcId: string;
  /** The primary CIDR first. */
  readonly cidrs: readonly { readonly associationId: string; readonly cidr: string; readonly state: 'associating' | 'associated' | 'disassociating' }[];
  readonly tags: Tags;
}

export interface Subnet {
  readonly subnetId: string;
  readonly vpcId: string;
  readonly zone: string;
  readonly cidr: string;
  readonly mapPublicIpOnLaunch: boolean;
  /** Parts kept by `create-subnet-cidr-reservation`. */
  readonly reservations: readonly { readonly id: string; readonly cidr: string; readonly type: 'prefix' | 'explicit' }[];
  readonly tags: Tags;
}

/** Every address it holds is taken from its subnet; a /28 prefix takes sixteen. */
export interface NetworkInterface {
  readonly id: string;
  readonly subnetId: string;
  readonly description: string;
  /** `interface`, `nat_gateway`, `network_load_balancer`, `trunk` … */
  readonly type: string;
  readonly status: 'available' | 'in-use';
  readonly privateIp: string;
  readonly secondaryIps: readonly string[];
  /** `10.20.0.16/28` */
  readonly prefixes: readonly string[];
  readonly securityGroupIds: readonly string[];
  readonly macAddress: string;
  readonly attachment?: { readonly attachmentId: string; readonly instanceId?: string; readonly instanceOwnerId: string; readonly deviceIndex: number; readonly attachedAtMs: number; readonly deleteOnTermination: boolean };
  readonly requesterManaged: boolean;
  readonly tags: Tags;
}

export type InstanceState = 'pending' | 'running' | 'shutting-down' | 'terminated' | 'stopping' | 'stopped';

export interface Instance {
  readonly instanceId: string;
  readonly imageId: string;
  readonly instanceType: string;
  readonly state: InstanceState;
  readonly launchedAtMs: number;
  /** When it became `terminated`; the row stays for a while, as in EC2. */
  readonly endedAtMs?: number;
  readonly zone: string;
  readonly subnetId: string;
  readonly privateIp: string;
  readonly securityGroupIds: readonly string[];
  /** The node role, through its instance profile. */
  readonly roleName: string;
  readonly capacityType: 'ON_DEMAND' | 'SPOT';
  readonly tags: Tags;
  readonly bootstrap?: MachineBootstrap;
}

export interface RouteTable {
  readonly routeTableId: string;
  readonly vpcId: string;
  /** Subnets associated with it; a subnet in none uses the VPC's main table. */
  readonly associations: readonly { readonly associationId: string; readonly subnetId: string }[];
  readonly main: boolean;
  readonly routes: readonly { readonly destination: string; readonly target: string; readonly state: 'active' | 'blackhole' }[];
  readonly tags: Tags;
}

export interface NatGateway { readonly natGatewayId: string; readonly subnetId: string; readonly vpcId: string; readonly publicIp: string; readonly privateIp: string; readonly state: 'pending' | 'available' | 'deleting' | 'deleted' | 'failed'; readonly createdAtMs: number; readonly tags: Tags }
export interface InternetGateway { readonly internetGatewayId: string; readonly vpcId?: string; readonly tags: Tags }

export interface SecurityGroupRule { readonly ruleId: string; readonly egress: boolean; readonly protocol: string; readonly fromPort: number; readonly toPort: number; readonly cidr?: string; readonly sourceGroupId?: string; readonly description?: string }
export interface SecurityGroup { readonly groupId: string; readonly groupName: string; readonly description: string; readonly vpcId: string; readonly rules: readonly SecurityGroupRule[]; readonly tags: Tags }

export interface LaunchSpec {
  readonly instanceType: string;
  readonly imageId: string;
  readonly subnetId: string;
  readonly securityGroupIds: readonly string[];
  readonly roleName: string;
  readonly capacityType?: 'ON_DEMAND' | 'SPOT';
  readonly tags: Tags;
  readonly bootstrap?: MachineBootstrap;
  /** A fixed address instead of one drawn from the subnet. */
  readonly privateIp?: string;
  /** For staging: running and a Ready node at once. */
  readonly booted?: boolean;
}

/** EC2 as other services of AWS and the composition root use it. */
export interface Ec2 {
  readonly vpcs: AwsTable<Vpc>;
  readonly subnets: AwsTable<Subnet>;
  readonly interfaces: AwsTable<NetworkInterface>;
  readonly instances: AwsTable<Instance>;
  readonly routeTables: AwsTable<RouteTable>;
  readonly natGateways: AwsTable<NatGateway>;
  readonly internetGateways: AwsTable<InternetGateway>;
  readonly securityGroups: AwsTable<SecurityGroup>;
  /** `AvailableIpAddressCount`. */
  freeCount(subnetId: string): number;
  /** Which subnet an address of the VPC belongs to. */
  subnetOf(address: string): Subnet | undefined;
  /** As RunInstances for one machine: errors `InsufficientFreeAddressesInSubnet`, `VcpuLimitExceeded`, `InvalidSubnetID.NotFound` … */
  launch(spec: LaunchSpec): AwsResult<Instance>;
  /** As TerminateInstances: `shutting-down`, then `terminated`; its interfaces go with it. */
  terminate(instanceId: string): boolean;
}
