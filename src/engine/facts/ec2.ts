/** Numbers of EC2. Source: shared facts sheet "nodes and ENI" (nodeadm's instance-info.jsonl, Karpenter's instance types). */

export interface InstanceTypeFacts {
  readonly type: string;
  readonly vcpus: number;
  readonly memoryGib: number;
  /** Interfaces on network card 0. */
  readonly interfaces: number;
  /** IPv4 slots of each interface, the primary address included; a /28 prefix takes one slot. */
  readonly addressesPerInterface: number;
  /** `vpc.amazonaws.com/pod-eni`; 0 when the type cannot trunk. */
  readonly branchInterfaces: number;
  readonly architecture: 'x86_64' | 'arm64';
  /** Only Nitro machines take prefixes. */
  readonly nitro: boolean;
}

type Row = readonly [vcpus: number, memoryGib: number, interfaces: number, addresses: number, branches: number, architecture: 'x86_64' | 'arm64', nitro: boolean];

const ROWS: Readonly<Record<string, Row>> = {
  't3.nano': [2, 0.5, 2, 2, 0, 'x86_64', true],
  't3.micro': [2, 1, 2, 2, 0, 'x86_64', true],
  't3.small': [2, 2, 3, 4, 0, 'x86_64', true],
  't3.medium': [2, 4, 3, 6, 0, 'x86_64', true],
  't3.large': [2, 8, 3, 12, 0, 'x86_64', true],
  't3.xlarge': [4, 16, 4, 15, 0, 'x86_64', true],
  't3.2xlarge': [8, 32, 4, 15, 0, 'x86_64', true],
  't3a.medium': [2, 4, 3, 6, 0, 'x86_64', true],
  't4g.small': [2, 2, 3, 4, 0, 'arm64', true],
  't4g.medium': [2, 4, 3, 6, 0, 'arm64', true],
  't4g.large': [2, 8, 3, 12, 0, 'arm64', true],
  'm5.large': [2, 8, 3, 10, 9, 'x86_64', true],
  'm5.xlarge': [4, 16, 4, 15, 18, 'x86_64', true],
  'm5.2xlarge': [8, 32, 4, 15, 38, 'x86_64', true],
  'm5.4xlarge': [16, 64, 8, 30, 54, 'x86_64', true],
  'm5.8xlarge': [32, 128, 8, 30, 54, 'x86_64', true],
  'm5.12xlarge': [48, 192, 8, 30, 54, 'x86_64', true],
  'm5.24xlarge': [96, 384, 15, 50, 107, 'x86_64', true],
  'm5a.large': [2, 8, 3, 10, 9, 'x86_64', true],
  'm6i.large': [2, 8, 3, 10, 9, 'x86_64', true],
  'm6i.xlarge': [4, 16, 4, 15, 18, 'x86_64', true],
  'm6i.2xlarge': [8, 32, 4, 15, 38, 'x86_64', true],
  'm6g.large': [2, 8, 3, 10, 9, 'arm64', true],
  'm7i.large': [2, 8, 3, 10, 9, 'x86_64', true],
  'm7i-flex.large': [2, 8, 3, 10, 3, 'x86_64', true],
  'm7g.large': [2, 8, 3, 10, 9, 'arm64', true],
  'm7g.xlarge': [4, 16, 4, 15, 18, 'arm64', true],
  'm8g.large': [2, 8, 3, 10, 9, 'arm64', true],
  'c5.large': [2, 4, 3, 10, 9, 'x86_64', true],
  'c5.xlarge': [4, 8, 4, 15, 18, 'x86_64', true],
  'c5.2xlarge': [8, 16, 4, 15, 38, 'x86_64', true],
  'c5.4xlarge': [16, 32, 8, 30, 54, 'x86_64', true],
  'c5.9xlarge': [36, 72, 8, 30, 54, 'x86_64', true],
  'c6i.large': [2, 4, 3, 10, 9, 'x86_64', true],
  'c6g.large': [2, 4, 3, 10, 9, 'arm64', true],
  'c7g.xlarge': [4, 8, 4, 15, 18, 'arm64', true],
  'c7i.2xlarge': [8, 16, 4, 15, 38, 'x86_64', true],
  'r5.large': [2, 16, 3, 10, 9, 'x86_64', true],
  'r5.xlarge': [4, 32, 4, 15, 18, 'x86_64', true],
  'r6i.large': [2, 16, 3, 10, 9, 'x86_64', true],
  'r6g.large': [2, 16, 3, 10, 9, 'arm64', true],
  'r7g.xlarge': [4, 32, 4, 15, 18, 'arm64', true],
  'i3.large': [2, 15.25, 3, 10, 0, 'x86_64', false],
  'g4dn.xlarge': [4, 16, 3, 10, 39, 'x86_64', true],
  'g5.xlarge': [4, 16, 4, 15, 4, 'x86_64', true],
};

export const INSTANCE_TYPES: ReadonlyMap<string, InstanceTypeFacts> = new Map(Object.entries(ROWS).map(
  ([type, [vcpus, memoryGib, interfaces, addressesPerInterface, branchInterfaces, architecture, nitro]]) =>
    [type, { type, vcpus, memoryGib, interfaces, addressesPerInterface, branchInterfaces, architecture, nitro }]));

/** What AWS keeps of every subnet: the first four addresses and the last. */
export const RESERVED_ADDRESSES = { first: 4, last: 1 } as const;

/** A prefix on an interface is a /28. */
export const PREFIX = { length: 28, size: 16 } as const;

/** Assumed, not measured: how long an instance is `pending`, and how long `shutting-down`. */
export const INSTANCE_STATE_MS = { pending: 9_000, pendingSpread: 5_000, shuttingDown: 22_000, shuttingDownSpread: 15_000 } as const;

/** "Terminated instances remain visible after termination (for approximately one hour)" (EC2 API, TerminateInstances). */
export const TERMINATED_VISIBLE_MS = 3_600_000;

/** Assumed, not measured: how long a NAT gateway is `pending` and `deleting`. */
export const NAT_GATEWAY_MS = { pending: 95_000, deleting: 60_000 } as const;

/** Assumed, not measured: how long a CIDR is `associating`. */
export const CIDR_ASSOCIATION_MS = 4_000;

/** Assumed, not measured: how long an interface is `detaching`. */
export const INTERFACE_DETACH_MS = 4_000;

/** VPC quota: IPv4 CIDR blocks per VPC (default). */
export const VPC_CIDR_BLOCKS_MAX = 5;
