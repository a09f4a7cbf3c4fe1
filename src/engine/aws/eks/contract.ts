/** EKS resources as the rest of the engine sees them. */
import type { Tags } from '../ec2/contract.ts';

export interface EksCluster {
  readonly name: string;
  /** `1.35`. */
  readonly version: string;
  readonly platformVersion: string;
  readonly status: 'ACTIVE' | 'UPDATING';
  readonly createdAtMs: number;
  readonly roleName: string;
  readonly subnetIds: readonly string[];
  readonly securityGroupId: string;
  readonly serviceCidr: string;
  /** The hexadecimal id in endpoint and issuer. */
  readonly id: string;
  readonly supportType: 'EXTENDED' | 'STANDARD';
  readonly tags: Tags;
}

export type NodegroupStatus = 'CREATING' | 'ACTIVE' | 'UPDATING' | 'DELETING' | 'CREATE_FAILED' | 'DELETE_FAILED' | 'DEGRADED';

export interface Issue { readonly code: string; readonly message: string; readonly resourceIds: readonly string[] }

/** Effects as EKS spells them: `NO_SCHEDULE`. */
export interface NodegroupTaint { readonly key: string; readonly value?: string; readonly effect: string }

export interface UpdateConfig { readonly maxUnavailable?: number; readonly maxUnavailablePercentage?: number; readonly updateStrategy?: 'DEFAULT' | 'MINIMAL' }

export interface Nodegroup {
  readonly name: string;
  readonly clusterName: string;
  readonly id: string;
  /** `1.34`. */
  readonly version: string;
  /** `1.34.2-20251112`. */
  readonly releaseVersion: string;
  readonly createdAtMs: number;
  readonly modifiedAtMs: number;
  readonly status: NodegroupStatus;
  readonly capacityType: 'ON_DEMAND' | 'SPOT';
  readonly scaling: { readonly minSize: number; readonly maxSize: number; readonly desiredSize: number };
  readonly instanceTypes: readonly string[];
  readonly subnetIds: readonly string[];
  readonly amiType: string;
  readonly roleName: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly NodegroupTaint[];
  readonly groupName: string;
  readonly launchTemplateId: string;
  readonly diskGib: number;
  readonly issues: readonly Issue[];
  readonly updateConfig: UpdateConfig;
  readonly tags: Tags;
}

export interface EksUpdate {
  readonly id: string;
  /** What it updates: the cluster itself, a node group or an add-on. */
  readonly nodegroupName?: string;
  readonly addonName?: string;
  readonly status: 'InProgress' | 'Failed' | 'Cancelled' | 'Successful';
  readonly type: string;
  readonly params: readonly { readonly type: string; readonly value: string }[];
  readonly createdAtMs: number;
  readonly errors: readonly { readonly errorCode: string; readonly errorMessage: string; readonly resourceIds: readonly string[] }[];
}

export interface Addon {
  readonly name: string;
  readonly version: string;
  readonly status: 'CREATING' | 'ACTIVE' | 'UPDATING' | 'UPDATE_FAILED' | 'DEGRADED' | 'DELETING';
  readonly createdAtMs: number;
  readonly modifiedAtMs: number;
  readonly id: string;
  readonly configurationValues?: string;
  readonly serviceAccountRoleArn?: string;
  readonly issues: readonly Issue[];
  readonly tags: Tags;
}
