/** What the page is told of AWS beside the cluster's objects: each fact is one row, replaced as a whole when something in it changes. */

export interface SubnetFact {
  readonly kind: 'subnet';
  readonly id: string;
  readonly zone: string;
  readonly cidr: string;
  /** `AvailableIpAddressCount`. */
  readonly free: number;
  /** When that count came about. */
  readonly sinceMs: number;
  /** Earlier counts of the last hour, oldest first: told once, to a page that knows nothing yet. */
  readonly history?: readonly (readonly [atMs: number, free: number])[];
  /** It has a route to the internet gateway: load balancers and NAT gateways stand here, nodes do not. */
  readonly public: boolean;
}

/** `node`: of a machine; the rest is held by services of AWS, or by somebody else. */
export type InterfaceUse = 'node' | 'control-plane' | 'nat' | 'balancer' | 'other';

export interface InterfaceFact {
  readonly kind: 'interface';
  readonly id: string;
  readonly subnetId: string;
  readonly use: InterfaceUse;
  readonly description: string;
  /** The machine it is attached to, and where. */
  readonly machineId: string;
  readonly deviceIndex: number;
  /** The primary address, then the secondary ones. */
  readonly addresses: readonly string[];
  /** `10.20.0.16/28` */
  readonly prefixes: readonly string[];
}

export interface MachineFact {
  readonly kind: 'machine';
  readonly id: string;
  /** The node's name, whether it has joined or not. */
  readonly node: string;
  readonly state: string;
  readonly subnetId: string;
  readonly zone: string;
  readonly instanceType: string;
  readonly nodegroup: string;
  /** `1.34.2` */
  readonly version: string;
}

/** The address book of a node, as its ipamd keeps it. */
export interface PoolFact {
  readonly kind: 'pool';
  /** The node's name. */
  readonly id: string;
  /** aws-node runs and gives out addresses. */
  readonly answers: boolean;
  /** Address → uid of the pod that holds it. */
  readonly held: Readonly<Record<string, string>>;
  /** Given back a moment ago and not handed out yet. */
  readonly cooling: readonly string[];
  readonly prefixes: boolean;
  /** Most interfaces, and addresses (or prefixes) of each beside its own. */
  readonly interfacesMax: number;
  readonly slotsEach: number;
  /** Addresses that the subnet must have left for one more interface, as many as it would be made with. */
  readonly interfaceTakes: number;
}

export interface NodegroupFact {
  readonly kind: 'nodegroup';
  readonly id: string;
  readonly status: string;
  readonly version: string;
  readonly releaseVersion: string;
  readonly min: number;
  readonly max: number;
  /** Of the node group, and of its Auto Scaling group, which an update makes larger for a while. */
  readonly desired: number;
  readonly groupDesired: number;
  readonly members: readonly { readonly id: string; readonly lifecycle: string; /** Made from the template that the group has now. */ readonly current: boolean }[];
  /** The newest update that is not over, or that failed last. */
  readonly update?: { readonly id: string; readonly type: string; readonly status: string; readonly sinceMs: number; readonly error?: string };
  readonly issues: readonly { readonly code: string; readonly message: string }[];
}

/** A target group with what its load balancer thinks of each target. */
export interface TargetsFact {
  readonly kind: 'targets';
  readonly id: string;
  readonly name: string;
  /** Names of its load balancers. */
  readonly balancers: readonly string[];
  readonly targets: readonly { readonly address: string; readonly port: number; readonly state: string; readonly reason: string; readonly description: string }[];
}

/** A call of a node's role that AWS refused and that has not succeeded since. */
export interface RefusalFact {
  readonly kind: 'refusal';
  readonly id: string;
  readonly atMs: number;
  readonly role: string;
  readonly machineId: string;
  /** `ecr:GetAuthorizationToken` */
  readonly operation: string;
  readonly code: string;
  readonly message: string;
}

export type AwsFact = SubnetFact | InterfaceFact | MachineFact | PoolFact | NodegroupFact | TargetsFact | RefusalFact;
export type AwsFactKind = AwsFact['kind'];

/** What changed of them since the last frame. */
export interface AwsChanges {
  readonly facts: readonly AwsFact[];
  readonly gone: readonly { readonly kind: AwsFactKind; readonly id: string }[];
}
